"""Writing the gate: one row per permission or prohibition, in the append of the event that causes it.

A projection may lag; the gate never does. Rows follow from events alone, so they can be computed again (`relay rebuild`).
Reading it is in `projections/gate.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.candidate import CandidateErasureStarted, CandidatesMerged
from domain.company import CompanyAdmitted, CompanyReinstated, CompanySuspended, GroupDeclared
from domain.consent import (
    CompanyBlocked,
    CompanyUnblocked,
    ConsentExpired,
    ConsentGiven,
    ConsentRenewed,
    ConsentWithdrawn,
    OutcomeLevel,
    Paused,
    Permission,
    Resumed,
    Scope,
)
from domain.event import Event
from domain.glass import GlassBroken, GlassMended
from domain.ids import CandidateId
from domain.introduction import IdentityDisclosed, ShareRevoked
from domain.job import JobAssigned, JobReleased
from projections.gate import ANYTHING

Row = dict[str, Any]


def rows(events: Iterable[tuple[UUID, Event]]) -> list[Row]:
    """The rows that follow from events in order; the last word on a key wins."""
    found: dict[tuple[UUID, str, UUID], Row] = {}
    for stream, event in events:
        for row in _rows_of(stream, event):
            found[row["subject"], row["what"], row["object"]] = row
    return list(found.values())


def _row(subject: UUID, what: str, obj: UUID, *, is_open: bool, until: datetime | None = None) -> Row:
    return {"subject": subject, "what": what, "object": obj, "open": is_open, "expires_at": until}


def what_of(permission: Permission) -> tuple[str, UUID]:
    """The name and object of a permission's row: `channel-email`, or `retain` and the company."""
    if permission.scope is Scope.CHANNEL and permission.channel is not None:
        return f"channel-{permission.channel}", ANYTHING
    return str(permission.scope), permission.company or ANYTHING


def _permission(subject: UUID, permission: Permission, *, is_open: bool, until: datetime | None) -> Row:
    what, obj = what_of(permission)
    return _row(subject, what, obj, is_open=is_open, until=until)


def _rows_of(stream: UUID, event: Event) -> Iterable[Row]:
    match event:
        case ConsentGiven(candidate=who, permission=permission, expires_at=until, level=level):
            yield _permission(who, permission, is_open=level is not OutcomeLevel.NONE, until=until)
            if level is not None:
                # Without an end of its own: it counts only beside the outcome's row, whose end a renewal moves.
                yield _row(who, "outcome-where", permission.company or ANYTHING, is_open=level is OutcomeLevel.WHERE)
        case ConsentRenewed(candidate=who, permission=permission, expires_at=until):
            yield _permission(who, permission, is_open=True, until=until)
        case ConsentExpired(candidate=who, permission=permission):
            yield from _closed(who, permission)
        case ConsentWithdrawn(candidate=who, permissions=permissions):
            for permission in permissions:
                yield from _closed(who, permission)
        case CompanyBlocked(candidate=who, token=token):
            yield _row(who, "block", token, is_open=True)
        case CompanyUnblocked(candidate=who, token=token):
            yield _row(who, "block", token, is_open=False)
        case Paused(candidate=who):
            yield _row(who, "paused", ANYTHING, is_open=True)
        case Resumed(candidate=who):
            yield _row(who, "paused", ANYTHING, is_open=False)
        case CandidateErasureStarted():
            yield _row(stream, "erased", ANYTHING, is_open=True)
        case CandidatesMerged(survivor=survivor, absorbed=absorbed):
            yield _row(absorbed, "merged", ANYTHING, is_open=True)
            yield _row(absorbed, "merged-into", survivor, is_open=True)
        case CompanyAdmitted(company=company, token=token):
            yield _row(company, "belongs", token, is_open=True)
        case GroupDeclared(tokens=tokens, left=left):
            yield from (_row(stream, "belongs", token, is_open=False) for token in left)
            yield from (_row(stream, "belongs", token, is_open=True) for token in tokens)
        case CompanySuspended():
            yield _row(stream, "suspended", ANYTHING, is_open=True)
        case CompanyReinstated():
            yield _row(stream, "suspended", ANYTHING, is_open=False)
        case JobAssigned(user=user):
            yield _row(stream, "assigned", user, is_open=True)
        case JobReleased(user=user):
            yield _row(stream, "assigned", user, is_open=False)
        case IdentityDisclosed(hiring=hiring):
            yield _row(stream, "share", hiring, is_open=True)
        case ShareRevoked(hiring=hiring):
            yield _row(stream, "share", hiring, is_open=False)
        case GlassBroken(candidate=who, broken_by=by, open_until=until):
            yield _row(who, "glass", by, is_open=True, until=until)
        case GlassMended(candidate=who, broken_by=by):
            yield _row(who, "glass", by, is_open=False)
        case _:
            pass


def _closed(who: CandidateId, permission: Permission) -> Iterable[Row]:
    yield _permission(who, permission, is_open=False, until=None)
    if permission.scope is Scope.OUTCOME_TO_SOURCE:
        yield _row(who, "outcome-where", permission.company or ANYTHING, is_open=False)
