"""A place behind a real socket: granian in a thread of the test, over a house of its own on the same database."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from marketplace.run.wiring import open_house
from tests.hostile.seeds_place import Place
from tests.stories.conftest import Web


@contextmanager
def live(place: Place) -> Iterator[int]:
    """The port at which the place answers on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    web = Web(open_house(place.house.settings, addresses=place.house.addresses), port)
    web.start()
    try:
        web.wait()
        yield port
    finally:
        web.end()
