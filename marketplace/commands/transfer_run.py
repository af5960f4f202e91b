"""Money goes to sources in runs: somebody gathers what is due, a second person approves, the worker sends line by line.

Every line is decided anew when it is sent, in one append with its request to Stripe: what may not go, or is another amount
by then, drops out of the run and is due for the next one. Nothing else asks Stripe for a transfer.
"""

from __future__ import annotations

from datetime import date

from domain import transfer_run as runs
from domain.calendar import jst_date
from domain.ids import CompanyId, FeeId, TransferRunId, transfer_run_of
from domain.refusal import Refused
from domain.rules import transfer_approval
from domain.rules.fee_parts import accrued
from domain.transfer_run import PlannedTransfer, RejectCause, TransferRun
from marketplace.commands import fee_release
from marketplace.commands.draft import Draft, nothing_to_do
from marketplace.commands.office import Office, new_id, once
from marketplace.settlement.stripe import calls
from marketplace.settlement.stripe.calls import Intent
from marketplace.store.log import Appended, Command, Loaded
from projections import transfer_runs, transfers


@once
def draft(office: Office, command: Command, /) -> Appended:
    """Gather everything that is due and may go now; what sources owe back for other fees is netted first.

    Refuses `transfer-run-open` while another is not over, `no-transfer-due`.
    """
    number, before = _last(office)
    key = transfer_run_of(number + 1)
    drafted = Draft(office, command)
    planned = tuple(_gather(drafted, jst_date(command.now)))
    event = transfer_approval.draft_run(before, runs.INITIAL, transfers=planned, by=command.actor)
    # Two who begin at once begin the same run, and the second finds it there.
    drafted.of_stream(key, 0, event)
    return drafted.append()


@once
def approve(office: Office, command: Command, /, *, run: TransferRunId) -> Appended:
    """A second person stands for it; the worker sends it. Refuses `second-person-needed`, `transfer-run-not-waiting`."""
    loaded = load(office, run)
    event = transfer_approval.approve_run(loaded.state, by=command.actor)
    return office.log.append(command, {run: (loaded.version, [event])})


@once
def reject(office: Office, command: Command, /, *, run: TransferRunId, cause: RejectCause) -> Appended:
    """It is not sent; what it held is due again. Refuses `transfer-run-not-waiting`."""
    loaded = load(office, run)
    event = transfer_approval.reject_run(loaded.state, by=command.actor, cause=cause)
    return office.log.append(command, {run: (loaded.version, [event])})


def send(office: Office, command: Command, run: TransferRunId) -> None:
    """Send every line of an approved run that is still open, each by a command of its own."""
    for place in sorted(load(office, run).state.open_places):
        mine = Command(id=new_id(command, "send", place), actor=command.actor, now=command.now)
        send_one(office, mine, run=run, place=place)


@once
def send_one(office: Office, command: Command, /, *, run: TransferRunId, place: int) -> Appended:
    """One line: it goes exactly as approved, or drops out of the run with the reason."""
    loaded = load(office, run)
    if place not in loaded.state.open_places: return nothing_to_do(office)
    planned = transfer_approval.planned_at(loaded.state, place)
    try:
        sending = _sending(office, command, loaded, place, planned)
    except Refused as refused:
        dropped = transfer_approval.drop_planned(loaded.state, place, cause=refused.code)
        return office.log.append(command, {run: (loaded.version, [dropped])})
    return sending.append()


def load(office: Office, run: TransferRunId) -> Loaded[TransferRun]:
    """A run's stream."""
    return office.log.load(run, runs.INITIAL, runs.evolve)


def drafted_at(office: Office, position: int) -> TransferRunId:
    """The run that a draft wrote, by the position it answered."""
    (entry,) = office.log.at([position])
    return TransferRunId(entry.stream)


def look(office: Office, command: Command, fee: FeeId, beneficiary: CompanyId) -> tuple[int | None, str]:
    """What could be sent to a source of a fee at this moment: the amount, or the code of what stands in the way."""
    today, drafted = jst_date(command.now), Draft(office, command)
    try:
        return _ready(drafted, fee, beneficiary, today), ""
    except Refused as refused:
        return None, refused.code


def _sending(
    office: Office, command: Command, loaded: Loaded[TransferRun], place: int, planned: PlannedTransfer
) -> Draft:
    sending, today = Draft(office, command), jst_date(command.now)
    fee_release.check_free(sending, planned.fee, today)
    fee_release.net(sending, planned.fee, planned.beneficiary, today)
    asked = fee_release.payable_now(sending, planned.fee, planned.beneficiary, today)
    sent = transfer_approval.send_planned(loaded.state, place, asked=asked)
    call = calls.build_transfer(
        Intent(asked.intent),
        amount_yen=asked.amount_yen,
        account_id=sending.account(planned.beneficiary).connected or "",
        fee_id=planned.fee,
        charge_id=asked.charge or None,
    )
    sending.of_stream(transfer_run_of(loaded.state.number), loaded.version, sent)
    sending.of_fee(planned.fee, asked)
    sending.ask(asked.intent, call, stream=planned.fee, company=planned.beneficiary)
    return sending


def _gather(drafted: Draft, today: date) -> list[PlannedTransfer]:
    with drafted.office.database.transaction() as connection:
        due = transfers.due(connection, limit=transfer_approval.MOST_TRANSFERS)
    planned = []
    for each in due:
        fee, beneficiary = FeeId(each.fee), CompanyId(each.beneficiary)
        try:
            amount_yen = _ready(drafted, fee, beneficiary, today)
        except Refused:
            continue  # stays due; the page says what it waits for
        accrual = accrued(drafted.fee(fee))
        planned.append(
            PlannedTransfer(
                fee=fee,
                number=accrual.number,
                beneficiary=beneficiary,
                tranche=each.tranche,
                expected_yen=each.expected_yen,
                amount_yen=amount_yen,
            )
        )
    return planned


def _ready(drafted: Draft, fee: FeeId, beneficiary: CompanyId, today: date) -> int:
    fee_release.check_free(drafted, fee, today)
    fee_release.net(drafted, fee, beneficiary, today)
    return fee_release.payable_now(drafted, fee, beneficiary, today).amount_yen


def _last(office: Office) -> tuple[int, TransferRun]:
    """The newest run; what was drafted since the projection was read is found in the log."""
    with office.database.transaction() as connection:
        number = transfer_runs.newest(connection)
    before = load(office, transfer_run_of(number)).state if number else runs.INITIAL
    while (following := load(office, transfer_run_of(number + 1))).version:
        number, before = number + 1, following.state
    return number, before
