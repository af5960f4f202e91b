"""Who may import whom: the layers and the doors, and a domain that knows neither clock nor chance nor the outside."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OUTSIDE = frozenset(
    "asyncio http io logging os pathlib random secrets select shutil signal smtplib socket sqlite3 ssl subprocess sys"
    " tempfile threading time urllib".split()
)
LINT = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
NOT_PURE = frozenset({"now", "utcnow", "today", "uuid1", "uuid4", "open", "input", "print", "urandom"})


def domain_files() -> list[Path]:
    return sorted((ROOT / "domain").rglob("*.py"))


def imported(tree: ast.AST) -> Iterator[str]:
    """The first name of every module that is imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def called(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Attribute(attr=name) | ast.Name(id=name):
                    yield name


def called_with(tree: ast.AST) -> set[str]:
    """The plain names that calls are given."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {argument.id for call in calls for argument in call.args if isinstance(argument, ast.Name)}


def test_imports_go_one_way_and_through_the_doors() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", LINT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("path", domain_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_domain_needs_the_standard_library_and_msgspec_only(path: Path) -> None:
    tree = ast.parse(path.read_text())
    foreign = set(imported(tree)) - sys.stdlib_module_names - {"domain", "msgspec"}
    assert foreign == set()
    assert set(imported(tree)) & OUTSIDE == set()
    assert set(called(tree)) & NOT_PURE == set()


def test_only_the_vault_opens_what_is_sealed_and_only_disclosure_opens_it_for_a_company() -> None:
    openers = {"open_one", "open_several"}
    product = [path for room in ("projections", "marketplace", "api") for path in (ROOT / room).rglob("*.py")]
    trees = {str(path.relative_to(ROOT)): ast.parse(path.read_text()) for path in product}
    opening = {name for name, tree in trees.items() if openers & set(called(tree))}
    assert opening <= {f"marketplace/vault/{name}.py" for name in ("disclosure", "envelope", "records", "statutory")}
    for_a_company = {name for name in opening if "ReceivedCopy" in called_with(trees[name])}
    assert for_a_company == {"marketplace/vault/disclosure.py"}


def test_a_clock_in_the_domain_would_be_found() -> None:
    tree = ast.parse("import os.path\nfrom random import choice\nat = datetime.now()\n")
    assert set(imported(tree)) & OUTSIDE == {"os", "random"}
    assert set(called(tree)) & NOT_PURE == {"now"}
