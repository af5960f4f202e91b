from __future__ import annotations

from datetime import date
from typing import get_args
from uuid import UUID

import pytest

from domain import account as acc
from domain import books, fee, treasury
from domain.company import CompanyReinstated, RewardMode
from domain.event import Event, MoneyEvent
from domain.fee import Leg, ReturnLeg
from domain.ids import FeeId, VaultRef
from domain.rules.ledger import MEMO, next_month, period_of, post
from domain.rules.ledger_accounts import ALL_ACCOUNTS, SLOT
from tests.domain.money_examples import (
    AFTER_ON,
    CREDIT_ID,
    FEE,
    HALVES,
    HIRING,
    LEFT_ON,
    OTHER,
    PAID_ON,
    SLOT_ID,
    SOURCE,
    accrual,
    entry,
    fee_after,
    paid,
    recorded,
    returned,
    transferred,
)

ON = PAID_ON
ID = UUID(int=99)
OTHER_FEE = FeeId(UUID(int=98))
REF = VaultRef(UUID(int=97))
TO_CREDIT = {SOURCE: RewardMode.CREDIT, OTHER: RewardMode.CREDIT}
CASH_LEG = Leg(source=SOURCE, mode=RewardMode.CASH, amount_yen=770_000)
RETURNED = [("contra-revenue", 150_000), ("tax-output", 15_000)]

