"""The vault is whole: what events refer to is there, unless its subject was erased; of an erased one nothing is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from uuid import UUID

import msgspec

from domain.applicant import RetentionEnded
from domain.calendar import jst_date
from domain.candidate import CandidateErased, SeekerRecordSealed
from domain.event import Recorded
from domain.events import AnyEvent
from domain.ids import NIL
from domain.introduction import PriorContactClaimed, ProvisionRecorded
from marketplace.run.check.invariant import BATCH, Answer, Context, Finding, Invariant, found
from marketplace.store.database import Connection, without_haste
from marketplace.vault.records import (
    EVENT_RECORDS,
    ApplicantRecord,
    EvaluationRecord,
    Evidence,
    ReceivedCopy,
    Representative,
)
from marketplace.vault.subject import Subject, SubjectKind

NAME = "vault-complete"
_TABLES = ("vault_record", "vault_lexemes", "blind_address")
_KIND = {
    ApplicantRecord: SubjectKind.APPLICANT,
    EvaluationRecord: SubjectKind.APPLICANT,
    ReceivedCopy: SubjectKind.RECEIVED,
    Representative: SubjectKind.COMPANY,
}
"""Records whose subject is their event's own stream; the others are a candidate's."""


class _Reference(msgspec.Struct, frozen=True):
    entry: Recorded[AnyEvent]
    field: str
    ref: UUID

    @property
    def name(self) -> str:
        return f"{type(self.entry.event).__name__}.{self.field}"


def check(context: Context) -> Answer:
    """The first reference without its row, else the first row of a subject that was erased."""
    references = _references(context)
    with context.database.transaction() as connection:
        without_haste(connection)
        while batch := list(islice(references, BATCH)):
            for reference in _missing(connection, batch):
                if not _excused(context, reference):
                    entry = reference.entry
                    return found(NAME, "missing", entry.position, stream=entry.stream, field=reference.name)
        return _left_over(context, connection)


def _references(context: Context) -> Iterator[_Reference]:
    fields: dict[str, list[str]] = {}
    for key in EVENT_RECORDS:
        event, _, field = key.partition(".")
        fields.setdefault(event, []).append(field)
    for entry in context.events():
        for field in fields.get(type(entry.event).__name__, ()):
            if (ref := getattr(entry.event, field)) is not None and ref != NIL:
                yield _Reference(entry, field, ref)


def _missing(connection: Connection, batch: Sequence[_Reference]) -> list[_Reference]:
    refs = [reference.ref for reference in batch]
    rows = connection.execute(
        "SELECT ref FROM vault_record WHERE ref = ANY(%(refs)s)"
        " UNION SELECT ref FROM vault_lexemes WHERE ref = ANY(%(refs)s)",
        {"refs": refs},
    )
    there = {row[0] for row in rows}
    return [reference for reference in batch if reference.ref not in there]


def _excused(context: Context, missing: _Reference) -> bool:
    """Its subject was erased, or the law's time for keeping it is over."""
    event = missing.entry.event
    if isinstance(event, SeekerRecordSealed | ProvisionRecorded):
        return event.retain_until < jst_date(context.now)
    if isinstance(event, CandidateErased):
        return _certificate_until(missing.entry) < jst_date(context.now)
    subject = _subject(context, missing)
    if subject.kind is SubjectKind.APPLICANT and _let_go(context, missing.entry):
        return True
    return bool(context.keyring.tombstoned([subject]))


def _let_go(context: Context, entry: Recorded[AnyEvent]) -> bool:
    """The source let the record go afterwards; after an undone import its key stays, for the file may come again."""
    later = context.log.history(entry.stream)[entry.version :]
    return any(isinstance(each.event, RetentionEnded) for each in later)


def _certificate_until(entry: Recorded[AnyEvent]) -> date:
    """A certificate is kept as long as the last of what remained."""
    if isinstance(entry.event, CandidateErased) and entry.event.remaining:
        return max(until for _, until in entry.event.remaining)
    day = jst_date(entry.meta.recorded_at)
    return date(day.year + 1, day.month, min(day.day, 28))


def _subject(context: Context, missing: _Reference) -> Subject:
    """Whose key the record was sealed with."""
    record, stream = EVENT_RECORDS[missing.name], missing.entry.stream
    if record in _KIND:
        return Subject(_KIND[record], stream)
    if record is Evidence:
        if isinstance(missing.entry.event, PriorContactClaimed):
            return Subject(SubjectKind.RECEIVED, stream)
        return Subject(SubjectKind.COMPANY, getattr(missing.entry.event, "hiring", stream))
    person = getattr(missing.entry.event, "candidate", None) or _person_of(context, stream)
    return Subject(SubjectKind.CANDIDATE, person)


def _person_of(context: Context, stream: UUID) -> UUID:
    """The candidate that a stream's first event names; a candidate's own stream is named by it."""
    first = context.log.history(stream)[:1]
    return next((who for entry in first if isinstance(who := getattr(entry.event, "candidate", None), UUID)), stream)


def _left_over(context: Context, connection: Connection) -> Finding | None:
    for table in _TABLES:
        for page in _subjects(connection, table):
            if erased := context.keyring.tombstoned(page):
                return found(NAME, "left-over", min(map(str, erased)), table=table)
    return None


def _subjects(connection: Connection, table: str) -> Iterator[list[Subject]]:
    """All subjects that have rows in a table, a page at a time."""
    statement = (
        f"SELECT DISTINCT subject_kind, subject_id FROM {table} WHERE (subject_kind, subject_id) > (%s, %s)"  # noqa: S608  one of our own tables
        " ORDER BY subject_kind, subject_id LIMIT %s"
    )
    after: tuple[str, UUID] = ("", NIL)
    while rows := connection.execute(statement.encode(), (*after, BATCH)).fetchall():
        yield [Subject(SubjectKind(kind), ident) for kind, ident in rows]
        after = (rows[-1][0], rows[-1][1])


INVARIANT = Invariant(name=NAME, check=check)
