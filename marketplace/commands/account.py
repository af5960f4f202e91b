"""A company's account: its places at Stripe, whether it may be paid, holds, and what Stripe paid out to its bank."""

from __future__ import annotations

from datetime import date
from uuid import uuid5

from domain import account as decide
from domain.calendar import jst_date
from domain.company import CompanyRole
from domain.ids import CompanyId, account_of
from domain.rules import reward_grant
from domain.rules.licence import check_active
from marketplace.commands.draft import Draft, nothing_to_do
from marketplace.commands.office import Office, once
from marketplace.settlement.stripe import calls
from marketplace.settlement.stripe.calls import Intent
from marketplace.store.log import Appended, Command


@once
def open_customer(office: Office, command: Command, /, *, company: CompanyId) -> Appended:
    """A hiring company gets its place at Stripe, so that it can be invoiced; asked for once."""
    check_active(office.company(company).state, CompanyRole.HIRING)
    draft = Draft(office, command)
    if draft.account(company).customer is not None:
        return nothing_to_do(office)
    intent = Intent(uuid5(account_of(company), "customer"))
    draft.ask(intent.id, calls.build_customer(intent, company_id=company), stream=account_of(company), company=company)
    return draft.append()


@once
def customer_opened(office: Office, command: Command, /, *, company: CompanyId, customer: str) -> Appended:
    """Stripe has made it."""
    draft = Draft(office, command)
    if draft.account(company).customer == customer:
        return nothing_to_do(office)
    draft.of_account(company, decide.open_customer(draft.account(company), company, customer=customer))
    return draft.append()


@once
def open_connected_account(office: Office, command: Command, /, *, company: CompanyId) -> Appended:
    """A source's finance opens its account for being paid; Stripe then asks it for its papers."""
    check_active(office.company(company).state, CompanyRole.SOURCE)
    draft = Draft(office, command)
    if draft.account(company).connected is not None:
        return nothing_to_do(office)
    intent = Intent(uuid5(account_of(company), "connected"))
    draft.ask(intent.id, calls.build_account(intent, company_id=company), stream=account_of(company), company=company)
    return draft.append()


@once
def account_opened(
    office: Office, command: Command, /, *, company: CompanyId, connected: str, country: str, currency: str = "jpy"
) -> Appended:
    """Stripe has made it."""
    draft = Draft(office, command)
    if draft.account(company).connected == connected:
        return nothing_to_do(office)
    opened = decide.open_connected(
        draft.account(company), company, connected=connected, country=country, currency=currency
    )
    draft.of_account(company, opened)
    return draft.append()


@once
def capability_changed(
    office: Office, command: Command, /, *, company: CompanyId, transfers_active: bool
) -> Appended:
    """Stripe lets it be paid, or no longer does."""
    draft = Draft(office, command)
    if draft.account(company).transfers_active == transfers_active:
        return nothing_to_do(office)
    draft.of_account(company, decide.change_capability(draft.account(company), transfers_active=transfers_active))
    return draft.append()


@once
def hold_transfers(office: Office, command: Command, /, *, company: CompanyId, cause: str) -> Appended:
    """Nothing is sent to the company until resumed."""
    draft = Draft(office, command)
    draft.of_account(company, decide.hold_transfers(draft.account(company), cause=cause))
    return draft.append()


@once
def resume_transfers(office: Office, command: Command, /, *, company: CompanyId, by: str) -> Appended:
    """Transfers go on; what waits is tried by the timers."""
    draft = Draft(office, command)
    resumed = decide.resume_transfers(draft.account(company), by=by, on=jst_date(command.now))
    draft.of_account(company, resumed)
    return draft.append()


@once
def change_payout_account(office: Office, command: Command, /, *, company: CompanyId, by: str) -> Appended:
    """The company's bank account changed at Stripe: a hold, and a second person."""
    draft = Draft(office, command)
    changed = decide.change_payout_account(
        draft.account(company), by=by, on=jst_date(command.now), hold_days=office.policy.payout_change_hold_days
    )
    draft.of_account(company, changed)
    return draft.append()


@once
def payout_paid(
    office: Office, command: Command, /, *, company: CompanyId, payout: str, amount_yen: int, arrived_on: date
) -> Appended:
    """Stripe paid the company's balance out to its bank."""
    draft = Draft(office, command)
    if payout in draft.account(company).payouts:
        return nothing_to_do(office)
    paid = decide.payout_paid(draft.account(company), payout=payout, amount_yen=amount_yen, arrived_on=arrived_on)
    draft.of_account(company, paid)
    return draft.append()


@once
def payout_failed(
    office: Office, command: Command, /, *, company: CompanyId, payout: str, amount_yen: int, cause: str
) -> Appended:
    """The company's bank sent a payout back."""
    draft = Draft(office, command)
    if draft.account(company).payouts.get(payout) is False:
        return nothing_to_do(office)
    failed = decide.payout_failed(draft.account(company), payout=payout, amount_yen=amount_yen, cause=cause)
    draft.of_account(company, failed)
    return draft.append()


@once
def expire_credits(office: Office, command: Command, /, *, company: CompanyId) -> Appended:
    """Whatever credit of the company has had its last day lapses."""
    draft, today = Draft(office, command), jst_date(command.now)
    for key, credit in draft.account(company).credits.items():
        if not credit.is_expired and credit.expires_on < today:
            draft.of_account(company, reward_grant.expire_credit(draft.account(company), credit=key, on=today))
    return draft.append() if draft.decided else nothing_to_do(office)
