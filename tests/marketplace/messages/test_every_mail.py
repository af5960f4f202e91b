"""Every kind of mail is written from real streams, in both languages."""

from __future__ import annotations

from typing import get_args

import pytest

from marketplace.messages import matter
from marketplace.messages.post import Reader, Waiting
from marketplace.messages.templates import TEMPLATES, needed, render
from marketplace.texts.catalogue import Language
from tests.domain.people_examples import CONDITIONS
from tests.marketplace.messages.town import NOON, SITE, Town, every_case


@pytest.mark.parametrize("language", get_args(Language))
def test_every_mail_can_be_written_and_names_nobody_but_its_reader(town: Town, language: Language) -> None:
    cases = every_case(town)
    assert set(cases) == set(TEMPLATES)
    for template, (to, recipient, about) in cases.items():
        assert set(TEMPLATES[template].about) <= set(about)
        given = {name: str(value) for name, value in about.items()}
        waiting = Waiting(id=recipient, template=template, to=to, recipient=recipient, about=given, attempts=1)
        reader = Reader(address="hoshino@example.jp", name="星野つむぎ", language=language)
        with town.pool.transaction() as connection:
            subject = matter.Matter(town.post, waiting, NOON)
            values = matter.values(connection, subject, reader, needed(template, language))
        assert all(values.values()) or template == "invoice-issued"
        letter = render(template, language, values)
        body = letter.text.removeprefix({"ja": "星野つむぎ 様", "en": "Dear 星野つむぎ,"}[language])
        assert SITE in body
        assert "星野" not in letter.subject + body
        assert "hoshino" not in letter.subject + body
        if "introduction" in about or ("hire" in about and template != "thanks-hired"):
            assert "R-2027-0001" in letter.subject


def test_each_mail_that_opens_something_has_a_link_of_its_own(town: Town) -> None:
    cases = every_case(town)
    to, recipient, about = cases["login"]
    waiting = Waiting(id=recipient, template="login", to=to, recipient=recipient, about={}, attempts=1)
    reader = Reader(address="hoshino@example.jp", name="", language="ja")
    with town.pool.transaction() as connection:
        subject = matter.Matter(town.post, waiting, NOON)
        first, second = (matter.values(connection, subject, reader, frozenset({"link"}))["link"] for _ in range(2))
    assert first.startswith(f"{SITE}/sign-in/")
    assert first != second
    assert about == {}
    assert town.ask("SELECT count(*), min(kind) FROM login_link") == (2, "candidate")


@pytest.mark.parametrize(("language", "line"), [("ja", "賃金: {} → 月給300,000円"), ("en", "Wages: {} → 月給300,000円")])
def test_a_change_of_conditions_is_told_as_it_was_and_as_it_is(town: Town, language: Language, line: str) -> None:
    to, recipient, about = every_case(town)["conditions-changed"]
    given = {name: str(value) for name, value in about.items()}
    waiting = Waiting(id=recipient, template="conditions-changed", to=to, recipient=recipient, about=given, attempts=1)
    reader = Reader(address="hoshino@example.jp", name="", language=language)
    with town.pool.transaction() as connection:
        subject = matter.Matter(town.post, waiting, NOON)
        told = matter.values(connection, subject, reader, frozenset({"changes"}))["changes"]
    assert told == line.format(CONDITIONS.wages)
