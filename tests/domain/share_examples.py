"""One introduction and one hire, told in events, for the tests of the share and the hire to start from."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from domain import consent as permits
from domain import hire as hires
from domain import hiring
from domain import introduction as intro
from domain.calendar import JST, Holidays
from domain.company import RewardMode
from domain.consent import LIST, Consent, ConsentGiven
from domain.frozen_terms import Terms
from domain.hire import EmploymentTerm, Hire, HireEvent, Side
from domain.ids import CandidateId, CompanyId, CompanyToken, JobId, UserId, VaultRef
from domain.introduction import Introduction, IntroductionEvent, Item, Seen
from domain.policy import DEFAULT
from domain.refusal import Refused
from domain.rules import share
from domain.rules.terms import SourceTerms, freeze
from domain.standing import Standing

CANDIDATE = CandidateId(UUID(int=1))
STRANGER = CandidateId(UUID(int=2))
HIRING = CompanyId(UUID(int=10))
SOURCE = CompanyId(UUID(int=11))
OTHER_SOURCE = CompanyId(UUID(int=12))
OPERATOR = CompanyId(UUID(int=13))
TOKEN = CompanyToken(UUID(int=20))
JOB = JobId(UUID(int=30))
USER = UserId(UUID(int=40))
REF = VaultRef(UUID(int=50))

ASKED_AT = datetime(2027, 4, 1, 10, 0, tzinfo=JST)
"""A Thursday. The ask is open through 8 April, JST."""
APPROVED_AT = datetime(2027, 4, 2, 12, 0, tzinfo=JST)
DISCLOSED_AT = datetime(2027, 4, 2, 12, 10, tzinfo=JST)
"""A Friday; five business days later is 9 April."""
EXPIRES_AT = datetime(2027, 4, 9, 0, 0, tzinfo=JST)
NO_HOLIDAYS = Holidays(days=frozenset(), known_until=date(2030, 12, 31))

ITEMS = frozenset({Item.NAME, Item.EMAIL, Item.CAREER})
SEEN = Seen(job_version=1, profile_version=3, items=(Item.NAME, Item.EMAIL, Item.CAREER))


def refused(code: str) -> pytest.RaisesExc[Refused]:
    """The command is refused with exactly this code."""
    return pytest.RaisesExc(Refused, check=lambda refusal: refusal.code == code)


def terms() -> Terms:
    """The default terms, with two sources that would be paid in cash."""
    sources = [SourceTerms(source=each, mode=RewardMode.CASH) for each in (SOURCE, OTHER_SOURCE)]
    return freeze(
        DEFAULT, salary_from_yen=4_000_000, salary_to_yen=6_000_000, sources=sources, on=date(2027, 4, 1)
    )


def consent(until: datetime = datetime(2027, 9, 1, tzinfo=JST)) -> Consent:
    """The person is listed until then."""
    given = ConsentGiven(
        candidate=CANDIDATE, permission=LIST, level=None, text_version="list-1", language="ja", expires_at=until,
        receipt="digest",
    )
    return permits.evolve(permits.INITIAL, given)


STANDING = Standing(
    consent=consent(), consent_version=1, tokens=frozenset({TOKEN}), erasing=False, placed=False, card_listed=True,
    seeker_record=True, profile_version=3, profile_ref=REF, profile_commit="profile-3", job_open=True,
    job_version=1, material_since=1, hiring_active=True, terms_accepted=1, licence_allows=True,
)
COPY = share.Copy(
    items=(Item.NAME, Item.EMAIL), ref=VaultRef(UUID(int=51)), commit="copy", provided_ref=VaultRef(UUID(int=52)),
    received_ref=VaultRef(UUID(int=53)), provider=OPERATOR, acquisition="registered-by-the-person",
)


def told(*events: IntroductionEvent, since: Introduction = intro.INITIAL) -> Introduction:
    """The introduction after these events."""
    for event in events:
        since = intro.evolve(since, event)
    return since


def requested(standing: Standing = STANDING, *, open_asks: int = 0) -> tuple[IntroductionEvent, ...]:
    """The company asks."""
    return share.request(
        intro.INITIAL, standing, number="R-2027-0001", candidate=CANDIDATE, hiring=HIRING, job=JOB, job_version=1,
        by=USER, terms=terms(), items=ITEMS, open_asks=open_asks, policy=DEFAULT, at=ASKED_AT,
    )


def asked() -> Introduction:
    """The person has been asked and has not answered."""
    seen = intro.CandidateAsked(seen=SEEN, profile_ref=REF, profile_commit="profile-3")
    return told(*requested(), seen)


def approval(ask: Introduction, standing: Standing = STANDING, *, at: datetime = APPROVED_AT) -> intro.ShareApproved:
    """The person says yes to name and e-mail."""
    return share.approve(
        ask, standing, by=CANDIDATE, items=frozenset({Item.NAME, Item.EMAIL}), seen=SEEN, known_to_company=False,
        policy=DEFAULT, at=at,
    )


def approved() -> Introduction:
    """The person said yes, and can still undo it."""
    return told(approval(asked()), since=asked())


def disclosure(
    ask: Introduction, standing: Standing = STANDING, *, at: datetime = DISCLOSED_AT
) -> tuple[IntroductionEvent, ...]:
    """Ten minutes are over."""
    return share.disclose(ask, standing, COPY, policy=DEFAULT, holidays=NO_HOLIDAYS, at=at)


def disclosed() -> Introduction:
    """The company has name and e-mail."""
    return told(*disclosure(approved()), since=approved())


def reported(
    *, started_on: date = date(2027, 6, 1), base_yen: int = 5_000_000, by: Side = Side.HIRING
) -> hires.HireReported:
    """The company reports the hire."""
    return hiring.report(
        hires.INITIAL, disclosed(), by=by, offer_accepted_on=date(2027, 5, 1), started_on=started_on,
        base_yen=base_yen, components_ref=REF, term=EmploymentTerm.INDEFINITE, today=date(2027, 5, 2),
    )


def grown(*events: HireEvent, since: Hire = hires.INITIAL) -> Hire:
    """The hire after these events."""
    for event in events:
        since = hires.evolve(since, event)
    return since


def confirmed(started_on: date = date(2027, 6, 1)) -> Hire:
    """Both sides say so; the first day is to come."""
    return grown(reported(started_on=started_on), hires.HireConfirmed(confirmed_by=Side.CANDIDATE))


def started(started_on: date = date(2027, 6, 1)) -> Hire:
    """At work since that day."""
    return grown(hires.EmploymentStarted(started_on=started_on), since=confirmed(started_on))


def later(days: int, than: date = date(2027, 6, 1)) -> date:
    """So many days later."""
    return than + timedelta(days=days)
