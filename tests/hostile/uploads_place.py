"""A web server in a process of its own, as `relay web` starts it, and a source company that hands in files."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg

from api import csrf
from api.session import begin
from api.visit import held
from domain.company import CompanyRole
from domain.ids import OPERATOR, CompanyId
from marketplace import clock
from marketplace.commands import company
from marketplace.run.founding import found
from marketplace.run.settings import load
from marketplace.run.wiring import House, open_house
from marketplace.store.log import Command
from tests.conftest import Database

MEASURE = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(f"\\n{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}", flush=True)
sys.exit(code)
"""
"""A small process between: a program begins with the memory of whoever started it as its peak, and these tests are large."""
RELAY = (sys.executable, "-c", "from marketplace.run.cli import main; main()")
KIBIBYTES = {"VmHWM", "VmRSS"}
TABLES = ("relay_events", "command", "task", "vault_record", "vault_key", "import_batch", "import_problem", "message", "gate")
COUNTS = "SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in TABLES)


@dataclass
class Desk:
    """Where files are handed in: the API, the page and the terminal of one running site."""

    url: str
    pid: int
    environ: dict[str, str]
    company: UUID
    client: httpx.Client
    database: Database
    door_key: bytes
    token: str

    def to_api(self, path: str, data: Any, **query: str) -> httpx.Response:
        """The raw body, as a program sends it."""
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": uuid4().hex}
        return self.client.post(f"/api/v1{path}", params=query, content=data, headers=headers)

    def to_page(self, body: bytes, content_type: str) -> httpx.Response:
        """A form with a file, as a browser sends it."""
        headers = {"Content-Type": content_type, "Origin": self.url, "Cookie": f"relay-session={self.token}"}
        return self.client.post("/source/imports", content=body, headers=headers)

    def form(self, filename: str, data: bytes, boundary: str = "relay-edge") -> tuple[bytes, str]:
        """A whole and honest form around a file."""
        fields = {"csrf": self.csrf, "key": uuid4().hex, "system": "ats", "look": "false"}
        said = f"--{boundary}\r\nContent-Disposition: form-data; name="
        parts = [f'{said}"{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
        head = f'{said}"file"; filename="{filename}"\r\n\r\n'.encode()
        return b"".join((*parts, head, data, f"\r\n--{boundary}--\r\n".encode())), f"multipart/form-data; boundary={boundary}"

    def raw(self, request: bytes, patience_s: float) -> bytes:
        """Bytes on the wire, whether or not they are HTTP; what came back within the patience."""
        host, _, port = self.url.removeprefix("http://").partition(":")
        came = b""
        with socket.create_connection((host, int(port)), timeout=patience_s) as wire:
            wire.sendall(request)
            try:
                while piece := wire.recv(65_536): came += piece
            except (TimeoutError, ConnectionResetError):
                pass
        return came

    def terminal(self, *arguments: str) -> tuple[int, str, int]:
        """`relay …` in a process: exit status, what it said, and the most memory it or its children took, in MiB."""
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, *RELAY, *arguments],
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        said, _, most_kib = done.stdout.decode("utf-8", "replace").rstrip().rpartition("\n")
        return done.returncode, said, int(most_kib) // 1024

    @property
    def csrf(self) -> str:
        return csrf.token_for(self.door_key, held(self.token, None) or "")

    def state(self) -> tuple[Any, ...]:
        """What a refused file leaves as it was."""
        with psycopg.connect(self.database.superuser_url) as connection:
            row = connection.execute(COUNTS.encode()).fetchone()
        assert row is not None
        return row

    # -- memory ----------------------------------------------------------------------------------------------------

    def forget_peaks(self) -> None:
        """From now on the highest memory of each process of the site is measured anew."""
        for pid in self._processes(): Path(f"/proc/{pid}/clear_refs").write_text("5")

    def peak_mib(self) -> int:
        """The most memory that one process of the site has held since then (its short-lived readers are not in it)."""
        return max(_kibibytes(pid, "VmHWM") for pid in self._processes()) // 1024

    def readers_mib(self) -> list[int]:
        """What the processes hold that read a file at this moment."""
        servers = self._processes()
        children = [child for pid in servers for child in _children(pid) if child not in servers]
        return [_kibibytes(pid, "VmHWM") // 1024 for pid in children]

    def _processes(self) -> list[int]:
        """The server and its workers: what lives as long as the site."""
        return [self.pid, *(child for child in _children(self.pid) if b"bounded" not in _command(child))]


def _children(pid: int) -> list[int]:
    try:
        return [int(each) for task in Path(f"/proc/{pid}/task").iterdir() for each in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def _kibibytes(pid: int, name: str) -> int:
    assert name in KIBIBYTES
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)


def _settle(house: House) -> tuple[CompanyId, str]:
    """The operator, a licensed source, and a session of the source's admin."""
    with house.database.transaction() as connection:
        now = clock.now(connection)

    def by() -> Command:
        return Command(id=uuid4(), actor="operator:test", now=now)

    found(
        house.office, name="見本運営株式会社", name_en="Mihon Operator", corporate_number="2010001000005",
        address="東京都見本区1-1", representative="運営 見本", admin_name="運営 担当", email="admin@operator.example",
    )  # fmt: skip
    source, user = CompanyId(uuid4()), uuid4()
    company.admit(
        house.office, by(), company_id=source, name="見本商会株式会社", name_en="Mihon Shokai",
        corporate_number="6010001000001", address="大阪府見本市2-2", representative="見本 代表",
        roles=frozenset({CompanyRole.SOURCE}),
    )  # fmt: skip
    for which in (OPERATOR, source):
        company.record_licence(
            house.office, by(), company_id=which, number="13-ユ-300001",
            granted_on=date(2025, 1, 1), valid_until=date(2035, 12, 31),
        )  # fmt: skip
    with house.database.transaction() as connection:
        connection.execute("INSERT INTO member (user_id, company, role) VALUES (%s, %s, 'admin')", (user, source))
        return source, begin(connection, "user", user, now)


@contextmanager
def opened(database: Database, folder: Path) -> Iterator[Desk]:
    """The site over a database; ended, and waited for, when the block is left."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    ours = {
        "RELAY_DATA": str(folder), "RELAY_PORT": url.rpartition(":")[2], "RELAY_PUBLIC_URL": url, "RELAY_LANGUAGE": "en",
        "DATABASE_URL": database.app_url, "MIGRATION_DATABASE_URL": database.owner_url,
    }  # fmt: skip
    with psycopg.connect(database.owner_url) as connection:
        clock.move_to(connection, datetime(2026, 6, 1, 3, 0, tzinfo=UTC))
    house = open_house(load(ours))
    try:
        source, token = _settle(house)
        door_key = house.door_key
    finally:
        house.close()
    environ = {**os.environ, **ours}
    log = (folder / "web.log").open("wb")
    process = subprocess.Popen([*RELAY, "web"], env=environ, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    with httpx.Client(base_url=url, timeout=120) as client:
        try:
            _wait(client, process)
            yield Desk(url, process.pid, environ, source, client, database, door_key, token)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
            log.close()


def _wait(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if client.get("/api/v1/openapi.json").is_success: return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError
