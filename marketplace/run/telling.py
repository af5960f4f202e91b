"""Saying one event in a sentence: who, what, which amounts, and its lines in the ledger. No vault is opened.

The sentences are in `texts/story.toml`, one for each kind of event, with the event's own fields as placeholders; a
field of a field is named by both (`old_total_yen`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import msgspec

from domain import vocabulary
from domain.consent import Permission
from domain.event import Event, Recorded
from domain.events import AnyEvent
from domain.fee import Leg
from domain.hire import Share
from domain.ids import NIL, OPERATOR
from domain.rules.ledger import post
from domain.rules.ledger_accounts import SLOT
from marketplace.store.log import Unreadable
from marketplace.texts.catalogue import Language, _shown

Names = Mapping[UUID, tuple[str, str]]
"""Company → its Japanese and English name."""

_CODE = re.compile(r"[a-z0-9][a-z0-9-]*")
_SHORT = 8


class LedgerLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line that the event wrote: a debit is positive. In the currency SLOT it counts hires without a fee."""

    account: str
    company: UUID | None
    amount_yen: int
    currency: str
    text: str


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a story. `who` is a kind of actor, never a person."""

    position: int
    stream: UUID
    kind: str
    at: datetime | None
    when: str
    who: str
    sentence: str
    ledger: tuple[LedgerLine, ...] = ()
    actor: str = ""
    raw: str = ""
    """The event as it stands in the log; it holds no personal data (rule 11)."""


def companies_in(entries: Iterable[Recorded[AnyEvent] | Unreadable]) -> set[UUID]:
    """The ids that these events name, to look up which of them are companies."""
    found: set[UUID] = set()
    for entry in entries:
        if isinstance(entry, Recorded):
            found |= set(_ids(entry.event)) | {line.company for line in post(entry) if line.company is not None}
    return found


def tell(entry: Recorded[AnyEvent] | Unreadable, names: Names, language: Language) -> Told:
    """Say one event."""
    return Teller(names, language).tell(entry)


class Teller:
    """Says events in one language, with the companies' names at hand."""

    def __init__(self, names: Names, language: Language) -> None:
        self._names = names
        self._language: Language = language

    def tell(self, entry: Recorded[AnyEvent] | Unreadable) -> Told:
        """One event of a story; one that cannot be read says so, and where."""
        if isinstance(entry, Unreadable):
            sentence = self._text("frame", "unreadable").format(position=entry.position)
            who = self._text("actor", "other")
            return Told(
                position=entry.position, stream=entry.stream, kind="", at=None, when="—", who=who, sentence=sentence
            )
        kind = str(type(entry.event).__struct_config__.tag)
        return Told(
            position=entry.position,
            stream=entry.stream,
            kind=kind,
            at=entry.meta.recorded_at,
            when=_shown("at", entry.meta.recorded_at, self._language),
            who=self._actor(entry.meta.actor),
            sentence=self._text("event", kind).format_map(self.values(entry.event)),
            ledger=tuple(self._ledger(entry)),
            actor=entry.meta.actor,
            raw=msgspec.json.format(msgspec.json.encode(entry.event), indent=2).decode(),
        )

    def values(self, event: Event) -> dict[str, str]:
        """Every field of the event as people read it."""
        return {name: self._said(name, value) for name, value in _flat("", event)}

    def _text(self, section: str, key: str) -> str:
        return texts()[section][key][self._language]

    def _actor(self, actor: str) -> str:
        kind = actor.partition(":")[0]
        return self._text("actor", kind if kind in texts()["actor"] else "other")

    def _said(self, name: str, value: object) -> str:
        match value:
            case None:
                return self._text("frame", "nothing")
            case bool():
                return self._text("word", str(value).lower())
            case int():
                return f"{value / 100:g}%" if name.endswith("_bps") else _shown(name, value, self._language)
            case date():
                return _shown(name, value, self._language)
            case UUID():
                return self._name(value)
            case str():
                return self._word(value)
            case Permission() | Leg() | Share():
                return self._composed(value)
            case tuple() | list() | frozenset() if value:
                return self._text("frame", "separator").join(self._said(name, each) for each in value)
            case tuple() | list() | frozenset():
                return self._text("frame", "nothing")
            case _:
                return ""

    def _composed(self, value: Permission | Leg | Share) -> str:
        match value:
            case Permission(scope=scope, company=company, channel=channel):
                whom = company or channel
                if whom is None:
                    return self._word(scope)
                return self._text("frame", "permission").format(scope=self._word(scope), whom=self._said("whom", whom))
            case Leg(source=source, amount_yen=yen):
                return self._text("frame", "part").format(source=self._name(source), amount_yen=f"{yen:,}")
            case Share(source=source, share_bps=bps):
                return f"{self._name(source)} {self._said('share_bps', bps)}"

    def _name(self, ident: UUID) -> str:
        """A company's public name; of anything else the beginning of its id."""
        if ident in self._names:
            return self._names[ident][0 if self._language == "ja" else 1]
        return self._text("actor", "operator") if ident == OPERATOR else str(ident)[:_SHORT]

    def _word(self, value: str) -> str:
        """A code in words, if it is one that we know."""
        if value in texts()["word"]:
            return self._text("word", value)
        if _CODE.fullmatch(value) and vocabulary.kind_of(value) is not None:
            return vocabulary.label(value, self._language)
        return value or self._text("frame", "nothing")

    def _ledger(self, entry: Recorded[AnyEvent]) -> Iterator[LedgerLine]:
        for line in post(entry):
            account = self._text("account", line.account)
            if line.company is not None:
                account = self._text("frame", "account-of").format(account=account, company=self._name(line.company))
            side = "debit" if line.amount_yen > 0 else "credit"
            frame = self._text("frame", f"{side}-slot" if line.currency == SLOT else side)
            amount = f"{abs(line.amount_yen):,}"
            yield LedgerLine(
                account=line.account,
                company=line.company,
                amount_yen=line.amount_yen,
                currency=line.currency,
                text=frame.format(account=account, amount_yen=amount, count=amount),
            )


@cache
def texts() -> dict[str, dict[str, dict[str, str]]]:
    """Section → key → language → text: frame, actor, event, account, word."""
    return tomllib.loads(files("marketplace.texts").joinpath("story.toml").read_text("utf-8"))


def _flat(prefix: str, value: msgspec.Struct) -> Iterator[tuple[str, Any]]:
    """The fields of a struct, and those of the structs in it under both names."""
    for name in value.__struct_fields__:
        inner = getattr(value, name)
        yield f"{prefix}{name}", inner
        if isinstance(inner, msgspec.Struct) and not prefix:
            yield from _flat(f"{name}_", inner)


def _ids(value: object) -> Iterator[UUID]:
    match value:
        case UUID() if value != NIL:
            yield value
        case msgspec.Struct():
            for name in value.__struct_fields__:
                yield from _ids(getattr(value, name))
        case tuple() | list() | frozenset():
            for each in value:
                yield from _ids(each)
        case _:
            return
