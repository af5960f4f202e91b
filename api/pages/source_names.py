"""The names beside a list of records: opened for those members only who may open a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from api.visit import Visit
from domain.company import MemberRole
from domain.ids import VaultRef
from marketplace.vault.records import ApplicantRecord, open_many
from marketplace.vault.subject import Subject, SubjectKind
from projections.applicant_search import Found

MAY_OPEN = frozenset({MemberRole.ADMIN, MemberRole.RECRUITER})


def names_of(visit: Visit, rows: Sequence[Found]) -> Mapping[UUID, str]:
    """The names of these records by their ids, for who may open records; for everybody else, none."""
    if visit.actor.role not in MAY_OPEN: return {}
    wanted = [(Subject(SubjectKind.APPLICANT, each.record.applicant), VaultRef(each.record.ref)) for each in rows]
    with visit.house.database.transaction() as connection:
        words = open_many(visit.house.office.vault.keyring, connection, wanted, ApplicantRecord)
    return {subject.id: words[ref].name for subject, ref in wanted if ref in words}
