"""Saved searches: one's own, with a digest as often as one wants; a mailed link stops the digest without signing in."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Meta

from api import policies
from api.pages.hiring import HIRING
from api.pages.hiring_search import FACETS, address_of
from api.pages.showing import carry_out, filled, show
from api.route import ThisVisit, form, page
from api.text_types import Body, ShortLine
from api.v1.catalogue import check_may_search
from api.visit import Visit
from marketplace.commands import saved_search as searches
from marketplace.commands.saved_search import Frequency
from marketplace.vault.searching import Criteria

LIST = "/hiring/saved-searches"
Word = Annotated[str, Meta(max_length=200)]
Facet = Annotated[str, Meta(max_length=64)]


class SearchForm(Body, frozen=True):
    """A search as it stands on its page, under a name."""

    name: ShortLine
    frequency: Frequency = Frequency.NONE
    q: Word = ""
    skill: Facet = ""
    occupation: Facet = ""
    prefecture: Facet = ""
    seniority: Facet = ""
    salary_band: Facet = ""
    language: Facet = ""
    reached: Facet = ""

    def criteria(self) -> Criteria:
        """What is looked for."""
        codes = {name: (value,) for name in FACETS if (value := getattr(self, name))}
        return Criteria(q=self.q, **codes)


class FrequencyForm(Body, frozen=True):
    """How often."""

    frequency: Frequency


@page(LIST, policy=HIRING)
def overview(visit: ThisVisit) -> Response[str]:
    """One's own searches."""
    return _show(visit)


@form(LIST, policy=HIRING)
def save(visit: ThisVisit) -> Response[str]:
    """Keep the search that is on the page."""

    def act() -> None:
        check_may_search(visit)
        given = filled(visit, SearchForm)
        searches.save(
            visit.house.office,
            visit.command,
            user=visit.id,
            company=visit.company,
            name=given.name,
            criteria=given.criteria(),
            frequency=given.frequency,
        )

    return carry_out(visit, act, then=LIST, again=lambda: _show(visit))


@form(LIST + "/{search:uuid}/frequency", policy=HIRING)
def change_frequency(visit: ThisVisit, search: FromPath[UUID]) -> Response[str]:
    """More often, less often, or never."""

    def act() -> None:
        frequency = filled(visit, FrequencyForm).frequency
        searches.change_frequency(
            visit.house.office, user=visit.id, company=visit.company, search=search, frequency=frequency, now=visit.now
        )

    return carry_out(visit, act, then=LIST, again=lambda: _show(visit))


@form(LIST + "/{search:uuid}/deletion", policy=HIRING)
def forget(visit: ThisVisit, search: FromPath[UUID]) -> Response[str]:
    """It is gone."""

    def act() -> None:
        searches.forget(visit.house.office, user=visit.id, company=visit.company, search=search)

    return carry_out(visit, act, then=LIST, again=lambda: _show(visit))


@page("/digests/{search:uuid}", policy=policies.public)
def stop_page(visit: ThisVisit, search: FromPath[UUID]) -> Response[str]:
    """The link in a digest: one button, the same for every address, so that a mail's scanner stops nothing."""
    return show(visit, "hiring_digest.html", search=search, stopped=False)


@form("/digests/{search:uuid}", policy=policies.public)
def stop(visit: ThisVisit, search: FromPath[UUID]) -> Response[str]:
    """No more digests of this search."""
    searches.stop_digest(visit.house.office, search)
    return show(visit, "hiring_digest.html", search=search, stopped=True)


def _show(visit: Visit) -> Response[str]:
    with visit.house.database.transaction() as connection:
        found = searches.of_user(connection, visit.id, visit.company)
    return show(
        visit,
        "hiring_saved.html",
        searches=found,
        addresses={each.id: address_of(each.criteria) for each in found},
        frequencies=list(Frequency),
        facets=FACETS,
    )


ROUTES = [overview, save, change_frequency, forget, stop_page, stop]
