from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import transfer_run as runs
from domain.fee import TransferRequested
from domain.ids import CompanyId, FeeId, transfer_run_of
from domain.refusal import Refused
from domain.rules import fee_release, transfer_approval
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
from tests.domain.money_examples import PAID_ON, SOURCE, collected, further, ready_account, refused

FIRST, SECOND = "user:1", "user:2"


def line(n: int = 0, amount_yen: int = 770_000) -> PlannedTransfer:
    return PlannedTransfer(
        fee=FeeId(UUID(int=40 + n)),
        number=f"CR-2027-{n:06}",
        beneficiary=SOURCE,
        tranche=1,
        expected_yen=770_000,
        amount_yen=amount_yen,
    )


def asked(n: int = 0, amount_yen: int = 770_000, *, beneficiary: CompanyId = SOURCE, tranche: int = 1) -> TransferRequested:
    return TransferRequested(
        effective_on=PAID_ON,
        intent=UUID(int=90 + n),
        beneficiary=beneficiary,
        tranche=tranche,
        amount_yen=amount_yen,
        charge="",
    )


def drafted(*lines: PlannedTransfer, by: str = FIRST) -> TransferRun:
    event = transfer_approval.draft_run(runs.INITIAL, runs.INITIAL, transfers=lines or (line(),), by=by)
    return runs.evolve(runs.INITIAL, event)


def approved(*lines: PlannedTransfer) -> TransferRun:
    run = drafted(*lines)
    return runs.evolve(run, transfer_approval.approve_run(run, by=SECOND))


def test_a_second_person_approves_what_the_first_gathered() -> None:
    run = drafted(line(0), line(1, 385_000))
    event = transfer_approval.approve_run(run, by=SECOND)
    assert event == TransferRunApproved(signed_by=SECOND, total_yen=1_155_000)
    assert runs.evolve(run, event).status is RunStatus.APPROVED


@pytest.mark.parametrize("by", [FIRST, f" {FIRST} "])
def test_whoever_gathered_a_run_can_never_approve_it(by: str) -> None:
    with refused("second-person-needed"):
        transfer_approval.approve_run(drafted(), by=by)


def test_whoever_gathered_a_run_may_stop_it() -> None:
    event = transfer_approval.reject_run(drafted(), by=FIRST, cause=RejectCause.NOT_NOW)
    assert event == TransferRunRejected(signed_by=FIRST, cause=RejectCause.NOT_NOW)


def test_nobody_signs_with_an_empty_name() -> None:
    for name in ("", "  "):
        with refused("signer-missing"):
            drafted(by=name)
        with refused("signer-missing"):
            transfer_approval.approve_run(drafted(), by=name)
        with refused("signer-missing"):
            transfer_approval.reject_run(drafted(), by=name, cause=RejectCause.NOT_NOW)


def test_a_run_is_decided_once() -> None:
    for run in (approved(), runs.evolve(drafted(), TransferRunRejected(signed_by=SECOND, cause=RejectCause.NOT_NOW))):
        with refused("transfer-run-not-waiting"):
            transfer_approval.approve_run(run, by=SECOND)
        with refused("transfer-run-not-waiting"):
            transfer_approval.reject_run(run, by=SECOND, cause=RejectCause.NOT_NOW)


def test_one_run_is_open_at_a_time_and_they_are_numbered() -> None:
    for open_run in (drafted(), approved()):
        with refused("transfer-run-open"):
            transfer_approval.draft_run(open_run, runs.INITIAL, transfers=(line(),), by=FIRST)
    with refused("transfer-run-open"):
        transfer_approval.draft_run(runs.INITIAL, drafted(), transfers=(line(),), by=FIRST)
    over = runs.evolve(drafted(), TransferRunRejected(signed_by=FIRST, cause=RejectCause.AMOUNT_DOUBTED))
    assert transfer_approval.draft_run(over, runs.INITIAL, transfers=(line(),), by=FIRST).number == 2
    assert transfer_run_of(1) != transfer_run_of(2)


def test_a_run_holds_something_each_part_once_and_nothing_that_is_not_positive() -> None:
    for lines, code in (
        ((), "no-transfer-due"),
        ((line(0), line(0)), "transfer-planned-twice"),
        ((line(0, 0),), "amount-not-positive"),
        ((line(0), line(1, -1)), "amount-not-positive"),
    ):
        with refused(code):
            transfer_approval.draft_run(runs.INITIAL, runs.INITIAL, transfers=lines, by=FIRST)


