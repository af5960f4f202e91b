"""Whom PostgreSQL runs as: never root. As root an unprivileged account that exists is borrowed; nothing is created."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from marketplace.run.postgres_binaries import PostgresUnavailable

_BORROWED = ("postgres", "nobody", "daemon")


@dataclass(frozen=True)
class Account:
    """An unprivileged account of this machine, by number."""

    uid: int
    gid: int

    def own(self, path: Path) -> None:
        """Give `path` (made by us) to this account."""
        os.chown(path, self.uid, self.gid)


def unprivileged() -> Account | None:
    """The account to run PostgreSQL as, or None where we are no root and run it as ourselves.

    `initdb` looks its user up by name, so only an account that exists will do; in a container whose numbers
    are not mapped the first one that can really be taken on is chosen.
    """
    if os.geteuid() != 0:
        return None
    for name in _BORROWED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        account = Account(entry.pw_uid, entry.pw_gid)
        if account.uid != 0 and may_enter(Path("/"), account):
            return account
    tried = ", ".join(_BORROWED)
    sentence = f"PostgreSQL refuses to run as root, and none of the accounts {tried} can be used. Run as a normal user."
    raise PostgresUnavailable(sentence)


def may_enter(folder: Path, account: Account | None) -> bool:
    """Whether `account` can walk into `folder`: asked of the system, so closed parents and mappings all count."""
    if account is None:
        return os.access(folder, os.X_OK)
    try:
        asked = subprocess.run(
            ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)],
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
            env={},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return asked.returncode == 0
