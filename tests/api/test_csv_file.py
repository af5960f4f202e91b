"""Files for a spreadsheet say exactly what the table says, and nothing in them is calculated."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from api.csv_file import csv_file

CELLS = st.one_of(st.none(), st.integers(), st.dates(), st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00")))


def read(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf"), "a byte order mark, so that a spreadsheet reads Japanese"
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_file_is_rfc_4180_with_a_byte_order_mark_and_a_name() -> None:
    answer = csv_file("ledger-2027-04-01", ["科目", "金額"], [['受取, "手数料"', -1_100_000], [None, 0]])
    assert answer.content == (
        b"\xef\xbb\xbf" + '科目,金額\r\n"受取, ""手数料""",-1100000\r\n,0\r\n'.encode()
    )
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ledger-2027-04-01.csv"'
    assert answer.media_type == "text/csv; charset=utf-8"


def test_text_that_a_spreadsheet_would_calculate_is_text_and_a_negative_number_stays_a_number() -> None:
    rows = read(csv_file("x", ["a", "b"], [["=1+1", -5], ["+81", 5], ["-x", 0], ["@y", 1], ["\t=z", 2], ["ok", -7]]).content)
    assert rows[1:] == [["'=1+1", "-5"], ["'+81", "5"], ["'-x", "0"], ["'@y", "1"], ["'\t=z", "2"], ["ok", "-7"]]


def test_days_and_moments_are_those_of_japan() -> None:
    moment = datetime(2027, 3, 31, 15, 0, tzinfo=UTC)
    assert read(csv_file("x", ["a"], [[date(2027, 4, 1)], [moment]]).content)[1:] == [["2027-04-01"], ["2027-04-01 00:00:00"]]


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=8))
def test_whatever_stands_in_a_table_comes_out_of_its_file(rows: list[list[object]]) -> None:
    found = read(csv_file("x", ["a", "b"], rows).content)[1:]  # type: ignore[arg-type]
    assert len(found) == len(rows)
    for said, given_row in zip(found, rows, strict=True):
        for text, cell in zip(said, given_row, strict=True):
            if isinstance(cell, int): assert int(text) == cell
            elif isinstance(cell, str): assert text.removeprefix("'" if cell[:1] in set("=+-@\t\r\n") and cell else "") == cell
            assert text[:1] not in set("=+@\t") or isinstance(cell, int)
