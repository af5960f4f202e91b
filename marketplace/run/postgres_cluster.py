"""One folder of PostgreSQL data: made, run, shared between processes and left."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg

from marketplace.run import postgres_binaries, postgres_keeper
from marketplace.run.accounts import Account, may_enter
from marketplace.run.postgres_binaries import PostgresUnavailable

_START_WITHIN_S = 120  # recovery after a crash counts
_SOCKET_PATH_BYTES = 100  # the system's limit is 104 or 108, the name of the socket included
_SOCKET_NAME = "/.s.PGSQL.5432"
_NO_PROCESS = str(2**22 + 1)  # above the highest process id of any system
_ORPHANS = "pre-existing shared memory block"  # the last processes of a killed server are still ending
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "100",
    "jit": "off",
    # The log names no person: neither statements nor the values that clash in them.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Cluster:
    """The folder `base` and the account its server runs as (None: ourselves)."""

    base: Path
    account: Account | None

    @property
    def files(self) -> Path:
        """The database's own files."""
        return self.base / "cluster"

    def passwords(self, roles: tuple[str, ...]) -> dict[str, str]:
        """A random password per role, made once and kept in a 0600 file."""
        path = self.base / "secrets.json"
        if not path.exists():
            if self.files.exists():
                sentence = f"{path} is missing, so the database beside it cannot be opened. Put it back from a backup."
                raise PostgresUnavailable(sentence)
            made = {role: secrets.token_urlsafe(24) for role in roles}
            _write_private(path, json.dumps(made))
        kept: dict[str, str] = json.loads(path.read_text())
        return kept

    def socket(self) -> Path:
        """A folder for the server's socket, with a path short enough for the system."""
        near = self.base / "socket"
        whole = str(near) + _SOCKET_NAME
        fits = len(whole.encode()) <= _SOCKET_PATH_BYTES and re.fullmatch(r"[\w./+-]+", whole, re.ASCII)
        folder = near if fits else Path("/tmp") / f"relay-{hashlib.sha256(whole.encode()).hexdigest()[:12]}"  # noqa: S108  owner and mode are checked below
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            self._hand_over(folder)
        found = folder.lstat()
        wanted = self.account.uid if self.account else os.geteuid()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != wanted or stat.S_IMODE(found.st_mode) & 0o077:
            sentence = f"{folder} is not a folder of the account that PostgreSQL runs as, closed to others. Remove it."
            raise PostgresUnavailable(sentence)
        return folder

    def programs(self) -> Path:
        """PostgreSQL's programs, of the version that made the data, where the server's account can reach them."""
        marker = self.files / "PG_VERSION"
        folder = postgres_binaries.locate(int(marker.read_text()) if marker.exists() else None)
        return folder if may_enter(folder, self.account) else postgres_binaries.beside(folder, self.base)

    def init(self, programs: Path, superuser: str, password: str, *, durable: bool) -> None:
        """Make the database's files, once; an interrupted attempt is begun anew."""
        if self.files.exists():
            return
        half, secret = self.base / "cluster.half", self.base / "password.tmp"
        shutil.rmtree(half, ignore_errors=True)
        secret.unlink(missing_ok=True)
        half.mkdir(mode=0o700)
        self._hand_over(half)
        try:
            _write_private(secret, password)
            self._hand_over(secret)
            command = [str(programs / "initdb"), "-D", str(half), "-U", superuser, f"--pwfile={secret}"]
            command += ["--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-instructions"]
            command += [] if durable else ["--no-sync"]
            made = self._as_account(command)
        finally:
            secret.unlink(missing_ok=True)
        if made.returncode != 0:
            shutil.rmtree(half, ignore_errors=True)
            sentence = f"PostgreSQL's initdb failed in {self.base}: {made.stderr.strip() or made.returncode}"
            raise PostgresUnavailable(sentence)
        half.rename(self.files)

    def run(self, programs: Path, socket: Path, superuser_url: str, *, durable: bool) -> None:
        """See that the server runs: join the one that does, wait for one that comes or goes, or start it."""
        deadline = time.monotonic() + _START_WITHIN_S
        pid = self.running()
        started = False
        while not _answers(superuser_url, durable=durable):
            if pid is None or not self.alive(pid):
                if started and _ORPHANS not in self._last_words():
                    raise PostgresUnavailable(f"PostgreSQL did not start in {self.base}: {self._last_words()}")
                self._forget_dead_server(socket)
                pid, started = self._spawn(programs, socket, durable=durable), True
            if time.monotonic() > deadline:
                raise PostgresUnavailable(f"PostgreSQL does not answer in {self.base}: {self._last_words()}")
            time.sleep(0.02)

    def leave(self, in_use: IO[bytes]) -> None:
        """Give up our share `in_use`; if it was the last, stop the server and see it end. Once is enough."""
        if in_use.closed:
            return
        in_use.close()
        if not self.base.exists():
            return
        with self.locked(), self.lock_file("in-use") as again:
            try:
                fcntl.flock(again, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self._end()

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One at a time comes or goes."""
        with self.lock_file("lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def lock_file(self, name: str) -> IO[bytes]:
        """A file to hold a lock on, closed to others, who could otherwise keep us waiting."""
        return os.fdopen(os.open(self.base / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b")

    def running(self) -> int | None:
        """The server's process id, or None if none runs on these files, whatever its pid file says."""
        try:
            pid = int((self.files / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None
        return pid if self.alive(pid) else None

    def alive(self, pid: int) -> bool:
        """Whether `pid` is a live server on these files: numbers are used again, above all in containers."""
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        if not Path("/proc/self").exists():
            return True
        try:
            words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
            if words[2].split()[0] == "Z" or "postgres" not in words[0]:
                return False
            return Path(f"/proc/{pid}/cwd").readlink() in (self.files, Path("/"))  # "/" until it has started
        except (FileNotFoundError, ProcessLookupError):
            return False
        except PermissionError:
            return True

    def _spawn(self, programs: Path, socket: Path, *, durable: bool) -> int:
        """Start the server under its keeper, detached from us; answers its process id."""
        settings = _SETTINGS | {"unix_socket_directories": str(socket)} | ({} if durable else _FAST)
        account = [str(self.account.uid), str(self.account.gid)] if self.account else ["-", "-"]
        command = [sys.executable, "-I", postgres_keeper.__file__, str(self.base), *account]
        command += [str(programs / "postgres"), "-D", str(self.files)]
        command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        kept = subprocess.run(command, capture_output=True, text=True, check=False)
        if kept.returncode != 0 or not kept.stdout.strip():
            raise PostgresUnavailable(f"PostgreSQL could not be started in {self.base}: {kept.stderr.strip()}")
        return int(kept.stdout)

    def _forget_dead_server(self, socket: Path) -> None:
        """Let a new server see that the old one is dead, even if its number is another's now or was not reaped yet.

        The pid file itself stays: by it PostgreSQL waits for the last processes of a killed server.
        """
        (socket / f"{_SOCKET_NAME[1:]}.lock").unlink(missing_ok=True)
        path = self.files / "postmaster.pid"
        if path.exists():
            path.write_text("\n".join([_NO_PROCESS, *path.read_text().split("\n")[1:]]))

    def _end(self) -> None:
        pid = self.running()
        deadline = time.monotonic() + postgres_keeper.GIVE_UP_AFTER_S
        if pid is not None:
            os.kill(pid, signal.SIGINT)
        while pid is not None and self.alive(pid):
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGQUIT)
                deadline += postgres_keeper.GIVE_UP_AFTER_S
            time.sleep(0.01)

    def _as_account(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
        if self.account is None:
            return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", env=env)
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=env,
            user=self.account.uid,
            group=self.account.gid,
            extra_groups=[],
        )

    def _hand_over(self, path: Path) -> None:
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)

    def _last_words(self) -> str:
        log = self.base / "postgres.log"
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        return " | ".join(lines[-5:]) or "it left no message"


def place(data: Path, account: Account | None) -> Path:
    """The folder to use for `data`: itself, or one under /var/lib/relay where its parents are closed to `account`."""
    wanted = data.resolve()
    standing = next(folder for folder in (wanted, *wanted.parents) if folder.is_dir())
    if not may_enter(standing, account):
        wanted = Path("/var/lib/relay") / hashlib.sha256(str(wanted).encode()).hexdigest()[:16]
    try:
        for folder in reversed([folder for folder in (wanted, *wanted.parents) if not folder.exists()]):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)  # only what we make ourselves, against a narrow umask
    except OSError as error:
        sentence = f"The data folder {wanted} cannot be made ({error.strerror}). Set RELAY_DATA to one that can."
        raise PostgresUnavailable(sentence) from error
    if not os.access(wanted, os.W_OK):
        sentence = f"The data folder {wanted} belongs to another user. Run as that user, or set RELAY_DATA."
        raise PostgresUnavailable(sentence)
    return wanted


def _answers(superuser_url: str, *, durable: bool) -> bool:
    """Whether the server takes connections. One that runs without fsync is not joined by who wants durability."""
    try:
        connection = psycopg.connect(superuser_url, connect_timeout=5, autocommit=True)
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            sentence = "The password in secrets.json does not open the database beside it. Put the right file back."
            raise PostgresUnavailable(sentence) from error
        return False
    with connection:
        fsync = connection.execute("SHOW fsync").fetchone()
    if durable and fsync != ("on",):
        raise PostgresUnavailable("The server at hand was started for tests, without fsync. Stop it first.")
    return True


def _write_private(path: Path, text: str) -> None:
    """Write a file that only we can read, from its first moment on."""
    half = path.with_name(path.name + ".half")
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    half.rename(path)
