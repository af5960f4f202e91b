"""A door over a real database: the application, browsers and programs that knock at it, and a company or two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
from litestar import Litestar
from litestar.testing import TestClient

from api.house import DemoRole, Mail, Mailbox, Reception
from api.session import begin
from domain.company import CompanyAdmitted, CompanyRole, RolesGranted
from domain.ids import CompanyId, CompanyToken, VaultRef
from domain.policy import DEFAULT
from marketplace import clock
from marketplace.commands.office import Office
from marketplace.holidays import HOLIDAYS
from marketplace.links import Kind, mint_login_link
from marketplace.messages.line import Line
from marketplace.run.settings import Settings
from marketplace.store.database import Connection
from marketplace.store.database import Database as Pool
from marketplace.store.log import Command, Log
from marketplace.vault.master import MasterKeys
from marketplace.vault.vault import open_vault

SITE = "http://127.0.0.1:8000"


@dataclass
class People:
    """Who has which address, and the mails they got."""

    known: dict[str, tuple[Kind, UUID]] = field(default_factory=dict)
    sent: list[Mail] = field(default_factory=list)

    def send_login_links(self, connection: Connection, address: str, language: str, now: datetime) -> None:
        if address in self.known:
            link = mint_login_link(connection, *self.known[address], now, site=SITE)
            self.sent.append(
                Mail(html="",
                    id=uuid4(),
                    at=now,
                    to=address,
                    subject=f"<b>{language}</b>",
                    text=f"{link} https://elsewhere.example/x",
                )
            )

    def mails(self, limit: int) -> Sequence[Mail]:
        return self.sent[::-1][:limit]


@dataclass
class Premises:
    """A house of the parts that the door needs."""

    settings: Settings
    database: Pool
    log: Log
    people: People
    door_key: bytes = bytes(range(32))
    roles: list[DemoRole] = field(default_factory=list)

    @property
    def office(self) -> Office:
        return Office(
            log=self.log,
            database=self.database,
            vault=open_vault(self.database, MasterKeys.from_key(self.door_key)),
            policy=DEFAULT,
            holidays=HOLIDAYS,
            public_url=SITE,
        )

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        return ("whsec_street",)

    def stripe(self) -> Any:
        raise LookupError("no house on the street has an account at Stripe")

    @property
    def reception(self) -> Reception:
        return self.people

    @property
    def line(self) -> Line | None:
        return None

    @property
    def mailbox(self) -> Mailbox | None:
        return self.people

    def masked(self) -> Premises:
        raise LookupError("nobody on the street looks on as somebody else")

    def demo_roles(self) -> Sequence[DemoRole]:
        return self.roles

    def close(self) -> None:
        return


@dataclass
class Street:
    """What a test works with."""

    house: Premises
    app: Litestar
    owner_url: str

    def browser(self, **headers: str) -> TestClient[Litestar]:
        """A visitor with cookies of their own."""
        client = TestClient(self.app, base_url=SITE, raise_server_exceptions=True)
        client.headers.update(headers)
        client.follow_redirects = False
        return client

    def now(self) -> datetime:
        with self.house.database.transaction() as connection:
            return clock.now(connection)

    def later(self, by: timedelta) -> None:
        """Move the clock on."""
        moment = self.now() + by
        with psycopg.connect(self.owner_url) as connection:
            clock.move_to(connection, moment)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.house.database.transaction() as connection:
            return connection.execute(query, values).fetchall()

    def company(self, *roles: CompanyRole) -> UUID:
        """An admitted company."""
        company = CompanyId(uuid4())
        admitted = CompanyAdmitted(
            company=company,
            name="青空商会株式会社",
            name_en="Aozora Shokai",
            corporate_number="1234567890123",
            token=CompanyToken(uuid4()),
            address="東京都千代田区一丁目",
            representative_ref=VaultRef(uuid4()),
        )
        command = Command(id=uuid4(), actor="operator:test", now=self.now())
        self.house.log.append(command, {company: (0, [admitted, RolesGranted(roles=roles)])})
        return company

    def member(self, company: UUID, role: str = "admin") -> UUID:
        user = uuid4()
        with self.house.database.transaction() as connection:
            connection.execute("INSERT INTO member (user_id, company, role) VALUES (%s, %s, %s)", (user, company, role))
        return user

    def bearer(self, kind: Kind, subject: UUID) -> dict[str, str]:
        """The header of a program that acts in a session."""
        with self.house.database.transaction() as connection:
            works_here(connection, kind, subject)
            return {"Authorization": f"Bearer {begin(connection, kind, subject, clock.now(connection))}"}

    def link(self, kind: Kind, subject: UUID) -> str:
        with self.house.database.transaction() as connection:
            works_here(connection, kind, subject)
            return mint_login_link(connection, kind, subject, clock.now(connection))

    def signed_in(self, kind: Kind, subject: UUID) -> TestClient[Litestar]:
        """A browser that came in by a link, as a person does."""
        browser, link = self.browser(), self.link(kind, subject)
        answer = press(browser, link, link)
        assert answer.status_code == 303, answer.text
        return browser


def works_here(connection: Connection, kind: Kind, subject: UUID) -> None:
    """A user is somebody for as long as a company has them: one whom the test gave no company works for some other."""
    if kind == "user":
        connection.execute(
            "INSERT INTO member (user_id, company, role) SELECT %(user)s, %(company)s, 'viewer'"
            " WHERE NOT EXISTS (SELECT FROM member WHERE user_id = %(user)s)",
            {"user": subject, "company": uuid4()},
        )


def hidden(page: str, name: str) -> str:
    """The value of a page's hidden field."""
    return page.split(f'name="{name}" value="', 1)[1].split('"', 1)[0]


def press(browser: TestClient[Litestar], page: str, to: str, **fields: str) -> httpx.Response:
    """Open a page and send a form of it, as a browser does."""
    shown = browser.get(page)
    assert shown.status_code == 200, shown.text
    sent = {"csrf": hidden(shown.text, "csrf"), "key": hidden(shown.text, "key"), **fields}
    return browser.post(to, data=sent, headers={"Origin": SITE, "Sec-Fetch-Site": "same-origin"})
