"""A law of every log: a transfer is asked of Stripe only in one append with its line of a run that two people stood for."""

from __future__ import annotations

from uuid import UUID

from domain.event import Recorded
from domain.events import AnyEvent
from domain.fee import TransferRequested
from domain.ids import TransferRunId
from domain.transfer_run import PlannedTransferSent
from marketplace.commands import transfer_run
from marketplace.commands.office import Office


class TwoPeople:
    """What was asked of Stripe, and what was approved, by the command that wrote it."""

    def __init__(self) -> None:
        self.asked: dict[UUID, int] = {}
        self.approved: dict[UUID, int] = {}

    def read(self, office: Office, entry: Recorded[AnyEvent]) -> None:
        if isinstance(entry.event, TransferRequested):
            self.asked[entry.meta.command] = entry.event.amount_yen
        if isinstance(entry.event, PlannedTransferSent):
            self.approved[entry.meta.command] = entry.event.amount_yen
            run = transfer_run.load(office, TransferRunId(entry.stream)).state
            assert run.approved_by not in {"", run.drafted_by}, "one person alone"

    def hold(self) -> None:
        """Once the log was read to its end."""
        assert self.asked == self.approved, "sent without a run of two people"
