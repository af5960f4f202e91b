"""The catalogue's page: facets that single nobody out, why a card fits, paging, and saved searches with their digest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.ids import CandidateId, card_of
from marketplace.commands import consent
from marketplace.messages.sink import Mail
from projections.catalogue_facets import coarse
from tests.api.pages.browser import SITE, Browser
from tests.api.pages.hiring.conftest import Enter
from tests.api.v1.introductions.town import Town

SEARCH = "/hiring/search"
SAVED = "/hiring/saved-searches"


def mails(town: Town) -> Sequence[Mail]:
    mailbox = town.house.mailbox
    assert mailbox is not None
    return [mail for mail in mailbox.mails(1000) if "保存した検索" in mail.subject]


def save(browser: Browser, frequency: str = "daily", **changes: Any) -> str:
    """Keeps the search for SQL and answers its id."""
    fields: dict[str, Any] = {"name": "分析の人", "frequency": frequency, **changes}
    assert browser.do(f"{SEARCH}?q=SQL", SAVED, **fields) == SAVED
    found = re.search(rf"{SAVED}/([0-9a-f-]{{36}})/deletion", browser.get(SAVED).text)
    assert found is not None
    return found[1]


def test_a_search_finds_by_words_and_says_why(town: Town, enter: Enter) -> None:
    page = enter().get(f"{SEARCH}?q=需要予測&job={town.job}")
    assert "1人のカード" in page.text
    assert "「需要予測」（ご本人の言葉の中）" in page.text
    fits = page.text[page.text.index("「データ分析担当」に合う点") :]
    for said in ("SQL", "大阪府", "求人の年収の範囲と重なります"): assert said in fits
    assert f"/hiring/cards/{card_of(town.aoi)}?job={town.job}" in page.links


def test_a_search_of_a_code_names_the_code_that_the_card_has(enter: Enter) -> None:
    assert '一致した言葉： <span class="chip good">Python</span>' in enter().get(f"{SEARCH}?q=パイソン").text


@pytest.mark.parametrize(("count", "said"), [(0, 0), (1, 1), (4, 1), (5, 5), (9, 5), (10, 10), (999, 500), (5000, 1000)])
def test_a_count_is_said_in_steps_and_never_exactly_where_it_is_small(count: int, said: int) -> None:
    assert coarse(count) == said


def test_facets_say_a_few_for_one_to_four_and_round_down_beyond(town: Town, enter: Enter) -> None:
    hiring = enter()
    assert '>大阪府</a> <span class="muted">数名</span>' in hiring.get(SEARCH).text
    for _ in range(6): town.person(CandidateId(uuid4()), skills=("sql",))
    page = hiring.get(SEARCH)
    assert "7人のカード" in page.text
    assert '>大阪府</a> <span class="muted">5名以上</span>' in page.text
    assert '>Python</a> <span class="muted">数名</span>' in page.text
    assert f"{SEARCH}?skill=python" in page.links
    assert "1人のカード" in hiring.get(f"{SEARCH}?skill=python").text


def test_facets_obey_the_gate_at_once(town: Town, enter: Enter) -> None:
    hiring, other = enter("hiring"), enter("other")
    town.block(town.aoi, "hiring")  # and nobody has worked on it yet
    assert ">大阪府</a>" not in hiring.get(SEARCH).text
    assert ">大阪府</a>" in other.get(SEARCH).text
    consent.pause(town.office, town.by(), candidate=town.aoi)
    assert ">大阪府</a>" not in other.get(SEARCH).text
    assert "いまは掲載中の方がいません" in other.get(SEARCH).text


def test_twenty_cards_make_a_page_and_the_rest_the_next(town: Town, enter: Enter) -> None:
    for _ in range(20): town.person(CandidateId(uuid4()))
    hiring = enter()
    first = hiring.get(f"{SEARCH}?q=SQL")
    further = next(link for link in first.links if "after=" in link)
    assert "q=SQL" in further
    cards = {link for link in first.links if link.startswith("/hiring/cards/")}
    rest = {link for link in hiring.get(further).links if link.startswith("/hiring/cards/")}
    assert (len(cards), len(rest), cards & rest) == (20, 1, set())


@pytest.mark.parametrize("query", ["skill=nobody-has-it", "skill=osaka", "q=" + "語 " * 11, "after=forged"])
def test_a_search_that_cannot_be_is_refused_in_words(enter: Enter, query: str) -> None:
    answer = enter().client.get(f"{SEARCH}?{query}")
    assert 400 <= answer.status_code < 500
    assert 'role="alert"' in answer.text or "<h1>" in answer.text


@pytest.mark.parametrize("job", ["", "x", str(UUID(int=7))])
def test_a_job_that_is_none_is_no_comparison(enter: Enter, job: str) -> None:
    page = enter().get(f"{SEARCH}?q=SQL&job={job}")
    assert "1人のカード" in page.text
    assert "に合う点" not in page.text


def test_a_digest_says_a_number_and_an_address_and_nothing_of_a_card(town: Town, enter: Enter) -> None:
    save(enter())
    town.later(timedelta(days=1))
    assert mails(town) == [], "nobody new came"
    town.person(CandidateId(uuid4()))
    town.later(timedelta(days=1))
    (mail,) = mails(town)
    assert mail.to == "admin@hiring.example"
    assert "1人の新しい匿名カード" in mail.text
    for fact in ("SQL", "大阪", "データアナリスト", "需要予測", "/hiring/cards/"): assert fact not in mail.text
    town.later(timedelta(days=3))
    assert len(mails(town)) == 1, "who was told of is not told of again"


def test_a_digest_is_counted_when_it_is_sent(town: Town, enter: Enter) -> None:
    save(enter())
    town.person(newcomer := CandidateId(uuid4()))
    town.block(newcomer, "sister")  # a block of one company of the group is a block of all (rule 5)
    town.later(timedelta(days=1))
    assert mails(town) == []


def test_a_weekly_digest_waits_a_week_and_none_never_comes(town: Town, enter: Enter) -> None:
    hiring = enter()
    search = save(hiring, "weekly")
    town.person(CandidateId(uuid4()))
    town.later(timedelta(days=3))
    assert mails(town) == []
    town.later(timedelta(days=4, hours=2))
    assert len(mails(town)) == 1
    hiring = enter()
    hiring.do(SAVED, f"{SAVED}/{search}/frequency", frequency="none")
    town.person(CandidateId(uuid4()))
    town.later(timedelta(days=30))
    assert len(mails(town)) == 1


def test_the_link_in_a_digest_stops_it_with_one_press_and_not_by_being_opened(town: Town, enter: Enter) -> None:
    search = save(enter())
    stranger = Browser(town.app)
    there = f"/digests/{search}"
    assert "まだ何も変わっていません" in stranger.get(there).text
    assert town.rows("SELECT frequency FROM saved_search") == [("daily",)]
    assert "停止しました" in stranger.send(there, there).text
    assert town.rows("SELECT frequency, next_at FROM saved_search") == [("none", None)]
    unknown = f"/digests/{uuid4()}"
    assert stranger.get(unknown).text.replace(unknown, there).count("ボタンを押すと") == 1, "the same for every address"


def test_saved_searches_are_ones_own(town: Town, enter: Enter) -> None:
    search = save(enter())
    other = enter("other")
    assert "分析の人" not in other.get(SAVED).text
    form = {"csrf": other.get(SAVED).forms[0].fields["csrf"], "key": [str(uuid4())], "frequency": ["none"]}
    other.client.post(f"{SAVED}/{search}/frequency", data=form, headers={"Origin": SITE})
    other.client.post(f"{SAVED}/{search}/deletion", data={**form, "key": [str(uuid4())]}, headers={"Origin": SITE})
    assert town.rows("SELECT name, frequency FROM saved_search") == [("分析の人", "daily")]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"q": "", "name": "全員"}, "検索する言葉か条件を一つ以上"),
        ({"skill": "no-such-code"}, "no-such-code"),
        ({"q": "語 " * 11}, "10語まで"),
        ({"name": "\n"}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"frequency": "hourly"}, "frequency"),
    ],
)
def test_a_search_that_cannot_be_saved_says_why_and_saves_nothing(
    town: Town, enter: Enter, changes: dict[str, Any], said: str
) -> None:
    hiring = enter()
    answer = hiring.send(f"{SEARCH}?q=SQL", SAVED, **{"name": "分析の人", "frequency": "daily", **changes})
    assert 400 <= answer.status_code < 500
    assert 'role="alert"' in answer.text
    assert said in answer.text
    assert town.rows("SELECT count(*) FROM saved_search") == [(0,)]


def test_a_double_click_saves_one_search_and_twenty_are_enough(town: Town, enter: Enter) -> None:
    hiring = enter()
    form = next(f for f in hiring.get(f"{SEARCH}?q=SQL").forms if f.action == SAVED)
    sent = {**form.fields, "name": ["二度押し"]}
    for _ in range(2): assert hiring.client.post(SAVED, data=sent, headers={"Origin": SITE}).status_code == 303
    assert town.rows("SELECT count(*) FROM saved_search") == [(1,)]
    for _ in range(19): hiring.do(f"{SEARCH}?q=SQL", SAVED, name="もう一つ", frequency="none")
    full = hiring.send(f"{SEARCH}?q=SQL", SAVED, name="多すぎる", frequency="none")
    assert "20件まで" in full.text
    assert town.rows("SELECT count(*) FROM saved_search") == [(20,)]
