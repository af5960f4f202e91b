"""One person as the operator knows them: coded facts only. Breaking the glass shows their values, for minutes, with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath
from msgspec import Meta

from api import step_up
from api.house import House
from api.pages.showing import carry_out, filled, show, wait_for
from api.policies import Resource, operator
from api.reading import At, found, viewer_of
from api.route import ThisVisit, form, page
from api.text_types import Body
from api.v1.companies import OPERATORS
from api.visit import Visit
from domain.company import MemberRole
from domain.glass import LASTS, Reason
from domain.ids import OPERATOR, CandidateId, GlassId, UserId
from marketplace.commands import glass as commands
from marketplace.commands import members
from marketplace.store.log import Appended
from marketplace.vault.access_log import looks_of
from marketplace.vault.disclosure import Behind
from projections import glass
from projections.glass import Breaking

CARE = operator(MemberRole.ADMIN, MemberRole.RECRUITER)
PATH = "/operator/people/{person:uuid}"
READS = ("glass", "story")


class GlassForm(Body, frozen=True):
    """Why somebody has to see: a code that the person is shown, and words for the audit."""

    reason: Reason
    words: Annotated[str, Meta(min_length=10, max_length=1_000, pattern=r"\S")]


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the audit: what was opened, by whom in which words, and how often they looked while it was open."""

    breaking: Breaking
    who: str
    words: str
    looks: int


def person_facts(house: House, path: Mapping[str, Any]) -> Resource | None:
    """The person whom the path names."""
    state = house.office.candidate(CandidateId(path["person"])).state
    return Resource(candidate=state.id) if state.registered else None


@page(PATH, policy=CARE, facts=person_facts)
def person_page(visit: ThisVisit, person: FromPath[UUID], at: At = None) -> Response[str]:
    """The person in codes, and the way to what may be looked at."""
    wait_for(visit, at, *READS)
    return _show(visit, person)


@form(PATH + "/glass", policy=OPERATORS, facts=person_facts)
def break_glass(visit: ThisVisit, person: FromPath[UUID]) -> Response[str]:
    """The person's values are open to this one reader for some minutes; the person is told."""

    def act() -> Appended:
        step_up.demand(visit)
        given = filled(visit, GlassForm)
        return commands.break_it(
            visit.house.office,
            visit.command,
            candidate=CandidateId(person),
            by=UserId(visit.id),
            role=visit.actor.role,
            reason=given.reason,
            words=given.words,
        )

    return carry_out(visit, act, then=f"/operator/people/{person}#glass", again=lambda: _show(visit, person))


@form(PATH + "/values", policy=OPERATORS, facts=person_facts)
def look(visit: ThisVisit, person: FromPath[UUID]) -> Response[str]:
    """Through the broken glass. Each look is written down for the person first, so this is no link."""
    seen: list[Behind] = []

    def act() -> None:
        seen.append(commands.look(visit.house.office, viewer_of(visit), CandidateId(person), now=visit.now))

    then = f"/operator/people/{person}"
    refused = carry_out(visit, act, then=then, again=lambda: _show(visit, person))
    return _show(visit, person, seen[0]) if seen else refused


@form(PATH + "/glass/{glass_id:uuid}/mending", policy=OPERATORS, facts=person_facts)
def mend(visit: ThisVisit, person: FromPath[UUID], glass_id: FromPath[UUID]) -> Response[str]:
    """Enough was seen."""

    def act() -> Appended:
        return commands.mend(visit.house.office, visit.command, glass=GlassId(glass_id), by=UserId(visit.id))

    return carry_out(visit, act, then=f"/operator/people/{person}", again=lambda: _show(visit, person))


@page("/operator/glass", policy=OPERATORS)
def audit(visit: ThisVisit, at: At = None) -> Response[str]:
    """Every breaking, with its reason in words and how often was looked."""
    wait_for(visit, at, *READS)
    with visit.house.database.transaction() as connection:
        breakings = glass.newest(connection)
    return show(visit, "operator_glass.html", broken=_broken(visit, breakings))


def _show(visit: Visit, person: UUID, behind: Behind | None = None) -> Response[str]:
    state = found(visit.house.office.candidate(CandidateId(person)).state)
    visit.back = f"/operator/people/{person}"
    with visit.house.database.transaction() as connection:
        breakings = glass.of_candidate(connection, state.id)
    is_open = [each for each in breakings if _is_open_to(visit, each)]
    return show(
        visit,
        "operator_person.html",
        person=state,
        consent=visit.house.office.consent(state.id).state,
        behind=behind,
        open_glass=is_open[0] if is_open else None,
        breakings=breakings,
        reasons=list(Reason),
        may_break=visit.actor.role is MemberRole.ADMIN and not state.erasing,
        minutes=int(LASTS.total_seconds()) // 60,
    )


def _is_open_to(visit: Visit, breaking: Breaking) -> bool:
    return breaking.broken_by == visit.id and breaking.mended_at is None and visit.now < breaking.open_until


def _broken(visit: Visit, breakings: list[Breaking]) -> list[Broken]:
    office = visit.house.office
    names = {each.user: known.name if known else "" for each, known in members.members(office, OPERATOR)}
    with visit.house.database.transaction() as connection:
        looks = {
            each.glass: looks_of(
                connection,
                CandidateId(each.candidate),
                UserId(each.broken_by),
                since=each.broken_at,
                until=each.mended_at or each.open_until,
            )
            for each in breakings
        }
    return [
        Broken(
            breaking=each,
            who=names.get(UserId(each.broken_by)) or str(each.broken_by),
            words=commands.words_of(office, each),
            looks=looks[each.glass],
        )
        for each in breakings
    ]


ROUTES = [person_page, break_glass, look, mend, audit]
