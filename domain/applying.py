"""What a source may do with its own record of an applicant: bring it in, invite, stay in touch, let go."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from domain.applicant import (
    NO_LONGER_INVITABLE,
    UNDONE,
    Applicant,
    ApplicantErased,
    ApplicantEvent,
    ApplicantImported,
    ApplicantUpdated,
    Channel,
    Claimed,
    Contacted,
    EvaluationRecorded,
    InvitationCancelled,
    InvitationDisowned,
    InvitationScheduled,
    InvitationSent,
    InvitationStatus,
    ReappliedAt,
    RetentionEnded,
    Row,
)
from domain.ids import ApplicantId, CandidateId, CompanyId, VaultRef
from domain.refusal import Refused

_MOST_POINTS = 5
_REACHED = frozenset({InvitationStatus.SENT, InvitationStatus.DISOWNED})


class Staying(StrEnum):
    """Why a record is not undone with its import."""

    GONE = "gone-already"
    LATER_IMPORT = "said-by-a-later-import"
    REGISTERED = "registered"
    INVITED = "invited"


def import_row(
    applicant: Applicant, row: Row, *, applicant_id: ApplicantId, company: CompanyId
) -> tuple[ApplicantEvent, ...]:
    """A record is brought in, or what changed since; nothing where nothing did, or where the record is frozen.

    An erased record is a tombstone that refuses re-import; so does one whose retention ended, unless by an undo.
    """
    if applicant.erased: raise Refused("applicant-erased")
    if applicant.retention_ended not in {"", UNDONE}: raise Refused("applicant-retention-ended")
    if applicant.frozen:
        return ()
    fields = {name: value for name, value in msgspec.structs.asdict(row).items() if name != "has_active_application"}
    if not applicant.imported or applicant.retention_ended:
        return (ApplicantImported(applicant=applicant_id, company=company, invitable=row.invitable, **fields),)
    updated = ApplicantUpdated(
        invitable=row.invitable,
        **{name: value for name, value in fields.items() if name in ApplicantUpdated.__struct_fields__},
    )
    if _says_nothing_new(applicant, updated):
        return ()
    return (updated, *(() if row.invitable else _cancellation(applicant, NO_LONGER_INVITABLE)))


def stays(applicant: Applicant, *, batch: UUID) -> Staying | None:
    """Why undoing a batch leaves this record as it is; None for one that is let go."""
    if applicant.erased or applicant.retention_ended: return Staying.GONE
    if applicant.batch != batch: return Staying.LATER_IMPORT
    if applicant.candidate is not None: return Staying.REGISTERED
    sent = applicant.invitation is not None and applicant.invitation.status in _REACHED
    return Staying.INVITED if sent else None


def undo_import(applicant: Applicant, *, batch: UUID) -> tuple[ApplicantEvent, ...]:
    """Undoing a batch cancels an unsent invitation and lets the record go.

    Whoever was invited or registered stays: the link in their mail must lead to what it says. So does a record that a
    later batch has said something about.
    """
    if stays(applicant, batch=batch) is not None:
        return ()
    return (*_cancellation(applicant, UNDONE), RetentionEnded(cause=UNDONE))


def record_evaluation(
    applicant: Applicant, *, scores: tuple[tuple[str, int], ...], ref: VaultRef
) -> EvaluationRecorded:
    """The source's own evaluation, 1 to 5. It never leaves the source."""
    _usable(applicant)
    if any(not 1 <= points <= _MOST_POINTS for _, points in scores): raise Refused("score-out-of-range")
    return EvaluationRecorded(scores=scores, ref=ref)


def schedule_invitation(
    applicant: Applicant, *, invitation: UUID, channel: Channel, not_before: datetime
) -> InvitationScheduled:
    """An invitation waits for its moment (rule 4 says which). There is one at a time, and none after one was sent."""
    _usable(applicant)
    if applicant.candidate is not None: raise Refused("applicant-already-claimed")
    if not applicant.invitable: raise Refused("applicant-not-invitable")
    if applicant.invitation is not None and applicant.invitation.status is not InvitationStatus.CANCELLED:
        raise Refused("invitation-already-made")
    return InvitationScheduled(invitation=invitation, channel=channel, not_before=not_before)


def cancel_invitation(applicant: Applicant, *, invitation: UUID, cause: str) -> InvitationCancelled:
    """It will not be sent."""
    _scheduled(applicant, invitation)
    return InvitationCancelled(invitation=invitation, cause=cause)


