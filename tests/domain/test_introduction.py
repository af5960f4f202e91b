"""An introduction remembers what was asked, shown, answered and disclosed."""

from __future__ import annotations

from datetime import date

import pytest

from domain import introduction as intro
from domain import selection
from domain.duties import RevokeCause
from domain.introduction import CloseCause, Direction, Item, Stage, Status
from domain.prior_contact import PriorContact
from tests.domain.share_examples import (
    ASKED_AT,
    CANDIDATE,
    EXPIRES_AT,
    HIRING,
    REF,
    USER,
    approved,
    asked,
    disclosed,
    refused,
    requested,
    told,
)


def test_nothing_is_known_of_an_introduction_nobody_requested() -> None:
    assert intro.INITIAL.status is Status.NONE
    assert intro.INITIAL.expired(ASKED_AT)
    with refused("introduction-not-requested"):
        _ = intro.INITIAL.terms


def test_a_disclosed_introduction_knows_items_consent_and_both_provision_records() -> None:
    state = disclosed()
    assert state.status is Status.DISCLOSED
    assert state.items == (Item.NAME, Item.EMAIL, Item.CAREER)
    assert state.disclosed == (Item.NAME, Item.EMAIL)
    assert state.consent_version == 1
    assert state.records == (Direction.PROVIDED, Direction.RECEIVED)
    assert state.prior_contact_until == date(2027, 4, 9)


def test_a_person_is_shown_the_job_as_requested_and_the_items_asked_for() -> None:
    event = selection.ask(told(*requested()), profile_version=3, ref=REF, commit="profile-3", now=ASKED_AT)
    assert event.seen == intro.Seen(
        job_version=1, profile_version=3, items=(Item.NAME, Item.EMAIL, Item.CAREER)
    )


def test_a_newer_profile_is_shown_anew_and_the_same_one_is_not() -> None:
    assert selection.ask(asked(), profile_version=4, ref=REF, commit="p4", now=ASKED_AT).seen.profile_version == 4
    with refused("nothing-new-to-show"):
        selection.ask(asked(), profile_version=3, ref=REF, commit="p3", now=ASKED_AT)


def test_nobody_is_asked_too_late_or_after_an_answer_or_without_a_request() -> None:
    with refused("approval-window-closed"):
        selection.ask(told(*requested()), profile_version=3, ref=REF, commit="p3", now=EXPIRES_AT)
    with refused("share-already-answered"):
        selection.ask(approved(), profile_version=4, ref=REF, commit="p4", now=ASKED_AT)
    with refused("introduction-not-requested"):
        selection.ask(intro.INITIAL, profile_version=3, ref=REF, commit="p3", now=ASKED_AT)


def test_an_undone_yes_leaves_nothing_behind() -> None:
    assert told(intro.ShareUndone(), since=approved()) == asked()


def test_selection_goes_forward_only_and_may_skip_a_stage() -> None:
    today = date(2027, 4, 20)
    event = selection.reach(disclosed(), Stage.FINAL_INTERVIEW, reached_on=today, today=today)
    state = told(event, since=disclosed())
    assert (state.status, state.stage) == (Status.SELECTION, Stage.FINAL_INTERVIEW)
    assert selection.reach(state, Stage.OFFER, reached_on=today, today=today).stage is Stage.OFFER
    for back in (Stage.FINAL_INTERVIEW, Stage.INTERVIEW, Stage.SCREENING):
        with refused("stage-already-reached"):
            selection.reach(state, back, reached_on=today, today=today)


def test_no_stage_is_reached_tomorrow_or_before_disclosure_or_after_revocation() -> None:
    today = date(2027, 4, 20)
    revoked = told(
        intro.ShareRevoked(candidate=CANDIDATE, hiring=HIRING, cause=RevokeCause.PERSON), since=disclosed()
    )
    with refused("stage-in-future"):
        selection.reach(disclosed(), Stage.OFFER, reached_on=date(2027, 4, 21), today=today)
    with refused("not-in-selection"):
        selection.reach(approved(), Stage.OFFER, reached_on=today, today=today)
    with refused("share-revoked"):
        selection.reach(revoked, Stage.OFFER, reached_on=today, today=today)


def test_selection_closes_once_and_says_why() -> None:
    state = told(selection.close(disclosed(), CloseCause.NOT_HIRED), since=disclosed())
    assert (state.status, state.closed_because) == (Status.CLOSED, CloseCause.NOT_HIRED)
    for over in (state, asked(), approved()):
        with refused("not-in-selection"):
            selection.close(over, CloseCause.NOT_HIRED)


def test_deletion_is_confirmed_once_and_only_of_a_revoked_copy() -> None:
    with refused("not-revoked"):
        selection.confirm_deletion(disclosed(), by=USER)
    revoked = told(
        intro.ShareRevoked(candidate=CANDIDATE, hiring=HIRING, cause=RevokeCause.BLOCKED), since=disclosed()
    )
    deleted = told(selection.confirm_deletion(revoked, by=USER), since=revoked)
    assert deleted.deletion_confirmed
    with refused("deletion-already-confirmed"):
        selection.confirm_deletion(deleted, by=USER)


@pytest.mark.parametrize(("upheld", "fee_bps"), [(True, 2_500), (False, 10_000)])
def test_a_decision_on_prior_contact_is_remembered_with_the_part_still_owed(upheld: bool, fee_bps: int) -> None:
    claim = intro.PriorContactClaimed(claimed_by=USER, last_contact_on=date(2027, 3, 1), evidence_ref=REF)
    state = told(claim, intro.PriorContactDecided(upheld=upheld, fee_bps=fee_bps), since=disclosed())
    assert state.prior_contact is (PriorContact.UPHELD if upheld else PriorContact.REJECTED)
    assert state.prior_contact_fee_bps == fee_bps
