"""A source's part is sent on only when it was collected, released, not held, not disputed, and the source may have it.

It is held to the end of guarantee and report window while that is near enough to collection (`hold_limit_days`), else
released on collection. Each beneficiary is sent each tranche at most once. An unknown outcome is still in flight.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from domain.account import Account, check_transferable
from domain.fee import (
    Fee,
    FeeEvent,
    FeeHeld,
    Part,
    Progress,
    ReleaseScheduled,
    Transfer,
    TransferPosted,
    TransferRequested,
    TransferVoided,
    evolve,
    intent_of,
)
from domain.frozen_terms import Terms
from domain.hire import Hire
from domain.ids import CompanyId
from domain.refusal import Refused
from domain.rules.fee_parts import accrued, asked_back_yen
from domain.rules.fee_return import request_reversals
from domain.rules.guarantee import is_leave_open, release_on, returned_bps


def hold(fee: Fee, *, cause: str) -> FeeHeld:
    """Nothing is sent until someone decides, by scheduling the release again. Refuses `fee-already-held`."""
    accrued(fee)
    if fee.held_for is not None: raise Refused("fee-already-held")
    return FeeHeld(cause=cause)


def schedule_release(fee: Fee, terms: Terms, *, started_on: date) -> ReleaseScheduled:
    """When the sources' parts may go. Refuses `fee-not-collected`, `release-already-scheduled` (unless it is held)."""
    accrued(fee)
    if fee.collected_on is None or fee.open_yen: raise Refused("fee-not-collected", open_yen=fee.open_yen)
    if fee.release_on is not None and fee.held_for is None:
        raise Refused("release-already-scheduled", release_on=fee.release_on)
    last_held_on = release_on(terms, started_on=started_on, held_from=fee.collected_on)
    if last_held_on is None: return ReleaseScheduled(release_on=fee.collected_on)
    return ReleaseScheduled(release_on=max(fee.collected_on, last_held_on + timedelta(days=1)))


def check_released(fee: Fee, *, on: date) -> None:
    """The sources' parts may move. Refuses `fee-not-collected`, `fee-held`, `fee-disputed`, `fee-not-released`."""
    if fee.open_yen or fee.collected_on is None: raise Refused("fee-not-collected", open_yen=fee.open_yen)
    if fee.held_for is not None: raise Refused("fee-held")
    if any(fee.disputes.values()): raise Refused("fee-disputed")
    if fee.release_on is None: raise Refused("release-not-scheduled")
    if on < fee.release_on: raise Refused("fee-not-released", release_on=fee.release_on)


def check_settled(fee: Fee, hire: Hire) -> None:
    """Nothing is sent or granted while a leave waits to be determined or returned. Refuses `leave-not-settled`."""
    waits = fee.total_yen and returned_bps(hire) > fee.return_bps
    if waits or is_leave_open(hire): raise Refused("leave-not-settled")


def request_transfer(
    fee: Fee,
    account: Account,
    *,
    beneficiary: CompanyId,
    licence_valid: bool,
    suspended: bool,
    on: date,
    tranche: int = 1,
) -> TransferRequested:
    """Send a source all that is payable to it. `account` is the beneficiary's.

    Refuses what `check_released` and `check_transferable` refuse, and `not-a-beneficiary`, `beneficiary-suspended`,
    `beneficiary-licence-invalid`, `tranche-already-sent`, `clawback-to-be-netted-first`, `nothing-payable`.
    """
    accrual = accrued(fee)
    part = fee.parts.get(beneficiary)
    if part is None or account.company != beneficiary: raise Refused("not-a-beneficiary")
    if suspended: raise Refused("beneficiary-suspended")
    if not licence_valid: raise Refused("beneficiary-licence-invalid")
    check_transferable(account)
    check_released(fee, on=on)
    if any(sent.progress is not Progress.VOID and _is(sent, beneficiary, tranche) for sent in fee.transfers.values()):
        raise Refused("tranche-already-sent", tranche=tranche)
    if part.clawback_yen: raise Refused("clawback-to-be-netted-first", clawback_yen=part.clawback_yen)
    if part.payable_yen <= 0: raise Refused("nothing-payable")
    return TransferRequested(
        effective_on=on,
        intent=intent_of(accrual.fee, "transfer", len(fee.transfers)),
        beneficiary=beneficiary,
        tranche=tranche,
        amount_yen=part.payable_yen,
        charge=_charge_for(fee, part),
    )


def transfer_posted(
    fee: Fee, *, intent: UUID, transfer: str, balance_transaction: str, on: date
) -> tuple[FeeEvent, ...]:
    """Stripe moved it. What the source came to owe while it was in flight is asked back at once.

    Refuses `transfer-not-in-flight`.
    """
    sent = _in_flight(fee, intent)
    posted = TransferPosted(
        effective_on=on,
        intent=intent,
        beneficiary=sent.beneficiary,
        tranche=sent.tranche,
        amount_yen=sent.amount_yen,
        transfer=transfer,
        balance_transaction=balance_transaction,
    )
    return posted, *request_reversals(evolve(fee, posted))


def transfer_voided(fee: Fee, *, intent: UUID, cause: str, on: date) -> TransferVoided:
    """Stripe definitely did not: it is payable again, less what the source came to owe meanwhile.

    Refuses `transfer-not-in-flight`.
    """
    sent = _in_flight(fee, intent)
    owed_yen = fee.parts[sent.beneficiary].clawback_yen - asked_back_yen(fee, sent.beneficiary)
    return TransferVoided(
        effective_on=on,
        intent=intent,
        beneficiary=sent.beneficiary,
        tranche=sent.tranche,
        amount_yen=sent.amount_yen,
        cause=cause,
        netted_yen=min(owed_yen, sent.amount_yen),
    )


def _in_flight(fee: Fee, intent: UUID) -> Transfer:
    sent = fee.transfers.get(intent)
    if sent is None or sent.progress is not Progress.REQUESTED: raise Refused("transfer-not-in-flight")
    return sent


def _is(sent: Transfer, beneficiary: CompanyId, tranche: int) -> bool:
    return (sent.beneficiary, sent.tranche) == (beneficiary, tranche)


def _charge_for(fee: Fee, part: Part) -> str:
    """The charge it is sent out of (`source_transaction`), if one is large enough; else it goes out of the balance."""
    for charge, paid in fee.charges.items():
        live = (sent for sent in fee.transfers.values() if sent.progress is not Progress.VOID and sent.charge == charge)
        if paid.gross_yen - sum(sent.amount_yen for sent in live) >= part.payable_yen: return charge
    return ""
