"""Whose money it is when a part of the fee falls away: by return, write-off or a lost dispute.

All of them move one number, what of the whole fee has fallen away. Each source's part of it is the floor of its leg's
portion, the platform bears the residual, and tax goes with the platform's part at the original rate.
"""

from __future__ import annotations

import msgspec

from domain.fee import Fee, FeeAccrued, ReturnLeg
from domain.ids import CompanyId
from domain.money import split_floor
from domain.refusal import Refused


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """What one step takes from each (negative: gives back), in yen. Everything together is the step."""

    legs: dict[CompanyId, int]
    unassigned_yen: int
    revenue_yen: int
    tax_yen: int


def accrued(fee: Fee) -> FeeAccrued:
    """The accrual in force. Refuses `fee-not-accrued`."""
    if fee.accrual is None: raise Refused("fee-not-accrued")
    return fee.accrual


def step(fee: Fee, amount_yen: int) -> Slice:
    """What falls away from whom when `amount_yen` more of the fee does; with a negative amount it comes back."""
    before, after = (_fallen(fee, upto_yen) for upto_yen in (fee.fallen_away_yen, fee.fallen_away_yen + amount_yen))
    return Slice(
        legs={source: after.legs[source] - before.legs[source] for source in fee.parts},
        unassigned_yen=after.unassigned_yen - before.unassigned_yen,
        revenue_yen=after.revenue_yen - before.revenue_yen,
        tax_yen=after.tax_yen - before.tax_yen,
    )


def borne_by_sources(fee: Fee, slice_: Slice) -> tuple[ReturnLeg, ...]:
    """Each source's part: first out of what it has not been paid, the rest it owes back (claw-back)."""
    legs = []
    for source, amount_yen in slice_.legs.items():
        from_payable_yen = min(fee.parts[source].payable_yen, amount_yen)
        if amount_yen:
            rest_yen = amount_yen - from_payable_yen
            legs.append(ReturnLeg(source=source, from_payable_yen=from_payable_yen, from_clawback_yen=rest_yen))
    return tuple(legs)


def asked_back_yen(fee: Fee, source: CompanyId) -> int:
    """What Stripe has been asked to take back from a source and has not answered yet."""
    return sum(asked.open_yen for asked in fee.reversals.values() if asked.source == source)


def _fallen(fee: Fee, upto_yen: int) -> Slice:
    accrual = accrued(fee)
    wholes = [part.whole_yen for part in fee.parts.values()]
    (*legs, unassigned_yen), residual_yen = split_floor(upto_yen, fee.total_yen, [*wholes, fee.unassigned_whole_yen])
    platform_yen = accrual.commission_yen + accrual.commission_tax_yen
    tax_yen = residual_yen * accrual.commission_tax_yen // platform_yen if platform_yen else 0
    return Slice(
        legs=dict(zip(fee.parts, legs, strict=True)),
        unassigned_yen=unassigned_yen,
        revenue_yen=residual_yen - tax_yen,
        tax_yen=tax_yen,
    )
