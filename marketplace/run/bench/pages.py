"""`relay bench pages`: every page that somebody comes to by the site's own links, with a large town behind it.

Each person begins at their first page and follows links; of pages that differ only in which thing they show, one is
measured. `bare` is the bare framework answering as many bytes as the middle page, from the same server.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable, Container, Iterator
from contextlib import suppress
from html.parser import HTMLParser
from statistics import median
from urllib.parse import parse_qsl, urljoin, urlsplit

from marketplace.commands.office import Office
from marketplace.run.bench import crowd
from marketplace.run.bench.client import Client
from marketplace.run.bench.ground import Effort, Ground, Say
from marketplace.run.bench.site import HOST, Site, open_bare, open_site
from marketplace.run.bench.table import Notes, Row, Strayed, interleave
from marketplace.run.bench.town import Town

BARE = "bare, a page"
GIVEN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Za-z]{0,3}-?[0-9][0-9-]*|[A-Za-z0-9_-]{32,}")
QUERIES_A_PAGE = 4
"""Of one page so many ways to ask are measured: first as it is, then with what its own links and filters add."""
AWAY = ("/dev/", "/static/", "/api/")
SHOWN = 200


def measure(here: Ground, say: Say, effort: Effort) -> list[Row]:
    """All pages, interleaved, and their table, the slowest first."""
    notes = Notes()

    def grow(office: Office, drain: Callable[[], None], town: Town) -> None:
        crowd.bring_in(office, drain, town, effort.applicants, say)
        crowd.introduce(here, office, drain, town, effort.introductions, say)

    with open_site(here, say, effort.cards, grow) as site:
        found: dict[str, tuple[Client, str]] = {}
        for client, begin in _people(site):
            for shape, at in _walk(client, begin, known=found).items():
                found[f"ours, {shape}"] = client, at
        say(f"{len(found)} pages")
        middle = median(len(client.get(target).body) for client, target in found.values())
        with open_bare(b"x" * int(middle)) as port:
            visitor = Client(HOST, port)
            each = -(-effort.looks // effort.rounds)
            cases = {BARE: _case(notes, BARE, visitor, "/page", each)}
            cases |= {name: _case(notes, name, client, target, each) for name, (client, target) in found.items()}
            interleave(effort.rounds, cases, lambda number, name: _tell(say, number, name, effort.rounds))
            visitor.close()
    rows = [notes.latency(name, 50, BARE) for name in found]
    return [notes.latency(BARE, 50), *sorted(rows, key=lambda row: -row.value)]


def _tell(say: Say, number: int, name: str, rounds: int) -> None:
    if name == BARE: say(f"round {number} of {rounds}")


def _people(site: Site) -> Iterator[tuple[Client, str]]:
    """Who looks, and where they begin. Who comes later is not shown again what somebody before them saw."""
    town = site.town
    yield site.stranger(), "/"
    yield site.client("candidate", town.people[0]), "/me"
    yield site.client("user", town.source_user), "/source"
    yield site.client("user", town.user), "/hiring"
    operator = site.client("user", town.operator)
    yield operator, "/operator"
    yield operator, "/finance"


def _walk(client: Client, begin: str, known: Container[str]) -> dict[str, str]:
    """Follow links breadth first; answers for each kind of page one address. Raises Strayed where a link leads nowhere."""
    found: dict[str, str] = {}
    ways: dict[str, int] = {}
    ahead = deque([begin])
    while ahead:
        target = ahead.popleft()
        shape = _shape(target)
        path = shape.partition("?")[0]
        if shape in found or f"ours, {shape}" in known or ways.get(path, 0) == QUERIES_A_PAGE: continue
        answer = client.get(target)
        if answer.status == SHOWN and answer.body.lstrip()[:9].lower() == b"<!doctype":
            found[shape] = target
            ways[path] = ways.get(path, 0) + 1
            ahead.extend(_links(target, answer.body.decode()))
        elif answer.status >= 400:  # noqa: PLR2004
            raise Strayed(f"{target}: {answer.status}")
    return found


def _shape(target: str) -> str:
    """The address without what it names: `/hiring/jobs/{}?at`."""
    parts = urlsplit(target)
    path = "/".join("{}" if GIVEN.fullmatch(part) else part for part in parts.path.split("/"))
    asked = sorted({name for name, value in parse_qsl(parts.query) if value})
    return f"{path}?{'&'.join(asked)}" if asked else path


class _Anchors(HTMLParser):
    """The addresses of a page's links."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A link that is not for saving a file."""
        own = dict(attrs)
        if tag == "a" and "download" not in own and (target := own.get("href")): self.found.append(target)


def _links(page: str, body: str) -> Iterator[str]:
    """Where a page leads within the site, without fragments."""
    anchors = _Anchors()
    anchors.feed(body)
    for target in anchors.found:
        with suppress(ValueError):
            parts = urlsplit(urljoin(page, target))
            if not parts.scheme and not parts.netloc and not parts.path.startswith(AWAY):
                yield parts._replace(fragment="").geturl()


def _case(notes: Notes, name: str, client: Client, target: str, count: int) -> Callable[[], None]:
    def case() -> None:
        took = []
        for _ in range(count):
            begun = time.perf_counter()
            answer = client.get(target)
            took.append((time.perf_counter() - begun) * 1000)
            if answer.status != SHOWN: raise Strayed(f"{target}: {answer.status}")
        notes.pool(name, took)

    return case
