"""Companies and people for the laws: the real house, commands, worker and clock, with every step in the test's hands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from itertools import count
from uuid import UUID, uuid4

import psycopg
from msgspec.structs import replace

from domain import candidate as candidates
from domain import referral as referrals
from domain.applicant import Channel
from domain.calendar import JST
from domain.candidate import Entrance, ProfileFacts
from domain.company import CompanyRole, MemberRole
from domain.consent import LIST, Permission, Scope
from domain.ids import OPERATOR, ApplicantId, CandidateId, CompanyId, JobId, ReferralId, UserId, consent_of, referral_of
from domain.partnership import SharingMode
from domain.refusal import Refused
from domain.viewer import Viewer
from marketplace import clock
from marketplace.commands import candidate, company, consent, job, referral
from marketplace.commands.candidate import ProfileWords, own
from marketplace.commands.office import Office, new_id
from marketplace.run.founding import found
from marketplace.run.wiring import House
from marketplace.store.log import Command
from marketplace.vault.companion import companions
from marketplace.vault.records import ContactRecord
from marketplace.work.worker import Worker
from projections.gate import tokens_of
from tests.domain.people_examples import CONDITIONS

OPENING = datetime(2027, 4, 5, 10, 0, tzinfo=JST)
"""A Monday."""
LICENCE_GAP = (date(2027, 5, 10), date(2027, 5, 20))
"""The operator has no licence between these days, both excluded."""
MAIL = Permission(scope=Scope.CHANNEL, channel=Channel.EMAIL)
HIRING = ("alpha", "beta", "gamma")
SOURCES = ("mountain", "river")
FACTS = ProfileFacts(
    skills=("sql", "python"),
    occupations=("data-analyst",),
    prefecture="osaka",
    seniority="middle-level",
    salary_band="6m-to-8m-yen",
    languages=("japanese",),
)


@cache
def number(ordinal: int) -> str:
    """A well-formed corporate number: twelve digits after their check digit (法人番号)."""
    base = f"{ordinal:012d}"
    weighed = sum(int(digit) * (1 if place % 2 == 0 else 2) for place, digit in enumerate(reversed(base)))
    return f"{9 - weighed % 9}{base}"


NUMBERS = {name: number(700 + place) for place, name in enumerate((*HIRING, *SOURCES, "stranger", "operator"))}
"""`stranger` is not on the relay: it can only be blocked, or named in a group."""


@dataclass
class Street:
    """What the laws work with."""

    house: House
    worker: Worker
    owner_url: str
    superuser_url: str
    companies: dict[str, CompanyId] = field(default_factory=dict)
    users: dict[str, UserId] = field(default_factory=dict)
    people: count[int] = field(default_factory=lambda: count(1))
    lines: dict[str, psycopg.Connection[tuple[object, ...]]] = field(default_factory=dict)

    def line(self, url: str) -> psycopg.Connection[tuple[object, ...]]:
        """A connection of the test's own that stays open: each costs a process of the server."""
        if url not in self.lines:
            self.lines[url] = psycopg.connect(url, autocommit=True)
        return self.lines[url]

    def close(self) -> None:
        for line in self.lines.values():
            line.close()

    @property
    def office(self) -> Office:
        return self.house.office

    # Time, work, commands.

    def now(self) -> datetime:
        with self.house.database.transaction() as connection:
            return clock.now(connection)

    def move_to(self, moment: datetime) -> None:
        """Only the clock moves: nothing is done that became due."""
        clock.move_to(self.line(self.owner_url), moment)

    def room(self, name: str) -> int:
        """One batch of one room of the worker."""
        return self.worker._rooms[name]()

    def settle(self) -> None:
        self.worker.drain()

    def catch_up(self) -> None:
        """Everything that was written is read; nothing that became due is done."""
        while self.room("project"):
            pass

    def by(self, actor: str = "user:laws", at: datetime | None = None) -> Command:
        return Command(id=uuid4(), actor=actor, now=at or self.now())

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with self.house.database.transaction() as connection:
            return connection.execute(query.encode(), values).fetchall()

    # Who is there.

    def found(self) -> None:
        """The operator with its licences, two sources and three hiring companies, each with one admin."""
        self.move_to(OPENING)
        found(
            self.office,
            name="見本運営株式会社",
            name_en="Mihon Operator",
            corporate_number=NUMBERS["operator"],
            address="東京都見本区1-1",
            representative="運営 見本",
            admin_name="運営 担当",
            email="admin@operator.example",
        )
        for first, last in ((date(2026, 4, 1), LICENCE_GAP[0]), (LICENCE_GAP[1], date(2028, 12, 31))):
            company.record_licence(
                self.office, self.by(), company_id=OPERATOR, number="13-ユ-300001", granted_on=first, valid_until=last
            )
        for name in (*SOURCES, *HIRING):
            role = CompanyRole.SOURCE if name in SOURCES else CompanyRole.HIRING
            self._admit(name, role)
        for name in HIRING:
            company.accept_terms(self.office, self.by(), company_id=self.companies[name], terms_version=1)
        self.settle()

    def _admit(self, name: str, role: CompanyRole) -> None:
        made = self.companies[name] = CompanyId(uuid4())
        company.admit(
            self.office,
            self.by(),
            company_id=made,
            name=f"{name}見本株式会社",
            name_en=f"{name.title()} Mihon",
            corporate_number=NUMBERS[name],
            address="大阪府見本市2-2",
            representative=f"{name} 代表",
            roles=frozenset({role}),
        )
        command = self.by()
        company.join(
            self.office, command, company_id=made, name="見本 担当", email=f"admin@{name}.example", role=MemberRole.ADMIN
        )
        self.users[name] = UserId(new_id(command, "user"))

    def start_again(self) -> None:
        """Back to the opening: companies as they were, nothing due and nobody listed any more of earlier examples."""
        self.forget_what_waits()
        for who in self._listed():
            self._carry_out(lambda person: consent.pause(self.office, self.by(), candidate=person), who)
        self.move_to(OPENING)
        for name, key in self.companies.items():
            state = self.office.company(key).state
            if state.suspended:
                company.reinstate(self.office, self.by(), company_id=key)
            if state.group_tokens:
                company.declare_group(self.office, self.by(), company_id=key, corporate_numbers=())
            if name in SOURCES and self.office.sharing_policy(key).state.mode is not SharingMode.OPEN:
                company.set_sharing_policy(
                    self.office, self.by(), source=key, mode=SharingMode.OPEN, companies=frozenset()
                )
        self.forget_what_waits()

    def forget_what_waits(self) -> None:
        """Projections and reactions catch up; timers and tasks of earlier examples never come."""
        while self.room("project") + self.room("react"):
            pass
        above = self.line(self.superuser_url)
        above.execute("DELETE FROM due")
        above.execute("UPDATE task SET done_at = now() WHERE done_at IS NULL AND kind <> 'upkeep'")

    def _listed(self) -> list[CandidateId]:
        found = self.rows("SELECT candidate FROM catalogue WHERE listed")
        return [who for (who,) in found if isinstance(who, UUID) and not self._silent(CandidateId(who))]  # type: ignore[misc]

    def _silent(self, who: CandidateId) -> bool:
        state = self.office.consent(who).state
        return state.ended or state.paused

    def _carry_out(self, step: Callable[[CandidateId], object], who: CandidateId) -> None:
        try:
            step(who)
        except Refused:
            return

    def job(self, name: str, *, salary_from_yen: int = 5_000_000) -> JobId:
        """A job of a hiring company."""
        made = JobId(uuid4())
        job.open_job(
            self.office,
            self.by(),
            job_id=made,
            company=self.companies[name],
            conditions=replace(CONDITIONS, annual_salary_from_yen=salary_from_yen),
            occupation="data-analyst",
            prefecture="osaka",
            skills=("sql",),
        )
        return made

    def person(self, sources: Iterable[str] = SOURCES[:1]) -> CandidateId:
        """A registered person with a profile and a record for the books, referred by `sources`; nothing is consented to."""
        who, ordinal = CandidateId(uuid4()), next(self.people)
        sealed = self.office.vault.sealer.seal(
            own(who),
            ContactRecord(
                email=f"person{ordinal}@mail.example", name=f"見本 {ordinal}", kana="ミホン", phone="+819000000001"
            ),
        )
        registered = candidates.CandidateRegistered(
            candidate=who, entrance=Entrance.NEUTRAL_LINK, language="ja", contact_ref=sealed.ref
        )
        streams: dict[UUID, tuple[int, list[object]]] = {who: (0, [registered, candidates.AdulthoodDeclared()])}
        for name in sources:
            source = self.companies[name]
            made = referrals.ReferralMade(
                candidate=who, source=source, applicant=ApplicantId(uuid4()), reached="final-interview"
            )
            confirmed = referrals.OwnershipConfirmed(
                candidate=who, source=source, confirmed_at=self.now(), window_until=self.now() + timedelta(days=365)
            )
            streams[referral_of(who, source)] = (0, [made, confirmed])
        self.house.log.append(self.by(f"candidate:{who}"), streams, also=companions(sealed.row))  # type: ignore[arg-type]
        self.save_profile(who)
        candidate.seal_seeker_record(
            self.office,
            self.by(),
            candidate=who,
            name=f"見本 {ordinal}",
            address="大阪府見本市3-3",
            birth_date=date(1994, 5, 6),
        )
        return who

    def save_profile(self, who: CandidateId, version: int = 0) -> None:
        candidate.save_profile(
            self.office,
            self.by(),
            candidate=who,
            expected_version=version,
            words=ProfileWords(
                headline="データで現場を助けます", career="需要予測を6年", employer="株式会社かりの見本", salary_wish_yen=6_000_000
            ),
            facts=FACTS,
        )

    def give(self, who: CandidateId, permission: Permission = LIST, at: datetime | None = None) -> None:
        consent.give(
            self.office, self.by(at=at), candidate=who, permission=permission, level=None, text_version="v1", language="ja"
        )

    def recommend(self, who: CandidateId, name: str = "mountain") -> None:
        """The source writes its recommendation and the person reads it."""
        key = self.referral(who, name)
        referral.recommend(self.office, self.by(), referral=key, source=self.companies[name], text="論理的な方でした。")
        version = self.office.referral(key).state.recommendation_version
        referral.read_recommendation(self.office, self.by(), referral=key, candidate=who, version=version)

    def publish(self, who: CandidateId, name: str = "mountain") -> None:
        referral.publish_card(self.office, self.by(), referral=self.referral(who, name), candidate=who)

    def referral(self, who: CandidateId, name: str) -> ReferralId:
        return referral_of(who, self.companies[name])

    def version(self, stream: UUID) -> int:
        return len(self.house.log.history(stream))

    def consent_version(self, who: CandidateId) -> int:
        return self.version(consent_of(who))

    def viewer(self, name: str, *also: str) -> Viewer:
        """Somebody of a company, who may also serve others; the tokens as every page looks them up."""
        with self.house.database.transaction() as connection:
            tokens = tokens_of(connection, [self.companies[each] for each in (name, *also)])
        return Viewer(user=self.users[name], company=self.companies[name], role=MemberRole.ADMIN, tokens=tokens)