def test_a_line_goes_exactly_as_approved() -> None:
    event = transfer_approval.send_planned(approved(), 0, asked=asked())
    assert event == PlannedTransferSent(place=0, intent=UUID(int=90), amount_yen=770_000)


@pytest.mark.parametrize(
    "changed", [{"amount_yen": 769_999}, {"amount_yen": 770_001}, {"tranche": 2}, {"beneficiary": CompanyId(UUID(int=12))}]
)
def test_what_is_not_what_was_approved_does_not_go(changed: dict[str, Any]) -> None:
    with refused("amount-changed-since-approval"):
        transfer_approval.send_planned(approved(), 0, asked=asked(**changed))


def test_nothing_goes_without_an_approval_and_no_line_goes_twice() -> None:
    with refused("transfer-run-not-approved"):
        transfer_approval.send_planned(drafted(), 0, asked=asked())
    run = approved(line(0), line(1))
    run = runs.evolve(run, transfer_approval.send_planned(run, 0, asked=asked()))
    with refused("transfer-already-decided"):
        transfer_approval.send_planned(run, 0, asked=asked())
    run = runs.evolve(run, transfer_approval.drop_planned(run, 1, cause="fee-held"))
    assert run.status is RunStatus.SENT
    for place in (0, 1):
        with refused("transfer-already-decided"):
            transfer_approval.send_planned(run, place, asked=asked(place))


def test_what_may_be_sent_is_released_once_and_then_waits() -> None:
    fee = collected()
    could = fee_release.request_transfer(
        fee, ready_account(), beneficiary=SOURCE, licence_valid=True, suspended=False, on=PAID_ON
    )
    event = transfer_approval.release_payable(fee, asked=could)
    assert (event.beneficiary, event.tranche, event.amount_yen) == (SOURCE, 1, 770_000)
    with refused("waits-for-transfer-run"):
        transfer_approval.release_payable(further(fee, [event]), asked=could)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["draft", "approve", "reject", "send", "drop"]),
        st.sampled_from([FIRST, SECOND, "user:3"]),
        st.integers(0, 2),
        st.sampled_from([770_000, 385_000]),
    ),
    max_size=30,
)


@given(ACTS)
def test_in_every_history_what_goes_was_approved_by_another_than_who_gathered_it_and_goes_once(
    acts: list[tuple[str, str, int, int]],
) -> None:
    before, run = runs.INITIAL, runs.INITIAL
    told: list[list[Any]] = [[]]
    for name, who, n, amount_yen in acts:
        try:
            if name == "draft":
                following = run if run.is_over else before
                event: Any = transfer_approval.draft_run(
                    following, runs.INITIAL if run.is_over else run, transfers=(line(0), line(1, amount_yen)), by=who
                )
                if run.is_over:
                    before, run = run, runs.INITIAL
                    told.append([])
            elif name == "approve":
                event = transfer_approval.approve_run(run, by=who)
            elif name == "reject":
                event = transfer_approval.reject_run(run, by=who, cause=RejectCause.NOT_NOW)
            elif name == "send":
                event = transfer_approval.send_planned(run, n, asked=asked(n, amount_yen))
            else:
                event = transfer_approval.drop_planned(run, n, cause="fee-held")
        except (Refused, IndexError):
            continue
        run = runs.evolve(run, event)
        told[-1].append(event)
    for number, events in enumerate(told, 1):
        _holds(number, events)


def _holds(number: int, events: list[Any]) -> None:
    drafts = [each for each in events if isinstance(each, TransferRunDrafted)]
    yeses = [each for each in events if isinstance(each, TransferRunApproved)]
    assert [each.number for each in drafts] == [number] * len(drafts)
    assert len(drafts) <= 1
    assert len(yeses) <= 1
    assert all(each.signed_by != drafts[0].signed_by for each in yeses)
    decided = [each for each in events if isinstance(each, PlannedTransferSent | PlannedTransferDropped)]
    assert len({each.place for each in decided}) == len(decided)
    for each in decided:
        assert events.index(yeses[0]) < events.index(each)
        assert each.amount_yen == drafts[0].transfers[each.place].amount_yen
