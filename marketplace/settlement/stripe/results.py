"""What comes back from Stripe, in our own words: frozen structs, whole yen, moments with a zone.

`Outcome` says what is known after a call: done, definitely not done, not known, or not taken up yet.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:
    import stripe


class Customer(msgspec.Struct, frozen=True, tag_field="kind", tag=str.lower):
    """A hiring company at Stripe."""

    customer_id: str
    company_id: str


class Movement(msgspec.Struct, frozen=True, tag_field="kind", tag=str.lower):
    """One balance transaction: what moved, and the only thing cash is posted from. `net = amount - fee`, signed."""

    movement_id: str
    type: str
    reporting_category: str
    amount_yen: int
    fee_yen: int
    net_yen: int
    source_id: str
    created_at: datetime
    available_on: datetime
    status: str


class Charge(msgspec.Struct, frozen=True, tag_field="kind", tag=str.lower):
    """The payment of an invoice, with its movement."""

    charge_id: str
    amount_yen: int
    refunded_yen: int
    disputed: bool
    status: str
    movement: Movement | None


class Invoice(msgspec.Struct, frozen=True, tag_field="kind", tag=str.lower):
    """An invoice and, once paid, what paid it."""

    invoice_id: str
    number: str
    status: str
    customer_id: str
    intent_id: str
    fee_id: str
    total_yen: int
    paid_yen: int
    remaining_yen: int
    hosted_url: str
    payments: tuple[Charge, ...] = ()


class Account(msgspec.Struct, frozen=True, tag_field="kind", tag=str.lower):
    """A source's connected account. `transfers` is active, inactive or pending."""

    account_id: str
    company_id: str
    country: str
    transfers: str
    payouts_enabled: bool


class Transfer(msgspec.Struct, frozen=True, tag_field="kind", tag=str.lower):
    """Platform to source."""

    transfer_id: str
    intent_id: str
    fee_id: str
    account_id: str
    amount_yen: int
    reversed_yen: int
    charge_id: str
    movement_id: str
    created_at: datetime


class Reversal(msgspec.Struct, frozen=True, tag_field="kind", tag=str.lower):
    """Source back to platform."""

    reversal_id: str
    transfer_id: str
    intent_id: str
    amount_yen: int
    movement_id: str
    created_at: datetime


class Refund(msgspec.Struct, frozen=True, tag_field="kind", tag=str.lower):
    """Platform back to the hiring company. `status`: pending, requires_action, succeeded, failed or canceled."""

    refund_id: str
    charge_id: str
    intent_id: str
    fee_id: str
    amount_yen: int
    status: str
    reason: str
    movement_id: str
    failure_movement_id: str
    created_at: datetime


class Dispute(msgspec.Struct, frozen=True, tag_field="kind", tag=str.lower):
    """A contested charge."""

    dispute_id: str
    charge_id: str
    amount_yen: int
    status: str
    movement_ids: tuple[str, ...]


class Payout(msgspec.Struct, frozen=True, tag_field="kind", tag=str.lower):
    """Stripe to a bank."""

    payout_id: str
    intent_id: str
    amount_yen: int
    status: str
    automatic: bool
    movement_id: str
    failure_movement_id: str
    created_at: datetime
    arrives_at: datetime


class Balance(msgspec.Struct, frozen=True):
    """What Stripe holds for us, in yen."""

    available_yen: int
    pending_yen: int

    @property
    def total_yen(self) -> int:
        """Available and pending together: what the clearing account of the ledger must equal."""
        return self.available_yen + self.pending_yen


Result: TypeAlias = Customer | Invoice | Account | Transfer | Reversal | Refund | Payout


class Done(msgspec.Struct, frozen=True, tag_field="kind", tag="done"):
    """It happened."""

    result: Result


class Refused(msgspec.Struct, frozen=True, tag_field="kind", tag="refused"):
    """Stripe said no and nothing happened.

    Stripe remembers the answer under the key, so another attempt (after a top-up, say) needs a new generation.
    """

    code: str
    message: str


class Unknown(msgspec.Struct, frozen=True, tag_field="kind", tag="unknown"):
    """It may have happened. Same bytes, same key, or a look-up. `idempotency_error` needs a person, never a new key."""

    code: str


class Later(msgspec.Struct, frozen=True, tag_field="kind", tag="later"):
    """Not taken up, and not because of the request: the same bytes again after a while."""

    code: str


Outcome: TypeAlias = Done | Refused | Unknown | Later


