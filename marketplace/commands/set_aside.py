"""Rows that an import set aside: sealed for thirty days so that they can be put right, each under a key of its own.

A row dies as soon as it is settled: put right, left out, undone with its import, erased with its person, or forgotten
when its time is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid5

import msgspec

from domain.calendar import end_of_jst_day, jst_date
from domain.ids import ApplicantId, CompanyId, VaultRef
from domain.refusal import Refused
from marketplace.commands.office import Office, new_id
from marketplace.importing.reading import Reading
from marketplace.store.log import Command
from marketplace.vault.companion import CompanionRow
from marketplace.vault.envelope import Draft
from marketplace.vault.erasure import erase_subjects
from marketplace.vault.records import SetAsideRow, open_many
from marketplace.vault.subject import Subject, SubjectKind

KEPT_DAYS = 30
"""How long a row waits to be put right."""

Settled = Literal["repaired", "left-out", "undone", "erased", "forgotten"]


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A row that waits, opened for the source that brought it in."""

    row: int
    cells: tuple[tuple[str, str], ...]
    held_back: str


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What goes with taking a file in: what the batch says of its rows, their sealed cells, the task that forgets them."""

    listed: list[dict[str, Any]]
    companions: list[CompanionRow]


def rows_for(
    office: Office, command: Command, *, batch: UUID, company: CompanyId, system: str, reading: Reading
) -> Kept:
    """Seal the rows that a file's reading set aside."""
    if not reading.set_aside:
        return Kept(listed=[], companions=[])
    forget_at = end_of_jst_day(jst_date(command.now) + timedelta(days=KEPT_DAYS))
    drafts = [
        Draft(subject=_subject(batch, each.row), record=SetAsideRow(cells=each.cells, held_back=str(each.held_back or "")))
        for each in reading.set_aside
    ]
    kept = Kept(listed=[], companions=[])
    for each, sealed in zip(reading.set_aside, office.vault.sealer.seal_many(drafts), strict=True):
        theirs = office.vault.blind.applicant_id(company, system, each.record_id) if each.record_id else None
        values = {
            "row_no": each.row,
            "subject": str(_subject(batch, each.row).id),
            "ref": str(sealed.ref),
            "applicant": theirs and str(theirs),
            "mendable": each.mendable,
            "forget_at": forget_at.isoformat(),
        }
        kept.listed.append(values)
        kept.companions.append(sealed.row)
    task = {
        "id": str(new_id(command, "forgetting")),
        "kind": "forget-set-aside",
        "subject": str(batch),
        "run_at": forget_at.isoformat(),
    }
    kept.companions.append(CompanionRow("task", task))
    return kept


def opened(office: Office, batch: UUID) -> list[Waiting]:
    """Every row of a batch that waits and can be put right, in the order of the file."""
    with office.database.transaction() as connection:
        found = connection.execute(
            "SELECT row_no, ref FROM import_row WHERE batch = %s AND settled IS NULL AND mendable ORDER BY row_no", (batch,)
        ).fetchall()
        wanted = [(_subject(batch, row), VaultRef(ref)) for row, ref in found]
        records = open_many(office.vault.keyring, connection, wanted, SetAsideRow)
    return [
        Waiting(row=row, cells=records[VaultRef(ref)].cells, held_back=records[VaultRef(ref)].held_back)
        for row, ref in found
        if VaultRef(ref) in records
    ]


def one(office: Office, batch: UUID, row: int) -> Waiting:
    """One of them. Raises Refused `row-not-waiting`."""
    found = next((each for each in opened(office, batch) if each.row == row), None)
    if found is None: raise Refused("row-not-waiting")
    return found


def is_settled(office: Office, batch: UUID, row: int, how: Settled) -> bool:
    """Was the row settled in this way?"""
    with office.database.transaction() as connection:
        found = connection.execute(
            "SELECT FROM import_row WHERE batch = %s AND row_no = %s AND settled = %s", (batch, row, how)
        ).fetchone()
    return found is not None


def settle(office: Office, batch: UUID, rows: Sequence[int] | None, how: Settled, now: datetime) -> int:
    """These rows (None: all) wait no more and their cells are destroyed; answers how many did. Again changes nothing."""
    with office.database.transaction() as connection:
        found = connection.execute(
            "SELECT row_no FROM import_row WHERE batch = %s AND settled IS NULL AND (%s::int[] IS NULL OR row_no = ANY(%s))",
            (batch, rows, rows),
        ).fetchall()
        # The cells go first: stopped in between, the row still waits and is found again.
        erase_subjects(office.vault.keyring, connection, [_subject(batch, row) for (row,) in found], now=now)
        return connection.execute(
            "UPDATE import_row SET settled = %s, settled_at = %s WHERE batch = %s AND row_no = ANY(%s) AND settled IS NULL",
            (how, now, batch, [row for (row,) in found]),
        ).rowcount


def forget(office: Office, batch: UUID, now: datetime) -> None:
    """Their time is over."""
    settle(office, batch, None, "forgotten", now)


def erase_with(office: Office, applicant: ApplicantId, now: datetime) -> None:
    """A record was erased: rows of the same application go with it."""
    with office.database.transaction() as connection:
        found = connection.execute(
            "SELECT batch, row_no FROM import_row WHERE applicant = %s AND settled IS NULL", (applicant,)
        ).fetchall()
    for batch, row in found:
        settle(office, batch, [row], "erased", now)


def _subject(batch: UUID, row: int) -> Subject:
    return Subject(SubjectKind.APPLICANT, uuid5(batch, f"row:{row}"))
