"""An object at Stripe as it is now, folded into our facts by its state: an answer, a webhook and a poll are one.

Every step is a command whose id comes from the intent or the object, so whoever comes first records it and the others
find it done. What carries no intent of ours is `foreign` and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import assert_never
from uuid import UUID, uuid5

from domain import account as accounts
from domain import fee as fees
from domain.account import Account
from domain.calendar import jst_date
from domain.fee import Fee, Progress
from domain.ids import CompanyId, FeeId, account_of
from marketplace.commands import account, fee, fee_release, fee_return, treasury
from marketplace.commands.fee import Payment
from marketplace.commands.fee_return import Moved
from marketplace.commands.office import Office
from marketplace.settlement import intents, movements
from marketplace.settlement.intents import Asked
from marketplace.settlement.stripe import results
from marketplace.settlement.stripe.results import Result
from marketplace.store.log import Command

FOLDED, FOREIGN, WAITS = "folded", "foreign", "waits"
"""What became of an object: all there is to record is recorded; not ours; something it hangs on is not here yet."""
Seen = Callable[[str], results.Movement | None]
"""A balance transaction by its id, if our mirror has it."""
_OBJECTS = UUID("7c6a1a0c-2f0b-4a5e-8f0e-2f8a1f6d9b11")
ACTOR = "provider:stripe"


def command_for(now: datetime, *what: str | UUID) -> Command:
    """The command that records something of Stripe's; the same whoever noticed it."""
    return Command(id=uuid5(_OBJECTS, "\x1f".join(map(str, what))), actor=ACTOR, now=now)


def fold(
    office: Office, found: Result | results.Dispute, seen: Seen, now: datetime, *, account_id: str = ""
) -> str:
    """Record what the object says that we do not know yet. `account_id`: the connected account a payout belongs to."""
    match found:
        case results.Customer():
            return _customer(office, found, now)
        case results.Account():
            return _account(office, found, now)
        case results.Invoice():
            return _invoice(office, found, now)
        case results.Transfer():
            return _transfer(office, found, now)
        case results.Reversal():
            return _reversal(office, found, now)
        case results.Refund():
            return _refund(office, found, seen, now)
        case results.Dispute():
            return _dispute(office, found, seen, now)
        case results.Payout() if account_id:
            return _connected_payout(office, found, now, account_id)
        case results.Payout():
            return _payout(office, found, seen, now)
        case _:
            assert_never(found)


def record_refusal(office: Office, asked: Asked, code: str, now: datetime) -> bool:
    """Stripe said no, and nothing happened. False where no fact follows: then a person looks at the intent."""
    to = FeeId(asked.stream)
    if asked.kind == "create_transfer":
        fee_release.transfer_voided(office, command_for(now, asked.id, "void"), fee=to, intent=asked.id, cause=code)
    elif asked.kind == "reverse_transfer":
        fee_return.reversal_fell_short(office, command_for(now, asked.id, "short"), fee=to, intent=asked.id)
    elif asked.kind == "create_refund":
        fee_return.refund_voided(office, command_for(now, asked.id, "void"), fee=to, intent=asked.id, cause=code)
    else:
        return False
    return True


def _customer(office: Office, found: results.Customer, now: datetime) -> str:
    company = CompanyId(UUID(found.company_id))
    command = command_for(now, found.customer_id, "opened")
    account.customer_opened(office, command, company=company, customer=found.customer_id)
    return FOLDED


def _account(office: Office, found: results.Account, now: datetime) -> str:
    """Only an account that we asked for: its label names the company, and our books name the account."""
    if not found.company_id: return FOREIGN
    company = CompanyId(UUID(found.company_id))
    if not _asked_for(office, company): return FOREIGN
    account.account_opened(
        office,
        command_for(now, found.account_id, "opened"),
        company=company,
        connected=found.account_id,
        country=found.country,
    )
    loaded = office.log.load(account_of(company), accounts.INITIAL, accounts.evolve)
    active = found.transfers == "active"
    if loaded.state.transfers_active != active:
        command = command_for(now, found.account_id, f"transfers:{active}:{loaded.version}")
        account.capability_changed(office, command, company=company, transfers_active=active)
    return FOLDED


