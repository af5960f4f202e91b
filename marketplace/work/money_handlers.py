"""Which command answers which reaction and timer of money, and the effects that talk to Stripe; wired in `run`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from domain.event import Recorded
from domain.events import AnyEvent
from domain.ids import CompanyId, FeeId, HireId, TransferRunId
from marketplace.commands import account, fee, fee_release, fee_return, transfer_run
from marketplace.commands.fee_steps import RELEASE_AGAIN
from marketplace.commands.office import Office
from marketplace.settlement.inbox import READ
from marketplace.settlement.intents import SEND
from marketplace.store.log import Command
from marketplace.work import pay, poll
from marketplace.work.react import Reaction
from marketplace.work.sweep import Timer
from marketplace.work.tasks import Effect


def _open_customer(office: Office, command: Command, recorded: Recorded[AnyEvent]) -> object:
    return account.open_customer(office, command, company=CompanyId(recorded.stream))


def _schedule_release(office: Office, command: Command, recorded: Recorded[AnyEvent]) -> object:
    return fee_release.schedule_release(office, command, fee=FeeId(recorded.stream))


def _determine_return(office: Office, command: Command, recorded: Recorded[AnyEvent]) -> object:
    return fee_return.determine_return(office, command, hire=HireId(recorded.stream))


def _send_transfer_run(office: Office, command: Command, recorded: Recorded[AnyEvent]) -> None:
    transfer_run.send(office, command, TransferRunId(recorded.stream))


def _accrue_fee(office: Office, command: Command, stream: UUID) -> object:
    return fee.accrue(office, command, hire=HireId(stream))


def _request_invoice(office: Office, command: Command, stream: UUID) -> object:
    return fee.request_invoice(office, command, fee=FeeId(stream))


def _expire_credits(office: Office, command: Command, stream: UUID) -> object:
    return account.expire_credits(office, command, company=CompanyId(stream))


def _release(office: Office, command: Command, stream: UUID) -> object:
    return fee_release.release(office, command, fee=FeeId(stream))


REACTIONS: Mapping[str, Reaction] = {
    "open-customer": _open_customer,
    "schedule-release": _schedule_release,
    "determine-return": _determine_return,
    "send-transfer-run": _send_transfer_run,
}
TIMERS: Mapping[str, Timer] = {
    "accrue-fee": _accrue_fee,
    "request-invoice": _request_invoice,
    "release": _release,
    "expire-credits": _expire_credits,
}


def effects(office: Office, client: pay.Client) -> Mapping[str, Effect]:
    """The tasks of settlement, by kind. `poll.start(office, now)` lets the hourly one exist."""
    return {
        SEND: partial(pay.send_intent, office, client),
        READ: partial(pay.read_webhook, office, client),
        RELEASE_AGAIN: partial(pay.release_again, office),
        poll.MIRROR: lambda _subject, now: poll.hourly(office, client, now),
    }
