"""Every English sentence that a page may say, found as Babel finds it: in templates, in modules, in the words for codes.

`.venv/bin/python -m tests.api.pages.extraction` prints what has no Japanese yet, ready to be put into a .po file, and
what no page says any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.extract import extract, extract_from_dir
from jinja2.ext import babel_extract

from api.rendering import environment
from marketplace.texts import words
from marketplace.texts.translation import names, read

ROOT = Path(__file__).parents[3]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
ATTRIBUTES = re.compile(r'[a-z-]+="[^"]*"')
SHOWN = frozenset({"alt", "aria-description", "aria-label", "placeholder", "title"})
"""Attributes that a person reads or hears."""


@cache
def used() -> dict[str, str]:
    """Sentence → where it is said."""
    found = dict.fromkeys(words.messages(), "marketplace/texts/words")
    for path in sorted((ROOT / "api" / "templates").rglob("*.html")):
        with path.open("rb") as file:
            for line, _, message, _ in babel_extract(file, list(KEYWORDS), [], {"silent": "false"}):
                for each in message if isinstance(message, tuple) else (message,):
                    if isinstance(each, str): found[each] = f"{path.relative_to(ROOT)}:{line}"
    # `say(language, "…")` with its sentence in place; a sentence that stands in a constant is marked by its name.
    for room in ("api", "marketplace/texts"):
        for name, line, message, _, _ in extract_from_dir(str(ROOT / room), [("**.py", "python")], keywords={"say": (2,)}):
            if isinstance(message, str): found[message] = f"{room}/{name}:{line}"
        for path in sorted((ROOT / room).rglob("*.py")):
            if "noted(" not in path.read_text("utf-8"): continue
            with path.open("rb") as file:
                for line, message, _, _ in extract("python", file, keywords={"noted": (1,)}):
                    if isinstance(message, str): found[message] = f"{path.relative_to(ROOT)}:{line}"
    return found


def known() -> dict[str, list[tuple[str, str]]]:
    """Sentence → in which .po file it stands, with which Japanese."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name in names():
        for message in read(name):
            if not message.id: continue
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            texts = message.string if isinstance(message.string, tuple) else (message.string,) * len(ids)
            for ident, text in zip(ids, texts, strict=False):
                found.setdefault(str(ident), []).append((name, "" if message.fuzzy else str(text)))
    return found


class _Bare(HTMLParser):
    """What a template says without translating it."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def handle_data(self, data: str) -> None:
        # What a macro puts inside a tag looks like a text here.
        if any(letter.isalpha() for letter in ATTRIBUTES.sub("", data)): self.said.append(data.strip())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.said += [f"<{tag} {name}={value}>" for name, value in attrs if name in SHOWN and value and value.strip("\0 ")]


def bare(source: str) -> list[str]:
    """Texts and spoken attributes of a template that stand in it as they are."""
    kept: list[str] = []
    depth = 0
    for _, kind, value in environment("en").lex(source):
        if kind in {"variable_begin", "block_begin", "comment_begin"}: depth += 1
        elif kind in {"variable_end", "block_end", "comment_end"}:
            depth -= 1
            if kind == "variable_end": kept.append("\0")
        elif kind == "data" and not depth: kept.append(value)
    reader = _Bare()
    reader.feed("".join(kept))
    reader.close()
    return reader.said


def stubs() -> Iterator[str]:
    """What is missing, and what is left over."""
    said, there = used(), known()
    for sentence, where in said.items():
        if not any(text for _, text in there.get(sentence, [])):
            ident = sentence.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            yield f'# {where}\nmsgid "{ident}"\nmsgstr ""\n'
    for sentence in there.keys() - said.keys():
        yield f"# no page says: {there[sentence]} {sentence!r}"


if __name__ == "__main__":
    print("\n".join(stubs()) or "nothing is missing, and nothing is left over")  # noqa: T201  a tool for the terminal
