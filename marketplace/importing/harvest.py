"""The shape of a Greenhouse Harvest dump: one JSON object or list, or a zip of JSON files, taken apart into its parts.

Greenhouse may change or mistype any field, so every look into a record answers for the type it finds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeGuard

import msgspec

from domain.refusal import Refused
from marketplace.importing.archive import contents
from marketplace.importing.formats import ROWS_LIMIT
from marketplace.importing.reading import Problem, problem

Record = dict[str, Any]
_WHOLE_NUMBERS_BELOW: Final = 2**63
_PARTS: Final = ("candidates", "applications", "scorecards", "eeoc")


class Dump(msgspec.Struct, frozen=True):
    """The parts. `applications` are in the file's order; `embedded` lie inside candidates and are often the same."""

    candidates: list[Any]
    applications: list[Any]
    embedded: list[Record]
    scorecards: list[Any]
    eeoc: list[Any]
    problems: list[Problem]


def from_json(data: bytes) -> Dump:
    """One JSON document. Raises Refused when it is malformed or holds neither candidates nor applications."""
    return _dump(_sorted_out(_decoded(data), ""), [])


def from_zip(data: bytes) -> Dump:
    """A folder of JSON files, zipped; each file's name or content tells its part."""
    parts: dict[str, list[Any]] = {}
    problems = []
    for name, body in sorted(contents(data).items()):
        stem = name.rpartition("/")[2].lower()
        if stem.startswith(".") or not stem.endswith(".json"):
            continue
        found = _sorted_out(_decoded(body), stem.removesuffix(".json"))
        if not found:
            problems.append(problem(0, "part-not-read", stem))
        for part, records in found.items():
            parts.setdefault(part, []).extend(records)
    return _dump(parts, problems)


def is_record(thing: object) -> TypeGuard[Record]:
    """A JSON object."""
    return isinstance(thing, dict)


def text(record: Record, key: str) -> str:
    """A text or whole number as text; empty for anything else."""
    value = record.get(key)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value) if abs(value) < _WHOLE_NUMBERS_BELOW else ""
    return value if isinstance(value, str) else ""


def inner(record: Record, key: str) -> Record:
    """An object inside; empty for anything else."""
    value = record.get(key)
    return value if is_record(value) else {}


def items(record: Record, key: str) -> list[Any]:
    """A list inside; empty for anything else."""
    value = record.get(key)
    return value if isinstance(value, list) else []


def records(things: list[Any]) -> Iterator[Record]:
    """The objects among things."""
    return (thing for thing in things if is_record(thing))


def _decoded(data: bytes) -> object:
    try:
        return msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as error:
        raise Refused("json-malformed") from error


def _sorted_out(document: object, stem: str) -> dict[str, list[Any]]:
    """The parts of a document: a mapping of parts, a list of records of one part, or a single record."""
    if (
        is_record(document)
        and any(isinstance(document.get(part), list) for part in _PARTS[:2])
        and "id" not in document
    ):
        return {part: items(document, part) for part in _PARTS}
    listed = document if isinstance(document, list) else [document]
    part = next((_part_of(record) for record in records(listed)), "")
    return {part: listed} if part else ({stem: listed} if stem in _PARTS and not listed else {})


def _part_of(record: Record) -> str:
    if "application_id" in record and not {"status", "applied_at"} & record.keys():
        return "eeoc" if {"race", "gender", "veteran_status", "disability_status"} & record.keys() else "scorecards"
    if "candidate_id" in record and {"status", "applied_at", "jobs"} & record.keys():
        return "applications"
    return "candidates" if {"first_name", "last_name", "email_addresses", "application_ids"} & record.keys() else ""


def _dump(parts: dict[str, list[Any]], problems: list[Problem]) -> Dump:
    if not parts.get("candidates") and not parts.get("applications"):
        raise Refused("json-not-a-greenhouse-dump")
    candidates = parts.get("candidates", [])
    embedded = [
        {"candidate_id": candidate.get("id"), **application}
        for candidate in records(candidates)
        for application in records(items(candidate, "applications"))
    ]
    if max(len(parts.get("applications", ())), len(embedded)) > ROWS_LIMIT:
        raise Refused("too-many-rows", limit=ROWS_LIMIT)
    return Dump(
        candidates,
        parts.get("applications", []),
        embedded,
        parts.get("scorecards", []),
        parts.get("eeoc", []),
        problems,
    )
