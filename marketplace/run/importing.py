"""Imports from the terminal: a dry run as a table of problems, and the real run with its progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

from domain.applicant import RetentionBasis
from domain.ids import CompanyId
from domain.refusal import Refused
from marketplace import clock
from marketplace.commands import importing
from marketplace.commands.office import Office
from marketplace.importing.archive import packed_folder
from marketplace.importing.formats import JSON_LIMIT_BYTES
from marketplace.importing.reading import Reading, Retention
from marketplace.store.log import Command
from marketplace.texts.catalogue import Language, sentence


def _bytes(file: Path) -> bytes:
    if not file.exists():
        raise Refused("file-not-there")
    if file.is_dir():
        return packed_folder(file)
    with file.open("rb") as opened:
        return opened.read(JSON_LIMIT_BYTES + 1)  # one more than any file may have: enough to be refused as too big


def _retention(basis: str | None, notice_version: str) -> Retention | None:
    return Retention(basis=RetentionBasis(basis), notice_version=notice_version) if basis else None


def look_at(office: Office, file: Path, basis: str | None, notice_version: str, language: Language) -> Iterator[str]:
    """What would come of a file, row by row; nothing is kept."""
    with office.database.transaction() as connection:
        now = clock.now(connection)
    reading = importing.dry_run(
        office, data=_bytes(file), filename=file.name, retention=_retention(basis, notice_version), now=now
    )
    for problem in reading.told:
        values: dict[str, int | str] = {"row": problem.row, "column": problem.column, "count": problem.count}
        yield f"{problem.row:>6}  {problem.column or '-':<20} {problem.severity:<14} {sentence(problem.code, language, values)}"
    yield _summary(reading)


def bring_in(
    office: Office,
    file: Path,
    company: UUID,
    system: str,
    basis: str | None,
    notice_version: str,
    batch: UUID,
    progress: Callable[[int, int], None],
) -> Iterator[str]:
    """Take a file in and carry it through here, with progress."""
    with office.database.transaction() as connection:
        now = clock.now(connection)
    importing.begin(
        office,
        Command(id=batch, actor="operator:terminal", now=now),
        batch=batch,
        company=CompanyId(company),
        system=system,
        data=_bytes(file),
        filename=file.name,
        retention=_retention(basis, notice_version),
    )
    importing.carry_on(office, batch, now, progress)
    with office.database.transaction() as connection:
        row = connection.execute(
            "SELECT rows_read, eligible, withdrawn, quarantined FROM import_batch WHERE id = %s", (batch,)
        ).fetchone()
    if row is not None:
        yield f"batch {batch}: rows read {row[0]}, invitable {row[1]}, withdrawn {row[2]}, quarantined {row[3]}"


def _summary(reading: Reading) -> str:
    return (
        f"rows read {reading.rows_read}, invitable {len(reading.eligible)}, withdrawn {len(reading.withdrawn)},"
        f" quarantined {len(reading.quarantined)}"
    )
