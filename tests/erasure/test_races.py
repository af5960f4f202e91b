"""An erasure at the same moment as a share, a look, an export, a recommendation or a rebuild: never readable after it.

Two threads start at a barrier; while one erases and works until the certificate is there, the other goes on trying. The
answer to a request that began after the erasure was acknowledged tells nothing, and no row or key is left over.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID, uuid4

import httpx
import msgspec
import psycopg
import pytest

from api.session import begin
from domain.calendar import jst_date
from domain.hire import EmploymentTerm, Side
from domain.ids import CandidateId, CompanyId, IntroductionId, ReferralId, UserId
from domain.refusal import Refused
from marketplace import clock
from marketplace.commands import hire, introduction, referral
from marketplace.commands.hire import SalaryPart
from marketplace.commands.office import Office
from marketplace.run import rebuilding
from marketplace.run.demo.person import Person
from marketplace.run.terminal import workshop
from marketplace.store.log import Appended, Command, Log
from marketplace.vault.subject import Subject, SubjectKind
from tests.erasure.newcomer import registered
from tests.stories.scenes import ITEMS

if TYPE_CHECKING:
    from tests.stories.scenes import Scenes

MANY = 6
"""How often each race is run in the heavy form."""


class Runner:
    """One person with a card and an ask, and their number in the file."""

    def __init__(self, town: Town, number: int) -> None:
        self.town, self.scenes = town, town.scenes
        self.person = Person(self.scenes.stage, f"runner-{number}", f"runner{number}@example.jp")
        self.scenes.people.append(self.person)
        house = self.scenes.stage.house
        source = CompanyId(UUID(self.scenes.companies["aozora"]))
        self.id = registered(house, self.person.email, f"走者 {number}", source)
        self.sign_in()
        self.scenes.stage.settle()
        self.scenes.consent_to_each(self.person, self.scenes.companies["aozora"])
        self.scenes.fill_in(self.person, f"走者 {number}", ["data-analysis"])
        self.referral = self.person.get("/me/referrals")["items"][0]["referral"]
        self.recommend()
        self.scenes.stage.settle()
        self.person.post(f"/me/referrals/{self.referral}/recommendation-reading", {"version": 1})
        self.person.post(f"/me/referrals/{self.referral}/card")
        self.scenes.stage.settle()
        self.introduction = self.scenes.ask(self.person)

    def sign_in(self) -> None:
        """A session of this moment: the proof that an erasure asks for, and that does not count for long."""
        with self.scenes.stage.house.database.transaction() as connection:
            self.person.bear(begin(connection, "candidate", self.id, clock.now(connection)))

    def approve(self) -> httpx.Response:
        ask = self.person.client.get(f"/me/asks/{self.introduction}")
        if ask.status_code != 200: return ask
        seen = {"items": ITEMS, "seen": ask.json()["seen"], "known_to_company": False}
        return self.person.client.post(f"/me/asks/{self.introduction}/approval", json=seen, headers=_key())

    def recommend(self) -> httpx.Response:
        said = {"text": "論理的で、対話がたいへん丁寧な方です。"}
        return self.scenes.aozora.client.post(f"/referrals/{self.referral}/recommendation", json=said, headers=_key())

    def look(self) -> httpx.Response:
        return self.scenes.tsubasa.client.get(f"/introductions/{self.introduction}/person")

    def export(self) -> httpx.Response:
        return self.person.client.get("/me/data")

    def search(self) -> httpx.Response:
        return self.scenes.tsubasa.client.get("/catalogue", params={"q": "データ分析"})

    def save(self) -> httpx.Response:
        words = {"expected_version": 1, "headline": "新しい見出し", "career": "新しい経歴", "facts": {"skills": ["sql"]}}
        return self.person.client.post("/me/profile", json=words, headers=_key())

    def report_hire(self) -> httpx.Response:
        today = jst_date(self.scenes.stage.now())
        said = {
            "offer_accepted_on": today.isoformat(),
            "started_on": (today + timedelta(days=20)).isoformat(),
            "salary": [{"label": "月給×12", "amount_yen": 6_000_000, "included": True}],
            "term": "indefinite",
        }
        path = f"/introductions/{self.introduction}/hires"
        return self.scenes.tsubasa.client.post(path, json=said, headers=_key())

    def claim_prior_contact(self) -> httpx.Response:
        before = jst_date(self.scenes.stage.now()) - timedelta(days=9)
        said = {"last_contact_on": before.isoformat(), "evidence": "面談の記録"}
        path = f"/introductions/{self.introduction}/prior-contact"
        return self.scenes.tsubasa.client.post(path, json=said, headers=_key())

    def rebuild(self) -> None:
        with workshop(self.scenes.stage.house) as owner:
            rebuilding.rebuild_all(owner, self.scenes.stage.house.log, ("gate", "catalogue"), on_progress=lambda *_: None)

    def disclosed(self) -> None:
        """The company has its copy."""
        self.scenes.approve(self.person, self.introduction)
        assert self.look().status_code == 200

    def due(self) -> None:
        """Approved, and the undo window is over, but no worker has come by."""
        assert self.approve().status_code == 200
        stage = self.scenes.stage
        with psycopg.connect(stage.owner_url, autocommit=True) as connection:
            clock.move_to(connection, stage.now() + timedelta(minutes=11))

    def unlisted(self) -> None:
        """No card is taken off when the person goes: the referral hears nothing of it."""
        self.person.post(f"/me/referrals/{self.referral}/card-suspension")
        self.scenes.stage.settle()

    def nothing_more(self) -> None:
        """There is nothing to prepare."""

    def left_over(self) -> dict[str, int]:
        """Rows and keys of the person and of what was handed over, where any are left."""
        subjects = [Subject(kind, self.id) for kind in (SubjectKind.CANDIDATE, SubjectKind.DEV_MAIL)]
        subjects.append(Subject(SubjectKind.RECEIVED, UUID(self.introduction)))
        house, found = self.scenes.stage.house, {}
        with house.database.transaction() as connection:
            for table in ("vault_record", "vault_lexemes", "blind_address", "vault_access_log"):
                row = connection.execute(
                    f"SELECT count(*) FROM {table} WHERE (subject_kind, subject_id) IN"
                    " (SELECT * FROM unnest(%s::text[], %s::uuid[]))".encode(),
                    ([str(each.kind) for each in subjects], [each.id for each in subjects]),
                ).fetchone()
                found[table] = int(row[0]) if row else -1
        found["keys"] = len(house.vault.keyring.keys(subjects))
        return {name: count for name, count in found.items() if count}


class Town:
    """The companies, and a file with as many people as are asked for."""

    def __init__(self, scenes: Scenes, people: int) -> None:
        self.scenes = scenes.few()
        scenes.found_the_relay()
        head = "応募ID,氏名,メールアドレス,応募日,不合格日,選考結果,選考段階,職種\r\n"
        rows = (f"R-{n},走者 {n},runner{n}@example.jp,2026/02/03,2026/02/24,不採用,最終面接,経理\r\n" for n in range(people))
        terms = {"basis": "application-notice", "notice_version": "2025-04"}
        scenes.aozora.upload("/imports", (head + "".join(rows)).encode(), filename="r.csv", system="ats", **terms)
        scenes.stage.settle()
        self.numbers = iter(range(people))

    def race(self, prepare: Callable[[Runner], None], act: Callable[[Runner], object]) -> None:
        runner = Runner(self, next(self.numbers))
        prepare(runner)
        runner.sign_in()
        for company in (self.scenes.aozora, self.scenes.tsubasa):
            company.get("/session")
        start, acknowledged, certified = threading.Barrier(2), threading.Event(), threading.Event()
        wrong: list[str] = []

        def erase() -> None:
            start.wait()
            try:
                for _ in range(20):  # someone else was first on one of the streams
                    answer = runner.person.client.post("/me/erasure", json={"confirm": True}, headers=_key())
                    if answer.status_code == 200: break
                    if answer.status_code not in {409, 503}: wrong.append(answer.text)
                acknowledged.set()
                self.scenes.stage.settle()
            finally:
                acknowledged.set()
                certified.set()

        def go_on() -> None:
            start.wait()
            while not certified.is_set():
                began_after = acknowledged.is_set()
                answer = act(runner)
                if began_after and isinstance(answer, httpx.Response) and answer.status_code == 200 and _tells(answer):
                    wrong.append(f"{answer.request.url} answered after the erasure")

        threads = [threading.Thread(target=each) for each in (erase, go_on)]
        for thread in threads: thread.start()
        for thread in threads: thread.join(120)
        act(runner)
        self.scenes.stage.settle()
        assert wrong == []
        assert self.scenes.stage.house.office.candidate(CandidateId(runner.id)).state.erased
        assert runner.look().status_code != 200
        assert runner.left_over() == {}


def _tells(answer: httpx.Response) -> bool:
    """Something of a person stands in the answer: a list that is empty tells nothing."""
    said = answer.json()
    return not isinstance(said, dict) or said.get("items") != []


def _key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


class Overtaken:
    """The log, to which something happens between the sealing and the append of one command."""

    def __init__(self, log: Log, meanwhile: Callable[[], None]) -> None:
        self._log, self._meanwhile = log, [meanwhile]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    def append(self, *given: Any, **named: Any) -> Appended:
        if self._meanwhile: self._meanwhile.pop()()
        return self._log.append(*given, **named)


def claim_prior_contact(office: Office, command: Command, runner: Runner) -> None:
    today = jst_date(command.now)
    introduction.claim_prior_contact(
        office,
        command,
        introduction=IntroductionId(UUID(runner.introduction)),
        hiring=CompanyId(UUID(runner.scenes.companies["tsubasa"])),
        by=UserId(uuid4()),
        last_contact_on=today - timedelta(days=9),
        evidence="面談の記録",
    )


def report_hire(office: Office, command: Command, runner: Runner) -> None:
    today = jst_date(command.now)
    hire.report(
        office,
        command,
        introduction=IntroductionId(UUID(runner.introduction)),
        by=Side.HIRING,
        offer_accepted_on=today,
        started_on=today + timedelta(days=20),
        salary=(SalaryPart(label="月給×12", amount_yen=6_000_000, included=True),),
        term=EmploymentTerm.INDEFINITE,
    )


def recommend(office: Office, command: Command, runner: Runner) -> None:
    source = CompanyId(UUID(runner.scenes.companies["aozora"]))
    text = "論理的で、対話がたいへん丁寧な方です。"
    referral.recommend(office, command, referral=ReferralId(UUID(runner.referral)), source=source, text=text)


@pytest.mark.story
def test_what_was_sealed_before_the_key_went_is_not_written_after_it(scenes: Scenes) -> None:
    town = Town(scenes, 5)
    for prepare, act, is_started, refusal in (
        (Runner.unlisted, recommend, False, "referral-ended"),
        (Runner.disclosed, claim_prior_contact, False, "copy-not-open"),
        (Runner.disclosed, report_hire, False, None),
        (Runner.disclosed, report_hire, True, None),
    ):
        runner, house = Runner(town, next(town.numbers)), scenes.stage.house
        prepare(runner)
        runner.sign_in()

        if is_started: runner.person.post("/me/erasure", {"confirm": True})

        def erase(runner: Runner = runner, *, is_started: bool = is_started) -> None:
            answer = runner.person.client.post("/me/erasure", json={"confirm": True}, headers=_key())
            assert answer.status_code == (401 if is_started else 200), answer.text
            runner.scenes.stage.settle()

        log = cast("Log", Overtaken(house.log, erase))
        office = msgspec.structs.replace(house.office, log=log)
        command = Command(id=uuid4(), actor="user", now=scenes.stage.now())
        if refusal is None:
            act(office, command, runner)
        else:
            with pytest.raises(Refused, match=refusal): act(office, command, runner)
        scenes.stage.settle()
        assert house.office.candidate(CandidateId(runner.id)).state.erased
        assert runner.left_over() == {}
    a_hire_of_somebody_who_was_erased_since_is_still_a_hire(Runner(town, next(town.numbers)))
    scenes.all_holds()


def a_hire_of_somebody_who_was_erased_since_is_still_a_hire(runner: Runner) -> None:
    runner.disclosed()
    runner.sign_in()
    runner.person.post("/me/erasure", {"confirm": True})
    runner.scenes.stage.settle()
    assert runner.report_hire().status_code == 201
    runner.scenes.stage.settle()
    assert runner.left_over() == {}


RACES: dict[str, tuple[Callable[[Runner], None], Callable[[Runner], object]]] = {
    "approval": (Runner.nothing_more, Runner.approve),
    "disclosure": (Runner.due, Runner.search),
    "look": (Runner.disclosed, Runner.look),
    "export": (Runner.disclosed, Runner.export),
    "recommendation": (Runner.nothing_more, Runner.recommend),
    "profile": (Runner.nothing_more, Runner.save),
    "rebuild": (Runner.disclosed, Runner.rebuild),
    "hire": (Runner.disclosed, Runner.report_hire),
    "prior contact": (Runner.disclosed, Runner.claim_prior_contact),
}


def run(scenes: Scenes, times: int, names: tuple[str, ...]) -> None:
    town = Town(scenes, times * len(names))
    for _ in range(times):
        for name in names:
            town.race(*RACES[name])
    scenes.all_holds()


@pytest.mark.story
def test_what_races_an_erasure_leaves_nothing(scenes: Scenes) -> None:
    run(scenes, 1, ("disclosure", "look"))


@pytest.mark.heavy
def test_what_races_an_erasure_leaves_nothing_however_often(scenes: Scenes) -> None:
    run(scenes, MANY, tuple(RACES))
