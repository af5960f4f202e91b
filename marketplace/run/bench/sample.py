"""The events that are written and read in a bench: introductions as the product itself would write them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from domain.company import RewardMode
from domain.event import Meta
from domain.events import AnyEvent
from domain.ids import CandidateId, CompanyId, IntroductionId, JobId, UserId, VaultRef
from domain.introduction import IdentityDisclosed, IntroductionRequested, Item, Stage, StageReached
from domain.policy import DEFAULT
from domain.rules.terms import SourceTerms, freeze
from marketplace.store.log import Command, Log

NOW = datetime(2027, 4, 1, 1, 0, tzinfo=UTC)
TODAY = date(2027, 4, 1)
ACTOR = f"user:{UUID(int=1)}"
ITEMS = (Item.NAME, Item.EMAIL, Item.CAREER)
STREAMS_A_COMMAND = 250

_TERMS = freeze(
    DEFAULT,
    salary_from_yen=4_000_000,
    salary_to_yen=6_000_000,
    sources=[SourceTerms(source=CompanyId(UUID(int=2)), mode=RewardMode.CASH)],
    on=TODAY,
)


def request(introduction: UUID) -> IntroductionRequested:
    """A company asks: an event with all its frozen terms, about as large as events get."""
    return IntroductionRequested(
        introduction=IntroductionId(introduction),
        number="R-2027-0001",
        candidate=CandidateId(introduction),
        hiring=CompanyId(UUID(int=3)),
        job=JobId(UUID(int=4)),
        job_version=1,
        round_no=1,
        requested_by=UserId(UUID(int=1)),
        terms=_TERMS,
        items=ITEMS,
        requested_at=NOW,
        expires_at=NOW + timedelta(days=7),
    )


def _disclosure(introduction: UUID) -> IdentityDisclosed:
    return IdentityDisclosed(
        candidate=CandidateId(introduction),
        hiring=CompanyId(UUID(int=3)),
        items=ITEMS,
        profile_version=1,
        consent_version=1,
        disclosed_at=NOW,
        prior_contact_until=TODAY,
        ref=VaultRef(introduction),
        commit="commitment",
    )


def stage(_introduction: UUID | None = None) -> StageReached:
    """The next step, as often as one likes."""
    return StageReached(stage=Stage.INTERVIEW, reached_on=TODAY)


STEPS: tuple[Callable[[UUID], AnyEvent], ...] = (request, _disclosure, stage)
"""The events of one introduction, in order."""


def command(identity: UUID | None = None) -> Command:
    """A command of its own."""
    return Command(id=identity or uuid4(), actor=ACTOR, now=NOW)


def meta(command: UUID | None = None) -> Meta:
    """What the store would put beside an event of such a command."""
    return Meta(actor=ACTOR, command=command or uuid4(), recorded_at=NOW, effective_on=TODAY, policy_version=1)


def fill(log: Log, events: int) -> int:
    """Write so many events (a multiple of three, rounded up) about introductions, each step of all after the last.

    So the steps of one introduction lie far apart, as in life, and a batch finds few keys twice. Answers how many
    introductions there are.
    """
    introductions = [uuid4() for _ in range(-(-events // 3))]
    for version, step in enumerate(STEPS):
        for streams in _slices(introductions):
            log.append(command(), {each: (version, [step(each)]) for each in streams})
    return len(introductions)


def _slices(streams: list[UUID]) -> Iterator[list[UUID]]:
    for first in range(0, len(streams), STREAMS_A_COMMAND):
        yield streams[first : first + STREAMS_A_COMMAND]
