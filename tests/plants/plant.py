"""A fault that is planted on purpose: where, what it does, and which tests must fall to it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOLDS = ("laws", "faults", "erasure", "hostile")
"""The folders of which every test has to fall to something."""


@dataclass(frozen=True)
class Edit:
    """In this file, what stands there once gives way to something else."""

    file: str
    stands: str
    instead: str

    def harmed(self, text: str) -> str:
        """The file's text with the fault in it. Raises ValueError where it does not fit the code any more."""
        if text.count(self.stands) != 1:
            message = f"{self.file} holds this {text.count(self.stands)} times: {self.stands!r}"
            raise ValueError(message)
        return text.replace(self.stands, self.instead)


@dataclass(frozen=True)
class Plant:
    """`says` what is wrong then; `falls` names the tests, with `[case]` where one case of many is enough."""

    says: str
    edits: tuple[Edit, ...]
    falls: tuple[str, ...]

    def harm(self, checkout: Path) -> dict[str, tuple[str, str]]:
        """Of each file that it touches the text as it is there and as the fault makes it. Raises ValueError."""
        whole = {edit.file: (checkout / edit.file).read_text("utf-8") for edit in self.edits}
        harmed = dict(whole)
        for edit in self.edits: harmed[edit.file] = edit.harmed(harmed[edit.file])
        return {file: (text, harmed[file]) for file, text in whole.items()}


def plant(says: str, file: str, stands: str, instead: str, *falls: str) -> Plant:
    """The usual one: a single edit."""
    return Plant(says, (Edit(file, stands, instead),), falls)


def named_tests(checkout: Path) -> dict[str, str]:
    """Every test's name and its file. A name that stands twice stands for none."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for path in sorted((checkout / "tests").rglob("test_*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                if node.name in found: twice.add(node.name)
                found[node.name] = path.relative_to(checkout).as_posix()
    return {name: file for name, file in found.items() if name not in twice}


def function_of(test: str) -> str:
    """The test without its case."""
    return test.partition("[")[0]


def fell(report: str) -> set[str]:
    """The tests that pytest's short summary (`-rfE`) tells of, without their cases.

    A file that cannot be read is none, nor is one at whose end somebody else's connection was found open.
    """
    told = re.findall(r"^(?:FAILED|ERROR) \S+?::(\w+)(.*)", report, re.MULTILINE)
    return {name for name, why in told if "UnraisableException" not in why}
