"""What a projection says of a stream is what the stream's own state says; a timer rings when its rule first lets it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import consent as consents
from domain import hire as hires
from domain import hiring, merging, referral
from domain.calendar import jst_date
from domain.consent import LIST, Consent
from domain.event import Event, Meta, Recorded
from domain.hire import EmploymentTerm, Hire, HireConfirmed, Side
from domain.ids import ApplicantId, CandidateId, CompanyId, VaultRef, referral_of
from domain.introduction import evolve
from domain.referral import INITIAL, CardPublished, Referral
from domain.refusal import Refused
from domain.rules import guarantee, share
from marketplace.holidays import HOLIDAYS
from projections import due, referral_board
from tests.domain import share_examples
from tests.laws.histories import REF
from tests.laws.street import FACTS

PLAIN = settings(max_examples=60, deadline=None)
LONG = settings(max_examples=3_000, deadline=None)
TICK = timedelta(microseconds=1)


def recorded(stream: UUID, event: Event, at: datetime, version: int = 1) -> Recorded[Any]:
    meta = Meta(actor="user:laws", command=uuid4(), recorded_at=at, effective_on=jst_date(at), policy_version=1)
    return Recorded(position=version, stream=stream, version=version, meta=meta, event=event)


# A referral, as its source and the catalogue see it.

WHO, SOURCE = CandidateId(UUID(int=31)), CompanyId(UUID(int=11))
STEPS = st.lists(
    st.sampled_from(["refer", "write", "read", "confirm", "publish", "suspend", "end", "carry older", "carry claim"]),
    max_size=14,
)


def step(state: Referral, name: str, now: datetime) -> tuple[Event, ...]:
    match name:
        case "refer":
            return (referral.refer(state, candidate=WHO, source=SOURCE, applicant=ApplicantId(uuid4()), reached="x"),)
        case "write":
            return (referral.write_recommendation(state, ref=VaultRef(uuid4()), commit="c", lexemes_ref=REF),)
        case "read":
            return (referral.read_recommendation(state, version=state.recommendation_version),)
        case "confirm":
            return referral.confirm_ownership(state, now=now, window_days=365)
        case "publish":
            return (
                CardPublished(
                    candidate=WHO, profile_version=1, facts=FACTS, reached="x", lexemes_ref=REF, recommendation_version=None
                ),
            )
        case "carry older" | "carry claim":
            # Another registration of the same person is merged into this one (rule 7: both claims survive).
            older = now - timedelta(days=30)
            other = Referral(
                candidate=CandidateId(uuid4()), source=SOURCE, applicant=ApplicantId(uuid4()), reached="y",
                confirmed_at=older, window_until=older + timedelta(days=365), ended=name == "carry claim",
            )  # fmt: skip
            return merging.carry_over(state, other, candidate=WHO)
        case "suspend":
            return referral.suspend_card(state, cause="person")
        case _:
            return referral.end(state, cause="source")


def _board_says_the_same(steps: list[str]) -> None:
    state, row, now = INITIAL, None, share_examples.ASKED_AT
    for n, name in enumerate(steps):
        now += timedelta(days=n)
        try:
            events = step(state, name, now)
        except Refused:
            continue
        for event in events:
            state = referral.evolve(state, event)  # type: ignore[arg-type]
            entry = recorded(referral_of(WHO, SOURCE), event, now)
            for key in referral_board.touches(entry):
                row = referral_board.fold(key, row, entry)
    if row is None:
        assert not state.made
        return
    assert (row.ended is not None) == state.ended
    assert (row.confirmed_at, row.window_until) == (state.confirmed_at, state.window_until)
    assert row.recommendation_read == state.recommendation_is_read
    assert (row.recommendation_version or 0) == state.recommendation_version
    assert (row.applicant, row.source, row.candidate) == (state.applicant, state.source, state.candidate)


@PLAIN
@given(steps=STEPS)
def test_the_board_of_referrals_says_what_the_referral_says(steps: list[str]) -> None:
    _board_says_the_same(steps)


@pytest.mark.heavy
@LONG
@given(steps=STEPS)
def test_the_board_of_referrals_says_what_the_referral_says_at_length(steps: list[str]) -> None:
    _board_says_the_same(steps)


def test_who_steps_back_and_refers_again_still_has_the_claim_that_the_person_confirmed() -> None:
    _board_says_the_same(["refer", "confirm", "write", "read", "end", "refer"])


def test_a_claim_that_a_merge_carried_over_without_a_referral_is_on_the_board() -> None:
    _board_says_the_same(["carry claim"])
    _board_says_the_same(["refer", "confirm", "carry older"])


# Timers: at the moment at which one rings, the rule behind it lets the thing be done, and a moment before it does not.

DAYS = st.dates(date(2027, 4, 2), date(2028, 3, 1))
MINUTES = st.integers(0, 60 * 24 * 30)


def rings(entry: Recorded[Any], kind: str) -> datetime:
    """When the timer of this kind that the event sets is due."""
    (moment,) = {change.due_at for change in due.changes(entry) if change.kind == kind and change.due_at}
    return moment


def first_at(moment: datetime, allowed: Callable[[datetime], object]) -> None:
    """`allowed` refuses a moment earlier, and not at the moment itself."""
    with pytest.raises(Refused):
        allowed(moment - TICK)
    allowed(moment)


def _share_timers(minutes: int) -> None:
    at = share_examples.ASKED_AT + timedelta(minutes=minutes % (60 * 24 * 6))
    ask = share_examples.asked()
    requested = share_examples.requested()[0]
    first_at(
        rings(recorded(ask.introduction, requested, share_examples.ASKED_AT), "expire-share"),
        lambda now: share.expire(ask, at=now),
    )
    approval = share_examples.approval(ask, at=at)
    approved = evolve(ask, approval)
    first_at(
        rings(recorded(ask.introduction, approval, at), "disclose"),
        lambda now: share_examples.disclosure(approved, at=now),
    )


@PLAIN
@given(minutes=MINUTES)
def test_a_share_is_disclosed_and_expires_exactly_when_its_timers_ring(minutes: int) -> None:
    _share_timers(minutes)


def test_a_consent_expires_exactly_when_its_timer_rings() -> None:
    given_ = consents.give(
        Consent(), candidate=WHO, permission=LIST, level=None, text_version="v1", language="ja",
        expires_at=share_examples.ASKED_AT, receipt="r", now=share_examples.ASKED_AT - timedelta(days=180),
    )  # fmt: skip
    state = consents.evolve(Consent(), given_)
    moment = rings(recorded(UUID(int=1), given_, share_examples.ASKED_AT), "expire-consent")
    first_at(moment, lambda now: consents.expire(state, LIST, now=now))
    assert state.allows(LIST, moment - TICK)
    assert not state.allows(LIST, moment)


def hired(started_on: date, on: date) -> tuple[Hire, Event]:
    """Reported by the company, confirmed by the person."""
    report = hiring.report(
        hires.INITIAL, share_examples.disclosed(), by=Side.HIRING, offer_accepted_on=on, started_on=started_on,
        base_yen=5_000_000, components_ref=REF, term=EmploymentTerm.INDEFINITE, today=on,
    )  # fmt: skip
    state = share_examples.grown(report, HireConfirmed(confirmed_by=Side.CANDIDATE))
    return state, report


def _employment_timers(days: int, left_after: int) -> None:
    on = date(2027, 4, 10)
    started_on = on + timedelta(days=days)
    state, report = hired(started_on, on)
    moment = rings(recorded(state.hire, report, share_examples.ASKED_AT), "start-employment")
    first_at(moment, lambda now: hiring.start(state, today=jst_date(now)))
    started = hiring.start(state, today=started_on)
    state = hires.evolve(state, started)
    moment = rings(recorded(state.hire, started, share_examples.ASKED_AT), "check-six-months")
    first_at(moment, lambda now: hiring.check_six_months(state, hires.SixMonthResult.UNKNOWN, today=jst_date(now)))
    left_on = started_on + timedelta(days=left_after)
    said = guarantee.report_leave(
        state, by=Side.HIRING, left_on=left_on, fault="own-wish", today=left_on, holidays=HOLIDAYS
    )
    state = hires.evolve(state, said)
    moment = rings(recorded(state.hire, said, share_examples.ASKED_AT), "determine-leave")
    first_at(moment, lambda now: guarantee.determine(state, today=jst_date(now)))


@PLAIN
@given(days=st.integers(0, 300), left_after=st.integers(0, 150))
def test_a_start_a_check_and_a_leave_are_decided_exactly_when_their_timers_ring(days: int, left_after: int) -> None:
    _employment_timers(days, left_after)


@pytest.mark.heavy
@LONG
@given(days=st.integers(0, 400), left_after=st.integers(0, 180), minutes=MINUTES)
def test_every_timer_rings_exactly_when_its_rule_first_lets_it_at_length(
    days: int, left_after: int, minutes: int
) -> None:
    _share_timers(minutes)
    _employment_timers(days, left_after)