def send_invitation(applicant: Applicant, *, invitation: UUID, now: datetime) -> InvitationSent:
    """It is handed to the mail system, not before its moment. All that let it be scheduled must still hold."""
    _usable(applicant)
    channel, not_before = _scheduled(applicant, invitation)
    if applicant.candidate is not None: raise Refused("applicant-already-claimed")
    if not applicant.invitable: raise Refused("applicant-not-invitable")
    if now < not_before: raise Refused("invitation-too-early", not_before=not_before)
    return InvitationSent(invitation=invitation, channel=channel)


def disown_invitation(applicant: Applicant, *, invitation: UUID) -> InvitationDisowned:
    """「心当たりがない」: needs nothing but the link that came with the invitation."""
    sent = applicant.invitation
    if sent is None or sent.id != invitation or sent.status is InvitationStatus.SCHEDULED:
        raise Refused("invitation-unknown")
    if sent.status is InvitationStatus.DISOWNED: raise Refused("invitation-already-disowned")
    if applicant.candidate is not None: raise Refused("applicant-already-claimed")
    return InvitationDisowned(invitation=invitation)


def claim(applicant: Applicant, *, candidate: CandidateId) -> tuple[Claimed | InvitationCancelled, ...]:
    """The person proved the mailbox and says: this was me. An invitation still waiting is no longer needed."""
    if not applicant.imported: raise Refused("applicant-unknown")
    if applicant.erased: raise Refused("applicant-erased")
    if applicant.candidate is not None: raise Refused("applicant-already-claimed")
    if applicant.invitation is not None and applicant.invitation.status is InvitationStatus.DISOWNED:
        raise Refused("applicant-frozen")
    return (*_cancellation(applicant, "claimed"), Claimed(candidate=candidate))


def record_contact(applicant: Applicant, *, channel: Channel, kind: str) -> Contacted:
    """The source stayed in touch; whether it may is asked before (rule 4)."""
    _usable(applicant)
    return Contacted(channel=channel, kind=kind)


def reapply(applicant: Applicant, *, on: date) -> tuple[ReappliedAt | InvitationCancelled, ...]:
    """The person applied to the source again: the relay steps back."""
    _usable(applicant)
    return (*_cancellation(applicant, "reapplied"), ReappliedAt(on=on))


def end_retention(applicant: Applicant, *, cause: str) -> tuple[RetentionEnded | InvitationCancelled, ...]:
    """The basis for keeping is gone; erasure follows."""
    if not applicant.imported: raise Refused("applicant-unknown")
    if applicant.erased: raise Refused("applicant-erased")
    if applicant.retention_ended: raise Refused("applicant-retention-ended")
    return (*_cancellation(applicant, cause), RetentionEnded(cause=cause))


def erase(applicant: Applicant, *, cause: str) -> tuple[ApplicantErased | InvitationCancelled, ...]:
    """The source's key and record are destroyed; what stays is a tombstone."""
    if not applicant.imported: raise Refused("applicant-unknown")
    if applicant.erased: raise Refused("applicant-erased")
    return (*_cancellation(applicant, cause), ApplicantErased(cause=cause))


def _usable(applicant: Applicant) -> None:
    if not applicant.imported: raise Refused("applicant-unknown")
    if applicant.erased: raise Refused("applicant-erased")
    if applicant.retention_ended: raise Refused("applicant-retention-ended")
    if applicant.frozen: raise Refused("applicant-frozen")


def _scheduled(applicant: Applicant, invitation: UUID) -> tuple[Channel, datetime]:
    waiting = applicant.invitation
    if waiting is None or waiting.id != invitation: raise Refused("invitation-unknown")
    if waiting.status is not InvitationStatus.SCHEDULED: raise Refused("invitation-not-waiting")
    return waiting.channel, waiting.not_before


def _cancellation(applicant: Applicant, cause: str) -> tuple[InvitationCancelled, ...]:
    waiting = applicant.invitation
    if waiting is None or waiting.status is not InvitationStatus.SCHEDULED:
        return ()
    return (InvitationCancelled(invitation=waiting.id, cause=cause),)


def _says_nothing_new(applicant: Applicant, updated: ApplicantUpdated) -> bool:
    """`ref` and `batch` are new with every import; `commit` tells whether the words are."""
    fields = set(ApplicantUpdated.__struct_fields__) - {"ref", "batch"}
    return all(getattr(applicant, field) == getattr(updated, field) for field in fields)
