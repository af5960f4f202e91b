"""With whom a source has agreed on something: the partnerships that were ever written down, out of the story."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import psycopg


def written(connection: psycopg.Connection[Any], partnerships: Iterable[UUID]) -> set[UUID]:
    """Those of these partnerships of which anything was ever said."""
    found = connection.execute("SELECT DISTINCT subject FROM story WHERE subject = ANY(%s)", (list(partnerships),))
    return {row[0] for row in found}
