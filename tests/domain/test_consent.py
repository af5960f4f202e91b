from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from domain import consent
from domain.applicant import Channel
from domain.consent import (
    LIST,
    BlockCause,
    Consent,
    ConsentEvent,
    ConsentGiven,
    ConsentWithdrawn,
    OutcomeLevel,
    Paused,
    Permission,
    Resumed,
    Scope,
    WithdrawalCause,
)
from tests.domain.people_examples import (
    CANDIDATE,
    EMAIL,
    HIRING,
    LATER,
    NOW,
    OTHER_TOKEN,
    OUTCOME,
    RETAIN,
    SOURCE,
    TOKEN,
    a_consent,
    blocked,
    given,
    refused,
)

PAUSED = Paused(candidate=CANDIDATE)
ERASED = ConsentWithdrawn(candidate=CANDIDATE, permissions=(LIST,), cause=WithdrawalCause.ERASURE)


def _give(
    state: Consent,
    permission: Permission,
    *,
    level: OutcomeLevel | None = None,
    text_version: str = "text-1",
    expires_at: datetime = LATER,
    now: datetime = NOW,
) -> ConsentGiven:
    return consent.give(
        state,
        candidate=CANDIDATE,
        permission=permission,
        level=level,
        text_version=text_version,
        language="ja",
        expires_at=expires_at,
        receipt="digest",
        now=now,
    )


def test_nothing_is_allowed_before_it_is_given() -> None:
    assert not consent.INITIAL.allows(LIST, NOW)
    assert consent.INITIAL.outcome_level(SOURCE, NOW) is OutcomeLevel.NONE


def test_a_consent_stops_holding_at_the_moment_it_expires() -> None:
    assert a_consent().allows(LIST, LATER - timedelta(microseconds=1))
    assert not a_consent().allows(LIST, LATER)


def test_a_consent_holds_for_its_company_and_channel_only() -> None:
    state = a_consent(given(RETAIN), given(EMAIL))
    assert state.allows(RETAIN, NOW)
    assert not state.allows(Permission(scope=Scope.RETAIN, company=HIRING), NOW)
    assert state.allows(EMAIL, NOW)
    assert not state.allows(Permission(scope=Scope.CHANNEL, channel=Channel.LINE), NOW)


def test_the_source_learns_what_the_person_chose_and_no_more() -> None:
    state = a_consent(given(OUTCOME, OutcomeLevel.HIRED))
    assert state.outcome_level(SOURCE, NOW) is OutcomeLevel.HIRED
    assert state.outcome_level(HIRING, NOW) is OutcomeLevel.NONE
    assert state.outcome_level(SOURCE, LATER) is OutcomeLevel.NONE


def test_the_same_consent_is_given_once_and_anew_with_another_text_or_level() -> None:
    with refused("consent-already-given"):
        _give(a_consent(), LIST)
    assert _give(a_consent(), LIST, text_version="text-2").text_version == "text-2"
    assert _give(a_consent(), LIST, now=LATER, expires_at=LATER + timedelta(days=1)).permission == LIST
    state = a_consent(given(OUTCOME, OutcomeLevel.HIRED))
    raised = consent.evolve(state, _give(state, OUTCOME, level=OutcomeLevel.WHERE))
    assert raised.outcome_level(SOURCE, NOW) is OutcomeLevel.WHERE


def test_a_consent_is_not_over_before_it_is_given() -> None:
    with refused("consent-over-before-given"):
        _give(a_consent(), EMAIL, expires_at=NOW)


@pytest.mark.parametrize(
    ("permission", "level"),
    [
        (Permission(scope=Scope.RETAIN), None),
        (Permission(scope=Scope.LIST, company=SOURCE), None),
        (Permission(scope=Scope.CHANNEL), None),
        (Permission(scope=Scope.LIST, channel=Channel.LINE), None),
        (OUTCOME, None),
        (LIST, OutcomeLevel.WHERE),
    ],
)
def test_a_permission_without_what_its_scope_needs_is_a_mistake(
    permission: Permission, level: OutcomeLevel | None
) -> None:
    with pytest.raises(ValueError, match=r"to outcome|to channel|retain and outcome"):
        _give(consent.INITIAL, permission, level=level)


def test_a_live_consent_is_renewed_for_longer_and_one_that_is_over_is_not() -> None:
    longer = LATER + timedelta(days=180)
    renewed = consent.renew(a_consent(), LIST, text_version="text-1", expires_at=longer, receipt="digest-2", now=NOW)
    assert a_consent(renewed).allows(LIST, LATER)
    with refused("consent-not-live"):
        consent.renew(a_consent(), LIST, text_version="text-1", expires_at=longer, receipt="digest-2", now=LATER)
    with refused("consent-not-longer"):
        consent.renew(a_consent(), LIST, text_version="text-1", expires_at=LATER, receipt="digest-2", now=NOW)


