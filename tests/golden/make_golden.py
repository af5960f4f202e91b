"""Writes `events.json`: every event that was ever written, as bytes, with what it must be read as.

Run it when an event is new: `python -m tests.golden.make_golden`. It only adds; a line that is there stays as it is, for ever.
"""

from __future__ import annotations

import json
import types
import typing
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from domain.event import Meta
from domain.events import ALL_EVENTS, AnyEvent
from marketplace.store.mapper import EventMapper, Pending

FILE = Path(__file__).with_name("events.json")
META = Meta(
    actor="user:7",
    command=UUID(int=9),
    recorded_at=datetime(2027, 3, 1, 3, 4, 5, tzinfo=UTC),
    effective_on=date(2027, 3, 1),
    policy_version=1,
)
PLAIN: dict[Any, Any] = {
    str: "code",
    int: 7,
    bool: True,
    date: date(2027, 3, 2),
    datetime: datetime(2027, 3, 2, 1, 2, 3, tzinfo=UTC),
    UUID: UUID(int=5),
}


def example(kind: Any) -> Any:
    """A value of a type: always the same."""
    kind = getattr(kind, "__supertype__", kind)
    if kind in PLAIN:
        return PLAIN[kind]
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return example(next(arg for arg in args if arg is not type(None)))
    if origin is tuple:
        return (example(args[0]),) if args[-1] is Ellipsis else tuple(map(example, args))
    if origin is typing.Literal:
        return args[0]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind(**{field.name: example(field.type) for field in msgspec.structs.fields(kind)})
    raise TypeError(kind)


def line(event: AnyEvent) -> dict[str, Any]:
    """What is kept of one event."""
    stored = EventMapper().to_stored_event(Pending(UUID(int=1), 1, META, event))
    return {"state": stored.state.hex(), "reads_as": json.loads(msgspec.json.encode(event))}


def main() -> None:
    """Add what is missing."""
    known = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    for kind in ALL_EVENTS:
        known.setdefault(str(kind.__struct_config__.tag), line(example(kind)))
    FILE.write_text(json.dumps(dict(sorted(known.items())), indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
