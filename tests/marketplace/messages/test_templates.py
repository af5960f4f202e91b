"""Every mail exists in Japanese and in English, says the same in both, and says nothing it should not."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import get_args

import pytest

from domain.calendar import JST
from marketplace.messages.templates import (
    LINKS,
    TEMPLATES,
    Nature,
    day,
    needed,
    one_line,
    parts,
    placeholders,
    render,
    texts,
    until,
    yen,
)
from marketplace.texts.catalogue import Language, catalogue

LANGUAGES: tuple[Language, ...] = get_args(Language)
FRAME = {"greeting", "sender", "site", "line-ask", "line-news", *(f"footer-{nature}" for nature in Nature)}
NOTHING_DONE = {"ja": ("何もされな", "何もしていただく必要", "ご報告がないあいだ", "お支払いがなければ", "お返事がなければ"),
                "en": ("If you do nothing", "nothing you need to do", "If it is not paid")}


def sample(name: str) -> str:
    return f"https://relay.example/{name}" if name in LINKS else f"<{name}>"


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_a_mail_has_both_languages_with_the_same_placeholders(template: str) -> None:
    said = texts()[template]
    assert set(said) == {"ja", "en"}
    own = {language: placeholders(said[language]["subject"]) | placeholders(said[language]["body"]) for language in LANGUAGES}
    assert own["ja"] == own["en"]
    assert needed(template, "ja") == needed(template, "en")


def test_no_text_lies_about_that_no_mail_uses() -> None:
    assert set(texts()) == set(TEMPLATES) | FRAME


def test_every_message_that_a_command_sends_has_a_text() -> None:
    root = Path(__file__).parents[3] / "marketplace"
    used = {name for path in root.rglob("*.py") for name in re.findall(r'\btemplate="([a-z-]+)"', path.read_text("utf-8"))}
    assert len(used) > 10
    assert used <= set(TEMPLATES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_a_mail_says_what_happens_if_one_does_nothing(template: str, language: Language) -> None:
    body = texts()[template][language]["body"]
    assert any(words in body for words in NOTHING_DONE[language])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_a_link_stands_on_a_line_of_its_own_and_is_one_in_html(template: str, language: Language) -> None:
    letter = render(template, language, {name: sample(name) for name in needed(template, language)})
    lines = letter.text.split("\n")
    for name in needed(template, language) & LINKS:
        assert f"https://relay.example/{name}" in lines
        assert f'<a href="https://relay.example/{name}">https://relay.example/{name}</a>' in letter.html
    assert "{" not in letter.text + letter.subject
    assert letter.text.count("https://") == letter.html.count("<a href=")


def test_what_is_put_into_a_mail_is_escaped_in_html_and_begins_no_line() -> None:
    values = {name: sample(name) for name in needed("login", "ja")}
    letter = render("login", "ja", values | {"name": "<script>alert(1)</script>\r\nhttps://elsewhere.example/"})
    assert letter.text.startswith("<script>alert(1)</script> https://elsewhere.example/ 様\n\n")
    assert "<script>" not in letter.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; https://elsewhere.example/ 様" in letter.html
    assert 'href="https://elsewhere' not in letter.html


def test_braces_in_a_name_are_only_braces() -> None:
    values = {name: sample(name) for name in needed("login", "ja")}
    assert render("login", "ja", values | {"name": "{link}"}).text.startswith("{link} 様\n")


def test_a_mail_with_a_hole_is_not_written() -> None:
    values = {name: sample(name) for name in needed("login", "en") - {"link"}}
    with pytest.raises(KeyError):
        render("login", "en", values)


def test_a_reader_without_a_name_is_not_greeted() -> None:
    values = {name: sample(name) for name in needed("login", "en")}
    assert render("login", "en", values | {"name": ""}).text.startswith("Open this page")


@pytest.mark.parametrize("text", ["{0}", "{a.b}", "{a[0]}", "{a!r}", "{a:>9}", "{}"])
def test_a_text_computes_nothing(text: str) -> None:
    with pytest.raises(ValueError, match="not a plain name"):
        placeholders(text)


def test_neither_an_invitation_nor_a_registration_greets_by_name() -> None:
    for template in ("invitation", "verify-mailbox"):
        assert "name" not in needed(template, "ja")


def test_an_invitation_names_its_sender_an_address_and_the_way_out() -> None:
    _, text = parts("invitation", "ja")
    for wanted in ("送信者：{source}", "所在地：{source_address}", "心当たりがない", "{not_me}"):
        assert wanted in text


def test_no_mail_says_that_someone_was_rejected() -> None:
    for template in TEMPLATES:
        assert "不採用" not in "".join(parts(template, "ja"))
        assert "reject" not in "".join(parts(template, "en")).lower()


def test_a_deadline_is_told_with_its_weekday_in_japans_time() -> None:
    midnight = datetime(2027, 4, 9, 0, 0, tzinfo=JST).astimezone(UTC)
    assert until(midnight, "ja") == "2027年4月8日(木) 23:59"
    assert until(midnight, "en") == "Thursday 8 April 2027, 23:59 JST"
    assert until(datetime(2027, 4, 2, 3, 10, tzinfo=UTC), "ja") == "2027年4月2日(金) 12:10"


def test_days_and_amounts_read_as_people_write_them() -> None:
    assert (day(date(2027, 6, 1), "ja"), day(date(2027, 6, 1), "en")) == ("2027年6月1日(火)", "Tuesday 1 June 2027")
    assert (yen(1_100_000, "ja"), yen(1_100_000, "en")) == ("1,100,000円", "JPY 1,100,000")


def test_one_line_leaves_no_way_to_begin_another() -> None:
    assert one_line("a\r\nBcc: b\u2028c\x00\td") == "a Bcc: b c d"


def test_the_refusals_of_this_room_have_a_sentence_in_both_languages() -> None:
    assert set(catalogue("refusals")["mail-sink-only-on-loopback"]) == {"ja", "en"}
