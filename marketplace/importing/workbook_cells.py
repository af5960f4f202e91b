"""Run as a process of its own: an Excel workbook on stdin, the first filled sheet as JSON rows of text on stdout."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import json
import resource
import sys

MEMORY_LIMIT_BYTES = 512 * 1024**2
TEXT_LIMIT = 20_000_000
"""Characters in all cells together; a string that many cells share counts each time."""
CPU_LIMIT_SECONDS = 20
ROWS_SHOWN = 20_100
"""A little more than may be imported: enough for the reader to see that it is too much."""
COLUMNS_SHOWN = 110


def text_of(cell: object) -> str:
    """A cell as people read it: whole numbers without `.0`, days as ISO dates."""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def main() -> None:
    """Read within limits; anything wrong ends the process with a code other than 0."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT_SECONDS, CPU_LIMIT_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    from python_calamine import CalamineWorkbook  # noqa: PLC0415  after the limits are set

    workbook = CalamineWorkbook.from_object(io.BytesIO(sys.stdin.buffer.read()))
    for index in range(len(workbook.sheet_names)):
        sheet = workbook.get_sheet_by_index(index)
        rows = sheet.to_python(skip_empty_area=False, nrows=ROWS_SHOWN)
        if rows:
            shown = [[text_of(cell) for cell in itertools.islice(row, COLUMNS_SHOWN)] for row in rows]
            if sum(len(cell) for row in shown for cell in row) > TEXT_LIMIT:
                sys.exit("too much text")
            sys.stdout.write(json.dumps(shown))
            return
    sys.stdout.write("[]")


if __name__ == "__main__":
    main()
