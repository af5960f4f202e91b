"""Applications for tests. Making one takes a second, every route is prepared; so whoever is done hands theirs on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from litestar import Litestar

from api.app import create_app
from api.house import House

_idle: list[Litestar] = []


@contextmanager
def door(house: House) -> Iterator[Litestar]:
    """The application over this house, which nobody else has meanwhile: all that it knows of a house is in its state."""
    app = _idle.pop() if _idle else create_app(house)
    app.state.house = house
    try:
        yield app
    finally:
        _idle.append(app)
