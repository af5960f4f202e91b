from __future__ import annotations

from uuid import UUID

from msgspec.structs import replace

from domain.fee import Fee, FeeRecovered, InvoiceIssued, OverpaymentReceived, PaymentSettled
from domain.ids import CompanyId, HireId, VaultRef, fee_of
from domain.rules import fee_collection
from tests.domain.money_examples import (
    LATE_ON,
    PAID_ON,
    SOURCE,
    accrual,
    fee_after,
    further,
    paid,
    refused,
    returned,
)

GROUND = VaultRef(UUID(int=60))
OWED = fee_after(accrual())


def issued(fee: Fee) -> InvoiceIssued:
    assert fee.invoice is not None
    return fee_collection.invoice_issued(
        fee,
        intent=fee.invoice.intent,
        invoice_no="2027-0001",
        provider_invoice="in_1",
        total_yen=fee.invoice.total_yen,
        due_on=LATE_ON,
    )


def test_an_invoice_is_over_what_is_open_and_asked_for_once() -> None:
    asked = fee_collection.request_invoice(OWED)
    assert asked.total_yen == 1_100_000
    fee = further(OWED, [asked])
    with refused("invoice-already-requested"): fee_collection.request_invoice(fee)
    fee = further(fee, [issued(fee)])
    with refused("invoice-already-issued"): issued(fee)


def test_an_invoice_that_differs_from_what_is_owed_is_not_issued() -> None:
    asked = fee_collection.request_invoice(OWED)
    fee = further(OWED, [asked])
    with refused("invoice-total-differs"):
        fee_collection.invoice_issued(
            fee, intent=asked.intent, invoice_no="1", provider_invoice="in_1", total_yen=1_100_001, due_on=LATE_ON
        )
    with refused("invoice-not-requested"):
        fee_collection.invoice_issued(
            fee, intent=UUID(int=0), invoice_no="1", provider_invoice="in_1", total_yen=1_100_000, due_on=LATE_ON
        )


def test_after_a_return_the_unpaid_invoice_is_voided_and_asked_for_anew() -> None:
    fee = further(OWED, [fee_collection.request_invoice(OWED)])
    with refused("no-invoice-in-force"): fee_collection.void_invoice(fee)
    fee = further(fee, [issued(fee)])
    fee = further(fee, returned(fee))
    first = fee.invoice
    fee = further(fee, [fee_collection.void_invoice(fee)])
    again = fee_collection.request_invoice(fee)
    assert again.total_yen == 550_000
    assert first is not None
    assert again.intent != first.intent


def test_a_fee_of_nothing_has_no_invoice() -> None:
    with refused("nothing-to-invoice"): fee_collection.request_invoice(paid(OWED))


def test_an_under_payment_leaves_the_rest_open_and_uncollected() -> None:
    fee = paid(OWED, 600_000)
    assert (fee.open_yen, fee.kept_yen, fee.collected_on) == (500_000, 600_000, None)
    assert paid(fee, 500_000, name="2", on=LATE_ON).collected_on == LATE_ON


def test_what_is_paid_too_much_waits_as_prepayment() -> None:
    events = fee_collection.settle_payment(
        OWED, charge="py_1", balance_transaction="txn_1", gross_yen=1_150_000, provider_fee_yen=16_500, on=PAID_ON
    )
    settled, over = events
    assert isinstance(settled, PaymentSettled)
    assert (settled.gross_yen, settled.provider_fee_yen) == (1_100_000, 16_500)
    assert isinstance(over, OverpaymentReceived)
    assert over.amount_yen == 50_000
    assert further(OWED, events).prepayment_yen == 50_000


def test_a_payment_told_twice_is_recorded_once() -> None:
    with refused("movement-already-recorded"): paid(paid(OWED))


def test_a_prepayment_pays_the_next_fee_of_the_same_company_once() -> None:
    waiting = paid(OWED, 1_150_000)
    other = replace(accrual(), fee=fee_of(HireId(UUID(int=70))))
    spent, applied = fee_collection.apply_prepayment(waiting, fee_after(other), on=LATE_ON)
    assert (spent.amount_yen, spent.paid_to, applied.amount_yen) == (50_000, other.fee, 50_000)
    assert fee_after(other, applied).open_yen == 1_050_000
    with refused("no-prepayment-waiting"):
        fee_collection.apply_prepayment(further(waiting, [spent]), fee_after(other), on=LATE_ON)
    with refused("prepayment-of-another-company"):
        stranger = fee_after(replace(other, hiring=CompanyId(UUID(int=71))))
        fee_collection.apply_prepayment(waiting, stranger, on=LATE_ON)


def test_a_write_off_takes_the_sources_part_with_it() -> None:
    written = fee_collection.write_off(OWED, legal_ground_ref=GROUND, on=LATE_ON)
    assert (written.receivable_yen, written.bad_debt_yen, written.tax_yen) == (1_100_000, 300_000, 30_000)
    assert [leg.amount_yen for leg in written.legs] == [770_000]
    fee = further(OWED, [written])
    assert (fee.open_yen, fee.parts[SOURCE].payable_yen) == (0, 0)
    with refused("nothing-to-write-off"): fee_collection.write_off(fee, legal_ground_ref=GROUND, on=LATE_ON)


def test_what_was_collected_before_a_write_off_is_still_the_sources() -> None:
    fee = paid(OWED, 550_000)
    fee = further(fee, [fee_collection.write_off(fee, legal_ground_ref=GROUND, on=LATE_ON)])
    assert fee.parts[SOURCE].payable_yen == 385_000


def test_what_was_written_off_and_paid_after_all_comes_back_to_everybody() -> None:
    fee = further(OWED, [fee_collection.write_off(OWED, legal_ground_ref=GROUND, on=LATE_ON)])
    (recovered,) = fee_collection.settle_payment(
        fee, charge="py_9", balance_transaction="txn_9", gross_yen=1_100_000, provider_fee_yen=1_000, on=LATE_ON
    )
    assert isinstance(recovered, FeeRecovered)
    assert (recovered.bad_debt_yen, recovered.tax_yen, recovered.provider_fee_yen) == (300_000, 30_000, 1_000)
    fee = further(fee, [recovered])
    assert (fee.written_off_yen, fee.parts[SOURCE].payable_yen, fee.kept_yen) == (0, 770_000, 1_100_000)


def test_after_a_write_off_a_leave_only_caps_recovery() -> None:
    fee = further(OWED, [fee_collection.write_off(OWED, legal_ground_ref=GROUND, on=LATE_ON)])
    (determined,) = events = returned(fee)
    assert getattr(determined, "total_yen", None) == 0
    fee = further(fee, events)
    assert fee_collection.recoverable_yen(fee) == 550_000
    fee = paid(fee, 1_100_000)
    assert (fee.kept_yen, fee.prepayment_yen, fee.parts[SOURCE].payable_yen) == (550_000, 550_000, 385_000)
