"""Asking for a person: the price to the yen and every rule before the click, and words of one's own that the person reads."""

from __future__ import annotations

import pytest

from domain.ids import card_of
from tests.api.pages.browser import Browser
from tests.api.pages.hiring.conftest import Enter
from tests.api.v1.introductions.town import Town

WHY = "小売での需要予測のご経験を、\nぜひ伺いたいです。"
ITEMS = ["name", "email"]


def card(town: Town) -> str:
    return f"/hiring/cards/{card_of(town.aoi)}"


def ask(town: Town, hiring: Browser) -> str:
    """The introduction's page."""
    there = hiring.do(f"{card(town)}?job={town.job}", f"{card(town)}/request", items=ITEMS, why=WHY)
    town.worker.drain()
    return there


def test_the_price_is_reckoned_at_both_ends_of_the_band(town: Town, enter: Enter) -> None:
    text = enter().get(f"{card(town)}?job={town.job}").text
    for yen in ("¥5,000,000", "¥1,500,000", "¥150,000", "¥1,650,000", "¥7,000,000", "¥2,100,000", "¥210,000", "¥2,310,000"):
        assert yen in text, yen
    for yen in ("¥1,848,000", "¥1,155,000", "¥231,000"): assert yen in text, "80, 50 and 10 % of the upper end return"
    assert "入社日の30日後" in text
    assert "180日以内" in text
    assert "5営業日以内" in text
    assert "2027年4月12日(月) 23:59 (日本時間)" in text, "until when the person can answer"
    assert "「データ分析担当」に合う点" in text


def test_without_a_job_the_card_says_nothing_of_money(town: Town, enter: Enter) -> None:
    page = enter().get(card(town))
    assert "¥" not in page.text
    assert [form.action for form in page.forms if form.action.endswith("/request")] == []


@pytest.mark.parametrize("why", ["", "   \n ", "x" * 4001, "\x00"])
def test_who_does_not_say_why_asks_nobody_and_keeps_what_was_chosen(town: Town, enter: Enter, why: str) -> None:
    hiring = enter()
    answer = hiring.send(f"{card(town)}?job={town.job}", f"{card(town)}/request", items=["phone"], why=why)
    assert 400 <= answer.status_code < 500
    assert town.rows("SELECT count(*) FROM introduction_board") == [(0,)]
    if "\x00" not in why:
        assert 'role="alert"' in answer.text
        assert 'value="phone" checked' in answer.text
        assert "¥2,310,000" in answer.text, "the price is still on the table"


def test_the_person_reads_why_and_no_event_holds_the_words(town: Town, enter: Enter) -> None:
    hiring = enter()
    there = ask(town, hiring)
    introduction = there.rpartition("/")[2]
    assert "ぜひ伺いたいです" in hiring.get(there).text
    shown = town.candidate(town.aoi).get(f"/me/asks/{introduction}")
    assert shown["why"].replace("\r\n", "\n") == WHY
    assert town.holder(introduction, town.aoi).get(f"/me/asks/{introduction}")["why"] == shown["why"]
    assert town.rows("SELECT count(*) FROM relay_events WHERE position(%s IN state) > 0", "伺いたい".encode()) == [(0,)]
    kinds = [row[0] for row in town.rows("SELECT topic FROM relay_events WHERE originator_id = %s", introduction)]
    assert "request-explained.v1" in kinds


def test_whoever_is_blocked_is_asked_for_in_vain_and_it_looks_the_same(town: Town, enter: Enter) -> None:
    hiring = enter()
    page = f"{card(town)}?job={town.job}"
    form = next(f for f in hiring.get(page).forms if f.action.endswith("/request"))
    town.block(town.aoi, "hiring")
    answer = hiring.client.post(form.action, data={**form.fields, "why": [WHY]}, headers={"Origin": "http://127.0.0.1:8000"})
    assert answer.status_code == 404, "the card is as if it never was"


def test_a_job_of_somebody_else_has_no_price(town: Town, enter: Enter) -> None:
    text = enter("other").get(f"{card(town)}?job={town.job}").text
    assert "¥" not in text
    assert "求人を出す" in text
