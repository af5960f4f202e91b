"""What goes to sources, part by part: released, asked of Stripe, moved, or come back. What is due is found here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec.structs import replace

from domain.event import Recorded
from domain.events import AnyEvent
from domain.fee import PayableReleased, TransferPosted, TransferRequested, TransferVoided
from projections.projection import Projection


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """One tranche of one source's part of a fee. `status`: due, asked, posted. `expected_yen`: what was released.

    `voided`: the askings that Stripe refused, with the last one's code; it is due again.
    """

    id: str
    fee: UUID
    beneficiary: UUID
    tranche: int
    status: str
    expected_yen: int
    amount_yen: int
    since: date
    intent: UUID | None = None
    transfer: str | None = None
    balance_transaction: str | None = None
    voided: tuple[UUID, ...] = ()
    voided_cause: str | None = None


def touches(entry: Recorded[AnyEvent]) -> Iterable[str]:
    """One row per fee, source and tranche."""
    match entry.event:
        case (
            PayableReleased(beneficiary=who, tranche=tranche)
            | TransferRequested(beneficiary=who, tranche=tranche)
            | TransferPosted(beneficiary=who, tranche=tranche)
            | TransferVoided(beneficiary=who, tranche=tranche)
        ):
            return (f"{entry.stream}:{who}:{tranche}",)
        case _:
            return ()


def fold(key: str, row: Transfer | None, entry: Recorded[AnyEvent]) -> Transfer | None:
    """The part after the event."""
    event, on = entry.event, entry.meta.effective_on
    match event:
        case PayableReleased():
            return Transfer(
                id=key,
                fee=entry.stream,
                beneficiary=event.beneficiary,
                tranche=event.tranche,
                status="due",
                expected_yen=event.amount_yen,
                amount_yen=event.amount_yen,
                since=on,
            )
        case TransferRequested():
            # What was sent before there were runs was never released on its own.
            return Transfer(
                id=key,
                fee=entry.stream,
                beneficiary=event.beneficiary,
                tranche=event.tranche,
                status="asked",
                expected_yen=row.expected_yen if row else event.amount_yen,
                amount_yen=event.amount_yen,
                since=on,
                intent=event.intent,
                voided=row.voided if row else (),
                voided_cause=row.voided_cause if row else None,
            )
        case TransferPosted() if row:
            posted = replace(row, status="posted", since=on, transfer=event.transfer)
            return replace(posted, balance_transaction=event.balance_transaction)
        case TransferVoided() if row:
            voided = (*row.voided, event.intent)
            return replace(row, status="due", since=on, intent=None, voided=voided, voided_cause=event.cause)
        case _:
            return row


PROJECTION = Projection(name="transfers", row=Transfer, key="id", touches=touches, fold=fold)


def due(connection: psycopg.Connection[Any], *, limit: int) -> list[Transfer]:
    """What waits for a run, the oldest first; for the operator's finance."""
    row = connection.execute(
        "SELECT coalesce(json_agg(t ORDER BY t.since, t.id), '[]')::text FROM"
        " (SELECT * FROM transfers WHERE status = 'due' ORDER BY since, id LIMIT %s) t",
        (limit,),
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Transfer])


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How far one asking has come. `status`: asked, posted, voided (with Stripe's code as `cause`)."""

    status: str
    transfer: str | None = None
    cause: str | None = None


def outcomes(connection: psycopg.Connection[Any], intents: list[UUID]) -> dict[UUID, Outcome]:
    """How far the transfers that were asked for with these intents have come."""
    row = connection.execute(
        "SELECT coalesce(json_agg(t), '[]')::text FROM transfers t WHERE t.intent = ANY(%(all)s) OR t.voided && %(all)s",
        {"all": intents},
    ).fetchone()
    told: dict[UUID, Outcome] = {}
    for each in msgspec.json.decode(row[0] if row else "[]", type=list[Transfer]):
        told |= {intent: Outcome(status="voided", cause=each.voided_cause) for intent in each.voided}
        if each.intent: told[each.intent] = Outcome(status=each.status, transfer=each.transfer)
    return told
