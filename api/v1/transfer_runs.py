"""Transfer runs: what is due for sources, gathered by one person of the operator's finance and approved by another."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from api import step_up
from api.reading import At, Listed, found, is_behind
from api.route import Done, ThisVisit, command, done, query
from api.text_types import Body
from api.v1.ledger import FINANCE
from api.visit import Visit
from domain.ids import CompanyId, FeeId, TransferRunId
from domain.rules.transfer_approval import MOST_TRANSFERS
from domain.transfer_run import RejectCause
from marketplace.commands import transfer_run
from marketplace.store.log import Command
from projections import fees, transfer_runs, transfers

TAGS = ["transfer runs"]
READS = ("transfer_runs", "transfers")


class DueShown(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for a run: `amount_yen` is what would be sent now, or null with the `cause` that stands in the way."""

    fee: UUID
    introduction: UUID | None
    number: str
    beneficiary: UUID
    tranche: int
    since: date
    expected_yen: int
    amount_yen: int | None
    cause: str | None
    voided_cause: str | None


class LineShown(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a run. `status`: open, dropped (with `cause`), asked, posted, voided.

    `difference_yen` is `amount_yen` less `expected_yen`, what had been released; `now_yen` what would be sent at this moment
    while the run waits, null where nothing may go (`now_cause`).
    """

    place: int
    fee: UUID
    introduction: UUID | None
    number: str
    beneficiary: UUID
    tranche: int
    expected_yen: int
    amount_yen: int
    difference_yen: int
    status: str
    cause: str | None
    intent: UUID | None
    transfer: str | None
    now_yen: int | None = None
    now_cause: str | None = None


class RunShown(msgspec.Struct, frozen=True, kw_only=True):
    """One run. `status`: drafted, approved, sent, rejected. `settled_yen` is what Stripe has moved of it."""

    run: UUID
    number: int
    status: str
    total_yen: int
    sent_yen: int
    settled_yen: int
    dropped_yen: int
    drafted_by: str
    drafted_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    cause: str | None
    lines: list[LineShown]


class Rejection(Body, frozen=True):
    """Why it is not sent."""

    cause: RejectCause


@query("/transfer-runs", policy=FINANCE, tags=TAGS)
def list_runs(visit: ThisVisit, at: At = None) -> Listed[RunShown]:
    """The last hundred runs, newest first."""
    behind = is_behind(visit, at, *READS)
    with visit.house.database.transaction() as connection:
        rows = transfer_runs.everything(connection)
    return Listed(items=_shown(visit, rows), updating=behind)


@query("/transfer-runs/due", policy=FINANCE, tags=TAGS)
def list_due(visit: ThisVisit, at: At = None) -> Listed[DueShown]:
    """What was released and waits for a run, the oldest first, as it would be decided now."""
    behind = is_behind(visit, at, *READS)
    with visit.house.database.transaction() as connection:
        waiting = transfers.due(connection, limit=MOST_TRANSFERS)
        known = fees.named(connection, [each.fee for each in waiting])
    shown = []
    for each in waiting:
        amount_yen, cause = transfer_run.look(visit.house.office, _looking(visit), FeeId(each.fee), CompanyId(each.beneficiary))
        if cause == "nothing-payable": continue  # all of it was returned or netted meanwhile
        introduction, number = known.get(each.fee, (None, ""))
        shown.append(
            DueShown(
                fee=each.fee,
                introduction=introduction,
                number=number,
                beneficiary=each.beneficiary,
                tranche=each.tranche,
                since=each.since,
                expected_yen=each.expected_yen,
                amount_yen=amount_yen,
                cause=cause or None,
                voided_cause=each.voided_cause,
            )
        )
    return Listed(items=shown, updating=behind)


@query("/transfer-runs/{run:uuid}", policy=FINANCE, tags=TAGS)
def read_run(visit: ThisVisit, run: FromPath[UUID], at: At = None) -> RunShown:
    """One run, line by line; out of its stream, so that who has just gathered it sees it."""
    is_behind(visit, at, *READS)
    row = found(transfer_runs.of_stream(run, visit.house.log.history(run)))
    (shown,) = _shown(visit, [row])
    return _with_now(visit, shown) if row.status == "drafted" else shown


@command("/transfer-runs", policy=FINANCE, status_code=201, tags=TAGS)
def draft(visit: ThisVisit) -> Done:
    """Gather what is due into a run. Nothing is sent until a second person approves it."""
    appended = transfer_run.draft(visit.house.office, visit.command)
    return done(appended, transfer_run.drafted_at(visit.house.office, appended.position))


@command("/transfer-runs/{run:uuid}/approval", policy=FINANCE, tags=TAGS)
def approve(visit: ThisVisit, run: FromPath[UUID]) -> Done:
    """Stand for every amount of a run that another person gathered; it is then sent. Asks for a fresh proof."""
    step_up.demand(visit)
    return done(transfer_run.approve(visit.house.office, visit.command, run=TransferRunId(run)), run)


@command("/transfer-runs/{run:uuid}/rejection", policy=FINANCE, tags=TAGS)
def reject(visit: ThisVisit, run: FromPath[UUID], data: JSONBody[Rejection]) -> Done:
    """It is not sent; what it held is due again."""
    return done(transfer_run.reject(visit.house.office, visit.command, run=TransferRunId(run), cause=data.cause), run)


def _shown(visit: Visit, rows: list[transfer_runs.Run]) -> list[RunShown]:
    lines = [line for row in rows for line in row.lines]
    with visit.house.database.transaction() as connection:
        known = fees.named(connection, [line.fee for line in lines])
        moved = transfers.outcomes(connection, [line.intent for line in lines if line.intent])
    return [_run(row, known, moved) for row in rows]


def _run(row: transfer_runs.Run, known: dict[UUID, tuple[UUID, str]], moved: dict[UUID, transfers.Outcome]) -> RunShown:
    lines = [_line(place, line, known, moved) for place, line in enumerate(row.lines)]
    sums = {status: sum(each.amount_yen for each in lines if each.status == status) for status in ("posted", "dropped")}
    return RunShown(
        run=row.run,
        number=row.number,
        status=row.status,
        total_yen=row.total_yen,
        sent_yen=sum(each.amount_yen for each in lines if each.intent),
        settled_yen=sums["posted"],
        dropped_yen=sums["dropped"],
        drafted_by=row.drafted_by,
        drafted_at=row.drafted_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        cause=row.cause,
        lines=lines,
    )


def _line(
    place: int,
    line: transfer_runs.RunLine,
    known: dict[UUID, tuple[UUID, str]],
    moved: dict[UUID, transfers.Outcome],
) -> LineShown:
    outcome = moved.get(line.intent) if line.intent else None
    status = (outcome.status if outcome else "asked") if line.intent else line.status
    return LineShown(
        place=place,
        fee=line.fee,
        introduction=known.get(line.fee, (None, ""))[0],
        number=line.number,
        beneficiary=line.beneficiary,
        tranche=line.tranche,
        expected_yen=line.expected_yen,
        amount_yen=line.amount_yen,
        difference_yen=line.amount_yen - line.expected_yen,
        status=status,
        cause=line.cause or (outcome.cause if outcome else None),
        intent=line.intent,
        transfer=outcome.transfer if outcome else None,
    )


def _with_now(visit: Visit, shown: RunShown) -> RunShown:
    """What each line would come to now: who approves sees what changed since it was gathered."""
    lines = []
    for line in shown.lines:
        amount_yen, cause = transfer_run.look(
            visit.house.office, _looking(visit), FeeId(line.fee), CompanyId(line.beneficiary)
        )
        lines.append(msgspec.structs.replace(line, now_yen=amount_yen, now_cause=cause or None))
    return msgspec.structs.replace(shown, lines=lines)


def _looking(visit: Visit) -> Command:
    """Nothing is carried out under this: it says who looks, and when."""
    return Command(id=UUID(int=0), actor=visit.actor.text, now=visit.now)


ROUTES = [list_runs, list_due, read_run, draft, approve, reject]
