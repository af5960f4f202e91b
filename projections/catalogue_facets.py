"""Facets of the catalogue with counts: how many of the cards that match have a value, never so exactly that it singles out.

Counts obey the gate as the search does (rules 1, 3 and 5): the same WHERE clause. A small number is said as "a few"; a
larger one is rounded down, so that two searches cannot be subtracted from one another.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime
from typing import Any

import msgspec
import psycopg

from domain.viewer import Viewer
from projections.catalogue import MOST_COUNTED, Query, matching

STEPS = (1, 5, 10, 20, 50, 100, 200, 500, 1_000)
"""What is ever said of a count: at least so many. 1 stands for one to four."""
VALUES_MOST = 12

_FACETS = (
    ("skill", "unnest(m.skills)"),
    ("occupation", "unnest(m.occupations)"),
    ("prefecture", "m.prefecture"),
    ("seniority", "m.seniority"),
    ("salary_band", "m.salary_band"),
    ("language", "unnest(m.languages)"),
    ("reached", "m.reached"),
)


class Value(msgspec.Struct, frozen=True):
    """One value of a facet, and how many cards at least have it: one of STEPS."""

    code: str
    at_least: int


def coarse(count: int) -> int:
    """The highest step that the count reaches; 0 for none."""
    return STEPS[bisect_right(STEPS, count) - 1] if count > 0 else 0


def facets(connection: psycopg.Connection[Any], viewer: Viewer, query: Query, now: datetime) -> dict[str, list[Value]]:
    """Facet → its values among the cards that match, the most frequent first; looked for in a thousand cards at most."""
    where, values = matching(query, viewer, now)
    each = " UNION ALL ".join(
        f"SELECT '{name}' AS facet, code, count(*) AS found FROM (SELECT {column} AS code FROM m) v"
        " WHERE code <> '' GROUP BY code"
        for name, column in _FACETS
    )
    statement = (
        f"WITH m AS MATERIALIZED (SELECT c.* FROM catalogue c WHERE {where} LIMIT {MOST_COUNTED}) {each}"
    )
    found: dict[str, list[tuple[int, str]]] = {name: [] for name, _ in _FACETS}
    for facet, code, count in connection.execute(statement.encode(), values).fetchall():
        found[facet].append((coarse(count), code))
    # In order of what is said, not of what is: the order of two equal words must not tell which is more.
    return {
        name: [Value(code, steps) for steps, code in sorted(rows, key=lambda row: (-row[0], row[1]))[:VALUES_MOST]]
        for name, rows in found.items()
    }
