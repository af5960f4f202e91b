"""The fee is owed from the first day of work; model, rate, tax and every leg are decided here and never again.

Base, rate, ladder and commission come from the frozen terms (rule 6), the shares from ownership (rule 7), the reward
modes from the licences at the start (rule 8). One source paid in cash makes it the agent model: its part is never our
revenue. Where sources differ, each leg keeps its own mode: cash legs are payable, and what the others would have been
paid is ours, with its tax; a credit leg only says what may be granted later. Without a cash leg it is the principal
model and the whole fee is ours. A hire on a slot, and one known to the hirer before, has a fee of ¥0 and no legs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import msgspec

from domain.company import RewardMode
from domain.fee import Fee, FeeAccrued, FeeAdjusted, Leg, Model, Progress, SharesAllocated
from domain.frozen_terms import Terms
from domain.hire import Share
from domain.ids import CompanyId, HireId, IntroductionId, fee_of
from domain.money import WHOLE_BPS, split_exact, tax_on
from domain.refusal import Refused
from domain.rules.fee_parts import accrued
from domain.rules.guarantee import guarantee_ends_on, report_until
from domain.rules.terms import tax_rate_on

Modes = Mapping[CompanyId, RewardMode]


class HireFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the hire says. `shares` is None while nobody has decided who earned it, and empty if no source did."""

    hire: HireId
    introduction: IntroductionId
    number: str
    hiring: CompanyId
    started_on: date
    base_yen: int
    shares: tuple[Share, ...] | None
    fee_bps: int = WHOLE_BPS
    on_slot: bool = False


def accrue(fee: Fee, facts: HireFacts, terms: Terms, modes: Modes) -> FeeAccrued:
    """The person started. Refuses `fee-already-accrued`, `source-not-in-terms`, `tax-rate-unknown`."""
    if fee.accrual is not None: raise Refused("fee-already-accrued", number=fee.accrual.number)
    return accrual_of(facts, terms, modes)


def accrual_of(facts: HireFacts, terms: Terms, modes: Modes) -> FeeAccrued:
    """The whole accrual, in yen: what the source side gets is floored, the platform keeps the rest."""
    owed_bps2 = 0 if facts.on_slot else terms.fee_rate_bps * facts.fee_bps
    fee_yen = facts.base_yen * owed_bps2 // WHOLE_BPS**2
    tax_rate_bps = tax_rate_on(terms, facts.started_on)
    tax_yen = tax_on(fee_yen, tax_rate_bps)
    legs, cash_net_yen, cash_tax_yen = [], 0, 0
    for share in facts.shares or () if fee_yen else ():
        mode = modes[share.source]
        part_bps2 = share.share_bps * _source_bps(terms, share.source)
        net_yen, net_tax_yen = fee_yen * part_bps2 // WHOLE_BPS**2, tax_yen * part_bps2 // WHOLE_BPS**2
        if mode is RewardMode.CASH:
            cash_net_yen, cash_tax_yen = cash_net_yen + net_yen, cash_tax_yen + net_tax_yen
        leg_yen = net_yen + net_tax_yen if mode in (RewardMode.CASH, RewardMode.CREDIT) else 0
        legs.append(Leg(source=share.source, mode=mode, amount_yen=leg_yen))
    open_bps = _unassigned_bps(terms, modes) if facts.shares is None else 0
    open_net_yen, open_tax_yen = fee_yen * open_bps // WHOLE_BPS, tax_yen * open_bps // WHOLE_BPS
    is_agent = open_net_yen > 0 or any(leg.mode is RewardMode.CASH for leg in legs)
    return FeeAccrued(
        effective_on=facts.started_on,
        fee=fee_of(facts.hire),
        hire=facts.hire,
        introduction=facts.introduction,
        number=facts.number,
        hiring=facts.hiring,
        model=Model.AGENT if is_agent else Model.PRINCIPAL,
        fee_yen=fee_yen,
        tax_rate_bps=tax_rate_bps,
        tax_yen=tax_yen,
        total_yen=fee_yen + tax_yen,
        commission_yen=fee_yen - cash_net_yen - open_net_yen,
        commission_tax_yen=tax_yen - cash_tax_yen - open_tax_yen,
        legs=tuple(legs),
        unassigned_yen=open_net_yen + open_tax_yen,
        due_on=facts.started_on + timedelta(days=terms.payment_due_days),
        guarantee_ends_on=guarantee_ends_on(terms, facts.started_on),
        release_on=report_until(terms, facts.started_on) + timedelta(days=1) if fee_yen else None,
    )


