"""`make plants`: plants each fault in a copy of the checkout and tells which tests fell to it. Standing tests prove nothing.

Words choose plants whose sentence, files or tests hold one of them. Exit code 1 where a test that should have fallen stands.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

from tests.plants.plant import ROOT, Plant, fell, function_of, named_tests

PATIENCE_SECONDS = 1_200
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__")


def main(words: Sequence[str] | None = None) -> int:
    """Plant what is asked for, two at a time; answers the exit code."""
    from tests.plants.every import EVERY

    parser = argparse.ArgumentParser(prog="make plants")
    parser.add_argument("words", nargs="*")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args(words)
    chosen = [each for each in EVERY if not asked.words or any(word in _text(each) for word in asked.words)]
    began, stand = time.monotonic(), 0
    with tempfile.TemporaryDirectory(prefix="relay-plants-") as folder:
        beds = SimpleQueue[Path]()
        for n in range(asked.jobs): beds.put(Path(shutil.copytree(ROOT, Path(folder) / str(n), ignore=LEFT_OUT)))

        def tried(each: Plant) -> tuple[Plant, set[str], str]:
            bed = beds.get()
            try:
                return each, *standing(each, bed)
            finally:
                beds.put(bed)

        with ThreadPoolExecutor(asked.jobs) as gardeners:
            for number, (each, left, report) in enumerate(gardeners.map(tried, chosen), start=1):
                say(f"{number:3}/{len(chosen)} {'STANDS' if left else 'fell  '} {each.says}")
                for name in sorted(left): say(f"            {name}")
                if left: say(report[-1_500:])
                stand += bool(left)
    say(f"{len(chosen) - stand} of {len(chosen)} faults were seen by every test named, {time.monotonic() - began:.0f} s")
    return 1 if stand else 0


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def standing(each: Plant, bed: Path) -> tuple[set[str], str]:
    """The tests that should have fallen and stand, and what pytest said."""
    files = named_tests(bed)
    nodes = [f"{files[function_of(test)]}::{test}" for test in each.falls]
    with planted(each, bed):
        report = _pytest(bed, nodes)
    return {function_of(test) for test in each.falls} - fell(report), report


@contextmanager
def planted(each: Plant, bed: Path) -> Iterator[None]:
    """The fault stands in that copy for as long as the block lasts."""
    harm = each.harm(bed)
    try:
        for file, (_, harmed) in harm.items(): (bed / file).write_text(harmed, "utf-8")
        yield
    finally:
        for file, (whole, _) in harm.items(): (bed / file).write_text(whole, "utf-8")


def _pytest(bed: Path, nodes: Sequence[str]) -> str:
    shutil.rmtree(bed / ".hypothesis", ignore_errors=True)  # what one fault taught is not for the next
    command = [sys.executable, "-m", "pytest", "-q", "-rfE", "--tb=line", "-p", "no:cacheprovider", *nodes]
    # A process that a test starts finds the copy and not the checkout that is installed.
    environ = {**os.environ, "PYTHONPATH": str(bed), "COLUMNS": "1000", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=bed, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
            timeout=PATIENCE_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"it did not end within {PATIENCE_SECONDS} seconds"
    return done.stdout


def _text(each: Plant) -> str:
    return " ".join((each.says, *(edit.file for edit in each.edits), *each.falls))


if __name__ == "__main__":
    sys.exit(main())
