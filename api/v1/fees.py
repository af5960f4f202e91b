"""Fees: the hiring company sees what it owes and paid; the operator's finance sees also how each is split."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec
from litestar.params import FromPath

from api.policies import company
from api.reading import At, Listed, found, is_behind, viewer_of
from api.route import Done, ThisVisit, command, done, query
from api.v1.facts import fee_facts
from api.v1.ledger import FINANCE
from api.visit import Visit
from domain.company import MemberRole
from domain.ids import FeeId
from domain.refusal import Refused
from marketplace.commands import fee_return
from projections import fees

READER = company(MemberRole.ADMIN, MemberRole.FINANCE, scope="ledger:read", operator_too=True)
TAGS = ["fees"]


class FeeShown(msgspec.Struct, frozen=True, kw_only=True):
    """One fee, in yen. `status`: accrued, invoiced, collected, returned, written-off.

    How it is shared (from `sources` on) is the operator's to know and null for the hiring company.
    """

    fee: UUID
    hire: UUID
    introduction: UUID
    number: str
    hiring: UUID
    fee_yen: int
    tax_yen: int
    total_yen: int
    due_on: date
    guarantee_ends_on: date
    accrued_on: date
    status: str
    invoice_no: str | None
    collected_yen: int
    returned_yen: int
    refunded_yen: int
    sources: tuple[UUID, ...] | None = None
    model: str | None = None
    commission_yen: int | None = None
    provider_fee_yen: int | None = None
    transferred_yen: int | None = None
    reversed_yen: int | None = None
    release_on: date | None = None


_SHARED = frozenset({"sources", "model", "commission_yen", "provider_fee_yen", "transferred_yen", "reversed_yen", "release_on"})


@query("/fees", policy=READER, tags=TAGS)
def list_fees(visit: ThisVisit, at: At = None) -> Listed[FeeShown]:
    """The company's fees, newest first; the operator sees everybody's."""
    behind = is_behind(visit, at, "fees")
    viewer = viewer_of(visit)
    with visit.house.database.transaction() as connection:
        rows = fees.everything(connection) if visit.actor.operator else fees.of_company(connection, viewer)
    return Listed(items=[_shown(visit, each) for each in rows], updating=behind)


@query("/fees/{fee:uuid}", policy=READER, facts=fee_facts, tags=TAGS)
def read_fee(visit: ThisVisit, fee: FromPath[UUID], at: At = None) -> FeeShown:
    """One fee."""
    is_behind(visit, at, "fees")
    with visit.house.database.transaction() as connection:
        return _shown(visit, found(fees.one(connection, fee)))


@command("/fees/{fee:uuid}/refund", policy=FINANCE, tags=TAGS)
def ask_refund_again(visit: ThisVisit, fee: FromPath[UUID]) -> Done:
    """A refund came back, or Stripe refused it: pay back again what is still owed."""
    return done(fee_return.ask_refund_again(visit.house.office, visit.command, fee=FeeId(fee)), fee)


def _shown(visit: Visit, row: fees.Fee) -> FeeShown:
    if not visit.actor.operator and row.hiring != visit.company: raise Refused("not-found")
    hidden = frozenset[str]() if visit.actor.operator else _SHARED
    return FeeShown(**{name: getattr(row, name) for name in FeeShown.__struct_fields__ if name not in hidden})


ROUTES = [list_fees, read_fee, ask_refund_again]
