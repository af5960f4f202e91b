"""The history of reconciliations: each is kept as it came out, so that a person can sign it and a month can close on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from marketplace.settlement.reconcile import Pair, Reconciliation
from marketplace.store.database import Connection


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One reconciliation as it came out."""

    id: UUID
    at: datetime
    asked_by: str
    position: int
    log_position: int
    stripe_yen: int
    ledger_yen: int
    difference_yen: int
    unexplained_yen: int
    suspense_yen: int
    is_settled: bool
    findings: list[dict[str, Any]]


_COLUMNS = ", ".join(Kept.__struct_fields__)


def keep(connection: Connection, key: UUID, asked_by: str, found: Reconciliation) -> None:
    """Write one down; the same one a second time changes nothing."""
    connection.execute(
        f"INSERT INTO reconciliation ({_COLUMNS}) VALUES"  # noqa: S608  our own names
        " (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb) ON CONFLICT (id) DO NOTHING",
        (
            key,
            found.at,
            asked_by,
            found.position,
            found.log_position,
            found.stripe_yen,
            found.ledger_yen,
            found.difference_yen,
            found.unexplained_yen,
            found.suspense_yen,
            found.is_settled,
            msgspec.json.encode([_finding(each) for each in found.findings]).decode(),
        ),
    )


def newest(connection: Connection, *, limit: int = 50) -> list[Kept]:
    """The last ones, newest first; for the operator's finance."""
    found = connection.execute(
        f"SELECT {_COLUMNS} FROM reconciliation ORDER BY at DESC, id LIMIT %s", (limit,)  # noqa: S608  our own names
    )
    return [_kept(row) for row in found.fetchall()]


def one(connection: Connection, key: UUID) -> Kept | None:
    """One of them."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM reconciliation WHERE id = %s", (key,)  # noqa: S608  our own names
    ).fetchone()
    return _kept(row) if row else None


def settled_since(connection: Connection, moment: datetime) -> Kept | None:
    """The newest that came out without a yen or a line open, and is not older than `moment`."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM reconciliation WHERE is_settled AND at >= %s"  # noqa: S608  our own names
        " ORDER BY at DESC LIMIT 1",
        (moment,),
    ).fetchone()
    return _kept(row) if row else None


def is_taken_since(connection: Connection, moment: datetime) -> bool:
    """Whether everything that moved at Stripe was fetched and compared at that moment or later."""
    return connection.execute("SELECT FROM reconciliation WHERE at >= %s LIMIT 1", (moment,)).fetchone() is not None


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """What one object was to move on a day, what was asked of Stripe, and what moved; signed as our balance at Stripe.

    `object` is Stripe's id once there is one. `difference_yen` is `expected_yen` less `settled_yen`.
    """

    on: str
    kind: str
    object: str
    stream: UUID
    expected_yen: int
    sent_yen: int
    settled_yen: int
    difference_yen: int


# What we ask Stripe for moves our balance by this much: transfers and refunds go out, reversals and payments come in.
_DAYS = """
    WITH asked AS (
        SELECT i.id, i.kind, i.stream, i.state, i.created_at,
               CASE i.kind WHEN 'create_transfer' THEN 'transfer' WHEN 'reverse_transfer' THEN 'transfer_reversal'
                           WHEN 'create_refund' THEN 'refund' ELSE 'payment' END AS movement,
               CASE i.kind WHEN 'create_transfer' THEN -(i.call::jsonb #>> '{params,amount}')::bigint
                           WHEN 'create_refund' THEN -(i.call::jsonb #>> '{params,amount}')::bigint
                           WHEN 'reverse_transfer' THEN (i.call::jsonb #>> '{params,amount}')::bigint
                           ELSE (SELECT sum((line->>'amount')::bigint)
                                 FROM jsonb_array_elements(i.call::jsonb #> '{params,add_lines,lines}') line)
               END AS expected_yen,
               coalesce(i.result::jsonb #>> '{result,reversal_id}', i.result::jsonb #>> '{result,refund_id}',
                        i.result::jsonb #>> '{result,transfer_id}', i.result::jsonb #>> '{result,invoice_id}', '') AS object_id
        FROM intent i
        WHERE i.kind IN ('create_transfer', 'reverse_transfer', 'create_refund', 'issue_invoice')
          AND i.created_at >= %(since)s AND i.created_at < %(until)s AND i.state <> 'refused'
    ), moved AS (
        SELECT a.id, sum(m.net_yen)::bigint AS settled_yen
        FROM asked a JOIN provider_movement m ON m.object_id = a.object_id AND m.kind = a.movement
        GROUP BY a.id
        UNION ALL
        SELECT a.id, -sum(l.amount_yen)::bigint
        FROM asked a JOIN ledger l ON l.stream = a.stream AND l.kind = 'payment-settled.v1' AND l.account = 'receivable:hiring'
        WHERE a.movement = 'payment' GROUP BY a.id
    )
    SELECT to_char(a.created_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD'), a.movement, a.object_id, a.stream,
           a.expected_yen::bigint, (CASE WHEN a.state IN ('sending', 'unknown', 'done') THEN a.expected_yen ELSE 0 END)::bigint,
           coalesce(m.settled_yen, 0), (a.expected_yen - coalesce(m.settled_yen, 0))::bigint
    FROM asked a LEFT JOIN moved m USING (id) ORDER BY a.created_at DESC, a.id
"""


def days(connection: Connection, since: datetime, until: datetime) -> list[Day]:
    """Day by day and object by object: expected, sent, settled, difference; newest first."""
    found = connection.execute(_DAYS, {"since": since, "until": until})
    return [Day(**dict(zip(Day.__struct_fields__, row, strict=True))) for row in found.fetchall()]


def _finding(pair: Pair) -> dict[str, Any]:
    return {**msgspec.structs.asdict(pair), "delta_yen": pair.delta_yen}


def _kept(row: tuple[Any, ...]) -> Kept:
    return msgspec.convert(dict(zip(Kept.__struct_fields__, row, strict=True)), Kept)
