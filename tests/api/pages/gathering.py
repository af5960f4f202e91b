"""A transfer run in the walked town, as finance gathers one: its page is on the tour."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from domain.ids import CompanyId, FeeId, transfer_run_of
from domain.transfer_run import PlannedTransfer, TransferRunDrafted
from marketplace.store.log import Command

if TYPE_CHECKING:
    from tests.api.pages.town import Town


def gather_run(town: Town) -> None:
    """A run over the town's one fee, which is not paid: its line would drop out, and the page says why."""
    with town.house.database.transaction() as connection:
        fee, number = connection.execute("SELECT fee, number FROM fees").fetchone() or (None, "")
    line = PlannedTransfer(
        fee=FeeId(UUID(str(fee))),
        number=number,
        beneficiary=CompanyId(UUID(town.ids["source"])),
        tranche=1,
        expected_yen=1_386_000,
        amount_yen=1_386_000,
    )
    drafted = TransferRunDrafted(number=1, transfers=(line,), total_yen=1_386_000, signed_by=f"user:{uuid4()}")
    command = Command(id=uuid4(), actor="user:town", now=town.now())
    town.house.log.append(command, {transfer_run_of(1): (0, [drafted])})
    town.ids["run"] = str(transfer_run_of(1))
    town.settle()
