"""Rule 11: facts are never edited and hold no personal data; that lies in the vault (個人情報保護法2条, 22条, 23条).

A text in an event is one of the kinds below, or it does not belong there: `personal_fields` names what does not, for
every kind of event, and a test holds it empty; `uncoded` says the same of the values of one event. Erasing a person
destroys the vault's keys. What the law makes us keep is sealed apart, dated, and told to the person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import Any, get_args

import msgspec

from domain.candidate import SeekerRecord
from domain.company import CompanyAdmitted
from domain.event import Event
from domain.job import Conditions


class TextKind(StrEnum):
    """What a text in an event may be."""

    CODE = "code"
    """A word of our own lists, or the name of a field."""
    NUMBER = "number"
    """A public number, a provider's id, a digest, a version, an actor: nothing that a person would write."""
    PUBLIC = "public"
    """What a company says in public about itself or its job."""


_CODES = """acquisition cause changed channel code fault format job_type kind language languages method occupation
occupations prefecture reached reason remaining rule salary_band scores seniority skills stage"""
_NUMBERS = """account balance_transaction changed_by charge commit corporate_number corporate_numbers customer dispute
invoice_no month notice_version number payout profile_commit provider_invoice receipt refund reversal signed_by t_number
text_version transfer trial_balance_hash"""
_KIND_OF_FIELD = dict.fromkeys(_CODES.split(), TextKind.CODE) | dict.fromkeys(_NUMBERS.split(), TextKind.NUMBER)
_PUBLIC_FIELDS: dict[type[msgspec.Struct], frozenset[str]] = {
    Conditions: frozenset(Conditions.__struct_fields__),
    CompanyAdmitted: frozenset({"name", "name_en", "address"}),
}
_PATTERNS = {
    TextKind.CODE: re.compile(r"[a-z0-9][a-z0-9_.:+#-]{0,63}|"),
    TextKind.NUMBER: re.compile(r"[A-Za-z0-9ユ_.:/+=-]{0,200}"),
    TextKind.PUBLIC: re.compile(r"[^\x00]*", re.DOTALL),
}
_OF_A_PERSON = re.compile(r"birth|born|gender|nationality|(^|_)(age|sex)($|_)")
_SHAPELESS = (Any, object, bytes, dict)


def personal_fields(kind: type[Event]) -> frozenset[str]:
    """The fields of this kind of event, as paths, that could hold personal data; there must be none."""
    return frozenset(path for path, owner, field, said in _leaves(kind) if _could_name(owner, field, said))


def uncoded(event: Event) -> frozenset[str]:
    """The paths of this event at which a text stands that is not of the kind its field allows."""
    return frozenset(path for path, kind, text in _texts(event, "") if not _PATTERNS[kind].fullmatch(text))


def statutory_remains(
    seeker_record: SeekerRecord | None, provisions_until: Iterable[date], *, today: date
) -> tuple[tuple[str, date], ...]:
    """What an erasure certificate must name: what the law makes us keep of the person, and the last day of each.

    The seeker ledger (求職管理簿, two years after completion: 職業安定法32条の15) and the provision records (三年:
    個人情報保護法29条2項, 30条4項). What is past its day is destroyed and is not named.
    """
    seeker = [("seeker-record", seeker_record.retain_until)] if seeker_record is not None else []
    provision = [("provision-records", max(kept))] if (kept := list(provisions_until)) else []
    return tuple((name, until) for name, until in (*seeker, *provision) if until >= today)


def _leaves(owner: type[msgspec.Struct], path: str = "") -> Iterator[tuple[str, type[msgspec.Struct], str, object]]:
    """Every field below `owner`: its path, the struct it stands in, its name, and the type of its innermost values."""
    for field in msgspec.structs.fields(owner):
        for said in _innermost(field.type):
            here = f"{path}.{field.name}".lstrip(".")
            if isinstance(said, type) and issubclass(said, msgspec.Struct):
                yield from _leaves(said, here)
            else:
                yield here, owner, field.name, said


def _innermost(said: Any) -> Iterator[Any]:  # noqa: ANN401  a type, a union or a generic alias
    said = getattr(said, "__supertype__", said)
    if parts := get_args(said):
        if getattr(said, "__origin__", None) is dict:
            yield dict
        for part in parts:
            yield from _innermost(part)
    elif said is not Ellipsis:
        yield said


def _could_name(owner: type[msgspec.Struct], field: str, said: object) -> bool:
    return said in _SHAPELESS or bool(_OF_A_PERSON.search(field)) or (said is str and _kind(owner, field) is None)


def _kind(owner: type[msgspec.Struct], field: str) -> TextKind | None:
    if field in _PUBLIC_FIELDS.get(owner, ()):
        return TextKind.PUBLIC
    return _KIND_OF_FIELD.get(field)


def _texts(owner: msgspec.Struct, path: str) -> Iterator[tuple[str, TextKind, str]]:
    for field in owner.__struct_fields__:
        here = f"{path}.{field}".lstrip(".")
        for value in _flat(getattr(owner, field)):
            if isinstance(value, msgspec.Struct):
                yield from _texts(value, here)
            elif isinstance(value, str):
                yield here, _kind(type(owner), field) or TextKind.CODE, value


def _flat(value: object) -> Iterator[object]:
    if isinstance(value, tuple):
        for part in value:
            yield from _flat(part)
    else:
        yield value
