"""Who acts for a company: roles, who looks after what, and handing it over."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain import company, job, membership
from domain.company import MemberJoined, MemberLeft, MemberRole, WorkHandedOver
from domain.ids import CompanyId, JobId, UserId
from tests.domain.people_examples import CONDITIONS, USER, a_company, refused

SECOND, THIRD = UserId(UUID(int=502)), UserId(UUID(int=503))
ADMIN = MemberJoined(user=USER, role=MemberRole.ADMIN)


def joined(user: UserId, role: MemberRole = MemberRole.RECRUITER) -> MemberJoined:
    return MemberJoined(user=user, role=role)


def test_only_somebody_who_is_here_gets_another_role() -> None:
    state = a_company(ADMIN, joined(SECOND))
    assert membership.change_role(state, user=SECOND, role=MemberRole.VIEWER).role is MemberRole.VIEWER
    with refused("member-unknown"):
        membership.change_role(state, user=THIRD, role=MemberRole.VIEWER)
    with refused("company-needs-an-admin"):
        membership.change_role(state, user=USER, role=MemberRole.VIEWER)


def test_from_outside_nobody_becomes_an_administrator_where_there_is_one() -> None:
    with refused("recovery-needed"):
        membership.check_from_outside(a_company(ADMIN), MemberRole.ADMIN)
    with refused("recovery-needed"):
        membership.change_role(a_company(ADMIN, joined(SECOND)), user=SECOND, role=MemberRole.ADMIN, from_outside=True)
    membership.check_from_outside(a_company(), MemberRole.ADMIN)
    membership.check_from_outside(a_company(ADMIN), MemberRole.VIEWER)


def test_work_is_handed_to_somebody_else_who_selects_people() -> None:
    state = a_company(ADMIN, joined(SECOND), joined(THIRD, MemberRole.FINANCE))
    assert membership.hand_over(state, user=SECOND, to=USER) == WorkHandedOver(user=SECOND, to=USER)
    with refused("successor-unknown"):
        membership.hand_over(state, user=SECOND, to=SECOND)
    with refused("successor-unknown"):
        membership.hand_over(state, user=SECOND, to=UserId(UUID(int=999)))
    with refused("member-does-not-select"):
        membership.hand_over(state, user=SECOND, to=THIRD)


def test_what_a_leaver_began_is_looked_after_by_whoever_took_it_over_and_by_the_next_one_after_that() -> None:
    state = a_company(
        ADMIN, joined(SECOND), joined(THIRD), WorkHandedOver(user=SECOND, to=THIRD), MemberLeft(user=SECOND)
    )
    assert membership.looked_after_by(state, SECOND) == THIRD
    later = company.evolve(company.evolve(state, WorkHandedOver(user=THIRD, to=USER)), MemberLeft(user=THIRD))
    assert membership.looked_after_by(later, SECOND) == USER
    assert membership.looked_after_by(later, UserId(UUID(int=999))) is None


def test_a_circle_of_people_who_left_is_looked_after_by_nobody() -> None:
    circle = a_company(ADMIN, WorkHandedOver(user=SECOND, to=THIRD), WorkHandedOver(user=THIRD, to=SECOND))
    assert membership.looked_after_by(circle, SECOND) is None


def test_a_job_is_looked_after_by_people_who_select() -> None:
    opened = job.open_job(
        job.INITIAL, job_id=JobId(UUID(int=4)), company=CompanyId(UUID(int=3)), conditions=CONDITIONS, occupation="data-analyst",
        prefecture="osaka", skills=(), prohibited=False,
    )  # fmt: skip
    state = job.evolve(job.INITIAL, opened)
    mine = job.evolve(state, job.assign(state, SECOND, MemberRole.HIRING_MANAGER))
    assert mine.assigned == {SECOND}
    assert job.evolve(mine, job.release(mine, SECOND)).assigned == frozenset()
    with refused("job-already-assigned"):
        job.assign(mine, SECOND, MemberRole.HIRING_MANAGER)
    with refused("member-unknown"):
        job.assign(state, SECOND, None)
    with refused("job-not-assigned"):
        job.release(state, SECOND)


@pytest.mark.parametrize("role", [MemberRole.FINANCE, MemberRole.VIEWER])
def test_whoever_does_not_select_looks_after_no_job(role: MemberRole) -> None:
    state = job.Job(version=1)
    with refused("member-does-not-select"):
        job.assign(state, SECOND, role)
