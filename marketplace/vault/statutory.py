"""What the law makes us keep: each record under a key of its own, kept through `retain_until`, read only with a reason.

The seeker ledger (求職管理簿), provision records (APPI 29 and 30) and erasure certificates outlive the person's
erasure; they are named to the person with their dates, and destroyed, key first, on the day after. The certificate, which
names nobody, is the one that needs no reason.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from domain.ids import CandidateId, VaultRef
from domain.refusal import Refused
from marketplace.vault import access_log, envelope
from marketplace.vault.access_log import Viewer
from marketplace.vault.envelope import Draft, R, Record, Sealed, Sealer
from marketplace.vault.keyring import Keyring
from marketplace.vault.records import ErasureCertificate
from marketplace.vault.subject import Subject, SubjectKind

REASON_MOST = 200
CERTIFICATE_CLASS = "erasure-certificate"


def seal(sealer: Sealer, class_: str, record: Record, *, person: CandidateId | None, retain_until: date) -> Sealed:
    """Seal a record into a class (`seeker-record`, `provision-provided` …); `retain_until` is its last day."""
    subject = Subject(SubjectKind.STATUTORY, uuid4())
    return sealer.seal_many(
        [Draft(subject=subject, record=record, person=person, class_=class_, retain_until=retain_until)]
    )[0]


def read(
    keyring: Keyring,
    connection: psycopg.Connection[Any],
    reader: Viewer,
    ref: VaultRef,
    record: type[R],
    *,
    reason: str,
    now: datetime,
) -> R:
    """The placement manager reads a record and says why; the reason is in the access log before the bytes leave.

    Raises Refused `statutory-reason-missing`, `statutory-reason-too-long`, `record-gone`.
    """
    if not reason.strip():
        raise Refused("statutory-reason-missing")
    if len(reason) > REASON_MOST:
        raise Refused("statutory-reason-too-long", most=REASON_MOST)
    if connection.info.transaction_status is not TransactionStatus.IDLE:
        message = "a look needs a transaction of its own: one around it could still take back the access log"
        raise RuntimeError(message)
    with connection.transaction():
        query = "SELECT subject_id, class FROM vault_record WHERE ref = %s AND subject_kind = 'statutory'"
        with connection.cursor(row_factory=tuple_row) as cursor:
            found = cursor.execute(query, (ref,)).fetchone()
        if found is None:
            raise Refused("record-gone")
        subject = Subject(SubjectKind.STATUTORY, found[0])
        opened = envelope.open_one(keyring, connection, subject, ref, record)
        access_log.write(connection, reader, subject, items=[found[1]], purpose=reason.strip(), now=now)
    return opened


def certificate(keyring: Keyring, connection: psycopg.Connection[Any], ref: VaultRef) -> ErasureCertificate:
    """The erasure certificate of this reference, for whoever holds the erasure's number.

    It names nobody and everybody may look as often as they like, so no look is noted: a log that strangers can fill tells
    nothing. Raises Refused `record-gone`, also for a record of any other class.
    """
    query = "SELECT subject_id FROM vault_record WHERE ref = %s AND subject_kind = 'statutory' AND class = %s"
    with connection.cursor(row_factory=tuple_row) as cursor:
        found = cursor.execute(query, (ref, CERTIFICATE_CLASS)).fetchone()
    if found is None:
        raise Refused("record-gone")
    return envelope.open_one(keyring, connection, Subject(SubjectKind.STATUTORY, found[0]), ref, ErasureCertificate)


def remaining(connection: psycopg.Connection[Any], person: CandidateId) -> tuple[tuple[str, date], ...]:
    """What the law keeps of a person, and until when: class and last day, as `CandidateErased` names them."""
    query = (
        "SELECT class, retain_until FROM vault_record WHERE subject_kind = 'statutory' AND person = %s"
        " ORDER BY class, retain_until"
    )
    with connection.cursor(row_factory=tuple_row) as cursor:
        return tuple((class_, until) for class_, until in cursor.execute(query, (person,)))


def destroy_due(
    keyring: Keyring, connection: psycopg.Connection[Any], *, today: date, now: datetime, most: int = 500
) -> list[VaultRef]:
    """Destroy up to `most` records whose last day is before `today` (JST): keys first, then rows. Safe to repeat."""
    query = (
        "SELECT subject_id, ref FROM vault_record WHERE subject_kind = 'statutory' AND retain_until < %s"
        " ORDER BY retain_until, ref LIMIT %s"
    )
    with connection.transaction(), connection.cursor(row_factory=tuple_row) as cursor:
        due: list[tuple[UUID, UUID]] = cursor.execute(query, (today, most)).fetchall()
    if not due:
        return []
    ids = [subject_id for subject_id, _ in due]
    keyring.destroy([Subject(SubjectKind.STATUTORY, i) for i in ids], now=now)
    with connection.transaction():
        connection.execute("DELETE FROM vault_record WHERE subject_kind = 'statutory' AND subject_id = ANY(%s)", (ids,))
        connection.execute(
            "DELETE FROM vault_access_log WHERE subject_kind = 'statutory' AND subject_id = ANY(%s)", (ids,)
        )
    return [VaultRef(ref) for _, ref in due]
