"""What needs only the introduction itself: the ask, stages (選考), its end, and the deletion after it."""

from __future__ import annotations

from datetime import date, datetime

from domain.ids import UserId, VaultRef
from domain.introduction import (
    SHARED,
    CandidateAsked,
    CloseCause,
    DeletionConfirmed,
    Introduction,
    IntroductionClosed,
    Seen,
    Stage,
    StageReached,
    Status,
)
from domain.refusal import Refused


def ask(state: Introduction, *, profile_version: int, ref: VaultRef, commit: str, now: datetime) -> CandidateAsked:
    """The person is asked, and is shown this version of the profile; asked again when a newer one replaced it.

    Refuses `introduction-not-requested`, `share-already-answered`, `approval-window-closed`, `nothing-new-to-show`.
    """
    if state.status is Status.NONE: raise Refused("introduction-not-requested")
    if state.status not in {Status.REQUESTED, Status.ASKED}: raise Refused("share-already-answered")
    if state.expired(now): raise Refused("approval-window-closed")
    event = asked(state, profile_version=profile_version, ref=ref, commit=commit)
    if event.seen == state.seen: raise Refused("nothing-new-to-show")
    return event


def asked(state: Introduction, *, profile_version: int, ref: VaultRef, commit: str) -> CandidateAsked:
    """What the person has before their eyes: the job as requested, this profile, the items asked for."""
    seen = Seen(job_version=state.job_version, profile_version=profile_version, items=state.items)
    return CandidateAsked(seen=seen, profile_ref=ref, profile_commit=commit)


def reach(state: Introduction, stage: Stage, *, reached_on: date, today: date) -> StageReached:
    """Selection goes on, and only forward; a stage may be skipped.

    Refuses `not-in-selection`, `share-revoked`, `stage-in-future`, `stage-already-reached`.
    """
    if state.status not in SHARED: raise Refused("not-in-selection")
    if state.revoked: raise Refused("share-revoked")
    if reached_on > today: raise Refused("stage-in-future", reached_on=reached_on)
    order = list(Stage)
    if state.stage is not None and order.index(stage) <= order.index(state.stage):
        raise Refused("stage-already-reached", stage=stage.value)
    return StageReached(stage=stage, reached_on=reached_on)


def close(state: Introduction, cause: CloseCause) -> IntroductionClosed:
    """Selection is over. Refuses `not-in-selection`; before disclosure a share is cancelled or declined, not closed."""
    if state.status not in SHARED: raise Refused("not-in-selection")
    return IntroductionClosed(cause=cause)


def confirm_deletion(state: Introduction, *, by: UserId) -> DeletionConfirmed:
    """The company says that what it had taken out is deleted. Refuses `not-revoked`, `deletion-already-confirmed`."""
    if not state.revoked: raise Refused("not-revoked")
    if state.deletion_confirmed: raise Refused("deletion-already-confirmed")
    return DeletionConfirmed(confirmed_by=by)
