"""The form that travels to Stripe, read back into the nested values it was made from.

The SDK writes `lines[0][metadata][intent_id]=…`; the contract and the simulator both need the values again.
On the wire every leaf is a string.
"""

from __future__ import annotations

import re
from typing import TypeAlias
from urllib.parse import parse_qsl

API_VERSION = "2026-10-28.endive"
"""The version of the API this package was written against; the webhook endpoints are pinned to it too."""

Wire: TypeAlias = "str | dict[str, Wire] | list[Wire]"

_PART = re.compile(r"\[([^\[\]]*)\]")


def decode(form: str) -> dict[str, Wire]:
    """Read a form or a query string; `a[0]`, `a[1]` become a list in that order."""
    root: dict[str, Wire] = {}
    for name, value in parse_qsl(form, keep_blank_values=True, max_num_fields=5000):
        head, *_ = name.split("[", 1)
        _place(root, [head, *_PART.findall(name)], value)
    return {key: _listed(value) for key, value in root.items()}


def _place(node: dict[str, Wire], path: list[str], value: str) -> None:
    """Put `value` at `path`; a name that is both a value and a branch is refused."""
    for part in path[:-1]:
        child = node.setdefault(part, {})
        if not isinstance(child, dict):
            message = f"{part} is a value and a branch"
            raise ValueError(message)  # noqa: TRY004  the form is wrong, not the program
        node = child
    node[path[-1]] = value


def _listed(value: Wire) -> Wire:
    if not isinstance(value, dict):
        return value
    plain = {key: _listed(child) for key, child in value.items()}
    if plain and all(key.isdigit() for key in plain):
        return [plain[key] for key in sorted(plain, key=int)]
    return plain
