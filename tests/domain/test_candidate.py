from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from domain import candidate
from domain.candidate import (
    Candidate,
    CandidateErasureStarted,
    CandidatesMerged,
    Entrance,
    ProfileSaved,
    SeekerRecordSealed,
)
from domain.ids import CandidateId, HireId
from tests.domain.people_examples import CANDIDATE, FACTS, HIRING, REF, a_candidate, refused

OTHER = CandidateId(UUID(int=32))
HIRE = HireId(UUID(int=33))
ERASING = CandidateErasureStarted()
MERGED_AWAY = CandidatesMerged(survivor=OTHER, absorbed=CANDIDATE)


def _save(state: Candidate, *, expected_version: int) -> ProfileSaved:
    return candidate.save_profile(
        state, expected_version=expected_version, ref=REF, commit="profile-2", facts=FACTS, lexemes_ref=REF
    )


def test_a_person_registers_once() -> None:
    event = candidate.register(
        candidate.INITIAL, candidate_id=CANDIDATE, entrance=Entrance.NEUTRAL_LINK, language="ja", contact_ref=REF
    )
    state = candidate.evolve(candidate.INITIAL, event)
    assert state.live
    with refused("candidate-already-registered"):
        candidate.register(state, candidate_id=CANDIDATE, entrance=Entrance.INVITATION, language="ja", contact_ref=REF)


def test_who_is_under_18_or_a_pupil_cannot_declare_adulthood() -> None:
    with refused("candidate-under-18"):
        candidate.declare_adulthood(a_candidate(), is_adult=False, is_pupil=False)
    with refused("candidate-is-a-pupil"):
        candidate.declare_adulthood(a_candidate(), is_adult=True, is_pupil=True)
    with refused("adulthood-already-declared"):
        candidate.declare_adulthood(a_candidate(), is_adult=True, is_pupil=False)


def test_a_profile_is_saved_over_the_version_that_was_edited() -> None:
    saved = _save(a_candidate(), expected_version=1)
    assert saved.version == 2
    assert a_candidate(saved).profile_commit == "profile-2"
    with refused("profile-changed-meanwhile"):
        _save(a_candidate(saved), expected_version=1)


def test_only_the_current_profile_is_confirmed() -> None:
    assert candidate.confirm_profile(a_candidate(), version=1).version == 1
    with refused("profile-changed-meanwhile"):
        candidate.confirm_profile(a_candidate(), version=2)


def test_the_seeker_record_is_never_kept_for_less_than_before() -> None:
    sealed = a_candidate(SeekerRecordSealed(ref=REF, retain_until=date(2029, 4, 1)))
    candidate.seal_seeker_record(sealed, ref=REF, retain_until=date(2029, 4, 2))
    with refused("seeker-record-kept-longer"):
        candidate.seal_seeker_record(sealed, ref=REF, retain_until=date(2029, 3, 31))


def test_two_registrations_become_one_and_the_other_gives_way() -> None:
    merged = candidate.merge(a_candidate(candidate_id=OTHER), a_candidate())
    survivor = candidate.evolve(a_candidate(candidate_id=OTHER), merged)
    absorbed = candidate.evolve(a_candidate(), merged)
    assert survivor.live
    assert survivor.absorbed == (CANDIDATE,)
    assert absorbed.merged_into == OTHER
    assert not absorbed.live
    with refused("candidate-merged-away"):
        candidate.merge(survivor, absorbed)


def test_a_registration_is_not_merged_with_itself() -> None:
    with refused("merge-with-itself"):
        candidate.merge(a_candidate(), a_candidate())


def test_an_indefinite_hire_protects_for_two_years_and_a_fixed_one_does_not() -> None:
    placed = candidate.place(
        a_candidate(),
        hire=HIRE,
        hiring=HIRING,
        hired_on=date(2027, 4, 1),
        is_indefinite=True,
        no_solicitation_years=2,
    )
    assert placed.no_solicitation_until == date(2029, 4, 1)
    with refused("candidate-already-placed"):
        candidate.place(
            a_candidate(placed),
            hire=HIRE,
            hiring=HIRING,
            hired_on=date(2027, 4, 1),
            is_indefinite=True,
            no_solicitation_years=2,
        )
    fixed = candidate.place(
        a_candidate(),
        hire=HIRE,
        hiring=HIRING,
        hired_on=date(2027, 4, 1),
        is_indefinite=False,
        no_solicitation_years=2,
    )
    assert fixed.no_solicitation_until is None


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (candidate.INITIAL, "candidate-not-registered"),
        (a_candidate(ERASING), "candidate-erased"),
        (a_candidate(MERGED_AWAY), "candidate-merged-away"),
    ],
)
def test_who_is_not_there_any_more_changes_nothing(state: Candidate, code: str) -> None:
    with refused(code):
        _save(state, expected_version=state.profile_version)
    with refused(code):
        candidate.seal_seeker_record(state, ref=REF, retain_until=date(2029, 4, 1))


def test_erasure_starts_once_and_ends_once() -> None:
    with refused("erasure-not-started"):
        candidate.erase(a_candidate(), remaining=(), certificate_ref=REF)
    erasing = a_candidate(candidate.start_erasure(a_candidate()))
    with refused("candidate-erased"):
        candidate.start_erasure(erasing)
    erased = candidate.evolve(
        erasing, candidate.erase(erasing, remaining=(("seeker-record", date(2029, 4, 1)),), certificate_ref=REF)
    )
    assert erased.facts is None
    with refused("candidate-erased"):
        candidate.erase(erased, remaining=(), certificate_ref=REF)


def test_a_registration_that_gave_way_can_still_be_erased() -> None:
    assert candidate.start_erasure(a_candidate(MERGED_AWAY)) == ERASING
