"""Every promise with a date: what is to be done for which stream, and when. Swept by the worker."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from domain.account import CreditExpired, CreditGranted, SlotGranted
from domain.applicant import (
    ApplicantErased,
    Claimed,
    InvitationCancelled,
    InvitationDisowned,
    InvitationScheduled,
    InvitationSent,
    RetentionEnded,
)
from domain.calendar import month_rung_end, start_of_jst_day
from domain.consent import ConsentExpired, ConsentGiven, ConsentRenewed, ConsentWithdrawn, Permission
from domain.event import Recorded
from domain.events import AnyEvent
from domain.fee import FeeAccrued, InvoiceRequested, Model, ReleaseScheduled, ReturnDetermined, TransferRequested
from domain.hire import (
    EmploymentStarted,
    HireCancelled,
    HireConfirmed,
    HireReported,
    LeaveDetermined,
    LeaveReported,
    OfferWithdrawn,
    OwnershipResolved,
    SixMonthChecked,
    StartPostponed,
)
from domain.introduction import (
    CandidateAsked,
    IdentityDisclosed,
    IntroductionRequested,
    ShareApproved,
    ShareCancelled,
    ShareDeclined,
    ShareExpired,
    ShareUndone,
)
from projections.projection import Projection

SIX_MONTHS = 6


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """One timer; `id` is stream, kind and what tells several of a kind apart."""

    id: str
    stream: UUID
    kind: str
    due_at: datetime


class Change(msgspec.Struct, frozen=True):
    """What an event does to one timer of a stream: due at a moment, or None for no longer. `about` tells several apart."""

    stream: UUID
    kind: str
    due_at: datetime | None
    about: str = ""

    @property
    def id(self) -> str:
        """The row's key."""
        return f"{self.stream}:{self.kind}:{self.about}" if self.about else f"{self.stream}:{self.kind}"


def _consent(candidate: UUID, permission: Permission, moment: datetime | None) -> Change:
    about = ":".join(map(str, filter(None, (permission.scope, permission.company, permission.channel))))
    return Change(candidate, "expire-consent", moment, about)


def changes(entry: Recorded[AnyEvent]) -> tuple[Change, ...]:
    """What an event does to timers; most do nothing."""
    stream, now, event = entry.stream, entry.meta.recorded_at, entry.event
    match event:
        case InvitationScheduled(not_before=moment):
            return (Change(stream, "send-invitation", moment),)
        case InvitationSent() | InvitationCancelled() | InvitationDisowned() | Claimed() | RetentionEnded():
            return (Change(stream, "send-invitation", None),)
        case ApplicantErased():
            return (Change(stream, "send-invitation", None),)
        case ConsentGiven(candidate=who, permission=permission, expires_at=moment):
            return (_consent(who, permission, moment),)
        case ConsentRenewed(candidate=who, permission=permission, expires_at=moment):
            return (_consent(who, permission, moment),)
        case ConsentExpired(candidate=who, permission=permission):
            return (_consent(who, permission, None),)
        case ConsentWithdrawn(candidate=who, permissions=permissions):
            return tuple(_consent(who, permission, None) for permission in permissions)
        case IntroductionRequested(expires_at=moment):
            return (Change(stream, "expire-share", moment),)
        case ShareApproved(disclose_not_before=moment):
            return (Change(stream, "disclose", moment),)
        case ShareUndone() | CandidateAsked():
            return (Change(stream, "disclose", None),)
        case ShareDeclined() | ShareExpired() | ShareCancelled() | IdentityDisclosed():
            return (Change(stream, "disclose", None), Change(stream, "expire-share", None))
        case _:
            return _of_hires(stream, now, event) + _of_fees(stream, now, event)


def _of_hires(stream: UUID, now: datetime, event: AnyEvent) -> tuple[Change, ...]:
    match event:
        case HireReported(started_on=day) | StartPostponed(started_on=day):
            return (Change(stream, "start-employment", start_of_jst_day(day)),)
        case HireConfirmed():
            return (Change(stream, "resolve-ownership", now),)
        case OwnershipResolved():
            return (Change(stream, "resolve-ownership", None),)
        case EmploymentStarted(started_on=day):
            checked = start_of_jst_day(month_rung_end(day, SIX_MONTHS) + timedelta(days=1))
            return (
                Change(stream, "start-employment", None),
                Change(stream, "accrue-fee", now),
                Change(stream, "check-six-months", checked),
            )
        case OfferWithdrawn() | HireCancelled():
            ended = ("start-employment", "resolve-ownership", "accrue-fee", "check-six-months", "determine-leave")
            return tuple(Change(stream, kind, None) for kind in ended)
        case SixMonthChecked():
            return (Change(stream, "check-six-months", None),)
        case LeaveReported(challenge_until=day):
            return (Change(stream, "determine-leave", start_of_jst_day(day + timedelta(days=1))),)
        case LeaveDetermined():
            return (Change(stream, "determine-leave", None),)
        case _:
            return ()


def _of_fees(stream: UUID, now: datetime, event: AnyEvent) -> tuple[Change, ...]:
    match event:
        case FeeAccrued(hire=hire, total_yen=total):
            return (Change(hire, "accrue-fee", None), Change(stream, "request-invoice", now if total else None))
        case InvoiceRequested():
            return (Change(stream, "request-invoice", None),)
        case ReleaseScheduled(release_on=day):
            return (Change(stream, "release", start_of_jst_day(day)),)
        case TransferRequested() | ReturnDetermined(model=Model.PRINCIPAL):
            return (Change(stream, "release", None),)
        case CreditGranted(company=who, fee=fee, credit=credit, expires_on=day):
            lapses = start_of_jst_day(day + timedelta(days=1))
            return (Change(fee, "release", None), Change(who, "expire-credits", lapses, str(credit)))
        case CreditExpired(company=who, credit=credit):
            return (Change(who, "expire-credits", None, str(credit)),)
        case SlotGranted(fee=fee):
            return (Change(fee, "release", None),)
        case _:
            return ()


def touches(entry: Recorded[AnyEvent]) -> Iterable[str]:
    """The timers that an event sets or clears."""
    return (change.id for change in changes(entry))


def fold(key: str, _row: Due | None, entry: Recorded[AnyEvent]) -> Due | None:
    """The timer after the event."""
    change = next(each for each in changes(entry) if each.id == key)
    return None if change.due_at is None else Due(id=key, stream=change.stream, kind=change.kind, due_at=change.due_at)


PROJECTION = Projection(name="due", row=Due, key="id", touches=touches, fold=fold)
