"""Finding things by their number, what waits and on whom, and the house's own work: readers, tasks, messages."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from api.pages import operator_search
from tests.api.pages.operator.office import EMAIL, NAME, admin, finance
from tests.api.v1.introductions.test_hire import started
from tests.api.v1.introductions.test_introduction import ask, disclosed
from tests.api.v1.introductions.town import NUMBERS, Town


def found(town: Town, number: object) -> str:
    return admin(town).get(f"/operator/search?q={number}").text


def test_anything_is_found_by_any_of_its_numbers(town: Town) -> None:
    made, hire = started(town)
    ((number, card),) = town.rows("SELECT number, card FROM introduction_board WHERE introduction = %s", made)
    ((fee, invoice),) = town.rows("SELECT fee, provider_invoice FROM fees")
    ((command,),) = town.rows("SELECT command_id FROM command ORDER BY position DESC LIMIT 1")
    ((message,),) = town.rows("SELECT id FROM message LIMIT 1")
    customer = town.company("hiring").get("/account")["customer"]
    for asked, kind in (
        (made, "紹介"), (number, "紹介"), (number.lower(), "紹介"), (town.aoi, "ご本人"), (card, "カード"),
        (town.job, "求人"), (hire, "採用"), (fee, "手数料"), (invoice, "手数料"),
        (town.companies["hiring"], "会社"), (NUMBERS["hiring"], "会社"), (town.users["hiring"], "会社の担当者"),
        (command, "命令の結果"), (message, "メッセージ"), (1, "この位置の記録"), (customer, "Stripeへの依頼"),
    ):  # fmt: skip
        if asked is None: continue
        page = found(town, asked)
        assert "見つかったもの" in page, (asked, kind)
        assert f">{kind}</a>" in page, (asked, kind)
    assert "この番号に当たるものはありません" in found(town, uuid4())
    assert "この番号に当たるものはありません" in found(town, "CR-00000-00000-00000")


@pytest.mark.parametrize("hostile", ["%", "'; DROP TABLE story; --", '"', "\\", "９９", "-1", "99999999999999999999999"])
def test_a_number_that_is_none_finds_nothing_and_harms_nothing(town: Town, hostile: str) -> None:
    page = admin(town).client.get("/operator/search", params={"q": hostile})
    assert page.status_code == 200
    assert "この番号に当たるものはありません" in page.text


def test_nobody_is_found_by_an_address(town: Town) -> None:
    page = found(town, EMAIL)
    assert "メールアドレスでは探せません" in page
    assert str(town.aoi) not in page
    assert "見つかったもの" not in page


@pytest.mark.parametrize(("language", "words"), [("ja", "依頼しました"), ("en", "asked")])
def test_a_story_has_words_actors_and_the_event_as_it_is_kept_and_no_person(town: Town, language: str, words: str) -> None:
    made = disclosed(town)
    page = admin(town, language).get(f"/operator/stories?ident={made}").text
    assert words in page
    assert "identity-disclosed.v1" in page
    assert f"user:{town.users['hiring']}" in page
    assert "2027" in page
    for value in (NAME, EMAIL, "小売業"): assert value not in page


def test_a_long_story_begins_with_its_end_and_leads_back(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operator_search, "PAGE", 4)
    made = disclosed(town)
    last = admin(town, "en").get(f"/operator/stories?ident={made}")
    assert last.text.count('id="event-') == 4
    assert "introduction-requested.v1" not in last.text
    (back,) = [link for link in last.links if "before=" in link]
    first = admin(town, "en").get(back)
    assert "introduction-requested.v1" in first.text
    assert "identity-disclosed.v1" not in first.text


def test_an_ask_waits_for_the_candidate_until_its_deadline(town: Town) -> None:
    made = ask(town)
    town.worker.drain()
    page = admin(town).get("/operator/stuck?kind=ask").text
    assert "回答のない依頼" in page
    assert "hiring見本株式会社" in page
    assert f"/operator/stories?ident={made}" in page
    assert "2027年4月12日" in page, "the deadline"
    assert "待っていることはありません" in admin(town).get("/operator/stuck?kind=ask&days=3").text
    town.later(timedelta(days=4))
    late = admin(town)
    assert "(4日間)" in late.get("/operator/stuck?kind=ask&whom=candidate&days=3").text
    assert "待っていることはありません" in late.get("/operator/stuck?kind=ask&whom=hiring").text


def test_what_is_stuck_names_whom_it_waits_for(town: Town) -> None:
    disclosed(town)
    with town.house.database.transaction() as connection:
        now = town.now() - timedelta(days=1)
        connection.execute(
            "INSERT INTO parked (reader, stream, position, error, at) VALUES ('catalogue', %s, 3, 'KeyError', %s)",
            (uuid4(), now),
        )
        connection.execute(
            "INSERT INTO refusal (id, stream, wanted, code, attempts, at) VALUES ('x', %s, 'disclose', 'licence-missing', 2, %s)",
            (uuid4(), now),
        )
        connection.execute(
            "INSERT INTO intent (id, kind, stream, company, call, created_at, state)"
            " VALUES (%s, 'transfer', %s, %s, '', %s, 'unknown')",
            (uuid4(), uuid4(), town.companies["source"], now),
        )
        connection.execute(
            "INSERT INTO message (id, template, recipient_kind, recipient, about, created_at, not_sent)"
            " VALUES (%s, 'ask', 'candidate', %s, '{}', %s, 'recipient-refused'), (%s, 'ask', 'candidate', %s, '{}', %s, 'paused')",
            (uuid4(), town.aoi, now, uuid4(), town.aoi, now),
        )
        connection.execute(
            "INSERT INTO task (id, kind, subject, run_at, attempts, last_error) VALUES (%s, 'import', %s, %s, 4, 'OSError')",
            (uuid4(), uuid4(), now),
        )
    page = admin(town).get("/operator/stuck")
    for words in (
        *("集計で読めなかった記録", "規則が断った処理", "結果が確かでないStripeへの依頼"),
        *("届かなかったメッセージ", "失敗が続く処理", "進行中の選考"),
    ):
        assert f">{words}</a>" in page.text, words
    assert page.text.count(">届かなかったメッセージ</a>") == 1, "what a rule withheld has not failed"
    home = admin(town).get("/operator")
    assert "/operator/stuck?kind=parked" in home.links


def test_a_filter_that_is_none_is_not_found(town: Town) -> None:
    for query in ("kind=nonsense", "whom=nobody", "days=-1", "days=x"):
        assert admin(town).client.get(f"/operator/stuck?{query}").status_code in {400, 404}


def test_the_worker_folds_anew_what_the_page_asked_for(town: Town) -> None:
    operator = admin(town)
    with town.house.database.transaction() as connection:
        connection.execute("UPDATE directory SET name = '違う名前'")
    operator.do("/operator/projections", "/operator/projections/rebuild", name="directory")
    waiting = operator.get("/operator/projections").text
    assert "処理係を待っています" in waiting
    assert "違う名前" in operator.get("/operator").text, "the web folds nothing itself"
    again = operator.send("/operator/projections", "/operator/projections/rebuild", name="directory")
    assert again.status_code == 409
    assert "作り直している途中です" in again.text
    town.worker.drain()
    done = operator.get("/operator/projections").text
    assert "完了：正しく直しました" in done
    assert "違う名前" not in operator.get("/operator").text
    operator.do("/operator/projections", "/operator/projections/rebuild", name="directory")
    town.worker.drain()
    assert "完了：違いはありませんでした" in operator.get("/operator/projections").text


def test_a_ledger_that_differs_is_left_as_it_is_and_nobody_but_an_admin_may_ask(town: Town) -> None:
    started(town)
    with town.house.database.transaction() as connection:
        connection.execute("UPDATE ledger SET effective_on = effective_on + 1")
    operator = admin(town)
    operator.do("/operator/projections", "/operator/projections/rebuild", name="ledger")
    town.worker.drain()
    assert "元帳に違いがあります" in operator.get("/operator/projections").text
    assert operator.send("/operator/projections", "/operator/projections/rebuild", name="gate; DROP").status_code == 422
    page = finance(town).get("/operator/projections")
    assert not [form for form in page.forms if form.action.endswith("/rebuild")]


def test_a_task_that_failed_is_tried_now_and_one_for_a_later_day_is_not(town: Town) -> None:
    failed, later = uuid4(), uuid4()
    with town.house.database.transaction() as connection:
        soon = town.now() + timedelta(hours=5)
        connection.execute(
            "INSERT INTO task (id, kind, subject, run_at, attempts, last_error) VALUES"
            " (%(a)s, 'import', %(a)s, %(soon)s, 3, 'OSError'), (%(b)s, 'import', %(b)s, %(soon)s, 0, NULL)",
            {"a": failed, "b": later, "soon": soon},
        )
    operator = admin(town)
    page = operator.get("/operator/tasks?failing=true")
    assert "OSError" in page.text
    assert str(later) not in page.text
    whole = operator.get("/operator/tasks")
    assert [f.action for f in whole.forms if f.action.endswith("/retry")] == [f"/operator/tasks/{failed}/retry"]
    form = next(f for f in whole.forms if f.action.endswith("/retry"))
    operator.do("/operator/tasks", f"/operator/tasks/{failed}/retry")
    assert town.rows("SELECT run_at <= %s FROM task WHERE id = %s", town.now(), failed) == [(True,)]
    refused = operator.client.post(
        f"/operator/tasks/{later}/retry", data={**form.fields, "key": [uuid4().hex]}, headers={"Origin": "http://127.0.0.1:8000"}
    )
    assert refused.status_code == 409
    assert town.rows("SELECT run_at FROM task WHERE id = %s", later) == [(soon,)]


def test_messages_are_told_by_template_and_state_and_without_an_address(town: Town) -> None:
    ask(town)
    town.worker.drain()
    page = admin(town).get("/operator/messages").text
    assert str(town.aoi) in page
    for value in (EMAIL, NAME, "admin@hiring.example"): assert value not in page
    assert "この状態のメッセージはありません" in admin(town).get("/operator/messages?only=failed").text
    assert admin(town).client.get("/operator/messages?only=nonsense").status_code == 404