def account_gone(office: Office, account_id: str, now: datetime) -> str:
    """The source took its account away from us: nothing can be sent there until Stripe shows it again."""
    company = company_of(office, account_id)
    if company is None: return FOREIGN
    loaded = office.log.load(account_of(company), accounts.INITIAL, accounts.evolve)
    if loaded.state.transfers_active:
        command = command_for(now, account_id, f"gone:{loaded.version}")
        account.capability_changed(office, command, company=company, transfers_active=False)
    return FOLDED


def _asked_for(office: Office, company: CompanyId) -> bool:
    with office.database.transaction() as connection:
        row = connection.execute(
            "SELECT FROM intent WHERE kind = 'open_account' AND stream = %s", (account_of(company),)
        ).fetchone()
    return row is not None


def _invoice(office: Office, found: results.Invoice, now: datetime) -> str:
    to = _stream(office, found.intent_id)
    if to is None: return FOREIGN
    if found.status not in {"open", "paid", "void"}: return FOLDED
    asked = _fee(office, to).invoice
    if asked is not None and asked.intent == UUID(found.intent_id):
        command = command_for(now, found.invoice_id, "issued")
        fee.invoice_issued(office, command, fee=to, provider_invoice=found.invoice_id, total_yen=found.total_yen)
    for charge in found.payments:
        moved = charge.movement
        if moved is None: return WAITS
        payment = Payment(
            charge=charge.charge_id,
            balance_transaction=moved.movement_id,
            gross_yen=moved.amount_yen,
            provider_fee_yen=moved.fee_yen,
            on=jst_date(moved.created_at),
        )
        fee.settle_payment(office, command_for(now, charge.charge_id, "settled"), fee=to, payment=payment)
    if found.status == "void":
        command = command_for(now, found.invoice_id, "void")
        fee.invoice_voided(office, command, fee=to, provider_invoice=found.invoice_id)
    return FOLDED


def _transfer(office: Office, found: results.Transfer, now: datetime) -> str:
    to = _stream(office, found.intent_id)
    if to is None: return FOREIGN
    moved = _moved(found.transfer_id, found.movement_id, -found.amount_yen, found.created_at)
    fee_release.transfer_posted(
        office, command_for(now, found.intent_id, "posted"), fee=to, intent=UUID(found.intent_id), moved=moved
    )
    return FOLDED


def _reversal(office: Office, found: results.Reversal, now: datetime) -> str:
    to = _stream(office, found.intent_id)
    if to is None: return FOREIGN
    moved = _moved(found.reversal_id, found.movement_id, found.amount_yen, found.created_at)
    fee_return.transfer_reversed(
        office, command_for(now, found.intent_id, "reversed"), fee=to, intent=UUID(found.intent_id), moved=moved
    )
    return FOLDED


def _refund(office: Office, found: results.Refund, seen: Seen, now: datetime) -> str:
    """Cash is posted when it moves, whatever the status says: a refund may wait without having left our balance."""
    to = _stream(office, found.intent_id)
    if to is None: return FOREIGN
    intent, failed = UUID(found.intent_id), found.status in {"failed", "canceled"}
    if found.movement_id:
        left = seen(found.movement_id)
        if left is None: return WAITS
        settled = command_for(now, found.intent_id, "settled")
        fee_return.refund_settled(office, settled, fee=to, intent=intent, moved=_at(found.refund_id, left))
    if found.failure_movement_id:
        back = seen(found.failure_movement_id)
        if back is None: return WAITS
        command, cause = command_for(now, found.refund_id, "failed"), found.reason or found.status
        fee_return.refund_failed(office, command, fee=to, moved=_at(found.refund_id, back), cause=cause)
    elif failed and not found.movement_id and _fee(office, to).refunds[intent].progress is Progress.REQUESTED:
        command, cause = command_for(now, found.intent_id, "void"), found.reason or found.status
        fee_return.refund_voided(office, command, fee=to, intent=intent, cause=cause)
    return FOLDED


