"""An Excel workbook as rows of text. The zip is measured first, the cells are read in a process with limits.

A workbook can ask for unbounded memory in ways a zip's sizes do not show (one cell in the last corner, one long string
used a million times). Such a file ends its own process, not ours.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import msgspec

from domain.refusal import Refused
from marketplace.importing import workbook_cells
from marketplace.importing.archive import contents, packed

_PATIENCE_SECONDS: Final = 30
_DECLARES_ENTITIES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# Macros, controls, embedded documents and links to other workbooks: an export needs none of them.
_ACTIVE = re.compile(r"xl/(?:vbaProject|externalLinks|activeX|embeddings|macrosheets|ctrlProps|connections)", re.IGNORECASE)


def table_of(data: bytes) -> list[list[str]]:
    """The first sheet that holds anything. Raises Refused for what is no workbook, or one beyond the limits."""
    files = contents(data)
    if any(_ACTIVE.match(name) for name in files):
        raise Refused("workbook-has-active-parts")
    if any(_DECLARES_ENTITIES.search(body) for body in files.values()):
        raise Refused("workbook-unreadable")
    try:
        done = subprocess.run(  # noqa: S603  our own file under our own interpreter; the workbook comes by stdin only
            [sys.executable, "-I", str(Path(workbook_cells.__file__))],
            input=packed(files),
            capture_output=True,
            timeout=_PATIENCE_SECONDS,
            check=True,
        )
        return msgspec.json.decode(done.stdout, type=list[list[str]])
    except (subprocess.SubprocessError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused("workbook-unreadable") from error
