"""What nobody told us: whatever changed at Stripe is found without webhooks, and every movement is explained or named.

Once an hour, and before a reconciliation: movements are mirrored, objects that could still change are fetched, and each
movement that no entry posts is explained by its object. What stays unexplained stands in suspense, never outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from domain.refusal import Refused
from marketplace.commands import provider, treasury
from marketplace.commands.office import Office
from marketplace.settlement import intents, mirror, movements, reconcile
from marketplace.settlement.reconcile import Reconciliation
from marketplace.settlement.stripe import gateway, results
from marketplace.settlement.stripe.results import Movement, Result
from marketplace.work import project, wait
from marketplace.work.pay import Client, refresh_mirror, seen
from marketplace.work.tasks import Again
from projections import ledger

EVERY = timedelta(hours=1)
WHILE_AWAY = timedelta(minutes=5)
GRACE = timedelta(days=3)
"""So long may a payment wait for its invoice to be recorded before it is called unknown."""
PAYOUTS_BACK = timedelta(days=40)
INVOICES_BACK = timedelta(days=400)
LEDGER_PATIENCE_SECONDS = 5.0
TASK = UUID("5b0c8f3a-7d0e-4c51-9a2b-1f5a1d2c3e4f")
MIRROR = "mirror"

_MINE = frozenset({"transfer", "transfer_refund", "payment_refund", "refund", "refund_failure", "payout", "adjustment"})
"""Types of movement that an object of ours explains; without one they are unknown at once."""
_PAYMENTS = frozenset({"payment", "charge"})


def start(office: Office, now: datetime) -> None:
    """Let the hourly task exist; safe to do at every start of a worker."""
    with office.database.transaction() as connection:
        connection.execute(
            "INSERT INTO task (id, kind, subject, run_at) VALUES (%s, %s, %s, %s) ON CONFLICT (id) DO NOTHING",
            (TASK, MIRROR, TASK, now),
        )


def hourly(office: Office, client: Client, now: datetime) -> Again:
    """The task: converge, and again in an hour; soon, if Stripe did not answer."""
    try:
        converge(office, client, now)
    except gateway.StripeUnavailable as away:
        return Again(now + WHILE_AWAY, away.code)
    return Again(now + EVERY, "every hour")


def converge(office: Office, client: Client, now: datetime) -> None:
    """Fetch what could have changed and explain what moved. Twice in a row changes nothing."""
    refresh_mirror(office, client)
    _look_up_open_intents(office, client, now)
    for invoice_id in _unpaid_invoices(office, now):
        _fold(office, gateway.get_invoice(client, invoice_id), now)
    for payout in gateway.list_payouts(client, now - PAYOUTS_BACK):
        _fold(office, payout, now)
    for dispute_id in _open_disputes(office):
        _fold(office, gateway.get_dispute(client, dispute_id), now)
    for account_id in _connected(office):
        _look_at_account(office, client, account_id, now)
    with office.database.transaction() as connection:
        unposted = mirror.unposted(connection)
    for moved in unposted:
        _explain(office, client, moved, now)


def reconciled(office: Office, client: Client, now: datetime) -> Reconciliation:
    """Converge, let the ledger post what came of it, then compare it with Stripe, yen for yen."""
    converge(office, client, now)
    position = office.log.position()
    while project.advance(office.database, office.log, ledger.PROJECTION):
        pass
    wait.until(office.database, [ledger.PROJECTION.name], position, patience=LEDGER_PATIENCE_SECONDS)
    balance = gateway.get_balance(client)
    with office.database.transaction() as connection:
        return reconcile.reconcile(connection, balance, now)


def _look_at_account(office: Office, client: Client, account_id: str, now: datetime) -> None:
    """A source's account and its payouts. One that was taken away from us stops nobody else."""
    try:
        _fold(office, gateway.get_account(client, account_id), now)
        for payout in gateway.list_payouts(client, now - PAYOUTS_BACK, account_id):
            _fold(office, payout, now, account_id=account_id)
    except gateway.NoSuchObject:
        provider.account_gone(office, account_id, now)


