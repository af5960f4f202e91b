"""A transfer run (送金バッチ): what is sent to sources together, after two people stood for every amount of it."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never
from uuid import UUID

import msgspec
from msgspec.structs import replace

from domain.event import Event
from domain.ids import CompanyId, FeeId


class RejectCause(StrEnum):
    """Why a run was not sent."""

    AMOUNT_DOUBTED = "amount-doubted"
    BENEFICIARY_DOUBTED = "beneficiary-doubted"
    NOT_NOW = "not-now"


class PlannedTransfer(msgspec.Struct, frozen=True, kw_only=True):
    """One line: send this source this much of this fee. `expected_yen` is what was released, `number` the 紹介番号."""

    fee: FeeId
    number: str
    beneficiary: CompanyId
    tranche: int
    expected_yen: int
    amount_yen: int


class TransferRunDrafted(Event, frozen=True, kw_only=True):
    """Somebody gathered what is due; nothing is sent until a second person agrees."""

    number: int
    transfers: tuple[PlannedTransfer, ...]
    total_yen: int
    signed_by: str


class TransferRunApproved(Event, frozen=True, kw_only=True):
    """A second person stands for exactly these amounts."""

    signed_by: str
    total_yen: int


class TransferRunRejected(Event, frozen=True, kw_only=True):
    """Nothing of it is sent; what it held is due again."""

    signed_by: str
    cause: RejectCause


class PlannedTransferSent(Event, frozen=True, kw_only=True):
    """Line `place` (from 0) went on its way as approved; its `TransferRequested` is in the fee, in the same append."""

    place: int
    intent: UUID
    amount_yen: int


class PlannedTransferDropped(Event, frozen=True, kw_only=True):
    """Line `place` (from 0) was decided anew at the moment of sending and may not go so: `cause` is a refusal's code."""

    place: int
    cause: str
    amount_yen: int


TransferRunEvent = (
    TransferRunDrafted | TransferRunApproved | TransferRunRejected | PlannedTransferSent | PlannedTransferDropped
)


class RunStatus(StrEnum):
    """How far a run has come."""

    UNTOLD = "untold"
    DRAFTED = "drafted"
    APPROVED = "approved"
    SENT = "sent"
    REJECTED = "rejected"


class TransferRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run. `open_places` are the lines that were neither sent nor dropped."""

    status: RunStatus = RunStatus.UNTOLD
    number: int = 0
    transfers: tuple[PlannedTransfer, ...] = ()
    drafted_by: str = ""
    approved_by: str = ""
    open_places: frozenset[int] = frozenset()

    @property
    def is_over(self) -> bool:
        """Nothing of it can be sent any more."""
        return self.status in {RunStatus.SENT, RunStatus.REJECTED}


INITIAL = TransferRun()


def evolve(state: TransferRun, event: TransferRunEvent) -> TransferRun:
    """The run after one more fact."""
    match event:
        case TransferRunDrafted():
            return TransferRun(
                status=RunStatus.DRAFTED,
                number=event.number,
                transfers=event.transfers,
                drafted_by=event.signed_by,
                open_places=frozenset(range(len(event.transfers))),
            )
        case TransferRunApproved():
            return replace(state, status=RunStatus.APPROVED, approved_by=event.signed_by)
        case TransferRunRejected():
            return replace(state, status=RunStatus.REJECTED)
        case PlannedTransferSent() | PlannedTransferDropped():
            left = state.open_places - {event.place}
            return replace(state, open_places=left, status=state.status if left else RunStatus.SENT)
        case _:
            assert_never(event)
