"""A disputed charge stops everything: no transfer, no refund, until it is won or lost. Lost, each bears its part."""

from __future__ import annotations

from datetime import date

from domain.fee import DisputeLost, DisputeOpened, DisputeWon, Fee
from domain.refusal import Refused
from domain.rules.fee_parts import accrued, borne_by_sources, step


def dispute_opened(
    fee: Fee, *, dispute: str, balance_transaction: str, amount_yen: int, provider_fee_yen: int, on: date
) -> DisputeOpened:
    """Stripe withheld the amount and took its fee. Refuses `dispute-already-recorded`, `amount-not-positive`."""
    accrued(fee)
    if dispute in fee.disputes:
        raise Refused("dispute-already-recorded")
    if amount_yen <= 0:
        raise Refused("amount-not-positive")
    return DisputeOpened(
        effective_on=on,
        dispute=dispute,
        balance_transaction=balance_transaction,
        amount_yen=amount_yen,
        provider_fee_yen=provider_fee_yen,
    )


def dispute_won(fee: Fee, *, dispute: str, balance_transaction: str, on: date) -> DisputeWon:
    """The whole amount is back; Stripe's fee is not. Refuses `dispute-not-open`."""
    amount_yen = _open(fee, dispute)
    return DisputeWon(effective_on=on, dispute=dispute, balance_transaction=balance_transaction, amount_yen=amount_yen)


def dispute_lost(fee: Fee, *, dispute: str, on: date) -> DisputeLost:
    """It is gone, and with it each source's part of what was kept; the rest is our loss. Refuses `dispute-not-open`."""
    amount_yen = _open(fee, dispute)
    share = step(fee, min(amount_yen, fee.kept_yen))
    legs = borne_by_sources(fee, share)
    borne_yen = sum(leg.from_payable_yen + leg.from_clawback_yen for leg in legs) + share.unassigned_yen
    return DisputeLost(
        effective_on=on,
        dispute=dispute,
        amount_yen=amount_yen,
        loss_yen=amount_yen - borne_yen,
        legs=legs,
        unassigned_yen=share.unassigned_yen,
    )


def _open(fee: Fee, dispute: str) -> int:
    amount_yen = fee.disputes.get(dispute, 0)
    if amount_yen == 0:
        raise Refused("dispute-not-open")
    return amount_yen
