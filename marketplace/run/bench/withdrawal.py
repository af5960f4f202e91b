"""A withdrawal is nowhere visible once acknowledged (rule 3): tried over and over while readers look without a pause.

A look counts as a sighting if it was sent after the acknowledgement had arrived and still shows the person. Each try
first waits until every reader sees the person everywhere, else it would prove nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import msgspec

from domain.ids import CandidateId, card_of
from marketplace.run.bench.client import Answer, Client
from marketplace.run.bench.site import Site
from marketplace.run.bench.table import TOTAL, Row, Strayed

PATIENCE_SECONDS = 60.0
SHOWN, GONE = 200, 404
LISTING = {"scope": "list"}


class Surface(msgspec.Struct, frozen=True):
    """A place where a listed person is to be seen. `target` has `{card}` and `{job}`."""

    target: str
    shows: Callable[[Answer, str], bool]


def _named(answer: Answer, card: str) -> bool:
    _check(answer)
    return card.encode() in answer.body


def _there(answer: Answer, _card: str) -> bool:
    _check(answer)
    return answer.status == SHOWN


def _check(answer: Answer) -> None:
    """A refusal for another reason than that nobody is there would hide a sighting."""
    if answer.status not in {SHOWN, GONE}:
        raise Strayed(f"a reader was answered {answer.status} {answer.body.decode(errors='replace')[:300]}")


OF_COMPANY = (
    (Surface("/api/v1/catalogue?skill=sql&limit=100", _named), Surface("/api/v1/catalogue/{card}", _there)),
    (Surface("/hiring/search", _named), Surface("/hiring/cards/{card}?job={job}", _there)),
    (Surface("/api/v1/introductions/quote?card={card}&job={job}", _there),),
)
"""What each reader looks at, in turns."""


class Look:
    """What the readers look for now, and what they saw of it."""

    def __init__(self) -> None:
        self.card = ""
        self.gone_since: float | None = None
        self.sightings: list[str] = []
        self.done = threading.Event()
        self._moved = threading.Condition()
        self._seen: set[tuple[str, str]] = set()
        self._missed: set[tuple[str, str]] = set()
        self.before = self.after = 0

    def turn(self, card: str, gone_since: float | None) -> None:
        """From now on this card is to be there, or is gone since a moment."""
        with self._moved:
            self.card, self.gone_since = card, gone_since
            self._seen.clear()
            self._missed.clear()

    def note(self, surface: Surface, card: str, begun: float, *, shown: bool) -> None:
        """What one look came to; one that began before the acknowledgement may have come to either."""
        with self._moved:
            if card != self.card:
                return
            if self.gone_since is None:
                self.before += shown
                if shown:
                    self._seen.add((surface.target, card))
            elif begun > self.gone_since:
                self.after += 1
                if shown:
                    self.sightings.append(surface.target)
                self._missed.add((surface.target, card))
            self._moved.notify_all()

    def wait(self, surfaces: int, *, gone: bool) -> None:
        """Wait until the card was seen on every surface, or looked for on every one since it is gone. Raises Strayed."""
        with self._moved:
            wanted = self._missed if gone else self._seen
            if not self._moved.wait_for(lambda: self.done.is_set() or len(wanted) == surfaces, PATIENCE_SECONDS):
                raise Strayed(f"{'looked for' if gone else 'seen'} on {len(wanted)} of {surfaces} surfaces only")

    def end(self) -> None:
        """The readers may go."""
        self.done.set()
        with self._moved:
            self._moved.notify_all()


def race(site: Site, tries: int) -> list[Row]:
    """So many withdrawals, each raced by all readers; answers how often somebody looked, and how often they saw."""
    look = Look()
    people = site.town.people
    actors = {who: site.client("candidate", who) for who in people[: min(len(people), 20)]}
    for actor in actors.values():
        actor.send("/api/v1/me/resumption", {})
    surfaces = sum(map(len, OF_COMPANY))
    with _reading(site, look):
        for number in range(tries):
            who = list(actors)[number % len(actors)]
            _one(look, actors[who], who, surfaces)
    return [
        _total("ours, withdrawals raced by readers", "withdrawals", tries),
        _total("ours, sightings before a withdrawal", "looks", look.before),
        _total("ours, looks after its acknowledgement", "looks", look.after),
        _total("ours, sightings after its acknowledgement", "looks", len(look.sightings)),
    ]


def _one(look: Look, actor: Client, who: CandidateId, surfaces: int) -> None:
    """Seen everywhere, withdrawn, looked for everywhere, and given again for the next time."""
    card = str(card_of(who))
    look.turn(card, None)
    look.wait(surfaces, gone=False)
    actor.command("/api/v1/me/consents/withdrawal", {"scopes": [LISTING]})
    look.turn(card, time.perf_counter())
    look.wait(surfaces, gone=True)
    look.turn("", None)
    actor.command("/api/v1/me/consents", {**LISTING, "text_version": "v1", "language": "ja"})


@contextmanager
def _reading(site: Site, look: Look) -> Iterator[None]:
    """A reader for each row of surfaces, looking without a pause; a reader that fails ends the race."""
    job = str(site.town.job)

    def read(surfaces: tuple[Surface, ...], client: Client) -> None:
        try:
            while not look.done.is_set():
                for surface in surfaces:
                    card = look.card or str(card_of(site.town.people[0]))
                    begun = time.perf_counter()
                    answer = client.get(surface.target.format(card=card, job=job))
                    look.note(surface, card, begun, shown=surface.shows(answer, card))
        finally:
            look.end()

    clients = [site.client("user", site.town.user) for _ in OF_COMPANY]
    with ThreadPoolExecutor(len(OF_COMPANY)) as pool:
        readers = [pool.submit(read, surfaces, client) for surfaces, client in zip(OF_COMPANY, clients, strict=True)]
        try:
            yield
        finally:
            look.end()
    for reader in readers:
        reader.result()


def _total(case: str, unit: str, value: int) -> Row:
    return Row(case=case, statistic=TOTAL, unit=unit, value=value)
