"""A relay with money in it: the real log, worker, SDK and simulator, two companies and a person who was hired."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import stripe

from domain import account as accounts
from domain import fee as fees
from domain import hire as hires
from domain.calendar import JST
from domain.company import CompanyAdmitted, CompanyRole, LegalOpinionRecorded, LicenceRecorded, RewardMode, RolesGranted
from domain.event import Event
from domain.fee import Fee
from domain.hire import EmploymentTerm, LeaveDetermined, LeaveReported, Share, Side
from domain.ids import (
    CandidateId,
    CompanyId,
    CompanyToken,
    HireId,
    JobId,
    TransferRunId,
    UserId,
    VaultRef,
    account_of,
    fee_of,
    hire_of,
    introduction_of,
    transfer_run_of,
)
from domain.introduction import IdentityDisclosed, IntroductionRequested, Item
from domain.policy import DEFAULT
from domain.reactions import NAMES
from domain.refusal import Refused
from domain.rules.guarantee import return_bps
from domain.rules.terms import SourceTerms, freeze
from domain.transfer_run import RunStatus
from marketplace import clock
from marketplace.commands import account, transfer_run
from marketplace.commands.office import Office
from marketplace.holidays import HOLIDAYS
from marketplace.settlement import inbox
from marketplace.settlement.reconcile import Reconciliation
from marketplace.settlement.stripe.client import SIMULATED_KEY, make_client
from marketplace.settlement.stripe.simulator import Endpoints, SimulatedStripe, World
from marketplace.store.database import Database as Pool
from marketplace.store.log import Command, open_log
from marketplace.vault.master import MasterKeys
from marketplace.vault.vault import open_vault
from marketplace.work import poll
from marketplace.work.money_handlers import REACTIONS, TIMERS, effects
from marketplace.work.worker import Jobs, Worker
from projections import adjustments, due, ledger, months, payout_ledger, transfer_runs, transfers
from projections import fees as fee_rows
from tests.conftest import Database
from tests.marketplace.settlement.stripe.example_platform import Recorder

HIRING = CompanyId(UUID(int=10))
SOURCE = CompanyId(UUID(int=11))
SECRETS = ("whsec_platform", "whsec_connect")
ENDPOINTS = Endpoints("/hooks/platform", "whsec_platform", "/hooks/connect", "whsec_connect")
STARTED_ON = date(2027, 4, 1)
POLICY = DEFAULT.__class__(fee_rate_bps=2_000)

PROJECTIONS = (
    *(due.PROJECTION, fee_rows.PROJECTION, ledger.PROJECTION, payout_ledger.PROJECTION),
    *(transfers.PROJECTION, transfer_runs.PROJECTION, months.PROJECTION, adjustments.PROJECTION),
)
"""Those that money is looked at by; the others would only take time."""


def elsewhere(*_: object) -> None:
    """What other rooms answer is refused here, so that it is noted and left alone."""
    raise Refused("not-in-this-room")


@dataclass
class Relay:
    """What the tests talk to."""

    office: Office
    client: stripe.StripeClient
    world: World
    wire: Recorder
    database: Database
    worker: Worker
    people: int = 0

    # Time and work.

    def now(self) -> datetime:
        with self.office.database.transaction() as connection:
            return clock.now(connection)

    def go_to(self, day: date, hour: int = 10) -> None:
        with psycopg.connect(self.database.owner_url) as owner:
            clock.move_to(owner, datetime(day.year, day.month, day.day, hour, tzinfo=JST))

    def later(self, **by: float) -> None:
        with psycopg.connect(self.database.owner_url) as owner:
            clock.move_to(owner, clock.now(owner) + timedelta(**by))

    def work(self, *, webhooks: bool = True, runs: bool = True) -> None:
        """Work until nothing is left, with the webhooks that come of it unless they are kept back.

        With `runs` two people of finance then send what is due, once: the first gathers it, the second approves.
        """
        self._work(webhooks=webhooks)
        if runs and self.send_run():
            self._work(webhooks=webhooks)

    def _work(self, *, webhooks: bool) -> None:
        self.worker.drain()
        while webhooks and self.deliver():
            self.worker.drain()

    def send_run(self) -> bool:
        """One run of everything that is due, approved by a second person; False: nothing is."""
        return send_run(self.office, self.now())

    def deliver(self, plan: Any = lambda pending: pending) -> int:
        return self.world.deliver(self.post, ENDPOINTS, plan)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        secret = SECRETS[0] if url == "/hooks/platform" else SECRETS[1]
        inbox.receive(self.office.database, body, headers["Stripe-Signature"], [secret])
        return 200

    def lose_webhooks(self) -> None:
        self.world.lose(self.world.pending())

    def by(self, name: str = "test") -> Command:
        return Command(id=uuid4(), actor=f"operator:{name}", now=self.now())

    # People and companies.

    def tell(self, stream: UUID, *events: Event) -> None:
        version = len(self.office.log.history(stream))
        self.office.log.append(self.by(), {stream: (version, list(events))})

    def admit(self, company: CompanyId, role: CompanyRole, *more: Event) -> None:
        admitted = CompanyAdmitted(
            company=company,
            name="青空商会株式会社",
            name_en="Aozora Shokai",
            corporate_number="1234567890123",
            token=CompanyToken(uuid4()),
            address="東京都千代田区一丁目",
            representative_ref=VaultRef(uuid4()),
        )
        self.tell(company, admitted, RolesGranted(roles=(role,)), *more)

    def open_street(self, *, licensed: bool = True) -> None:
        """A hiring company and a source that may be paid, if it has a licence; else it gets credit."""
        licence = LicenceRecorded(number="13-ユ-316864", granted_on=date(2024, 1, 1), valid_until=date(2028, 12, 31))
        opinion = LegalOpinionRecorded(reward_mode=RewardMode.CREDIT, opinion_ref=VaultRef(uuid4()))
        self.admit(HIRING, CompanyRole.HIRING)
        self.admit(SOURCE, CompanyRole.SOURCE, licence if licensed else opinion)
        if licensed:
            self.work()
            account.open_connected_account(self.office, self.by(), company=SOURCE)
            self.work()
            self.world.complete_onboarding(self.connected())
        self.work()

    def hire(
        self,
        *,
        base_yen: int = 5_000_000,
        started_on: date = STARTED_ON,
        shares: tuple[Share, ...] | None = None,
        more: tuple[CompanyId, ...] = (),
    ) -> HireId:
        """Someone is introduced, hired and starts; the fee comes to 20 % of the base, and the worker sees to it."""
        self.people += 1
        person = CandidateId(UUID(int=100 + self.people))
        job = JobId(UUID(int=200))
        introduction, hire = introduction_of(person, HIRING, job, 1), hire_of(person, HIRING, 1)
        sources = [SourceTerms(source=each, mode=RewardMode.CASH) for each in (SOURCE, *more)]
        frozen = freeze(
            POLICY, salary_from_yen=4_000_000, salary_to_yen=6_000_000, sources=sources, on=date(2027, 2, 1)
        )
        asked_at = datetime(2027, 2, 1, 10, tzinfo=JST)
        self.tell(
            introduction,
            IntroductionRequested(
                introduction=introduction,
                number=f"CR-2027-{122 + self.people:06}",
                candidate=person,
                hiring=HIRING,
                job=job,
                job_version=1,
                round_no=1,
                requested_by=UserId(UUID(int=300)),
                terms=frozen,
                items=(Item.NAME,),
                requested_at=asked_at,
                expires_at=asked_at + timedelta(days=7),
            ),
            IdentityDisclosed(
                candidate=person,
                hiring=HIRING,
                items=(Item.NAME,),
                profile_version=1,
                consent_version=1,
                disclosed_at=datetime(2027, 2, 3, 10, tzinfo=JST),
                prior_contact_until=date(2027, 2, 10),
                ref=VaultRef(uuid4()),
                commit="00",
            ),
        )
        self.tell(
            hire,
            hires.HireReported(
                hire=hire,
                introduction=introduction,
                candidate=person,
                hiring=HIRING,
                employment_no=1,
                reported_by=Side.HIRING,
                offer_accepted_on=date(2027, 3, 1),
                started_on=started_on,
                base_yen=base_yen,
                components_ref=VaultRef(uuid4()),
                term=EmploymentTerm.INDEFINITE,
                terms=frozen,
            ),
            hires.HireConfirmed(confirmed_by=Side.CANDIDATE),
            hires.OwnershipResolved(
                shares=shares if shares is not None else (Share(source=SOURCE, share_bps=10_000),),
                reason="sole-claim",
                fee_bps=10_000,
            ),
            hires.EmploymentStarted(started_on=started_on),
        )
        return hire

    def leave(self, hire: HireId, left_on: date) -> None:
        """Both sides say that the person left by own wish."""
        state = self.office.hire(hire).state
        bps = return_bps(state.terms, started_on=state.started_on, left_on=left_on, fault="own-wish")
        said = {"left_on": left_on, "fault": "own-wish", "challenge_until": left_on}
        self.tell(
            hire,
            hires.LeaveReported(reported_by=Side.HIRING, **said),  # type: ignore[arg-type]
            hires.LeaveReported(reported_by=Side.CANDIDATE, **said),  # type: ignore[arg-type]
            hires.LeaveDetermined(
                left_on=left_on, fault="own-wish", day=(left_on - state.started_on).days + 1, return_bps=bps
            ),
        )

    def pay(self, hire: HireId, amount_yen: int | None = None) -> None:
        """The hiring company's bank transfers what the invoice says."""
        invoice = self.fee(hire).invoice
        assert invoice is not None
        assert invoice.provider_invoice
        number = self.one("SELECT body->>'number' FROM stripe_simulator.object WHERE id = %s", invoice.provider_invoice)
        self.world.customer_pays(self.customer(), amount_yen or invoice.total_yen, number)

    # What is there.

    def paid_hire(self, *, licensed: bool = True) -> HireId:
        """A hire of 1 April whose fee was paid on the 20th and, where the source may have money, sent on."""
        self.open_street(licensed=licensed)
        hire = self.hire()
        self.work()
        self.go_to(date(2027, 4, 20))
        self.pay(hire)
        self.work()
        return hire

    def fee(self, hire: HireId) -> Fee:
        return self.office.log.load(fee_of(hire), fees.INITIAL, fees.evolve).state

    def account(self, company: CompanyId) -> accounts.Account:
        return self.office.log.load(account_of(company), accounts.INITIAL, accounts.evolve).state

    def customer(self) -> str:
        return self.account(HIRING).customer or ""

    def connected(self) -> str:
        return self.account(SOURCE).connected or ""

    def kinds(self, stream: UUID) -> list[str]:
        return [type(recorded.event).__name__ for recorded in self.office.log.history(stream)]

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database.superuser_url, autocommit=True) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def one(self, query: str, *values: Any) -> Any:
        return self.rows(query, *values)[0][0]

    def balances(self) -> dict[str, int]:
        """The accounts of the ledger that are not zero."""
        with self.office.database.transaction() as connection:
            return {name: yen for name, yen in ledger.balances(connection).items() if yen}

    def ledger(self) -> list[tuple[Any, ...]]:
        """Every entry without its place in the log, to compare two histories."""
        return self.rows("SELECT stream, kind, account, company, amount_yen, effective_on FROM ledger ORDER BY 1, 2, 3, 5")

    def intents(self, kind: str) -> list[tuple[str, int]]:
        return self.rows("SELECT state, generation FROM intent WHERE kind = %s ORDER BY created_at, id", kind)

    def stripe_posts(self, path: str) -> int:
        """How many POSTs to a path went over the wire."""
        return sum(method == "post" and url.split("/v1/")[1] == path for method, url, _, _ in self.wire.seen)

    def reconcile(self) -> Reconciliation:
        return poll.reconciled(self.office, self.client, self.now())


