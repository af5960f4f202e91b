"""Events that were written once can be read for ever."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import msgspec
import pytest
from eventsourcing.persistence import MapperDeserialisationError, StoredEvent

from domain.events import BY_NAME
from marketplace.store.mapper import EventMapper
from tests.golden.make_golden import FILE, META

GOLDEN: dict[str, Any] = json.loads(FILE.read_text("utf-8"))


def test_every_event_has_its_golden_bytes() -> None:
    assert set(BY_NAME) <= set(GOLDEN), "run: python -m tests.golden.make_golden"


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_golden_bytes_read_as_they_did_when_they_were_written(name: str) -> None:
    stored = StoredEvent(UUID(int=1), 1, name, bytes.fromhex(GOLDEN[name]["state"]))
    read = EventMapper().to_domain_event(stored)
    assert read.meta == META
    assert json.loads(msgspec.json.encode(read.event)) == GOLDEN[name]["reads_as"]


def test_an_unknown_name_is_refused_and_not_guessed() -> None:
    state = bytes.fromhex(next(iter(GOLDEN.values()))["state"])
    with pytest.raises(MapperDeserialisationError):
        EventMapper().to_domain_event(StoredEvent(UUID(int=1), 1, "never-was.v1", state))
