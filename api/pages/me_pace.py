"""How much the candidate wants to be asked: a pause, a limit of open asks, 「転職先が決まりました」."""

from __future__ import annotations

from datetime import date

from litestar import Response

from api.pages.me import show_me
from api.pages.showing import carry_out, filled, same, show, wait_for
from api.policies import candidate
from api.reading import At
from api.route import ThisVisit, form, page
from api.text_types import Body, Count, NoBody
from api.v1 import consents, profile
from api.visit import Visit
from domain.ids import CandidateId
from domain.wishes import FEWEST_ASKS, MOST_ASKS
from marketplace.commands import wish
from marketplace.store.log import Appended

READS = ("candidate_inbox", "catalogue")


class PauseForm(Body, frozen=True):
    """The last day of the pause; without one until the person resumes."""

    last_day: date | None = None


class LimitForm(Body, frozen=True):
    """How many asks may be open at once."""

    most: Count


@page("/me/pace", policy=candidate)
def pace(visit: ThisVisit, at: At = None) -> Response[str]:
    """All three, each with what it does before it is pressed."""
    wait_for(visit, at, *READS)
    return _show(visit)


@form("/me/pause", policy=candidate)
def pause(visit: ThisVisit) -> Response[str]:
    """The card goes, until a day or until the person resumes."""

    def act() -> Appended:
        last_day = filled(visit, PauseForm).last_day
        return wish.pause(visit.house.office, visit.command, candidate=CandidateId(visit.id), last_day=last_day)

    return carry_out(visit, act, then="/me/pace", again=lambda: _show(visit))


@form("/me/resumption", policy=candidate)
def resume(visit: ThisVisit) -> Response[str]:
    """The pause is over."""
    return carry_out(
        visit,
        lambda: same(consents.resume)(visit, filled(visit, NoBody)),
        then="/me/pace",
        again=lambda: _show(visit),
    )


@form("/me/ask-limit", policy=candidate)
def limit(visit: ThisVisit) -> Response[str]:
    """At most so many at once, from the next one on."""

    def act() -> Appended:
        most = filled(visit, LimitForm).most
        return wish.limit_asks(visit.house.office, visit.command, candidate=CandidateId(visit.id), most=most)

    return carry_out(visit, act, then="/me/pace", again=lambda: _show(visit))


@form("/me/search-end", policy=candidate)
def end_search(visit: ThisVisit) -> Response[str]:
    """One tap, and ten minutes to undo it."""

    def act() -> Appended:
        return wish.say_search_ended(visit.house.office, visit.command, candidate=CandidateId(visit.id))

    return carry_out(visit, act, then="/me", again=lambda: _show(visit))


@form("/me/search-end/undoing", policy=candidate)
def undo(visit: ThisVisit) -> Response[str]:
    """Taken back in time."""

    def act() -> Appended:
        return wish.undo_search_end(visit.house.office, visit.command, candidate=CandidateId(visit.id))

    return carry_out(visit, act, then="/me", again=lambda: show_me(visit))


def _show(visit: Visit) -> Response[str]:
    office = visit.house.office
    consent = office.consent(CandidateId(visit.id)).state
    return show(
        visit,
        "me_pace.html",
        me=same(profile.read_me)(visit),
        wishes=consent.wishes,
        most=consent.wishes.most_open_asks or office.policy.open_asks_at_once,
        numbers=range(FEWEST_ASKS, MOST_ASKS + 1),
        listed=consent.lists,
        undo_minutes=office.policy.undo_minutes,
    )


ROUTES = [pace, pause, resume, limit, end_search, undo]
