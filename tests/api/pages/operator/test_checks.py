"""Checking companies and the calendar; the consent audit; the statutory books; what is published of fees."""

from __future__ import annotations

from datetime import date, timedelta

from domain.ids import OPERATOR
from tests.api.pages.operator.office import NAME, admin, browser, finance
from tests.api.v1.introductions.test_hire import started
from tests.api.v1.introductions.test_introduction import disclosed
from tests.api.v1.introductions.town import NUMBERS, Town


def test_each_thing_about_a_company_is_recorded_by_its_form(town: Town) -> None:
    operator, source = admin(town), town.companies["source"]
    there = f"/operator/companies/{source}"
    operator.do(there, f"{there}/invoice-registrations", t_number="T6010001000001", registered_from="2025-04-01")
    operator.do(there, f"{there}/group", numbers=f"{NUMBERS['other']}\n")
    operator.do(there, f"{there}/cooling-off", days="120")
    operator.do(there, f"{there}/legal-opinions", reward_mode="credit", opinion="弁護士の意見書 第1号")
    operator.do(there, f"{there}/roles", roles=["source", "hiring"])
    operator.do(there, f"{there}/suspension", cause="papers-missing")
    town.worker.drain()
    page = operator.get(there).text
    said = ("T6010001000001", 'value="120"', "自社の手数料に使えるクレジット", "この会社は停止中です", "検査数字は正しい")
    for words in (NUMBERS["other"], *said): assert words in page, words
    assert "意見書 第1号" not in page
    operator.do(there, f"{there}/reinstatement")
    assert "この会社は停止中です" not in operator.get(there).text
    operator.do(there, f"{there}/group", numbers=None)
    assert NUMBERS["other"] not in operator.get(there).text


def test_a_number_that_the_check_digit_refuses_is_said_beside_what_was_typed(town: Town) -> None:
    operator = admin(town)
    there = f"/operator/companies/{town.companies['source']}"
    for numbers in ("1234567890123", "not-a-number"):
        answer = operator.send(there, f"{there}/group", numbers=numbers)
        assert answer.status_code in {400, 422}
        assert 'role="alert"' in answer.text
        assert numbers in answer.text


def test_the_calendar_names_what_ends_in_ninety_days_and_not_what_ends_later(town: Town) -> None:
    operator, other = admin(town), town.companies["other"]
    assert "今後90日以内に期限を迎える許可はありません" in operator.get("/operator/checks").text
    there = f"/operator/companies/{other}"
    last = date(2027, 4, 5) + timedelta(days=90)
    operator.do(there, f"{there}/licences", number="13-ユ-400001", granted_on="2022-07-05", valid_until=last)
    town.worker.drain()
    page = operator.get("/operator/checks").text
    assert "残り90日" in page
    assert "13-ユ-400001" in page
    town.later(timedelta(days=91))
    assert "1日前に終了" in admin(town).get("/operator/checks").text
    assert finance(town).client.get("/operator/checks").status_code == 403


def test_the_calendar_tells_when_a_hiring_company_accepted_the_penalty_clause(town: Town) -> None:
    page = admin(town).get("/operator/checks").text
    assert "手数料表と違約金規約の承諾" in page
    assert "2027年4月5日(月) 10:00" in page


def test_a_consent_audit_says_what_was_open_at_a_moment_and_who_looked(town: Town) -> None:
    made, operator = disclosed(town), admin(town)
    town.company("hiring").get(f"/introductions/{made}/person")
    there = f"/operator/people/{town.aoi}/consents"
    page = operator.get(there).text
    assert "文面v1" in page
    assert "hiring見本株式会社" in page
    assert "選考のため" in page
    nothing_held = "<h3>有効</h3><ul><li>ありません。</li>"
    assert nothing_held not in page
    assert nothing_held in operator.get(f"{there}?moment=2027-04-05T09:00").text
    assert operator.client.get(f"{there}?moment=yesterday").status_code == 400
    assert NAME not in page


def test_a_sealed_record_is_read_with_a_reason_which_is_written_down(town: Town) -> None:
    made, operator = disclosed(town), admin(town)
    ((number,),) = town.rows("SELECT number FROM introduction_board WHERE introduction = %s", made)
    there = f"/operator/register?q={number}"
    page = operator.get(there)
    assert number in page.text
    assert NAME not in page.text
    forms = [f for f in page.forms if f.action == "/operator/register/reading"]
    assert sorted(f.fields["kind"][0] for f in forms) == ["provision", "provision", "seeker"]
    seeker = next(f for f in forms if f.fields["kind"] == ["seeker"])
    origin = {"Origin": "http://127.0.0.1:8000"}
    bare = operator.client.post(seeker.action, data={**seeker.fields, "reason": [" " * 8]}, headers=origin)
    assert bare.status_code == 400
    assert town.rows("SELECT 1 FROM vault_access_log") == []
    read = operator.client.post(seeker.action, data={**seeker.fields, "reason": ["労働局の調査への回答"]}, headers=origin)
    assert read.status_code == 200
    for value in (NAME, "大阪府見本市3-3", "1994年5月6日"): assert value in read.text
    assert town.rows("SELECT purpose, viewer_company FROM vault_access_log") == [("労働局の調査への回答", OPERATOR)]
    wrong = operator.client.post(
        seeker.action, data={**seeker.fields, "kind": ["provision"], "reason": ["労働局の調査への回答"]}, headers=origin
    )
    assert wrong.status_code == 409
    assert NAME not in wrong.text


def test_without_a_number_the_books_hold_who_was_introduced_and_nobody_else_reads_them(town: Town) -> None:
    made = disclosed(town)
    assert f"/operator/stories?ident={made}" in admin(town).get("/operator/register").links
    assert finance(town).client.get("/operator/register").status_code == 403
    hiring = browser(town, "user", town.users["hiring"])
    for path in ("/operator/register", "/operator/glass", "/operator/search", f"/operator/people/{town.aoi}", "/operator/stuck"):
        assert hiring.client.get(path).status_code == 404, path


def test_fees_are_published_by_occupation_and_no_sum_of_a_few(town: Town) -> None:
    stranger = admin(town)
    assert "手数料の実績はまだありません" in stranger.get("/legal/results").text
    started(town)
    page = stranger.get("/legal/results").text
    for words in ("2027年度", "データアナリスト", "30%", "違約金規約"): assert words in page, words
    for sum_of_one in ("1,980,000", "1,800,000", "6,000,000"): assert sum_of_one not in page