TABLE: list[tuple[str, Event, list[tuple[str, int]]]] = [
    (
        "accrued, agent",
        accrual(),
        [
            ("receivable:hiring", 1_100_000),
            ("payable:source", -770_000),
            ("commission", -300_000),
            ("tax-output", -30_000),
        ],
    ),
    (
        "accrued, principal",
        accrual(modes=TO_CREDIT),
        [("receivable:hiring", 1_100_000), ("revenue", -1_000_000), ("tax-output", -100_000)],
    ),
    (
        "accrued, nobody knows yet for whom",
        accrual(shares=None),
        [
            ("receivable:hiring", 1_100_000),
            ("payable:unassigned", -770_000),
            ("commission", -300_000),
            ("tax-output", -30_000),
        ],
    ),
    (
        "payment settled",
        fee.PaymentSettled(
            effective_on=ON,
            hiring=HIRING,
            charge="py_1",
            balance_transaction="txn_1",
            gross_yen=1_100_000,
            provider_fee_yen=16_500,
        ),
        [("clearing", 1_083_500), ("stripe-fees", 16_500), ("receivable:hiring", -1_100_000)],
    ),
    (
        "overpayment received",
        fee.OverpaymentReceived(effective_on=ON, hiring=HIRING, balance_transaction="txn_2", amount_yen=900),
        [("clearing", 900), ("prepayment", -900)],
    ),
    (
        "prepayment applied",
        fee.PrepaymentApplied(effective_on=ON, hiring=HIRING, amount_yen=900),
        [("prepayment", 900), ("receivable:hiring", -900)],
    ),
    (
        "transfer requested",
        fee.TransferRequested(
            effective_on=ON, intent=ID, beneficiary=SOURCE, tranche=1, amount_yen=770_000, charge="py_1"
        ),
        [("payable:source", 770_000), ("transfer-in-flight", -770_000)],
    ),
    (
        "transfer posted",
        fee.TransferPosted(
            effective_on=ON,
            intent=ID,
            beneficiary=SOURCE,
            tranche=1,
            amount_yen=770_000,
            transfer="tr_1",
            balance_transaction="txn_3",
        ),
        [("transfer-in-flight", 770_000), ("clearing", -770_000)],
    ),
    (
        "transfer voided",
        fee.TransferVoided(
            effective_on=ON,
            intent=ID,
            beneficiary=SOURCE,
            tranche=1,
            amount_yen=770_000,
            cause="transfers_not_allowed",
        ),
        [("transfer-in-flight", 770_000), ("payable:source", -770_000)],
    ),
    (
        "transfer voided, after the person had left",
        fee.TransferVoided(
            effective_on=ON,
            intent=ID,
            beneficiary=SOURCE,
            tranche=1,
            amount_yen=770_000,
            cause="x",
            netted_yen=385_000,
        ),
        [("transfer-in-flight", 770_000), ("payable:source", -385_000), ("clawback:source", -385_000)],
    ),
    (
        "return, agent, unpaid: the receivable first, out of the payable",
        returned(fee_after(accrual()))[0],
        [*RETURNED, ("payable:source", 385_000), ("receivable:hiring", -550_000)],
    ),
    (
        "return, agent, paid and sent on: claw-back and refund",
        returned(transferred())[0],
        [*RETURNED, ("clawback:source", 385_000), ("refund-payable", -550_000)],
    ),
    (
        "return, agent, half paid",
        returned(paid(fee_after(accrual()), 700_000), 8_000)[0],
        [
            ("contra-revenue", 240_000),
            ("tax-output", 24_000),
            ("payable:source", 616_000),
            ("receivable:hiring", -400_000),
            ("refund-payable", -480_000),
        ],
    ),
    (
        "return, principal",
        returned(paid(fee_after(accrual(modes=TO_CREDIT))))[0],
        [("contra-revenue", 500_000), ("tax-output", 50_000), ("refund-payable", -550_000)],
    ),
    (
        "transfer reversed",
        fee.TransferReversed(
            effective_on=ON,
            intent=ID,
            source=SOURCE,
            transfer="tr_1",
            reversal="trr_1",
            balance_transaction="txn_4",
            amount_yen=385_000,
        ),
        [("clearing", 385_000), ("clawback:source", -385_000)],
    ),
    (
        "claw-back netted",
        acc.ClawbackNetted(effective_on=ON, company=SOURCE, owed_for=FEE, paid_from=OTHER_FEE, amount_yen=5),
        [("payable:source", 5), ("clawback:source", -5)],
    ),
    (
        "refund settled",
        fee.RefundSettled(
            effective_on=ON, intent=ID, hiring=HIRING, refund="re_1", balance_transaction="txn_5", amount_yen=550_000
        ),
        [("refund-payable", 550_000), ("clearing", -550_000)],
    ),
    (
        "refund failed",
        fee.RefundFailed(
            effective_on=ON,
            hiring=HIRING,
            refund="re_1",
            balance_transaction="txn_6",
            amount_yen=550_000,
            cause="closed",
        ),
        [("clearing", 550_000), ("refund-payable", -550_000)],
    ),
    (
        "written off",
        fee.FeeWrittenOff(
            effective_on=ON,
            hiring=HIRING,
            receivable_yen=1_100_000,
            legs=(CASH_LEG,),
            bad_debt_yen=300_000,
            tax_yen=30_000,
            legal_ground_ref=REF,
        ),
        [
            ("payable:source", 770_000),
            ("bad-debt", 300_000),
            ("tax-output", 30_000),
            ("receivable:hiring", -1_100_000),
        ],
    ),
    (
        "recovered",
        fee.FeeRecovered(
            effective_on=ON,
            hiring=HIRING,
            charge="py_2",
            balance_transaction="txn_7",
            amount_yen=1_100_000,
            provider_fee_yen=0,
            legs=(CASH_LEG,),
            bad_debt_yen=300_000,
            tax_yen=30_000,
        ),
        [("clearing", 1_100_000), ("payable:source", -770_000), ("bad-debt", -300_000), ("tax-output", -30_000)],
    ),
    (
        "credit granted",
        acc.CreditGranted(
            effective_on=ON, company=SOURCE, fee=FEE, credit=CREDIT_ID, amount_yen=770_000, expires_on=AFTER_ON
        ),
        [("contra-reward", 770_000), ("credit", -770_000)],
    ),
    (
        "credit applied",
        acc.CreditApplied(effective_on=ON, company=SOURCE, credit=CREDIT_ID, fee=FEE, amount_yen=5),
        [("credit", 5), ("receivable:hiring", -5)],
    ),
    (
        "credit expired",
        acc.CreditExpired(effective_on=ON, company=SOURCE, credit=CREDIT_ID, amount_yen=5),
        [("credit", 5), ("breakage", -5)],
    ),
    (
        "slot granted",
        acc.SlotGranted(effective_on=ON, company=SOURCE, fee=FEE, slot=SLOT_ID),
        [("slot-issued", 1), ("slot-owed", -1)],
    ),
    (
        "slot used",
        acc.SlotUsed(effective_on=ON, company=SOURCE, slot=SLOT_ID, fee=FEE),
        [("slot-owed", 1), ("slot-issued", -1)],
    ),
    (
        "platform payout created",
        treasury.PlatformPayoutCreated(effective_on=ON, payout="po_1", balance_transaction="txn_8", amount_yen=5),
        [("in-transit", 5), ("clearing", -5)],
    ),
    (
        "platform payout paid",
        treasury.PlatformPayoutPaid(effective_on=ON, payout="po_1", amount_yen=5),
        [("bank", 5), ("in-transit", -5)],
    ),
    (
        "platform payout failed",
        treasury.PlatformPayoutFailed(effective_on=ON, payout="po_1", balance_transaction="txn_9", amount_yen=5),
        [("clearing", 5), ("in-transit", -5)],
    ),
    (
        "platform payout failed after it was paid",
        treasury.PlatformPayoutFailed(
            effective_on=ON, payout="po_1", balance_transaction="txn_9", amount_yen=5, was_paid=True
        ),
        [("clearing", 5), ("bank", -5)],
    ),
    (
        "topped up",
        treasury.ToppedUp(effective_on=ON, balance_transaction="txn_10", amount_yen=5),
        [("clearing", 5), ("bank", -5)],
    ),
    (
        "Stripe's own fee",
        treasury.StripeFeeCharged(effective_on=ON, balance_transaction="txn_11", amount_yen=110, tax_yen=10),
        [("stripe-fees", 100), ("tax-input", 10), ("clearing", -110)],
    ),
    (
        "unknown movement in",
        treasury.UnknownMovementSeen(effective_on=ON, balance_transaction="txn_12", kind="x", amount_yen=7),
        [("clearing", 7), ("suspense", -7)],
    ),
    (
        "unknown movement out",
        treasury.UnknownMovementSeen(effective_on=ON, balance_transaction="txn_12", kind="x", amount_yen=-7),
        [("clearing", -7), ("suspense", 7)],
    ),
    (
        "adjusted after the old one had been paid",
        fee.FeeAdjusted(effective_on=ON, old=accrual(), new=accrual(base_yen=4_500_000), excess_yen=110_000),
        [
            ("receivable:hiring", -1_100_000),
            ("payable:source", 770_000),
            ("commission", 300_000),
            ("tax-output", 30_000),
            ("receivable:hiring", 990_000),
            ("payable:source", -693_000),
            ("commission", -270_000),
            ("tax-output", -27_000),
            ("receivable:hiring", 110_000),
            ("prepayment", -110_000),
        ],
    ),
    (
        "dispute opened",
        fee.DisputeOpened(
            effective_on=ON,
            dispute="du_1",
            balance_transaction="txn_13",
            amount_yen=1_100_000,
            provider_fee_yen=1_500,
        ),
        [("dispute-withheld", 1_100_000), ("stripe-fees", 1_500), ("clearing", -1_101_500)],
    ),
    (
        "dispute won",
        fee.DisputeWon(effective_on=ON, dispute="du_1", balance_transaction="txn_14", amount_yen=1_100_000),
        [("clearing", 1_100_000), ("dispute-withheld", -1_100_000)],
    ),
    (
        "dispute lost",
        fee.DisputeLost(
            effective_on=ON,
            dispute="du_1",
            amount_yen=1_100_000,
            loss_yen=330_000,
            legs=(ReturnLeg(source=SOURCE, from_payable_yen=0, from_clawback_yen=770_000),),
        ),
        [("dispute-loss", 330_000), ("clawback:source", 770_000), ("dispute-withheld", -1_100_000)],
    ),
    (
        "shares allocated",
        fee.SharesAllocated(effective_on=ON, legs=(CASH_LEG,), whole_legs=(CASH_LEG,)),
        [("payable:unassigned", 770_000), ("payable:source", -770_000)],
    ),
    (
        "adjustment by hand",
        books.AdjustmentPosted(
            effective_on=ON,
            postings=(
                books.Posting(account="suspense", company=None, amount_yen=7),
                books.Posting(account="bank", company=None, amount_yen=-7),
            ),
            reason="bank charge",
            signed_by=("a", "b"),
        ),
        [("suspense", 7), ("bank", -7)],
    ),
]
EVENTS = [*get_args(fee.FeeEvent), *get_args(acc.AccountEvent), *get_args(treasury.TreasuryEvent)]
EVENTS += get_args(books.BooksEvent)


