"""A row that was set aside is put right: read again by the rules of every import, and then it is part of the batch.

What else its file said of the person holds on: who is still in selection there, or was hired, is not invited because a
date was corrected. Nothing is changed while anything of the row is still wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from domain.applicant import INITIAL, UNDONE, evolve
from domain.calendar import jst_date
from domain.company import CompanyRole
from domain.ids import ApplicantId, CompanyId
from domain.refusal import Refused
from domain.rules.licence import check_active
from marketplace.commands import importing, set_aside
from marketplace.commands.office import Office
from marketplace.commands.set_aside import Waiting
from marketplace.importing.check import read_rows
from marketplace.importing.reading import Applicant, Form, HeldBack, Outcome, Problem, Reading, Retention, Severity
from marketplace.store.log import Appended, Command
from marketplace.vault.blind_index import AddressKind, normal_email
from marketplace.vault.subject import SubjectKind

_STANDS = {Outcome.ACTIVE: HeldBack.ACTIVE, Outcome.HIRED: HeldBack.HIRED}


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What an import said of all its rows."""

    id: UUID
    company: CompanyId
    system: str
    form: Form
    retention: Retention | None


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What would come of a row as it is typed now: its faults, and who it is once none of them leaves it out."""

    problems: tuple[Problem, ...]
    person: Applicant | None


def look(
    office: Office, now: datetime, *, batch: UUID, company: CompanyId, row: int, cells: Sequence[str]
) -> Look:
    """Read the row again with these cells, beside the others that wait; nothing is kept."""
    return _look(office, now, _batch(office, batch, company), row, cells)


def faults(office: Office, now: datetime, *, batch: UUID, company: CompanyId) -> dict[int, list[Problem]]:
    """What is wrong in each row that waits, as it was set aside."""
    waiting = set_aside.opened(office, batch)
    found: dict[int, list[Problem]] = {}
    if waiting:
        reading = _read(_batch(office, batch, company), now, waiting[0], [(each.row, _texts(each)) for each in waiting])
        for each in reading.problems:
            found.setdefault(each.row, []).append(each)
    return found


def repair(
    office: Office, command: Command, *, batch: UUID, company: CompanyId, row: int, cells: Sequence[str]
) -> Appended:
    """The row comes in like any other of its batch. Raises Refused `row-still-wrong`, and what stands in its way.

    Sent again after a crash it changes nothing and is settled all the same.
    """
    check_active(office.company(company).state, CompanyRole.SOURCE)
    if (position := office.log.carried_out(command.id)) is not None:
        set_aside.settle(office, batch, [row], "repaired", command.now)
        return Appended("again", position)
    about = _batch(office, batch, company)
    found = _look(office, command.now, about, row, cells)
    person = found.person
    if person is None: raise Refused("row-still-wrong")
    _check_new(office, about, person)
    appended = importing.bring_in(office, command, company=company, system=about.system, batch=batch, people=[person])
    if set_aside.settle(office, batch, [row], "repaired", command.now):
        _count(office, about, row, found)
    return appended


def leave_out(office: Office, command: Command, *, batch: UUID, company: CompanyId, row: int) -> None:
    """The source does without the row: its cells are destroyed now. Said again it changes nothing."""
    _batch(office, batch, company)
    if set_aside.settle(office, batch, [row], "left-out", command.now): return
    if not set_aside.is_settled(office, batch, row, "left-out"): raise Refused("row-not-waiting")


def _batch(office: Office, batch: UUID, company: CompanyId) -> Batch:
    with office.database.transaction() as connection:
        found = connection.execute(
            "SELECT company, system, form, basis, notice_version, finished_at, undone_at FROM import_batch WHERE id = %s",
            (batch,),
        ).fetchone()
    if found is None or found[0] != company: raise Refused("import-unknown")
    _, system, form, basis, notice, finished_at, undone_at = found
    if finished_at is None: raise Refused("import-still-running")
    if undone_at is not None: raise Refused("import-already-undone")
    retention = Retention(basis=basis, notice_version=notice) if basis else None
    return Batch(id=batch, company=company, system=system, form=Form(form), retention=retention)


def _look(office: Office, now: datetime, batch: Batch, row: int, cells: Sequence[str]) -> Look:
    waiting = set_aside.opened(office, batch.id)
    mine = next((each for each in waiting if each.row == row), None)
    if mine is None: raise Refused("row-not-waiting")
    if len(cells) != len(mine.cells): raise Refused("row-cells-differ")
    # First the row itself: read beside the others, it is not the one that repeats another.
    texts = [(row, tuple(cells)), *((each.row, _texts(each)) for each in waiting if each.row != row)]
    reading = _read(batch, now, mine, texts)
    person = next((each for each in reading.applicants if each.row == row), None)
    problems = tuple(each for each in reading.problems if each.row == row)
    if person is not None and person.held_back is None:
        person = msgspec.structs.replace(person, held_back=_standing(office, batch, mine, person))
    return Look(problems=problems, person=person)


def _read(batch: Batch, now: datetime, like: Waiting, texts: Sequence[tuple[int, Sequence[str]]]) -> Reading:
    headings = [heading for heading, _ in like.cells]
    return read_rows(batch.form, headings, texts, today=jst_date(now), retention=batch.retention)


def _texts(waiting: Waiting) -> tuple[str, ...]:
    return tuple(text for _, text in waiting.cells)


def _standing(office: Office, batch: Batch, waiting: Waiting, person: Applicant) -> HeldBack | None:
    """What the rest of the file said of the person: kept with the row, or in records that came in with the batch."""
    if waiting.held_back:
        return HeldBack(waiting.held_back)
    with office.database.transaction() as connection:
        same = {
            found
            for email in person.emails
            for found in office.vault.blind.find(
                connection, SubjectKind.APPLICANT, AddressKind.EMAIL, normal_email(email), controller=batch.company
            )
        }
    states = (office.log.load(each, INITIAL, evolve).state for each in sorted(same))
    return next((_STANDS[each.outcome] for each in states if each.batch == batch.id and each.outcome in _STANDS), None)


def _check_new(office: Office, batch: Batch, person: Applicant) -> None:
    """A repaired row is refused where an import would pass over it in silence."""
    key = office.vault.blind.applicant_id(batch.company, batch.system, person.record_id)
    state = office.log.load(ApplicantId(key), INITIAL, evolve).state
    if state.erased: raise Refused("applicant-erased")
    if state.retention_ended not in {"", UNDONE}: raise Refused("applicant-retention-ended")
    if state.frozen: raise Refused("applicant-frozen")
    if state.imported and state.batch == batch.id and not state.retention_ended: raise Refused("row-id-taken")


def _count(office: Office, batch: Batch, row: int, found: Look) -> None:
    """The batch's numbers and its list of problems follow."""
    person = found.person
    with office.database.transaction() as connection:
        connection.execute(
            "UPDATE import_batch SET quarantined = quarantined - 1, rows_done = rows_done + 1,"
            " eligible = eligible + %s, withdrawn = withdrawn + %s WHERE id = %s",
            (
                int(person is not None and person.eligible),
                int(person is not None and person.outcome is Outcome.WITHDRAWN),
                batch.id,
            ),
        )
        gone = connection.execute(
            "DELETE FROM import_problem WHERE batch = %s AND row_no = %s RETURNING ordinal", (batch.id, row)
        ).fetchall()
        left: list[Any] = [each for each in found.problems if each.severity is not Severity.QUARANTINED]
        for (ordinal,), each in zip(gone, left, strict=False):
            connection.execute(
                "INSERT INTO import_problem (batch, ordinal, row_no, column_name, code, severity, count)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s)",
                (batch.id, ordinal, row, each.kept_column, each.code, str(each.severity), each.count),
            )
