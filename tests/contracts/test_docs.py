"""The documents are true: links lead somewhere, and what they list is what there is."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from domain import account, books, events, fee, treasury
from domain.rules.ledger import MEMO
from domain.rules.ledger_accounts import ALL_ACCOUNTS
from marketplace.run import settings
from marketplace.run.check import INVARIANTS
from marketplace.run.cli import app
from marketplace.vault.subject import SubjectKind

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
README, RUNNING = (ROOT / "README.md").read_text("utf-8"), (DOCS / "running.md").read_text("utf-8")

CODE_BLOCK = re.compile(r"^(?: {4,}|```).*$", re.MULTILINE)
LINK = re.compile(r"\[(?P<says>[^\]]*)\]\((?P<to>[^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
RULE_ROW = re.compile(r"^\| (?P<number>\d+) \| .+ \| \[.+\]\((?P<file>.+)\) \| \[.+\]\((?P<test>.+)\) \|$", re.MULTILINE)
FIRST_CELL = re.compile(r"^\| ((?:`[^`]+`(?:, )?)+) \|", re.MULTILINE)
TEST_NAME = re.compile(r"`(test_[a-z0-9_]+)`")
EVENT_NAME = re.compile(r"`([a-z0-9-]+\.v[0-9]+)`")

# What belongs to the surroundings of whoever wrote a page, and to nobody who reads it.
PRIVATE = re.compile(
    r"\bsessions?\b|\bregistr(?:y|ies)\b|pypi|pythonhosted|npmjs|crates\.io"
    r"|(?<![\w.])/(?:work|tmp|root|home|mnt|Users)/",
    re.IGNORECASE,
)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as a reader's browser is given them."""
    bare = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(CODE_BLOCK.sub("", text)))
    return {heading.strip().replace(" ", "-") for heading in bare}


def broken_links(page: Path, text: str) -> list[str]:
    """The links of a page that lead to no file of ours, or to no heading of it."""
    broken = []
    for link in LINK.finditer(text):
        path, _, anchor = link["to"].partition("#")
        if "://" in path or path.startswith("mailto:"):
            continue
        target = (page.parent / path).resolve() if path else page
        exists = target.is_relative_to(ROOT) and target.exists()
        if not exists or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            broken.append(link["to"])
    return broken


