from __future__ import annotations

from datetime import date, timedelta

from domain import referral
from domain.calendar import jst_date
from domain.referral import CardPublished, CardSuspended, RecommendationRead, ReferralEnded
from tests.domain.people_examples import (
    APPLICANT,
    CANDIDATE,
    FACTS,
    NOW,
    REF,
    SOURCE,
    a_referral,
    refused,
    written,
)

READ = RecommendationRead(version=1)
CARD = CardPublished(
    candidate=CANDIDATE,
    profile_version=1,
    facts=FACTS,
    reached="final-interview",
    lexemes_ref=REF,
    recommendation_version=None,
)


def test_a_source_refers_a_person_once_and_again_after_it_stepped_back() -> None:
    with refused("already-referred"):
        referral.refer(
            a_referral(), candidate=CANDIDATE, source=SOURCE, applicant=APPLICANT, reached="first-interview"
        )
    ended = a_referral(ReferralEnded(cause="source"))
    again = referral.refer(ended, candidate=CANDIDATE, source=SOURCE, applicant=APPLICANT, reached="first-interview")
    assert not referral.evolve(ended, again).ended


def test_each_version_of_a_recommendation_is_read_anew() -> None:
    state = a_referral(written(1))
    assert not state.recommendation_is_read
    assert referral.read_recommendation(state, version=1) == READ
    assert a_referral(written(1), READ).recommendation_is_read
    rewritten = a_referral(written(1), READ, written(2))
    assert not rewritten.recommendation_is_read
    with refused("recommendation-changed"):
        referral.read_recommendation(rewritten, version=1)


def test_a_recommendation_is_read_once_and_only_where_there_is_one() -> None:
    with refused("no-recommendation"):
        referral.read_recommendation(a_referral(), version=1)
    with refused("recommendation-already-read"):
        referral.read_recommendation(a_referral(written(1), READ), version=1)
    event = referral.write_recommendation(a_referral(written(1)), ref=REF, commit="words", lexemes_ref=REF)
    assert event.version == 2


def test_the_first_confirmation_wins_and_keeps_its_date() -> None:
    (confirmed,) = referral.confirm_ownership(a_referral(), now=NOW, window_days=365)
    assert jst_date(confirmed.window_until) == date(2028, 3, 31)
    state = a_referral(confirmed)
    assert referral.confirm_ownership(state, now=NOW + timedelta(days=9), window_days=365) == ()
    (second,) = referral.confirm_ownership(a_referral(), now=NOW + timedelta(days=9), window_days=365)
    assert referral.evolve(state, second).confirmed_at == NOW


def test_a_source_that_steps_back_takes_its_card_along_and_keeps_confirmed_ownership() -> None:
    (confirmed,) = referral.confirm_ownership(a_referral(), now=NOW, window_days=365)
    state = a_referral(confirmed, CARD)
    events = referral.end(state, cause="source")
    assert events == (CardSuspended(candidate=CANDIDATE, cause="source"), ReferralEnded(cause="source"))
    for event in events:
        state = referral.evolve(state, event)
    assert state.card is None
    assert state.confirmed_at == NOW
    with refused("referral-ended"):
        referral.end(state, cause="source")


def test_where_no_card_is_shown_none_is_suspended() -> None:
    assert referral.suspend_card(a_referral(), cause="paused") == ()
    assert a_referral(CARD).card is not None


def test_who_was_not_referred_has_nothing_to_confirm() -> None:
    with refused("not-referred"):
        referral.confirm_ownership(referral.INITIAL, now=NOW, window_days=365)
