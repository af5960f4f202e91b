from __future__ import annotations

from uuid import UUID

import msgspec
import pytest

from domain import candidate, consent
from domain.candidate import (
    Candidate,
    CandidateErasureStarted,
    CandidateRegistered,
    CandidatesMerged,
    Entrance,
    ProfileFacts,
    ProfileSaved,
)
from domain.consent import LIST, Consent, ConsentWithdrawn, Paused, WithdrawalCause
from domain.ids import CandidateId
from domain.referral import CardPublished, RecommendationRead
from domain.rules import listing
from tests.domain.people_examples import (
    CANDIDATE,
    FACTS,
    LATER,
    NOW,
    REF,
    a_candidate,
    a_consent,
    a_referral,
    refused,
    written,
)

REGISTERED = CandidateRegistered(candidate=CANDIDATE, entrance=Entrance.INVITATION, language="ja", contact_ref=REF)
WITHDRAWN = ConsentWithdrawn(candidate=CANDIDATE, permissions=(LIST,), cause=WithdrawalCause.PERSON)
ERASED = ConsentWithdrawn(candidate=CANDIDATE, permissions=(LIST,), cause=WithdrawalCause.ERASURE)
OTHER = CandidateId(UUID(int=32))


def _newly_registered() -> Candidate:
    return candidate.evolve(candidate.INITIAL, REGISTERED)


def test_a_registered_adult_with_profile_and_live_consent_may_be_listed() -> None:
    listing.may_list(a_candidate(), a_consent(), NOW)
    assert listing.is_listable(a_candidate(), a_consent(), NOW)


@pytest.mark.parametrize(
    ("person", "permits", "code"),
    [
        (candidate.INITIAL, a_consent(), "candidate-not-registered"),
        (_newly_registered(), a_consent(), "adulthood-not-declared"),
        (candidate.evolve(_newly_registered(), candidate.AdulthoodDeclared()), a_consent(), "profile-missing"),
        (a_candidate(CandidateErasureStarted()), a_consent(), "candidate-erased"),
        (a_candidate(), a_consent(ERASED), "candidate-erased"),
        (a_candidate(CandidatesMerged(survivor=OTHER, absorbed=CANDIDATE)), a_consent(), "candidate-merged-away"),
        (a_candidate(), a_consent(Paused(candidate=CANDIDATE)), "listing-paused"),
        (a_candidate(), consent.INITIAL, "listing-consent-not-live"),
        (a_candidate(), a_consent(WITHDRAWN), "listing-consent-not-live"),
    ],
)
def test_without_any_one_of_these_there_is_no_card(person: Candidate, permits: Consent, code: str) -> None:
    with refused(code):
        listing.may_list(person, permits, NOW)
    assert not listing.is_listable(person, permits, NOW)
    with refused(code):
        listing.publish_card(a_referral(), person, permits, now=NOW)


def test_a_card_ends_with_the_consent_to_the_moment() -> None:
    with refused("listing-consent-not-live"):
        listing.may_list(a_candidate(), a_consent(), LATER)


def test_a_recommendation_that_the_person_has_not_read_is_not_on_the_card() -> None:
    unread = listing.publish_card(a_referral(written(1)), a_candidate(), a_consent(), now=NOW)
    assert unread.recommendation_version is None
    read = a_referral(written(1), RecommendationRead(version=1))
    assert listing.publish_card(read, a_candidate(), a_consent(), now=NOW).recommendation_version == 1
    rewritten = a_referral(written(1), RecommendationRead(version=1), written(2))
    assert listing.publish_card(rewritten, a_candidate(), a_consent(), now=NOW).recommendation_version is None


def test_the_same_card_is_published_once_and_a_newer_profile_replaces_it() -> None:
    card = listing.publish_card(a_referral(), a_candidate(), a_consent(), now=NOW)
    with refused("card-already-published"):
        listing.publish_card(a_referral(card), a_candidate(), a_consent(), now=NOW)
    newer = a_candidate(ProfileSaved(version=2, ref=REF, commit="profile-2", facts=FACTS, lexemes_ref=REF))
    assert listing.publish_card(a_referral(card), newer, a_consent(), now=NOW).profile_version == 2


def test_a_card_is_of_the_person_whom_the_referral_is_about() -> None:
    with refused("referral-of-another-person"):
        listing.publish_card(a_referral(), a_candidate(candidate_id=OTHER), a_consent(), now=NOW)


def _spoilt(**changes: object) -> ProfileFacts:
    return msgspec.structs.replace(FACTS, **changes)


@pytest.mark.parametrize(
    "facts",
    [
        _spoilt(skills=("data-analysis", "山田という人")),
        _spoilt(occupations=("34歳",)),
        _spoilt(prefecture="東京都見本区例町1-1"),
        _spoilt(seniority="6m-to-8m-yen"),
        _spoilt(salary_band="6,543,210円"),
        _spoilt(languages=("data-analysis",)),
    ],
)
def test_a_card_carries_nothing_but_codes_of_the_right_list(facts: ProfileFacts) -> None:
    with refused("code-not-on-a-card"):
        listing.check_facts(facts)


def test_a_card_has_no_field_for_name_age_gender_nationality_school_or_photo() -> None:
    assert set(CardPublished.__struct_fields__) == {
        "candidate",
        "profile_version",
        "facts",
        "reached",
        "lexemes_ref",
        "recommendation_version",
    }
    assert set(ProfileFacts.__struct_fields__) == {
        "skills",
        "occupations",
        "prefecture",
        "seniority",
        "salary_band",
        "languages",
    }


def test_what_a_person_does_not_say_is_left_empty() -> None:
    listing.check_facts(_spoilt(skills=(), occupations=(), seniority="", salary_band=""))
