"""Imports: a file is read whole, then its records are brought in, chunk by chunk, by a task that can be stopped anywhere.

Idempotent by record id: the same file again changes nothing. Undoing a batch cancels what was not sent and leaves those who
registered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from domain import applying
from domain.applicant import INITIAL, UNDONE, Applicant, EvaluationRecorded, Row, evolve
from domain.calendar import jst_date
from domain.company import CompanyRole
from domain.event import Event
from domain.ids import ApplicantId, CompanyId, VaultRef
from domain.refusal import Refused
from domain.rules.licence import check_active
from marketplace.commands import set_aside
from marketplace.commands.office import Office, new_id, once
from marketplace.importing.bounded import read
from marketplace.importing.reading import Applicant as ReadApplicant
from marketplace.importing.reading import HeldBack, Reading, Retention
from marketplace.store.log import Appended, Command, Loaded
from marketplace.vault.blind_index import AddressKind, normal_email
from marketplace.vault.companion import CompanionRow, companions
from marketplace.vault.erasure import delete_rows, erase_subjects
from marketplace.vault.records import ApplicantRecord, EvaluationRecord, UploadedFile, open_own
from marketplace.vault.subject import Subject, SubjectKind

CHUNK = 50
NOT_LEFT = frozenset({HeldBack.ACTIVE, HeldBack.HIRED, HeldBack.CONFIDENTIAL})
"""Why nobody invites a person whom the source rejected: something else of theirs is running, or they were hired."""


def dry_run(office: Office, *, data: bytes, filename: str, retention: Retention | None, now: datetime) -> Reading:
    """Read a file and say what would come of it; nothing is kept."""
    _ = office
    return read(data, filename, today=jst_date(now), retention=retention)


@once
def begin(
    office: Office,
    command: Command,
    /,
    *,
    batch: UUID,
    company: CompanyId,
    system: str,
    data: bytes,
    filename: str,
    retention: Retention | None,
) -> Appended:
    """Take a file in: it is read once here, so that a bad one is refused whole, and sealed until its task is done."""
    check_active(office.company(company).state, CompanyRole.SOURCE)
    reading = read(data, filename, today=jst_date(command.now), retention=retention)
    sealed = office.vault.sealer.seal(file_of(batch), UploadedFile(data=data, filename=filename))
    aside = set_aside.rows_for(office, command, batch=batch, company=company, system=system, reading=reading)
    values: dict[str, Any] = {
        "id": str(batch),
        "company": str(company),
        "system": system,
        "form": str(reading.form),
        "file_ref": str(sealed.ref),
        "basis": retention and str(retention.basis),
        "notice_version": retention.notice_version if retention else "",
        "rows_read": reading.rows_read,
        "eligible": len(reading.eligible),
        "withdrawn": len(reading.withdrawn),
        "quarantined": len(reading.quarantined),
        "rows_done": 0,
        "started_at": command.now.isoformat(),
        "set_aside": aside.listed,
    }
    problems = [
        CompanionRow(
            "import_problem",
            {
                "batch": str(batch),
                "ordinal": ordinal,
                "row_no": problem.row,
                "column_name": problem.kept_column,
                "code": problem.code,
                "severity": str(problem.severity),
                "count": problem.count,
            },
        )
        for ordinal, problem in enumerate(reading.told)
    ]
    task = {
        "id": str(new_id(command, "task")),
        "kind": "import",
        "subject": str(batch),
        "run_at": command.now.isoformat(),
    }
    return office.log.append(
        command,
        {},
        also=companions(CompanionRow("import_batch", values), *problems, sealed.row, *aside.companions, CompanionRow("task", task)),
    )


def carry_on(
    office: Office, batch: UUID, now: datetime, progress: Callable[[int, int], None] = lambda _done, _whole: None
) -> None:
    """Bring a batch in from where it stands; each chunk is one command, so a second time adds nothing."""
    with office.database.transaction() as connection:
        row = connection.execute(
            "SELECT company, system, file_ref, basis, notice_version, rows_done, finished_at FROM import_batch WHERE id = %s",
            (batch,),
        ).fetchone()
    if row is None:
        return
    company, system, ref, basis, notice, done, finished_at = row
    if finished_at is not None:
        _forget_file(office, batch, now)
        return
    with office.database.transaction() as connection:
        file = open_own(office.vault.keyring, connection, file_of(batch), VaultRef(ref), UploadedFile)
    retention = Retention(basis=basis, notice_version=notice) if basis else None
    reading = read(file.data, file.filename, today=jst_date(now), retention=retention)
    for start in range(done, len(reading.applicants), CHUNK):
        command = Command(id=uuid5(batch, f"chunk:{start}"), actor=f"import:{batch}", now=now)
        chunk = reading.applicants[start : start + CHUNK]
        bring_in(office, command, company=CompanyId(company), system=system, batch=batch, people=chunk)
        with office.database.transaction() as connection:
            connection.execute("UPDATE import_batch SET rows_done = %s WHERE id = %s", (start + len(chunk), batch))
        progress(start + len(chunk), len(reading.applicants))
    # The file goes last: stopped in between, the task finds the batch finished and only lets the file go.
    with office.database.transaction() as connection:
        connection.execute("UPDATE import_batch SET finished_at = %s WHERE id = %s", (now, batch))
    _forget_file(office, batch, now)


def _forget_file(office: Office, batch: UUID, now: datetime) -> None:
    with office.database.transaction() as connection:
        erase_subjects(office.vault.keyring, connection, [file_of(batch)], now=now)


@once
def bring_in(
    office: Office,
    command: Command,
    /,
    *,
    company: CompanyId,
    system: str,
    batch: UUID,
    people: Sequence[ReadApplicant],
) -> Appended:
    """One chunk of a file, in one append: each record's own stream, its sealed words, its blind index."""
    known = {}
    for person in people:
        applicant_id = office.vault.blind.applicant_id(company, system, person.record_id)
        loaded = office.log.load(applicant_id, INITIAL, evolve)
        if not loaded.state.erased and loaded.state.retention_ended in {"", UNDONE}:
            known[applicant_id] = person, loaded
    # All keys at once: made one by one they take longer than everything else together.
    office.vault.sealer.make_keys(Subject(SubjectKind.APPLICANT, each) for each in known)
    streams: dict[UUID, tuple[int, list[Event]]] = {}
    rows: list[CompanionRow] = []
    for applicant_id, (person, loaded) in known.items():
        events, mine = _record(office, company, batch, applicant_id, loaded, person)
        if events:
            streams[applicant_id] = (loaded.version, events)
            rows += mine
    return office.log.append(command, streams, also=companions(*rows))


