"""A base backup of the whole cluster, and the server that is started on it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from marketplace.run import postgres
from marketplace.run.accounts import unprivileged
from tests.erasure.stage import ErasureStage


def taken(staged: ErasureStage) -> Path:
    """Take the backup; answers the folder, as `restored` wants it."""
    base = staged.folder / "backup"
    base.mkdir(mode=0o755)
    program = str(staged.server.bin / "pg_basebackup")
    command = [program, "-D", str(base / "cluster"), "-d", staged.server.superuser_url, "-X", "stream", "-c", "fast"]
    subprocess.run(command, check=True, capture_output=True)
    assert staged.server.base is not None
    shutil.copy2(staged.server.base / "secrets.json", base / "secrets.json")
    return base


@contextmanager
def restored(base: Path) -> Iterator[postgres.Server]:
    """A server on the backup."""
    account = unprivileged()
    cluster = base / "cluster"
    cluster.chmod(0o700)
    if account is not None:
        for path in (cluster, *cluster.rglob("*")):
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
    with postgres.start(base, durable=True) as server:
        yield server
