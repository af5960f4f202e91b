"""Jobs: what is missing in words with a link to its field; a change shows its difference and what it causes before the click."""

from __future__ import annotations

from typing import Any

from tests.api.pages.hiring.conftest import Enter
from tests.api.v1.introductions.test_introduction import ask, disclosed
from tests.api.v1.introductions.town import Town

NEW = "/hiring/jobs/new"


def change(town: Town) -> str:
    return f"/hiring/jobs/{town.job}/change"


def difference(town: Town) -> str:
    return f"/hiring/jobs/{town.job}/difference"


def test_a_job_with_gaps_lists_each_in_words_with_a_link_to_its_field(town: Town, enter: Enter) -> None:
    hiring = enter()
    assert "記入済み" not in hiring.get(NEW).text, "nobody is told of gaps before the first try"
    answer = hiring.send(NEW, "/hiring/jobs", title="分析担当", duties="分析", occupation="data-analyst", prefecture="osaka")
    assert answer.status_code == 422
    assert "あと" in answer.text
    for field in ("wages", "passive_smoking", "renewal_criteria", "annual_salary_from_yen"):
        assert f'<a href="#hiring-jobs-{field}">' in answer.text
        assert f'id="hiring-jobs-{field}"' in answer.text, "the link leads to a field of the page"
    assert '<a href="#hiring-jobs-duties">' not in answer.text
    assert 'value="分析担当"' in answer.text, "what was typed is still there"
    assert town.rows("SELECT count(*) FROM jobs") == [(1,)]


def test_an_indefinite_job_needs_no_criteria_for_renewal(enter: Enter) -> None:
    answer = enter().send(NEW, "/hiring/jobs", title="分析担当", is_indefinite="true", occupation="data-analyst")
    assert '<a href="#hiring-jobs-renewal_criteria">' not in answer.text


def test_a_salary_that_is_no_number_or_upside_down_is_a_gap_or_a_fault(enter: Enter) -> None:
    hiring = enter()
    upside_down: dict[str, Any] = {"annual_salary_from_yen": "7000000", "annual_salary_to_yen": "5000000", "title": "分析"}
    answer = hiring.send(NEW, "/hiring/jobs", occupation="data-analyst", prefecture="osaka", **upside_down)
    assert '<a href="#hiring-jobs-annual_salary_from_yen">' in answer.text
    for wrong in ("-5", "9" * 30, "いくらでも"):
        answer = hiring.send(NEW, "/hiring/jobs", **{**upside_down, "annual_salary_to_yen": wrong})
        assert 400 <= answer.status_code < 500, wrong


def test_a_change_is_shown_as_a_difference_with_what_it_causes_and_nothing_changes(town: Town, enter: Enter) -> None:
    ask(town)
    hiring = enter()
    answer = hiring.send(change(town), difference(town), wages="月給50万円", overtime="なし")
    assert answer.status_code == 200
    for said in ("月給45万円", "月給50万円", "月10時間", "回答待ちの依頼は終了します（1件）", "変更後"):
        assert said in answer.text
    assert "需要予測と可視化</span>" not in answer.text, "what stays as it is is no part of the difference"
    assert town.office.job(town.job).state.version == 1


def test_a_confirmed_change_is_the_one_that_was_looked_at_and_lapses_what_waits(town: Town, enter: Enter) -> None:
    made = ask(town)
    hiring, to = enter(), f"/hiring/jobs/{town.job}/conditions"
    shown = hiring.send(change(town), difference(town), wages="月給50万円")
    assert hiring.go_on(shown, to) == f"/hiring/jobs/{town.job}"
    town.worker.drain()
    state = town.office.job(town.job).state
    assert (state.version, state.conditions.wages, state.conditions.duties) == (2, "月給50万円", "需要予測と可視化")
    assert town.rows("SELECT status FROM candidate_inbox WHERE introduction = %s", made) == [("cancelled",)]
    again = hiring.answer_to(shown, to, key=["another-key-0000"])
    assert again.status_code == 412
    assert 'role="alert"' in again.text


def test_people_in_selection_are_counted_in_what_a_change_causes(town: Town, enter: Enter) -> None:
    disclosed(town)
    answer = enter().send(change(town), difference(town), wages="月給50万円")
    assert "回答待ちの依頼は終了します（0件）" in answer.text
    assert "選考中の方に、変更の前と後をお知らせします（1名）" in answer.text


def test_a_new_title_alone_ends_nothing(town: Town, enter: Enter) -> None:
    ask(town)
    assert "求人名だけが変わります" in enter().send(change(town), difference(town), title="データ分析リーダー").text


def test_line_ends_of_a_browser_are_no_change(town: Town, enter: Enter) -> None:
    answer = enter().send(change(town), difference(town), duties="需要予測と可視化\r\n")
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text


def test_another_companys_job_is_not_there_to_be_changed(town: Town, enter: Enter) -> None:
    assert enter("other").client.get(change(town)).status_code == 404


def test_closing_says_how_many_requests_end(town: Town, enter: Enter) -> None:
    ask(town)
    hiring, there = enter(), f"/hiring/jobs/{town.job}"
    assert "回答待ちの依頼は終了します（1件）" in hiring.get(there).text
    hiring.do(there, f"{there}/closing", cause="filled")
    assert hiring.client.get(change(town)).status_code == 409, "a closed job is not changed"