def _record(
    office: Office,
    company: CompanyId,
    batch: UUID,
    applicant_id: ApplicantId,
    loaded: Loaded[Applicant],
    person: ReadApplicant,
) -> tuple[list[Event], list[CompanionRow]]:
    """What one row of a file changes about one record, and the rows that go with it."""
    subject = Subject(SubjectKind.APPLICANT, applicant_id)
    ref, commit, rows = _words(office, company, subject, loaded.state, person)
    row = Row(
        batch=batch,
        basis=person.basis,
        notice_version=person.notice_version,
        channel=person.channel,
        job_type=person.job_type,
        stage=person.stage,
        outcome=person.outcome,
        reason=person.reason,
        skills=person.skills,
        applied_on=person.applied_on,
        rejected_on=person.rejected_on,
        may_email=person.can_contact,
        has_active_application=person.held_back in NOT_LEFT,
        ref=ref,
        commit=commit,
    )
    events: list[Event] = list(applying.import_row(loaded.state, row, applicant_id=applicant_id, company=company))
    if not events:
        return [], []
    if (person.scores or person.comment) and not loaded.state.imported:
        spoken = office.vault.sealer.seal(subject, EvaluationRecord(comments=(("comment", person.comment),)))
        events.append(EvaluationRecorded(scores=person.scores, ref=spoken.ref))
        rows.append(spoken.row)
    return events, rows


