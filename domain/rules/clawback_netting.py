"""What a source owes back for one fee is taken out of what it is owed for another, once that may be paid.

Only what Stripe has not been asked to reverse is netted, so no yen is taken back twice.
"""

from __future__ import annotations

from datetime import date

from domain.account import ClawbackNetted
from domain.fee import ClawbackOffset, Fee, PayableOffset
from domain.ids import CompanyId
from domain.refusal import Refused
from domain.rules.fee_parts import accrued, asked_back_yen
from domain.rules.fee_release import check_released


def net_clawback(
    owing: Fee, paying: Fee, *, source: CompanyId, on: date
) -> tuple[ClawbackNetted, PayableOffset, ClawbackOffset]:
    """One append: the entry to the source's account, a memo each to the paying and the owing fee (which may be one).

    Refuses what `check_released` refuses for the paying fee, `not-a-beneficiary`, `nothing-to-claw-back`,
    `nothing-payable`.
    """
    owed, payable = owing.parts.get(source), paying.parts.get(source)
    if owed is None or payable is None: raise Refused("not-a-beneficiary")
    owed_yen = owed.clawback_yen - asked_back_yen(owing, source)
    if owed_yen <= 0: raise Refused("nothing-to-claw-back")
    check_released(paying, on=on)
    if payable.payable_yen <= 0: raise Refused("nothing-payable")
    amount_yen = min(owed_yen, payable.payable_yen)
    owed_for, paid_from = accrued(owing).fee, accrued(paying).fee
    return (
        ClawbackNetted(effective_on=on, company=source, owed_for=owed_for, paid_from=paid_from, amount_yen=amount_yen),
        PayableOffset(source=source, amount_yen=amount_yen, owed_for=owed_for),
        ClawbackOffset(source=source, amount_yen=amount_yen, paid_from=paid_from),
    )
