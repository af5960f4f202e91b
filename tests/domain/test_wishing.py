"""A person's own pace: pauses with an end, a limit of open asks, the end of a search, and a changed mailbox."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec.structs import replace

from domain import consent as consents
from domain import reaching, wishing
from domain.applicant import Channel
from domain.candidate import INITIAL as NOBODY
from domain.candidate import Candidate, CandidateRegistered, Entrance
from domain.candidate import evolve as evolve_candidate
from domain.consent import LIST, ConsentWithdrawn, Paused, Resumed, WithdrawalCause
from domain.ids import IntroductionId, VaultRef
from domain.policy import DEFAULT
from domain.reach import ContactFailed, LineConnected
from domain.rules import share
from domain.wishes import AskReached, PauseLimited
from tests.domain.share_examples import (
    APPROVED_AT,
    CANDIDATE,
    COPY,
    DISCLOSED_AT,
    NO_HOLIDAYS,
    REF,
    STANDING,
    approval,
    approved,
    asked,
    consent,
    refused,
    requested,
    told,
)

TODAY = date(2027, 4, 2)


def person() -> Candidate:
    return evolve_candidate(
        NOBODY, CandidateRegistered(candidate=CANDIDATE, entrance=Entrance.INVITATION, language="ja", contact_ref=REF)
    )


def test_a_pause_with_a_last_day_is_over_on_the_day_after() -> None:
    state = consents.evolve(consent(), Paused(candidate=CANDIDATE))
    assert not wishing.is_over(state, today=TODAY), "without a day it lasts"
    state = consents.evolve(state, wishing.limit_pause(CANDIDATE, last_day=TODAY, today=TODAY))
    assert not wishing.is_over(state, today=TODAY)
    assert wishing.is_over(state, today=TODAY + timedelta(days=1))
    assert consents.evolve(state, Resumed(candidate=CANDIDATE)).wishes.pause_until is None
    with refused("pause-over-already"):
        wishing.limit_pause(CANDIDATE, last_day=TODAY - timedelta(days=1), today=TODAY)
    assert wishing.limit_pause(CANDIDATE, last_day=None, today=TODAY) == PauseLimited(candidate=CANDIDATE, last_day=None)


def test_the_persons_own_limit_goes_before_the_policys() -> None:
    limited = consents.evolve(consent(), wishing.limit_asks(consent(), candidate=CANDIDATE, most=2))
    standing = replace(STANDING, consent=limited)
    assert len(requested(standing, open_asks=1)) == 1
    with refused("candidate-has-enough-asks"):
        requested(standing, open_asks=2)
    for most in (0, 11):
        with refused("ask-limit-out-of-range"):
            wishing.limit_asks(consent(), candidate=CANDIDATE, most=most)


def test_asks_that_are_over_are_forgotten_when_another_one_comes() -> None:
    state = consent()
    for n, days in ((1, 0), (2, 3), (3, 8)):
        at = APPROVED_AT + timedelta(days=days)
        event = AskReached(
            candidate=CANDIDATE, introduction=IntroductionId(VaultRef(REF)), reached_at=at, expires_at=at + timedelta(days=7)
        )
        state = consents.evolve(state, event)
        assert len(state.wishes.reached) == {1: 1, 2: 2, 3: 2}[n]


def test_the_end_of_a_search_can_be_undone_for_ten_minutes_and_rests_disclosures_meanwhile() -> None:
    said = wishing.say_search_ended(consent(), candidate=CANDIDATE, undo_minutes=10, at=APPROVED_AT)
    assert said.takes_effect_at == APPROVED_AT + timedelta(minutes=10)
    ending = consents.evolve(consent(), said)
    with refused("disclosures-rest"):
        share.disclose(
            approved(), replace(STANDING, consent=ending), COPY, policy=DEFAULT, holidays=NO_HOLIDAYS, at=DISCLOSED_AT
        )
    assert consents.evolve(ending, wishing.undo_search_end(ending, at=APPROVED_AT)).wishes.search_ends_at is None
    with refused("undo-window-closed"):
        wishing.undo_search_end(ending, at=said.takes_effect_at)
    withdrawn = ConsentWithdrawn(candidate=CANDIDATE, permissions=(LIST,), cause=WithdrawalCause.PERSON)
    gone = consents.evolve(ending, withdrawn)
    assert gone.wishes.search_ends_at is None
    with refused("not-listed-anyway"):
        wishing.say_search_ended(gone, candidate=CANDIDATE, undo_minutes=10, at=APPROVED_AT)


def test_after_a_changed_mailbox_nothing_is_disclosed_for_a_day() -> None:
    changed = reaching.change_contact(person(), ref=VaultRef(REF), at=APPROVED_AT)
    state = evolve_candidate(person(), changed)
    assert state.reach.rest_until == APPROVED_AT + timedelta(days=1)
    resting = replace(STANDING, rest_until=state.reach.rest_until)
    assert approval(asked(), resting).disclose_not_before == APPROVED_AT + timedelta(days=1)
    with refused("disclosures-rest"):
        share.disclose(approved(), resting, COPY, policy=DEFAULT, holidays=NO_HOLIDAYS, at=DISCLOSED_AT)
    later = told(approval(asked(), resting), since=asked())
    assert share.disclose(
        later, resting, COPY, policy=DEFAULT, holidays=NO_HOLIDAYS, at=APPROVED_AT + timedelta(days=1)
    )


def test_a_dead_mailbox_leaves_line_if_it_is_connected() -> None:
    dead = evolve_candidate(person(), ContactFailed(channel=Channel.EMAIL))
    assert not dead.reach.reachable
    with refused("channel-failed-already"):
        reaching.fail(dead, Channel.EMAIL)
    assert evolve_candidate(dead, LineConnected(line_ref=VaultRef(REF))).reach.reachable
    mended = evolve_candidate(dead, reaching.change_contact(dead, ref=VaultRef(REF), at=APPROVED_AT))
    assert mended.reach.reachable
