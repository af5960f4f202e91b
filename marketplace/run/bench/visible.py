"""`relay bench visible`: how long until people see what they did, and that nobody sees what was withdrawn.

From the POST sent to the `?at=` page complete, by one client over HTTP, with web and worker in processes of their own:
a company opens a job and looks at it, a person pauses or resumes and looks at their page, in turns. `bare` is a POST and
a GET of the framework alone. Then withdrawals, one after the other, while others search and look without a pause.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from itertools import cycle, islice
from typing import Any
from uuid import uuid4

from marketplace.run.bench.client import Client
from marketplace.run.bench.ground import Effort, Ground, Say
from marketplace.run.bench.site import HOST, Site, open_bare, open_site
from marketplace.run.bench.table import TOTAL, Notes, Row, Strayed, interleave
from marketplace.run.bench.town import OCCUPATION, PREFECTURE, SKILLS
from marketplace.run.bench.withdrawal import race
from marketplace.run.demo import cast

BARE, OURS = "bare, a POST and a page", "ours, a command and its page"
PAUSING = 8
WARM = 20
OK = 200

Act = Callable[[], bool]
"""Sends one command and looks at its page; was what was done to be seen there?"""


def measure(here: Ground, say: Say, effort: Effort) -> list[Row]:
    """All cases, interleaved, then the withdrawals, and their table."""
    notes = Notes()
    each = -(-effort.commands // effort.rounds)
    with open_site(here, say, effort.people) as site:
        company = site.client("user", site.town.user)
        page = company.get(f"/hiring/jobs/{site.town.job}").body
        with open_bare(page) as port, closing(Client(HOST, port)) as bare:
            plain, ours = cycle([partial(_plain, bare)]), cycle([_opening(company), _pausing(site)])
            cases = {
                BARE: lambda: _times(notes, BARE, each, plain),
                OURS: lambda: _times(notes, OURS, each, ours),
            }
            for warm in (plain, ours):
                _times(Notes(), "", WARM, warm)
            interleave(effort.rounds, cases, lambda number, name: say(f"round {number} of {effort.rounds}: {name}"))
        say(f"{effort.tries} withdrawals, raced by readers")
        raced = race(site, effort.tries)
    return [
        *(notes.latency(BARE, percent) for percent in (50, 95, 99)),
        *(notes.latency(OURS, percent, BARE) for percent in (50, 95, 99)),
        notes.row(f"{OURS}, not shown", statistic=TOTAL),
        *raced,
    ]


def _times(notes: Notes, name: str, count: int, acts: Iterator[Act]) -> None:
    """Do so many in turns; note how long each took, and how often what was done was not to be seen."""
    took, missing = [], 0
    for act in islice(acts, count):
        begun = time.perf_counter()
        shown = act()
        took.append((time.perf_counter() - begun) * 1000)
        missing += not shown
    notes.pool(name, took)
    notes.add(f"{name}, not shown", missing, "pages", statistic=TOTAL)


def new_job(title: str) -> dict[str, Any]:
    """The body of a job that opens."""
    return {
        "conditions": {**cast.CONDITIONS, "title": title},
        "occupation": OCCUPATION,
        "prefecture": PREFECTURE,
        "skills": list(SKILLS),
    }


def _plain(bare: Client) -> bool:
    bare.command("/command", new_job(uuid4().hex))
    if bare.get("/page").status != OK:
        raise Strayed("the bare framework does not answer")
    return True


def _opening(company: Client) -> Act:
    """A company opens a job and looks at it."""

    def act() -> bool:
        title = uuid4().hex
        made = company.command("/api/v1/jobs", new_job(title))
        page = company.get(f"/hiring/jobs/{made['id']}?at={made['position']}")
        return page.status == OK and title.encode() in page.body

    return act


def _pausing(site: Site) -> Act:
    """A person pauses, or resumes if they did, and looks at their page; each time another one, in turns."""
    people = cycle([site.client("candidate", who) for who in site.town.people[:PAUSING]])
    steps = cycle(["pause"] * min(PAUSING, len(site.town.people)) + ["resumption"] * min(PAUSING, len(site.town.people)))

    def act() -> bool:
        person, step = next(people), next(steps)
        done = person.command(f"/api/v1/me/{step}", {})
        page = person.get(f"/me/pace?at={done['position']}")
        offered = b'action="/me/resumption"' if step == "pause" else b'action="/me/pause"'
        return page.status == OK and offered in page.body

    return act
