"""Money for the laws: the relay of the settlement tests with hires by real commands and every timer of the product."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from domain.calendar import JST
from domain.company import CompanyRole, LegalOpinionRecorded, RewardMode
from domain.hire import EmploymentTerm, Hire, HireStatus, Side
from domain.ids import (
    ApplicantId,
    CandidateId,
    CompanyId,
    FeeId,
    HireId,
    IntroductionId,
    JobId,
    UserId,
    VaultRef,
    fee_of,
    hire_of,
    introduction_of,
    referral_of,
)
from domain.introduction import IdentityDisclosed, IntroductionRequested, Item
from domain.referral import OwnershipConfirmed, ReferralMade
from domain.rules.terms import SourceTerms, freeze
from marketplace.commands import hire
from marketplace.commands.hire import SalaryPart
from marketplace.commands.office import Office
from marketplace.run import postgres
from marketplace.store.log import Appended, Command
from marketplace.work import handlers
from marketplace.work.money_handlers import effects
from marketplace.work.worker import Jobs, Worker
from projections import candidate_inbox, referral_board
from tests.conftest import Database
from tests.marketplace.settlement.relay import HIRING, POLICY, PROJECTIONS, SOURCE, Relay, move_in, move_out

OTHER = CompanyId(UUID(int=12))
"""A second source, without a licence: it gets credit."""
ASKED_AT = datetime(2027, 2, 1, 10, tzinfo=JST)
OFFERED_ON = date(2027, 3, 1)
OPENS_ON = date(2027, 3, 10)
Carry = Callable[[Office, Command], Appended]
_numbers = count(1)


class Till:
    """Three people who were disclosed, companies that can pay and be paid, and everything that was asked for so far."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self.office = relay.office
        self.done: list[tuple[Carry, Command, Appended]] = []
        jobs = Jobs(
            (*PROJECTIONS, referral_board.PROJECTION, candidate_inbox.PROJECTION),
            handlers.REACTIONS,
            handlers.TIMERS,
            {**effects(relay.office, relay.client), "send-message": lambda _subject, _now: None},
        )
        relay.worker = Worker(relay.office, jobs)
        relay.go_to(OPENS_ON)
        relay.open_street()
        opinion = LegalOpinionRecorded(reward_mode=RewardMode.CREDIT, opinion_ref=VaultRef(uuid4()))
        relay.admit(OTHER, CompanyRole.SOURCE, opinion)
        self.introductions = [
            self._introduced(1, SOURCE), self._introduced(2, SOURCE, OTHER), self._introduced(3, OTHER)
        ]  # fmt: skip
        relay.work()

    def _introduced(self, ordinal: int, *sources: CompanyId) -> IntroductionId:
        person, job = CandidateId(UUID(int=100 + ordinal)), JobId(UUID(int=200))
        key = introduction_of(person, HIRING, job, 1)
        modes = {SOURCE: RewardMode.CASH, OTHER: RewardMode.CREDIT}
        frozen = freeze(
            POLICY, salary_from_yen=4_000_000, salary_to_yen=6_000_000,
            sources=[SourceTerms(source=each, mode=modes[each]) for each in sources], on=ASKED_AT.date(),
        )  # fmt: skip
        asked = IntroductionRequested(
            introduction=key, number=f"CR-2027-{ordinal:06}", candidate=person, hiring=HIRING, job=job, job_version=1,
            round_no=1, requested_by=UserId(UUID(int=300)), terms=frozen, items=(Item.NAME,), requested_at=ASKED_AT,
            expires_at=ASKED_AT + timedelta(days=7),
        )  # fmt: skip
        told = IdentityDisclosed(
            candidate=person, hiring=HIRING, items=(Item.NAME,), profile_version=1, consent_version=1,
            disclosed_at=ASKED_AT + timedelta(days=1), prior_contact_until=date(2027, 2, 10), ref=VaultRef(uuid4()),
            commit="00",
        )  # fmt: skip
        self.relay.tell(key, asked, told)
        for place, source in enumerate(sources):
            at = ASKED_AT - timedelta(days=30 - place)
            made = ReferralMade(candidate=person, source=source, applicant=ApplicantId(uuid4()), reached="offer")
            claimed = OwnershipConfirmed(
                candidate=person, source=source, confirmed_at=at, window_until=at + timedelta(days=365)
            )
            self.relay.tell(referral_of(person, source), made, claimed)
        return key

    # Doing things, and doing them again.

    def do(self, carry: Carry, command: Command | None = None) -> Appended:
        """A command, remembered so that it can be sent again."""
        command = command or self.relay.by("laws")
        answer = carry(self.office, command)
        self.done.append((carry, command, answer))
        return answer

    def report(self, introduction: IntroductionId, by: Side, days: int) -> Appended:
        started_on = OPENS_ON + timedelta(days=days)
        return self.do(
            lambda o, c: hire.report(
                o, c, introduction=introduction, by=by, offer_accepted_on=OFFERED_ON, started_on=started_on,
                salary=(SalaryPart(label="base", amount_yen=5_000_001, included=True),), term=EmploymentTerm.INDEFINITE,
            )
        )  # fmt: skip

    # What there is.

    @property
    def hires(self) -> list[HireId]:
        """Every hire that was reported, of each person in order."""
        found = []
        for each in self.introductions:
            who = self.office.introduction(each).state.candidate
            number = 1
            while self.office.hire(hire_of(who, HIRING, number)).version:
                found.append(hire_of(who, HIRING, number))
                number += 1
        return found

    def state(self, key: HireId) -> Hire:
        return self.office.hire(key).state

    def fees(self) -> dict[FeeId, HireId]:
        return {fee_of(key): key for key in self.hires if self.relay.fee(key).accrual is not None}

    def lives(self, key: HireId) -> bool:
        return self.state(key).status not in {HireStatus.WITHDRAWN, HireStatus.CANCELLED}

    def at_stripe(self, kind: str, fee: FeeId) -> list[dict[str, Any]]:
        """The objects of this kind that Stripe made for a fee."""
        rows = self.relay.rows(
            "SELECT body FROM stripe_simulator.object WHERE kind = %s AND account = '' AND body->'metadata'->>'fee_id' = %s",
            kind,
            str(fee),
        )
        return [body for (body,) in rows]

    def heal(self) -> None:
        """No fault is left, every notice arrives, and time passes until everybody has tried again."""
        self.relay.rows("DELETE FROM stripe_simulator.fault")
        for _ in range(4):
            self.relay.work()
            self.relay.later(hours=13)
        self.relay.work()


@contextmanager
def opened(server: postgres.Server, template: str) -> Iterator[Till]:
    """A till over a database of its own: its clock and its Stripe cannot go back to the beginning."""
    name = f"till_{next(_numbers)}"
    server.create_database(name, template=template)
    relay = move_in(Database(name, server.app_url(name), server.owner_url(name), server.superuser_url_of(name)))
    try:
        yield Till(relay)
    finally:
        move_out(relay)
        server.drop_database(name)
