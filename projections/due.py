"""Every promise with a date: what is to be done for which stream, and when. Swept by the worker."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

import msgspec

from domain.applicant import (
    ApplicantErased,
    Claimed,
    InvitationCancelled,
    InvitationDisowned,
    InvitationScheduled,
    InvitationSent,
    RetentionEnded,
)
from domain.calendar import JST, month_rung_end
from domain.candidate import SeekerRecordSealed
from domain.consent import ConsentExpired, ConsentGiven, ConsentRenewed, ConsentWithdrawn, Permission
from domain.event import Recorded
from domain.events import AnyEvent
from domain.fee import FeeAccrued, InvoiceRequested, ReleaseScheduled, TransferRequested
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


def _id(stream: UUID, kind: str, *more: object) -> str:
    return ":".join(map(str, (stream, kind, *more)))


def _consent(permission: Permission) -> tuple[object, ...]:
    return (permission.scope, permission.company or "", permission.channel or "")


def start_of(day: date) -> datetime:
    """The first moment of a JST day."""
    return datetime.combine(day, time.min, JST)


def timers(entry: Recorded[AnyEvent]) -> dict[str, tuple[str, datetime | None]]:
    """What an event does to timers: id → kind and when, or None for no longer."""
    stream, event = entry.stream, entry.event
    match event:
        case InvitationScheduled(not_before=moment):
            return {_id(stream, "send-invitation"): ("send-invitation", moment)}
        case InvitationSent() | InvitationCancelled() | InvitationDisowned() | Claimed() | RetentionEnded() | ApplicantErased():
            return {_id(stream, "send-invitation"): ("send-invitation", None)}
        case ConsentGiven(permission=permission, expires_at=moment) | ConsentRenewed(permission=permission, expires_at=moment):
            return {_id(stream, "expire-consent", *_consent(permission)): ("expire-consent", moment)}
        case ConsentExpired(permission=permission):
            return {_id(stream, "expire-consent", *_consent(permission)): ("expire-consent", None)}
        case ConsentWithdrawn(permissions=permissions):
            return {_id(stream, "expire-consent", *_consent(p)): ("expire-consent", None) for p in permissions}
        case IntroductionRequested(expires_at=moment):
            return {_id(stream, "expire-share"): ("expire-share", moment)}
        case ShareApproved(disclose_not_before=moment):
            return {_id(stream, "disclose"): ("disclose", moment)}
        case ShareUndone() | CandidateAsked():
            return {_id(stream, "disclose"): ("disclose", None)}
        case ShareDeclined() | ShareExpired() | ShareCancelled() | IdentityDisclosed():
            return {_id(stream, kind): (kind, None) for kind in ("disclose", "expire-share")}
        case HireReported(started_on=day) | StartPostponed(started_on=day):
            return {_id(stream, "start-employment"): ("start-employment", start_of(day))}
        case EmploymentStarted(started_on=day):
            checked = start_of(month_rung_end(day, SIX_MONTHS) + timedelta(days=1))
            return {
                _id(stream, "start-employment"): ("start-employment", None),
                _id(stream, "accrue-fee"): ("accrue-fee", entry.meta.recorded_at),
                _id(stream, "check-six-months"): ("check-six-months", checked),
            }
        case OfferWithdrawn() | HireCancelled():
            return {_id(stream, kind): (kind, None) for kind in ("start-employment", "resolve-ownership", "accrue-fee", "check-six-months")}
        case SixMonthChecked():
            return {_id(stream, "check-six-months"): ("check-six-months", None)}
        case LeaveReported(challenge_until=day):
            return {_id(stream, "determine-leave"): ("determine-leave", start_of(day + timedelta(days=1)))}
        case LeaveDetermined():
            return {_id(stream, "determine-leave"): ("determine-leave", None)}
        case HireConfirmed():
            return {_id(stream, "resolve-ownership"): ("resolve-ownership", entry.meta.recorded_at)}
        case OwnershipResolved():
            return {_id(stream, "resolve-ownership"): ("resolve-ownership", None)}
        case FeeAccrued(hire=hire, total_yen=total):
            invoice = entry.meta.recorded_at if total else None
            return {
                _id(hire, "accrue-fee"): ("accrue-fee", None),
                _id(stream, "request-invoice"): ("request-invoice", invoice),
            }
        case InvoiceRequested():
            return {_id(stream, "request-invoice"): ("request-invoice", None)}
        case TransferRequested():
            return {_id(stream, "release"): ("release", None)}
        case ReleaseScheduled(release_on=day):
            return {_id(stream, "release"): ("release", start_of(day))}
        case SeekerRecordSealed(retain_until=day):
            return {_id(stream, "destroy-record"): ("destroy-record", start_of(day + timedelta(days=1)))}
        case _:
            return {}


def touches(entry: Recorded[AnyEvent]) -> Iterable[str]:
    """The timers that an event sets or clears."""
    return timers(entry)


def fold(key: str, _row: Due | None, entry: Recorded[AnyEvent]) -> Due | None:
    """The timer after the event."""
    kind, moment = timers(entry)[key]
    return None if moment is None else Due(id=key, stream=entry.stream, kind=kind, due_at=moment)


PROJECTION = Projection(name="due", row=Due, key="id", touches=touches, fold=fold)
