"""What a projection is: rows that follow from events, folded one key at a time.

A projection has one table with one key column. It names the keys that an event touches and folds the event into each of
those rows. Nothing else may change a row, so folding the whole log again gives the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec

from domain.event import Recorded
from domain.events import AnyEvent

R = TypeVar("R", bound=msgspec.Struct)
Key = UUID | str | int


class Projection(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """`row` has the table's columns as fields; `key` is the one that is unique.

    `touches` names the rows an event changes; `fold` gives the new row, or None for no row. `adds_only`: rows are never
    changed once written, so none are read before folding.
    """

    name: str
    row: type[R]
    key: str
    touches: Callable[[Recorded[AnyEvent]], Iterable[Key]]
    fold: Callable[[Any, R | None, Recorded[AnyEvent]], R | None]
    adds_only: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The table's columns, in order."""
        return self.row.__struct_fields__
