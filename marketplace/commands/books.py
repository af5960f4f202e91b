"""The books: a month is closed on a checklist, a day's reconciliation signed, an entry by hand signed by two, an export told."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from uuid import UUID

import msgspec

from domain import books as decide
from domain.books import AdjustmentCause, Books, Checklist, Posting, month_of
from domain.calendar import jst_date, start_of_jst_day
from domain.ids import books_of
from domain.refusal import Refused
from domain.rules.ledger import next_month
from marketplace.commands.office import Office, new_id, once
from marketplace.settlement import reconciliations
from marketplace.store.database import Connection
from marketplace.store.log import Appended, Command, Loaded
from projections import ledger, months

LEDGER = ledger.PROJECTION.name


@once
def close_month(office: Office, command: Command, /, *, month: str) -> Appended:
    """Close the books of a month; what is told later falls into the next open one.

    Refuses what `check_list` and `close_period` refuse, and `ledger-behind` while the ledger has not read the whole log.
    """
    loaded, position = load(office, month), office.log.position()
    with office.database.transaction() as connection:
        if _ledger_position(connection) < position: raise Refused("ledger-behind")
        found = checklist(connection, loaded.state, month)
        first = first_open_month(connection) or month
        balance = ledger.trial_balance(connection, month, position)
    closed = decide.close_period(
        loaded.state,
        month=month,
        position=position,
        trial_balance_hash=hashlib.sha256(msgspec.json.encode(balance)).hexdigest(),
        today=jst_date(command.now),
        parked_money_events=found.parked_money_events,
        first_open_month=first,
    )
    decide.check_list(found)
    return office.log.append(command, {books_of(month): (loaded.version, [closed])})


@once
def sign_reconciliation(office: Office, command: Command, /, *, reconciliation: UUID) -> Appended:
    """A person stands for what a reconciliation showed at the end of a day. Refuses `not-found`, `day-not-over`."""
    with office.database.transaction() as connection:
        kept = reconciliations.one(connection, reconciliation)
    if kept is None: raise Refused("not-found")
    # What was compared in the course of a day says how the day before ended.
    on = date.fromordinal(jst_date(kept.at).toordinal() - 1)
    loaded = load(office, month_of(on))
    signed = decide.sign_reconciliation(
        loaded.state,
        on=on,
        position=kept.position,
        difference_yen=kept.difference_yen,
        signed_by=command.actor,
        today=jst_date(command.now),
    )
    return office.log.append(command, {books_of(month_of(on)): (loaded.version, [signed])})


@once
def propose_adjustment(
    office: Office, command: Command, /, *, on: date, postings: tuple[Posting, ...], cause: AdjustmentCause
) -> Appended:
    """One person writes an entry by hand; nothing is posted before a second one signs it."""
    month = month_of(on)
    loaded = load(office, month)
    proposed = decide.propose_adjustment(
        loaded.state,
        adjustment=adjustment_of(command),
        postings=postings,
        cause=cause,
        signed_by=command.actor,
        on=on,
        today=jst_date(command.now),
    )
    return office.log.append(command, {books_of(month): (loaded.version, [proposed])})


@once
def sign_adjustment(office: Office, command: Command, /, *, month: str, adjustment: UUID) -> Appended:
    """A second person signs it: it is posted. Refuses `two-people-must-sign`, `adjustment-not-proposed`."""
    loaded = load(office, month)
    events = decide.sign_adjustment(loaded.state, adjustment=adjustment, by=command.actor)
    return office.log.append(command, {books_of(month): (loaded.version, list(events))})


@once
def drop_adjustment(office: Office, command: Command, /, *, month: str, adjustment: UUID) -> Appended:
    """It is taken off the table, by anybody of finance. Refuses `adjustment-not-proposed`."""
    loaded = load(office, month)
    event = decide.drop_adjustment(loaded.state, adjustment=adjustment, by=command.actor)
    return office.log.append(command, {books_of(month): (loaded.version, [event])})


@once
def record_export(office: Office, command: Command, /, *, month: str) -> Appended:
    """A month's entries are handed over as a file. Refuses `export-range-empty` where there is none."""
    loaded = load(office, month)
    with office.database.transaction() as connection:
        first, last = ledger.range_of(connection, month)
    event = decide.record_export(from_position=first, to_position=last, file_format="csv")
    return office.log.append(command, {books_of(month): (loaded.version, [event])})


def adjustment_of(command: Command) -> UUID:
    """The id of the entry that a proposal makes."""
    return new_id(command, "adjustment")


def load(office: Office, month: str) -> Loaded[Books]:
    """The books of one month."""
    return office.log.load(books_of(month), decide.INITIAL, decide.evolve)


def checklist(connection: Connection, books: Books, month: str) -> Checklist:
    """How the month stands now."""
    over = month_ends(month)
    parked = connection.execute("SELECT count(*) FROM parked WHERE reader = %s", (LEDGER,)).fetchone()
    suspense = ledger.balances(connection).get("suspense", 0)
    settled = reconciliations.settled_since(connection, over)
    return Checklist(
        parked_money_events=parked[0] if parked else 0,
        suspense_yen=suspense,
        is_complete=reconciliations.is_taken_since(connection, over),
        is_reconciled=settled is not None and settled.position >= ledger.range_of(connection, month)[1],
        open_adjustments=len(books.proposed),
    )


def first_open_month(connection: Connection) -> str | None:
    """The month that is closed next: the one after the last closed, else that of the first entry; None before any."""
    closed = [each.month for each in months.everything(connection).values() if each.closed_position is not None]
    return next_month(max(closed)) if closed else ledger.first_month(connection)


def month_ends(month: str) -> datetime:
    """The first moment after a month, in Japan."""
    return start_of_jst_day(date.fromisoformat(f"{next_month(month)}-01"))


def _ledger_position(connection: Connection) -> int:
    row = connection.execute("SELECT position FROM projection_position WHERE name = %s", (LEDGER,)).fetchone()
    return row[0] if row else 0
