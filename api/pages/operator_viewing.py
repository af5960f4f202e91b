"""Seeing a page as a person or a company sees it: read only, and masked, because the house that it is shown from has no keys.

The page's own handler is asked, under its own policy and for its own reader. What it opens from the vault opens masked, the
database refuses every write, its forms carry no token that holds, its buttons are off, and a banner says whose page it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from inspect import signature
from typing import Any, get_type_hints
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import msgspec
from litestar import MediaType, Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from psycopg.errors import ReadOnlySqlTransaction

from api import pages, policies
from api.house import House
from api.pages.operator_people import CARE
from api.policies import Actor, Resource
from api.rendering import environment
from api.route import ThisVisit, page
from api.rule import OPT, Rule
from api.visit import Visit
from domain.company import MemberRole
from domain.ids import NIL, CandidateId, CompanyId
from domain.refusal import Refused
from marketplace.texts.catalogue import sentence

OPEN_TO = {"candidate": ("/me",), "user": ("/source", "/hiring")}
"""Whose pages begin how."""

_PLACE = re.compile(r"\{(\w+):(uuid|str|int)\}")
_FITS = {"uuid": r"[0-9a-fA-F-]{36}", "str": r"[^/]+", "int": r"\d+"}
_MADE_OF = {"uuid": UUID, "str": str, "int": int}
_LEADS = re.compile(r'(\bhref|\bhx-get|<form method="get" action)="(/(?:me|source|hiring)(?:[/?#][^"]*)?)"')
_PRESSES = re.compile(r"<button\b")
_BODY = "<body>\n"


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A page that can be looked at: its pattern, the kinds of its places, and what answers it."""

    pattern: re.Pattern[str]
    places: Mapping[str, str]
    handler: Any
    rule: Rule


def whom_facts(house: House, path: Mapping[str, Any]) -> Resource | None:
    """A registered person who was not erased, or a company that was admitted."""
    return None if _actor(house, path["whom"]) is None else Resource()


@page("/operator/view-as/{whom:uuid}/{rest:path}", policy=CARE, facts=whom_facts)
def view_as(visit: ThisVisit, whom: FromPath[UUID], rest: FromPath[str]) -> Response[str]:
    """The page at this address, as they would see it now."""
    actor = _actor(visit.house, whom)
    if actor is None: raise Refused("not-found")
    path = "/" + str(rest).strip("/")
    shown, values = _page_at(actor, path)
    looking = Visit(house=visit.house.masked(), actor=actor, language=visit.language, now=visit.now, path=path)
    policies.demand(shown.rule.policy(actor, shown.rule.facts(visit.house, values)))
    arguments = _arguments(shown.handler.fn, values, urlsplit(visit.back).query)
    try:
        answer = shown.handler.fn(visit=looking, **arguments)
        text, refused = str(answer.content), ""
    except Refused as error:
        text, refused = "", sentence(error.code, visit.language, dict(error.values))
    except ReadOnlySqlTransaction:
        text, refused = "", sentence("page-writes", visit.language, {})
    return _framed(visit, whom, actor, text, refused)


def _actor(house: House, whom: UUID) -> Actor | None:
    """As who the page is asked for. A company's pages are shown as its admin would see them; nobody's own id is lent."""
    person = house.office.candidate(CandidateId(whom)).state
    if person.registered: return None if person.erasing else Actor(kind="candidate", id=whom)
    company = house.office.company(CompanyId(whom)).state
    if not company.admitted: return None
    return Actor(kind="user", id=NIL, company=whom, role=MemberRole.ADMIN, company_roles=company.roles)


@cache
def _pages() -> tuple[Shown, ...]:
    found = []
    for route in pages.page_routes():
        rule = route.opt.get(OPT) if isinstance(route, HTTPRouteHandler) else None
        if rule is None or rule.door != "page": continue
        for path in route.paths:
            if not path.startswith(tuple(start for starts in OPEN_TO.values() for start in starts)): continue
            pattern = _PLACE.sub(lambda place: f"(?P<{place[1]}>{_FITS[place[2]]})", path)
            places = dict(_PLACE.findall(path))
            found.append(Shown(pattern=re.compile(pattern), places=places, handler=route, rule=rule))
    return tuple(found)


def _page_at(actor: Actor, path: str) -> tuple[Shown, dict[str, Any]]:
    """The page with this address, if it is one of this reader's. Refuses `not-found`."""
    if path.startswith(OPEN_TO[actor.kind]):
        for shown in _pages():
            if match := shown.pattern.fullmatch(path):
                try:
                    return shown, {name: _MADE_OF[kind](match[name]) for name, kind in shown.places.items()}
                except ValueError:
                    break
    raise Refused("not-found")


def _arguments(handler: Any, values: Mapping[str, Any], query: str) -> dict[str, Any]:  # noqa: ANN401  a route's function
    """What the page takes: its places, and of the query what it knows by name. Refuses `query-malformed`."""
    kinds, given = get_type_hints(handler), parse_qs(query)
    arguments = {name: value for name, value in values.items() if name in signature(handler).parameters}
    for name in signature(handler).parameters:
        if name in arguments or name == "visit" or name not in given: continue
        for sent in (given[name][-1], given[name]):
            try:
                arguments[name] = msgspec.convert(sent, kinds[name], strict=False)
                break
            except msgspec.ValidationError:
                continue
        else:
            raise Refused("query-malformed")
    return arguments


def _framed(visit: Visit, whom: UUID, actor: Actor, text: str, refused: str) -> Response[str]:
    """The page under its banner: every way that leads to another of their pages leads there, every button is off."""
    template = environment(visit.language).get_template("operator_viewing.html")
    here = f"/operator/view-as/{whom}"
    about = f"/operator/people/{whom}" if actor.kind == "candidate" else f"/operator/companies/{whom}"
    starts = [start for start in OPEN_TO[actor.kind] if actor.kind == "candidate" or start[1:] in actor.company_roles]
    banner = template.render(whom=whom, kind=actor.kind, here=here, about=about, refused=refused, starts=starts)
    if _BODY not in text:
        text = environment(visit.language).get_template("operator_viewing_nothing.html").render()
    inert = _PRESSES.sub("<button disabled", _LEADS.sub(rf'\1="{here}\2"', text))
    head, body, rest = inert.partition(_BODY)
    headers = {"Content-Language": visit.language, "Vary": "Accept-Language, Cookie"}
    return Response(head + body + banner + rest, media_type=MediaType.HTML, headers=headers)


ROUTES = [view_as]
