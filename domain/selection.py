"""What needs only the introduction itself: the ask, stages (選考), its end, and the deletion after it."""

from __future__ import annotations

from datetime import date, datetime

from domain.calendar import Holidays, add_business_days
from domain.duties import CompanyReminded, DeletionAsked, RequestExplained, RevokeCause
from domain.ids import UserId, VaultRef
from domain.introduction import (
    SHARED,
    CandidateAsked,
    CloseCause,
    DeletionConfirmed,
    Introduction,
    IntroductionClosed,
    Seen,
    ShareRevoked,
    Stage,
    StageReached,
    Status,
)
from domain.policy import Policy
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
    _in_selection(state)
    if reached_on > today: raise Refused("stage-in-future", reached_on=reached_on)
    order = list(Stage)
    if state.stage is not None and order.index(stage) <= order.index(state.stage):
        raise Refused("stage-already-reached", stage=stage.value)
    return StageReached(stage=stage, reached_on=reached_on)


def explain(*, ref: VaultRef, commit: str) -> RequestExplained:
    """Why this very person: written with the request, read by the person with the ask."""
    return RequestExplained(why_ref=ref, commit=commit)


def remind(
    state: Introduction, *, heard_on: date, today: date, policy: Policy, holidays: Holidays
) -> CompanyReminded:
    """The company was last heard of on `heard_on`, and is told by when its copy closes.

    Refuses `not-in-selection`, `share-revoked`, `company-reminded-already`, `company-still-in-time`.
    """
    _in_selection(state)
    if state.duties.close_on is not None: raise Refused("company-reminded-already")
    if today <= add_business_days(heard_on, policy.silence_business_days, holidays): raise Refused("company-still-in-time")
    return CompanyReminded(close_on=add_business_days(today, policy.silence_grace_business_days, holidays))


def close_unheard(state: Introduction, *, today: date) -> ShareRevoked:
    """The reminder was not answered. Refuses `not-in-selection`, `share-revoked`, `company-still-in-time`."""
    _in_selection(state)
    if state.duties.close_on is None or today <= state.duties.close_on: raise Refused("company-still-in-time")
    return _closes(state, RevokeCause.SILENCE)


def close(state: Introduction, cause: CloseCause) -> IntroductionClosed:
    """Selection is over. Refuses `not-in-selection`; before disclosure a share is cancelled or declined, not closed."""
    if state.status not in SHARED: raise Refused("not-in-selection")
    return IntroductionClosed(cause=cause)


def ask_deletion(
    state: Introduction, cause: CloseCause, *, today: date, policy: Policy, holidays: Holidays
) -> DeletionAsked | None:
    """Whoever was not hired is forgotten by a date. None after a hire, and where the copy is closed already."""
    if cause is CloseCause.HIRED or state.revoked: return None
    return DeletionAsked(due_on=add_business_days(today, policy.deletion_business_days, holidays))


def close_copy(state: Introduction, *, today: date) -> ShareRevoked:
    """The date has come: the copy closes, confirmed or not. Refuses `share-revoked`, `deletion-not-due`."""
    if state.revoked: raise Refused("share-revoked")
    if state.duties.delete_until is None or today <= state.duties.delete_until: raise Refused("deletion-not-due")
    return _closes(state, RevokeCause.SELECTION_OVER)


def delete(state: Introduction, *, by: UserId) -> tuple[ShareRevoked | DeletionConfirmed, ...]:
    """The company deleted what it took out. Where selection is over this closes its copy too, before the date.

    Refuses as `confirm_deletion`.
    """
    if state.revoked or state.duties.delete_until is None: return (confirm_deletion(state, by=by),)
    return (_closes(state, RevokeCause.SELECTION_OVER), DeletionConfirmed(confirmed_by=by))


def confirm_deletion(state: Introduction, *, by: UserId) -> DeletionConfirmed:
    """The company says that what it had taken out is deleted. Refuses `not-revoked`, `deletion-already-confirmed`."""
    if not state.revoked: raise Refused("not-revoked")
    if state.deletion_confirmed: raise Refused("deletion-already-confirmed")
    return DeletionConfirmed(confirmed_by=by)


def _in_selection(state: Introduction) -> None:
    if state.status not in SHARED: raise Refused("not-in-selection")
    if state.revoked: raise Refused("share-revoked")


def _closes(state: Introduction, cause: RevokeCause) -> ShareRevoked:
    return ShareRevoked(candidate=state.candidate, hiring=state.hiring, cause=cause)