def _dispute(office: Office, found: results.Dispute, seen: Seen, now: datetime) -> str:
    """A contested charge, by its movements: withheld, and perhaps given back."""
    with office.database.transaction() as connection:
        stream = movements.stream_of(connection, found.charge_id, movements.PAYMENT)
    if stream is None: return WAITS
    to = FeeId(stream)
    for each in map(seen, found.movement_ids):
        if each is None: return WAITS
        if each.amount_yen < 0:
            fee_return.dispute_opened(
                office,
                command_for(now, found.dispute_id, "opened"),
                fee=to,
                moved=_at(found.dispute_id, each),
                amount_yen=-each.amount_yen,
                provider_fee_yen=each.fee_yen,
            )
        else:
            won = command_for(now, found.dispute_id, "won")
            fee_return.dispute_won(office, won, fee=to, moved=_at(found.dispute_id, each))
    if found.status == "lost":
        lost = command_for(now, found.dispute_id, "lost")
        fee_return.dispute_lost(office, lost, fee=to, dispute=found.dispute_id, on=jst_date(now))
    return FOLDED


def _payout(office: Office, found: results.Payout, seen: Seen, now: datetime) -> str:
    payout = treasury.Payout(
        payout=found.payout_id,
        balance_transaction=found.movement_id,
        amount_yen=found.amount_yen,
        created_on=jst_date(found.created_at),
    )
    treasury.payout_created(office, command_for(now, found.payout_id, "created"), payout=payout)
    if found.status == "paid":
        paid = command_for(now, found.payout_id, "paid")
        treasury.payout_paid(office, paid, payout=payout, on=jst_date(found.arrives_at))
    if found.failure_movement_id:
        back = seen(found.failure_movement_id)
        if back is None: return WAITS
        treasury.payout_failed(
            office,
            command_for(now, found.payout_id, "failed"),
            payout=payout,
            balance_transaction=back.movement_id,
            on=jst_date(back.created_at),
        )
    return FOLDED


def _connected_payout(office: Office, found: results.Payout, now: datetime, account_id: str) -> str:
    company = company_of(office, account_id)
    if company is None: return FOREIGN
    if found.status == "paid":
        account.payout_paid(
            office,
            command_for(now, found.payout_id, "paid"),
            company=company,
            payout=found.payout_id,
            amount_yen=found.amount_yen,
            arrived_on=jst_date(found.arrives_at),
        )
    elif found.status in {"failed", "canceled"} and _knows_payout(office, company, found.payout_id):
        account.payout_failed(
            office,
            command_for(now, found.payout_id, "failed"),
            company=company,
            payout=found.payout_id,
            amount_yen=found.amount_yen,
            cause=found.status,
        )
    return FOLDED


def company_of(office: Office, account_id: str) -> CompanyId | None:
    """The company whose connected account this is, by our own books; None for an account that is not ours."""
    with office.database.transaction() as connection:
        row = connection.execute(
            "SELECT company FROM intent WHERE kind = 'open_account' AND state = 'done'"
            " AND result::jsonb #>> '{result,account_id}' = %s",
            (account_id,),
        ).fetchone()
    return CompanyId(row[0]) if row else None


def _knows_payout(office: Office, company: CompanyId, payout: str) -> bool:
    """A payout that failed before it was ever told as paid says nothing about the bank."""
    state: Account = office.log.load(account_of(company), accounts.INITIAL, accounts.evolve).state
    return payout in state.payouts


def _stream(office: Office, label: str) -> FeeId | None:
    with office.database.transaction() as connection:
        stream = intents.stream_of(connection, label)
    return None if stream is None else FeeId(stream)


def _fee(office: Office, to: FeeId) -> Fee:
    return office.log.load(to, fees.INITIAL, fees.evolve).state


def _moved(object_id: str, balance_transaction: str, net_yen: int, at: datetime) -> Moved:
    return Moved(object_id=object_id, balance_transaction=balance_transaction, net_yen=net_yen, on=jst_date(at))


def _at(object_id: str, moved: results.Movement) -> Moved:
    return _moved(object_id, moved.movement_id, moved.net_yen, moved.created_at)
