"""What a money command has decided so far, over several streams, until it is appended in one piece."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid5

from domain import account as accounts
from domain import fee as fees
from domain.account import Account, AccountEvent
from domain.event import Event
from domain.fee import Fee, FeeEvent
from domain.ids import AccountId, CompanyId, FeeId, account_of
from domain.refusal import Refused
from domain.rules.fee_parts import accrued
from marketplace.commands.office import Office, mail
from marketplace.messages.outbox import Message
from marketplace.settlement import intents
from marketplace.settlement.intents import Planned
from marketplace.settlement.movements import Posted
from marketplace.settlement.stripe.calls import Call, Intent
from marketplace.store.log import AlreadyThere, Appended, Command

Tasks = list[dict[str, str]]


class Draft:
    """Streams read once each, events decided on them, and what goes along: calls to Stripe, a movement, work to do."""

    def __init__(self, office: Office, command: Command) -> None:
        self.office = office
        self.command = command
        self._versions: dict[UUID, int] = {}
        self._events: dict[UUID, list[Event]] = {}
        self._fees: dict[FeeId, Fee] = {}
        self._accounts: dict[AccountId, Account] = {}
        self._planned: list[Planned] = []
        self._movements: list[tuple[UUID, Posted]] = []
        self._tasks: Tasks = []
        self._messages: list[Message] = []

    def fee(self, fee_id: FeeId) -> Fee:
        """A fee, as it stands after what was decided here."""
        if fee_id not in self._fees:
            loaded = self.office.log.load(fee_id, fees.INITIAL, fees.evolve)
            self._fees[fee_id], self._versions[fee_id] = loaded.state, loaded.version
        return self._fees[fee_id]

    def account(self, company: CompanyId) -> Account:
        """A company's account, as it stands after what was decided here."""
        key = account_of(company)
        if key not in self._accounts:
            loaded = self.office.log.load(key, accounts.INITIAL, accounts.evolve)
            self._accounts[key], self._versions[key] = loaded.state, loaded.version
        return self._accounts[key]

    def bind(self, stream: UUID, version: int) -> None:
        """What was read of another stream is part of the decision: if it moves meanwhile, it is decided again."""
        self._versions[stream] = version

    def of_fee(self, fee_id: FeeId, *events: FeeEvent) -> Fee:
        """Facts of a fee."""
        fee = self.fee(fee_id)
        for event in events:
            fee = fees.evolve(fee, event)
        self._fees[fee_id] = fee
        self._events.setdefault(fee_id, []).extend(events)
        return fee

    def of_stream(self, stream: UUID, version: int, *events: Event) -> None:
        """Facts of a stream that was read elsewhere, at this version."""
        self._versions[stream] = version
        self._events.setdefault(stream, []).extend(events)

    def of_account(self, company: CompanyId, *events: AccountEvent) -> Account:
        """Facts of a company's account."""
        account, key = self.account(company), account_of(company)
        for event in events:
            account = accounts.evolve(account, event)
        self._accounts[key] = account
        self._events.setdefault(key, []).extend(events)
        return account

    def ask(self, intent: UUID, call: Call, *, stream: UUID, company: CompanyId) -> None:
        """Stripe is to be asked, once this is in the log."""
        self._planned.append(Planned(Intent(intent), stream, company, call))

    def post(self, stream: UUID, movement: Posted) -> None:
        """The cash that the facts here post; it is posted once."""
        self._movements.append((stream, movement))

    def do(self, task: dict[str, str]) -> None:
        """Work that follows, as a task."""
        self._tasks.append(task)

    def tell(self, *messages: Message) -> None:
        """Mails that go out with what was decided."""
        self._messages.extend(messages)

    @property
    def decided(self) -> bool:
        """Is there anything to append?"""
        return bool(self._planned or self._tasks or any(self._events.values()))

    def append(self) -> Appended:
        """Write it all, or nothing. Refuses `movement-already-recorded` where the cash was posted before."""
        also = intents.rows(self._planned, self.command.now)
        also.setdefault("task", []).extend(self._tasks)
        for row in mail(self.command, *self._messages):
            also.setdefault(row.table, []).append({**row.values})
        also["provider_movement"] = [movement.row(stream, self.command.id) for stream, movement in self._movements]
        streams = {stream: (version, self._events.get(stream, [])) for stream, version in self._versions.items()}
        try:
            return self.office.log.append(self.command, streams, also=also)
        except AlreadyThere as there:
            raise Refused("movement-already-recorded") from there


def intent_for(fee: Fee, name: str) -> UUID:
    """The id of something that is asked of Stripe for a fee and has no fact of its own."""
    return uuid5(accrued(fee).fee, name)


def nothing_to_do(office: Office) -> Appended:
    """The command finds everything as it should be."""
    return Appended("again", office.log.position())


def fees_with(office: Office, account: str, company: CompanyId, kinds: Sequence[str]) -> list[FeeId]:
    """The fees that once moved an account of a company by such an event; whether anything is left, the fee says."""
    with office.database.transaction() as connection:
        found = connection.execute(
            "SELECT DISTINCT stream FROM ledger WHERE account = %s AND company = %s AND kind = ANY(%s) ORDER BY stream",
            (account, company, list(kinds)),
        )
        return [FeeId(row[0]) for row in found.fetchall()]
