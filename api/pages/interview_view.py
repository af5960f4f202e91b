"""The interview of an introduction as the hiring company may see it: once the details are received, for whoever selects."""

from __future__ import annotations

from uuid import UUID

import msgspec

from api.v1.disclosures import SELECTING
from api.visit import Visit
from domain.hire import Side
from domain.ids import IntroductionId
from domain.interview import MINUTES, Interview
from domain.introduction import SHARED
from marketplace.commands import interview as interviews


class InterviewShown(msgspec.Struct, frozen=True, kw_only=True):
    """How the interview stands, once the details are received; `ours`: it is this company's turn to pick."""

    interview: Interview
    place: str
    ours: bool
    lengths: tuple[int, ...]


def interview_of(visit: Visit, introduction: UUID) -> InterviewShown | None:
    """For whoever selects, while selection goes on. Before the details are received nothing is shown."""
    office = visit.house.office
    state = office.introduction(IntroductionId(introduction)).state
    if state.status not in SHARED or state.revoked or visit.actor.role not in SELECTING: return None
    return InterviewShown(
        interview=state.interview,
        place=interviews.place_of(office, state),
        ours=state.interview.waits_for(Side.HIRING, visit.now),
        lengths=MINUTES,
    )
