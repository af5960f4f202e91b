"""The company's side of interview times: offer up to three, pick one, call it off; and the agreed one as a calendar file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from api.calendar_file import MEDIA_TYPE, interview_file
from api.pages.hiring_introduction import PATH, show_introduction
from api.pages.interview_form import PickForm, TimesForm
from api.pages.interview_view import interview_of
from api.pages.showing import carry_out, filled
from api.route import ThisVisit, form, page
from api.v1.disclosures import WRITER
from api.v1.facts import introduction_facts
from api.visit import Visit
from domain.hire import Side
from domain.ids import IntroductionId
from domain.refusal import Refused
from marketplace.commands import interview as interviews
from marketplace.store.log import Appended
from marketplace.texts.translation import say


@form(PATH + "/interview-times", policy=WRITER, facts=introduction_facts)
def offer(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """Up to three times; an agreed one stands until the person picks one of these."""

    def act() -> Appended:
        given = filled(visit, TimesForm)
        return interviews.name_times(
            visit.house.office, visit.command, introduction=IntroductionId(introduction), by=Side.HIRING,
            who=visit.company, times=given.slots(), place=given.place,
        )  # fmt: skip

    return _do(visit, introduction, act)


@form(PATH + "/interview-pick", policy=WRITER, facts=introduction_facts)
def pick(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """One of the person's times."""

    def act() -> Appended:
        given = filled(visit, PickForm)
        return interviews.pick(
            visit.house.office, visit.command, introduction=IntroductionId(introduction), by=Side.HIRING,
            who=visit.company, naming=given.naming, starts_at=given.starts_at,
        )  # fmt: skip

    return _do(visit, introduction, act)


@form(PATH + "/interview-cancellation", policy=WRITER, facts=introduction_facts)
def cancel(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """Called off; selection goes on."""

    def act() -> Appended:
        return interviews.cancel(
            visit.house.office, visit.command, introduction=IntroductionId(introduction), by=Side.HIRING,
            who=visit.company,
        )  # fmt: skip

    return _do(visit, introduction, act)


@page(PATH + "/interview.ics", policy=WRITER, facts=introduction_facts)
def download(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """The agreed time for one's own calendar; calendars are shared, so it names no person."""
    shown = interview_of(visit, introduction)
    if shown is None or shown.interview.agreed is None: raise Refused("no-interview")
    state = visit.house.office.introduction(IntroductionId(introduction)).state
    site = visit.house.settings.public_url.rstrip("/")
    text = interview_file(
        state,
        shown.interview.agreed,
        title=say(visit.language, "Interview (introduction %(number)s)", number=state.number),
        place=shown.place,
        page=f"{site}/hiring/introductions/{introduction}",
        host=urlsplit(site).hostname or "localhost",
        now=_agreed_at(visit, introduction),
    )
    headers = {"Content-Disposition": f'attachment; filename="interview-{state.number}.ics"'}
    return Response(text, media_type=MEDIA_TYPE, headers=headers)


def _agreed_at(visit: Visit, introduction: UUID) -> datetime:
    """When it was last said (DTSTAMP): the same file for the same agreement, whenever it is fetched."""
    return visit.house.log.history(introduction)[-1].meta.recorded_at


def _do(visit: Visit, introduction: UUID, act: Callable[[], Appended]) -> Response[str]:
    then = f"/hiring/introductions/{introduction}#interview"
    return carry_out(visit, act, then=then, again=lambda: show_introduction(visit, introduction))


ROUTES = [offer, pick, cancel, download]
