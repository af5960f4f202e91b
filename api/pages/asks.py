"""The ask: one screen for one share. By the link in a mail, with masked values and no session; or signed in, with values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Meta

from api import policies
from api.pages.interview_form import LocalTime, slots_of
from api.pages.showing import carry_out, filled, show
from api.policies import candidate
from api.reading import At
from api.route import Route, ThisVisit, form, page
from api.text_types import Body, Count
from api.v1.asks import ask_shown
from api.v1.facts import introduction_facts
from api.visit import Visit
from domain.ids import CandidateId, IntroductionId
from domain.interview import MINUTES
from domain.introduction import SHARED, Item, Seen
from domain.job import Conditions
from domain.questioning import MOST_QUESTIONS
from marketplace.commands import interview as interviews
from marketplace.commands import introduction as introductions
from marketplace.commands import question as questions
from marketplace.commands.office import Office
from marketplace.store.log import Appended, Command

CONDITIONS = tuple(name for name in Conditions.__struct_fields__ if not name.startswith(("title", "annual_", "is_")))
"""The stated conditions in the order of the law's list; title, salary and term have lines of their own."""

Items = Annotated[tuple[Item, ...], Meta(max_length=len(Item))]
Answer = Callable[[Office, Command, IntroductionId, CandidateId], Appended]


class ApprovalForm(Body, frozen=True):
    """What may be shown, out of what was seen; whether the company knows the person; and when they could meet, if they say."""

    seen_job_version: Count
    seen_profile_version: Count
    known_to_company: bool
    items: Items = ()
    seen_items: Items = ()
    first: LocalTime | None = None
    second: LocalTime | None = None
    third: LocalTime | None = None
    minutes: Count = 60


@page("/share/{link:str}", policy=policies.link)
def shared_ask(visit: ThisVisit, link: FromPath[str]) -> Response[str]:
    """The ask behind a mailed link."""
    return show_ask(visit, _introduction(visit), f"/share/{link}")


@form("/share/{link:str}/approval", policy=policies.link)
def approve_shared(visit: ThisVisit, link: FromPath[str]) -> Response[str]:
    """Yes to this very share."""
    return _approve(visit, _introduction(visit), f"/share/{link}")


@page("/me/asks/{introduction:uuid}", policy=candidate, facts=introduction_facts)
def my_ask(visit: ThisVisit, introduction: FromPath[UUID], at: At = None) -> Response[str]:  # noqa: ARG001  streams never lag
    """The ask with its values, for whoever signed in."""
    return show_ask(visit, IntroductionId(introduction), f"/me/asks/{introduction}")


@form("/me/asks/{introduction:uuid}/approval", policy=candidate, facts=introduction_facts)
def approve_mine(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """Yes to this very share."""
    return _approve(visit, IntroductionId(introduction), f"/me/asks/{introduction}")


def _buttons(name: str, answer: Answer, *, by_link: bool = True) -> list[Route]:
    """One answer of a single button, on both screens."""

    def mine(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
        return _answer(visit, IntroductionId(introduction), f"/me/asks/{introduction}", answer)

    def shared(visit: ThisVisit, link: FromPath[str]) -> Response[str]:
        return _answer(visit, _introduction(visit), f"/share/{link}", answer)

    made: list[Route] = [
        form(f"/me/asks/{{introduction:uuid}}/{name}", policy=candidate, facts=introduction_facts)(mine)
    ]
    if by_link: made.append(form(f"/share/{{link:str}}/{name}", policy=policies.link)(shared))
    return made


def _introduction(visit: Visit) -> IntroductionId:
    """What the link opens; the route's policy let only holders of a live link in."""
    if visit.share is None: raise LookupError("the route's policy lets in whoever has no link")
    return IntroductionId(visit.share.introduction)


def show_ask(visit: Visit, introduction: IntroductionId, base: str) -> Response[str]:
    """The screen as it stands, under the link or signed in."""
    office = visit.house.office
    state = office.introduction(introduction).state
    ask = ask_shown(visit, office, state)
    name = ask.company.name_en if visit.language == "en" else ask.company.name
    in_selection = state.status in SHARED and not state.revoked and visit.actor.kind == "candidate"
    return show(
        visit,
        "ask.html",
        ask=ask,
        base=base,
        company=name or ask.company.name,
        conditions=CONDITIONS,
        questions=questions.own_questions(office, state, CandidateId(visit.id)),
        may_ask=questions.may_ask(state, visit.now),
        most_questions=MOST_QUESTIONS,
        interview=state.interview,
        in_selection=in_selection,
        place=interviews.place_of(office, state) if in_selection else "",
        lengths=MINUTES,
    )


def _approve(visit: Visit, introduction: IntroductionId, base: str) -> Response[str]:
    def act() -> Appended:
        given = filled(visit, ApprovalForm)
        seen = Seen(
            job_version=given.seen_job_version, profile_version=given.seen_profile_version, items=given.seen_items
        )
        return introductions.approve(
            visit.house.office,
            visit.command,
            introduction=introduction,
            by=CandidateId(visit.id),
            items=frozenset(given.items),
            seen=seen,
            known_to_company=given.known_to_company,
            times=slots_of(minutes=given.minutes, first=given.first, second=given.second, third=given.third),
        )

    return carry_out(visit, act, then=base, again=lambda: show_ask(visit, introduction, base))


def _answer(visit: Visit, introduction: IntroductionId, base: str, answer: Answer) -> Response[str]:
    def act() -> Appended:
        return answer(visit.house.office, visit.command, introduction, CandidateId(visit.id))

    return carry_out(visit, act, then=base, again=lambda: show_ask(visit, introduction, base))


def _by(command: Callable[..., Appended]) -> Answer:
    def answer(office: Office, sent: Command, introduction: IntroductionId, by: CandidateId) -> Appended:
        return command(office, sent, introduction=introduction, by=by)

    return answer


ROUTES: list[Any] = [
    shared_ask,
    approve_shared,
    my_ask,
    approve_mine,
    *_buttons("decline", _by(introductions.decline)),
    *_buttons("undoing", _by(introductions.undo)),
    *_buttons("showing-anew", _by(introductions.show_anew)),
    *_buttons("revocation", _by(introductions.revoke), by_link=False),
]
