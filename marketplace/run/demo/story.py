"""The story: one whole relay to a reconciled payout, and one early leave with its way back. Every number is read back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import msgspec

from domain.calendar import JST, add_business_days, jst_date, next_decent_moment
from domain.ids import OPERATOR as OPERATOR_ID
from domain.ids import account_of
from marketplace.holidays import HOLIDAYS
from marketplace.run.demo import cast
from marketplace.run.demo.person import Person
from marketplace.run.demo.stage import NotAsTold, Stage
from marketplace.run.examples import AOZORA, MINATO
from marketplace.run.founding import found

Tell = Callable[[str, str], None]
"""Says a line, in Japanese or English."""

ITEMS = ["name", "email", "career"]
FEE_BASE_YEN = 6_000_000


def yen(amount: int) -> str:
    """¥1,234,567."""
    return f"¥{amount:,}"


class Relay(msgspec.Struct, kw_only=True):
    """What one relay came to."""

    introduction: UUID
    hire: UUID
    fee: UUID


class Story:
    """Plays the scenes in order; `tell` says what happened."""

    def __init__(self, stage: Stage, tell: Tell) -> None:
        self.stage = stage
        self.tell = tell
        self.operator = Person(stage, "運営", cast.OPERATOR.admin_email)
        self.aozora = Person(stage, "あおぞら見本", cast.AOZORA.admin_email)
        self.minato = Person(stage, "みなと例示", cast.MINATO.admin_email)
        self.tsubasa = Person(stage, "つばさ見本", cast.TSUBASA.admin_email)
        self.people = [self.operator, self.aozora, self.minato, self.tsubasa]
        self.sources = {"aozora": self.aozora, "minato": self.minato}
        self.files = {key: (file.name, file.read_bytes()) for key, file in (("aozora", AOZORA), ("minato", MINATO))}
        self.companies: dict[str, str] = {}
        self.job = ""

    def close(self) -> None:
        """Everybody leaves."""
        for person in self.people:
            person.close()

    def play(self) -> None:
        """The whole story."""
        self.found_the_relay()
        self.import_exports()
        self.invite()
        aoi = self.register("葵", "見本 葵", "aoi.mihon@example.jp", ["data-analysis", "sql", "python"])
        first = self.relay(aoi, "データ分析")
        self.pay_out(first)
        self.reconcile()
        ren = self.register("蓮", "見本 蓮", "ren.mihon@example.jp", ["python", "sql"])
        second = self.relay(ren, "Python")
        self.leave_early(ren, second)
        self.reconcile()

    def found_the_relay(self) -> None:
        """The operator, its companies, and one job with complete conditions."""
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
        if name.split()[-1] in str(landing):
            raise NotAsTold("the landing page named the person")
        begin = {"email": email, "language": "ja", "entrance": "invitation", "invitation": invitation}
        token = person.mailed(r"/register/([\w-]{43})", lambda: person.post("/registrations", begin))
        answer = person.post(
            "/registrations/completing", {"token": token, "name": name, "is_adult": True, "is_pupil": False}
        )
        person.bear(answer["token"])
        self.stage.settle()
        source, company = self.companies[source_key], self.sources[source_key]
        for consent in (
            {"scope": "retain", "company": source},
            {"scope": "list"},
            {"scope": "outcome-to-source", "company": source, "level": "where"},
            {"scope": "channel", "channel": "email"},
        ):
            person.post("/me/consents", {**consent, "text_version": "v1", "language": "ja"})
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
        self.tell(
            f"{short}さんがメールを確認して登録。同意4件（控えつき）、推薦文を読んで了承し、匿名カードを掲載しました。",
            f"{short} proved the mailbox and registered: four consents with receipts, the recommendation read,"
            " the anonymous card listed.",
        )
        return person

    def relay(self, person: Person, word: str) -> Relay:
        """Search, ask, approve, ten minutes, disclosure, selection, hire, start."""
        found_cards = self.tsubasa.get("/catalogue", q=word)
        mine = str(person.get("/me/card")["card"]["card"])
        if mine not in {each["card"] for each in found_cards["items"]}:
            raise NotAsTold(f"the search for {word} did not find the card")
        self.tell(
            f"つばさ見本が「{word}」で検索し、{found_cards['total']}枚のカードが見つかりました。",
            f'Tsubasa searched for "{word}": {found_cards["total"]} cards found.',
        )
        version = self.tsubasa.get(f"/jobs/{self.job}")["version"]
        quote = self.tsubasa.get("/introductions/quote", card=mine, job=self.job)
        introduction = self.tsubasa.post(
            "/introductions", {"card": mine, "job": self.job, "job_version": version, "items": ITEMS}
        )["id"]
        self.stage.settle()
        self.tell(
            f"紹介を依頼（税込 {yen(quote['quote_from_yen'])} から {yen(quote['quote_to_yen'])}）。本人に届くまで名前は誰にも見えません。",
            f"An introduction is requested (all-in {yen(quote['quote_from_yen'])} to {yen(quote['quote_to_yen'])});"
            " nobody sees a name.",
        )
        ask = person.get(f"/me/asks/{introduction}")
        person.post(
            f"/me/asks/{introduction}/approval", {"items": ITEMS, "seen": ask["seen"], "known_to_company": False}
        )
        self.stage.move_to(self.stage.now() + timedelta(minutes=9))
        if self.tsubasa.get(f"/introductions/{introduction}")["status"] != "waiting":
            raise NotAsTold("something was handed over before the undo window closed")
        self.stage.move_to(self.stage.now() + timedelta(minutes=2))
        opened = self.tsubasa.get(f"/introductions/{introduction}/person")
        records = [
            each for each in self.tsubasa.get("/provision-records")["items"] if each["introduction"] == introduction
        ]
        if not opened.get("name") or opened.get("phone") or not records:
            raise NotAsTold("the disclosure is not what was approved")
        self.tell(
            f"{person.name}さんが承認。10分の取り消し期間のあと、選んだ{len(ITEMS)}項目だけが渡され、提供記録が残りました。",
            f"{person.name} approved; after ten minutes exactly the {len(ITEMS)} chosen items were handed over,"
            " with provision records for both sides.",
        )
        return self.hire(person, introduction)

    def hire(self, person: Person, introduction: str) -> Relay:
        for stage, days in (
            ("screening", 2),
            ("interview", 7),
            ("final-interview", 10),
            ("offer", 5),
            ("offer-accepted", 3),
        ):
            self.stage.move_to(self.stage.now() + timedelta(days=days))
            today = jst_date(self.stage.now()).isoformat()
            self.tsubasa.post(f"/introductions/{introduction}/stages", {"stage": stage, "reached_on": today})
        now = self.stage.now()
        started_on = _first_of_next_month(jst_date(now))
        hire = self.tsubasa.post(
            f"/introductions/{introduction}/hires",
            {
                "offer_accepted_on": jst_date(now).isoformat(),
                "started_on": started_on.isoformat(),
                "salary": [
                    {"label": "月給×12", "amount_yen": 5_400_000, "included": True},
                    {"label": "賞与", "amount_yen": 600_000, "included": True},
                    {"label": "通勤手当", "amount_yen": 120_000, "included": False},
                ],
                "term": "indefinite",
            },
        )["id"]
        self.stage.settle()
        person.post(f"/hires/{hire}/confirmation")
        self.stage.settle()
        self.stage.move_to(datetime.combine(started_on, time(10), JST))
        fees = self.tsubasa.get("/fees")["items"]
        fee = next((each for each in fees if each["introduction"] == introduction), None)
        if fee is None or fee["fee_yen"] != FEE_BASE_YEN * 30 // 100:
            raise NotAsTold("the fee did not accrue as frozen")
        self.tell(
            f"双方が採用を確認し、{started_on.isoformat()}に入社。手数料 {yen(fee['fee_yen'])} ＋ 消費税 {yen(fee['tax_yen'])} を計上し、請求しました。",
            f"Both sides confirmed the hire; first day {started_on.isoformat()}. Fee {yen(fee['fee_yen'])}"
            f" + tax {yen(fee['tax_yen'])} accrued and invoiced.",
        )
        self._pay(fee)
        return Relay(introduction=UUID(introduction), hire=UUID(hire), fee=UUID(fee["fee"]))

    def _pay(self, fee: dict[str, Any]) -> None:
        """The hiring company pays by bank transfer; the fee is split and the source's part transferred."""
        customer = self.tsubasa.get("/account")["customer"]
        self.stage.world.customer_pays(customer, fee["total_yen"])
        self.stage.settle()
        self.stage.move_to(self.stage.now() + timedelta(days=6))
        now = self._fee(fee["fee"])
        if now["collected_yen"] != fee["total_yen"] or (now["model"] == "agent") != bool(now["transferred_yen"]):
            raise NotAsTold(f"collected {now['collected_yen']}, transferred {now['transferred_yen']}")
        self.tell(
            f"銀行振込で {yen(now['collected_yen'])} を回収。運営の取り分 {yen(now['commission_yen'])}（税別）、"
            f"紹介元へ {yen(now['transferred_yen'])} を送金しました。",
            f"{yen(now['collected_yen'])} collected by bank transfer; the operator keeps {yen(now['commission_yen'])}"
            f" before tax, {yen(now['transferred_yen'])} was transferred to the source.",
        )

    def _fee(self, fee: str) -> dict[str, Any]:
        """The fee as finance sees it; the hiring company does not see what its sources get."""
        found: dict[str, Any] = next(each for each in self.operator.get("/fees")["items"] if each["fee"] == fee)
        return found

    def pay_out(self, relay: Relay) -> None:
        """Stripe pays the source's balance out to its bank."""
        account = self.aozora.get("/account")["account"]
        payout = self.stage.world.sweep(account)
        self.stage.settle()
        self.stage.move_to(self.stage.now() + timedelta(days=3))
        self.stage.world.arrive(payout, account)
        self.stage.settle()
        paid = sum(
            each["amount_yen"] for each in self.aozora.get("/payout-ledger")["items"] if each["kind"] == "paid-out"
        )
        if paid <= 0:
            raise NotAsTold(f"no payout of {account_of(OPERATOR_ID)} is on the payout ledger for {relay.fee}")
        self.tell(
            f"Stripeから紹介元の銀行口座へ {yen(paid)} が着金しました。", f"{yen(paid)} arrived at the source's bank."
        )

    def leave_early(self, person: Person, relay: Relay) -> None:
        """The person leaves on day 40: half returns; the transfer is reversed, the hiring company refunded."""
        hire = next(each for each in self.tsubasa.get("/hires")["items"] if each["hire"] == str(relay.hire))
        left_on = date.fromisoformat(hire["started_on"]) + timedelta(days=39)
        self.stage.move_to(datetime.combine(left_on + timedelta(days=1), time(10), JST))
        said = {"left_on": left_on.isoformat(), "fault": "own-wish"}
        self.tsubasa.post(f"/hires/{relay.hire}/leave", said)
        person.post(f"/hires/{relay.hire}/leave", said)
        self.stage.settle()
        self.stage.move_to(datetime.combine(add_business_days(left_on, 8, HOLIDAYS), time(10), JST))
        fee = self._fee(str(relay.fee))
        self.tell(
            f"{person.name}さんは40日目に退職。返戻 {yen(fee['returned_yen'])}（50％）、紹介元から取り戻し {yen(fee['reversed_yen'])}、"
            f"求人企業へ返金 {yen(fee['refunded_yen'])}。",
            f"{person.name} left on day 40: {yen(fee['returned_yen'])} (50 %) returns, {yen(fee['reversed_yen'])} taken"
            f" back from the source, {yen(fee['refunded_yen'])} refunded to the hiring company.",
        )
        half = fee["total_yen"] // 2
        if (fee["returned_yen"], fee["refunded_yen"], fee["reversed_yen"]) != (half, half, fee["transferred_yen"] // 2):
            raise NotAsTold("the way back is not half of everything")

    def reconcile(self) -> None:
        """The ledger against Stripe, to the yen."""
        result = self.operator.post("/reconciliations")
        if result["difference_yen"] != 0:
            raise NotAsTold(f"the reconciliation differs by {result['difference_yen']}")
        self.tell("Stripeとの照合: 差額 ¥0", "Reconciliation with Stripe: difference ¥0")


def _counted(codes: Any) -> dict[str, int]:  # noqa: ANN401  strings
    found: dict[str, int] = {}
    for code in codes:
        found[code] = found.get(code, 0) + 1
    return found


def _first_of_next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
