"""Transfer runs over the real log, worker and simulator: two people, once each, and only what is still as approved."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import uuid4

from domain.fee import TransferRequested
from domain.ids import HireId, TransferRunId, fee_of, transfer_run_of
from domain.refusal import Refused
from domain.transfer_run import PlannedTransferDropped, PlannedTransferSent, RejectCause, RunStatus, TransferRun
from marketplace.commands import account, fee_release, transfer_run
from marketplace.store.log import Command
from tests.marketplace.commands.test_fee import refused
from tests.marketplace.settlement.relay import SOURCE, Relay

FIRST_RUN, SECOND_RUN = transfer_run_of(1), transfer_run_of(2)


def due(relay: Relay, several: int = 1) -> list[HireId]:
    """So many fees are paid and released, and wait for a run."""
    relay.open_street()
    hires = [relay.hire() for _ in range(several)]
    relay.work(runs=False)
    relay.go_to(date(2027, 4, 20))
    for hire in hires:
        relay.pay(hire)
        relay.work(runs=False)
    return hires


def run(relay: Relay, key: TransferRunId = FIRST_RUN) -> TransferRun:
    return transfer_run.load(relay.office, key).state


def sent_yen(relay: Relay, *hires: HireId) -> list[int]:
    return [relay.fee(hire).transferred_yen for hire in hires]


def test_nothing_is_sent_before_a_second_person_says_so(relay: Relay) -> None:
    (hire,) = due(relay)
    assert relay.kinds(fee_of(hire))[-1] == "PayableReleased"
    relay.later(days=30)
    relay.work(runs=False)
    assert relay.stripe_posts("transfers") == 0
    transfer_run.draft(relay.office, relay.by("aki"))
    relay.work(runs=False)
    with refused("second-person-needed"):
        transfer_run.approve(relay.office, relay.by("aki"), run=FIRST_RUN)
    assert relay.stripe_posts("transfers") == 0
    transfer_run.approve(relay.office, relay.by("ben"), run=FIRST_RUN)
    relay.work(runs=False)
    assert sent_yen(relay, hire) == [770_000]
    assert (run(relay).status, relay.stripe_posts("transfers")) == (RunStatus.SENT, 1)
    assert relay.reconcile().is_settled


def test_what_is_asked_of_stripe_and_its_line_of_the_run_are_one_append(relay: Relay) -> None:
    (hire,) = due(relay)
    relay.work()
    asked, lines = relay.office.log.history(fee_of(hire)), relay.office.log.history(FIRST_RUN)
    requested = {(e.meta.command, e.event.intent) for e in asked if isinstance(e.event, TransferRequested)}
    assert requested == {(e.meta.command, e.event.intent) for e in lines if isinstance(e.event, PlannedTransferSent)}
    assert len(requested) == 1


def test_two_who_gather_at_once_make_one_run(relay: Relay) -> None:
    due(relay, 2)
    commands = [Command(id=uuid4(), actor=f"user:{n}", now=relay.now()) for n in range(4)]

    def gather(command: Command) -> str:
        try:
            return transfer_run.draft(relay.office, command).outcome
        except Refused as refusal:
            return refusal.code

    with ThreadPoolExecutor(4) as pool:
        told = sorted(pool.map(gather, commands))
    assert told == ["done", "transfer-run-open", "transfer-run-open", "transfer-run-open"]
    assert len(run(relay).transfers) == 2
    assert run(relay, SECOND_RUN).status is RunStatus.UNTOLD


def test_a_leave_between_approval_and_sending_takes_its_line_out_and_the_others_go(relay: Relay) -> None:
    left, stays = due(relay, 2)
    assert relay.send_run()
    relay.leave(left, date(2027, 4, 20))
    relay.work(runs=False)
    (dropped,) = [e.event for e in relay.office.log.history(FIRST_RUN) if isinstance(e.event, PlannedTransferDropped)]
    assert dropped.cause in {"leave-not-settled", "amount-changed-since-approval"}
    assert sent_yen(relay, left, stays) == [0, 770_000]
    relay.work()
    assert sent_yen(relay, left, stays) == [154_000, 770_000]
    assert [each.amount_yen for each in run(relay, SECOND_RUN).transfers] == [154_000]
    assert [each.expected_yen for each in run(relay, SECOND_RUN).transfers] == [770_000]
    assert relay.reconcile().is_settled


def test_a_hold_after_the_approval_takes_the_line_out_until_it_is_lifted(relay: Relay) -> None:
    (hire,) = due(relay)
    assert relay.send_run()
    account.hold_transfers(relay.office, relay.by(), company=SOURCE, cause="check")
    relay.work()
    assert relay.stripe_posts("transfers") == 0
    assert not relay.send_run(), "nothing can go while it is held"
    account.resume_transfers(relay.office, relay.by(), company=SOURCE, by="operator:test")
    relay.work()
    assert sent_yen(relay, hire) == [770_000]


def test_a_rejected_run_sends_nothing_and_what_it_held_is_due_again(relay: Relay) -> None:
    (hire,) = due(relay)
    transfer_run.draft(relay.office, relay.by("aki"))
    transfer_run.reject(relay.office, relay.by("aki"), run=FIRST_RUN, cause=RejectCause.AMOUNT_DOUBTED)
    with refused("transfer-run-not-waiting"):
        transfer_run.approve(relay.office, relay.by("ben"), run=FIRST_RUN)
    relay.work(runs=False)
    assert relay.stripe_posts("transfers") == 0
    relay.work()
    assert sent_yen(relay, hire) == [770_000]
    assert run(relay, SECOND_RUN).number == 2


def test_sending_a_run_again_sends_nothing_again(relay: Relay) -> None:
    (hire,) = due(relay)
    relay.work()
    for _ in range(2):
        transfer_run.send(relay.office, relay.by(), FIRST_RUN)
        transfer_run.send_one(relay.office, relay.by(), run=FIRST_RUN, place=0)
        relay.work()
    assert (sent_yen(relay, hire), relay.stripe_posts("transfers")) == ([770_000], 1)


def test_nothing_but_an_approved_run_asks_stripe_for_a_transfer(relay: Relay) -> None:
    (hire,) = due(relay)
    transfer_run.draft(relay.office, relay.by("aki"))
    with refused("transfer-run-not-approved"):
        transfer_run.send_one(relay.office, relay.by(), run=FIRST_RUN, place=0)
    fee_release.release(relay.office, relay.by(), fee=fee_of(hire))
    relay.work(runs=False)
    assert relay.stripe_posts("transfers") == 0


def test_what_stripe_refused_is_due_for_the_next_run_with_its_reason(relay: Relay) -> None:
    (hire,) = due(relay)
    relay.world.spoil("balance-insufficient", "post /v1/transfers$")
    relay.work()
    assert relay.rows("SELECT status, voided_cause FROM transfers") == [("due", "balance_insufficient")]
    relay.work()
    assert sent_yen(relay, hire) == [770_000]
    assert relay.rows("SELECT status, cardinality(voided) FROM transfers") == [("posted", 1)]


def test_nothing_due_makes_no_run_and_what_waits_says_why(relay: Relay) -> None:
    (hire,) = due(relay)
    fee_release.hold(relay.office, relay.by(), fee=fee_of(hire), cause="check")
    with refused("no-transfer-due"):
        transfer_run.draft(relay.office, relay.by("aki"))
    assert transfer_run.look(relay.office, relay.by(), fee_of(hire), SOURCE) == (None, "fee-held")


def test_what_a_source_came_to_owe_meanwhile_is_netted_when_the_next_run_is_gathered(relay: Relay) -> None:
    (left,) = due(relay)
    relay.work()
    later = relay.hire()
    relay.work(runs=False)
    relay.pay(later)
    relay.work(runs=False)
    assert relay.rows("SELECT fee, amount_yen FROM transfers WHERE status = 'due'") == [(fee_of(later), 770_000)]
    relay.later(days=5)
    relay.world.sweep(relay.connected())
    relay.world.move("topup", 900_000)
    relay.leave(left, date(2027, 4, 20))
    relay.work(runs=False)
    assert relay.balances()["clawback:source"] == 616_000
    relay.work()
    (line,) = run(relay, SECOND_RUN).transfers
    assert (line.expected_yen, line.amount_yen) == (770_000, 154_000)
    assert sent_yen(relay, later) == [154_000]
    assert relay.account(SOURCE).netted_yen == {fee_of(left): 616_000}
    assert relay.reconcile().is_settled