def allocate_shares(fee: Fee, shares: tuple[Share, ...], terms: Terms, modes: Modes, *, on: date) -> SharesAllocated:
    """Who earned it was decided after the start: what was unassigned becomes payable, less what has fallen away since.

    Refuses `nothing-unassigned`; and `allocation-needs-adjustment` where the accrual itself would have been another:
    nobody earned it, a source not paid in cash, or one with a higher commission.
    """
    if fee.unassigned_whole_yen == 0: raise Refused("nothing-unassigned")
    open_bps = _unassigned_bps(terms, modes)
    for share in shares:
        as_accrued = modes[share.source] is RewardMode.CASH and _source_bps(terms, share.source) == open_bps
        if not as_accrued: raise Refused("allocation-needs-adjustment")
    if not shares: raise Refused("allocation-needs-adjustment")
    wholes = split_exact(fee.unassigned_whole_yen, [share.share_bps for share in shares])
    left = [whole - whole * fee.fallen_away_yen // fee.total_yen for whole in wholes]
    return SharesAllocated(
        effective_on=on,
        legs=_cash_legs(shares, left),
        whole_legs=_cash_legs(shares, wholes),
        rounding_yen=sum(left) - fee.unassigned_yen,
    )


def adjust(fee: Fee, facts: HireFacts, terms: Terms, modes: Modes, *, on: date) -> FeeAdjusted:
    """The accrual was wrong: base corrected, ownership resolved otherwise. What was paid beyond it becomes prepayment.

    Refuses `fee-not-accrued`, `adjustment-changes-nothing`, and `adjustment-too-late` once a part was sent on,
    returned, disputed, written off or netted: that takes an entry signed by two.
    """
    old = accrued(fee)
    sent = any(transfer.progress is not Progress.VOID for transfer in fee.transfers.values())
    moved = sent or fee.return_bps or fee.offset_yen or fee.disputes or fee.fallen_away_yen
    if moved: raise Refused("adjustment-too-late")
    new = accrual_of(facts, terms, modes)
    if new == old: raise Refused("adjustment-changes-nothing")
    return FeeAdjusted(effective_on=on, old=old, new=new, excess_yen=max(0, fee.paid_yen - new.total_yen))


def _cash_legs(shares: tuple[Share, ...], amounts: list[int] | tuple[int, ...]) -> tuple[Leg, ...]:
    return tuple(
        Leg(source=share.source, mode=RewardMode.CASH, amount_yen=amount_yen)
        for share, amount_yen in zip(shares, amounts, strict=True)
    )


def _commission_bps(terms: Terms, source: CompanyId) -> int:
    for reward in terms.rewards:
        if reward.source == source: return reward.commission_rate_bps
    raise Refused("source-not-in-terms")


def _source_bps(terms: Terms, source: CompanyId) -> int:
    return WHOLE_BPS - _commission_bps(terms, source)


def _unassigned_bps(terms: Terms, modes: Modes) -> int:
    """Until it is decided, the most that any source paid in cash could have earned is set aside."""
    cash = (reward.source for reward in terms.rewards if modes.get(reward.source) is RewardMode.CASH)
    return max((_source_bps(terms, source) for source in cash), default=0)
