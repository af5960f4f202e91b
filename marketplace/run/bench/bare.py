"""The bare framework: a page and a command of the product's size, under the product's server, with nothing behind them.

Run as a process: `python -m marketplace.run.bench.bare PORT FILE`, the file holds the page.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from uuid import uuid4

import msgspec
from litestar import Litestar, MediaType, get, post
from litestar.params import JSONBody

PAGE = "BENCH_BARE_PAGE"


class Posted(msgspec.Struct):
    """A body like that of the command that is measured."""

    conditions: dict[str, str | int | bool]
    occupation: str
    prefecture: str
    skills: tuple[str, ...] = ()


class Done(msgspec.Struct):
    """An answer like that of a command."""

    outcome: str
    position: int
    id: str


@post("/command", sync_to_thread=False)
def command(data: JSONBody[Posted]) -> Done:
    """As a command, without carrying out anything."""
    return Done("done", len(data.conditions), str(uuid4()))


def load() -> Litestar:
    """The application; the import string of the server names this."""
    shown = Path(os.environ[PAGE]).read_text()

    @get("/page", media_type=MediaType.HTML, sync_to_thread=False)
    def page() -> str:
        """A page that is written already."""
        return shown

    return Litestar([command, page], openapi_config=None, logging_config=None)


def main(port: int, page: str) -> None:
    """Serve until SIGTERM, as `relay web` serves."""
    from marketplace.run.serving import serve  # noqa: PLC0415  only this process pays for it

    os.environ[PAGE] = page
    serve("marketplace.run.bench.bare:load", "127.0.0.1", port)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
