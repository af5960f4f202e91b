"""Files that pages load: ours, and htmx out of its installed wheel. An address changes with what it leads to."""

from __future__ import annotations

import errno
import hashlib
from base64 import b64encode
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from litestar import Router
from litestar.datastructures import CacheControlHeader
from litestar.file_system import BaseLocalFileSystem
from litestar.static_files import create_static_files_router

from api.rule import ASSET

if TYPE_CHECKING:
    from litestar.types import PathType
    from litestar.types.file_types import FileInfo

OURS = Path(__file__).parent / "static"
HTMX_SHA256 = "491955cd1810747d7d7b9ccb936400afb760e06d25d53e4572b64b6563b2784e"
"""htmx 2.0.3. A wheel that brings another file does not start: whoever raises the version reads what changed."""
HTMX_FOLDER = f"/static/htmx-{HTMX_SHA256[:12]}"
HTMX = f"{HTMX_FOLDER}/htmx.min.js"
_YEAR_S = 31_536_000


class OtherFileThanPinned(Exception):
    """The installed htmx is not the one that was looked at; the application does not start."""


class Folder(BaseLocalFileSystem):
    """A folder's files. A name that no file can have (too long, a NUL in it) is the name of none, and no failure of ours."""

    async def info(self, path: PathType, **kwargs: Any) -> FileInfo:  # noqa: ANN401  as the base class
        """As the base class. Raises FileNotFoundError."""
        try:
            return await super().info(path, **kwargs)
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno != errno.ENAMETOOLONG: raise
            raise FileNotFoundError(errno.ENOENT, "no such file") from error


def static_routes() -> list[Router]:
    """The routes of all files. Raises OtherFileThanPinned."""
    folder = Path(str(files("js_lib_htmx"))) / "static" / "htmx"
    check(folder / "htmx.min.js")
    ours = CacheControlHeader(max_age=3600, public=True)
    theirs = CacheControlHeader(max_age=_YEAR_S, public=True, immutable=True)
    return [
        create_static_files_router(HTMX_FOLDER, [folder], opt=ASSET, cache_control=theirs, name="htmx", file_system=Folder()),
        create_static_files_router("/static", [OURS], opt=ASSET, cache_control=ours, file_system=Folder()),
    ]


def check(file: Path) -> None:
    """Raises OtherFileThanPinned unless the file is the one we looked at."""
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != HTMX_SHA256: raise OtherFileThanPinned(f"{file.name}: {found}, not {HTMX_SHA256}")


@cache
def asset(name: str) -> str:
    """The address of a file of ours, with its content's mark so that no browser shows an old one."""
    mark = hashlib.sha256((OURS / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={mark}"


@cache
def integrity() -> str:
    """What the browser itself holds htmx to."""
    return f"sha256-{b64encode(bytes.fromhex(HTMX_SHA256)).decode()}"


@cache
def styles() -> list[str]:
    """Every style sheet, in the order of their names; layers order the rules."""
    return [asset(path.name) for path in sorted(OURS.glob("*.css"))]
