"""One hire, one fee; every entry balances; nobody is charged twice and nobody is paid twice, whatever happens.

Companies, people, the operator, banks, Stripe with its faults, notices in any order and number, the worker and the clock
do what they like, also twice and at once. After every step the log, the ledger and what Stripe has are held against each
other; at the end everything heals and not a yen is open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.fee import Fee, FeeAccrued, Progress
from domain.hire import HireStatus, Share, Side
from domain.ids import FeeId, HireId, VaultRef, fee_of
from domain.refusal import Refused
from domain.rules.ledger import post
from marketplace.commands import account, fee, fee_release, fee_return, hire
from marketplace.run import postgres
from marketplace.store.log import Command, StreamMoved, Unreadable
from tests.laws import till
from tests.laws.interleave import at_once, between
from tests.laws.machines import brief, long, play
from tests.laws.till import OTHER, Carry, Till
from tests.laws.two_people import TwoPeople
from tests.marketplace.settlement.relay import SOURCE

PLAIN = brief(examples=2, steps=25)
LONG = long(examples=15, steps=45)

WHICH = st.integers(0, 2)
SIDE = st.sampled_from(list(Side))
FAULTS = st.sampled_from(["never-arrives", "answer-lost", "error-after-effect", "rate-limited", "balance-insufficient"])
ROUTES = st.sampled_from(["post /v1/transfers$", "post /v1/refunds$", "post /v1/invoices", "reversals$", "post /v1/"])


class Money(RuleBasedStateMachine):
    """Everybody does what they like."""

    def __init__(self, server: postgres.Server, template: str) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.open = partial(till.opened, server, template)
        self.till: Till | None = None
        self.read = 0
        self.sums: dict[str, int] = defaultdict(int)
        self.accrued: dict[HireId, UUID] = {}
        self.two_people = TwoPeople()
        self.disputes: list[str] = []
        self.sound = True

    @initialize()
    def begin(self) -> None:
        """Two of the three are hired and at work before anybody else has their turn."""
        self.till = self.stack.enter_context(self.open())
        self.hired_and_started(0, 1)
        self.hired_and_started(1, 2)

    def teardown(self) -> None:
        try:
            if self.till is not None and self.sound:
                self.in_the_end(self.till)
        finally:
            self.stack.close()

    @property
    def t(self) -> Till:
        assert self.till is not None
        return self.till

    def try_(self, carry: Carry) -> None:
        try:
            self.t.do(carry)
        except (Refused, StreamMoved):
            return

    def hired(self, which: int) -> HireId | None:
        several = self.t.hires
        return several[which % len(several)] if several else None

    def owed(self, which: int) -> tuple[FeeId, Fee] | None:
        several = list(self.t.fees().items())
        if not several:
            return None
        key, of = several[which % len(several)]
        return key, self.t.relay.fee(of)

    # The hire.

    @rule(which=WHICH, by=SIDE, days=st.integers(0, 40))
    def report(self, which: int, by: Side, days: int) -> None:
        try:
            self.t.report(self.t.introductions[which], by, days)
        except Refused:
            return

    @rule(which=WHICH, days=st.integers(0, 10))
    def hired_and_started(self, which: int, days: int) -> None:
        """Both sides agree, and the first day comes."""
        self.report(which, Side.HIRING, days)
        who = self.t.office.introduction(self.t.introductions[which]).state.candidate
        for key in self.t.hires:
            if self.t.state(key).candidate == who:
                self.try_(lambda o, c, key=key: hire.confirm(o, c, hire=key, by=Side.CANDIDATE))  # type: ignore[misc]
        self.t.relay.later(days=days)
        self.t.relay.work()

    @rule(which=WHICH, by=SIDE, how=st.sampled_from(["confirm", "contest", "cancel", "withdraw_offer"]))
    def say(self, which: int, by: Side, how: str) -> None:
        key = self.hired(which)
        if key is None:
            return
        said: dict[str, Carry] = {
            "confirm": lambda o, c: hire.confirm(o, c, hire=key, by=by),
            "contest": lambda o, c: hire.contest(o, c, hire=key, by=by, cause="other-base"),
            "cancel": lambda o, c: hire.cancel(o, c, hire=key, by=by, cause="duplicate"),
            "withdraw_offer": lambda o, c: hire.withdraw_offer(o, c, hire=key, by=by),
        }
        self.try_(said[how])

    @rule(which=WHICH, part=st.sampled_from([0, 3_333, 10_000]), fee_bps=st.sampled_from([5_000, 10_000]))
    def decide_ownership(self, which: int, part: int, fee_bps: int) -> None:
        if key := self.hired(which):
            halves = (Share(source=SOURCE, share_bps=part), Share(source=OTHER, share_bps=10_000 - part))
            shares = tuple(share for share in halves if share.share_bps)
            self.try_(lambda o, c: hire.decide_ownership(o, c, hire=key, shares=shares, fee_bps=fee_bps))

    @rule(which=WHICH, by=st.sampled_from([Side.HIRING, Side.CANDIDATE]), days=st.integers(0, 100), both=st.booleans())
    def leave(self, which: int, by: Side, days: int, both: bool) -> None:
        key = self.hired(which)
        if key is None:
            return
        left_on = self.t.state(key).started_on + timedelta(days=days)
        for side in {by, *((Side.HIRING, Side.CANDIDATE) if both else ())}:
            self.try_(partial(_leave, key=key, by=side, left_on=left_on))

    @rule(which=WHICH, days=st.integers(0, 30))
    def challenge(self, which: int, days: int) -> None:
        key = self.hired(which)
        if key is None:
            return
        left_on = self.t.state(key).started_on + timedelta(days=days)
        self.try_(
            lambda o, c: hire.challenge_leave(o, c, hire=key, by=Side.CANDIDATE, left_on=left_on, fault="redundancy")
        )
        self.try_(
            lambda o, c: hire.determine_contested_leave(o, c, hire=key, left_on=left_on, fault="own-wish")
        )

    # Money.

    @rule(which=WHICH, how=st.sampled_from(["all", "all", "half", "more", "one"]))
    def pay(self, which: int, how: str) -> None:
        found = self.owed(which)
        if found is None or found[1].invoice is None or not found[1].invoice.provider_invoice:
            return
        total = found[1].invoice.total_yen
        amount = {"all": total, "half": total // 2, "more": total + 7, "one": 1}[how]
        self.t.relay.pay(self.t.fees()[found[0]], amount)

    @rule(which=WHICH)
    def pay_and_wait_for_the_release(self, which: int) -> None:
        """The usual way: paid late enough that the source's part goes out at once."""
        self.pay(which, "all")
        self.t.relay.work()

    @rule(which=WHICH, how=st.sampled_from(["hold", "resume", "write off", "refund again"]))
    def operate(self, which: int, how: str) -> None:
        found = self.owed(which)
        if found is None:
            return
        key = found[0]
        said: dict[str, Carry] = {
            "hold": lambda o, c: fee_release.hold(o, c, fee=key, cause="check"),
            "resume": lambda o, c: fee_release.resume(o, c, fee=key),
            "write off": lambda o, c: fee.write_off(o, c, fee=key, legal_ground_ref=VaultRef(UUID(int=9))),
            "refund again": lambda o, c: fee_return.ask_refund_again(o, c, fee=key),
        }
        self.try_(said[how])

    @rule(how=st.sampled_from(["hold", "resume", "change"]))
    def account(self, how: str) -> None:
        said: dict[str, Carry] = {
            "hold": lambda o, c: account.hold_transfers(o, c, company=SOURCE, cause="check"),
            "resume": lambda o, c: account.resume_transfers(o, c, company=SOURCE, by="operator:second"),
            "change": lambda o, c: account.change_payout_account(o, c, company=SOURCE, by="user:source"),
        }
        self.try_(said[how])

    @rule(which=WHICH, won=st.booleans(), ends=st.booleans())
    def dispute(self, which: int, won: bool, ends: bool) -> None:
        if ends and self.disputes:
            self.t.relay.world.close_dispute(self.disputes.pop(), won=won)
            return
        found = self.owed(which)
        free = [key for key, charge in found[1].charges.items() if not charge.refunding_yen + charge.refunded_yen] if found else []
        if found and free and not found[1].disputes:
            self.disputes.append(self.t.relay.world.open_dispute(free[0]))

    @rule(fault=FAULTS, route=ROUTES, times=st.integers(1, 2))
    def spoil(self, fault: str, route: str, times: int) -> None:
        self.t.relay.world.spoil(fault, route, times)

    @rule()
    def the_source_spends_it(self) -> None:
        self.t.relay.world.sweep(self.t.relay.connected())

    # Time, work, notices; the same again.

    @rule(by=st.sampled_from([{"minutes": 11}, {"hours": 5}, {"days": 1}, {"days": 9}, {"days": 35}]))
    def time_goes_by(self, by: dict[str, int]) -> None:
        self.t.relay.later(**by)

    @rule(room=st.sampled_from(["project", "react", "sweep", "tasks", "everything", "everything"]))
    def work(self, room: str) -> None:
        if room == "everything":
            self.t.relay.work(webhooks=False)
        else:
            self.t.relay.worker._rooms[room]()

    @rule(how=st.sampled_from(["in order", "backwards", "twice", "every other", "lost"]))
    def notices(self, how: str) -> None:
        plans: dict[str, Callable[[Any], Any]] = {
            "in order": list,
            "backwards": lambda pending: list(reversed(pending)),
            "twice": lambda pending: [*pending, *pending],
            "every other": lambda pending: list(pending)[::2],
            "lost": lambda _: [],
        }
        if how == "lost":
            self.t.relay.lose_webhooks()
        self.t.relay.deliver(plans[how])

    @rule(which=st.integers(0, 50))
    def send_the_same_again(self, which: int) -> None:
        """The same id does nothing and answers as the first time."""
        if self.t.done:
            carry, command, answer = self.t.done[which % len(self.t.done)]
            before = self.t.office.log.position()
            again = carry(self.t.office, command)
            assert (again.outcome, again.position) == ("again", answer.position)
            assert self.t.office.log.position() == before

    @rule(which=st.integers(0, 50))
    def ask_for_the_same_anew(self, which: int) -> None:
        """Another id is another command: refused, or decided anew."""
        if self.t.done:
            carry, _, _ = self.t.done[which % len(self.t.done)]
            self.try_(carry)

    @rule(which=WHICH, how=st.sampled_from(["accrue", "invoice", "release", "return"]), threads=st.booleans())
    def twice_at_once(self, which: int, how: str, threads: bool) -> None:
        """Two workers, or two people, do the very same thing with ids of their own."""
        key = self.hired(which)
        if key is None:
            return
        steps: dict[str, Carry] = {
            "accrue": lambda o, c: fee.accrue(o, c, hire=key),
            "invoice": lambda o, c: fee.request_invoice(o, c, fee=fee_of(key)),
            "release": lambda o, c: fee_release.release(o, c, fee=fee_of(key)),
            "return": lambda o, c: fee_return.determine_return(o, c, hire=key),
        }
        meet = at_once if threads else between
        meet(self.t.office, *(partial(_with_own_id, carry=steps[how], now=self.t.relay.now()) for _ in range(2)))

    # What must hold after every step.

    @invariant()
    def no_yen_is_made_or_lost_and_nobody_pays_or_is_paid_twice(self) -> None:
        if self.till is None:
            return
        self.sound = False
        self.entries(self.till)
        for key, of in self.till.fees().items():
            self.within_bounds(self.till, key, self.till.relay.fee(of))
        self.sound = True

    def entries(self, t: Till) -> None:
        """Every entry sums to zero by itself, and a hire has one fee."""
        while several := t.office.log.read(self.read, 500):
            for entry in several:
                assert not isinstance(entry, Unreadable), entry
                self.read = entry.position
                sums: dict[str, int] = defaultdict(int)
                for line in post(entry):
                    sums[line.currency] += line.amount_yen
                assert not any(sums.values()), entry.event
                if isinstance(entry.event, FeeAccrued):
                    assert self.accrued.setdefault(entry.event.hire, entry.stream) == entry.stream
                    assert entry.version == 1, "a second accrual"
                    assert entry.stream == fee_of(entry.event.hire)
                self.two_people.read(t.office, entry)
        self.two_people.hold()
        for introduction in t.introductions:
            who = t.office.introduction(introduction).state.candidate
            owing = [key for key in t.fees().values() if t.state(key).candidate == who and t.lives(key)]
            assert len(owing) <= 1, "two fees for one person's hire"

    def within_bounds(self, t: Till, key: FeeId, state: Fee) -> None:
        assert state.accrual is not None
        assert 0 <= state.paid_yen <= state.total_yen
        assert state.open_yen >= 0
        assert 0 <= state.refunded_yen <= state.refund_due_yen <= state.paid_yen + state.credited_yen
        assert state.prepayment_yen >= 0
        for source, part in state.parts.items():
            assert min(part.payable_yen, part.in_flight_yen, part.clawback_yen) >= 0, (source, part)
        # What Stripe has done for this fee, by its own books.
        invoices = [each for each in t.at_stripe("invoice", key) if each["status"] == "open"]
        assert len(invoices) <= 1, "two invoices are open at once"
        paid = sum(each["amount_paid"] for each in t.at_stripe("invoice", key))
        owed = sum(each["amount_remaining"] for each in invoices)
        assert paid + owed <= state.total_yen, "charged twice"
        sent = t.at_stripe("transfer", key)
        for source, part in state.parts.items():
            mine = [each for each in sent if each["destination"] == t.relay.account(source).connected]
            net = sum(each["amount"] - each["amount_reversed"] for each in mine)
            assert net <= part.whole_yen, "paid twice"
            known = [each for each in state.transfers.values() if each.beneficiary == source]
            assert len(mine) <= len([each for each in known if each.progress is not Progress.VOID]), "sent unasked"
        back = sum(each["amount"] for each in t.at_stripe("refund", key) if each["status"] not in {"failed", "canceled"})
        assert back <= state.refund_due_yen, "refunded twice"

    def in_the_end(self, t: Till) -> None:
        """Everything heals, and Stripe and the ledger agree to the yen."""
        while self.disputes:
            t.relay.world.close_dispute(self.disputes.pop(), won=True)
        t.heal()
        self.entries(t)
        told = t.relay.reconcile()
        assert told.difference_yen == 0, told
        assert told.unexplained_yen == 0, told
        assert not told.findings, told.findings
        rows = t.relay.rows("SELECT currency, sum(amount_yen) FROM ledger GROUP BY currency HAVING sum(amount_yen) <> 0")
        assert rows == []
        for key, of in t.fees().items():
            state = t.relay.fee(of)
            self.within_bounds(t, key, state)
            assert not any(part.in_flight_yen for part in state.parts.values()), "in flight for ever"
            bills = [each for each in t.at_stripe("invoice", key) if each["status"] == "open"]
            assert sum(each["amount_remaining"] for each in bills) <= state.open_yen, "billed for what is not owed"
            if t.state(of).status is HireStatus.STARTED and not state.disputes and not state.written_off_yen:
                assert state.kept_yen + state.credited_yen + state.open_yen == state.total_yen


