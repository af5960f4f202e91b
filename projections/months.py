"""The books month by month: which are closed, at which position, and which days somebody signed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec
import psycopg
from msgspec.structs import replace

from domain.books import PeriodClosed, ReconciliationSigned, month_of
from domain.event import Recorded
from domain.events import AnyEvent
from projections.projection import Projection


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody stands for a day's reconciliation, as far as the ledger had come; `difference_yen` is what remained."""

    on: date
    position: int
    difference_yen: int
    signed_by: str
    signed_at: datetime


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """The books of one month, `2027-03`."""

    month: str
    closed_position: int | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    trial_balance_hash: str | None = None
    signatures: tuple[Signature, ...] = ()


def touches(entry: Recorded[AnyEvent]) -> Iterable[str]:
    """The month."""
    match entry.event:
        case PeriodClosed(month=month):
            return (month,)
        case ReconciliationSigned(on=on):
            return (month_of(on),)
        case _:
            return ()


def fold(key: str, row: Month | None, entry: Recorded[AnyEvent]) -> Month | None:
    """The month after the event."""
    row, at = row or Month(month=key), entry.meta.recorded_at
    match entry.event:
        case PeriodClosed() as event:
            return replace(
                row,
                closed_position=event.position,
                closed_at=at,
                closed_by=entry.meta.actor,
                trial_balance_hash=event.trial_balance_hash,
            )
        case ReconciliationSigned() as event:
            signed = Signature(
                on=event.on,
                position=event.position,
                difference_yen=event.difference_yen,
                signed_by=event.signed_by,
                signed_at=at,
            )
            return replace(row, signatures=(*row.signatures, signed))
        case _:
            return row


PROJECTION = Projection(name="months", row=Month, key="month", touches=touches, fold=fold)


def everything(connection: psycopg.Connection[Any]) -> dict[str, Month]:
    """Every month that was closed or signed, newest first; for the operator's finance."""
    row = connection.execute("SELECT coalesce(json_agg(m ORDER BY m.month DESC), '[]')::text FROM months m").fetchone()
    return {each.month: each for each in msgspec.json.decode(row[0] if row else "[]", type=list[Month])}
