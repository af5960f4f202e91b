"""Knocking with bent requests, and noting what is wrong with the answers."""

from __future__ import annotations

import os
from collections import Counter
from random import Random
from statistics import median

from tests.api.test_every_route_refuses_politely import COUNTS
from tests.hostile.mutate import broken, impolite
from tests.hostile.seeds import Place, Seed
from tests.hostile.seeds_place import Answer, Asked

SEED = int(os.environ.get("HOSTILE_SEED", "20270405"))
SLOWEST = 400
"""In medians: how long one request may take. A page may wait half a second for a position that never comes."""


class Knocker:
    """Sends requests to a place and notes what is wrong with the answers."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.wrong: list[str] = []
        self.counted: Counter[int] = Counter()
        self.took: list[tuple[float, Asked]] = []
        self._state = self._now()

    def knock(self, what: str, asked: Asked, *, refused: bool = False) -> Answer:
        """Send it. `refused`: it has to be."""
        answer = self.place.call(asked)
        self.counted[answer.status] += 1
        self.took.append((answer.seconds, asked))
        before, self._state = self._state, self._now()
        said = impolite(asked, answer)
        if answer.status >= 400 and before != self._state: said = f"refused, and changed {before} to {self._state}"
        if refused and not 400 <= answer.status < 500: said = said or "not refused"
        if said: self.wrong.append(f"{said}: {what} at {asked} -> {answer.status} {answer.text[:300]}")
        return answer

    def slow(self) -> list[str]:
        """What takes too long, each time of three: the machine may pause once, the product may not."""
        most = SLOWEST * median(seconds for seconds, _ in self.took)
        late = [asked for seconds, asked in self.took if seconds > most]
        return [str(asked) for asked in late if all(self.place.call(asked).seconds > most for _ in range(3))]

    def again(self) -> None:
        """What was done by others in between is not the next request's doing."""
        self._state = self._now()

    def _now(self) -> tuple[object, ...]:
        return self.place.rows(COUNTS)[0]


class Listener:
    """Sends broken forms of each request of a play right before the request itself is due."""

    def __init__(self, place: Place, *, at_each: int = 0) -> None:
        self.knocker = Knocker(place)
        self._random = Random(SEED)
        self._at_each = at_each
        self._heard: set[tuple[str, str]] = set()

    def __call__(self, seed: Seed) -> None:
        shape = "".join("#" if len(part) > 30 or "@" in part else f"/{part}" for part in seed.path.split("/"))
        times = self._at_each or int((seed.handler[0], shape) not in self._heard)
        self._heard.add((seed.handler[0], shape))
        for _ in range(times):
            asked = self.knocker.place.asked(seed)
            self.knocker.again()
            what, asked = broken(seed, asked, self._random)
            self.knocker.knock(f"{what}, before {seed.path}", asked, refused=True)

    @property
    def wrong(self) -> list[str]:
        return self.knocker.wrong

    @property
    def knocked(self) -> int:
        return self.knocker.counted.total()
