"""`relay bench http`: pages and commands each second with 64 clients at once, beside the bare framework's routes.

Every client has sessions of its own. Pages, at one hiring company: a search in the catalogue, a job, a card with its price.
Commands, at its neighbour: jobs that open, in the end more of them than any company has. `bare` answers as many bytes from
the same server without doing anything. Then all clients go on for five minutes, nine pages to a command, with the worker
folding beside: whatever is not answered well is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import uuid4

import msgspec

from domain.ids import card_of
from marketplace.run.bench.client import headers
from marketplace.run.bench.ground import Effort, Ground, Say
from marketplace.run.bench.load import KEY, Asked, Plan, Tally, drive
from marketplace.run.bench.site import HOST, Site, open_bare, open_site
from marketplace.run.bench.table import TOTAL, Notes, Row, Strayed, interleave
from marketplace.run.bench.visible import new_job

BARE_PAGES, BARE_COMMANDS = "bare, pages", "bare, commands"
PAGES, COMMANDS, SUSTAINED = "ours, pages", "ours, commands", "ours, sustained"
PER_SECOND = "answers/s"
PAGES_TO_A_COMMAND = 9


def measure(here: Ground, say: Say, effort: Effort) -> list[Row]:
    """All cases, interleaved, then the long one, and their table."""
    notes = Notes()
    with open_site(here, say, effort.people) as site:
        tokens = [site.sign_in("user", site.town.user) for _ in range(effort.clients)]
        page = site.client("user", site.town.user).get(_targets(site)[0]).body
        pages = [_pages(site, token) for token in tokens]
        commands = [[_command(site.sign_in("user", site.town.neighbour))] for _ in tokens]
        with open_bare(page) as bare:
            plain = [_plain("GET", "/page")], [_plain("POST", "/command")]
            cases = {
                BARE_PAGES: _case(notes, BARE_PAGES, bare, [plain[0]] * effort.clients, effort.seconds),
                BARE_COMMANDS: _case(notes, BARE_COMMANDS, bare, [plain[1]] * effort.clients, effort.seconds),
                PAGES: _case(notes, PAGES, site.port, pages, effort.seconds * 2),
                COMMANDS: _case(notes, COMMANDS, site.port, commands, effort.seconds * 2),
            }
            drive(Plan(HOST, site.port, effort.seconds, [[*each, *more] for each, more in zip(pages, commands, strict=True)]))
            interleave(effort.rounds, cases, lambda number, name: say(f"round {number} of {effort.rounds}: {name}"))
        say(f"{effort.clients} clients for {effort.sustained_s:g} seconds")
        mixed = [
            [*(each * PAGES_TO_A_COMMAND)[:PAGES_TO_A_COMMAND], *more] for each, more in zip(pages, commands, strict=True)
        ]
        long = drive(Plan(HOST, site.port, effort.sustained_s, mixed))
        site.rest()
    return [*_rows(notes), *_sustained(long)]


def _case(
    notes: Notes, name: str, port: int, clients: Sequence[Sequence[Asked]], seconds: float
) -> Callable[[], None]:
    def case() -> None:
        tally = drive(Plan(HOST, port, seconds, clients))
        if tally.errors:
            raise Strayed(f"{name}: {tally.statuses} {tally.failures}")
        notes.add(name, tally.per_second, PER_SECOND)
        notes.pool(name, tally.milliseconds)

    return case


def _rows(notes: Notes) -> list[Row]:
    found = []
    for name, yardstick in ((BARE_PAGES, None), (PAGES, BARE_PAGES), (BARE_COMMANDS, None), (COMMANDS, BARE_COMMANDS)):
        found += [notes.row(name, yardstick), *(notes.latency(name, percent, yardstick) for percent in (50, 99))]
    return found


def _sustained(long: Tally) -> list[Row]:
    notes = Notes()
    notes.add(SUSTAINED, long.per_second, PER_SECOND)
    notes.pool(SUSTAINED, long.milliseconds)
    return [
        notes.row(SUSTAINED),
        *(notes.latency(SUSTAINED, percent) for percent in (50, 99)),
        Row(case=SUSTAINED, statistic=TOTAL, unit="seconds", value=round(long.seconds, 1)),
        Row(case=SUSTAINED, statistic=TOTAL, unit="answers", value=len(long.milliseconds)),
        Row(case=SUSTAINED, statistic=TOTAL, unit="errors", value=long.errors),
    ]


def _targets(site: Site) -> list[str]:
    job, card = site.town.job, card_of(site.town.people[0])
    return ["/hiring/search?q=sql", f"/hiring/jobs/{job}", f"/hiring/cards/{card}?job={job}"]


def _pages(site: Site, token: str) -> list[Asked]:
    return [Asked("GET", target, headers(token)) for target in _targets(site)]


def _command(token: str) -> Asked:
    return _post("/api/v1/jobs", headers(token))


def _plain(method: str, target: str) -> Asked:
    return Asked(method, target, headers("")) if method == "GET" else _post(target, headers(""))


def _post(target: str, along: dict[str, str]) -> Asked:
    own = {**along, "Content-Type": "application/json", "Idempotency-Key": KEY}
    return Asked("POST", target, own, msgspec.json.encode(new_job(uuid4().hex)).decode())
