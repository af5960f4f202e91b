"""The candidate's own data: who has seen it, everything to take away, and erasing it with the list of what remains."""

from __future__ import annotations

from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from api import step_up
from api.pages.showing import carry_out, filled, same, show, wait_for
from api.policies import candidate, public
from api.reading import At
from api.route import ThisVisit, form, page, see_other
from api.text_types import Body
from api.v1 import disclosures, erasure
from api.visit import Visit
from domain.ids import CandidateId
from domain.refusal import Refused
from projections import glass


class EraseForm(Body, frozen=True):
    """The box that is ticked on purpose."""

    confirm: bool = False


@page("/me/seen-by", policy=candidate)
def seen_by(visit: ThisVisit, at: At = None) -> Response[str]:
    """Who received what, each look, and closing it again."""
    wait_for(visit, at, "seen_by", "directory", "glass")
    received = same(disclosures.list_seen_by)(visit).items
    with visit.house.database.transaction() as connection:
        breakings = glass.of_candidate(connection, CandidateId(visit.id))
    looks = same(disclosures.list_looks)(visit).items
    return show(visit, "me_seen_by.html", received=received, looks=looks, breakings=breakings)


@page("/me/data", policy=candidate)
def data(visit: ThisVisit) -> Response[str]:
    """Taking the data away, and erasing it."""
    return show(visit, "me_data.html")


@page("/me/erasure", policy=candidate)
def before_erasing(visit: ThisVisit) -> Response[str]:
    """The second step: what is destroyed, what remains and until when, and only then the button."""
    return _before(visit)


@form("/me/erasure", policy=candidate)
def erase(visit: ThisVisit) -> Response[str]:
    """From this answer on nothing is shown, disclosed, decrypted or sent."""
    if not visit.proved: return see_other(visit, step_up.way("/me/erasure"))

    def act() -> None:
        if not filled(visit, EraseForm).confirm: raise Refused("erasure-not-confirmed")
        same(erasure.erase)(visit, erasure.Erase(confirm=True))

    return carry_out(visit, act, then=f"/erasures/{visit.id}", again=lambda: _before(visit))


@page("/erasures/{erasure_id:uuid}", policy=public)
def erased(visit: ThisVisit, erasure_id: FromPath[UUID]) -> Response[str]:
    """How an erasure stands; it names no person."""
    return show(visit, "erasure.html", standing=same(erasure.read_erasure)(visit, erasure_id))


def _before(visit: Visit) -> Response[str]:
    visit.back = "/me/erasure"
    return show(visit, "me_erasure.html", preview=same(erasure.preview)(visit))


ROUTES = [seen_by, data, before_erasing, erase, erased]
