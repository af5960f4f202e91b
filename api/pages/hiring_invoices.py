"""Invoices and the statement: each fee with its status, and each invoice with what was paid and what came back."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from api.pages.showing import same, show, wait_for
from api.policies import company
from api.reading import At
from api.route import ThisVisit, page
from api.v1 import companies, fees
from api.v1.facts import fee_facts
from api.v1.fees import FeeShown
from api.visit import Visit
from domain import fee as money
from domain.calendar import jst_date
from domain.company import CompanyRole, MemberRole
from domain.events import AnyEvent

OWED = company(MemberRole.ADMIN, MemberRole.FINANCE, of=CompanyRole.HIRING)
PATH = "/hiring/invoices"


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a statement: what it did to the amount that is open, and what was open after it."""

    on: date
    kind: str
    amount_yen: int
    open_yen: int


@page(PATH, policy=OWED)
def overview(visit: ThisVisit, at: At = None) -> Response[str]:
    """Every fee of the company."""
    wait_for(visit, at, "fees")
    owed: list[FeeShown] = same(fees.list_fees)(visit).items
    return show(
        visit,
        "hiring_invoices.html",
        fees=owed,
        open_yen={each.fee: open_yen(each) for each in owed},
        all_open_yen=sum(open_yen(each) for each in owed),
    )


@page(PATH + "/{fee:uuid}", policy=OWED, facts=fee_facts)
def statement(visit: ThisVisit, fee: FromPath[UUID]) -> Response[str]:
    """One fee from its first day to now."""
    row: FeeShown = same(fees.read_fee)(visit, fee)
    office = visit.house.office
    return show(
        visit,
        "hiring_statement.html",
        fee=row,
        moves=_moves(visit, fee),
        mine=same(companies.read_company)(visit, visit.company),
        operator=office.operator(),
        open_yen=open_yen(row),
    )


def open_yen(fee: FeeShown) -> int:
    """What is still to be paid; nothing of a fee that was written off."""
    if fee.status == "written-off": return 0
    return max(0, fee.total_yen - fee.returned_yen - fee.collected_yen)


def _moves(visit: Visit, fee: UUID) -> list[Move]:
    """The company's own side of the fee's events; how it is shared out is not among them."""
    found: list[Move] = []
    balance = 0
    for entry in visit.house.log.history(fee):
        change = _change(entry.event)
        if change is None: continue
        balance += change
        kind = str(type(entry.event).__struct_config__.tag)
        found.append(Move(on=jst_date(entry.meta.recorded_at), kind=kind, amount_yen=change, open_yen=balance))
    return found


def _change(event: AnyEvent) -> int | None:
    """What an event adds to what the company owes (negative: takes off); None where it concerns only others."""
    match event:
        case money.FeeAccrued(total_yen=yen):
            return yen
        case money.FeeAdjusted(old=old, new=new):
            return new.total_yen - old.total_yen
        case money.PaymentSettled(gross_yen=yen):
            return -yen
        case money.FeeRecovered(amount_yen=yen) | money.PrepaymentApplied(amount_yen=yen) | money.CreditCounted(amount_yen=yen):
            return -yen
        case money.ReturnDetermined(total_yen=yen):
            return -yen
        case money.RefundSettled(amount_yen=yen):
            return yen
        case money.RefundFailed(amount_yen=yen):
            return -yen
        case money.FeeWrittenOff(receivable_yen=yen):
            return -yen
        case _:
            return None


ROUTES = [overview, statement]
