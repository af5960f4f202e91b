"""No money goes to a source unless two different people stood for that very amount: one gathers a run, another approves.

One run is open at a time. What was approved is decided anew at the moment of sending: a line whose amount is no longer
the approved one, or that may not go any more, drops out and is due again; the others go.
"""

from __future__ import annotations

from domain.fee import Fee, PayableReleased, TransferRequested
from domain.refusal import Refused
from domain.transfer_run import (
    PlannedTransfer,
    PlannedTransferDropped,
    PlannedTransferSent,
    RejectCause,
    RunStatus,
    TransferRun,
    TransferRunApproved,
    TransferRunDrafted,
    TransferRunRejected,
)

MOST_TRANSFERS = 100


def release_payable(fee: Fee, *, asked: TransferRequested) -> PayableReleased:
    """What could be sent today waits for a run instead. Refuses `waits-for-transfer-run` when it waits already."""
    if fee.released.get(asked.beneficiary) == asked.tranche: raise Refused("waits-for-transfer-run")
    return PayableReleased(beneficiary=asked.beneficiary, tranche=asked.tranche, amount_yen=asked.amount_yen)


def draft_run(
    before: TransferRun, run: TransferRun, *, transfers: tuple[PlannedTransfer, ...], by: str
) -> TransferRunDrafted:
    """Gather what is due, after the run before is over.

    Refuses `transfer-run-open`, `no-transfer-due`, `signer-missing`, `transfer-planned-twice`, `amount-not-positive`.
    """
    if not by.strip(): raise Refused("signer-missing")
    if run.status is not RunStatus.UNTOLD: raise Refused("transfer-run-open", number=run.number)
    if before.status is not RunStatus.UNTOLD and not before.is_over:
        raise Refused("transfer-run-open", number=before.number)
    if not transfers: raise Refused("no-transfer-due")
    if len({(each.fee, each.beneficiary) for each in transfers}) < len(transfers): raise Refused("transfer-planned-twice")
    if any(each.amount_yen <= 0 for each in transfers): raise Refused("amount-not-positive")
    return TransferRunDrafted(
        number=before.number + 1,
        transfers=transfers,
        total_yen=sum(each.amount_yen for each in transfers),
        signed_by=by,
    )


def approve_run(run: TransferRun, *, by: str) -> TransferRunApproved:
    """A second person agrees. Refuses `transfer-run-not-waiting`, `signer-missing`, `second-person-needed`."""
    _check_waiting(run)
    if not by.strip(): raise Refused("signer-missing")
    if by.strip() == run.drafted_by.strip(): raise Refused("second-person-needed")
    return TransferRunApproved(signed_by=by, total_yen=sum(each.amount_yen for each in run.transfers))


def reject_run(run: TransferRun, *, by: str, cause: RejectCause) -> TransferRunRejected:
    """Anybody of finance may stop it, its author too. Refuses `transfer-run-not-waiting`, `signer-missing`."""
    _check_waiting(run)
    if not by.strip(): raise Refused("signer-missing")
    return TransferRunRejected(signed_by=by, cause=cause)


def send_planned(run: TransferRun, place: int, *, asked: TransferRequested) -> PlannedTransferSent:
    """`asked` is what may go to this source now; it goes if two people stood for exactly that.

    Refuses `transfer-run-not-approved`, `transfer-already-decided`, `amount-changed-since-approval`.
    """
    planned = planned_at(run, place)
    mine = (asked.beneficiary, asked.tranche) == (planned.beneficiary, planned.tranche)
    if not mine or asked.amount_yen != planned.amount_yen:
        raise Refused("amount-changed-since-approval", approved_yen=planned.amount_yen, amount_yen=asked.amount_yen)
    return PlannedTransferSent(place=place, intent=asked.intent, amount_yen=asked.amount_yen)


def drop_planned(run: TransferRun, place: int, *, cause: str) -> PlannedTransferDropped:
    """It may not go so. Refuses `transfer-run-not-approved`, `transfer-already-decided`."""
    return PlannedTransferDropped(place=place, cause=cause, amount_yen=planned_at(run, place).amount_yen)


def planned_at(run: TransferRun, place: int) -> PlannedTransfer:
    """A line that two people approved and nobody has decided since."""
    if run.status is RunStatus.SENT or (run.status is RunStatus.APPROVED and place not in run.open_places):
        raise Refused("transfer-already-decided")
    if run.status is not RunStatus.APPROVED: raise Refused("transfer-run-not-approved")
    return run.transfers[place]


def _check_waiting(run: TransferRun) -> None:
    if run.status is not RunStatus.DRAFTED: raise Refused("transfer-run-not-waiting", number=run.number)
