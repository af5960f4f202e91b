from __future__ import annotations

import msgspec
import pytest

from domain import job
from domain.job import Conditions, JobCloseCause, JobOpened
from domain.refusal import Refused
from tests.domain.people_examples import CONDITIONS, HIRING, JOB, an_open_job, refused

LEGAL_TEXTS = [
    field
    for field in Conditions.__struct_fields__
    if isinstance(getattr(CONDITIONS, field), str) and field != "renewal_criteria"
]


def _open(conditions: Conditions = CONDITIONS, *, prohibited: bool = False) -> JobOpened:
    return job.open_job(
        job.INITIAL,
        job_id=JOB,
        company=HIRING,
        conditions=conditions,
        occupation="construction-worker",
        prefecture="tokyo",
        skills=(),
        prohibited=prohibited,
    )


def test_a_job_opens_with_complete_conditions_at_version_one() -> None:
    assert an_open_job().is_open
    assert an_open_job().version == 1


@pytest.mark.parametrize("field", LEGAL_TEXTS)
def test_a_job_without_one_of_its_conditions_cannot_open(field: str) -> None:
    with pytest.raises(Refused) as refusal:
        _open(msgspec.structs.replace(CONDITIONS, **{field: "　 "}))
    assert refusal.value.code == "job-conditions-incomplete"
    assert refusal.value.values == {"missing": field}


def test_a_fixed_term_states_when_it_is_renewed() -> None:
    fixed = msgspec.structs.replace(CONDITIONS, is_indefinite=False)
    assert job.missing_conditions(fixed) == ("renewal_criteria",)
    assert job.missing_conditions(CONDITIONS) == ()


@pytest.mark.parametrize(("low", "high"), [(0, 5_000_000), (5_000_000, 4_999_999)])
def test_a_job_states_a_range_of_salary(low: int, high: int) -> None:
    wrong = msgspec.structs.replace(CONDITIONS, annual_salary_from_yen=low, annual_salary_to_yen=high)
    assert job.missing_conditions(wrong) == ("annual_salary",)


def test_a_prohibited_occupation_is_refused() -> None:
    with refused("occupation-prohibited"):
        _open(prohibited=True)


def test_a_job_opens_once() -> None:
    with refused("job-already-opened"):
        job.open_job(
            an_open_job(),
            job_id=JOB,
            company=HIRING,
            conditions=CONDITIONS,
            occupation="x",
            prefecture="",
            skills=(),
            prohibited=False,
        )


def test_a_changed_wage_is_material_and_named() -> None:
    higher = msgspec.structs.replace(CONDITIONS, wages="月給45万円", annual_salary_to_yen=7_500_000)
    changed = job.change_conditions(an_open_job(), higher, expected_version=1)
    assert changed.material
    assert changed.changed == ("wages", "annual_salary_to_yen")
    after = job.evolve(an_open_job(), changed)
    assert (after.version, after.material_since) == (2, 2)


def test_a_changed_title_is_not_material() -> None:
    renamed = msgspec.structs.replace(CONDITIONS, title="データアナリスト")
    changed = job.change_conditions(an_open_job(), renamed, expected_version=1)
    assert not changed.material
    after = job.evolve(an_open_job(), changed)
    assert (after.version, after.material_since) == (2, 1)


def test_conditions_change_on_the_version_that_was_read_and_stay_complete() -> None:
    other = msgspec.structs.replace(CONDITIONS, wages="月給45万円")
    with refused("job-changed-meanwhile"):
        job.change_conditions(an_open_job(), other, expected_version=2)
    with refused("job-conditions-unchanged"):
        job.change_conditions(an_open_job(), CONDITIONS, expected_version=1)
    with refused("job-conditions-incomplete"):
        job.change_conditions(an_open_job(), msgspec.structs.replace(CONDITIONS, wages=""), expected_version=1)


def test_a_closed_job_stays_closed() -> None:
    closed = job.evolve(an_open_job(), job.close(an_open_job(), JobCloseCause.FILLED))
    assert not closed.is_open
    with refused("job-not-open"):
        job.close(closed, JobCloseCause.WITHDRAWN)
    with refused("job-not-open"):
        job.change_conditions(closed, msgspec.structs.replace(CONDITIONS, wages="x"), expected_version=1)
