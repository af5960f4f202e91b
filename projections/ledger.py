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


PERIOD = """greatest(to_char(ledger.effective_on, 'YYYY-MM'), coalesce((SELECT to_char(
    to_date(max(m.month), 'YYYY-MM') + interval '1 month', 'YYYY-MM') FROM months m WHERE m.closed_position < ledger.position),
    ''))"""
"""`domain.rules.ledger.period_of` in SQL: a line's own month, or the first that was open at its position if that is later."""


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
    period: str
    balance_yen: int


def lines(
    connection: psycopg.Connection[Any],
    *,
    account: str | None = None,
    company: UUID | None = None,
    stream: UUID | None = None,
    introduction: UUID | None = None,
    period: str | None = None,
    kind: str | None = None,
    after: int = 0,
    limit: int = 100,
) -> list[Running]:
    """Lines in the order of the facts, each with its account's running balance; for the operator's finance.

    `period` (a month, `2027-03`) and `kind` choose among the lines; the balance beside each is the account's all the same.
    """
    row = connection.execute(
        "SELECT coalesce(json_agg(l ORDER BY l.id), '[]')::text FROM (SELECT * FROM ("
        f" SELECT ledger.*, {PERIOD} AS period,"
        " sum(amount_yen) OVER (PARTITION BY account, company, currency ORDER BY id)::bigint AS balance_yen"
        " FROM ledger WHERE (%(account)s::text IS NULL OR account = %(account)s)"
        " AND (%(company)s::uuid IS NULL OR company = %(company)s)"
        " AND (%(stream)s::uuid IS NULL OR stream = %(stream)s)"
        " AND (%(introduction)s::uuid IS NULL OR stream IN"
        " (SELECT fee FROM fees WHERE introduction = %(introduction)s))) running"
        " WHERE id > %(after)s AND (%(period)s::text IS NULL OR period = %(period)s)"
        " AND (%(kind)s::text IS NULL OR kind = %(kind)s) ORDER BY id LIMIT %(limit)s) l",
        {
            "account": account,
            "company": company,
            "stream": stream,
            "introduction": introduction,
            "period": period,
            "kind": kind,
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


def trial_balance(connection: psycopg.Connection[Any], period: str, until: int) -> list[tuple[str, UUID | None, str, int]]:
    """Account, company, currency and sum of what counts in a month, up to a position; in a fixed order."""
    found = connection.execute(
        "SELECT account, company, currency, sum(amount_yen)::bigint FROM ledger"
        f" WHERE position <= %s AND {PERIOD} = %s GROUP BY 1, 2, 3 ORDER BY 1, 2 NULLS FIRST, 3",
        (until, period),
    )
    return found.fetchall()


def range_of(connection: psycopg.Connection[Any], period: str) -> tuple[int, int]:
    """The first and last position of what counts in a month; noughts where there is nothing."""
    row = connection.execute(
        f"SELECT coalesce(min(position), 0), coalesce(max(position), 0) FROM ledger WHERE {PERIOD} = %s",
        (period,),
    ).fetchone()
    return (row[0], row[1]) if row else (0, 0)


def first_month(connection: psycopg.Connection[Any]) -> str | None:
    """The month of the earliest line; None while nothing was posted."""
    row = connection.execute("SELECT to_char(min(effective_on), 'YYYY-MM') FROM ledger").fetchone()
    return row[0] if row else None


def kinds(connection: psycopg.Connection[Any]) -> list[str]:
    """The kinds of facts that posted a line."""
    found = connection.execute("SELECT DISTINCT kind FROM ledger ORDER BY kind")
    return [row[0] for row in found.fetchall()]


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
