"""A whole relay walked by hand: every step is a page's form, sent by a browser without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from litestar import Litestar

from domain.calendar import JST, jst_date, next_decent_moment
from domain.ids import OPERATOR as OPERATOR_ID
from domain.ids import CandidateId, CompanyId, IntroductionId
from marketplace import clock
from marketplace.holidays import HOLIDAYS
from marketplace.links import mint_share_link
from marketplace.run.demo import cast
from marketplace.run.founding import found
from marketplace.run.wiring import House
from marketplace.work.worker import Worker
from tests.api.pages.browser import SITE, Browser
from tests.api.pages.gathering import gather_run
from tests.api.v1.introductions.town import Places
from tests.api.v1.introductions.town import Town as Commands

NAME = "𠮷野 葵"
EMAIL = "aoi.mihon@example.jp"
CSV = (
    "応募ID,氏名,メールアドレス,応募日,不採用日,選考結果,選考段階,職種,生年月日\n"
    f"A-1,{NAME},{EMAIL},2026/03/01,2026/04/01,不採用,最終面接,データアナリスト,1994-05-06\n"
    "A-2,例示 蓮,ren@example.jp,2026/03/01,2026/04/01,辞退,二次面接,営業職,\n"
    "A-3,,sora@example.jp,2026/03/01,2026/04/01,不採用,一次面接,営業職,\n"
    "A-4,仮名 空,kana@example.jp,2026/03/01,2026/04/01,不採用,一次面接,営業職,\n"
    "A-5,Q,q@example.jp,2026/03/01,2026/04/01,不採用,一次面接,営業職,\n"
).encode()
WHY = "小売の現場でのデータ分析の経験を、ぜひ伺いたいです。"
COMPANIES = {"source": cast.AOZORA, "hiring": cast.TSUBASA}


@dataclass
class Town:
    """The walk and what it came by."""

    house: House
    worker: Worker
    app: Litestar
    app_url: str
    owner_url: str
    deliver: Callable[[], int]
    browsers: dict[str, Browser] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)

    def browser(self, language: str = "ja") -> Browser:
        return Browser(self.app, language)

    def filled(self, path: str) -> str:
        """A path of the tour with this town's ids."""
        return path.format(**{**self.ids, "share": self.ids["share"].rpartition("/")[2], "token": "A" * 43})

    def settle(self) -> None:
        self.worker.drain()
        while self.deliver():
            self.worker.drain()

    def now(self) -> datetime:
        with self.house.database.transaction() as connection:
            return clock.now(connection)

    def move_to(self, moment: datetime) -> None:
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            clock.move_to(connection, moment)
        self.settle()
        for who in self.browsers:
            if self.browsers[who].client.get("/sessions").status_code != 200: self.sign_in(who)

    def mail(self, address: str, pattern: str) -> str:
        mailbox = self.house.mailbox
        assert mailbox is not None
        return next(f[0] for m in mailbox.mails(200) if m.to == address and (f := re.search(pattern, m.text))).removeprefix(SITE)

    def address(self, who: str) -> str:
        return {
            "operator": cast.OPERATOR.admin_email,
            "source": cast.AOZORA.admin_email,
            "hiring": cast.TSUBASA.admin_email,
            "person": EMAIL,
        }[who]

    def sign_in(self, who: str) -> Browser:
        browser = self.browsers.setdefault(who, self.browser())
        with self.house.database.transaction() as connection:
            self.house.reception.send_login_links(connection, self.address(who), "ja", self.now())
        self.settle()
        link = self.mail(self.address(who), r"/sign-in/[\w-]{43}")
        assert browser.do(link, link) == "/"
        return browser

    def play(self) -> Town:
        """From an empty house to a hire whose fee is owed."""
        self.open_companies()
        self.import_and_invite()
        self.register()
        self.consent_and_publish()
        self.ask_and_answer()
        self.hire()
        self.come_and_go()
        self.second_person()
        gather_run(self)
        return self

    def open_companies(self) -> None:
        part = cast.OPERATOR
        found(
            self.house.office, name=part.name, name_en=part.name_en, corporate_number=part.corporate_number,
            address=part.address, representative=part.representative, admin_name=part.admin_name, email=part.admin_email,
        )  # fmt: skip
        self.settle()
        operator = self.sign_in("operator")
        licence = {"granted_on": "2025-04-01", "valid_until": "2030-03-31"}
        own = f"/operator/companies/{OPERATOR_ID}"
        operator.do(own, f"{own}/licences", number=part.licence, **licence)
        for role, company in COMPANIES.items():
            operator.do(
                "/operator", "/operator/companies", name=company.name, name_en=company.name_en,
                corporate_number=company.corporate_number, address=company.address,
                representative=company.representative, roles=[role],
            )  # fmt: skip
            self.settle()
            page = operator.get("/operator").text
            self.ids[role] = re.search(rf"/operator/companies/([0-9a-f-]+)\">{company.name}", page)[1]  # type: ignore[index]
            there = f"/operator/companies/{self.ids[role]}"
            if company.licence: operator.do(there, f"{there}/licences", number=company.licence, **licence)
            operator.do(there, f"{there}/members", name=company.admin_name, email=company.admin_email, role="admin")
            self.settle()
            self.sign_in(role)

    def import_and_invite(self) -> None:
        source = self.browsers["source"]
        about = {"system": "ats", "basis": "application-notice", "notice_version": "2025-04"}
        self.seen["look"] = source.send("/source/imports", "/source/imports", file=("応募者.csv", CSV), look="true", **about)
        there = source.do("/source/imports", "/source/imports", file=("応募者.csv", CSV), look="false", **about)
        self.settle()
        self.seen["import"] = source.get(there).text
        self.seen["invited"] = source.send(there, f"{there}/invitations")
        self.ids["batch"] = there.rpartition("/")[2]
        decent = next_decent_moment(self.now() + timedelta(minutes=1), self.house.office.policy, HOLIDAYS)
        self.move_to(decent + timedelta(minutes=1))

    def register(self) -> None:
        stranger = self.browser()
        landing = self.mail(EMAIL, r"/i/[0-9a-f-]{36}")
        self.ids["invitation"] = landing.rpartition("/")[2]
        self.seen["landing"] = stranger.get(landing).text
        assert stranger.do(landing, landing, email=EMAIL) == "/register/sent"
        self.settle()
        link = self.mail(EMAIL, r"/register/[\w-]{43}")
        answers: dict[str, Any] = {"name": NAME, "is_pupil": "false"}
        self.seen["young"] = stranger.send(link, link, is_adult="false", **answers)
        assert stranger.do(link, link, is_adult="true", **answers) == "/me"
        self.browsers["person"] = stranger
        self.settle()

    def consent_and_publish(self) -> None:
        person, source = self.browsers["person"], self.browsers["source"]
        for scope, more in (("list", {}), ("channel", {"channel": "email"}), ("retain", {"company": self.ids["source"]}),
                            ("outcome-to-source", {"company": self.ids["source"], "level": "where"})):  # fmt: skip
            self.give(scope, **more)
        person.do(
            "/me/profile", "/me/profile", headline="データで現場を助ける", career="小売でデータ分析を6年。",
            skills=["data-analysis", "sql"], occupations=["data-analyst"], prefecture="osaka", salary_wish_yen="6000000",
        )  # fmt: skip
        person.do("/me/profile", "/me/seeker-record", name=NAME, address="大阪府見本市1-2-3", birth_date="1994-05-06")
        self.settle()
        there = next(link for link in source.get("/source/referrals").links if link.startswith("/source/referrals/"))
        self.ids["referral"] = there.partition("#")[0].rpartition("/")[2]
        there = f"/source/referrals/{self.ids['referral']}"
        self.ids["applicant"] = next(f for f in source.get(there).links if "/source/applicants/" in f).rpartition("/")[2]
        source.do(there, f"{there}/recommendation", text="最終選考まで進まれた方です。論理的で、対話が丁寧でした。")
        self.settle()
        referral = f"/me/referrals/{self.ids['referral']}"
        person.do("/me", f"{referral}/recommendation-reading")
        self.settle()
        person.do("/me", f"{referral}/card")
        self.settle()

    def give(self, scope: str, **more: str) -> None:
        """The consent whose form holds exactly this."""
        person = self.browsers["person"]
        wanted = {"scope": [scope], **{name: [value] for name, value in more.items()}}
        forms = [f for f in person.get("/me/consents").forms if f.action == "/me/consents"]
        form = next(f for f in forms if all(f.fields.get(name) == value for name, value in wanted.items()))
        answer = person.client.post("/me/consents", data=form.fields, headers={"Origin": SITE})
        assert answer.status_code == 303, answer.text

    def think_again(self) -> None:
        """Pausing and resuming, blocking and lifting, taking a consent back and giving it again."""
        hiring, person = self.browsers["hiring"], self.browsers["person"]
        for there, back in (("/me/pause", "/me/resumption"), ("/me/blocks", "/me/blocks/lifting")):
            number = {"corporate_number": cast.TSUBASA.corporate_number} if there == "/me/blocks" else {}
            page = "/me/blocks" if number else "/me/pace"
            person.do(page, there, **number)
            self.seen[there] = hiring.get("/hiring/search").text, person.get(page).text
            self.settle()
            person.do(page, back)
            self.settle()
        forms = [f for f in person.get("/me/consents").forms if f.action == "/me/consents/withdrawal"]
        form = next(f for f in forms if f.fields["scope"] == ["channel"])
        answer = person.client.post(form.action, data=form.fields, headers={"Origin": SITE})
        assert answer.status_code == 303, answer.text
        self.give("channel", channel="email")
        self.settle()

    def invite_colleague(self) -> None:
        """A hiring manager comes to the hiring company, and an API key is made."""
        hiring = self.browsers["hiring"]
        hiring.do("/team", "/team/members", name="見本 選考", email="manager@hiring.example", role="hiring-manager")
        people = re.findall(r"/team/members/([0-9a-f-]{36})/leaving\">([^<]+)", hiring.get("/team").text)
        self.ids["colleague"] = next(user for user, text in people if "選考" in text)
        hiring.send("/api-keys", "/api-keys", label="採用管理", scopes=["jobs:read"])

    def ask_and_answer(self) -> None:
        self.invite_colleague()
        hiring, person = self.browsers["hiring"], self.browsers["person"]
        self.think_again()
        hiring.do("/hiring", "/hiring/terms-acceptance")
        stated = {k: v for k, v in cast.CONDITIONS.items() if k not in {"is_dispatch", "is_indefinite"}}
        where: dict[str, Any] = {"occupation": "data-analyst", "prefecture": "osaka"}
        self.seen["gap"] = hiring.send("/hiring/jobs/new", "/hiring/jobs", **{**stated, "wages": ""}, **where)
        hiring.do(
            "/hiring/jobs/new", "/hiring/jobs", **stated, is_indefinite="true", occupation="data-analyst",
            prefecture="osaka", skills=["sql"],
        )  # fmt: skip
        self.settle()
        self.ids["job"] = re.search(r"/hiring/jobs/([0-9a-f-]{36})", hiring.get("/hiring").text)[1]  # type: ignore[index]
        found_page = hiring.get("/hiring/search?q=データ分析")
        self.ids["card"] = next(link for link in found_page.links if link.startswith("/hiring/cards/")).rpartition("/")[2]
        card = f"/hiring/cards/{self.ids['card']}"
        self.seen["price"] = hiring.get(f"{card}?job={self.ids['job']}").text
        self.seen["price-en"] = self.english("hiring", f"{card}?job={self.ids['job']}")
        there = hiring.do(f"{card}?job={self.ids['job']}", f"{card}/request", items=["name", "email", "career"], why=WHY)
        self.ids["introduction"] = there.rpartition("/")[2]
        self.settle()
        share = self.mail(EMAIL, r"/share/[\w-]{43}")
        self.ids["share"] = share
        stranger = self.browser()
        self.seen["shared"] = stranger.get(share).text
        self.seen["shared-en"] = self.browser("en").get(share).text
        self.seen["undecided"] = stranger.send(share, f"{share}/approval")
        yes = {"items": ["name", "email"], "known_to_company": "false"}
        stranger.do(share, f"{share}/approval", **yes)
        self.seen["approved"] = stranger.get(share).text
        stranger.do(share, f"{share}/undoing")
        self.seen["waiting-en"] = self.english("hiring", there)
        self.settle()
        ask = f"/me/asks/{self.ids['introduction']}"
        self.seen["ask"] = person.get(ask).text
        person.do(ask, f"{ask}/approval", **yes)
        self.move_to(self.now() + timedelta(minutes=11))
        self.seen["opened"] = hiring.send(there, f"{there}/person")

    def hire(self) -> None:
        hiring, person = self.browsers["hiring"], self.browsers["person"]
        there = f"/hiring/introductions/{self.ids['introduction']}"
        for stage in ("interview", "offer-accepted"):
            hiring.do(there, f"{there}/stages", stage=stage)
        today = jst_date(self.now())
        starts = date(today.year + (today.month == 12), today.month % 12 + 1, 1)
        self.settle()
        preview = self.seen["fee-preview"] = hiring.send(
            there, f"{there}/hire-preview", offer_accepted_on=today, started_on=starts, salary_yen="5400000",
            bonus_yen="600000", commuting_yen="120000", term="indefinite",
        )  # fmt: skip
        hiring.go_on(preview, f"{there}/hires")
        self.settle()
        form = next(f.action for f in person.get("/me").forms if f.action.endswith("/confirmation"))
        person.do("/me", form)
        self.ids["hire"] = form.split("/")[3]
        self.settle()
        self.move_to(datetime.combine(starts, time(10), JST))
        # Five business days after the disclosure nobody may claim a prior contact any more, and the fee accrues.
        self.move_to(datetime.combine(starts + timedelta(days=10), time(10), JST))

    def leave(self) -> None:
        """The person says that they left; the company may say otherwise."""
        hiring, person = self.browsers["hiring"], self.browsers["person"]
        form = next(f.action for f in person.get("/me").forms if f.action.endswith("/leave"))
        person.do("/me", form, left_on=jst_date(self.now()), fault="own-wish")
        self.settle()
        there = f"/hiring/introductions/{self.ids['introduction']}"
        hiring.do(there, f"{there}/hire/leave-challenge", left_on=jst_date(self.now()), fault="excluded")
        self.settle()

    def come_and_go(self) -> None:
        """One never wanted to be written to; another comes by the neutral link and is erased."""
        self.leave()
        stranger = self.browser()
        not_me = self.mail("kana@example.jp", r"/i/[0-9a-f-]{36}") + "/not-me"
        self.seen["not-me"] = stranger.send(not_me, not_me)
        self.settle()
        neutral = f"/n/{self.ids['source']}"
        stranger.do(neutral, neutral, email="q@example.jp")
        self.settle()
        link = self.mail("q@example.jp", r"/register/[\w-]{43}")
        assert stranger.do(link, link, name="Q", is_adult="true", is_pupil="false") == "/me"
        self.settle()
        self.seen["q"] = stranger.get("/me").text
        self.seen["not-sure"] = stranger.send("/me/erasure", "/me/erasure")
        self.seen["erasure"] = stranger.do("/me/erasure", "/me/erasure", confirm="true")
        self.ids["erasure"] = self.seen["erasure"].rpartition("/")[2]
        self.seen["gone"] = stranger.status("/me")
        self.settle()
        source = self.browsers["source"]
        self.seen["requests"] = source.get("/source/requests").text
        form = next(f.action for f in source.get("/source/requests").forms if f.action.endswith("/decision"))
        source.do("/source/requests", form, granted="true")
        self.settle()
        source.do("/source/requests", form.replace("/decision", "/completion"))
        self.settle()
        now = self.now()
        with self.house.database.transaction() as connection:
            who = self.house.office.introduction(IntroductionId(UUID(self.ids["introduction"]))).state.candidate
            self.ids["person"] = str(who)
            until = now + timedelta(days=7)
            self.ids["share"] = mint_share_link(connection, UUID(self.ids["introduction"]), who, until)

    def second_person(self) -> None:
        """Somebody who stays in the catalogue when the walk is over, made by commands: whoever was hired is in none."""
        places = Places(companies={"source": CompanyId(UUID(self.ids["source"]))})
        by_commands = Commands(self.house, self.worker, self.app, self.owner_url, places)
        by_commands.person(CandidateId(uuid4()), "例示 春", skills=("data-analysis", "python"))
        self.settle()
        hiring = self.browsers["hiring"]
        for name, page, there in (("second-card", "/hiring/search?q=データ分析", "/hiring/cards/"),
                                  ("fee", "/hiring/invoices", "/hiring/invoices/")):  # fmt: skip
            self.ids[name] = next(link for link in hiring.get(page).links if link.startswith(there)).rpartition("/")[2]

    def english(self, who: str, path: str) -> str:
        """The same page for a reader of English."""
        browser = self.browsers[who]
        browser.client.headers["Accept-Language"] = "en"
        text = browser.get(path).text
        browser.client.headers["Accept-Language"] = "ja"
        return text
