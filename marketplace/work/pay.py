"""The only place that talks to Stripe: intents are sent, webhooks are read, and what nobody told us is fetched.

An intent: PENDING → SENDING (committed first) → DONE, REFUSED or UNKNOWN. Unknown: look whether it is there, else the same
bytes under the same key until 23 hours after the first sending; then only looking, and a new key after two look-ups, ten
minutes apart, that found nothing. Nothing here runs when projections are rebuilt.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from domain.ids import FeeId
from domain.refusal import Refused
from marketplace.commands import account, fee_release, provider
from marketplace.commands.office import Office
from marketplace.commands.provider import FOLDED
from marketplace.settlement import inbox, intents, mirror
from marketplace.settlement.inbox import Notice
from marketplace.settlement.intents import Asked, State
from marketplace.settlement.stripe import gateway, results
from marketplace.settlement.stripe.results import Done, Later, Outcome, Result, Unknown
from marketplace.store.log import Command
from marketplace.work.tasks import Again

Client = Any
"""A `stripe.StripeClient`; only `settlement/stripe` may name the SDK."""

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=30)
NOTICE_WAITS = timedelta(days=3)
"""As long as Stripe itself goes on sending a notice (docs.stripe.com/webhooks)."""
MOVES_MONEY = (results.Refund, results.Payout, results.Dispute)
"""Objects whose movements come later than themselves: the mirror is refreshed before they are recorded."""


def send_intent(office: Office, client: Client, intent_id: UUID, now: datetime) -> Again | None:
    """Bring one intent a step further."""
    try:
        return _step(office, client, intent_id, now)
    except gateway.StripeUnavailable as away:
        return Again(now + FIRST_WAIT, away.code)


def _step(office: Office, client: Client, intent_id: UUID, now: datetime) -> Again | None:
    with office.database.transaction() as connection:
        asked = intents.load(connection, intent_id)
    if asked is None or asked.over:
        return None
    if asked.state is State.DONE and asked.outcome is not None:
        return _record(office, client, asked, asked.outcome, now)
    if asked.state is State.REFUSED:
        _record_refusal(office, asked, asked.code or "", now)
        return None
    if asked.state in {State.SENDING, State.UNKNOWN}:
        found = gateway.look_up(client, asked.request)
        if found is not None:
            return _done(office, client, asked, Done(found), now)
        if asked.key_is_old(now):
            return _look_again(office, asked, now)
    return _send(office, client, asked, now)


def _send(office: Office, client: Client, asked: Asked, now: datetime) -> Again | None:
    from marketplace.settlement.stripe.contract import ContractBroken  # noqa: PLC0415  imports the SDK, which is slow

    with office.database.transaction() as connection:
        if not intents.begin(connection, asked, now):
            return Again(now, "moved-on")
    try:
        outcome: Outcome = gateway.send(client, asked.request)
    except ContractBroken:
        _keep(office, asked, State.BLOCKED, "contract-broken")
        return None
    match outcome:
        case Done():
            return _done(office, client, asked, outcome, now)
        case results.Refused(code=code):
            _keep(office, asked, State.REFUSED, code)
            _record_refusal(office, asked, code, now)
            return None
        case Unknown(code="idempotency_error" as code):
            _keep(office, asked, State.BLOCKED, code)
            return None
        case Unknown(code=code):
            _keep(office, asked, State.UNKNOWN, code)
            return Again(now + _wait(asked), code)
        case Later(code=code):
            _keep(office, asked, State.PENDING if asked.state is State.PENDING else State.UNKNOWN, code)
            return Again(now + _wait(asked), code)


def _look_again(office: Office, asked: Asked, now: datetime) -> Again:
    """Nothing is there, and Stripe may have forgotten the key: sending it again might do it twice."""
    with office.database.transaction() as connection:
        if intents.found_nothing(connection, asked, now):
            intents.renew(connection, asked)
            return Again(now, "new-generation")
    return Again(now + intents.BETWEEN_LOOKUPS, "not-found-yet")


def _keep(office: Office, asked: Asked, state: State, code: str) -> None:
    with office.database.transaction() as connection:
        intents.keep(connection, asked.id, state, code=code)


def _done(office: Office, client: Client, asked: Asked, done: Done, now: datetime) -> Again | None:
    with office.database.transaction() as connection:
        intents.keep_done(connection, asked.id, done)
    return _record(office, client, asked, done, now)


def _record(office: Office, client: Client, asked: Asked, done: Done, now: datetime) -> Again | None:
    """From what Stripe did to the fact in the log; the same fact if a webhook was first."""
    try:
        outcome = fold_now(office, client, done.result, now)
    except Refused as refused:
        outcome = refused.code
    if outcome != FOLDED:
        with office.database.transaction() as connection:
            intents.keep_unrecorded(connection, asked.id, outcome)
        return Again(now + LONGEST_WAIT, outcome)
    with office.database.transaction() as connection:
        intents.keep_recorded(connection, asked.id, now)
    return None


def _record_refusal(office: Office, asked: Asked, code: str, now: datetime) -> None:
    """A refused transfer, reversal or refund is a fact; a refused customer, account or invoice waits for a person."""
    if provider.record_refusal(office, asked, code, now):
        with office.database.transaction() as connection:
            intents.keep_recorded(connection, asked.id, now)


def _wait(asked: Asked) -> timedelta:
    doublings = min(asked.attempts, 10)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def refresh_mirror(office: Office, client: Client) -> None:
    """Copy the movements of our balance at Stripe since two days before the newest known one."""
    with office.database.transaction() as connection:
        since = mirror.since(connection)
    moved = gateway.list_movements(client, since)
    with office.database.transaction() as connection:
        mirror.keep(connection, moved)


def fold_now(
    office: Office, client: Client, found: Result | results.Dispute, now: datetime, *, account_id: str = ""
) -> str:
    """Record an object with the movements that belong to it."""
    if isinstance(found, MOVES_MONEY) and not account_id:
        refresh_mirror(office, client)
    return provider.fold(office, found, lambda key: seen(office, key), now, account_id=account_id)


def seen(office: Office, balance_transaction: str) -> results.Movement | None:
    """A movement out of the mirror."""
    with office.database.transaction() as connection:
        return mirror.find(connection, balance_transaction)


def read_webhook(office: Office, client: Client, key: UUID, now: datetime) -> Again | None:
    """Fetch what a notice is about as it is now, and record that. The notice itself is never believed."""
    with office.database.transaction() as connection:
        notice = inbox.load(connection, key)
    if notice is None or notice.handled_at is not None:
        return None
    try:
        outcome = _read(office, client, notice, now)
    except gateway.StripeUnavailable as away:
        return Again(now + FIRST_WAIT, away.code)
    except gateway.NoSuchObject:
        outcome = "no-such-object"
    except Refused as refused:
        outcome = refused.code
    settled = outcome in {FOLDED, provider.FOREIGN, "ignored", "no-such-object"}
    if not settled and now - notice.received_at < NOTICE_WAITS:
        return Again(now + LONGEST_WAIT, outcome)
    with office.database.transaction() as connection:
        inbox.keep_handled(connection, key, outcome, now)
    return None


def _read(office: Office, client: Client, notice: Notice, now: datetime) -> str:
    kind, _, verb = notice.type.partition(".")
    object_id, account_id = notice.object_id, notice.account
    if account_id and provider.company_of(office, account_id) is None:
        return provider.FOREIGN
    match kind:
        case "invoice":
            return fold_now(office, client, gateway.get_invoice(client, object_id), now)
        case "transfer":
            return read_transfer(office, client, object_id, now)
        case "refund":
            return fold_now(office, client, gateway.get_refund(client, object_id), now)
        case "payout":
            payout = gateway.get_payout(client, object_id, account_id)
            return fold_now(office, client, payout, now, account_id=account_id)
        case "charge" if verb.startswith("dispute."):
            return fold_now(office, client, gateway.get_dispute(client, object_id), now)
        case "account" if verb == "application.deauthorized" and account_id:
            return provider.account_gone(office, account_id, now)
        case "account" if verb == "external_account.updated":
            return _payout_account_changed(office, notice, now)
        case "account" | "capability" if account_id:
            return fold_now(office, client, gateway.get_account(client, account_id), now)
        case _:
            return "ignored"


def _payout_account_changed(office: Office, notice: Notice, now: datetime) -> str:
    """Another bank account than before: whoever changed it at Stripe, nothing is sent there for some days."""
    company = provider.company_of(office, notice.account)
    if company is None: return provider.FOREIGN
    command = provider.command_for(now, notice.event_id, "payout-account")
    account.change_payout_account(office, command, company=company, by=provider.ACTOR)
    return FOLDED


def read_transfer(office: Office, client: Client, transfer_id: str, now: datetime) -> str:
    """A transfer, and everything that was taken back from it."""
    outcome = fold_now(office, client, gateway.get_transfer(client, transfer_id), now)
    for reversal in gateway.list_reversals(client, transfer_id):
        fold_now(office, client, reversal, now)
    return outcome


def release_again(office: Office, fee: UUID, now: datetime) -> Again | None:
    """Another attempt at a release, where no timer is left for it."""
    command = Command(id=uuid5(fee, f"release-again:{now.isoformat()}"), actor="task:release-again", now=now)
    try:
        fee_release.release(office, command, fee=FeeId(fee))
    except Refused as refused:
        return Again(fee_release.waits_until(office, FeeId(fee), now), refused.code)
    return None
