"""Who has to do with an introduction, a hire or a fee: read from its stream, which never lags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from api.house import House
from api.policies import Resource
from domain import fee
from domain.hire import HireStatus
from domain.ids import NIL, HireId, IntroductionId, JobId
from domain.introduction import Status
from marketplace.commands.candidate import lives_as


def introduction_facts(house: House, path: Mapping[str, Any]) -> Resource | None:
    """The company that asked, and the person as they are here now, if the ask ever reached them."""
    state = house.office.introduction(IntroductionId(path["introduction"])).state
    if state.status is Status.NONE: return None
    person = NIL if state.seen is None else lives_as(house.office, state.candidate)
    return Resource(
        companies=frozenset({state.hiring}),
        candidate=person,
        introduction=state.introduction,
        assigned=_assigned(house, state.job),
    )


def hire_facts(house: House, path: Mapping[str, Any]) -> Resource | None:
    """The company that hired and the person."""
    state = house.office.hire(HireId(path["hire"])).state
    if state.status is HireStatus.NONE: return None
    asked_for = house.office.introduction(state.introduction).state.job
    return Resource(
        companies=frozenset({state.hiring}),
        candidate=lives_as(house.office, state.candidate),
        assigned=_assigned(house, asked_for),
    )


def fee_facts(house: House, path: Mapping[str, Any]) -> Resource | None:
    """The company that owes it."""
    state = house.log.load(path["fee"], fee.INITIAL, fee.evolve).state
    return None if state.accrual is None else Resource(companies=frozenset({state.accrual.hiring}))


def _assigned(house: House, job: JobId) -> frozenset[UUID]:
    """Who looks after the job."""
    return frozenset(house.office.job(job).state.assigned)
