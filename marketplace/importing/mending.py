"""Rows that were set aside: what of one is kept so that it can be put right, and what of it never is.

Of a row only the columns that are read are kept. What may not be collected stays out here too: its columns were never
read, and any other cell that speaks of it is blank.
"""

from __future__ import annotations

from typing import Final

from marketplace.importing.deny_list import mentions_forbidden
from marketplace.importing.reading import HeldBack, SetAside
from marketplace.importing.row import Draft, Row

CELL_LENGTH: Final = 4_000
"""Characters kept of a cell: as many as the longest field may have."""
_NAMES: Final = frozenset(
    {"record_id", "person", "name", "family_name", "given_name", "kana", "family_kana", "given_kana", "emails", "phone"}
)
"""Who it is. A name is never screened: it may hold any sign."""


def set_aside(draft: Draft, row: Row, held_back: HeldBack | None) -> SetAside:
    """The row as it is kept; of one whose columns may have shifted only the headings are."""
    texts = row.cells or ("",) * len(draft.headings)
    return SetAside(
        row=row.number,
        record_id=row.record_id if row.cells else "",
        cells=tuple((heading, _kept(field, text)) for (heading, field), text in zip(draft.headings, texts, strict=True)),
        held_back=held_back,
    )


def _kept(field: str, text: str) -> str:
    if field not in _NAMES and mentions_forbidden(text): return ""
    return text[:CELL_LENGTH]
