"""Transfer runs: who gathered what, who approved it, and what became of each line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec.structs import replace

from domain.event import Recorded
from domain.events import AnyEvent
from domain.transfer_run import (
    PlannedTransferDropped,
    PlannedTransferSent,
    TransferRunApproved,
    TransferRunDrafted,
    TransferRunRejected,
)
from projections.projection import Projection


class RunLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line; `status`: open, sent, dropped. `cause` is the refusal's code of one that dropped out."""

    fee: UUID
    number: str
    beneficiary: UUID
    tranche: int
    expected_yen: int
    amount_yen: int
    status: str = "open"
    intent: UUID | None = None
    cause: str | None = None


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run; `status`: drafted, approved, sent, rejected. `decided_by` approved or rejected it."""

    run: UUID
    number: int
    status: str
    total_yen: int
    drafted_by: str
    drafted_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    cause: str | None = None
    lines: tuple[RunLine, ...] = ()


def touches(entry: Recorded[AnyEvent]) -> Iterable[UUID]:
    """The run itself."""
    match entry.event:
        case (
            TransferRunDrafted()
            | TransferRunApproved()
            | TransferRunRejected()
            | PlannedTransferSent()
            | PlannedTransferDropped()
        ):
            return (entry.stream,)
        case _:
            return ()


def fold(key: UUID, row: Run | None, entry: Recorded[AnyEvent]) -> Run | None:
    """The run after the event."""
    event, at = entry.event, entry.meta.recorded_at
    match event:
        case TransferRunDrafted():
            lines = tuple(RunLine(**msgspec.structs.asdict(each)) for each in event.transfers)
            return Run(
                run=key,
                number=event.number,
                status="drafted",
                total_yen=event.total_yen,
                drafted_by=event.signed_by,
                drafted_at=at,
                lines=lines,
            )
        case TransferRunApproved() if row:
            return replace(row, status="approved", decided_by=event.signed_by, decided_at=at)
        case TransferRunRejected() if row:
            return replace(row, status="rejected", decided_by=event.signed_by, decided_at=at, cause=str(event.cause))
        case PlannedTransferSent() if row:
            return _decided(row, event.place, status="sent", intent=event.intent)
        case PlannedTransferDropped() if row:
            return _decided(row, event.place, status="dropped", cause=event.cause)
        case _:
            return row


def _decided(row: Run, place: int, **what: Any) -> Run:  # noqa: ANN401  the fields of a line
    lines = tuple(replace(each, **what) if n == place else each for n, each in enumerate(row.lines))
    is_over = all(each.status != "open" for each in lines)
    return replace(row, lines=lines, status="sent" if is_over else row.status)


PROJECTION = Projection(name="transfer_runs", row=Run, key="run", touches=touches, fold=fold)


def newest(connection: psycopg.Connection[Any]) -> int:
    """The number of the newest run that was folded; 0 before the first."""
    row = connection.execute("SELECT coalesce(max(number), 0) FROM transfer_runs").fetchone()
    return row[0] if row else 0


def everything(connection: psycopg.Connection[Any], *, limit: int = 100) -> list[Run]:
    """The runs, newest first; for the operator's finance."""
    row = connection.execute(
        "SELECT coalesce(json_agg(r ORDER BY r.number DESC), '[]')::text FROM"
        " (SELECT * FROM transfer_runs ORDER BY number DESC LIMIT %s) r",
        (limit,),
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Run])


def of_stream(run: UUID, history: Iterable[Recorded[Any]]) -> Run | None:
    """One run as its stream has it at this moment; None where there is none."""
    row: Run | None = None
    for entry in history:
        row = fold(run, row, entry)
    return row
