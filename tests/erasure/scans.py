"""Where something of a person could be left lying, read as somebody would who has everything but the person's consent."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from psycopg.rows import tuple_row

from domain.refusal import Refused
from marketplace.vault import envelope
from marketplace.vault.envelope import Record
from marketplace.vault.records import (
    AddressChange,
    AnswerRecord,
    ApplicantRecord,
    AskNote,
    ContactRecord,
    ErasureCertificate,
    EvaluationRecord,
    Evidence,
    GlassWords,
    HireComponents,
    InterviewPlace,
    LineRecord,
    MailRecord,
    MemberRecord,
    PasskeyName,
    ProfileRecord,
    ProvisionParties,
    QuestionRecord,
    ReceivedCopy,
    Recommendation,
    Representative,
    SeekerRecord,
    SetAsideRow,
    UploadedFile,
)
from marketplace.vault.subject import Subject, SubjectKind
from tests.erasure.canary import Needle, seen
from tests.erasure.stage import ErasureStage

SINKS = ("dump", "files", "wal", "server-log", "process-logs", "mailbox", "folders", "simulator", "idempotency", "opened")
RECORDS: dict[SubjectKind, tuple[type[Record], ...]] = {
    SubjectKind.APPLICANT: (ApplicantRecord, EvaluationRecord, UploadedFile, SetAsideRow),
    SubjectKind.CANDIDATE: (
        *(ContactRecord, ProfileRecord, Recommendation, HireComponents),
        *(LineRecord, PasskeyName, GlassWords),
    ),
    SubjectKind.RECEIVED: (ReceivedCopy, Evidence, AskNote, QuestionRecord, AnswerRecord, InterviewPlace),
    SubjectKind.COMPANY: (Representative, Evidence),
    SubjectKind.COMPANY_USER: (MemberRecord, PasskeyName, AddressChange),
    SubjectKind.STATUTORY: (SeekerRecord, ProvisionParties, ErasureCertificate),
    SubjectKind.DEV_MAIL: (MailRecord,),
}
"""What each kind of subject is known to hold; a record that is none of it stops the scan, which would be blind to it."""
_BYTES = re.compile(rb"\\\\x((?:[0-9a-f]{2})+)")


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A record of the vault that opens with the keys there are, and the row it stands in."""

    kind: SubjectKind
    subject: UUID
    ref: UUID
    class_: str | None
    retain_until: date | None
    record: Record


def left(staged: ErasureStage, needles: list[Needle], sinks: Iterable[str] = SINKS) -> dict[str, set[str]]:
    """What is found in which sink; only the sinks where something is."""
    found = {sink: set().union(*(seen(data, needles) for data in contents(staged, sink))) for sink in sinks}
    return {sink: names for sink, names in found.items() if names}


def contents(staged: ErasureStage, sink: str) -> Iterator[bytes]:
    """Everything that lies in a sink."""
    match sink:
        case "dump":
            yield from (dumped(staged, database) for database in staged.databases())
        case "files":
            yield from files(staged.cluster, without="pg_wal")
        case "wal":
            yield from files(staged.cluster / "pg_wal")
        case "server-log":
            yield staged.server_log.read_bytes()
        case "process-logs":
            yield from (log.read_bytes() for log in staged.process_logs)
        case "mailbox":
            mailbox = staged.stage.house.mailbox
            yield from (texts_of(mail) for mail in (mailbox.mails(5000) if mailbox else ()))
        case "folders":
            for name in ("tmp", "cwd", "data"):
                yield from files(staged.folder / name)
                yield from (str(path).encode() for path in (staged.folder / name).rglob("*"))
        case "simulator":
            yield dumped(staged, "relay", "--schema=stripe_simulator")
        case "idempotency":
            yield dumped(staged, "relay", "--table=public.idempotency", "--table=public.command", "--table=public.webhook_inbox")
        case "opened":
            yield from (texts_of(each.record) for each in opened(staged))
        case _:
            raise ValueError(sink)


def dumped(staged: ErasureStage, database: str, *options: str) -> bytes:
    """A plain dump: it sees what is compressed. Bytes, which it shows as hexadecimal digits, follow as they are."""
    command = [str(staged.server.bin / "pg_dump"), "--large-objects", *options, staged.server.superuser_url_of(database)]
    text = subprocess.run(command, check=True, capture_output=True).stdout
    return text + b"\n".join(bytes.fromhex(digits.decode()) for digits in _BYTES.findall(text))


def files(folder: Path, *, without: str = "") -> Iterator[bytes]:
    """Every file below a folder, as it lies on the disk."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not (without and without in path.parts):
            yield path.read_bytes()


def opened(staged: ErasureStage, source: Any = None) -> list[Opened]:
    """Every record that the keyring of today opens, in the database of today or in a copy of it."""
    keyring = staged.stage.house.vault.keyring
    if source is None:
        with staged.stage.house.database.transaction() as connection:
            return opened(staged, connection)
    found = []
    with source.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute("SELECT subject_kind, subject_id, ref, class, retain_until, version FROM vault_record").fetchall()
    for kind, subject_id, ref, class_, until, version in rows:
        subject = Subject(SubjectKind(kind), subject_id)
        if (record := _open(keyring, source, subject, ref, version)) is not None:
            found.append(
                Opened(kind=subject.kind, subject=subject_id, ref=ref, class_=class_, retain_until=until, record=record)
            )
    return found


def _open(keyring: Any, connection: Any, subject: Subject, ref: Any, version: int) -> Record | None:
    """A record as whatever type it is, or None if there is no key to it (any more)."""
    for kind in RECORDS[subject.kind]:
        try:
            record: Record = envelope.open_one(keyring, connection, subject, ref, kind, version=version)
        except Refused as refused:
            if refused.code == "record-gone": return None
            continue
        return record
    raise AssertionError(f"what is {ref} of a subject of the kind {subject.kind}?")


def texts_of(record: object) -> bytes:
    """All texts of a record, one a line, and the bytes as they are."""
    return b"\n".join(_flat(msgspec.to_builtins(record, builtin_types=(bytes,))))


def fields_with(record: msgspec.Struct, marks: Iterable[str]) -> Iterator[str]:
    """The fields of a record, by struct and name, in which one of the marks stands."""
    for name in record.__struct_fields__:
        value = getattr(record, name)
        parts = value if isinstance(value, tuple) else (value,)
        for part in parts:
            if isinstance(part, msgspec.Struct):
                yield from fields_with(part, marks)
        text = b"\n".join(_flat(msgspec.to_builtins(value, builtin_types=(bytes,)))).decode("utf-8", "replace")
        if not isinstance(parts[0] if parts else None, msgspec.Struct) and any(mark in text for mark in marks):
            yield f"{type(record).__name__}.{name}"


def _flat(value: object) -> Iterator[bytes]:
    if isinstance(value, dict):
        for part in value.values(): yield from _flat(part)
    elif isinstance(value, list | tuple):
        for part in value: yield from _flat(part)
    elif isinstance(value, bytes):
        yield value
    else:
        text = str(value)
        yield text.encode("utf-8", "surrogatepass")
        yield text.encode("latin-1", "ignore")  # bytes that somebody took for text


