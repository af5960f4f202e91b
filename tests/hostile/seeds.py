"""Every handler of the route table with a valid request and its data: what hostile tests bend, replay and send as others.

One play goes through the whole product over the real application: companies, imports, people, shares, hires, money, and
leaving. Each of its steps is a `Seed` (tests/hostile/seeds_place.py): handler, sender, path, body or form fields. A step
that is not accepted (2xx or 3xx) fails the play, so a seed is a request that really was valid when it was due.

    played: Played                                the play's database (a template to copy), its seeds, and who is who
    with played.copy(server) as place:            a place of one's own, as the play left it
        seed = played.seeds["POST", "/api/v1/jobs"]
        place.call(place.asked(seed))             sends it again: fresh key, token, CSRF token and one-time link
        place.call(place.asked(seed, "other"))    the same as somebody else; "stranger" shows nothing at all

Senders (`place.people`): operator and finance (the relay's own), source, second-source, viewer (a viewer of source),
hiring, other (a hiring company that is also a source), recruiter (of other), both (serves second-source and other),
by-page (source and hiring company in one), the candidates aoi, ren, spare, fresh (whose card is live) and those of
seeds_shares.py; `key` is an API key of hiring, stranger nobody. Some seeds are spent where the play ended (an ask is
answered once): they are let in and refused by the rule. To send each seed while it is due, play again with a listener:
`play(place, before)` calls `before(seed)` right before each step. A handler is (method, path), as `("GET", "/me")`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import psycopg

from domain.calendar import JST
from marketplace import clock
from marketplace.run import postgres
from tests.hostile import seeds_candidate as candidate
from tests.hostile import seeds_companies as companies
from tests.hostile import seeds_finance as finance
from tests.hostile import seeds_hiring as hiring
from tests.hostile import seeds_line as line
from tests.hostile import seeds_money as money
from tests.hostile import seeds_operator as operator
from tests.hostile import seeds_people as people
from tests.hostile import seeds_proofs as proofs
from tests.hostile import seeds_shares as shares
from tests.hostile import seeds_source as source
from tests.hostile import seeds_team as team
from tests.hostile.seeds_place import Handler, Place, Seed, opened
from tests.hostile.seeds_walk import Walk, nothing

__all__ = ["Handler", "Listener", "Place", "Played", "Seed", "play", "play_once"]

OPENING = datetime(2026, 6, 1, 10, 0, tzinfo=JST)
"""A Monday."""
_numbers = count(1)


@dataclass(frozen=True)
class Played:
    """What the play left: its database, its seeds by handler, and the people to send them as."""

    name: str
    folder: Path
    seeds: Mapping[Handler, Seed]
    known: Mapping[str, dict[str, Any]]
    wrong: list[str]
    """What the play's listener found wrong, and how many requests it sent."""
    knocked: int

    @contextmanager
    def copy(self, server: postgres.Server) -> Iterator[Place]:
        """A place of one's own, as the play left it."""
        name = f"{self.name}_{next(_numbers)}"
        server.create_database(name, template=self.name)
        try:
            with opened(server, name, self.folder) as place:
                for what, held in self.known.items(): getattr(place, what).update(held)
                yield place
        finally:
            server.drop_database(name)


def play(place: Place, before: Callable[[Seed], None] = nothing) -> dict[Handler, Seed]:
    """The whole play on an empty, migrated database; answers the last seed of each handler."""
    walk = Walk(place, before)
    companies.play_companies(walk)
    companies.play_jobs(walk)
    companies.play_imports(walk)
    companies.play_applicants(walk)
    companies.play_sessions(walk)
    team.play_team(walk)
    proofs.play_proofs(walk)
    money.open_accounts(walk)
    people.play_registrations(walk)
    people.play_profiles(walk)
    people.play_consents(walk)
    people.play_cards(walk)
    shares.make_people(walk)
    shares.ask_all(walk)
    candidate.play_interviews(walk)
    shares.answer_copies(walk)
    hiring.play_searches(walk)
    hiring.play_interview(walk)
    shares.hire_all(walk)
    people.play_ownership(walk)
    candidate.play_pace(walk)
    candidate.play_channels(walk)
    line.play_line(walk)
    money.pay(walk)
    shares.leave_some(walk)
    walk.later(timedelta(days=12))
    money.pay_and_refund(walk)
    people.play_endings(walk)
    money.half_a_year(walk)
    hiring.play_job_change(walk)
    hiring.look_at_money(walk)
    money.settle_books(walk)
    money.knock_by_machine(walk)
    source.play_source(walk)
    finance.play_finance(walk)
    operator.play_operator(walk)
    money.look_everywhere(walk)
    return {handler: replace(seed, who=_LIVING.get(seed.who, seed.who)) for handler, seed in walk.seeds.items()}


_LIVING = {"gone": "spare", "page-gone": "spare"}
"""Who stands in for somebody whom the play erased."""


class Listener(Protocol):
    """Is told of each seed right before it is sent, and may knock for itself."""

    def __call__(self, seed: Seed, /) -> None: ...

    @property
    def wrong(self) -> list[str]: ...

    @property
    def knocked(self) -> int: ...


def play_once(
    server: postgres.Server, template: str, name: str, folder: Path, listen: Callable[[Place], Listener]
) -> Played:
    """Plays on a new database of this name and gives everything back; the caller drops the database in the end."""
    server.create_database(name, template=template)
    with psycopg.connect(server.owner_url(name), autocommit=True) as connection: clock.move_to(connection, OPENING)
    with opened(server, name, folder) as place:
        listener = listen(place)
        seeds = play(place, listener)
        known = {what: dict(getattr(place, what)) for what in ("people", "companies", "ids", "bearers")}
    return Played(name, folder, seeds, known, listener.wrong, listener.knocked)
