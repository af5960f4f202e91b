"""Any history of decisions: no yen is lost or made, nobody is paid twice, and the ledger says what the fee says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from domain import account as accounts
from domain import fee as fees
from domain.company import RewardMode
from domain.event import Event
from domain.fee import INITIAL, Fee, FeeEvent, Progress, evolve, intent_of
from domain.hire import Share
from domain.ids import CompanyId, HireId, VaultRef, fee_of
from domain.refusal import Refused
from domain.rules import (
    clawback_netting,
    fee_accrual,
    fee_collection,
    fee_dispute,
    fee_release,
    fee_return,
    reward_grant,
)
from domain.rules.ledger import post
from tests.domain.money_examples import (
    AFTER_ON,
    CASH,
    FEE,
    HIRING,
    OTHER,
    SOURCE,
    STARTED_ON,
    accrual,
    facts,
    further,
    ready_account,
    recorded,
    terms,
    transferred,
)

BPS = st.sampled_from([1_000, 3_333, 5_000, 8_000, 10_000])
YEN = st.integers(min_value=1, max_value=1_500_000)
BASES = st.sampled_from([5_000_000, 1_666_665, 5_500_055, 17])
WHICH = st.sampled_from([0, 1])
PICK = st.integers(min_value=0, max_value=9)
SHARES = st.sampled_from(
    [
        None,
        (Share(source=SOURCE, share_bps=10_000),),
        (Share(source=SOURCE, share_bps=3_333), Share(source=OTHER, share_bps=6_667)),
    ]
)
MODES = st.sampled_from([CASH, CASH, {SOURCE: RewardMode.CASH, OTHER: RewardMode.CREDIT}])


class TwoFees(RuleBasedStateMachine):
    """Two fees of one hiring company and the same sources, and whatever may happen to them in any order."""

    @initialize(shares=SHARES, modes=MODES, base_yen=BASES)
    def both_accrue(
        self, shares: tuple[Share, ...] | None, modes: dict[CompanyId, RewardMode], base_yen: int
    ) -> None:
        self.balances: dict[tuple[str, CompanyId | None], int] = defaultdict(int)
        self.fees, self.modes, self.count, self.on = [INITIAL, INITIAL], modes, 0, STARTED_ON
        self.sent_yen = self.reversed_yen = self.refunded_yen = self.owed_ever_yen = 0
        self.accounts = {source: ready_account(source) for source in (SOURCE, OTHER)}
        credit = accounts.CreditGranted(
            effective_on=STARTED_ON,
            company=HIRING,
            fee=FEE,
            credit=UUID(int=9),
            amount_yen=50_000,
            expires_on=AFTER_ON,
        )
        self.hirer = accounts.evolve(accounts.INITIAL, credit)
        self.log([credit])
        for which in (0, 1):
            fact = replace(facts(shares=shares, base_yen=base_yen), hire=HireId(UUID(int=20 + which)))
            self.take(which, [fee_accrual.accrue(INITIAL, fact, terms(), modes)].copy)

    def log(self, events: Iterable[Event]) -> None:
        for event in events:
            lines = post(recorded(event))
            assert sum(line.amount_yen for line in lines) == 0
            for line in lines:
                self.balances[line.account, line.company] += line.amount_yen

    def take(self, which: int, decide: Callable[[], Iterable[FeeEvent]]) -> None:
        """What was decided happens; what was refused changes nothing."""
        try:
            events = tuple(decide())
        except Refused:
            return
        self.fees[which] = further(self.fees[which], events)
        self.log(events)
        for event in events:
            match event:
                case fees.TransferPosted():
                    self.sent_yen += event.amount_yen
                case fees.TransferReversed():
                    self.reversed_yen += event.amount_yen
                case fees.RefundSettled():
                    self.refunded_yen += event.amount_yen
                case fees.RefundFailed():
                    self.refunded_yen -= event.amount_yen
                case _:
                    pass

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}_{self.count}"

    @rule(which=WHICH, yen=YEN)
    def pay(self, which: int, yen: int) -> None:
        charge, movement = self.name("py"), self.name("txn")
        self.take(
            which,
            lambda: fee_collection.settle_payment(
                self.fees[which],
                charge=charge,
                balance_transaction=movement,
                gross_yen=yen,
                provider_fee_yen=yen // 50,
                on=self.on,
            ),
        )

    @rule(which=WHICH)
    def pay_what_is_open(self, which: int) -> None:
        if self.fees[which].open_yen:
            self.pay(which, self.fees[which].open_yen)

    @rule(which=WHICH)
    def all_goes_well(self, which: int) -> None:
        self.pay_what_is_open(which)
        self.on += timedelta(days=30)
        self.release_and_send(which)
        for pick in range(len(self.fees[which].transfers)):
            self.stripe_answers_a_transfer(which, pick, arrives=True)

    @rule(days=st.integers(min_value=1, max_value=90))
    def time_passes(self, days: int) -> None:
        self.on += timedelta(days=days)

    @rule(which=WHICH)
    def release_and_send(self, which: int) -> None:
        self.take(which, lambda: (fee_release.schedule_release(self.fees[which], terms(), started_on=STARTED_ON),))
        for source in self.fees[which].parts:
            self.send(which, source)

    def send(self, which: int, source: CompanyId) -> None:
        tranche = 1 + sum(sent.progress is Progress.DONE for sent in self.fees[which].transfers.values())
        self.take(
            which,
            lambda: (
                fee_release.request_transfer(
                    self.fees[which],
                    self.accounts[source],
                    beneficiary=source,
                    licence_valid=True,
                    suspended=False,
                    on=self.on,
                    tranche=tranche,
                ),
            ),
        )

    @rule(which=WHICH, pick=PICK, arrives=st.booleans())
    def stripe_answers_a_transfer(self, which: int, pick: int, arrives: bool) -> None:
        intents = list(self.fees[which].transfers) or [UUID(int=0)]
        intent = intents[pick % len(intents)]
        transfer, movement = self.name("tr"), self.name("txn")
        if arrives:
            self.take(
                which,
                lambda: fee_release.transfer_posted(
                    self.fees[which], intent=intent, transfer=transfer, balance_transaction=movement, on=self.on
                ),
            )
        else:
            self.take(
                which, lambda: (fee_release.transfer_voided(self.fees[which], intent=intent, cause="x", on=self.on),)
            )

    @rule(which=WHICH, bps=BPS)
    def leave(self, which: int, bps: int) -> None:
        self.take(
            which,
            lambda: fee_return.determine_return(self.fees[which], return_bps=bps, refund_due_on=self.on, on=self.on),
        )

    @rule(which=WHICH, pick=PICK, yen=YEN)
    def stripe_answers_a_reversal(self, which: int, pick: int, yen: int) -> None:
        intents = list(self.fees[which].reversals) or [UUID(int=0)]
        intent = intents[pick % len(intents)]
        self.take(
            which,
            lambda: (
                fee_return.transfer_reversed(
                    self.fees[which],
                    intent=intent,
                    reversal="trr",
                    balance_transaction=self.name("txn"),
                    amount_yen=yen,
                    on=self.on,
                ),
            ),
        )
        self.take(which, lambda: (fee_return.reversal_fell_short(self.fees[which], intent=intent),))

    @rule(which=WHICH, pick=PICK, answer=st.sampled_from(["settled", "failed", "voided"]))
    def stripe_answers_a_refund(self, which: int, pick: int, answer: str) -> None:
        intents = list(self.fees[which].refunds) or [UUID(int=0)]
        intent = intents[pick % len(intents)]
        if answer == "voided":
            self.take(which, lambda: (fee_return.refund_voided(self.fees[which], intent=intent, cause="x"),))
            return
        refund, movement = self.name("re"), self.name("txn")
        self.take(
            which,
            lambda: (
                fee_return.refund_settled(
                    self.fees[which], intent=intent, refund=refund, balance_transaction=movement, on=self.on
                ),
            ),
        )
        if answer == "failed":
            self.take(
                which,
                lambda: (
                    fee_return.refund_failed(
                        self.fees[which], refund=refund, balance_transaction=self.name("txn"), cause="x", on=self.on
                    ),
                ),
            )

    @rule(which=WHICH)
    def ask_again(self, which: int) -> None:
        self.take(which, lambda: fee_return.request_refunds(self.fees[which]))
        self.take(which, lambda: fee_return.request_reversals(self.fees[which]))

    @rule(which=WHICH)
    def write_off(self, which: int) -> None:
        if self.on < STARTED_ON + timedelta(days=90):
            return
        self.take(
            which,
            lambda: (fee_collection.write_off(self.fees[which], legal_ground_ref=VaultRef(UUID(int=1)), on=self.on),),
        )

    @rule(which=WHICH, pick=PICK, end=st.sampled_from(["won", "lost"]))
    def dispute(self, which: int, pick: int, end: str) -> None:
        if pick > 2:
            return
        charges = [paid for paid in self.fees[which].charges.values() if paid.gross_yen]
        if not charges or any(self.fees[which].disputes.values()):
            return
        dispute, movement = self.name("du"), self.name("txn")
        amount_yen = charges[pick % len(charges)].gross_yen
        self.take(
            which,
            lambda: (
                fee_dispute.dispute_opened(
                    self.fees[which],
                    dispute=dispute,
                    balance_transaction=movement,
                    amount_yen=amount_yen,
                    provider_fee_yen=1_500,
                    on=self.on,
                ),
            ),
        )
        if end == "won":
            self.leave(which, 3_333)
            self.take(
                which,
                lambda: (
                    fee_dispute.dispute_won(
                        self.fees[which], dispute=dispute, balance_transaction=self.name("txn"), on=self.on
                    ),
                ),
            )
        if end == "lost":
            self.take(which, lambda: (fee_dispute.dispute_lost(self.fees[which], dispute=dispute, on=self.on),))

    @rule(which=WHICH, base_yen=BASES, shares=SHARES)
    def adjust(self, which: int, base_yen: int, shares: tuple[Share, ...] | None) -> None:
        fact = replace(facts(shares=shares, base_yen=base_yen), hire=HireId(UUID(int=20 + which)))
        self.take(which, lambda: (fee_accrual.adjust(self.fees[which], fact, terms(), self.modes, on=self.on),))

    @rule(which=WHICH, shares=SHARES)
    def allocate(self, which: int, shares: tuple[Share, ...] | None) -> None:
        self.take(
            which,
            lambda: (fee_accrual.allocate_shares(self.fees[which], shares or (), terms(), self.modes, on=self.on),),
        )

    @rule(owing=WHICH, paying=WHICH, source=st.sampled_from([SOURCE, OTHER]))
    def net(self, owing: int, paying: int, source: CompanyId) -> None:
        try:
            netted, payable, owed = clawback_netting.net_clawback(
                self.fees[owing], self.fees[paying], source=source, on=self.on
            )
        except Refused:
            return
        self.fees[paying] = evolve(self.fees[paying], payable)
        self.fees[owing] = evolve(self.fees[owing], owed)
        self.log([netted])

    @rule(owing=WHICH, bps=BPS)
    def leave_after_the_source_spent_it(self, owing: int, bps: int) -> None:
        self.all_goes_well(owing)
        self.leave(owing, bps)
        first = next(iter(self.fees[owing].reversals), UUID(int=0))
        self.take(owing, lambda: (fee_return.reversal_fell_short(self.fees[owing], intent=first),))
        paying = 1 - owing
        self.pay_what_is_open(paying)
        self.take(paying, lambda: (fee_release.schedule_release(self.fees[paying], terms(), started_on=STARTED_ON),))
        for source in (SOURCE, OTHER):
            self.net(owing, paying, source)

    @rule(waiting=WHICH, owing=WHICH)
    def apply_prepayment(self, waiting: int, owing: int) -> None:
        try:
            spent, applied = fee_collection.apply_prepayment(self.fees[waiting], self.fees[owing], on=self.on)
        except Refused:
            return
        self.fees[waiting] = evolve(self.fees[waiting], spent)
        self.fees[owing] = evolve(self.fees[owing], applied)
        self.log([applied])

    @rule(which=WHICH)
    def apply_credit(self, which: int) -> None:
        try:
            applied, counted = reward_grant.apply_credit(self.hirer, self.fees[which], on=self.on)
        except Refused:
            return
        for event in applied:
            self.hirer = accounts.evolve(self.hirer, event)
        self.fees[which] = further(self.fees[which], counted)
        self.log(applied)

    def held(self, account: str, company: CompanyId | None = None) -> int:
        return self.balances[account, company]

    @invariant()
    def the_ledger_says_what_the_fees_say(self) -> None:
        assert sum(self.balances.values()) == 0
        assert self.held("receivable:hiring", HIRING) == sum(fee.open_yen for fee in self.fees)
        assert self.held("prepayment", HIRING) == -sum(fee.prepayment_yen for fee in self.fees)
        assert self.held("refund-payable", HIRING) == -sum(fee.refund_payable_yen for fee in self.fees)
        assert self.held("payable:unassigned") == -sum(fee.unassigned_yen for fee in self.fees)
        assert self.held("dispute-withheld") == sum(sum(fee.disputes.values()) for fee in self.fees)
        for source in (SOURCE, OTHER):
            parts = [fee.parts[source] for fee in self.fees if source in fee.parts]
            assert self.held("payable:source", source) == -sum(part.payable_yen for part in parts)
            assert self.held("transfer-in-flight", source) == -sum(part.in_flight_yen for part in parts)
            assert self.held("clawback:source", source) == sum(part.clawback_yen for part in parts)

    @invariant()
    def nobody_is_paid_what_is_not_theirs(self) -> None:
        for fee in self.fees:
            assert 0 <= fee.kept_yen <= fee.total_yen
            assert fee.open_yen >= 0
            assert fee.open_yen + fee.kept_yen <= fee.total_yen
            assert fee.refund_payable_yen >= 0
            assert fee.refunded_yen <= fee.paid_yen
            assert fee.prepayment_yen >= 0
            assert fee.unassigned_yen >= 0
            for part in fee.parts.values():
                assert min(part.payable_yen, part.in_flight_yen, part.clawback_yen) >= 0
            for source, part in fee.parts.items():
                asked_yen = sum(asked.open_yen for asked in fee.reversals.values() if asked.source == source)
                assert asked_yen <= part.clawback_yen
            for charge in fee.charges.values():
                assert 0 <= charge.refunding_yen + charge.refunded_yen <= charge.gross_yen
            for sent in fee.transfers.values():
                assert 0 <= sent.reversing_yen + sent.reversed_yen <= sent.amount_yen
            assert fee.transferred_yen <= sum(part.whole_yen for part in fee.parts.values())

    @invariant()
    def a_beneficiary_is_sent_each_tranche_once(self) -> None:
        for fee in self.fees:
            live = [
                (sent.beneficiary, sent.tranche)
                for sent in fee.transfers.values()
                if sent.progress is not Progress.VOID
            ]
            assert len(live) == len(set(live))

    @invariant()
    def what_was_sent_and_refunded_is_what_stripe_was_told(self) -> None:
        assert self.sent_yen - self.reversed_yen == sum(fee.transferred_yen for fee in self.fees)
        assert self.refunded_yen == sum(fee.refunded_yen for fee in self.fees)


class VeryManyHistories(TwoFees):
    """The same, for longer."""


TestAnyHistory = TwoFees.TestCase
TestAnyHistory.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)

TestVeryManyHistories = pytest.mark.heavy(VeryManyHistories.TestCase)
TestVeryManyHistories.settings = settings(max_examples=2_000, stateful_step_count=40, deadline=None)


def test_a_fee_that_never_accrued_owes_nothing() -> None:
    assert (INITIAL.total_yen, INITIAL.open_yen, INITIAL.kept_yen, INITIAL.transferred_yen) == (0, 0, 0, 0)


def test_the_straight_line_ends_with_the_source_paid_and_nothing_open() -> None:
    fee: Fee = transferred()
    assert (fee.open_yen, fee.kept_yen, fee.transferred_yen) == (0, 1_100_000, 770_000)
    assert (fee.parts[SOURCE].payable_yen, fee.parts[SOURCE].in_flight_yen) == (0, 0)
    assert fee.collected_on == date(2027, 4, 20)


def test_each_thing_asked_of_stripe_has_an_id_of_its_own() -> None:
    ids = {intent_of(FEE, kind, ordinal) for kind in ("transfer", "refund") for ordinal in range(3)}
    assert len(ids) == 6
    assert accrual().fee == fee_of(HireId(UUID(int=20)))
