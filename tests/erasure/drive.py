"""The canary goes through everything the product does: by import, mail, API and page, with what fails on the way."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from domain.calendar import JST
from domain.company import MemberRole
from domain.glass import Reason
from domain.ids import IntroductionId, UserId
from marketplace.commands import glass, question, reach
from marketplace.run.demo.person import Person
from marketplace.run.demo.story import Relay, Story
from marketplace.store.log import Command
from tests.authenticator import Authenticator
from tests.erasure.canary import Canary
from tests.erasure.stage import ErasureStage

ITEMS = ["name", "email", "phone", "career", "employer", "salary-wish", "recommendation"]
"""Everything that can be asked for."""
BIRTH_DATE = "1961-02-17"
WISH_YEN = 7_654_321


class Drive(Story):
    """A story about two people: 葵, to whom nothing may happen, and the canary."""

    def __init__(self, staged: ErasureStage, canary: Canary) -> None:
        super().__init__(staged.stage, lambda _ja, _en: None)
        self.canary = canary
        self.ids: dict[str, str] = {}
        self.sent: set[str] = set()
        """The names of the fields of bodies in which a token was sent."""

        self.tsubasa = Payroll(staged, self.tsubasa, self)
        self.people.append(self.tsubasa)

    def open_the_town(self) -> Person:
        """Companies, exports, and 葵 with a whole relay behind her: everyone else."""
        name, data = self.files["aozora"]
        export = json.loads(data)
        export["applications"] = export["applications"][:3]
        self.files["aozora"] = (name, json.dumps(export, ensure_ascii=False).encode())
        name, data = self.files["minato"]
        self.files["minato"] = (name, b"".join(data.splitlines(keepends=True)[:3]))
        self.found_the_relay()
        self.import_exports()
        self.bring_in_the_canary()
        self.invite_all()
        aoi = self.register("葵", "見本 葵", "aoi.mihon@example.jp", ["data-analysis", "sql", "python"])
        self.relay(aoi, "データ分析")
        return aoi

    def bring_in_the_canary(self) -> None:
        """Both sources know the canary, by two mailboxes; rows that are set aside and a heading that nobody knows."""
        token = self.canary.token
        for key, source in self.sources.items():
            head = ["応募ID", "氏名", "フリガナ", "メールアドレス", "電話番号", "応募日", "不合格日", "選考結果"]
            head += ["選考段階", "不採用理由"]
            head += ["求人名", "職種", "応募経路", "スキル", "総合評価", "評価コメント", "連絡可", "備考", "本籍", "生年月日"]
            head += [f"面接官 {token('heading')}", f"{token('forbidden-heading')}の本籍"]
            whole = [token(f"record-id-{key}"), token(f"imported-name-{key}"), token(f"kana-{key}")]
            whole += [self.canary.email(f"email-{key}"), self.canary.phone, "2026/02/03", "2026/02/24", "不採用", "最終面接"]
            whole += [token("reason"), token(f"job-title-{key}"), token("job-type"), token("channel"), token("skill"), "A"]
            whole += [token(f"comment-{key}"), "可", token("remarks"), token("domicile"), BIRTH_DATE, token("unknown"), ""]
            spoilt = [token("quarantined-id"), token("quarantined-name"), "", "no address " + token("quarantined-email")]
            shifted = [*whole, token("too-many")]
            shifted[0] = token("shifted-id")
            table = "".join(",".join(f'"{cell}"' for cell in row) + "\r\n" for row in (head, whole, spoilt, shifted))
            terms = {"basis": "application-notice", "notice_version": "2025-04"}
            named = f"応募者_{token('file-name')}.csv"
            source.upload("/imports/dry-run", table.encode(), filename=named, **terms)
            key_of_both = str(uuid4())
            sent = {"Idempotency-Key": key_of_both, "Content-Type": "application/octet-stream"}
            asked = {"filename": named, "system": "ats2", **terms}
            first, again = (
                source.client.post("/imports", params=asked, content=table.encode(), headers=sent) for _ in range(2)
            )
            assert (first.status_code, again.status_code) == (202, 202), (first.text, again.text)
            batch = first.json()["id"]
            assert batch == again.json()["id"]
            self.stage.settle()
            answer = source.get(f"/imports/{batch}")
            assert answer["batch"]["quarantined"] >= 2, answer
            assert answer["batch"]["rows_done"] >= 1, answer
            self.companies[f"canary-batch:{key}"] = batch
            self.mend(source, f"/imports/{batch}/rows")

    def mend(self, source: Person, rows: str) -> None:
        """A row that was set aside is typed anew and still wrong; then the source does without it, and without the other."""
        first, second = source.get(rows)["items"]
        assert self.canary.mark in json.dumps(first["cells"])
        body = {"cells": [self.canary.token("mended") for _ in first["cells"]]}
        self.sent |= {"cells"}
        sent = {"Idempotency-Key": str(uuid4())}
        refused = source.client.post(f"{rows}/{first['row']}/repair", json=body, headers=sent)
        assert refused.json()["code"] == "row-still-wrong", refused.text
        for each in (first, second): source.post(f"{rows}/{each['row']}/leaving-out")

    def invite_all(self) -> None:
        """As in the story, and the canary's own batches."""
        for key, source in self.sources.items():
            source.post(f"/imports/{self.companies[f'canary-batch:{key}']}/invitations")
            self.stage.settle()
        self.invite()

    def register_canary(self, key: str) -> Person:
        """By the invitation of one source, with a mailbox of the canary's."""
        person = Person(self.stage, f"canary-{key}", self.canary.email(f"email-{key}"))
        person.client.headers["User-Agent"] = f"Browser/1.0 ({self.canary.token('user-agent')})"
        person.client.headers["Referer"] = f"https://elsewhere.example/?who={self.canary.token('referrer')}"
        self.people.append(person)
        invitation = person.token_in(r"/i/([0-9a-f-]{36})")
        begin = {"email": person.email, "language": "ja", "entrance": "invitation", "invitation": invitation}
        token = person.mailed(r"/register/([\w-]{43})", lambda: self.say(person, "/registrations", begin))
        answer = self.say(
            person,
            "/registrations/completing",
            {"token": token, "name": self.canary.token(f"name-{key}"), "is_adult": True, "is_pupil": False},
        )
        person.bear(answer["token"])
        self.ids[f"candidate-{key}"] = answer["id"]
        self.add_passkey(person, key)
        self.stage.settle()
        self.consent_to_each(person, self.companies[key])
        return person

    def add_passkey(self, person: Person, key: str) -> None:
        """A passkey on the person's phone, named, and named anew; right after the sign-in, which is the proof it asks for."""
        device = Authenticator(origin=self.stage.url.replace("127.0.0.1", "localhost"))
        made = device.make(person.post("/passkeys/options")["public_key"])
        passkey = self.say(person, "/passkeys", {"name": f"電話 {self.canary.token(f'passkey-{key}')}", "credential": made})["id"]
        assert self.canary.token(f"passkey-{key}") in json.dumps(person.get("/passkeys"))
        self.say(person, f"/passkeys/{passkey}/name", {"name": f"電話 {self.canary.token(f'passkey-renamed-{key}')}"})

    def fill_in_everything(self, person: Person, key: str) -> None:
        """Profile, seeker record, recommendation, card: every field of them, some of it refused at first."""
        token = self.canary.token
        facts = {"skills": ["data-analysis"], "occupations": ["data-analyst"], "prefecture": "osaka"}
        words: dict[str, Any] = {
            "headline": f"前の見出し {token(f'old-headline-{key}')}",
            "career": f"分析 {token(f'career-{key}')} を六年",
            "employer": f"株式会社 {token(f'employer-{key}')}",
            "salary_wish_yen": WISH_YEN,
            "links": [f"https://example.jp/{token(f'link-{key}')}"],
            "facts": facts,
        }
        refused = person.client.post("/me/profile", json={**words, "expected_version": 9}, headers=_key())
        assert refused.status_code in {409, 412, 422}, refused.text
        unreadable = person.client.post("/me/profile", json={**words, "age": token("failed")}, headers=_key())
        assert unreadable.status_code in {400, 422}, unreadable.text
        fit = person.client.post(
            "/me/profile",
            json={**words, "expected_version": 0, "career": f"病歴 {token('screened')}"},
            headers=_key(),
        )
        assert fit.json()["code"] == "free-text-not-fit", fit.text
        same = _key()
        for headline in (words["headline"], words["headline"], "別の内容"):
            body = {**words, "expected_version": 0, "headline": headline}
            answer = person.client.post("/me/profile", json=body, headers=same)
            assert answer.status_code == (422 if headline == "別の内容" else 200), answer.text
        self.say(person, "/me/profile", {**words, "expected_version": 1, "headline": f"見出し {token(f'headline-{key}')}"})
        seeker = {"name": token(f"seeker-name-{key}"), "address": f"見本市 {token(f'address-{key}')}", "birth_date": BIRTH_DATE}
        self.say(person, "/me/seeker-record", seeker)
        self.stage.settle()
        referral = next(iter(person.get("/me/referrals")["items"]))["referral"]
        recommended = f"最終選考まで {token(f'recommendation-{key}')}"
        self.say(self.sources[key], f"/referrals/{referral}/recommendation", {"text": recommended})
        self.stage.settle()
        person.post(f"/me/referrals/{referral}/recommendation-reading", {"version": 1})
        person.post(f"/me/referrals/{referral}/card")
        self.stage.settle()
        self.ids[f"referral-{key}"] = referral

    def ask_and_disclose(self, person: Person, key: str, items: list[str]) -> str:
        """The hiring company asks; the person approves everything; after ten minutes it is handed over, and looked at."""
        card = person.get("/me/card")["card"]["card"]
        self.tsubasa.get("/catalogue", q=self.canary.token("searched-for"))
        self.tsubasa.client.get(f"/catalogue/{self.canary.token('in-a-path')}")
        self.tsubasa.get(f"/catalogue/{card}")
        version = self.tsubasa.get(f"/jobs/{self.job}")["version"]
        why = f"分析の経験が求人に近いため {self.canary.token(f'why-{key}')}"
        asked = {"card": card, "job": self.job, "job_version": version, "items": items, "why": why}
        introduction: str = self.say(self.tsubasa, "/introductions", asked)["id"]
        self.stage.settle()
        self.ask_back(introduction, key)
        self.look_through_the_glass(introduction, key)
        ask = person.get(f"/me/asks/{introduction}")
        approval = {"items": items, "seen": ask["seen"], "known_to_company": False}
        person.post(f"/me/asks/{introduction}/approval", approval)
        self.stage.move_to(self.stage.now() + timedelta(minutes=11))
        opened = self.tsubasa.get(f"/introductions/{introduction}/person")
        assert self.canary.mark in opened["name"]
        return introduction

    def ask_back(self, introduction: str, key: str) -> None:
        """The person asks the company something before the answer, and connects LINE; both are pages of theirs alone."""
        office, asked = self.stage.house.office, IntroductionId(UUID(introduction))
        who, now = office.introduction(asked).state.candidate, self.stage.now()
        text = f"在宅はできますか {self.canary.token(f'question-{key}')}"
        question.ask(office, Command(id=uuid4(), actor="candidate:canary", now=now), introduction=asked, by=who, text=text)
        self.sent |= {"question"}
        account = f"U{self.canary.token(f'line-{key}')}"
        reach.connect_line(office, Command(id=uuid4(), actor="candidate:canary", now=now), candidate=who, account=account)
        self.stage.settle()

    def look_through_the_glass(self, introduction: str, key: str) -> None:
        """The operator has to see the person, and says why in words."""
        office, now = self.stage.house.office, self.stage.now()
        glass.break_it(
            office,
            Command(id=uuid4(), actor="user:operator", now=now),
            candidate=office.introduction(IntroductionId(UUID(introduction))).state.candidate,
            by=UserId(uuid4()),
            role=MemberRole.ADMIN,
            reason=Reason.ASKED_BY_PERSON,
            words=f"電話での問い合わせ {self.canary.token(f'glass-{key}')}",
        )
        self.sent |= {"words"}
        self.stage.settle()

    def prove_prior_contact(self, introduction: str) -> None:
        """The company says that it knew the person, with a proof; the operator does not believe it."""
        before = (self.stage.now() - timedelta(days=30)).astimezone(JST).date().isoformat()
        proof = {"last_contact_on": before, "evidence": f"面談の記録 {self.canary.token('evidence')}"}
        self.say(self.tsubasa, f"/introductions/{introduction}/prior-contact", proof)
        self.stage.settle()
        self.operator.post(f"/introductions/{introduction}/prior-contact-decision", {"upheld": False})
        self.stage.settle()

    def hire_and_dispute(self, person: Person, introduction: str) -> Relay:
        """Hire, fee, payment; then an early leave on which the two sides do not agree, decided by the operator."""
        self.ids["hiring-canary"] = introduction
        relay = self.hire(person, introduction)
        hire = str(relay.hire)
        started = self._hire_row(hire)["started_on"]
        left = datetime.fromisoformat(started).date() + timedelta(days=39)
        self.stage.move_to(datetime.combine(left + timedelta(days=1), time(10), JST))
        self.tsubasa.post(f"/hires/{hire}/leave", {"left_on": left.isoformat(), "fault": "own-wish"})
        other = {"left_on": (left + timedelta(days=1)).isoformat(), "fault": "own-wish"}
        person.post(f"/hires/{hire}/leave-challenge", other)
        self.operator.post(f"/hires/{hire}/leave-decision", {"left_on": left.isoformat(), "fault": "own-wish"})
        self.stage.settle()
        self.stage.move_to(datetime.combine(left + timedelta(days=14), time(10), JST))
        return relay

    def _hire_row(self, hire: str) -> dict[str, Any]:
        found: dict[str, Any] = next(each for each in self.tsubasa.get("/hires")["items"] if each["hire"] == hire)
        return found

    def unite(self, person: Person, other: Person) -> None:
        """The two registrations become one: the link goes to the other mailbox."""
        link = other.mailed(
            r"/me/merging/([\w-]{43})", lambda: self.say(person, "/me/merging-requests", {"email": other.email})
        )
        person.post("/me/merging", {"token": link})
        self.stage.settle()

    def begin_without_end(self) -> None:
        """A registration that nobody completes, and a sign-in for an address that nobody has."""
        nobody = Person(self.stage, "nobody", self.canary.email("email-unfinished"))
        self.people.append(nobody)
        begin = {"email": nobody.email, "language": "ja", "entrance": "neutral-link", "source": self.companies["aozora"]}
        nobody.mailed(r"/register/([\w-]{43})", lambda: self.say(nobody, "/registrations", begin))
        self.say(nobody, "/sign-in-links", {"email": self.canary.email("email-unknown")})

    def say(self, person: Person, path: str, body: dict[str, Any]) -> Any:
        """Post, and note which fields held a token."""
        self.sent |= {name for name, value in body.items() if self.canary.mark in json.dumps(value)}
        return person.post(path, body)

    def play_canary(self) -> Person:
        """All of it, until the person wants to be erased."""
        person = self.register_canary("aozora")
        other = self.register_canary("minato")
        self.fill_in_everything(person, "aozora")
        self.fill_in_everything(other, "minato")
        self.ids["introduction-minato"] = self.ask_and_disclose(other, "minato", ["name", "recommendation"])
        self.unite(person, other)
        introduction = self.ask_and_disclose(person, "aozora", ITEMS)
        self.ids["introduction-aozora"] = introduction
        self.prove_prior_contact(introduction)
        relay = self.hire_and_dispute(person, introduction)
        self.ids["hire"], self.ids["fee"] = str(relay.hire), str(relay.fee)
        self.begin_without_end()
        return person


class Payroll(Person):
    """The hiring company, whose clerk writes the person's name into the label of a salary's part."""

    def __init__(self, staged: ErasureStage, company: Person, drive: Drive) -> None:
        super().__init__(staged.stage, company.name, company.email)
        self._drive = drive

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """The same, with a token in every salary once the canary is in town."""
        if isinstance(body, dict) and "salary" in body and "hiring-canary" in self._drive.ids:
            label = f"月給 {self._drive.canary.token('salary')}"
            body = {**body, "salary": [{**part, "label": label} for part in body["salary"]]}
            self._drive.sent.add("label")
        return super().post(path, body, **headers)


def _key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}
