"""The ledger (仕訳帳): the lines of every entry, in the order of the facts. Rule 10 makes them; this only keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from domain.event import Recorded
from domain.events import AnyEvent
from domain.rules.ledger import post
from domain.rules.ledger_accounts import (
    COMMISSION,
    PAYABLE,
    PREPAYMENT,
    RECEIVABLE,
    REFUND_PAYABLE,
    REVENUE,
    TAX_OUTPUT,
    UNASSIGNED,
)
from domain.viewer import Viewer
from projections.projection import Projection

LINES_PER_ENTRY = 1_000


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line; `id` is the entry's position times a thousand, plus the line's place. A debit is positive."""

    id: int
    position: int
    stream: UUID
    kind: str
    account: str
    company: UUID | None
    amount_yen: int
    currency: str
    effective_on: date


def touches(entry: Recorded[AnyEvent]) -> Iterable[int]:
    """One key per line of the entry; a memo has none."""
    return (entry.position * LINES_PER_ENTRY + n for n, _ in enumerate(post(entry)))


def fold(key: int, _row: Line | None, entry: Recorded[AnyEvent]) -> Line:
    """A line is written once."""
    line = post(entry)[key % LINES_PER_ENTRY]
    return Line(
        id=key,
        position=entry.position,
        stream=entry.stream,
        kind=str(type(entry.event).__struct_config__.tag),
        account=line.account,
        company=line.company,
        amount_yen=line.amount_yen,
        currency=line.currency,
        effective_on=entry.meta.effective_on,
    )


PROJECTION = Projection(name="ledger", row=Line, key="id", touches=touches, fold=fold, adds_only=True)


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """A line with the running balance of its account (and company) after it."""

    id: int
    position: int
    stream: UUID
    kind: str
    account: str
    company: UUID | None
    amount_yen: int
    currency: str
    effective_on: date
    balance_yen: int


def lines(
    connection: psycopg.Connection[Any],
    *,
    account: str | None = None,
    company: UUID | None = None,
    stream: UUID | None = None,
    introduction: UUID | None = None,
    after: int = 0,
    limit: int = 100,
) -> list[Running]:
    """Lines in the order of the facts, each with its account's running balance; for the operator's finance."""
    row = connection.execute(
        "SELECT coalesce(json_agg(l ORDER BY l.id), '[]')::text FROM (SELECT * FROM ("
        " SELECT *, sum(amount_yen) OVER (PARTITION BY account, company, currency ORDER BY id)::bigint AS balance_yen"
        " FROM ledger WHERE (%(account)s::text IS NULL OR account = %(account)s)"
        " AND (%(company)s::uuid IS NULL OR company = %(company)s)"
        " AND (%(stream)s::uuid IS NULL OR stream = %(stream)s)"
        " AND (%(introduction)s::uuid IS NULL OR stream IN"
        " (SELECT fee FROM fees WHERE introduction = %(introduction)s))) running"
        " WHERE id > %(after)s ORDER BY id LIMIT %(limit)s) l",
        {
            "account": account,
            "company": company,
            "stream": stream,
            "introduction": introduction,
            "after": after,
            "limit": limit,
        },
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Running])


def balances(connection: psycopg.Connection[Any], *, company: UUID | None = None) -> dict[str, int]:
    """The balance of every yen account, of one company or of all."""
    found = connection.execute(
        "SELECT account, sum(amount_yen)::bigint FROM ledger WHERE currency = 'JPY'"
        " AND (%(company)s::uuid IS NULL OR company = %(company)s) GROUP BY account ORDER BY account",
        {"company": company},
    )
    return dict(found.fetchall())


_OWING = ["fee-accrued.v1", "fee-adjusted.v1", "return-determined.v1"]
_SHARING = ["fee-accrued.v1", "fee-adjusted.v1", "shares-allocated.v1"]
SHARES = (PAYABLE, UNASSIGNED, COMMISSION, REVENUE, TAX_OUTPUT)
"""The accounts to which a fee goes when it accrues, in the order in which a picture names them."""


def shared_out(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """What accrued of all fees to each account of `SHARES`, before returns; for the operator's finance."""
    found = connection.execute(
        "SELECT account, -sum(amount_yen)::bigint FROM ledger WHERE account = ANY(%s) AND kind = ANY(%s)"
        " AND currency = 'JPY' GROUP BY account HAVING sum(amount_yen) < 0",
        (list(SHARES), _SHARING),
    )
    sums = dict(found.fetchall())
    return {account: sums[account] for account in SHARES if account in sums}


def owed_by(connection: psycopg.Connection[Any], viewer: Viewer) -> list[tuple[date, int]]:
    """What hiring cost the viewer's company on each day, with tax; what returned after a leave is negative."""
    return connection.execute(
        "SELECT effective_on, sum(amount_yen)::bigint FROM ledger WHERE company = %s AND account = ANY(%s)"
        " AND kind = ANY(%s) AND currency = 'JPY' GROUP BY effective_on ORDER BY effective_on",
        (viewer.company, [RECEIVABLE, REFUND_PAYABLE, PREPAYMENT], _OWING),
    ).fetchall()
