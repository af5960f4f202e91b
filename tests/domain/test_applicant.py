from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from domain import applicant, applying
from domain.applicant import (
    Applicant,
    ApplicantErased,
    ApplicantEvent,
    ApplicantImported,
    ApplicantUpdated,
    Channel,
    Claimed,
    InvitationCancelled,
    InvitationDisowned,
    InvitationScheduled,
    InvitationSent,
    Outcome,
    ReappliedAt,
    RetentionBasis,
    RetentionEnded,
    Row,
)
from tests.domain.people_examples import (
    APPLICANT,
    BATCH,
    CANDIDATE,
    INVITATION,
    NOW,
    REF,
    SOURCE,
    a_row,
    an_applicant,
    refused,
)

LATER_BATCH = UUID(int=91)
SCHEDULED = InvitationScheduled(invitation=INVITATION, channel=Channel.EMAIL, not_before=NOW)
SENT = InvitationSent(invitation=INVITATION, channel=Channel.EMAIL)
DISOWNED = InvitationDisowned(invitation=INVITATION)
CLAIMED = Claimed(candidate=CANDIDATE)
ERASED = ApplicantErased(cause="person")


def _again(state: Applicant, row: Row) -> tuple[ApplicantEvent, ...]:
    return applying.import_row(state, row, applicant_id=APPLICANT, company=SOURCE)


@pytest.mark.parametrize(
    ("row", "invitable"),
    [
        (a_row(), True),
        (a_row(outcome=Outcome.WITHDRAWN), False),
        (a_row(outcome=Outcome.HIRED), False),
        (a_row(outcome=Outcome.UNKNOWN), False),
        (a_row(active=True), False),
        (a_row(basis=None), False),
        (a_row(basis=RetentionBasis.EXPLICIT_CONSENT), True),
    ],
)
def test_only_who_was_rejected_with_nothing_running_and_a_basis_is_invitable(row: Row, invitable: bool) -> None:
    assert an_applicant(row=row).invitable is invitable


def test_the_same_record_twice_says_nothing_new() -> None:
    assert _again(an_applicant(), a_row(batch=LATER_BATCH)) == ()


def test_a_record_with_other_words_is_updated() -> None:
    (updated,) = _again(an_applicant(), a_row(batch=LATER_BATCH, commit="words-2"))
    assert isinstance(updated, ApplicantUpdated)
    assert an_applicant(updated).commit == "words-2"
    assert an_applicant(updated).batch == LATER_BATCH


def test_a_basis_given_later_makes_a_record_invitable() -> None:
    without = an_applicant(row=a_row(basis=None))
    (updated,) = _again(without, a_row(batch=LATER_BATCH))
    assert applicant.evolve(without, updated).invitable


def test_a_record_that_becomes_a_withdrawal_loses_its_waiting_invitation() -> None:
    updated, cancelled = _again(an_applicant(SCHEDULED), a_row(batch=LATER_BATCH, outcome=Outcome.WITHDRAWN))
    assert isinstance(updated, ApplicantUpdated)
    assert not updated.invitable
    assert cancelled == InvitationCancelled(invitation=INVITATION, cause="no-longer-invitable")


def test_an_erased_record_is_a_tombstone_that_refuses_re_import() -> None:
    with refused("applicant-erased"):
        _again(an_applicant(ERASED), a_row())


def test_a_record_whose_retention_ended_is_not_imported_again() -> None:
    with refused("applicant-retention-ended"):
        _again(an_applicant(RetentionEnded(cause="person")), a_row())


@pytest.mark.parametrize("events", [(SCHEDULED, SENT, DISOWNED), (ReappliedAt(on=date(2027, 3, 1)),)])
def test_a_frozen_record_stays_as_it_is(events: tuple[ApplicantEvent, ...]) -> None:
    frozen = an_applicant(*events)
    assert frozen.frozen
    assert _again(frozen, a_row(commit="words-2")) == ()
    with refused("applicant-frozen"):
        applying.schedule_invitation(frozen, invitation=UUID(int=83), channel=Channel.EMAIL, not_before=NOW)
    with refused("applicant-frozen"):
        applying.record_contact(frozen, channel=Channel.EMAIL, kind="thanks")


def test_undoing_a_batch_cancels_the_unsent_invitation_and_lets_the_record_go() -> None:
    assert applying.undo_import(an_applicant(SCHEDULED), batch=BATCH) == (
        InvitationCancelled(invitation=INVITATION, cause="import-undone"),
        RetentionEnded(cause="import-undone"),
    )


def test_undoing_a_batch_leaves_who_registered_and_what_a_later_batch_told() -> None:
    assert applying.undo_import(an_applicant(CLAIMED), batch=BATCH) == ()
    assert applying.undo_import(an_applicant(), batch=LATER_BATCH) == ()


def test_undoing_a_batch_leaves_who_was_invited_because_their_link_must_lead_somewhere() -> None:
    sent = an_applicant(SCHEDULED, InvitationSent(invitation=INVITATION, channel=Channel.EMAIL))
    assert applying.undo_import(sent, batch=BATCH) == ()
    disowned = an_applicant(
        SCHEDULED, InvitationSent(invitation=INVITATION, channel=Channel.EMAIL), InvitationDisowned(invitation=INVITATION)
    )
    assert applying.undo_import(disowned, batch=BATCH) == ()


