"""`relay check`: what must hold of the whole database at any time, a file for each; the first breach is named."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from marketplace.run.check import (
    disclosure_needs_approval,
    gate_equals_events,
    ledger_sums_to_zero,
    log_unaltered,
    nothing_parked,
    one_hire_one_fee,
    paid_equals_stripe,
    projections_equal_fold,
    vault_complete,
)
from marketplace.run.check.invariant import Context, Finding, Invariant, Report, Skipped

__all__ = ["INVARIANTS", "Context", "Finding", "Invariant", "Report", "Skipped", "run"]

INVARIANTS: tuple[Invariant, ...] = (
    log_unaltered.INVARIANT,
    nothing_parked.INVARIANT,
    disclosure_needs_approval.INVARIANT,
    gate_equals_events.INVARIANT,
    vault_complete.INVARIANT,
    one_hire_one_fee.INVARIANT,
    ledger_sums_to_zero.INVARIANT,
    paid_equals_stripe.INVARIANT,
    projections_equal_fold.INVARIANT,
)

OnProgress = Callable[[Invariant, int, int], None]


def _quietly(_invariant: Invariant, _done: int, _all: int) -> None:
    pass


def run(context: Context, on_progress: OnProgress = _quietly) -> Report:
    """Check everything, in order; `on_progress` hears of each invariant how far it has come. Changes nothing."""
    checked: list[str] = []
    findings: list[Finding] = []
    left_out: list[Skipped] = []
    for invariant in INVARIANTS:
        on_progress(invariant, 0, 0)

        def progress(done: int, of: int, invariant: Invariant = invariant) -> None:
            on_progress(invariant, done, of)

        answer = invariant.check(replace(context, progress=progress))
        if isinstance(answer, Skipped):
            left_out.append(answer)
            continue
        checked.append(invariant.name)
        if answer is not None:
            findings.append(answer)
    return Report(checked=tuple(checked), findings=tuple(findings), skipped=tuple(left_out))
