"""A company's account: whether it can be paid, what holds its money back, its credit and its slots."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec
from litestar.params import FromPath

from api.policies import company, operator
from api.route import Done, ThisVisit, command, done, query
from domain import account as accounts
from domain.company import CompanyRole, MemberRole
from domain.ids import CompanyId, account_of
from marketplace.commands import account

FINANCE = (MemberRole.ADMIN, MemberRole.FINANCE)
TAGS = ["account"]


class CreditShown(msgspec.Struct, frozen=True, kw_only=True):
    """Account credit, which pays for fees; there is no cash-out."""

    credit: UUID
    left_yen: int
    expires_on: date


class AccountShown(msgspec.Struct, frozen=True, kw_only=True):
    """The account as it stands. `customer` and `account` are its places at Stripe; `held_for` holds transfers back."""

    company: UUID
    customer: str | None
    account: str | None
    transfers_active: bool
    held_for: tuple[str, ...]
    payout_held_until: date | None
    credits: tuple[CreditShown, ...]
    free_slots: int


@query("/account", policy=company(*FINANCE, scope="ledger:read"), tags=TAGS)
def read_account(visit: ThisVisit) -> AccountShown:
    """The company's own account."""
    owner = CompanyId(visit.company)
    state = visit.house.log.load(account_of(owner), accounts.INITIAL, accounts.evolve).state
    return AccountShown(
        company=owner,
        customer=state.customer,
        account=state.connected,
        transfers_active=state.transfers_active,
        held_for=state.held_for,
        payout_held_until=state.payout_held_until,
        credits=tuple(
            CreditShown(credit=key, left_yen=credit.left_yen, expires_on=credit.expires_on)
            for key, credit in state.credits.items()
            if credit.left_yen
        ),
        free_slots=sum(1 for slot in state.slots.values() if slot.used_by is None),
    )


@command("/accounts/connected", policy=company(*FINANCE, of=CompanyRole.SOURCE), tags=TAGS)
def open_connected(visit: ThisVisit) -> Done:
    """Open the account to which the company is paid; Stripe then asks it for its papers."""
    owner = CompanyId(visit.company)
    appended = account.open_connected_account(visit.house.office, visit.command, company=owner)
    return done(appended, account_of(owner))


@command("/accounts/{company_id:uuid}/resumption", policy=operator(*FINANCE), tags=TAGS)
def resume_transfers(visit: ThisVisit, company_id: FromPath[UUID]) -> Done:
    """A second person lets transfers to a company go on, after its bank account changed and the hold is over."""
    owner = CompanyId(company_id)
    appended = account.resume_transfers(visit.house.office, visit.command, company=owner, by=visit.command.actor)
    return done(appended, account_of(owner))


ROUTES = [read_account, open_connected, resume_transfers]