def send_run(office: Office, now: datetime) -> bool:
    """One person of finance gathers what is due, another approves; False: nothing is due, or a run is under way."""
    first, second = (Command(id=uuid4(), actor=f"operator:{name}", now=now) for name in ("first", "second"))
    with suppress(Refused):
        transfer_run.draft(office, first)
    run = newest_run(office)
    if run is None or transfer_run.load(office, run).state.status is not RunStatus.DRAFTED:
        return False
    transfer_run.approve(office, second, run=run)
    return True


def newest_run(office: Office) -> TransferRunId | None:
    number = 0
    while office.log.history(transfer_run_of(number + 1)):
        number += 1
    return transfer_run_of(number) if number else None


def move_in(database: Database) -> Relay:
    """Everything wired as the product wires it."""
    pool, log = Pool(database.app_url), open_log(database.app_url)
    vault = open_vault(pool, MasterKeys.from_key(bytes(range(32))))
    office = Office(log, pool, vault, POLICY, HOLIDAYS, "http://127.0.0.1:8000")
    simulated = SimulatedStripe(database.app_url)
    wire = Recorder(simulated)
    client = make_client(SIMULATED_KEY, wire, retries=0)
    reactions = {name: REACTIONS.get(name, elsewhere) for name in NAMES}
    timers: Mapping[str, Any] = defaultdict(lambda: elsewhere, TIMERS)
    jobs = Jobs(PROJECTIONS, reactions, timers, effects(office, client))
    relay = Relay(office, client, World(simulated.database), wire, database, Worker(office, jobs))
    relay.go_to(date(2027, 4, 1))
    return relay


def move_out(relay: Relay) -> None:
    relay.wire.close()
    relay.office.log.close()
    relay.office.database.close()


def said(left_on: date) -> LeaveReported:
    """The hiring company says that somebody left, which is open to challenge."""
    return LeaveReported(reported_by=Side.HIRING, left_on=left_on, fault="own-wish", challenge_until=date(2027, 11, 8))


def determined(relay: Relay, hire: HireId, left_on: date, return_bps: int) -> LeaveDetermined:
    """It stands, and so much of the fee returns."""
    day = (left_on - relay.office.hire(hire).state.started_on).days + 1
    return LeaveDetermined(left_on=left_on, fault="own-wish", day=day, return_bps=return_bps)
