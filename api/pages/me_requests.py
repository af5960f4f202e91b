"""What the candidate asks of the companies that passed them on: why they were not chosen, what is kept of them."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec
from litestar import Response

from api.pages.showing import carry_out, filled, same, show, wait_for
from api.policies import candidate
from api.reading import At
from api.route import ThisVisit, form, page
from api.text_types import Body
from api.v1 import cards
from api.visit import Visit
from domain.ids import CandidateId, CompanyId
from domain.privacy_request import RequestKind
from marketplace.commands import privacy_request as requests
from marketplace.store.log import Appended
from projections.privacy_requests import Request

KINDS = (RequestKind.FEEDBACK, RequestKind.DISCLOSE)


class AskForm(Body, frozen=True):
    """What is asked of whom."""

    source: UUID
    kind: Literal["feedback", "disclose"]


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A company, what was asked of it, and what can be asked now."""

    source: UUID
    name: str
    name_en: str
    asked: list[Request]
    can_ask: tuple[RequestKind, ...]


@page("/me/requests", policy=candidate)
def requests_page(visit: ThisVisit, at: At = None) -> Response[str]:
    """Each company with its answers."""
    wait_for(visit, at, "privacy_requests", "referral_board")
    return _show(visit)


@form("/me/requests", policy=candidate)
def ask(visit: ThisVisit) -> Response[str]:
    """The company is told, and by when it has to answer."""

    def act() -> Appended:
        given = filled(visit, AskForm)
        return requests.ask_source(
            visit.house.office, visit.command, candidate=CandidateId(visit.id), source=CompanyId(given.source),
            kind=RequestKind(given.kind),
        )

    return carry_out(visit, act, then="/me/requests", again=lambda: _show(visit))


def _show(visit: Visit) -> Response[str]:
    found = []
    for each in same(cards.list_referrals)(visit).items:
        asked = requests.of_person(visit.house.office, CandidateId(visit.id), CompanyId(each.source))
        waits = {one.kind for one in asked if one.status != "completed"}
        found.append(
            Source(
                source=each.source,
                name=each.source_name,
                name_en=each.source_name_en,
                asked=asked,
                can_ask=tuple(kind for kind in KINDS if kind not in waits),
            )
        )
    return show(visit, "me_requests.html", sources=found)


ROUTES = [requests_page, ask]
