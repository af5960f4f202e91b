"""Every promise with a date: what is to be done for which stream, and when. Swept by the worker."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
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
from domain.calendar import Holidays, add_business_days, end_of_jst_day, jst_date, month_rung_end, start_of_jst_day
from domain.consent import (
    ConsentExpired,
    ConsentGiven,
    ConsentRenewed,
    ConsentWithdrawn,
    Paused,
    Permission,
    Resumed,
)
from domain.duties import CompanyReminded, DeletionAsked
from domain.event import Recorded
from domain.events import AnyEvent
from domain.fee import (
    FeeAccrued,
    InvoiceRequested,
    Model,
    PayableReleased,
    ReleaseScheduled,
    ReturnDetermined,
    TransferRequested,
)
from domain.hire import (
    EmploymentStarted,
    HireCancelled,
    HireConfirmed,
    HireReported,
    LeaveDetermined,
    LeaveReported,
    OfferWithdrawn,
    OwnershipResolved,
    Side,
    SixMonthChecked,
    StartPostponed,
)
from domain.interview import InterviewAgreed, InterviewCancelled, InterviewTimesNamed
from domain.introduction import (
    CandidateAsked,
    IdentityDisclosed,
    IntroductionClosed,
    IntroductionRequested,
    ShareApproved,
    ShareCancelled,
    ShareDeclined,
    ShareExpired,
    ShareRevoked,
    ShareUndone,
    StageReached,
)
from domain.policy import DEFAULT
from domain.recovery import RecoveryCarriedOut, RecoveryObjected, RecoveryProposed, RecoveryWithdrawn
from domain.wishes import PauseLimited, SearchEndSaid, SearchEndUndone
from projections.projection import Projection

SIX_MONTHS = 6
OPENING = timedelta(hours=9)
"""A company hears of what it did not do in the morning, not at midnight."""
_NO_HOLIDAYS = Holidays(frozenset(), date.max)


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
            return (*(_consent(who, permission, None) for permission in permissions), *_of_wishes(event))
        case RecoveryProposed(takes_effect_at=moment):
            return (Change(stream, "recover-admin", moment),)
        case RecoveryObjected() | RecoveryWithdrawn() | RecoveryCarriedOut():
            return (Change(stream, "recover-admin", None),)
        case IntroductionRequested(expires_at=moment):
            return (Change(stream, "expire-share", moment),)
        case ShareApproved(disclose_not_before=moment):
            return (Change(stream, "disclose", moment),)
        case ShareUndone() | CandidateAsked():
            return (Change(stream, "disclose", None),)
        case ShareDeclined() | ShareExpired() | ShareCancelled():
            return _answered(stream)
        case IdentityDisclosed():
            return (*_answered(stream), _unheard(stream, now))
        case _:
            return _of_wishes(event) + _of_copies(stream, now, event) + _of_hires(stream, now, event) + _of_fees(stream, now, event)


def _of_wishes(event: AnyEvent) -> tuple[Change, ...]:
    match event:
        case Paused(candidate=who) | Resumed(candidate=who):
            return (Change(who, "end-pause", None),)
        case PauseLimited(candidate=who, last_day=day):
            return (Change(who, "end-pause", end_of_jst_day(day) if day else None),)
        case SearchEndSaid(candidate=who, takes_effect_at=moment):
            return (Change(who, "end-search", moment),)
        case SearchEndUndone(candidate=who) | ConsentWithdrawn(candidate=who):
            return (Change(who, "end-search", None),)
        case _:
            return ()


def _answered(stream: UUID) -> tuple[Change, ...]:
    return (Change(stream, "disclose", None), Change(stream, "expire-share", None))


def _unheard(stream: UUID, heard: datetime) -> Change:
    """When a company may first count as silent. Public holidays come on top of it: the command knows them, and waits."""
    last = add_business_days(jst_date(heard), DEFAULT.silence_business_days, _NO_HOLIDAYS)
    return Change(stream, "remind-company", start_of_jst_day(last + timedelta(days=1)) + OPENING)


def _of_copies(stream: UUID, now: datetime, event: AnyEvent) -> tuple[Change, ...]:
    match event:
        case (
            StageReached()
            | InterviewTimesNamed(by=Side.HIRING)
            | InterviewAgreed(by=Side.HIRING)
            | InterviewCancelled(by=Side.HIRING)
        ):
            return (_unheard(stream, now), Change(stream, "close-unheard", None))
        case CompanyReminded(close_on=day):
            return (Change(stream, "remind-company", None), Change(stream, "close-unheard", end_of_jst_day(day) + OPENING))
        case DeletionAsked(due_on=day):
            return (Change(stream, "close-copy", end_of_jst_day(day) + OPENING),)
        case IntroductionClosed():
            return tuple(Change(stream, kind, None) for kind in ("remind-company", "close-unheard"))
        case ShareRevoked():
            return tuple(Change(stream, kind, None) for kind in _COPY)
        case HireReported(introduction=introduction):
            return tuple(Change(introduction, kind, None) for kind in _COPY)
        case _:
            return ()


_COPY = ("remind-company", "close-unheard", "close-copy")


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
        case PayableReleased() | TransferRequested() | ReturnDetermined(model=Model.PRINCIPAL):
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