def _leave(office: Any, command: Command, *, key: HireId, by: Side, left_on: Any) -> Any:
    return hire.report_leave(office, command, hire=key, by=by, left_on=left_on, fault="own-wish")


def _with_own_id(office: Any, *, carry: Carry, now: Any) -> object:
    return carry(office, Command(id=uuid4(), actor="user:laws", now=now))


def test_no_history_charges_or_pays_anybody_twice(server: postgres.Server, template: str) -> None:
    play(partial(Money, server, template), PLAIN)


@pytest.mark.heavy
def test_no_long_history_charges_or_pays_anybody_twice(server: postgres.Server, template: str) -> None:
    play(partial(Money, server, template), LONG)


@pytest.fixture
def money(server: postgres.Server, template: str) -> Iterator[Money]:
    """The machine, played by hand; it heals and is reconciled at the end like any other."""
    played = Money(server, template)
    played.begin()
    yield played
    played.teardown()


def test_every_command_again_every_notice_twice_and_every_step_at_once_moves_no_second_yen(money: Money) -> None:
    money.pay(0, "all")
    money.notices("twice")
    money.work("everything")
    money.time_goes_by({"days": 35})
    money.work("everything")
    money.leave(0, Side.HIRING, 20, both=True)
    for how in ("accrue", "invoice", "release", "return"):
        money.twice_at_once(0, how, threads=how != "release")
        money.no_yen_is_made_or_lost_and_nobody_pays_or_is_paid_twice()
    for which in range(len(money.t.done)):
        money.send_the_same_again(which)
        money.ask_for_the_same_anew(which)
    money.no_yen_is_made_or_lost_and_nobody_pays_or_is_paid_twice()


def test_a_leave_before_the_payment_takes_the_invoice_back_that_says_too_much(money: Money) -> None:
    money.time_goes_by({"days": 35})
    money.leave(0, Side.HIRING, 20, both=True)
    money.work("everything")
    money.no_yen_is_made_or_lost_and_nobody_pays_or_is_paid_twice()
