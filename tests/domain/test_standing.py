"""How everything stands around a share is read from the streams."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from domain import introduction as intro
from domain.candidate import Candidate, Placement, SeekerRecord
from domain.company import Company, CompanyRole, Licence
from domain.ids import HireId
from domain.introduction import CancelCause
from domain.job import Job, JobCloseCause
from domain.standing import Standing, look
from domain.vocabulary.occupations import PROHIBITED
from tests.domain.share_examples import (
    CANDIDATE,
    HIRING,
    JOB,
    OPERATOR,
    REF,
    STANDING,
    STRANGER,
    TOKEN,
    approved,
    consent,
    disclosure,
)


def looked(**changes: object) -> Standing:
    """Read from the streams: everything in order, but for `changes`."""
    day = date(2027, 4, 1)
    person = Candidate(
        id=CANDIDATE, adult=True, profile_version=3, profile_ref=REF, profile_commit="profile-3",
        seeker_record=SeekerRecord(ref=REF, retain_until=date(2030, 1, 1)),
    )
    licence = Licence(number="13-ユ-000000", granted_on=day, valid_until=date(2030, 3, 31))
    streams: dict[str, object] = {
        "candidate": person,
        "job": Job(id=JOB, company=HIRING, version=1, material_since=1, occupation="software-engineer"),
        "hiring": Company(
            id=HIRING, token=TOKEN, roles=frozenset({CompanyRole.HIRING}), accepted_terms_version=1
        ),
        "operator": Company(id=OPERATOR, roles=frozenset({CompanyRole.OPERATOR}), licences=(licence,)),
    }
    for name, change in changes.items():
        stream, _, field = name.partition("_")
        streams[stream] = replace(streams[stream], **{field: change})  # type: ignore[type-var]
    return look(
        **streams, consent=consent(), consent_version=1, tokens=frozenset(), card_listed=True, today=day,  # type: ignore[arg-type]
    )


def test_how_it_stands_is_read_from_the_streams() -> None:
    assert looked() == STANDING


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"candidate_erasing": True}, CancelCause.ERASED),
        ({"candidate_merged_into": STRANGER}, CancelCause.ERASED),
        (
            {
                "candidate_placements": (
                    Placement(hire=HireId(REF), hiring=HIRING, no_solicitation_until=date(2027, 4, 1)),
                )
            },
            CancelCause.PLACED,
        ),
        ({"hiring_suspended": True}, CancelCause.SUSPENDED),
        ({"hiring_roles": frozenset()}, CancelCause.SUSPENDED),
        ({"operator_licences": ()}, CancelCause.LICENCE),
        ({"job_occupation": min(PROHIBITED)}, CancelCause.LICENCE),
        ({"job_closed": JobCloseCause.FILLED}, CancelCause.JOB_CLOSED),
        ({"job_material_since": 2}, CancelCause.CONDITIONS_CHANGED),
    ],
)
def test_each_stream_can_stand_in_the_way(changes: dict[str, object], cause: CancelCause) -> None:
    assert disclosure(approved(), looked(**changes)) == (intro.ShareCancelled(cause=cause),)