def moment(seconds: int) -> datetime:
    """Stripe's seconds as a moment."""
    return datetime.fromtimestamp(seconds, UTC)


def id_of(value: object) -> str:
    """The id of a field that Stripe may have expanded; empty when there is none."""
    if value is None:
        return ""
    return value if isinstance(value, str) else str(getattr(value, "id", ""))


def label(labelled: object, name: str) -> str:
    """One of our metadata labels; empty when the object is not ours."""
    return str(getattr(getattr(labelled, "metadata", None), name, "") or "")


def customer(it: stripe.Customer) -> Customer:
    """Read a customer."""
    return Customer(it.id, label(it, "company_id"))


def movement(it: stripe.BalanceTransaction) -> Movement:
    """Read a balance transaction."""
    return Movement(
        movement_id=it.id,
        type=it.type,
        reporting_category=it.reporting_category,
        amount_yen=it.amount,
        fee_yen=it.fee,
        net_yen=it.net,
        source_id=id_of(it.source),
        created_at=moment(it.created),
        available_on=moment(it.available_on),
        status=it.status,
    )


def charge(it: stripe.Charge) -> Charge:
    """Read a charge whose balance transaction was expanded."""
    moved = it.balance_transaction
    return Charge(
        charge_id=it.id,
        amount_yen=it.amount,
        refunded_yen=it.amount_refunded,
        disputed=it.disputed,
        status=it.status,
        movement=None if moved is None or isinstance(moved, str) else movement(moved),
    )


def invoice(it: stripe.Invoice, payments: tuple[Charge, ...] = ()) -> Invoice:
    """Read an invoice; its payments are fetched apart."""
    return Invoice(
        invoice_id=it.id,
        number=it.number or "",
        status=it.status or "",
        customer_id=id_of(it.customer),
        intent_id=label(it, "intent_id"),
        fee_id=label(it, "fee_id"),
        total_yen=it.total,
        paid_yen=it.amount_paid,
        remaining_yen=it.amount_remaining,
        hosted_url=it.hosted_invoice_url or "",
        payments=payments,
    )


def account(it: stripe.Account) -> Account:
    """Read a connected account."""
    return Account(
        account_id=it.id,
        company_id=label(it, "company_id"),
        country=it.country or "",
        transfers=str(getattr(it.capabilities, "transfers", "") or "inactive"),
        payouts_enabled=bool(it.payouts_enabled),
    )


def transfer(it: stripe.Transfer) -> Transfer:
    """Read a transfer."""
    return Transfer(
        transfer_id=it.id,
        intent_id=label(it, "intent_id"),
        fee_id=label(it, "fee_id"),
        account_id=id_of(it.destination),
        amount_yen=it.amount,
        reversed_yen=it.amount_reversed,
        charge_id=id_of(it.source_transaction),
        movement_id=id_of(it.balance_transaction),
        created_at=moment(it.created),
    )


def reversal(it: stripe.TransferReversal) -> Reversal:
    """Read a reversal."""
    return Reversal(
        reversal_id=it.id,
        transfer_id=id_of(it.transfer),
        intent_id=label(it, "intent_id"),
        amount_yen=it.amount,
        movement_id=id_of(it.balance_transaction),
        created_at=moment(it.created),
    )


def refund(it: stripe.Refund) -> Refund:
    """Read a refund; `reason` is why it waits or failed."""
    return Refund(
        refund_id=it.id,
        charge_id=id_of(it.charge),
        intent_id=label(it, "intent_id"),
        fee_id=label(it, "fee_id"),
        amount_yen=it.amount,
        status=it.status or "",
        reason=str(getattr(it, "failure_reason", None) or getattr(it, "pending_reason", None) or ""),
        movement_id=id_of(it.balance_transaction),
        failure_movement_id=id_of(getattr(it, "failure_balance_transaction", None)),
        created_at=moment(it.created),
    )


def dispute(it: stripe.Dispute) -> Dispute:
    """Read a dispute."""
    moved = tuple(each.id for each in it.balance_transactions)
    return Dispute(it.id, id_of(it.charge), it.amount, it.status, moved)


def payout(it: stripe.Payout) -> Payout:
    """Read a payout."""
    return Payout(
        payout_id=it.id,
        intent_id=label(it, "intent_id"),
        amount_yen=it.amount,
        status=it.status,
        automatic=it.automatic,
        movement_id=id_of(it.balance_transaction),
        failure_movement_id=id_of(it.failure_balance_transaction),
        created_at=moment(it.created),
        arrives_at=moment(it.arrival_date),
    )
