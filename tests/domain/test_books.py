from __future__ import annotations

from datetime import date
from typing import Any

from domain import books
from domain.books import INITIAL, AdjustmentPosted, Books, PeriodClosed, Posting, evolve
from tests.domain.money_examples import refused

TODAY = date(2027, 5, 6)
PAIR = (
    Posting(account="suspense", company=None, amount_yen=7),
    Posting(account="bank", company=None, amount_yen=-7),
)


def close(state: Books = INITIAL, **changes: Any) -> PeriodClosed:
    given: dict[str, Any] = {
        "month": "2027-04",
        "position": 90,
        "trial_balance_hash": "ab",
        "today": TODAY,
        "parked_money_events": 0,
        "first_open_month": "2027-04",
    }
    return books.close_period(state, **(given | changes))


def adjust(state: Books = INITIAL, **changes: Any) -> AdjustmentPosted:
    given: dict[str, Any] = {"postings": PAIR, "reason": "bank charge", "signed_by": ("aki", "ben"), "on": TODAY}
    return books.post_adjustment(state, **(given | changes))


def test_a_month_is_closed_once_after_it_is_over() -> None:
    closed = evolve(INITIAL, close())
    assert closed.closed_at == 90
    with refused("period-already-closed"): close(closed)
    with refused("month-not-over"): close(month="2027-05", first_open_month="2027-05")


def test_a_month_is_not_closed_before_the_month_before_it() -> None:
    with refused("earlier-month-still-open"): close(first_open_month="2027-03")


def test_a_month_is_not_closed_while_a_money_event_is_parked() -> None:
    with refused("money-event-parked"): close(parked_money_events=1)


def test_an_adjustment_is_signed_by_two_different_people() -> None:
    assert adjust().signed_by == ("aki", "ben")
    for signers in (("aki", "aki"), ("aki", ""), ("aki", " aki ")):
        with refused("two-people-must-sign"): adjust(signed_by=signers)


def test_an_adjustment_balances_and_says_why() -> None:
    with refused("entry-does-not-balance"): adjust(postings=PAIR[:1])
    with refused("entry-does-not-balance"): adjust(postings=())
    with refused("entry-does-not-balance"): adjust(postings=(*PAIR, Posting(account="x", company=None, amount_yen=0)))
    with refused("reason-missing"): adjust(reason="  ")


def test_an_adjustment_is_reversible_like_any_entry() -> None:
    reverse = adjust(postings=books.reversed_postings(PAIR))
    assert [posting.amount_yen for posting in reverse.postings] == [-7, 7]


def test_a_closed_month_takes_no_adjustment() -> None:
    with refused("period-already-closed"): adjust(evolve(INITIAL, close()))


def test_a_day_is_signed_after_it_is_over_and_again_only_at_a_later_position() -> None:
    def sign(state: Books, position: int, on: date = date(2027, 5, 5), by: str = "aki") -> books.ReconciliationSigned:
        return books.sign_reconciliation(
            state, on=on, position=position, difference_yen=0, signed_by=by, today=TODAY
        )

    with refused("day-not-over"): sign(INITIAL, 90, on=TODAY)
    with refused("signer-missing"): sign(INITIAL, 90, by=" ")
    signed = evolve(INITIAL, sign(INITIAL, 90))
    with refused("reconciliation-already-signed"): sign(signed, 90)
    assert sign(signed, 91).position == 91


def test_an_export_is_of_a_range() -> None:
    exported = books.record_export(from_position=1, to_position=9, file_format="csv")
    assert evolve(INITIAL, exported).exports == (exported,)
    with refused("export-range-empty"): books.record_export(from_position=9, to_position=1, file_format="csv")
