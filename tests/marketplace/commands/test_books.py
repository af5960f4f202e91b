"""The books over the real log: a month closes on its checklist, what comes later counts later, and two sign an entry."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest

from domain.books import AdjustmentCause, AdjustmentPosted, PeriodClosed, Posting
from domain.ids import books_of
from domain.rules.ledger import period_of
from marketplace.commands import books
from marketplace.settlement import reconciliations
from projections import ledger, months
from tests.marketplace.commands.test_fee import refused
from tests.marketplace.settlement.relay import Relay

LINES = (
    Posting(account="bank", company=None, amount_yen=500),
    Posting(account="suspense", company=None, amount_yen=-500),
)


def one_fee(relay: Relay) -> None:
    """Accrued in April, paid on the 20th, sent on by a run."""
    relay.open_street()
    hire = relay.hire()
    relay.work()
    relay.go_to(date(2027, 4, 20))
    relay.pay(hire)
    relay.work()


def reconciled(relay: Relay) -> UUID:
    key = uuid4()
    found = relay.reconcile()
    with relay.office.database.transaction() as connection:
        reconciliations.keep(connection, key, "operator:test", found)
    return key


def close(relay: Relay, month: str = "2027-04") -> None:
    books.close_month(relay.office, relay.by(), month=month)
    relay.worker.project()


def periods(relay: Relay) -> dict[int, tuple[date, str]]:
    with relay.office.database.transaction() as connection:
        found = ledger.lines(connection, limit=1_000)
    return {each.position: (each.effective_on, each.period) for each in found}


def test_a_month_closes_once_it_is_over_read_and_without_a_difference(relay: Relay) -> None:
    one_fee(relay)
    with refused("month-not-over"):
        close(relay)
    relay.go_to(date(2027, 5, 3))
    with refused("month-not-read"):
        close(relay)
    reconciled(relay)
    close(relay)
    (event,) = [e.event for e in relay.office.log.history(books_of("2027-04")) if isinstance(e.event, PeriodClosed)]
    assert event.month == "2027-04"
    assert len(event.trial_balance_hash) == 64
    with refused("period-already-closed"):
        close(relay)
    with relay.office.database.transaction() as connection:
        assert books.first_open_month(connection) == "2027-05"


def test_a_reconciliation_from_before_the_last_entry_is_none_for_closing(relay: Relay) -> None:
    one_fee(relay)
    relay.go_to(date(2027, 5, 3))
    reconciled(relay)
    books.propose_adjustment(
        relay.office, relay.by("aki"), on=date(2027, 4, 30), postings=LINES, cause=AdjustmentCause.PAID_OUTSIDE
    )
    with refused("ledger-behind"):
        close(relay)
    relay.worker.project()
    with refused("adjustment-not-signed"):
        close(relay)
    key = next(iter(books.load(relay.office, "2027-04").state.proposed))
    books.sign_adjustment(relay.office, relay.by("ben"), month="2027-04", adjustment=key)
    relay.worker.project()
    with refused("suspense-not-empty"):
        close(relay)
    back = tuple(Posting(account=each.account, company=None, amount_yen=-each.amount_yen) for each in LINES)
    books.propose_adjustment(
        relay.office, relay.by("aki"), on=date(2027, 4, 30), postings=back, cause=AdjustmentCause.WRONG_ENTRY
    )
    (key,) = books.load(relay.office, "2027-04").state.proposed
    books.sign_adjustment(relay.office, relay.by("ben"), month="2027-04", adjustment=key)
    relay.worker.project()
    with refused("month-not-reconciled"):
        close(relay)
    reconciled(relay)
    close(relay)


def test_a_parked_money_event_keeps_the_month_open(relay: Relay) -> None:
    one_fee(relay)
    relay.go_to(date(2027, 5, 3))
    reconciled(relay)
    relay.rows(
        "INSERT INTO parked (reader, stream, position, error, at) VALUES ('ledger', %s, 1, 'unreadable', now())", uuid4()
    )
    with refused("money-event-parked"):
        close(relay)


def test_what_is_told_after_the_close_counts_in_the_first_open_month_as_the_rule_says(relay: Relay) -> None:
    one_fee(relay)
    relay.go_to(date(2027, 5, 3))
    reconciled(relay)
    close(relay)
    closed_at = relay.office.log.position()
    relay.hire(started_on=date(2027, 4, 15))
    relay.work()
    found = periods(relay)
    late = {place: told for place, told in found.items() if place > closed_at}
    assert {period for on, period in late.values() if on.month == 4} == {"2027-05"}
    with relay.office.database.transaction() as connection:
        closed = {each.month: each.closed_position for each in months.everything(connection).values()}
    for place, (on, period) in found.items():
        before = {month for month, position in closed.items() if position is not None and position < place}
        assert period == period_of(on, before)


def test_an_entry_by_hand_is_posted_by_the_second_signature_and_by_no_other(relay: Relay) -> None:
    relay.open_street()
    day = date(2027, 4, 1)
    books.propose_adjustment(relay.office, relay.by("aki"), on=day, postings=LINES, cause=AdjustmentCause.PAID_OUTSIDE)
    (key,) = books.load(relay.office, "2027-04").state.proposed
    with refused("two-people-must-sign"):
        books.sign_adjustment(relay.office, relay.by("aki"), month="2027-04", adjustment=key)
    assert relay.balances() == {}
    books.sign_adjustment(relay.office, relay.by("ben"), month="2027-04", adjustment=key)
    relay.worker.project()
    assert relay.balances() == {"bank": 500, "suspense": -500}
    with refused("adjustment-not-proposed"):
        books.sign_adjustment(relay.office, relay.by("ben"), month="2027-04", adjustment=key)
    (posted,) = [e.event for e in relay.office.log.history(books_of("2027-04")) if isinstance(e.event, AdjustmentPosted)]
    assert posted.signed_by == ("operator:aki", "operator:ben")


@pytest.mark.parametrize(
    ("lines", "day", "code"),
    [
        (LINES[:1], date(2027, 4, 1), "entry-does-not-balance"),
        ((LINES[0], Posting(account="suspense", company=None, amount_yen=-499)), date(2027, 4, 1), "entry-does-not-balance"),
        ((LINES[0], Posting(account="slot-owed", company=None, amount_yen=-500)), date(2027, 4, 1), "account-unknown"),
        ((LINES[0], Posting(account="petty", company=None, amount_yen=-500)), date(2027, 4, 1), "account-unknown"),
        (LINES, date(2027, 4, 2), "day-in-the-future"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(relay: Relay, lines: tuple[Posting, ...], day: date, code: str) -> None:
    with refused(code):
        books.propose_adjustment(relay.office, relay.by(), on=day, postings=lines, cause=AdjustmentCause.WRONG_ENTRY)


def test_an_entry_that_is_taken_off_the_table_moves_nothing(relay: Relay) -> None:
    day = date(2027, 4, 1)
    books.propose_adjustment(relay.office, relay.by("aki"), on=day, postings=LINES, cause=AdjustmentCause.PAID_OUTSIDE)
    (key,) = books.load(relay.office, "2027-04").state.proposed
    books.drop_adjustment(relay.office, relay.by("aki"), month="2027-04", adjustment=key)
    relay.worker.project()
    assert relay.balances() == {}
    assert relay.rows("SELECT status FROM adjustments") == [("dropped",)]


def test_a_reconciliation_is_signed_for_the_day_before_it(relay: Relay) -> None:
    one_fee(relay)
    relay.go_to(date(2027, 4, 21))
    key = reconciled(relay)
    books.sign_reconciliation(relay.office, relay.by("aki"), reconciliation=key)
    relay.worker.project()
    with relay.office.database.transaction() as connection:
        (signature,) = months.everything(connection)["2027-04"].signatures
    assert (signature.on, signature.difference_yen, signature.signed_by) == (date(2027, 4, 20), 0, "operator:aki")
    with refused("reconciliation-already-signed"):
        books.sign_reconciliation(relay.office, relay.by("ben"), reconciliation=key)
    with refused("not-found"):
        books.sign_reconciliation(relay.office, relay.by(), reconciliation=uuid4())


def test_the_days_name_expected_sent_and_settled_of_every_object(relay: Relay) -> None:
    one_fee(relay)
    with relay.office.database.transaction() as connection:
        found = reconciliations.days(connection, books.month_ends("2027-03"), books.month_ends("2027-04"))
    assert [(each.kind, each.expected_yen, each.sent_yen, each.settled_yen, each.difference_yen) for each in found] == [
        ("transfer", -770_000, -770_000, -770_000, 0),
        ("payment", 1_100_000, 1_100_000, 1_100_000, 0),
    ]
