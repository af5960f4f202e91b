"""Events to bytes and back: msgpack, stable public names, and upcasters for names no longer written.

Shape of the stored state: a msgpack map `{"meta": Meta, "event": {"type": "share-approved.v1", …}}`. The topic repeats the name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
from eventsourcing.persistence import Mapper, MapperDeserialisationError, StoredEvent, Transcoder

from domain.event import Meta
from domain.events import BY_NAME, AnyEvent

Raw = dict[str, Any]

UPCASTERS: dict[str, Callable[[Raw], Raw]] = {}
"""Old stable name → function from its raw body to the raw body of the next name (`type` included)."""


class Envelope(msgspec.Struct, frozen=True, gc=False):
    """What is stored of one event."""

    meta: Meta
    event: AnyEvent


class Pending(msgspec.Struct, frozen=True):
    """An event with its place in a stream, on its way to or from the store."""

    originator_id: UUID
    originator_version: int
    meta: Meta
    event: AnyEvent


class NoTranscoder(Transcoder):
    """The library wants one; our mapper encodes whole envelopes itself."""

    def encode(self, obj: object) -> bytes:
        """Never called."""
        raise NotImplementedError(type(obj))

    def decode(self, data: bytes) -> object:
        """Never called."""
        raise NotImplementedError(len(data))


class EventMapper(Mapper[UUID]):
    """The library's mapper, over msgspec structs: one cached decoder for every kind of event."""

    def __init__(self) -> None:
        super().__init__(NoTranscoder())
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(Envelope)

    def to_stored_event(self, domain_event: Pending) -> StoredEvent:  # type: ignore[override]
        """Encode one event; the topic is its stable name."""
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=str(type(domain_event.event).__struct_config__.tag),
            state=self._encoder.encode(Envelope(domain_event.meta, domain_event.event)),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Pending:
        """Decode one event as the library hands it over. Raises `MapperDeserialisationError`, as `decode`."""
        stream, version = UUID(str(stored_event.originator_id)), stored_event.originator_version
        envelope = self.decode(version, stored_event.topic, stored_event.state)
        return Pending(stream, version, envelope.meta, envelope.event)

    def decode(self, version: int, topic: str, state: bytes) -> Envelope:
        """Decode one stored state, raising old names to the present ones first.

        Raises `MapperDeserialisationError`: the name is unknown or the body does not fit it.
        """
        try:
            return self._decoder.decode(state) if topic in BY_NAME else _upcast(topic, state)
        except (msgspec.MsgspecError, KeyError) as error:
            message = f"event {topic} version {version}: {error}"
            raise MapperDeserialisationError(message) from error


def _upcast(topic: str, state: bytes) -> Envelope:
    raw = msgspec.msgpack.decode(state)
    body: Raw = raw["event"]
    if body["type"] != topic:
        raise KeyError(topic)
    while body["type"] not in BY_NAME:
        body = UPCASTERS[body["type"]](body)
    return msgspec.convert({"meta": raw["meta"], "event": body}, Envelope)
