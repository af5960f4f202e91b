"""Tables as files for a spreadsheet: RFC 4180 with a byte order mark, numbers as they are, and no text that it would calculate."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from litestar import Response

from domain.calendar import JST

Cell = str | int | date | datetime | None
_CALCULATES = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response[bytes]:
    """The table as a download."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([_text(each) for each in head])
    writer.writerows([_cell(each) for each in row] for row in rows)
    return Response(
        ("\ufeff" + written.getvalue()).encode(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
        status_code=200,
    )


def _cell(value: Cell) -> str | int:
    """A number stays a number, also a negative one; only text is kept from being calculated."""
    match value:
        case None:
            return ""
        case int():
            return value
        case datetime():
            return value.astimezone(JST).strftime("%Y-%m-%d %H:%M:%S")
        case date():
            return value.isoformat()
        case _:
            return _text(value)


def _text(said: str) -> str:
    return f"'{said}" if said.startswith(_CALCULATES) else said
