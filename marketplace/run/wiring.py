"""Builds the house of one process from its settings: pools, log, vault, commands, Stripe. Everything else is handed it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import msgspec

from domain.policy import DEFAULT
from marketplace.commands.office import Office
from marketplace.holidays import HOLIDAYS
from marketplace.links import Kind
from marketplace.messages.line import Endpoints, Line, stand_in
from marketplace.messages.reception import Reception
from marketplace.messages.sink import Mailbox
from marketplace.run import threshold
from marketplace.run.database import Addresses, at_hand
from marketplace.run.settings import Settings
from marketplace.store.database import Database, LookingOnly
from marketplace.store.log import Log, open_log
from marketplace.vault.masked import MaskedKeyring
from marketplace.vault.master import MasterKeys
from marketplace.vault.vault import Vault, open_vault
from projections import directory

WEB_CONNECTIONS = 10
KEYRING_CONNECTIONS = 4
LOG_CONNECTIONS = 6


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """Someone a developer may sign in as, on loopback only."""

    key: str
    kind: Kind
    subject: UUID
    label_ja: str
    label_en: str


class House(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of one process."""

    settings: Settings
    addresses: Addresses
    database: Database
    log: Log
    vault: Vault
    office: Office
    door_key: bytes
    webhook_secrets: tuple[str, ...]
    reception: Reception
    mailbox: Mailbox | None
    line: Line | None
    stack: ExitStack
    clients: list[Any] = []

    def stripe(self) -> Any:  # noqa: ANN401  a StripeClient; only settlement/stripe knows the SDK
        """A client on the network, or on the simulator where no key is set and only this machine can reach the site.

        One per process: the simulator's holds a connection, which is given back with the house.
        """
        if not self.clients:
            self.clients.append(self._client())
        return self.clients[0]

    def _client(self) -> Any:  # noqa: ANN401  as above
        from marketplace.settlement.stripe import client  # noqa: PLC0415  importing the SDK takes a second

        if self.settings.payments() == "simulator":
            from marketplace.settlement.stripe.simulator import SimulatedStripe  # noqa: PLC0415

            transport = SimulatedStripe(self.addresses.app_url)
            self.stack.callback(transport.close)
            return client.make_client(client.SIMULATED_KEY, transport, retries=0)
        return client.make_client(
            self.settings.stripe_secret_key or "", retries=0, live_allowed=self.settings.allow_live
        )

    def demo_roles(self) -> Sequence[Role]:
        """Everybody there is; asked for only on loopback."""
        with self.database.transaction() as connection:
            names = {each.company: (each.name, each.name_en) for each in directory.everyone(connection)}
            members = connection.execute(
                "SELECT user_id, company, role FROM member WHERE left_at IS NULL ORDER BY company, role, user_id"
            ).fetchall()
            people = connection.execute(
                "SELECT DISTINCT subject_id FROM blind_address WHERE subject_kind = 'candidate' ORDER BY 1 LIMIT 20"
            ).fetchall()
        found = [
            Role(
                key=f"{user}-{company}",
                kind="user",
                subject=user,
                label_ja=f"{names.get(company, ('', ''))[0]} ({role})",
                label_en=f"{names.get(company, ('', ''))[1]} ({role})",
            )
            for user, company, role in members
        ]
        return found + [
            Role(key=str(who), kind="candidate", subject=who, label_ja=f"候補者 {n}", label_en=f"Candidate {n}")
            for n, (who,) in enumerate(people, start=1)
        ]

    def masked(self) -> House:
        """The same house for whoever looks on as somebody else: nothing personal opens, and nothing can be written."""
        looking = LookingOnly(self.database)
        vault = msgspec.structs.replace(self.vault, keyring=MaskedKeyring(self.vault.keyring))
        office = msgspec.structs.replace(self.office, database=looking, vault=vault)
        return msgspec.structs.replace(self, database=looking, vault=vault, office=office, mailbox=None)

    def close(self) -> None:
        """Give everything back."""
        self.stack.close()


def open_house(settings: Settings, *, addresses: Addresses | None = None) -> House:
    """Open what one process needs; `addresses` are given where a database is at hand already."""
    mail = settings.mail()
    settings.payments()
    with ExitStack() as stack:
        where = addresses or stack.enter_context(at_hand(settings))
        master = threshold.cross(settings, where)
        database = Database(where.app_url, size=WEB_CONNECTIONS)
        stack.callback(database.close)
        keys = Database(where.keys_url, size=KEYRING_CONNECTIONS)
        stack.callback(keys.close)
        log = open_log(where.app_url, pool_size=LOG_CONNECTIONS)
        stack.callback(log.close)
        vault = open_vault(keys, master)
        office = Office(
            log=log,
            database=database,
            vault=vault,
            policy=DEFAULT,
            holidays=HOLIDAYS,
            public_url=settings.public_url.rstrip("/"),
        )
        simulated = "whsec_" + master.derive("simulated-webhooks").hex()
        return House(
            settings=settings,
            addresses=where,
            database=database,
            log=log,
            vault=vault,
            office=office,
            door_key=master.derive("door"),
            webhook_secrets=settings.stripe_webhook_secrets or (simulated,),
            reception=Reception(vault.blind),
            mailbox=Mailbox(database, vault) if mail == "mailbox" else None,
            line=_line(settings, master),
            stack=stack.pop_all(),
        )


def _line(settings: Settings, master: MasterKeys) -> Line | None:
    """LINE as the settings name it, or its stand-in, whose secrets are made here."""
    key = master.derive("line")
    if settings.line() == "line":
        return Line(
            channel_id=settings.line_login_channel_id or "",
            channel_secret=settings.line_login_channel_secret or "",
            push_token=settings.line_messaging_token or "",
            endpoints=Endpoints(),
            is_real=True,
            key=key,
        )
    if settings.line() is None: return None
    return Line(
        channel_id="stand-in",
        channel_secret=master.derive("line-stand-in").hex(),
        push_token=master.derive("line-stand-in-push").hex(),
        endpoints=stand_in(settings.public_url.rstrip("/")),
        is_real=False,
        key=key,
    )
