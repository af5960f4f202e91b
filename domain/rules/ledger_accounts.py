"""The accounts of the ledger (勘定科目), and one line of an entry. A debit is positive, a credit negative."""

from __future__ import annotations

from typing import Final

import msgspec

from domain.ids import CompanyId

JPY: Final = "JPY"
SLOT: Final = "SLOT"

RECEIVABLE: Final = "receivable:hiring"
PAYABLE: Final = "payable:source"
UNASSIGNED: Final = "payable:unassigned"
IN_FLIGHT: Final = "transfer-in-flight"
CLEARING: Final = "clearing"
STRIPE_FEES: Final = "stripe-fees"
TAX_OUTPUT: Final = "tax-output"
TAX_INPUT: Final = "tax-input"
COMMISSION: Final = "commission"
REVENUE: Final = "revenue"
CONTRA_REVENUE: Final = "contra-revenue"
REFUND_PAYABLE: Final = "refund-payable"
CLAWBACK: Final = "clawback:source"
PREPAYMENT: Final = "prepayment"
CREDIT: Final = "credit"
CONTRA_REWARD: Final = "contra-reward"
BREAKAGE: Final = "breakage"
IN_TRANSIT: Final = "in-transit"
BANK: Final = "bank"
SUSPENSE: Final = "suspense"
DISPUTE_WITHHELD: Final = "dispute-withheld"
DISPUTE_LOSS: Final = "dispute-loss"
BAD_DEBT: Final = "bad-debt"
SLOT_ISSUED: Final = "slot-issued"
SLOT_OWED: Final = "slot-owed"

ALL_ACCOUNTS: Final = frozenset(
    {
        RECEIVABLE, PAYABLE, UNASSIGNED, IN_FLIGHT, CLEARING, STRIPE_FEES, TAX_OUTPUT, TAX_INPUT, COMMISSION, REVENUE,
        CONTRA_REVENUE, REFUND_PAYABLE, CLAWBACK, PREPAYMENT, CREDIT, CONTRA_REWARD, BREAKAGE, IN_TRANSIT, BANK,
        SUSPENSE, DISPUTE_WITHHELD, DISPUTE_LOSS, BAD_DEBT, SLOT_ISSUED, SLOT_OWED,
    }
)  # fmt: skip


YEN_ACCOUNTS: Final = ALL_ACCOUNTS - {SLOT_ISSUED, SLOT_OWED}


class Line(msgspec.Struct, frozen=True):
    """One line: an account, perhaps a company's, and a signed amount. In the currency SLOT it counts free hires."""

    account: str
    company: CompanyId | None
    amount_yen: int
    currency: str = JPY


Lines = list[Line]


def debit(account: str, company: CompanyId | None, yen: int) -> Line:
    """A line on the left side (借方)."""
    return Line(account, company, yen)


def credit(account: str, company: CompanyId | None, yen: int) -> Line:
    """A line on the right side (貸方)."""
    return Line(account, company, -yen)
