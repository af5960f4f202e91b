from __future__ import annotations

from datetime import date
from uuid import UUID

from domain import account as accounts
from domain.account import Account
from domain.company import RewardMode
from domain.fee import Fee
from domain.ids import HireId, fee_of
from domain.rules import reward_grant
from tests.domain.money_examples import (
    AFTER_ON,
    CREDIT_ID,
    HIRING,
    SLOT_ID,
    SOURCE,
    accrual,
    fee_after,
    further,
    paid,
    refused,
    returned,
)

NEXT_FEE = fee_of(HireId(UUID(int=70)))


def earned(mode: RewardMode = RewardMode.CREDIT) -> Fee:
    return paid(fee_after(accrual(modes={SOURCE: mode})))


def grant(fee: Fee, account: Account = accounts.INITIAL, on: date = AFTER_ON) -> accounts.CreditGranted:
    return reward_grant.grant_credit(account, fee, source=SOURCE, credit=CREDIT_ID, expires_days=365, on=on)


def hirer_with(*amounts: tuple[int, int, date]) -> Account:
    account = accounts.INITIAL
    for number, yen, expires_on in amounts:
        granted = accounts.CreditGranted(
            effective_on=AFTER_ON,
            company=HIRING,
            fee=NEXT_FEE,
            credit=UUID(int=number),
            amount_yen=yen,
            expires_on=expires_on,
        )
        account = accounts.evolve(account, granted)
    return account


def test_credit_is_granted_once_after_the_report_window() -> None:
    with refused("report-window-open"):
        grant(earned(), on=date(2027, 10, 30))
    granted = grant(earned())
    assert (granted.amount_yen, granted.expires_on) == (770_000, date(2028, 10, 30))
    with refused("credit-already-granted"):
        grant(earned(), accounts.evolve(accounts.INITIAL, granted))


def test_credit_is_not_granted_before_the_fee_is_collected() -> None:
    with refused("fee-not-collected"):
        grant(fee_after(accrual(modes={SOURCE: RewardMode.CREDIT})))


def test_credit_is_never_granted_when_the_person_left_early() -> None:
    fee = earned()
    with refused("reward-fell-away"):
        grant(further(fee, returned(fee, 5_000)))


def test_a_source_paid_in_cash_gets_no_credit_besides() -> None:
    with refused("reward-not-of-this-kind"):
        grant(earned(RewardMode.CASH))


def test_credit_pays_what_the_company_owes_soonest_to_expire_first() -> None:
    account = hirer_with((1, 700_000, date(2028, 12, 31)), (2, 600_000, date(2028, 6, 30)))
    fee = fee_after(accrual())
    applied, counted = reward_grant.apply_credit(account, fee, on=AFTER_ON)
    assert [(each.credit.int, each.amount_yen) for each in applied] == [(2, 600_000), (1, 500_000)]
    fee = further(fee, counted)
    assert (fee.open_yen, fee.collected_on) == (0, AFTER_ON)
    for each in applied:
        account = accounts.evolve(account, each)
    assert account.credits[UUID(int=1)].left_yen == 200_000
    with refused("nothing-owed"):
        reward_grant.apply_credit(account, fee, on=AFTER_ON)


def test_expired_credit_and_credit_of_another_company_pay_nothing() -> None:
    fee = fee_after(accrual())
    with refused("no-credit-left"):
        reward_grant.apply_credit(hirer_with((1, 5, AFTER_ON)), fee, on=date(2027, 11, 1))
    with refused("credit-of-another-company"):
        reward_grant.apply_credit(accounts.INITIAL, fee, on=AFTER_ON)


def test_unused_credit_lapses_after_its_last_day() -> None:
    account = hirer_with((1, 5, AFTER_ON))
    with refused("credit-not-expired"):
        reward_grant.expire_credit(account, credit=UUID(int=1), on=AFTER_ON)
    lapsed = reward_grant.expire_credit(account, credit=UUID(int=1), on=date(2027, 11, 1))
    assert lapsed.amount_yen == 5
    with refused("no-credit-left"):
        reward_grant.expire_credit(accounts.evolve(account, lapsed), credit=UUID(int=1), on=date(2027, 11, 1))


def test_a_slot_is_granted_once_and_pays_for_one_hire() -> None:
    fee = earned(RewardMode.SLOT)
    granted = reward_grant.grant_slot(accounts.INITIAL, fee, source=SOURCE, slot=SLOT_ID, on=AFTER_ON)
    account = accounts.evolve(accounts.INITIAL, granted)
    with refused("slot-already-granted"):
        reward_grant.grant_slot(account, fee, source=SOURCE, slot=UUID(int=32), on=AFTER_ON)
    used = reward_grant.use_slot(account, fee=NEXT_FEE, on=AFTER_ON)
    assert used.slot == SLOT_ID
    account = accounts.evolve(account, used)
    with refused("slot-already-used"):
        reward_grant.use_slot(account, fee=NEXT_FEE, on=AFTER_ON)
    with refused("no-slot-left"):
        reward_grant.use_slot(account, fee=fee_of(HireId(UUID(int=71))), on=AFTER_ON)
