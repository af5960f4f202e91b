"""The fee of the worked example: 1,000,000 yen and 10 % tax, commission 30 %, for the money tests to start from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from domain import account as accounts
from domain import fee as fees
from domain.account import Account
from domain.company import RewardMode
from domain.event import Event, Meta, Recorded
from domain.fee import Fee, FeeAccrued, FeeEvent
from domain.frozen_terms import Terms
from domain.hire import Share
from domain.ids import CompanyId, FeeId, HireId, IntroductionId, fee_of
from domain.policy import DEFAULT
from domain.refusal import Refused
from domain.rules import fee_accrual, fee_collection, fee_release, fee_return
from domain.rules.fee_accrual import HireFacts
from domain.rules.ledger import post
from domain.rules.terms import SourceTerms, freeze

HIRING = CompanyId(UUID(int=10))
SOURCE = CompanyId(UUID(int=11))
OTHER = CompanyId(UUID(int=12))
HIRE = HireId(UUID(int=20))
FEE: FeeId = fee_of(HIRE)
CREDIT_ID, SLOT_ID = UUID(int=30), UUID(int=31)

STARTED_ON = date(2027, 4, 1)
"""The guarantee ends on 30 September 2027, the report window on 30 October, and 31 October is the first day after."""
PAID_ON = date(2027, 4, 20)
LATE_ON = date(2027, 9, 1)
AFTER_ON = date(2027, 10, 31)
LEFT_ON = date(2027, 6, 1)

CASH = {SOURCE: RewardMode.CASH, OTHER: RewardMode.CASH}
SOLE = (Share(source=SOURCE, share_bps=10_000),)
HALVES = (Share(source=SOURCE, share_bps=5_000), Share(source=OTHER, share_bps=5_000))


def refused(code: str) -> pytest.RaisesExc[Refused]:
    """The command is refused with exactly this code."""
    return pytest.RaisesExc(Refused, check=lambda refusal: refusal.code == code)


def terms() -> Terms:
    """A fee of 20 %, commission 30 %, the default ladder and windows."""
    policy = DEFAULT.__class__(fee_rate_bps=2_000)
    sources = [SourceTerms(source=each, mode=RewardMode.CASH) for each in (SOURCE, OTHER)]
    return freeze(policy, salary_from_yen=4_000_000, salary_to_yen=6_000_000, sources=sources, on=date(2027, 2, 1))


def facts(
    *,
    base_yen: int = 5_000_000,
    shares: tuple[Share, ...] | None = SOLE,
    on_slot: bool = False,
    fee_bps: int = 10_000,
) -> HireFacts:
    """A hire whose fee comes to 1,000,000 yen."""
    return HireFacts(
        hire=HIRE,
        introduction=IntroductionId(UUID(int=21)),
        number="27-000123",
        hiring=HIRING,
        started_on=STARTED_ON,
        base_yen=base_yen,
        shares=shares,
        on_slot=on_slot,
        fee_bps=fee_bps,
    )


def accrual(
    *,
    modes: dict[CompanyId, RewardMode] | None = None,
    shares: tuple[Share, ...] | None = SOLE,
    base_yen: int = 5_000_000,
) -> FeeAccrued:
    """The worked example's accrual; in cash, to one source, unless told otherwise."""
    return fee_accrual.accrue(fees.INITIAL, facts(shares=shares, base_yen=base_yen), terms(), modes or CASH)


def fee_after(*events: FeeEvent) -> Fee:
    """What the facts come to."""
    return further(fees.INITIAL, events)


def further(fee: Fee, events: Iterable[FeeEvent]) -> Fee:
    """What more facts come to."""
    for event in events:
        fee = fees.evolve(fee, event)
    return fee


def paid(fee: Fee, gross_yen: int = 1_100_000, *, name: str = "1", on: date = PAID_ON, fee_yen: int = 0) -> Fee:
    """The hiring company paid."""
    arrived = fee_collection.settle_payment(
        fee,
        charge=f"py_{name}",
        balance_transaction=f"txn_{name}",
        gross_yen=gross_yen,
        provider_fee_yen=fee_yen,
        on=on,
    )
    return further(fee, arrived)


def ready_account(company: CompanyId = SOURCE) -> Account:
    """An account that may be sent money."""
    opened = accounts.ConnectedAccountOpened(company=company, account="acct_1")
    return accounts.evolve(
        accounts.evolve(accounts.INITIAL, opened), accounts.CapabilityChanged(transfers_active=True)
    )


def collected() -> Fee:
    """Accrued, paid in full, released on collection."""
    fee = paid(fee_after(accrual()))
    return further(fee, [fee_release.schedule_release(fee, terms(), started_on=STARTED_ON)])


def in_flight() -> tuple[Fee, UUID]:
    """The source's part is on its way, and nobody knows yet whether it arrived."""
    fee = collected()
    asked = fee_release.request_transfer(
        fee, ready_account(), beneficiary=SOURCE, licence_valid=True, suspended=False, on=PAID_ON
    )
    return further(fee, [asked]), asked.intent


def transferred() -> Fee:
    """The source has its 770,000 yen."""
    fee, intent = in_flight()
    return further(
        fee,
        fee_release.transfer_posted(fee, intent=intent, transfer="tr_1", balance_transaction="txn_tr_1", on=PAID_ON),
    )


def returned(fee: Fee, return_bps: int = 5_000) -> tuple[FeeEvent, ...]:
    """The person left early."""
    return fee_return.determine_return(fee, return_bps=return_bps, refund_due_on=date(2027, 6, 30), on=LEFT_ON)


def recorded(event: Event) -> Recorded[Event]:
    """The event as it stands in the log."""
    meta = Meta(
        actor="test",
        command=UUID(int=1),
        recorded_at=datetime(2027, 4, 1, tzinfo=UTC),
        effective_on=STARTED_ON,
        policy_version=1,
    )
    return Recorded(position=1, stream=UUID(int=2), version=1, meta=meta, event=event)


def entry(event: Event) -> list[tuple[str, int]]:
    """The entry of an event as accounts and signed yen: a debit is positive."""
    return [(line.account, line.amount_yen) for line in post(recorded(event))]
