from __future__ import annotations

from uuid import UUID

from msgspec.structs import replace

from domain import account as accounts
from domain.fee import Fee, evolve
from domain.ids import HireId, fee_of
from domain.rules import clawback_netting, fee_release, fee_return
from tests.domain.money_examples import (
    FEE,
    LATE_ON,
    PAID_ON,
    SOURCE,
    STARTED_ON,
    accrual,
    collected,
    fee_after,
    further,
    paid,
    ready_account,
    refused,
    returned,
    terms,
    transferred,
)

NEXT_FEE = fee_of(HireId(UUID(int=70)))


def owing() -> Fee:
    """The source spent its 770,000 yen, the person left, and the reversal found nothing to take."""
    fee = further(transferred(), returned(transferred()))
    (intent,) = fee.reversals
    return further(fee, [fee_return.reversal_fell_short(fee, intent=intent)])


def paying() -> Fee:
    fee = paid(fee_after(replace(accrual(), fee=NEXT_FEE)))
    return further(fee, [fee_release.schedule_release(fee, terms(), started_on=STARTED_ON)])


def test_what_a_source_owes_is_taken_out_of_its_next_fee() -> None:
    netted, payable, owed = clawback_netting.net_clawback(owing(), paying(), source=SOURCE, on=LATE_ON)
    assert (netted.owed_for, netted.paid_from, netted.amount_yen) == (FEE, NEXT_FEE, 385_000)
    after = evolve(paying(), payable)
    assert after.parts[SOURCE].payable_yen == 385_000
    assert evolve(owing(), owed).parts[SOURCE].clawback_yen == 0
    assert accounts.evolve(ready_account(), netted).netted_yen == {FEE: 385_000}
    rest = fee_release.request_transfer(
        after, ready_account(), beneficiary=SOURCE, licence_valid=True, suspended=False, on=LATE_ON
    )
    assert rest.amount_yen == 385_000


def test_what_stripe_was_asked_to_take_back_is_not_netted_besides() -> None:
    fee = further(transferred(), returned(transferred()))
    with refused("nothing-to-claw-back"): clawback_netting.net_clawback(fee, paying(), source=SOURCE, on=LATE_ON)


def test_nothing_is_netted_out_of_a_fee_that_may_not_be_paid_yet() -> None:
    unpaid = fee_after(replace(accrual(), fee=NEXT_FEE))
    with refused("fee-not-collected"): clawback_netting.net_clawback(owing(), unpaid, source=SOURCE, on=PAID_ON)


def test_a_source_that_owes_nothing_is_not_netted() -> None:
    with refused("nothing-to-claw-back"):
        clawback_netting.net_clawback(collected(), paying(), source=SOURCE, on=LATE_ON)
