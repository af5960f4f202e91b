"""A keyring without keys: what is opened with it has a shape and says nothing; a database for looking takes no write."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import psycopg
import pytest

from marketplace.store.database import Database, LookingOnly
from marketplace.vault import records
from marketplace.vault.envelope import Record
from marketplace.vault.masked import MASK, mask

KINDS = [kind for kind in vars(records).values() if isinstance(kind, type) and issubclass(kind, Record) and kind is not Record]


def said(value: Any) -> list[Any]:
    """Every value in a record, however deep."""
    if isinstance(value, msgspec.Struct): return [each for name in value.__struct_fields__ for each in said(getattr(value, name))]
    return [value]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_record_has_a_mask_that_says_nothing(kind: type[Record]) -> None:
    values = said(mask(kind))
    assert values
    assert all(value in (MASK, None, (), b"", 0, False, date.min) for value in values)


def test_a_database_for_looking_reads_and_refuses_every_write(database: Any) -> None:
    whole = Database(database.app_url, size=1)
    looking = LookingOnly(whole)
    try:
        for opened in (looking.transaction, looking.reading):
            with opened() as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), opened() as connection:
                connection.execute("DELETE FROM task")
        with whole.transaction() as connection: connection.execute("DELETE FROM task")
    finally:
        whole.close()
