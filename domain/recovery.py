"""Giving a company an administrator again whose last one is gone: proposed by the operator, open to objection, then done.

Every member is told when it is proposed, and any of them may object for a day; one objection ends it. Nothing changes before.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

import msgspec

from domain.company import Company, MemberRole
from domain.event import Event
from domain.ids import NIL, OPERATOR, CompanyId, UserId, VaultRef
from domain.refusal import Refused

PAUSE = timedelta(hours=24)
"""In which any member may object."""


class RecoveryCause(StrEnum):
    """Why the last administrator cannot act."""

    LEFT = "left-the-company"
    UNREACHABLE = "unreachable"
    MAILBOX_LOST = "mailbox-lost"
    DECEASED = "deceased"


class RecoveryProposed(Event, frozen=True, kw_only=True):
    """The operator will make this person an administrator; who it is, is in the vault, and so is the evidence."""

    company: CompanyId
    user: UserId
    cause: RecoveryCause
    evidence_ref: VaultRef
    takes_effect_at: datetime


class RecoveryObjected(Event, frozen=True, kw_only=True):
    """A member of the company objected: it will not happen."""

    by: UserId


class RecoveryWithdrawn(Event, frozen=True, kw_only=True):
    """The operator took the proposal back."""


class RecoveryCarriedOut(Event, frozen=True, kw_only=True):
    """Nobody objected in time, and the person is an administrator now."""

    company: CompanyId
    user: UserId


RecoveryEvent = RecoveryProposed | RecoveryObjected | RecoveryWithdrawn | RecoveryCarriedOut


class RecoveryStatus(StrEnum):
    """Where the latest proposal stands."""

    NONE = "none"
    PENDING = "pending"
    OBJECTED = "objected"
    WITHDRAWN = "withdrawn"
    DONE = "done"


class Recovery(msgspec.Struct, frozen=True, kw_only=True):
    """The latest proposal for a company."""

    company: CompanyId = CompanyId(NIL)
    status: RecoveryStatus = RecoveryStatus.NONE
    user: UserId = UserId(NIL)
    cause: RecoveryCause | None = None
    evidence_ref: VaultRef = VaultRef(NIL)
    takes_effect_at: datetime | None = None


INITIAL = Recovery()


def evolve(state: Recovery, event: RecoveryEvent) -> Recovery:
    """The proposal after `event`."""
    match event:
        case RecoveryProposed():
            return Recovery(
                company=event.company,
                status=RecoveryStatus.PENDING,
                user=event.user,
                cause=event.cause,
                evidence_ref=event.evidence_ref,
                takes_effect_at=event.takes_effect_at,
            )
        case RecoveryObjected():
            return msgspec.structs.replace(state, status=RecoveryStatus.OBJECTED)
        case RecoveryWithdrawn():
            return msgspec.structs.replace(state, status=RecoveryStatus.WITHDRAWN)
        case RecoveryCarriedOut():
            return msgspec.structs.replace(state, status=RecoveryStatus.DONE)
        case _:
            assert_never(event)


def propose(
    recovery: Recovery, company: Company, *, user: UserId, cause: RecoveryCause, evidence_ref: VaultRef, now: datetime
) -> RecoveryProposed:
    """The operator says who shall administer the company, why, and on what evidence; the operator's own has its admins."""
    if not company.admitted: raise Refused("company-not-admitted")
    if company.id == OPERATOR: raise Refused("recovery-not-for-the-operator")
    if recovery.status is RecoveryStatus.PENDING: raise Refused("recovery-pending")
    if company.role_of(user) is MemberRole.ADMIN: raise Refused("member-already-joined")
    return RecoveryProposed(
        company=company.id, user=user, cause=cause, evidence_ref=evidence_ref, takes_effect_at=now + PAUSE
    )


def object_to(recovery: Recovery, company: Company, *, by: UserId, now: datetime) -> RecoveryObjected:
    """Any member ends it, as long as the pause lasts."""
    if recovery.takes_effect_at is None or recovery.status is not RecoveryStatus.PENDING: raise Refused("recovery-over")
    if company.role_of(by) is None: raise Refused("member-unknown")
    if now >= recovery.takes_effect_at: raise Refused("recovery-over")
    return RecoveryObjected(by=by)


def withdraw(recovery: Recovery) -> RecoveryWithdrawn:
    """The operator takes it back."""
    if recovery.status is not RecoveryStatus.PENDING: raise Refused("recovery-over")
    return RecoveryWithdrawn()


def carry_out(recovery: Recovery, *, user: UserId, now: datetime) -> RecoveryCarriedOut:
    """The pause is over and nobody objected."""
    if recovery.takes_effect_at is None or recovery.status is not RecoveryStatus.PENDING: raise Refused("recovery-over")
    if now < recovery.takes_effect_at: raise Refused("recovery-not-due", until=recovery.takes_effect_at)
    return RecoveryCarriedOut(company=recovery.company, user=user)
