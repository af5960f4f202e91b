"""The commands of a fee: what is owed, what pays it, who is paid out of it, and that each is carried out once."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain import fee as fees
from domain.account import CreditGranted, SlotGranted
from domain.company import CompanyRole, CompanySuspended, LegalOpinionRecorded, LicenceRecorded, RewardMode
from domain.fee import Model
from domain.hire import OwnershipResolved, Share
from domain.ids import CompanyId, FeeId, HireId, VaultRef, account_of, fee_of
from domain.refusal import Refused
from marketplace.commands import account, fee, fee_release, fee_return
from marketplace.commands.fee import Payment
from tests.marketplace.settlement.relay import HIRING, SOURCE, Relay

OTHER = CompanyId(UUID(int=12))


def refused(code: str) -> pytest.RaisesExc[Refused]:
    return pytest.RaisesExc(Refused, check=lambda refusal: refusal.code == code)


def payment(name: str, gross_yen: int, kept_yen: int = 0) -> Payment:
    return Payment(
        charge=f"py_{name}",
        balance_transaction=f"txn_{name}",
        gross_yen=gross_yen,
        provider_fee_yen=kept_yen,
        on=date(2027, 4, 20),
    )


def accrued(relay: Relay, **how: object) -> FeeId:
    hire = relay.hire(**how)  # type: ignore[arg-type]
    fee.accrue(relay.office, relay.by(), hire=hire)
    relay.worker.project()
    return fee_of(hire)


def test_a_fee_accrues_once_and_a_command_sent_twice_is_carried_out_once(relay: Relay) -> None:
    relay.open_street()
    hire, command = relay.hire(), relay.by()
    first = fee.accrue(relay.office, command, hire=hire)
    assert (first.outcome, fee.accrue(relay.office, command, hire=hire).outcome) == ("done", "again")
    with refused("fee-already-accrued"):
        fee.accrue(relay.office, relay.by(), hire=hire)


def test_nothing_accrues_before_the_start_nor_before_it_is_settled_who_earned_it(relay: Relay) -> None:
    relay.open_street()
    with refused("hire-not-started"):
        fee.accrue(relay.office, relay.by(), hire=HireId(uuid4()))
    hire = relay.hire()
    relay.rows("SET session_replication_role = replica; DELETE FROM relay_events WHERE topic LIKE 'ownership-resolved%%'")
    relay.rows(
        "SET session_replication_role = replica; UPDATE relay_events SET originator_version = 3"
        " WHERE topic LIKE 'employment-started%%'"
    )
    with refused("ownership-not-resolved-yet"):
        fee.accrue(relay.office, relay.by(), hire=hire)
    resolved = OwnershipResolved(shares=(Share(source=SOURCE, share_bps=10_000),), reason="sole-claim", fee_bps=10_000)
    relay.tell(hire, resolved)
    assert fee.accrue(relay.office, relay.by(), hire=hire).outcome == "done"


@pytest.mark.parametrize(
    ("granted_on", "valid_until", "model"),
    [
        (date(2027, 2, 3), date(2027, 4, 1), Model.AGENT),
        (date(2027, 2, 4), date(2027, 4, 1), Model.PRINCIPAL),
        (date(2027, 2, 3), date(2027, 3, 31), Model.PRINCIPAL),
    ],
)
def test_the_licence_counts_on_the_days_of_disclosure_and_start(
    relay: Relay, granted_on: date, valid_until: date, model: Model
) -> None:
    licence = LicenceRecorded(number="13-ユ-316864", granted_on=granted_on, valid_until=valid_until)
    relay.admit(HIRING, CompanyRole.HIRING)
    relay.admit(SOURCE, CompanyRole.SOURCE, licence)
    state = relay.office.log.history(accrued(relay))[0].event
    assert state.model is model  # type: ignore[union-attr]


def test_a_slot_of_the_hiring_company_makes_the_fee_nothing_and_is_used_up(relay: Relay) -> None:
    relay.open_street()
    granted = SlotGranted(effective_on=date(2027, 1, 1), company=HIRING, fee=FeeId(uuid4()), slot=uuid4())
    relay.tell(account_of(HIRING), granted)
    free, owed = accrued(relay), accrued(relay)
    assert relay.one("SELECT total_yen FROM fees WHERE fee = %s", free) == 0
    assert relay.one("SELECT total_yen FROM fees WHERE fee = %s", owed) == 1_100_000
    assert relay.account(HIRING).slots[granted.slot].used_by == free
    relay.work()
    assert relay.stripe_posts("invoices") == 1


def test_credit_of_the_hiring_company_pays_first_and_the_invoice_is_about_the_rest(relay: Relay) -> None:
    relay.open_street()
    granted = CreditGranted(
        effective_on=date(2027, 1, 1),
        company=HIRING,
        fee=FeeId(uuid4()),
        credit=uuid4(),
        amount_yen=300_000,
        expires_on=date(2027, 12, 31),
    )
    relay.tell(account_of(HIRING), granted)
    hire = relay.hire()
    relay.work()
    assert relay.kinds(fee_of(hire)) == ["FeeAccrued", "CreditCounted", "InvoiceRequested", "InvoiceIssued"]
    invoice = relay.fee(hire).invoice
    assert invoice is not None
    assert invoice.total_yen == 800_000
    lines = relay.one("SELECT call::jsonb->'params'->'add_lines'->'lines' FROM intent WHERE kind = 'issue_invoice'")
    assert [(line["description"], line["amount"]) for line in lines] == [
        ("referral-fee", 1_000_000), ("consumption-tax-10", 100_000), ("credit-applied", -300_000),
    ]  # fmt: skip
    assert relay.balances()["receivable:hiring"] == 800_000


def test_a_fee_that_credit_pays_whole_needs_no_invoice_and_is_released(relay: Relay) -> None:
    relay.open_street()
    granted = CreditGranted(
        effective_on=date(2027, 1, 1),
        company=HIRING,
        fee=FeeId(uuid4()),
        credit=uuid4(),
        amount_yen=2_000_000,
        expires_on=date(2027, 12, 31),
    )
    relay.tell(account_of(HIRING), granted)
    hire = relay.hire()
    relay.world.move("topup", 800_000)
    relay.work()
    assert relay.fee(hire).release_on == date(2027, 4, 1)
    assert relay.fee(hire).invoice is None
    assert relay.rows("SELECT status, collected_yen FROM fees") == [("collected", 1_100_000)]
    assert relay.fee(hire).transferred_yen == 770_000


def test_a_leave_before_the_accrual_takes_no_credit_for_what_is_no_longer_owed(relay: Relay) -> None:
    relay.open_street()
    granted = CreditGranted(
        effective_on=date(2027, 1, 1),
        company=HIRING,
        fee=FeeId(uuid4()),
        credit=uuid4(),
        amount_yen=2_000_000,
        expires_on=date(2027, 12, 31),
    )
    relay.tell(account_of(HIRING), granted)
    hire = relay.hire()
    relay.leave(hire, date(2027, 4, 1))
    fee.accrue(relay.office, relay.by(), hire=hire)
    assert relay.kinds(fee_of(hire)) == ["FeeAccrued", "ReturnDetermined", "CreditCounted", "ReleaseScheduled"]
    assert relay.account(HIRING).credits[granted.credit].left_yen == 1_780_000
    assert (relay.fee(hire).open_yen, relay.fee(hire).refund_payable_yen) == (0, 0)


def test_what_was_paid_too_much_waits_and_pays_the_next_fee(relay: Relay) -> None:
    relay.open_street()
    first = accrued(relay)
    fee.settle_payment(relay.office, relay.by(), fee=first, payment=payment("1", 1_500_000, 20_000))
    relay.worker.project()
    assert relay.balances()["prepayment"] == -400_000
    second = accrued(relay)
    assert relay.kinds(second) == ["FeeAccrued", "PrepaymentApplied"]
    assert relay.kinds(first)[-1] == "PrepaymentSpent"
    assert relay.balances()["receivable:hiring"] == 700_000
    assert "prepayment" not in relay.balances()


def test_one_movement_is_posted_once_whoever_tells_it(relay: Relay) -> None:
    relay.open_street()
    one, other = accrued(relay), accrued(relay)
    fee.settle_payment(relay.office, relay.by(), fee=one, payment=payment("1", 1_100_000))
    assert fee.settle_payment(relay.office, relay.by(), fee=one, payment=payment("1", 1_100_000)).outcome == "again"
    with refused("movement-already-recorded"):
        fee.settle_payment(relay.office, relay.by(), fee=other, payment=payment("1", 1_100_000))
    assert relay.kinds(other) == ["FeeAccrued"]


def test_a_payment_in_parts_is_released_only_when_it_is_whole(relay: Relay) -> None:
    relay.open_street()
    key = accrued(relay)
    fee.settle_payment(relay.office, relay.by(), fee=key, payment=payment("1", 600_000))
    with refused("fee-not-collected"):
        fee_release.schedule_release(relay.office, relay.by(), fee=key)
    relay.worker.project()
    assert relay.rows("SELECT status, collected_yen FROM fees") == [("accrued", 600_000)]
    fee.settle_payment(relay.office, relay.by(), fee=key, payment=payment("2", 500_000))
    assert fee_release.schedule_release(relay.office, relay.by(), fee=key).outcome == "done"
    relay.worker.project()
    assert relay.rows("SELECT status, collected_yen FROM fees") == [("collected", 1_100_000)]
    assert fee_release.schedule_release(relay.office, relay.by(), fee=key).outcome == "again"


def released(relay: Relay, **how: object) -> FeeId:
    """Collected on 20 April and free to go on that day."""
    key = accrued(relay, **how)
    relay.go_to(date(2027, 4, 20))
    fee.settle_payment(relay.office, relay.by(), fee=key, payment=payment("1", 1_100_000))
    fee_release.schedule_release(relay.office, relay.by(), fee=key)
    return key


def test_a_fee_on_hold_is_released_when_a_person_lets_it_go_on(relay: Relay) -> None:
    relay.open_street()
    key = released(relay)
    fee_release.hold(relay.office, relay.by(), fee=key, cause="operator-asks")
    with refused("fee-held"):
        fee_release.release(relay.office, relay.by(), fee=key)
    fee_release.resume(relay.office, relay.by(), fee=key)
    with refused("fee-not-on-hold"):
        fee_release.resume(relay.office, relay.by(), fee=key)
    fee_release.release(relay.office, relay.by(), fee=key)
    assert relay.kinds(key)[-1] == "PayableReleased"
    fee_release.release(relay.office, relay.by(), fee=key)
    assert relay.kinds(key).count("PayableReleased") == 1


def test_a_fee_held_before_it_is_paid_stays_held_when_the_money_comes(relay: Relay) -> None:
    relay.open_street()
    hire = relay.hire()
    relay.work()
    fee_release.hold(relay.office, relay.by(), fee=fee_of(hire), cause="operator-asks")
    relay.go_to(date(2027, 4, 20))
    relay.pay(hire)
    relay.work()
    assert relay.fee(hire).held_for == "operator-asks"
    assert relay.stripe_posts("transfers") == 0
    fee_release.resume(relay.office, relay.by(), fee=fee_of(hire))
    relay.work()
    assert relay.fee(hire).transferred_yen == 770_000


def test_no_transfer_goes_to_a_source_on_hold_suspended_or_without_a_licence_that_day(relay: Relay) -> None:
    relay.open_street()
    key = released(relay)
    account.hold_transfers(relay.office, relay.by(), company=SOURCE, cause="operator-asks")
    with refused("transfers-held"):
        fee_release.release(relay.office, relay.by(), fee=key)
    account.resume_transfers(relay.office, relay.by(), company=SOURCE, by="user:2")
    relay.go_to(date(2029, 1, 4))
    with refused("beneficiary-licence-invalid"):
        fee_release.release(relay.office, relay.by(), fee=key)
    relay.go_to(date(2027, 4, 21))
    relay.tell(SOURCE, CompanySuspended(cause="under-review"))
    with refused("beneficiary-suspended"):
        fee_release.release(relay.office, relay.by(), fee=key)


def test_a_changed_bank_account_holds_transfers_until_a_second_person_agrees(relay: Relay) -> None:
    relay.open_street()
    account.change_payout_account(relay.office, relay.by(), company=SOURCE, by="user:1")
    with refused("second-person-needed"):
        account.resume_transfers(relay.office, relay.by(), company=SOURCE, by="user:1")
    with refused("payout-change-on-hold"):
        account.resume_transfers(relay.office, relay.by(), company=SOURCE, by="user:2")
    relay.later(days=7)
    account.resume_transfers(relay.office, relay.by(), company=SOURCE, by="user:2")
    assert relay.account(SOURCE).held_for == ()


def test_what_cannot_go_yet_does_not_keep_back_what_can(relay: Relay) -> None:
    relay.open_street()
    licence = LicenceRecorded(number="13-ユ-316865", granted_on=date(2024, 1, 1), valid_until=date(2028, 12, 31))
    relay.admit(OTHER, CompanyRole.SOURCE, licence)
    hire = relay.hire(more=(OTHER,), shares=(Share(source=SOURCE, share_bps=5_000), Share(source=OTHER, share_bps=5_000)))
    relay.work()
    relay.go_to(date(2027, 4, 20))
    relay.pay(hire)
    relay.work()
    assert [(sent.beneficiary, sent.amount_yen) for sent in relay.fee(hire).transfers.values()] == [(SOURCE, 385_000)]

    account.open_connected_account(relay.office, relay.by(), company=OTHER)
    relay.work()
    relay.world.complete_onboarding(relay.account(OTHER).connected or "")
    relay.work()
    relay.later(days=2)
    relay.work()
    assert relay.fee(hire).transferred_yen == 770_000
    assert relay.reconcile().is_settled


def test_of_two_sources_the_licensed_one_is_sent_cash_and_the_other_waits_for_its_credit(relay: Relay) -> None:
    relay.open_street()
    opinion = LegalOpinionRecorded(reward_mode=RewardMode.CREDIT, opinion_ref=VaultRef(uuid4()))
    relay.admit(OTHER, CompanyRole.SOURCE, opinion)
    hire = relay.hire(more=(OTHER,), shares=(Share(source=SOURCE, share_bps=5_000), Share(source=OTHER, share_bps=5_000)))
    relay.work()
    relay.go_to(date(2027, 4, 20))
    relay.pay(hire)
    relay.work()
    assert [(sent.beneficiary, sent.amount_yen) for sent in relay.fee(hire).transfers.values()] == [(SOURCE, 385_000)]
    for day in (date(2027, 4, 21), date(2027, 10, 30)):
        relay.go_to(day)
        relay.work()
    assert relay.account(OTHER).credits == {}

    relay.go_to(date(2027, 10, 31))
    relay.work()
    assert [credit.left_yen for credit in relay.account(OTHER).credits.values()] == [385_000]
    assert relay.account(SOURCE).credits == {}
    assert relay.stripe_posts("transfers") == 1
    assert sum(relay.balances().values()) == 0
    assert relay.balances()["credit"] == -385_000
    assert relay.reconcile().is_settled


def test_a_written_off_fee_that_is_paid_after_all_is_recovered_and_released(relay: Relay) -> None:
    relay.open_street()
    key = accrued(relay)
    fee.write_off(relay.office, relay.by(), fee=key, legal_ground_ref=VaultRef(uuid4()))
    fee.settle_payment(relay.office, relay.by(), fee=key, payment=payment("1", 1_100_000, 16_500))
    relay.worker.project()
    assert relay.balances() == {
        "clearing": 1_083_500, "stripe-fees": 16_500, "payable:source": -770_000, "commission": -300_000,
        "tax-output": -30_000,
    }  # fmt: skip
    assert relay.rows("SELECT kind, amount_yen FROM payout_ledger ORDER BY position") == [
        ("earned", 770_000), ("written-off", -770_000), ("recovered", 770_000),
    ]  # fmt: skip


def test_what_is_recovered_after_the_first_part_was_sent_on_is_sent_on_too(relay: Relay) -> None:
    relay.open_street()
    key = accrued(relay)
    relay.go_to(date(2027, 4, 20))
    fee.settle_payment(relay.office, relay.by(), fee=key, payment=payment("1", 600_000))
    fee.write_off(relay.office, relay.by(), fee=key, legal_ground_ref=VaultRef(uuid4()))
    sent = fee_release.release(relay.office, relay.by(), fee=key)
    relay.worker.project()
    assert relay.rows("SELECT kind FROM due WHERE kind = 'release'") == []
    relay.work()
    fee.settle_payment(relay.office, relay.by(), fee=key, payment=payment("2", 500_000))
    assert relay.rows("SELECT kind FROM task WHERE kind = 'release-again' AND done_at IS NULL") == [("release-again",)]
    fee_release.release(relay.office, relay.by(), fee=key)
    relay.work()
    assert sent.outcome == "done"
    state = relay.office.log.load(key, fees.INITIAL, fees.evolve).state
    assert [each.amount_yen for each in state.transfers.values()] == [420_000, 350_000]


def test_a_customer_and_an_account_are_asked_for_once(relay: Relay) -> None:
    relay.open_street()
    for _ in range(2):
        assert account.open_customer(relay.office, relay.by(), company=HIRING).outcome == "again"
        assert account.open_connected_account(relay.office, relay.by(), company=SOURCE).outcome == "again"
    with refused("company-has-not-this-role"):
        account.open_connected_account(relay.office, relay.by(), company=HIRING)
    assert (relay.stripe_posts("customers"), relay.stripe_posts("accounts")) == (1, 1)


def test_a_leave_that_comes_between_reading_and_writing_makes_the_accrual_decide_again(relay: Relay) -> None:
    relay.open_street()
    hire = relay.hire()
    load = relay.office.log.load
    left: list[HireId] = []

    def load_and_leave(stream: UUID, *how: Any) -> Any:
        found = load(stream, *how)
        if stream == fee_of(hire) and not left:
            left.append(hire)
            relay.leave(hire, date(2027, 4, 1))
        return found

    relay.office.log.load = load_and_leave  # type: ignore[assignment, method-assign]
    fee.accrue(relay.office, relay.by(), hire=hire)
    assert relay.kinds(fee_of(hire)) == ["FeeAccrued", "ReturnDetermined"]


def test_a_hire_that_has_not_been_left_returns_nothing(relay: Relay) -> None:
    relay.open_street()
    hire = relay.hire()
    with refused("leave-not-determined"):
        fee_return.determine_return(relay.office, relay.by(), hire=hire)


def test_a_leave_after_the_guarantee_changes_nothing(relay: Relay) -> None:
    relay.open_street()
    hire = relay.hire()
    relay.work()
    relay.leave(hire, date(2027, 10, 1))
    before = relay.kinds(fee_of(hire))
    assert fee_return.determine_return(relay.office, relay.by(), hire=hire).outcome == "again"
    assert relay.kinds(fee_of(hire)) == before
