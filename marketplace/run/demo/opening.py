"""The opening of the story: the relay is founded, exports come in, people are invited and register."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from domain.calendar import JST, next_decent_moment
from domain.ids import OPERATOR as OPERATOR_ID
from marketplace.holidays import HOLIDAYS
from marketplace.run.demo import cast
from marketplace.run.demo.person import Person
from marketplace.run.demo.stage import NotAsTold, Stage
from marketplace.run.examples import AOZORA, MINATO
from marketplace.run.founding import found

BEGINNING = datetime(2026, 11, 24, 10, tzinfo=JST)
"""The story begins on a Tuesday, whatever the day outside, so that it is the same story every day."""

Tell = Callable[[str, str], None]
"""Says a line, in Japanese or English."""


class Opening:
    """The people and companies, and the scenes until somebody has a card; `tell` says what happened."""

    def __init__(self, stage: Stage, tell: Tell) -> None:
        self.stage = stage
        self.tell = tell
        self.operator = Person(stage, "運営", cast.OPERATOR.admin_email)
        self.aozora = Person(stage, "あおぞら見本", cast.AOZORA.admin_email)
        self.minato = Person(stage, "みなと例示", cast.MINATO.admin_email)
        self.tsubasa = Person(stage, "つばさ見本", cast.TSUBASA.admin_email)
        self.second = Person(stage, "運営の経理", cast.SECOND_EMAIL)
        self.people = [self.operator, self.second, self.aozora, self.minato, self.tsubasa]
        self.sources = {"aozora": self.aozora, "minato": self.minato}
        self.files = {key: (file.name, file.read_bytes()) for key, file in (("aozora", AOZORA), ("minato", MINATO))}
        self.companies: dict[str, str] = {}
        self.job = ""

    def close(self) -> None:
        """Everybody leaves."""
        for person in self.people:
            person.close()

    def found_the_relay(self) -> None:
        """The operator, its companies, and one job with complete conditions."""
        self.stage.move_to(BEGINNING)
        part = cast.OPERATOR
        found(
            self.stage.house.office,
            name=part.name,
            name_en=part.name_en,
            corporate_number=part.corporate_number,
            address=part.address,
            representative=part.representative,
            admin_name=part.admin_name,
            email=part.admin_email,
        )
        self.stage.settle()
        self.operator.sign_in()
        self._licence(str(OPERATOR_ID), part)
        self.operator.post(
            f"/companies/{OPERATOR_ID}/members",
            {"name": cast.SECOND_NAME, "email": cast.SECOND_EMAIL, "role": "finance"},
        )
        self.stage.settle()
        for key, person, who in (
            ("aozora", self.aozora, cast.AOZORA),
            ("minato", self.minato, cast.MINATO),
            ("tsubasa", self.tsubasa, cast.TSUBASA),
        ):
            self.companies[key] = self._admit(who)
            person.sign_in()
        self.tsubasa.post(f"/companies/{self.companies['tsubasa']}/terms-acceptance", {"terms_version": 1})
        self.job = self.tsubasa.post(
            "/jobs",
            {
                "conditions": cast.CONDITIONS,
                "occupation": "data-analyst",
                "prefecture": "osaka",
                "skills": ["data-analysis", "sql"],
            },
        )["id"]
        self.aozora.post("/accounts/connected")
        self.stage.settle()
        account = self.aozora.get("/account")["account"]
        self.stage.world.complete_onboarding(account)
        self.stage.settle()
        self.tell(
            "運営の許可証を確認し、紹介元2社（うち1社は許可なし）と求人企業1社を承認。求人1件を公開しました。",
            "The operator's licence is on record; two source companies (one without a licence) and one hiring company"
            " are admitted, and one job is open.",
        )

    def _admit(self, part: cast.CompanyPart) -> str:
        company: str = self.operator.post(
            "/companies",
            {
                "name": part.name,
                "name_en": part.name_en,
                "corporate_number": part.corporate_number,
                "address": part.address,
                "representative": part.representative,
                "roles": list(part.roles),
            },
        )["id"]
        if part.licence:
            self._licence(company, part)
        self.operator.post(
            f"/companies/{company}/members", {"name": part.admin_name, "email": part.admin_email, "role": "admin"}
        )
        self.stage.settle()
        return company

    def _licence(self, company: str, part: cast.CompanyPart) -> None:
        self.operator.post(
            f"/companies/{company}/licences",
            {
                "number": part.licence,
                "granted_on": cast.LICENCE_FROM.isoformat(),
                "valid_until": cast.LICENCE_UNTIL.isoformat(),
            },
        )

    def import_exports(self) -> None:
        """Both exports: dry run first, then in; every set-aside row has its reason."""
        for person, (name, data) in zip(self.sources.values(), self.files.values(), strict=True):
            terms = {"basis": "application-notice", "notice_version": "2025-04"}
            tried = person.upload("/imports/dry-run", data, filename=name, **terms)
            batch = person.upload("/imports", data, filename=name, system="ats", **terms)["id"]
            self.stage.settle()
            answer = person.get(f"/imports/{batch}")
            done = {**answer["batch"], "problems": answer["problems"]}
            if done["rows_done"] == 0 or tried["rows_read"] != done["rows_read"]:
                raise NotAsTold("the import is not what its dry run said")
            reasons = _counted(each["code"] for each in done["problems"] if each["severity"] == "quarantined")
            said = "、".join(f"{code} {count}" for code, count in reasons.items())
            self.tell(
                f"{person.name}: {name} {done['rows_read']}行を読み、招待できる人 {done['eligible']}、"
                f"辞退 {done['withdrawn']}、保留 {done['quarantined']}（{said}）",
                f"{person.name}: {name}: {done['rows_read']} rows read, {done['eligible']} invitable,"
                f" {done['withdrawn']} withdrew, {done['quarantined']} quarantined ({said})",
            )
            self.companies[f"batch:{person.name}"] = batch

    def invite(self) -> None:
        """Invitations in the sources' names, after cooling-off, at a decent hour."""
        for person in (self.aozora, self.minato):
            scheduled, left = 0, 1
            while left:
                answer = person.post(f"/imports/{self.companies[f'batch:{person.name}']}/invitations")
                scheduled, left = scheduled + answer["scheduled"], answer["left"]
                self.stage.settle()
            self.tell(
                f"{person.name}: 招待 {scheduled}件を予約しました（冷却期間と平日9時から20時を守ります）。",
                f"{person.name}: {scheduled} invitations scheduled, after cooling-off and within decent hours.",
            )
        now = self.stage.now()
        decent = next_decent_moment(now + timedelta(minutes=1), self.stage.house.office.policy, HOLIDAYS)
        self.stage.move_to(decent + timedelta(minutes=1))
        sent = sum(person.get("/applicants/summary").get("invited", 0) for person in (self.aozora, self.minato))
        self.tell(f"{sent}通の招待メールが届きました。", f"{sent} invitations were delivered.")

    def register(self, short: str, name: str, email: str, skills: list[str], source_key: str = "aozora") -> Person:
        """A person opens the invitation, proves the mailbox, consents to each thing apart, and lists a card."""
        person = Person(self.stage, short, email)
        self.people.append(person)
        invitation = person.token_in(r"/i/([0-9a-f-]{36})")
        landing = person.get(f"/invitations/{invitation}")
        if name.rpartition(" ")[2] in str(landing):
            raise NotAsTold("the landing page named the person")
        begin = {"email": email, "language": "ja", "entrance": "invitation", "invitation": invitation}
        token = person.mailed(r"/register/([\w-]{43})", lambda: person.post("/registrations", begin))
        answer = person.post(
            "/registrations/completing", {"token": token, "name": name, "is_adult": True, "is_pupil": False}
        )
        person.bear(answer["token"])
        self.stage.settle()
        self.consent_to_each(person, self.companies[source_key])
        self.fill_in(person, name, skills)
        self.list_card(person, self.sources[source_key])
        self.tell(
            f"{short}さんがメールを確認して登録。同意4件（控えつき）、推薦文を読んで了承し、匿名カードを掲載しました。",
            f"{short} proved the mailbox and registered: four consents with receipts, the recommendation read,"
            " the anonymous card listed.",
        )
        return person

    def consent_to_each(self, person: Person, source: str) -> None:
        """Each thing apart, to the exact text."""
        for consent in (
            {"scope": "retain", "company": source},
            {"scope": "list"},
            {"scope": "outcome-to-source", "company": source, "level": "where"},
            {"scope": "channel", "channel": "email"},
        ):
            person.post("/me/consents", {**consent, "text_version": "v1", "language": "ja"})

    def fill_in(self, person: Person, name: str, skills: list[str]) -> None:
        """The profile in the person's own words and codes, and the record that the law wants."""
        person.post(
            "/me/profile",
            {
                "expected_version": 0,
                "headline": "データで現場を助ける仕事が好きです",
                "career": "小売業でデータ分析と業務改善を6年。SQLとPythonで需要予測の仕組みを作り、在庫を2割減らしました。",
                "employer": "株式会社かりの見本",
                "salary_wish_yen": 6_000_000,
                "links": [],
                "facts": {
                    "skills": skills,
                    "occupations": ["data-analyst"],
                    "prefecture": "osaka",
                    "seniority": "",
                    "salary_band": "",
                    "languages": [],
                },
            },
        )
        person.post("/me/seeker-record", {"name": name, "address": "大阪府見本市1-2-3", "birth_date": "1994-05-06"})
        self.stage.settle()

    def list_card(self, person: Person, company: Person) -> None:
        """The source recommends, the person reads it first, then lists the anonymous card."""
        referral = person.get("/me/referrals")["items"][0]
        theirs = next(
            each for each in company.get("/referrals")["items"] if each["referral"] == referral["referral"]
        )
        company.post(
            f"/referrals/{theirs['referral']}/recommendation",
            {"text": "最終選考まで進まれた方です。論理的で、現場との対話がたいへん丁寧でした。"},
        )
        self.stage.settle()
        person.post(f"/me/referrals/{referral['referral']}/recommendation-reading", {"version": 1})
        person.post(f"/me/referrals/{referral['referral']}/card")
        self.stage.settle()


def _counted(codes: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for code in codes:
        found[code] = found.get(code, 0) + 1
    return found
