"""What an invariant is: a sentence that must hold of the whole database, and a function that finds the first breach."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from importlib.resources import files

import msgspec

from domain.event import Recorded
from domain.events import AnyEvent
from domain.policy import Policy
from marketplace.store.database import Database
from marketplace.store.log import Log, Unreadable
from marketplace.store.seal import Verify
from marketplace.vault.keyring import Keyring

BATCH = 1_000
Progress = Callable[[int, int], None]
"""How far a check has come: done, of how many."""


def _quietly(_done: int, _all: int) -> None:
    pass


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What the checks look at.

    `workshop`: the database as its owner, who may make the temporary tables to compare in; the application may not.
    `difference_yen`: asks Stripe and the ledger what they hold, and answers by how much they differ; None: no Stripe
    is at hand. `verify` knows the keys that heads of the log were signed with. Without `has_owner` the workshop is the
    application's own connection, and what needs tables of its own is left out.
    """

    log: Log
    database: Database
    workshop: Database
    keyring: Keyring
    policy: Policy
    now: datetime
    verify: Verify
    difference_yen: Callable[[], int] | None = None
    has_owner: bool = True
    progress: Progress = _quietly

    def entries(self, until: int | None = None) -> Iterator[Recorded[AnyEvent] | Unreadable]:
        """The log from its beginning, a batch at a time."""
        end = self.log.position() if until is None else until
        position = 0
        while position < end:
            batch = self.log.read(position, BATCH)
            if not batch:
                return
            yield from (entry for entry in batch if entry.position <= end)
            position = batch[-1].position
            self.progress(min(position, end), end)

    def events(self, until: int | None = None) -> Iterator[Recorded[AnyEvent]]:
        """As `entries`, without what cannot be read: that stands in `parked` and in the chain's check."""
        return (entry for entry in self.entries(until) if isinstance(entry, Recorded))


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """The first breach of an invariant: where it is (position, stream, line or row), said in both languages."""

    invariant: str
    id: str
    ja: str
    en: str


class Skipped(msgspec.Struct, frozen=True, kw_only=True):
    """An invariant that could not be looked at, and why."""

    invariant: str
    ja: str
    en: str


Answer = Finding | Skipped | None


class Invariant(msgspec.Struct, frozen=True, kw_only=True):
    """One invariant: its stable name, what it says, and how to find the first breach."""

    name: str
    check: Callable[[Context], Answer]

    @property
    def ja(self) -> str:
        """What must hold, in Japanese."""
        return _texts()[self.name]["title"]["ja"]

    @property
    def en(self) -> str:
        """What must hold, in English."""
        return _texts()[self.name]["title"]["en"]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a run found: the names of the invariants that were looked at, the breaches, and what was left out."""

    checked: tuple[str, ...]
    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]

    @property
    def holds(self) -> bool:
        """Nothing was found."""
        return not self.findings


def found(invariant: str, what: str, ident: object, **values: object) -> Finding:
    """A breach, in the words of `texts/check.toml`. The sentences may use `id` and the values."""
    words = _texts()[invariant][what]
    shown = {"id": ident, **values}
    return Finding(invariant=invariant, id=str(ident), ja=words["ja"].format(**shown), en=words["en"].format(**shown))


def skipped(invariant: str, why: str) -> Skipped:
    """It could not be looked at."""
    words = _texts()[invariant][why]
    return Skipped(invariant=invariant, ja=words["ja"], en=words["en"])


@cache
def _texts() -> dict[str, dict[str, dict[str, str]]]:
    text = files("marketplace.texts").joinpath("check.toml").read_text("utf-8")
    return tomllib.loads(text)
