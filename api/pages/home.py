"""Where one begins: what this is, and for whoever is signed in the way to their page."""

from __future__ import annotations

from uuid import UUID

from litestar import Response

from api import policies, session
from api.menu import parts
from api.pages.showing import show
from api.route import ThisVisit, form, page, see_other
from api.text_types import Body
from api.visit import Visit
from api.wording import called
from domain.refusal import Refused
from projections import directory


class StandFor(Body, frozen=True):
    """The company for which the person wants to act."""

    company: UUID


@page("/", policy=policies.public)
def home(visit: ThisVisit) -> Response[str]:
    """A few lines of what this is, and where the reader's own page is."""
    serves = _companies(visit)
    return show(visit, "home.html", pages=_pages(visit), serves=serves if len(serves) > 1 else [])


@form("/company", policy=policies.signed_in)
def stand_for(visit: ThisVisit) -> Response[str]:
    """Someone who serves several companies acts for one at a time."""
    chosen = visit.form(StandFor)
    if visit.session is None: raise Refused("not-permitted")
    with visit.house.database.transaction() as connection:
        session.stand_for(connection, visit.session.id, visit.id, chosen.company)
    return see_other(visit, "/")


def _pages(visit: Visit) -> list[tuple[str, str]]:
    """Address and name of each page that the reader may use."""
    return [("/me", "me") if part == "candidate" else (f"/{part}", part) for part in parts(visit.actor)]


def _companies(visit: Visit) -> list[tuple[UUID, str, bool]]:
    """The companies that the reader works for: id, name, and whether they act for it now."""
    if visit.actor.kind != "user": return []
    with visit.house.database.transaction() as connection:
        found = connection.execute(
            "SELECT company FROM member WHERE user_id = %s AND left_at IS NULL ORDER BY company", (visit.id,)
        ).fetchall()
        names = directory.names(connection, [row[0] for row in found])
    return [(row[0], called(visit.language, names, row[0]), row[0] == visit.actor.company) for row in found]


ROUTES = [home, stand_for]
