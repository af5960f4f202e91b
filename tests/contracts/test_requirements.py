"""What is installed is locked, hashed, complete, and names no address: any index or mirror serves it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNTIME, DEV = ROOT / "requirements" / "runtime.txt", ROOT / "requirements" / "dev.txt"
PINNED = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[^ ;]+)(?: ; [^\\]+?)?(?: --hash=sha256:[0-9a-f]{64})+")
ADDRESS = re.compile(r"://|file:|^\s*-|\s@\s|/|\\$|\bindex\b|\bfind-links\b")


def entries(text: str) -> list[str]:
    """The requirements, one line each."""
    lines = (line.split("#")[0] for line in text.replace("\\\n", " ").splitlines())
    return [" ".join(line.split()) for line in lines if line.strip()]


def pins(path: Path) -> dict[str, str]:
    found = [PINNED.fullmatch(entry) for entry in entries(path.read_text())]
    return {match["name"]: match["version"] for match in found if match}


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~! ]", one)[0].lower().replace("_", "-").replace(".", "-") for one in requirements}


@pytest.mark.parametrize("path", [RUNTIME, DEV], ids=lambda path: str(path.name))
def test_every_requirement_is_one_version_with_its_hashes(path: Path) -> None:
    assert [entry for entry in entries(path.read_text()) if not PINNED.fullmatch(entry)] == []
    assert pins(path)


@pytest.mark.parametrize("path", [RUNTIME, DEV], ids=lambda path: str(path.name))
def test_no_address_and_no_place_is_named(path: Path) -> None:
    named = [entry.split(" --hash")[0] for entry in entries(path.read_text())]
    assert [one for one in named if ADDRESS.search(one)] == []
    assert "://" not in path.read_text()


@pytest.mark.parametrize(
    "line", ["--index-url https://a.example/simple", "thing @ file:///tmp/thing.whl", "-e .", "--find-links /wheels"]
)
def test_an_address_would_be_found(line: str) -> None:
    assert ADDRESS.search(line)
    assert not PINNED.fullmatch(line)


def test_the_locks_hold_all_that_is_asked_for_and_agree() -> None:
    runtime, dev = pins(RUNTIME), pins(DEV)
    assert names(PROJECT["project"]["dependencies"]) - set(runtime) == set()
    assert names(PROJECT["dependency-groups"]["dev"]) - set(dev) == set()
    assert runtime.items() <= dev.items()


def test_no_lock_that_names_addresses_lies_about() -> None:
    locks = ("uv.lock", "pylock.toml", "poetry.lock", "package-lock.json")
    assert [name for name in locks if (ROOT / name).exists()] == []


def test_the_notice_names_every_package() -> None:
    notice = set(re.findall(r"[a-z0-9-]+", (ROOT / "NOTICE").read_text()))
    assert set(pins(DEV)) - notice == set()
