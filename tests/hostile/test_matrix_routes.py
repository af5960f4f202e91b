"""Route by visitor by tenant: who is let in is what the table says, and another tenant's thing is not there at all."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice

import pytest
from litestar import get
from litestar.routes import HTTPRoute

from api.app import RouteWithoutPolicy, create_app, handlers
from tests.hostile import matrix_people as people
from tests.hostile.matrix_people import Visitor, by_handler, elsewhere, everybody, let_in, may, owners_of, probe
from tests.hostile.matrix_table import table
from tests.hostile.seeds import Place, Played
from tests.hostile.seeds_place import Answer, Seed

ALWAYS = frozenset({"stranger", "hiring:viewer", "hiring:hiring-manager", "other:admin", "second-source:recruiter", "ren"})
IN_TURN = 2
"""In plain `make test` each handler is knocked at by these and by two more, another two each time; all of them in heavy."""
RULED = frozenset({
    ("GET", "/api/v1/catalogue/{card}"), ("GET", "/api/v1/erasures/{erasure}"), ("GET", "/api/v1/introductions/quote"),
    ("GET", "/hiring/cards/{card}"),
})  # fmt: skip
"""The table lets in, and the rules may still say that there is nothing to see for this very visitor."""
FILES = frozenset({("GET", "/static/htmx-VERSION/{file_path}"), ("GET", "/static/{file_path}")})
"""The same for everybody; the play may not ask for each."""
Line = tuple[str, str]


@pytest.fixture
def visitors(place: Place) -> list[Visitor]:
    return everybody(place)


def asked_of(seeds: dict[Line, Seed]) -> Iterator[tuple[Line, Seed]]:
    """What ends the visitors' own sessions comes last."""
    return iter(sorted(seeds.items(), key=lambda each: ("sign-out" in each[0][1] or "/end" in each[0][1], each[0])))


def wrong_answers(place: Place, played: Played, visitors: list[Visitor], in_turn: int) -> list[str]:
    """Visitors at every handler; answers what was not as the table says."""
    lines, wrong = table(), []
    always = [each for each in visitors if each.name in ALWAYS]
    turn = cycle(each for each in visitors if each.name not in ALWAYS)
    for line, seed in asked_of(by_handler(played.seeds)):
        if line not in lines: continue
        owners = owners_of(place, seed)
        for visitor in (*always, *islice(turn, in_turn)):
            answer = place.call(probe(place, seed, visitor))
            expected = may(lines[line], visitor, owners, seed.door)
            ok = let_in(answer) == expected or (expected and line in RULED and answer.status in {404, 422})
            if answer.status >= 500 or not ok:
                wrong.append(f"{visitor.name} at {line}: {answer.status}, expected {'in' if expected else 'out'} {owners}")
    return wrong


def test_every_handler_is_in_the_table_and_has_a_seed(place: Place, played: Played) -> None:
    ours = set(handlers(place.app))
    found = {
        (method, route.path) for route in place.app.routes if isinstance(route, HTTPRoute)
        for each in route.route_handlers if each in ours for method in each.http_methods - {"OPTIONS", "HEAD"}
    }  # fmt: skip
    lines = {(method, people.line_of(path)) for method, path in found}
    assert lines == table().keys()
    assert lines - by_handler(played.seeds).keys() <= FILES


def test_at_every_handler_only_those_are_let_in_whom_the_table_names(place: Place, played: Played, visitors: list[Visitor]) -> None:
    assert wrong_answers(place, played, visitors, IN_TURN) == []


@pytest.mark.heavy
def test_at_every_handler_every_kind_of_visitor_is_let_in_or_not_as_the_table_says(
    place: Place, played: Played, visitors: list[Visitor]
) -> None:
    assert wrong_answers(place, played, visitors, len(visitors) - len(ALWAYS)) == []


def test_a_route_without_a_policy_keeps_the_application_from_starting(place: Place) -> None:
    @get("/open-to-everybody", sync_to_thread=False)
    def planted() -> str:
        return "secrets"

    with pytest.raises(RouteWithoutPolicy, match="open-to-everybody"):
        create_app(place.house, also=[planted])


FOREIGN = ("other:admin", "second-source:admin", "by-page:admin", "key of other: all", "spare", "holder of page-leaver")
VARY = frozenset({"date", "set-cookie", "content-length"})


def test_what_is_anothers_answers_exactly_as_what_is_not_there(place: Place, played: Played, visitors: list[Visitor]) -> None:
    lines, seen = table(), 0
    for line, seed in asked_of(by_handler(played.seeds)):
        if line not in lines or elsewhere(seed) == seed: continue
        owners = owners_of(place, seed)
        for visitor in visitors:
            if visitor.name not in FOREIGN or may(lines[line], visitor, owners, seed.door): continue
            if not any(term.own for term in lines[line]) or visitor.company in owners.companies: continue
            theirs = place.call(probe(place, seed, visitor))
            absent = place.call(probe(place, elsewhere(seed), visitor))
            assert same(theirs, absent), (line, visitor.name, theirs.status, absent.status, theirs.text[:200], absent.text[:200])
            seen += 1
    assert seen > 200


def same(theirs: Answer, absent: Answer) -> bool:
    """Status, body and headers; a problem's own path or a page's tokens are no difference."""
    headers = [{name: value for name, value in each.headers.items() if name not in VARY} for each in (theirs, absent)]
    return theirs.status == absent.status and headers[0] == headers[1] and plain(theirs) == plain(absent)


def plain(answer: Answer) -> str:
    return people.HIDDEN.sub("", people.UUID_IN.sub("ID", answer.text))