def listed(text: str, heading: str) -> list[str]:
    """What stands in code in the first cells of the tables under a heading, to the next heading."""
    section = re.split(r"^#+ ", text.split(f"\n## {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    return [each for cell in FIRST_CELL.findall(section) for each in re.findall(r"`([^`]+)`", cell)]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_to_something_that_is_there(page: Path) -> None:
    assert broken_links(page, page.read_text("utf-8")) == []


def test_a_link_that_leads_nowhere_would_be_found() -> None:
    text = "[a](domain/rules/no_such_rule.py) [b](docs/running.md#no-such-heading) [c](docs/running.md#settings)"
    assert broken_links(ROOT / "README.md", text) == ["domain/rules/no_such_rule.py", "docs/running.md#no-such-heading"]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_page_tells_of_the_surroundings_of_its_writer(page: Path) -> None:
    assert PRIVATE.findall(page.read_text("utf-8")) == []


def test_the_twelve_rules_are_listed_with_their_file_and_their_tests() -> None:
    rows = list(RULE_ROW.finditer(README))
    assert [int(row["number"]) for row in rows] == list(range(1, 13))
    for row in rows:
        rule, test = ROOT / row["file"], ROOT / row["test"]
        assert rule.read_text("utf-8").startswith(f'"""Rule {row["number"]}:')
        assert (rule.parent, test.parent) == (ROOT / "domain" / "rules", ROOT / "tests" / "domain" / "rules")
        assert "def test_" in test.read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_test_that_a_page_names_exists_where_it_says(page: Path) -> None:
    text = page.read_text("utf-8")
    for link in LINK.finditer(text):
        for test in TEST_NAME.findall(link["says"]):
            assert f"def {test}(" in (page.parent / link["to"]).read_text("utf-8")
    every = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert [test for test in TEST_NAME.findall(text) if f"def {test}(" not in every] == []


def test_every_setting_is_documented_and_no_other() -> None:
    known = set(re.findall(r'read\("([A-Z_]+)"', Path(settings.__file__).read_text("utf-8")))
    assert "DATABASE_URL" in known
    assert set(listed(RUNNING, "Settings")) == known


def test_every_command_is_documented_and_no_other() -> None:
    commands = {each for each in app if not each.startswith("-")}
    assert {"demo", "check"} <= commands
    assert {each.split()[1] for each in listed(RUNNING, "Commands")} == commands


def test_every_invariant_is_documented_in_the_order_in_which_it_is_checked() -> None:
    assert listed(RUNNING, "Looking after it") == [invariant.name for invariant in INVARIANTS]


def test_every_kind_of_event_is_documented_once_and_no_other() -> None:
    text = (DOCS / "events.md").read_text("utf-8")
    rows = [each for cell in FIRST_CELL.findall(text) for each in EVENT_NAME.findall(cell)]
    assert Counter(rows) == Counter(events.BY_NAME.keys())


def test_every_account_and_every_event_that_posts_is_in_the_table_of_entries() -> None:
    accounts, entries = (listed((DOCS / "money.md").read_text("utf-8"), "The ledger") for _ in range(2))
    streams = (account.AccountEvent, books.BooksEvent, fee.FeeEvent, treasury.TreasuryEvent)
    posting = {
        each: str(kind.__struct_config__.tag)
        for each, kind in events.BY_NAME.items()
        if any(issubclass(kind, stream) for stream in streams) and not issubclass(kind, MEMO)
    }
    assert {each for each in accounts if not EVENT_NAME.fullmatch(f"`{each}`")} == ALL_ACCOUNTS
    assert {each for each in entries if EVENT_NAME.fullmatch(f"`{each}`")} == set(posting)


def test_everyone_who_holds_a_key_is_documented() -> None:
    assert listed((DOCS / "privacy.md").read_text("utf-8"), "The vault") == [str(kind) for kind in SubjectKind]


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {re.split(r"[\[<>=~! ]", one)[0] for one in project["dependencies"]}
    table = (DOCS / "decisions" / "0003-dependencies.md").read_text("utf-8")
    told = {cell.split(",")[0] for cell in re.findall(r"^\| ([a-z0-9-]+(?:, .+?)?) \| .+ \| .+ \| .+ \|$", table, re.MULTILINE)}
    assert told - {"package"} == asked


@pytest.mark.parametrize("page", DECISIONS, ids=name)
def test_a_decision_has_its_context_and_its_consequences(page: Path) -> None:
    text = page.read_text("utf-8")
    assert text.startswith(f"# {int(page.name[:4])}. ")
    assert HEADING.findall(text)[1:] == ["Context", "Decision", "Consequences"]


def test_each_decision_has_a_number_of_its_own() -> None:
    assert [number for number, count in Counter(page.name[:4] for page in DECISIONS).items() if count > 1] == []


def test_the_picture_is_drawn_for_light_and_dark_and_says_in_words_what_it_shows() -> None:
    text = (DOCS / "relay.svg").read_text("utf-8")
    picture = ET.fromstring(text)
    svg = "{http://www.w3.org/2000/svg}"
    assert all((picture.findtext(f"{svg}{each}") or "").strip() for each in ("title", "desc"))
    assert "prefers-color-scheme: dark" in text
    assert not re.search(r"href|@import|<script|url\(http", text)


def test_the_readme_opens_in_both_languages_and_contributing_is_one_page() -> None:
    opening = README.split("\n## ", 1)[0]
    assert re.search(r"^\*\*[A-Z].+\*\*$", opening, re.MULTILINE)
    assert re.search(r"^\*\*[\u3040-\u30ff\u4e00-\u9fff].+。\*\*$", opening, re.MULTILINE)
    assert len((ROOT / "CONTRIBUTING.md").read_text("utf-8").splitlines()) <= 60
