"""Rule 10: every entry sums to zero, all entries sum to zero, and every line is the posting of its event."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from uuid import UUID

import msgspec

from domain.event import Recorded
from domain.events import AnyEvent
from domain.rules.ledger import post
from marketplace.run.check.invariant import BATCH, Answer, Context, Finding, Invariant, found
from marketplace.store.database import Connection, without_haste
from marketplace.work.project import parked_streams
from projections import ledger

NAME = "ledger-sums-to-zero"


def check(context: Context) -> Answer:
    """The first line that is missing, altered or of no event, or the first entry that does not balance."""
    with context.database.transaction() as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        without_haste(connection)
        row = connection.execute("SELECT position FROM projection_position WHERE name = 'ledger'").fetchone()
        until = row[0] if row else 0
        parked = parked_streams(connection, ledger.PROJECTION.name)
        events, after = context.events(until), 0
        while batch := list(islice(events, BATCH)):
            if (finding := _compare(connection, batch, after, parked)) is not None:
                return finding
            after = batch[-1].position
        return _beyond(connection, after) or _total(connection)


def _compare(
    connection: Connection, batch: Sequence[Recorded[AnyEvent]], after: int, parked: set[UUID]
) -> Finding | None:
    expected: dict[int, ledger.Line] = {}
    for entry in batch:
        if (currency := _unbalanced(entry)) is not None:
            return found(NAME, "entry", entry.position, currency=currency)
        if entry.stream not in parked:
            expected |= {int(key): ledger.fold(int(key), None, entry) for key in ledger.touches(entry)}
    there = _lines(connection, after, batch[-1].position)
    for key in sorted(expected.keys() | there.keys()):
        mine, theirs = expected.get(key), there.get(key)
        if mine == theirs or (theirs is not None and theirs.stream in parked):
            continue
        line = mine or theirs
        if line is not None:
            what = "line-missing" if theirs is None else "line-extra" if mine is None else "line-altered"
            return _line(what, key, line.position, line.account, line.amount_yen, line.stream)
    return None


def _unbalanced(entry: Recorded[AnyEvent]) -> str | None:
    sums: dict[str, int] = {}
    for line in post(entry):
        sums[line.currency] = sums.get(line.currency, 0) + line.amount_yen
    return next((currency for currency, total in sums.items() if total), None)


def _lines(connection: Connection, after: int, until: int) -> dict[int, ledger.Line]:
    row = connection.execute(
        "SELECT coalesce(json_agg(l), '[]')::text FROM ledger l WHERE l.position > %s AND l.position <= %s",
        (after, until),
    ).fetchone()
    return {line.id: line for line in msgspec.json.decode(row[0] if row else "[]", type=list[ledger.Line])}


def _beyond(connection: Connection, after: int) -> Finding | None:
    """A line after the last event that was folded can be of no event."""
    row = connection.execute(
        "SELECT id, position, account, amount_yen, stream FROM ledger WHERE position > %s ORDER BY id LIMIT 1", (after,)
    ).fetchone()
    if row is None:
        return None
    return _line("line-extra", *row)


def _line(what: str, key: int, position: int, account: str, yen: int, stream: UUID) -> Finding:
    return found(NAME, what, key, position=position, account=account, yen=f"{yen:+,}", stream=stream)


def _total(connection: Connection) -> Finding | None:
    row = connection.execute(
        "SELECT currency, sum(amount_yen)::bigint FROM ledger GROUP BY currency HAVING sum(amount_yen) <> 0"
        " ORDER BY currency LIMIT 1"
    ).fetchone()
    return None if row is None else found(NAME, "total", row[0], yen=f"{row[1]:+,}")


INVARIANT = Invariant(name=NAME, check=check)
