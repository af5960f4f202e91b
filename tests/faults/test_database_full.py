"""The disk is full: nothing is acknowledged that is not stored, and once there is room again everything goes on."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from marketplace.run import postgres
from marketplace.run.accounts import unprivileged
from tests.faults.cluster import Ground, eventually, standing
from tests.faults.history import Diary, Outcome, audit, folding, settled, writing

ROOM_MB = {"base": 2, "pg_wal": 1}
ENOUGH_MB = 400
WITHIN_S = 60.0
FILL = "INSERT INTO ballast SELECT string_agg(sha512(random()::text::bytea)::text, '') FROM generate_series(1, 4000)"


def can_mount() -> bool:
    if os.geteuid() != 0 or shutil.which("mount") is None: return False
    folder = Path("/tmp") / f"relay-mount-{os.getpid()}"
    folder.mkdir()
    try:
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=False).returncode != 0:
            return False
        subprocess.run(["umount", folder], check=True)
    finally:
        folder.rmdir()
    return True


needs_a_small_disk = pytest.mark.skipif(not can_mount(), reason="only root can mount a small disk to fill")


class Disk:
    """A file system in memory, of a size that can be changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def resize(self, megabytes: int) -> None:
        subprocess.run(["mount", "-o", f"remount,size={megabytes}m", self.folder], check=True)

    def used_mb(self) -> int:
        of = os.statvfs(self.folder)
        return (of.f_blocks - of.f_bfree) * of.f_frsize // 2**20 + 1


@contextmanager
def on_a_small_disk(part: str) -> Iterator[tuple[Ground, Disk]]:
    """A server whose `base` (tables) or `pg_wal` lies on a disk of its own; with room enough at first."""
    with standing() as ground:
        ground.database("full")
        ground.server.stop()
        assert ground.server.base is not None
        folder = ground.cluster.files / part
        aside = folder.with_name(part + ".aside")
        folder.rename(aside)
        folder.mkdir(mode=0o700)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ENOUGH_MB}m,mode=700", "tmpfs", folder], check=True)
        try:
            shutil.copytree(aside, folder, dirs_exist_ok=True)
            account = unprivileged()
            if account is not None:
                subprocess.run(["chown", "-R", f"{account.uid}:{account.gid}", folder], check=True)
            ground.server = postgres.start(ground.folder / "postgres")
            yield ground, Disk(folder)
        finally:
            if ground.cluster.running() is not None:
                ground.kill()
            ground.server.stop()
            subprocess.run(["umount", folder], check=True)


def filled(ground: Ground, disk: Disk, diary: Diary, part: str) -> None:
    """Fill the disk beside the writers until none of them is acknowledged any more."""
    disk.resize(disk.used_mb() + ROOM_MB[part])
    url = ground.server.superuser_url_of("full")

    def full() -> bool:
        before = diary.count(Outcome.ACKED)
        try:
            with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
                connection.execute("CREATE TABLE IF NOT EXISTS ballast (stuff text)")
                connection.execute("ALTER TABLE ballast ALTER COLUMN stuff SET STORAGE EXTERNAL")
                for _ in range(20):
                    connection.execute(FILL)
        except psycopg.OperationalError:
            unknown = diary.count(Outcome.UNKNOWN)
            eventually(lambda: diary.count(Outcome.UNKNOWN) > unknown + 8, 2)
            return diary.count(Outcome.ACKED) == before and diary.count(Outcome.UNKNOWN) > unknown
        return False

    assert eventually(full, WITHIN_S)


def full_under_writers(part: str) -> None:
    diary = Diary()
    with on_a_small_disk(part) as (ground, disk), ground.house("full") as house, ground.house("full") as other:
        with folding(house), writing([house, other], diary, writers=8):
            diary.wait_for_acks(30)
            filled(ground, disk, diary, part)
            disk.resize(ENOUGH_MB)
            ground.start()
            diary.wait_for_acks(30)
        diary.repeat()
        assert audit(house, diary) == []
        assert settled(house) == []
        assert diary.count(Outcome.UNKNOWN) > 0


@needs_a_small_disk
def test_a_full_disk_under_the_tables_refuses_commands_and_loses_none() -> None:
    full_under_writers("base")


@pytest.mark.heavy
@needs_a_small_disk
def test_a_full_disk_under_the_log_of_the_database_stops_it_and_loses_nothing() -> None:
    full_under_writers("pg_wal")