def _explain(office: Office, client: Client, moved: Movement, now: datetime) -> None:
    """Record the object behind a movement; without one of ours the movement is told as it is."""
    command = provider.command_for(now, moved.movement_id, "told")
    try:
        if moved.type == "stripe_fee" and moved.net_yen < 0:
            treasury.stripe_fee_charged(office, command, moved=moved)
        elif moved.type == "topup" and moved.net_yen > 0:
            treasury.topped_up(office, command, moved=moved)
        elif moved.type in _PAYMENTS:
            if now - moved.created_at > GRACE:
                treasury.unknown_movement_seen(office, command, moved=moved)
        elif moved.type not in _MINE or _object_behind(office, client, moved, now) == provider.FOREIGN:
            treasury.unknown_movement_seen(office, command, moved=moved)
    except Refused:
        # Another worker told it first, or a rule stands in the way: reconciliation names it.
        return


def _object_behind(office: Office, client: Client, moved: Movement, now: datetime) -> str:
    """Fetch and record what the movement came from; `foreign` if it is nothing of ours."""
    key = moved.source_id
    # A reversal cannot be fetched by its id alone; those of ours were looked up, a notice may still come.
    found = provider.WAITS if key.startswith("trr_") else provider.FOREIGN
    try:
        if key.startswith("tr_"):
            found = _fold(office, gateway.get_transfer(client, key), now)
        elif key.startswith("re_"):
            found = _fold(office, gateway.get_refund(client, key), now)
        elif key.startswith("dp_"):
            found = _fold(office, gateway.get_dispute(client, key), now)
        elif key.startswith("po_"):
            found = _fold(office, gateway.get_payout(client, key), now)
    except gateway.NoSuchObject:
        return provider.FOREIGN
    with office.database.transaction() as connection:
        if movements.is_posted(connection, moved.movement_id):
            return provider.FOLDED
    # Ours, but the cash is not posted: it waits for something, until it has waited too long.
    return provider.FOREIGN if now - moved.created_at > GRACE else found


def _look_up_open_intents(office: Office, client: Client, now: datetime) -> None:
    """Reversals have no endpoint by their id; a request without an answer may have done something. Look for both."""
    with office.database.transaction() as connection:
        asked = intents.sent_unanswered(connection)
    for each in asked:
        found = gateway.look_up(client, each.request)
        if found is not None:
            _fold(office, found, now)


def _unpaid_invoices(office: Office, now: datetime) -> Sequence[str]:
    """Invoices that were issued and for which no money has been posted."""
    with office.database.transaction() as connection:
        found = connection.execute(
            "SELECT i.result::jsonb #>> '{result,invoice_id}' FROM intent i WHERE i.kind = 'issue_invoice'"
            " AND i.state = 'done' AND i.created_at > %s AND NOT EXISTS (SELECT FROM provider_movement m"
            " WHERE m.stream = i.stream AND m.kind = 'payment') ORDER BY i.created_at",
            (now - INVOICES_BACK,),
        )
        return [row[0] for row in found.fetchall()]


def _open_disputes(office: Office) -> Sequence[str]:
    """Disputes whose money was withheld and not given back."""
    with office.database.transaction() as connection:
        found = connection.execute(
            "SELECT m.object_id FROM provider_movement m WHERE m.kind = 'dispute' AND NOT EXISTS"
            " (SELECT FROM provider_movement b WHERE b.object_id = m.object_id AND b.kind = 'dispute_reversal')"
        )
        return [row[0] for row in found.fetchall()]


def _connected(office: Office) -> Sequence[str]:
    """The connected accounts of our sources."""
    with office.database.transaction() as connection:
        found = connection.execute(
            "SELECT result::jsonb #>> '{result,account_id}' FROM intent WHERE kind = 'open_account' AND state = 'done'"
            " ORDER BY created_at"
        )
        return [row[0] for row in found.fetchall()]


def _fold(office: Office, found: Result | results.Dispute, now: datetime, *, account_id: str = "") -> str:
    """Record one object; what a rule refuses waits, and the others go on."""
    try:
        return provider.fold(office, found, lambda key: seen(office, key), now, account_id=account_id)
    except Refused:
        return provider.WAITS
