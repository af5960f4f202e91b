"""The candidate's page: what one is asked, who recommends one, the card, and hires to confirm."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from api.pages.showing import carry_out, filled, same, show, wait_for
from api.policies import candidate
from api.reading import At
from api.route import Route, ThisVisit, form, page
from api.text_types import NoBody
from api.v1 import asks, cards, hires, leaves, profile
from api.v1.facts import hire_facts
from api.visit import Visit
from domain.hire import Side
from domain.ids import CandidateId, HireId, IntroductionId
from projections import directory, placements

READS = ("candidate_inbox", "referral_board", "catalogue", "placements", "directory", "jobs", "seen_by")


class HireShown(msgspec.Struct, frozen=True, kw_only=True):
    """A hire as its person sees it, with the codes of its frozen fault table."""

    hire: UUID
    hiring: tuple[str, str]
    status: str
    by_me: bool
    started_on: date
    left_on: date | None
    left_said_by_me: bool
    challenge_until: date | None
    faults: tuple[str, ...]


@page("/me", policy=candidate)
def overview(visit: ThisVisit, at: At = None) -> Response[str]:
    """What waits for an answer first."""
    wait_for(visit, at, *READS)
    return show_me(visit)


def show_me(visit: Visit) -> Response[str]:
    """The page as it stands: what waits, what is under way, what is over."""
    found = same(asks.list_asks)(visit).items
    shared = [ask for ask in found if ask.status == "disclosed" and not ask.revoked]
    office = visit.house.office
    interviews = {ask.introduction: office.introduction(IntroductionId(ask.introduction)).state.interview for ask in shared}
    is_my_turn = {key: each.waits_for(Side.CANDIDATE, visit.now) for key, each in interviews.items()}
    consent = office.consent(CandidateId(visit.id)).state
    waiting = [ask for ask in found if ask.status == "asked" and visit.now < ask.expires_at]
    under_way = [ask for ask in found if ask.status == "approved"] + shared
    return show(
        visit,
        "me.html",
        me=same(profile.read_me)(visit),
        waiting=sorted(waiting, key=lambda ask: ask.expires_at),
        to_pick=[ask for ask in shared if is_my_turn[ask.introduction]],
        under_way=under_way,
        past=[ask for ask in found if ask not in waiting and ask not in under_way],
        agreed={key: each.agreed for key, each in interviews.items()},
        wishes=consent.wishes,
        listed=consent.lists,
        reach=office.candidate(CandidateId(visit.id)).state.reach,
        referrals=same(cards.list_referrals)(visit).items,
        hires=_hires(visit),
    )


def _hires(visit: Visit) -> list[HireShown]:
    with visit.house.database.transaction() as connection:
        found = placements.of_candidate(connection, CandidateId(visit.id))
        names = directory.names(connection, [each.hiring for each in found])
    shown = []
    for each in found:
        state = visit.house.office.hire(HireId(each.hire)).state
        shown.append(
            HireShown(
                hire=each.hire,
                hiring=names.get(each.hiring, ("", "")),
                status=str(state.status),
                by_me=state.reported_by is Side.CANDIDATE,
                started_on=state.started_on,
                left_on=state.leave.left_on if state.leave else None,
                left_said_by_me=state.leave is not None and state.leave.said_by is Side.CANDIDATE,
                challenge_until=state.challenge_until,
                faults=tuple(fault.code for fault in state.terms.faults),
            )
        )
    return shown


def _of_referral(name: str, handler: Route, kind: type[Any] = NoBody) -> Route:
    def said(visit: ThisVisit, referral: FromPath[UUID]) -> Response[str]:
        def act() -> Any:  # noqa: ANN401  what the API answers
            return same(handler)(visit, referral, filled(visit, kind))

        return carry_out(visit, act, then="/me#card", again=lambda: show_me(visit))

    path = f"/me/referrals/{{referral:uuid}}/{name}"
    return form(path, policy=candidate, facts=cards.my_referral_facts)(said)


def _of_hire(name: str, handler: Route, kind: type[Any] | None = None) -> Route:
    def said(visit: ThisVisit, hire: FromPath[UUID]) -> Response[str]:
        def act() -> Any:  # noqa: ANN401  what the API answers
            return same(handler)(visit, hire, *((filled(visit, kind),) if kind else ()))

        return carry_out(visit, act, then="/me#hires", again=lambda: show_me(visit))

    return form(f"/me/hires/{{hire:uuid}}/{name}", policy=candidate, facts=hire_facts)(said)


ROUTES = [
    overview,
    _of_referral("ownership", cards.confirm_ownership),
    _of_referral("recommendation-reading", cards.read_recommendation, cards.Read),
    _of_referral("card", cards.publish_card),
    _of_referral("card-suspension", cards.suspend_card),
    _of_hire("confirmation", hires.confirm),
    _of_hire("contest", hires.contest, hires.Cause),
    _of_hire("leave", leaves.report, leaves.Leave),
    _of_hire("leave-challenge", leaves.challenge, leaves.Leave),
]
