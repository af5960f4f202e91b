"""What every command works with, and how it is carried out once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID, uuid5

import msgspec

from domain import candidate as candidates
from domain import company as companies
from domain import consent as consents
from domain import hire as hires
from domain import introduction as introductions
from domain import job as jobs
from domain import partnership as partnerships
from domain import referral as referrals
from domain.calendar import Holidays
from domain.ids import (
    OPERATOR,
    CandidateId,
    CompanyId,
    HireId,
    IntroductionId,
    JobId,
    ReferralId,
    consent_of,
    partnership_of,
    sharing_policy_of,
)
from domain.policy import Policy
from domain.refusal import Refused
from marketplace.messages.outbox import Message, rows
from marketplace.store.database import Database
from marketplace.store.log import Appended, Command, Loaded, Log, StreamMoved
from marketplace.vault.companion import CompanionRow
from marketplace.vault.vault import Vault

P = ParamSpec("P")
S = TypeVar("S")
TRIES = 5


class Office(msgspec.Struct, frozen=True):
    """The log, the database, the vault, the numbers in force, and the address people reach us at."""

    log: Log
    database: Database
    vault: Vault
    policy: Policy
    holidays: Holidays
    public_url: str

    def company(self, company_id: CompanyId) -> Loaded[companies.Company]:
        """A company's stream."""
        return self.log.load(company_id, companies.INITIAL, companies.evolve)

    def operator(self) -> companies.Company:
        """The operator's own company."""
        return self.company(OPERATOR).state

    def job(self, job_id: JobId) -> Loaded[jobs.Job]:
        """A job's stream."""
        return self.log.load(job_id, jobs.INITIAL, jobs.evolve)

    def candidate(self, candidate_id: CandidateId) -> Loaded[candidates.Candidate]:
        """A candidate's stream."""
        return self.log.load(candidate_id, candidates.INITIAL, candidates.evolve)

    def consent(self, candidate_id: CandidateId) -> Loaded[consents.Consent]:
        """All that a person permits or forbids."""
        return self.log.load(consent_of(candidate_id), consents.INITIAL, consents.evolve)

    def referral(self, referral_id: ReferralId) -> Loaded[referrals.Referral]:
        """A referral's stream."""
        return self.log.load(referral_id, referrals.INITIAL, referrals.evolve)

    def introduction(self, introduction_id: IntroductionId) -> Loaded[introductions.Introduction]:
        """An introduction's stream."""
        return self.log.load(introduction_id, introductions.INITIAL, introductions.evolve)

    def hire(self, hire_id: HireId) -> Loaded[hires.Hire]:
        """A hire's stream."""
        return self.log.load(hire_id, hires.INITIAL, hires.evolve)

    def partnership(self, source: CompanyId, hiring: CompanyId) -> Loaded[partnerships.Partnership]:
        """What two companies agreed."""
        return self.log.load(partnership_of(source, hiring), partnerships.INITIAL, partnerships.evolve)

    def sharing_policy(self, source: CompanyId) -> Loaded[partnerships.SharingPolicy]:
        """With whom a source shares its recommendation."""
        return self.log.load(
            sharing_policy_of(source), partnerships.INITIAL_SHARING_POLICY, partnerships.evolve_sharing_policy
        )


def new_id(command: Command, kind: str, ordinal: int = 0) -> UUID:
    """An id for something this command makes: the same when the command is sent again."""
    return uuid5(command.id, f"{kind}:{ordinal}")


def mail(command: Command, *messages: Message, at: datetime | None = None) -> list[CompanionRow]:
    """The companion rows of messages that this command causes; sent now, or `at` a later moment if still true then."""
    return rows(command.id, list(messages), command.now, run_at=at)


Carry = Callable[Concatenate[Office, Command, P], Appended]


def once(decide: Carry[P]) -> Carry[P]:
    """A command is carried out once per id, and decided again when another command was first on a stream it read."""

    @wraps(decide)
    def carried(office: Office, command: Command, /, *args: P.args, **kwargs: P.kwargs) -> Appended:
        if (position := office.log.carried_out(command.id)) is not None:
            return Appended("again", position)
        for attempt in range(TRIES):
            try:
                return decide(office, command, *args, **kwargs)
            except StreamMoved:
                if attempt == TRIES - 1:
                    raise
            except Refused:
                # It was sent before, and that sending may have ended only now: what refuses this one is then its own doing.
                if (position := office.log.carried_out(command.id)) is None:
                    raise
                return Appended("again", position)
        raise AssertionError

    return carried
