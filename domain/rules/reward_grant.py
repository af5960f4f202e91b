"""Credit and slots instead of cash: granted only after collection and the report window, so never clawed back.

An early leave inside the guarantee, a write-off or a lost dispute means that they are never granted. Credit pays fees
that the company owes itself; it is never paid out. A slot makes one hire's fee ¥0.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from domain.account import Account, CreditApplied, CreditExpired, CreditGranted, SlotGranted, SlotUsed
from domain.company import RewardMode
from domain.fee import CreditCounted, Fee, FeeAccrued, Leg
from domain.ids import CompanyId, FeeId
from domain.refusal import Refused
from domain.rules.fee_parts import accrued


def grant_credit(
    account: Account, fee: Fee, *, source: CompanyId, credit: UUID, expires_days: int, on: date
) -> CreditGranted:
    """The source's credit for a fee. Refuses what `_check_earned` refuses, and `credit-already-granted`."""
    leg = _check_earned(fee, source, RewardMode.CREDIT, on)
    accrual = accrued(fee)
    if any(granted.fee == accrual.fee for granted in account.credits.values()): raise Refused("credit-already-granted")
    return CreditGranted(
        effective_on=on,
        company=source,
        fee=accrual.fee,
        credit=credit,
        amount_yen=leg.amount_yen,
        expires_on=on + timedelta(days=expires_days),
    )


def grant_slot(account: Account, fee: Fee, *, source: CompanyId, slot: UUID, on: date) -> SlotGranted:
    """The source's free hire. Refuses what `_check_earned` refuses, and `slot-already-granted`."""
    _check_earned(fee, source, RewardMode.SLOT, on)
    accrual = accrued(fee)
    if any(granted.fee == accrual.fee for granted in account.slots.values()): raise Refused("slot-already-granted")
    return SlotGranted(effective_on=on, company=source, fee=accrual.fee, slot=slot)


def apply_credit(
    account: Account, fee: Fee, *, on: date
) -> tuple[tuple[CreditApplied, ...], tuple[CreditCounted, ...]]:
    """The company's credit pays what is open, soonest to expire first: one append, to the account and to the fee.

    The first half posts, the second is its memo. Refuses `credit-of-another-company`, `nothing-owed`,
    `no-credit-left`.
    """
    accrual = accrued(fee)
    if account.company != accrual.hiring: raise Refused("credit-of-another-company")
    open_yen = fee.open_yen
    if open_yen == 0: raise Refused("nothing-owed")
    usable = {key: credit for key, credit in account.credits.items() if credit.left_yen and on <= credit.expires_on}
    applied = []
    for key, credit in sorted(usable.items(), key=lambda item: (item[1].expires_on, item[0])):
        amount_yen = min(credit.left_yen, open_yen)
        if amount_yen: applied.append(_applied(accrual, key, amount_yen, on))
        open_yen -= amount_yen
    if not applied: raise Refused("no-credit-left")
    counted = (CreditCounted(credit=each.credit, amount_yen=each.amount_yen, effective_on=on) for each in applied)
    return tuple(applied), tuple(counted)


def expire_credit(account: Account, *, credit: UUID, on: date) -> CreditExpired:
    """What is left of a credit, perhaps nothing, lapses after its last day: told once.

    Refuses `no-credit-left`, `credit-not-expired`.
    """
    held = account.credits.get(credit)
    if held is None or held.is_expired or account.company is None: raise Refused("no-credit-left")
    if on <= held.expires_on: raise Refused("credit-not-expired", expires_on=held.expires_on)
    return CreditExpired(effective_on=on, company=account.company, credit=credit, amount_yen=held.left_yen)


def use_slot(account: Account, *, fee: FeeId, on: date) -> SlotUsed:
    """The oldest free slot pays for a hire that starts; its accrual is made with `on_slot`.

    Refuses `slot-already-used`, `no-slot-left`.
    """
    if any(slot.used_by == fee for slot in account.slots.values()): raise Refused("slot-already-used")
    free = next((key for key, slot in account.slots.items() if slot.used_by is None), None)
    if free is None or account.company is None: raise Refused("no-slot-left")
    return SlotUsed(effective_on=on, company=account.company, slot=free, fee=fee)


def _check_earned(fee: Fee, source: CompanyId, mode: RewardMode, on: date) -> Leg:
    """The source's leg, once nothing can take it back any more.

    Refuses `reward-not-of-this-kind`, `reward-fell-away`, `fee-not-collected`, `fee-disputed`, `fee-held`,
    `report-window-open`.
    """
    accrual = accrued(fee)
    leg = next((leg for leg in accrual.legs if leg.source == source and leg.mode is mode), None)
    if leg is None: raise Refused("reward-not-of-this-kind")
    if fee.fallen_away_yen or fee.return_bps: raise Refused("reward-fell-away")
    if fee.open_yen: raise Refused("fee-not-collected", open_yen=fee.open_yen)
    if any(fee.disputes.values()): raise Refused("fee-disputed")
    if fee.held_for is not None: raise Refused("fee-held")
    if accrual.release_on is None or on < accrual.release_on: raise Refused("report-window-open")
    return leg


def _applied(accrual: FeeAccrued, credit: UUID, amount_yen: int, on: date) -> CreditApplied:
    return CreditApplied(
        effective_on=on, company=accrual.hiring, credit=credit, fee=accrual.fee, amount_yen=amount_yen
    )
