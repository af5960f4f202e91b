"""Looking without seeing: a keyring that has no keys. A record opened with it shows its shape and nothing of what it says.

Whoever of the operator looks at a page as its reader sees it works with this one, so that no page can forget to mask.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

import msgspec

from marketplace.vault.keyring import Keyring, Keys
from marketplace.vault.subject import Subject

MASK = "●●●"
S = TypeVar("S", bound=msgspec.Struct)
_EMPTY: dict[Any, Any] = {str: MASK, int: 0, bool: False, bytes: b"", date: date.min}


class MaskedKeyring(Keyring):
    """Knows which records there are, and opens none."""

    def __init__(self, keyring: Keyring) -> None:
        super().__init__(keyring.database, keyring.master)

    def keys(self, subjects: Iterable[Subject]) -> dict[Subject, Keys]:  # noqa: ARG002  it has none, whoever asks
        """None."""
        return {}

    def obtain(self, subjects: Iterable[Subject]) -> dict[Subject, Keys]:
        """Nothing is sealed by whoever only looks."""
        message = f"a masked keyring seals nothing: {list(subjects)}"
        raise RuntimeError(message)


def mask(record: type[S]) -> S:
    """A record of this type with every text masked, every list empty, and nothing where there may be nothing."""
    return record(**{field.name: _masked(field.type) for field in msgspec.structs.fields(record)})


def _masked(kind: Any) -> Any:  # noqa: ANN401  whatever a record holds
    if kind in _EMPTY: return _EMPTY[kind]
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in {types.UnionType, typing.Union}:
        return MASK if str in args else None
    if origin is tuple: return ()
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct): return mask(kind)
    raise TypeError(kind)
