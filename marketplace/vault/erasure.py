"""Erasing a person: the key is destroyed for good, then every row; each step can be repeated after a crash.

The command that calls this has appended `CandidateErasureStarted` before, so nothing new is disclosed, and appends
`CandidateErased` after, with what remains and the certificate. A restored database is brought back to its erasures by
`replay` before the door opens.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
from psycopg.rows import tuple_row

from domain.ids import CandidateId, VaultRef
from domain.refusal import Refused
from marketplace.vault import jws, statutory
from marketplace.vault.envelope import Sealed, Sealer
from marketplace.vault.keyring import Keyring
from marketplace.vault.records import ErasureCertificate
from marketplace.vault.subject import Subject, SubjectKind

CERTIFICATE = "erasure-certificate+jwt"

OWN_DELETIONS = (
    "DELETE FROM vault_record WHERE subject_kind = %(kind)s AND subject_id = %(id)s",
    "DELETE FROM vault_lexemes WHERE subject_kind = %(kind)s AND subject_id = %(id)s",
    "DELETE FROM blind_address WHERE subject_kind = %(kind)s AND subject_id = %(id)s",
    "DELETE FROM vault_access_log WHERE subject_kind = %(kind)s AND subject_id = %(id)s",
    "DELETE FROM vault_access_log WHERE %(kind)s = 'candidate' AND candidate = %(id)s",
)
"""The vault's part. Other rooms hand in more of the same form: SQL over `%(kind)s` and `%(id)s` of one subject."""


_WITH_KEY = """
    SELECT kind, id FROM unnest(%(kinds)s::text[], %(ids)s::uuid[]) AS asked (kind, id)
    WHERE EXISTS (SELECT FROM vault_key WHERE subject_kind = asked.kind AND subject_id = asked.id)
"""
_WITH_ROWS = """
    SELECT kind, id FROM unnest(%(kinds)s::text[], %(ids)s::uuid[]) AS asked (kind, id)
    WHERE EXISTS (SELECT FROM vault_record WHERE subject_kind = asked.kind AND subject_id = asked.id)
    OR EXISTS (SELECT FROM vault_lexemes WHERE subject_kind = asked.kind AND subject_id = asked.id)
    OR EXISTS (SELECT FROM blind_address b WHERE b.subject_kind = asked.kind AND b.subject_id = asked.id)
"""


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """The certificate as the person gets it, and as it is kept."""

    text: str
    sealed: Sealed

    @property
    def ref(self) -> VaultRef:
        """What `CandidateErased` names."""
        return self.sealed.ref


def refuse_if_tombstoned(keyring: Keyring, subject: Subject) -> None:
    """An erased record does not come back. Raises Refused `erased-for-good`."""
    if keyring.tombstoned([subject]):
        raise Refused("erased-for-good", subject=str(subject))


def erase_subjects(
    keyring: Keyring,
    connection: psycopg.Connection[Any],
    subjects: Sequence[Subject],
    *,
    now: datetime,
    further: Iterable[str] = (),
) -> None:
    """Destroy the subjects' keys, then all their rows and whatever `further` deletes. A second time changes nothing."""
    if any(s.kind is SubjectKind.STATUTORY for s in subjects):
        raise Refused("statutory-not-erased")
    keyring.destroy(subjects, now=now)
    delete_rows(connection, subjects, further)


def delete_rows(connection: psycopg.Connection[Any], subjects: Iterable[Subject], further: Iterable[str] = ()) -> None:
    """The rows of subjects whose keys are gone."""
    statements = (*OWN_DELETIONS, *further)
    with connection.transaction():
        for subject in subjects:
            for statement in statements:
                connection.execute(statement.encode(), {"kind": str(subject.kind), "id": subject.id})