@pytest.mark.parametrize(
    ("events", "batch", "why"),
    [
        ((), BATCH, None),
        ((SCHEDULED,), BATCH, None),
        ((), LATER_BATCH, "said-by-a-later-import"),
        ((CLAIMED,), BATCH, "registered"),
        ((SCHEDULED, InvitationSent(invitation=INVITATION, channel=Channel.EMAIL)), BATCH, "invited"),
        ((RetentionEnded(cause="import-undone"),), BATCH, "gone-already"),
    ],
)
def test_what_stays_when_a_batch_is_undone_has_its_reason(
    events: tuple[ApplicantEvent, ...], batch: UUID, why: str | None
) -> None:
    assert applying.stays(an_applicant(*events), batch=batch) == why


def test_an_undone_import_can_be_done_again() -> None:
    undone = an_applicant(*applying.undo_import(an_applicant(), batch=BATCH))
    assert not undone.invitable
    (imported,) = _again(undone, a_row(batch=LATER_BATCH))
    assert isinstance(imported, ApplicantImported)
    assert applicant.evolve(undone, imported).invitable


def test_an_invitation_is_sent_at_its_moment_and_not_before() -> None:
    state = an_applicant(SCHEDULED)
    with refused("invitation-too-early"):
        applying.send_invitation(state, invitation=INVITATION, now=NOW - timedelta(seconds=1))
    assert applying.send_invitation(state, invitation=INVITATION, now=NOW) == SENT


def test_there_is_one_invitation_and_no_second_after_one_was_sent() -> None:
    for state in (an_applicant(SCHEDULED), an_applicant(SCHEDULED, SENT)):
        with refused("invitation-already-made"):
            applying.schedule_invitation(state, invitation=UUID(int=83), channel=Channel.EMAIL, not_before=NOW)
    cancelled = an_applicant(SCHEDULED, InvitationCancelled(invitation=INVITATION, cause="import-undone"))
    applying.schedule_invitation(cancelled, invitation=UUID(int=83), channel=Channel.EMAIL, not_before=NOW)


def test_who_withdrew_is_not_invited() -> None:
    with refused("applicant-not-invitable"):
        applying.schedule_invitation(
            an_applicant(row=a_row(outcome=Outcome.WITHDRAWN)),
            invitation=INVITATION,
            channel=Channel.EMAIL,
            not_before=NOW,
        )


def test_a_cancelled_invitation_is_not_sent() -> None:
    state = an_applicant(SCHEDULED, InvitationCancelled(invitation=INVITATION, cause="x"))
    with refused("invitation-not-waiting"):
        applying.send_invitation(state, invitation=INVITATION, now=NOW)
    with refused("invitation-unknown"):
        applying.cancel_invitation(state, invitation=UUID(int=99), cause="x")


def test_only_an_invitation_that_was_sent_can_be_disowned_and_only_once() -> None:
    assert applying.disown_invitation(an_applicant(SCHEDULED, SENT), invitation=INVITATION) == DISOWNED
    with refused("invitation-unknown"):
        applying.disown_invitation(an_applicant(SCHEDULED), invitation=INVITATION)
    with refused("invitation-already-disowned"):
        applying.disown_invitation(an_applicant(SCHEDULED, SENT, DISOWNED), invitation=INVITATION)


def test_a_person_claims_a_record_with_or_without_an_invitation() -> None:
    assert applying.claim(an_applicant(), candidate=CANDIDATE) == (CLAIMED,)
    cancelled, claimed = applying.claim(an_applicant(SCHEDULED), candidate=CANDIDATE)
    assert isinstance(cancelled, InvitationCancelled)
    assert claimed == CLAIMED
    assert an_applicant(CLAIMED).candidate == CANDIDATE


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (an_applicant(CLAIMED), "applicant-already-claimed"),
        (an_applicant(ERASED), "applicant-erased"),
        (an_applicant(SCHEDULED, SENT, DISOWNED), "applicant-frozen"),
        (applicant.INITIAL, "applicant-unknown"),
    ],
)
def test_a_record_that_is_taken_gone_or_disowned_is_not_claimed(state: Applicant, code: str) -> None:
    with refused(code):
        applying.claim(state, candidate=CANDIDATE)


def test_reapplying_and_the_end_of_retention_cancel_a_waiting_invitation() -> None:
    for events in (
        applying.reapply(an_applicant(SCHEDULED), on=date(2027, 4, 1)),
        applying.end_retention(an_applicant(SCHEDULED), cause="stop-requested"),
        applying.erase(an_applicant(SCHEDULED), cause="person"),
    ):
        assert isinstance(events[0], InvitationCancelled)
        assert len(events) == 2


def test_scores_go_from_one_to_five() -> None:
    applying.record_evaluation(an_applicant(), scores=(("overall-evaluation", 5),), ref=REF)
    with refused("score-out-of-range"):
        applying.record_evaluation(an_applicant(), scores=(("overall-evaluation", 6),), ref=REF)


def test_what_is_unknown_cannot_be_contacted_or_erased() -> None:
    with refused("applicant-unknown"):
        applying.record_contact(applicant.INITIAL, channel=Channel.LINE, kind="news")
    with refused("applicant-erased"):
        applying.erase(an_applicant(ERASED), cause="person")
