from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import msgspec

from domain import consent, merging, referral
from domain.consent import LIST, BlockCause, CompanyBlocked, ConsentEvent, ConsentGiven, OutcomeLevel, Paused
from domain.ids import CandidateId
from domain.referral import OwnershipConfirmed, Referral, ReferralMade
from tests.domain.people_examples import (
    CANDIDATE,
    EMAIL,
    LATER,
    NOW,
    OUTCOME,
    RETAIN,
    SOURCE,
    TOKEN,
    a_consent,
    a_referral,
    blocked,
    given,
)

SURVIVOR = CandidateId(UUID(int=32))


def _confirmed(days: int) -> OwnershipConfirmed:
    at = NOW + timedelta(days=days)
    return OwnershipConfirmed(
        candidate=CANDIDATE, source=SOURCE, confirmed_at=at, window_until=at + timedelta(days=365)
    )


def _unite(survivor: tuple[ConsentEvent, ...], absorbed: tuple[ConsentEvent, ...]) -> consent.Consent:
    state = a_consent(*survivor)
    for event in merging.unite(state, a_consent(*absorbed), candidate=SURVIVOR, now=NOW):
        state = consent.evolve(state, event)
    return state


def test_blocks_and_pauses_of_both_registrations_hold_for_the_one_that_stays() -> None:
    events = merging.unite(
        a_consent(), a_consent(blocked(TOKEN), Paused(candidate=CANDIDATE)), candidate=SURVIVOR, now=NOW
    )
    assert events == (
        CompanyBlocked(candidate=SURVIVOR, token=TOKEN, cause=BlockCause.MERGE),
        Paused(candidate=SURVIVOR),
    )


def test_what_both_forbid_is_not_told_twice() -> None:
    both = a_consent(blocked(TOKEN), Paused(candidate=CANDIDATE))
    assert merging.unite(both, both, candidate=SURVIVOR, now=NOW) == ()


def test_the_stricter_answer_to_a_source_wins_whichever_registration_gave_it() -> None:
    where, hired = given(OUTCOME, OutcomeLevel.WHERE), given(OUTCOME, OutcomeLevel.HIRED)
    assert _unite((where,), (hired,)).outcome_level(SOURCE, NOW) is OutcomeLevel.HIRED
    assert _unite((hired,), (where,)).outcome_level(SOURCE, NOW) is OutcomeLevel.HIRED


def test_a_consent_to_a_source_goes_along_with_its_end() -> None:
    united = _unite((), (given(RETAIN),))
    assert united.allows(RETAIN, NOW)
    assert not united.allows(RETAIN, LATER)


def test_being_listed_or_written_to_is_never_taken_over() -> None:
    events = merging.unite(consent.INITIAL, a_consent(given(EMAIL)), candidate=SURVIVOR, now=NOW)
    assert events == ()


def test_a_consent_that_ran_out_is_not_brought_back() -> None:
    assert merging.unite(consent.INITIAL, a_consent(given(RETAIN)), candidate=SURVIVOR, now=LATER) == ()


def test_nothing_is_permitted_under_the_registration_that_gave_way() -> None:
    state = a_consent(given(RETAIN))
    (withdrawn,) = merging.give_way(state)
    after = consent.evolve(state, withdrawn)
    assert not after.allows(LIST, NOW)
    assert not after.allows(RETAIN, NOW)
    assert merging.give_way(after) == ()


def _carried(existing: Referral, absorbed: Referral) -> Referral:
    for event in merging.carry_over(existing, absorbed, candidate=SURVIVOR):
        existing = referral.evolve(existing, event)
    return existing


def test_a_claim_survives_with_the_date_it_was_confirmed_on() -> None:
    carried = _carried(referral.INITIAL, a_referral(_confirmed(0)))
    assert carried.candidate == SURVIVOR
    assert carried.confirmed_at == NOW
    assert carried.window_until == NOW + timedelta(days=365)


def test_of_two_confirmations_of_one_source_the_earlier_stays() -> None:
    assert _carried(a_referral(_confirmed(5)), a_referral(_confirmed(0))).confirmed_at == NOW
    assert _carried(a_referral(_confirmed(0)), a_referral(_confirmed(5))).confirmed_at == NOW


def test_a_source_that_never_referred_or_stepped_back_does_not_begin_to() -> None:
    assert merging.carry_over(referral.INITIAL, referral.INITIAL, candidate=SURVIVOR) == ()
    ended = a_referral(_confirmed(0), referral.ReferralEnded(cause="source"))
    events = merging.carry_over(referral.INITIAL, ended, candidate=SURVIVOR)
    assert [type(event) for event in events] == [OwnershipConfirmed]
    claimed = _carried(referral.INITIAL, ended)
    assert (claimed.source, claimed.confirmed_at, claimed.ended) == (SOURCE, NOW, True)
    assert isinstance(merging.carry_over(referral.INITIAL, a_referral(), candidate=SURVIVOR)[0], ReferralMade)


def test_a_consent_taken_over_says_the_text_that_was_agreed_to() -> None:
    english = msgspec.structs.replace(given(RETAIN), language="en", text_version="text-7")
    (taken,) = merging.unite(consent.INITIAL, a_consent(english), candidate=SURVIVOR, now=NOW)
    assert isinstance(taken, ConsentGiven)
    assert (taken.candidate, taken.language, taken.text_version) == (SURVIVOR, "en", "text-7")