def erase_candidate(
    keyring: Keyring,
    connection: psycopg.Connection[Any],
    candidate: CandidateId,
    *,
    now: datetime,
    further: Iterable[str] = (),
) -> tuple[tuple[str, date], ...]:
    """Erase the candidate and every company's received copy; answers what the law keeps, and until when."""
    several = tuple(further)
    own = [Subject(SubjectKind.CANDIDATE, candidate), Subject(SubjectKind.DEV_MAIL, candidate)]
    # The copies are listed by their rows, so these go last: a crash in between finds them again.
    while copies := _received(connection, candidate):
        erase_subjects(keyring, connection, copies, now=now, further=several)
    erase_subjects(keyring, connection, own, now=now, further=several)
    return statutory.remaining(connection, candidate)


def certify(
    sealer: Sealer,
    signer: jws.Signer,
    candidate: CandidateId,
    *,
    erased_at: datetime,
    remaining: tuple[tuple[str, date], ...],
    keep_until: date,
) -> Certificate:
    """Sign what was destroyed and what remains until when. It names no person and is kept until the date."""
    text = jws.issue(
        signer,
        CERTIFICATE,
        {
            "certificate": str(uuid4()),
            "subject": str(candidate),
            "erased_at": erased_at.isoformat(),
            "destroyed": [
                "candidate-key",
                "received-copy-keys",
                "records",
                "blind-indexes",
                "search-lexemes",
                "access-log",
            ],
            "remaining": [{"record": class_, "retain_until": until.isoformat()} for class_, until in remaining],
        },
    )
    record = ErasureCertificate(jws=text)
    return Certificate(
        text=text, sealed=statutory.seal(sealer, statutory.CERTIFICATE_CLASS, record, person=None, retain_until=keep_until)
    )


def replay(
    keyring: Keyring,
    connection: psycopg.Connection[Any],
    *,
    now: datetime,
    further: Iterable[str] = (),
    batch: int = 500,
) -> int:
    """Erase again whoever is tombstoned and yet has a key or rows: after a restore, or a crash. Answers how many.

    Cheap where there is nobody: a statement or two for each `batch` tombstones.
    """
    several, done = tuple(further), 0
    after: tuple[str, UUID] = ("", UUID(int=0))
    while page := _tombstones(keyring, after, batch):
        if left := _left(keyring, connection, page):
            erase_subjects(keyring, connection, left, now=now, further=several)
            done += len(left)
        after = (str(page[-1].kind), page[-1].id)
    return done


def _left(keyring: Keyring, connection: psycopg.Connection[Any], subjects: Sequence[Subject]) -> list[Subject]:
    """Those of the subjects of which there still is something."""
    asked = {"kinds": [str(each.kind) for each in subjects], "ids": [each.id for each in subjects]}
    with keyring.database.transaction() as keys:
        found = keys.execute(_WITH_KEY, asked).fetchall()
    with connection.transaction(), connection.cursor(row_factory=tuple_row) as cursor:
        found += cursor.execute(_WITH_ROWS, asked).fetchall()
    several = {Subject(SubjectKind(kind), i) for kind, i in found}
    return [each for each in subjects if each in several and each.kind is not SubjectKind.STATUTORY]


def _received(connection: psycopg.Connection[Any], candidate: CandidateId) -> list[Subject]:
    query = "SELECT DISTINCT subject_id FROM vault_record WHERE subject_kind = 'received' AND person = %s"
    with connection.transaction(), connection.cursor(row_factory=tuple_row) as cursor:
        return [Subject(SubjectKind.RECEIVED, row[0]) for row in cursor.execute(query, (candidate,))]


def _tombstones(keyring: Keyring, after: tuple[str, UUID], limit: int) -> list[Subject]:
    query = (
        "SELECT subject_kind, subject_id FROM vault_tombstone WHERE (subject_kind, subject_id) > (%s, %s)"
        " ORDER BY subject_kind, subject_id LIMIT %s"
    )
    with keyring.database.transaction() as connection, connection.cursor(row_factory=tuple_row) as cursor:
        return [Subject(SubjectKind(kind), i) for kind, i in cursor.execute(query, (*after, limit))]
