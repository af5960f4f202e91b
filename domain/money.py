"""The arithmetic of yen: whole yen only, floors for everybody else, and the platform takes what is left over.

Every split is a cumulative floor: a part is the difference of two floors of running totals. So nothing is lost or
made, no counterparty's part ever shrinks while the total grows, and 100 % is exact (rule 9).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.frozen_terms import TaxRate
from domain.refusal import Refused

WHOLE_BPS = 10_000


def portion(amount_yen: int, bps: int) -> int:
    """That many basis points of an amount, rounded down. ValueError outside 0 to 10,000 or for a negative amount."""
    if not 0 <= bps <= WHOLE_BPS: raise ValueError(f"{bps} basis points are no portion")
    if amount_yen < 0: raise ValueError(f"a portion of {amount_yen} yen")
    return amount_yen * bps // WHOLE_BPS


def tax_on(net_yen: int, rate_bps: int) -> int:
    """Consumption tax, once per invoice and rate, rounded down: our choice for every document (消費税法57条の4)."""
    return portion(net_yen, rate_bps)


def tax_rate_on(rates: Sequence[TaxRate], day: date) -> int:
    """The rate in force on a day, in basis points. Refuses `no-tax-rate-for-day` before the first rate."""
    in_force = max((rate for rate in rates if rate.from_on <= day), key=lambda rate: rate.from_on, default=None)
    if in_force is None: raise Refused("no-tax-rate-for-day", day=day)
    return in_force.rate_bps


def split_floor(part_yen: int, whole_yen: int, legs_yen: Sequence[int]) -> tuple[tuple[int, ...], int]:
    """`part_yen` of `whole_yen` shared out: each counterparty its leg's floored portion, the platform the rest.

    `part_yen` is cumulative: what falls due now is the difference to the split of what had been due before.
    ValueError if the part is not of the whole, or the legs are more than the whole.
    """
    if not 0 <= part_yen <= whole_yen: raise ValueError(f"{part_yen} yen is no part of {whole_yen}")
    if min(legs_yen, default=0) < 0 or sum(legs_yen) > whole_yen: raise ValueError("legs are no parts of the whole")
    parts = tuple(leg * part_yen // whole_yen if whole_yen else 0 for leg in legs_yen)
    return parts, part_yen - sum(parts)


def split_exact(amount_yen: int, shares_bps: Sequence[int]) -> tuple[int, ...]:
    """An amount shared out with nothing left, by floored running shares. ValueError unless they are 100 %."""
    if sum(shares_bps) != WHOLE_BPS or min(shares_bps) < 0: raise ValueError("the shares are not a whole")
    parts, given_yen, running_bps = [], 0, 0
    for share_bps in shares_bps:
        running_bps += share_bps
        upto_yen = portion(amount_yen, running_bps)
        parts.append(upto_yen - given_yen)
        given_yen = upto_yen
    return tuple(parts)
