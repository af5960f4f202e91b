"""The operator's first page: search, what waits, the companies, and the way to every other page of the operator."""

from __future__ import annotations

from litestar import Response

from api import pictures
from api.pages.operator_stuck import counts
from api.pages.showing import carry_out, filled, same, show, wait_for
from api.policies import operator
from api.reading import At
from api.route import Done, ThisVisit, form, page
from api.v1 import companies
from api.v1.companies import OPERATORS
from api.visit import Visit
from domain.company import MemberRole

ANYBODY = operator()
_DECIDES = frozenset({MemberRole.ADMIN, MemberRole.RECRUITER})
_EVERYBODY = ("stuck", "stories", "projections", "tasks", "messages")
_PLACES = {"disputes": _DECIDES, **dict.fromkeys(("checks", "glass", "register"), frozenset({MemberRole.ADMIN}))}
"""The pages that not everybody of the operator may open, and who may."""


@page("/operator", policy=ANYBODY)
def overview(visit: ThisVisit, at: At = None) -> Response[str]:
    """Companies, search, and what waits for a person."""
    wait_for(visit, at, "directory", "candidate_inbox", "story")
    return _show(visit)


@form("/operator/companies", policy=OPERATORS)
def admit(visit: ThisVisit) -> Response[str]:
    """A company is let in."""

    def act() -> Done:
        done: Done = same(companies.admit)(visit, filled(visit, companies.Admitted))
        return done

    return carry_out(visit, act, then="/operator", again=lambda: _show(visit))


def _show(visit: Visit) -> Response[str]:
    may_admit = visit.actor.role is MemberRole.ADMIN
    return show(
        visit,
        "operator.html",
        companies=same(companies.list_companies)(visit).items if may_admit else [],
        may_admit=may_admit,
        waiting=counts(visit),
        places=[*_EVERYBODY, *(place for place, roles in _PLACES.items() if visit.actor.role in roles)],
        answers=pictures.answers(visit, visit.house.office.policy),
    )


ROUTES = [overview, admit]
