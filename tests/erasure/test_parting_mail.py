"""The last mail reaches the person before the address that it goes to is destroyed, and leads to the certificate."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from litestar.testing import TestClient

from domain.ids import CandidateId
from marketplace import clock
from marketplace.commands import privacy
from marketplace.run.database import Addresses
from marketplace.run.demo import cast as cast_of_demo
from marketplace.run.demo.opening import BEGINNING
from marketplace.run.founding import found
from marketplace.run.settings import load
from marketplace.run.wiring import House, open_house
from marketplace.run.working import open_worker
from marketplace.store.log import Command
from marketplace.vault.subject import Subject, SubjectKind
from marketplace.work.worker import Worker
from tests.api.doors import door
from tests.erasure.newcomer import registered

if TYPE_CHECKING:
    from tests.conftest import Database

ADDRESS = "mizuki.mihon@example.jp"
SITE = "http://127.0.0.1:8000"


class Server:
    """A mail server that takes mails, or asks to come again later."""

    def __init__(self) -> None:
        self.open = True
        self.mails: list[tuple[str, str]] = []
        self._loop = asyncio.new_event_loop()
        self._bound = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.port = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  the library's
        if not self.open:
            return "451 come again later"
        mail = message_from_bytes(envelope.original_content or b"", policy=default)
        assert isinstance(mail, EmailMessage)
        body = mail.get_body(("plain",))
        assert body is not None
        self.mails.append((envelope.rcpt_tos[0], str(body.get_content())))
        return "250 taken"

    def start(self) -> None:
        self._thread.start()
        assert self._bound.wait(10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        server = self._loop.run_until_complete(
            self._loop.create_server(lambda: SMTP(self, hostname="mail.example", loop=self._loop), "127.0.0.1", 0)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._bound.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()


class Scene:
    """A person, a mail server with a mood, a worker in the test's own hands."""

    def __init__(self, house: House, worker: Worker, server: Server, owner_url: str) -> None:
        self.house, self.worker, self.server, self.owner_url = house, worker, server, owner_url
        worker.drain()
        self.person = registered(house, ADDRESS, "見本 みずき")
        worker.drain()
        server.mails.clear()

    def erase(self) -> None:
        with self.house.database.transaction() as connection:
            now = clock.now(connection)
        privacy.start_erasure(self.house.office, Command(id=uuid4(), actor="candidate", now=now), candidate=self.person)
        self.worker.drain()

    def later(self, by: timedelta) -> None:
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            clock.move_to(connection, clock.now(connection) + by)
        self.worker.drain()

    @property
    def erased(self) -> bool:
        return self.house.office.candidate(self.person).state.erased

    @property
    def keys(self) -> int:
        return len(self.house.vault.keyring.keys([Subject(SubjectKind.CANDIDATE, self.person)]))


@pytest.fixture
def scene(database: Database, tmp_path: Path) -> Iterator[Scene]:
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        clock.move_to(connection, BEGINNING)
    with ExitStack() as stack:
        server = Server()
        server.start()
        stack.callback(server.stop)
        settings = load(
            {"RELAY_DATA": str(tmp_path), "DATABASE_URL": database.app_url, "SMTP_URL": f"smtp://127.0.0.1:{server.port}"}
        )
        house = open_house(settings, addresses=Addresses(database.app_url, database.owner_url, None))
        stack.callback(house.close)
        part = cast_of_demo.OPERATOR
        found(
            house.office,
            name=part.name,
            name_en=part.name_en,
            corporate_number=part.corporate_number,
            address=part.address,
            representative=part.representative,
            admin_name=part.admin_name,
            email=part.admin_email,
        )
        yield Scene(house, stack.enter_context(open_worker(house)), server, database.owner_url)


def certificate_of(scene: Scene, address: str) -> str:
    with door(scene.house) as app, TestClient(app, base_url=SITE) as client:
        answer = client.get(address.replace(SITE, f"{SITE}/api/v1"))
        page = client.get(address)
    assert (answer.status_code, page.status_code) == (200, 200)
    found_there = str(answer.json()["certificate"])
    assert found_there in page.text
    return found_there


def test_the_last_mail_leads_to_the_certificate_without_signing_in(scene: Scene) -> None:
    scene.erase()
    assert scene.erased
    [(to, text)] = scene.server.mails
    assert to == ADDRESS
    links = re.findall(r"http\S+/erasures/\S+", text)
    assert links == [f"{SITE}/erasures/{scene.person}"]
    assert certificate_of(scene, links[0]).count(".") == 2


def test_the_address_is_not_destroyed_before_the_last_mail_has_gone_out(scene: Scene) -> None:
    scene.server.open = False
    scene.erase()
    assert (scene.erased, scene.keys, scene.server.mails) == (False, 1, [])
    scene.later(timedelta(hours=2))
    assert (scene.erased, scene.keys, scene.server.mails) == (False, 1, [])
    scene.server.open = True
    scene.later(timedelta(hours=7))
    scene.later(timedelta(minutes=1))
    assert (scene.erased, scene.keys) == (True, 0)
    assert [to for to, _ in scene.server.mails] == [ADDRESS]


def test_a_mail_server_that_never_takes_it_holds_the_erasure_up_for_a_day_at_most(scene: Scene) -> None:
    scene.server.open = False
    scene.erase()
    scene.later(timedelta(hours=23))
    assert not scene.erased
    scene.later(timedelta(hours=1, minutes=1))
    assert (scene.erased, scene.keys, scene.server.mails) == (True, 0, [])
    scene.server.open = True
    scene.later(timedelta(days=1))
    assert scene.server.mails == []


def test_two_workers_at_once_do_not_overtake_the_mail(scene: Scene) -> None:
    """The task of the erasure is taken up while the mail's own is in another worker's hands."""
    scene.server.open = False
    scene.erase()
    with scene.house.database.transaction() as connection:
        now = clock.now(connection)
        connection.execute("UPDATE message SET sending_until = %s WHERE sent_at IS NULL", (now + timedelta(minutes=5),))
    assert privacy.finish_erasure(scene.house.office, CandidateId(scene.person), now) is False
    assert scene.keys == 1
    with scene.house.database.transaction() as connection:
        connection.execute("UPDATE message SET sent_at = %s, sending_until = NULL WHERE sent_at IS NULL", (now,))
    assert privacy.finish_erasure(scene.house.office, CandidateId(scene.person), now) is True
    assert (scene.erased, scene.keys) == (True, 0)
