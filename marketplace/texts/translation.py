"""Texts of pages by gettext: the English sentence is the key, its Japanese lies in `locale/ja/LC_MESSAGES/*.po`.

One .po per part of the site, merged at load; the same English sentence has the same Japanese everywhere (a test holds
it). No .mo is kept: the .po files are read when the first page is made.
"""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from marketplace.texts.catalogue import FOLDER, Language
from marketplace.texts.words import WORDS

LOCALE = FOLDER / "locale" / "ja" / "LC_MESSAGES"


def read(name: str) -> Catalog:
    """One .po file. Raises babel's PoFileError for a broken one."""
    with (LOCALE / f"{name}.po").open("rb") as file:
        return read_po(file, locale="ja", domain=name, abort_invalid=True)


def names() -> list[str]:
    """The .po files there are, in order."""
    return sorted(path.stem for path in LOCALE.glob("*.po"))


@cache
def translations(language: Language) -> NullTranslations:
    """What gettext asks. English is the key itself."""
    if language == "en": return NullTranslations()
    whole = Catalog(locale="ja")
    for name in names():
        for message in read(name):
            if message.id: whole.add(message.id, message.string, context=message.context, flags=message.flags)
    compiled = BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return GNUTranslations(compiled)


def say(language: Language, message: str, **values: object) -> str:
    """A sentence of a page in its reader's language; `%(name)s` is filled, and a literal percent sign is `%%`."""
    return translations(language).gettext(message) % values


def noted(message: str) -> str:
    """A sentence that stands in a constant and is said elsewhere; the mark by which its translation is looked for."""
    return message


def word(language: Language, kind: str, of: object) -> str:
    """The word for a code of ours, such as a status. Raises KeyError for a code without one: a hole is a defect."""
    return say(language, WORDS[kind][str(of)])
