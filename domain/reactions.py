"""From an event to the commands it calls for, by name. Who carries them out is decided in the worker.

What may have to wait for something else (ownership, accrual, the invoice) is a timer in `projections/due.py` instead.
"""

from __future__ import annotations

from domain.candidate import CandidateErasureStarted, CandidatesMerged
from domain.company import CompanyRole, RolesGranted
from domain.consent import CompanyBlocked, ConsentExpired, ConsentWithdrawn, Paused
from domain.event import Event
from domain.fee import PaymentSettled
from domain.hire import HireCancelled, LeaveDetermined, OwnershipResolved
from domain.job import JobClosed, JobConditionsChanged
from domain.transfer_run import TransferRunApproved

NAMES = (
    "open-customer",
    "follow-withdrawal",
    "lapse-asks",
    "place-candidate",
    "schedule-release",
    "determine-return",
    "send-transfer-run",
)


def wanted(event: Event) -> tuple[str, ...]:
    """The commands that follow from this event; most events call for none."""
    match event:
        case RolesGranted(roles=roles):
            return ("open-customer",) if CompanyRole.HIRING in roles else ()
        case ConsentWithdrawn() | ConsentExpired() | Paused() | CompanyBlocked() | CandidatesMerged():
            return ("follow-withdrawal",)
        case CandidateErasureStarted():
            return ("follow-withdrawal",)
        case JobConditionsChanged(material=True) | JobClosed():
            return ("lapse-asks",)
        case OwnershipResolved():
            return ("place-candidate",)
        case PaymentSettled():
            return ("schedule-release",)
        case LeaveDetermined() | HireCancelled():
            return ("determine-return",)
        case TransferRunApproved():
            return ("send-transfer-run",)
        case _:
            return ()