@pytest.mark.parametrize(("event", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_each_money_event_posts_what_the_table_of_entries_says(event: Event, expected: list[tuple[str, int]]) -> None:
    assert entry(event) == expected
    assert sum(amount for _, amount in expected) == 0
    assert {account for account, _ in expected} <= ALL_ACCOUNTS


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: str(kind.__name__))
def test_every_event_of_a_money_stream_is_posted_or_named_as_a_memo(kind: type[Event]) -> None:
    posted = {type(row[1]) for row in TABLE}
    assert (kind in posted) != (kind in MEMO)
    assert issubclass(kind, MoneyEvent) == (kind in posted)


def test_the_parts_of_a_company_stand_under_its_name() -> None:
    lines = post(recorded(accrual(shares=HALVES)))
    assert [(line.account, line.company, line.amount_yen) for line in lines] == [
        ("receivable:hiring", HIRING, 1_100_000),
        ("payable:source", SOURCE, -385_000),
        ("payable:source", OTHER, -385_000),
        ("commission", None, -300_000),
        ("tax-output", None, -30_000),
    ]


def test_a_slot_is_counted_apart_from_yen() -> None:
    lines = post(recorded(acc.SlotGranted(effective_on=ON, company=SOURCE, fee=FEE, slot=SLOT_ID)))
    assert {line.currency for line in lines} == {SLOT}


def test_a_memo_and_an_event_of_another_stream_post_nothing() -> None:
    assert entry(fee.PayableOffset(source=SOURCE, amount_yen=5, owed_for=OTHER_FEE)) == []
    assert entry(fee.FeeHeld(cause="looking into it")) == []
    assert entry(CompanyReinstated()) == []


def test_an_entry_counts_in_its_own_month_while_that_is_open() -> None:
    assert period_of(LEFT_ON, frozenset()) == "2027-06"
    assert period_of(LEFT_ON, {"2027-04", "2027-05"}) == "2027-06"


def test_a_late_fact_counts_in_the_first_open_month() -> None:
    assert period_of(LEFT_ON, {"2027-05", "2027-06"}) == "2027-07"
    assert period_of(date(2027, 12, 31), {"2027-12"}) == "2028-01"
    assert next_month("2027-09") == "2027-10"