def test_expiry_is_written_down_only_after_the_fact() -> None:
    with refused("consent-still-live"):
        consent.expire(a_consent(), LIST, now=LATER - timedelta(microseconds=1))
    expired = a_consent(consent.expire(a_consent(), LIST, now=LATER))
    with refused("consent-not-given"):
        consent.expire(expired, LIST, now=LATER)


def test_a_withdrawal_takes_back_what_stands_and_leaves_the_rest() -> None:
    state = a_consent(given(RETAIN))
    withdrawn = consent.withdraw(state, frozenset({LIST, EMAIL}), cause=WithdrawalCause.PERSON)
    assert withdrawn.permissions == (LIST,)
    after = consent.evolve(state, withdrawn)
    assert not after.allows(LIST, NOW)
    assert after.allows(RETAIN, NOW)
    with refused("consent-not-given"):
        consent.withdraw(after, frozenset({LIST}), cause=WithdrawalCause.PERSON)


def test_what_was_withdrawn_can_be_given_again() -> None:
    withdrawn = consent.withdraw(a_consent(), frozenset({LIST}), cause=WithdrawalCause.PERSON)
    assert a_consent(withdrawn, _give(a_consent(withdrawn), LIST)).allows(LIST, NOW)


def test_erasure_takes_back_everything_and_nothing_is_given_again() -> None:
    state = a_consent(given(RETAIN))
    erased = consent.evolve(state, consent.withdraw(state, frozenset(), cause=WithdrawalCause.ERASURE))
    assert erased.ended
    assert not erased.allows(RETAIN, NOW)
    with refused("candidate-erased"):
        _give(erased, LIST)
    with refused("candidate-erased"):
        consent.pause(erased, candidate=CANDIDATE)
    nobody = consent.withdraw(consent.INITIAL, frozenset(), cause=WithdrawalCause.ERASURE)
    assert nobody.permissions == ()


def test_a_pause_takes_the_person_off_the_list_and_off_nothing_else() -> None:
    state = a_consent(given(RETAIN), PAUSED)
    assert not state.allows(LIST, NOW)
    assert state.allows(RETAIN, NOW)
    assert consent.evolve(state, consent.resume(state)).allows(LIST, NOW)
    with refused("already-paused"):
        consent.pause(state, candidate=CANDIDATE)
    with refused("not-paused"):
        consent.resume(a_consent())


def test_resuming_does_not_bring_back_a_consent_that_ran_out() -> None:
    assert not a_consent(PAUSED, Resumed(candidate=CANDIDATE)).allows(LIST, LATER)


def test_a_company_is_blocked_by_its_token_until_it_is_unblocked() -> None:
    state = a_consent(blocked(TOKEN))
    assert state.blocks(frozenset({TOKEN, OTHER_TOKEN}))
    assert not state.blocks(frozenset({OTHER_TOKEN}))
    assert not state.blocks(frozenset())
    with refused("company-already-blocked"):
        consent.block(state, TOKEN, candidate=CANDIDATE, cause=BlockCause.EMPLOYER)
    assert not consent.evolve(state, consent.unblock(state, TOKEN)).blocks(frozenset({TOKEN}))
    with refused("company-not-blocked"):
        consent.unblock(a_consent(), TOKEN)


EVENTS: list[ConsentEvent] = [
    given(LIST),
    given(RETAIN),
    consent.ConsentExpired(candidate=CANDIDATE, permission=LIST),
    ConsentWithdrawn(candidate=CANDIDATE, permissions=(LIST,), cause=WithdrawalCause.PERSON),
    blocked(TOKEN),
    consent.CompanyUnblocked(candidate=CANDIDATE, token=TOKEN),
    PAUSED,
    Resumed(candidate=CANDIDATE),
    ERASED,
]


@settings(max_examples=40)
@for_all(st.lists(st.sampled_from(EVENTS), max_size=12), st.lists(st.sampled_from(EVENTS), max_size=6))
def test_after_erasure_nothing_is_ever_allowed_whatever_came_before_or_after(
    before: list[ConsentEvent], after: list[ConsentEvent]
) -> None:
    state = consent.INITIAL
    for event in (*before, ERASED, *after):
        state = consent.evolve(state, event)
    assert not state.allows(LIST, NOW)
    assert not state.allows(RETAIN, NOW)


@settings(max_examples=40)
@for_all(st.lists(st.sampled_from(EVENTS), max_size=12))
def test_after_a_withdrawal_the_listing_holds_only_once_it_is_given_anew(events: list[ConsentEvent]) -> None:
    state = consent.INITIAL
    standing = False
    for event in events:
        state = consent.evolve(state, event)
        if event == given(LIST):
            standing = True
        elif isinstance(event, ConsentWithdrawn | consent.ConsentExpired):
            standing = False
    assert state.allows(LIST, NOW) is (standing and not state.paused and not state.ended)