def _words(
    office: Office, company: CompanyId, subject: Subject, state: Applicant, person: ReadApplicant
) -> tuple[VaultRef, str, list[CompanionRow]]:
    """The record's words: the ones that are there if they are the same, else sealed anew, with the new addresses."""
    words = ApplicantRecord(
        name=person.name,
        kana=person.kana,
        emails=person.emails,
        phone=person.phone,
        job_title=person.job_title,
        record_id=person.record_id,
    )
    known = _known_words(office, subject, state)
    if known == words:
        return state.ref, state.commit, []
    sealed = office.vault.sealer.seal(subject, words)
    old = set(_mailboxes(known.emails)) if known else set()
    addresses = [
        office.vault.blind.row(subject, AddressKind.EMAIL, mailbox, controller=company)
        for mailbox in _mailboxes(person.emails)
        if mailbox not in old
    ]
    return sealed.ref, sealed.commit, [sealed.row, *addresses]


def _mailboxes(emails: Sequence[str]) -> list[str]:
    """Each mailbox once, in one spelling; what is no address leads nowhere, and the record is kept all the same."""
    found: dict[str, None] = {}
    for email in emails:
        try:
            found[normal_email(email)] = None
        except Refused:
            continue
    return list(found)


def _known_words(office: Office, subject: Subject, state: Applicant) -> ApplicantRecord | None:
    if not state.imported:
        return None
    with office.database.transaction() as connection:
        try:
            return open_own(office.vault.keyring, connection, subject, VaultRef(state.ref), ApplicantRecord)
        except Refused as refused:
            if refused.code != "record-gone":
                raise
            return None  # let go with an undone batch; the key is still there


def undo(
    office: Office, command: Command, /, *, company: CompanyId, batch: UUID, applicants: Sequence[UUID]
) -> Appended:
    """Undo a batch: unsent invitations are cancelled, records let go; whoever registered stays.

    The words and addresses go at once; the key stays, because the same file may be brought in again. Sent again after a
    crash, they still go.
    """
    done = _let_go(office, command, company=company, batch=batch, applicants=applicants)
    loaded = ((each, office.log.load(each, INITIAL, evolve).state) for each in applicants)
    gone = [each for each, state in loaded if state.batch == batch and state.retention_ended == UNDONE]
    set_aside.settle(office, batch, None, "undone", command.now)
    with office.database.transaction() as connection:
        delete_rows(connection, [Subject(SubjectKind.APPLICANT, each) for each in gone])
        connection.execute("UPDATE import_batch SET undone_at = %s WHERE id = %s", (command.now, batch))
    return done


@once
def _let_go(
    office: Office, command: Command, /, *, company: CompanyId, batch: UUID, applicants: Sequence[UUID]
) -> Appended:
    """The events of an undoing."""
    with office.database.transaction() as connection:
        row = connection.execute(
            "SELECT company, finished_at, undone_at FROM import_batch WHERE id = %s", (batch,)
        ).fetchone()
    if row is None or row[0] != company:
        raise Refused("import-unknown")
    if row[1] is None:
        raise Refused("import-still-running")
    if row[2] is not None:
        raise Refused("import-already-undone")
    streams: dict[UUID, tuple[int, tuple[Event, ...]]] = {}
    for applicant_id in applicants:
        loaded = office.log.load(applicant_id, INITIAL, evolve)
        if events := applying.undo_import(loaded.state, batch=batch):
            streams[applicant_id] = (loaded.version, events)
    return office.log.append(command, streams)


def file_of(batch: UUID) -> Subject:
    """The holder of an uploaded file's key."""
    return Subject(SubjectKind.APPLICANT, batch)
