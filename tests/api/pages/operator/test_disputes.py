"""Disputes: both statements beside each other, the frozen terms, and what each decision does."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from domain.calendar import JST, jst_date
from tests.api.pages.operator.office import admin, aoi, finance
from tests.api.v1.introductions.test_hire import started, terms
from tests.api.v1.introductions.test_introduction import disclosed
from tests.api.v1.introductions.town import Town

PROOF = "2026年12月の面談記録。担当は人事部の例示です。"


def contested(town: Town) -> str:
    """The person says hired, the company says no; answers the hire."""
    made = disclosed(town)
    hire: str = town.candidate(town.aoi).post(f"/introductions/{made}/hires", terms(town, date(2027, 5, 6)))["id"]
    town.company("hiring").post(f"/hires/{hire}/contest", {"cause": "not-hired"})
    town.worker.drain()
    return hire


def claimed(town: Town) -> str:
    """The company says that it knew the person; answers the introduction."""
    made = disclosed(town)
    last = (jst_date(town.now()) - timedelta(days=90)).isoformat()
    town.company("hiring").post(f"/introductions/{made}/prior-contact", {"last_contact_on": last, "evidence": PROOF})
    town.worker.drain()
    return made


def challenged(town: Town) -> str:
    """Both say that the person left, for different reasons; answers the hire."""
    _, hire = started(town)
    town.move_to(datetime.combine(date(2027, 6, 15), time(10), JST))
    town.company("hiring").post(f"/hires/{hire}/leave", {"left_on": "2027-06-14", "fault": "own-wish"})
    town.candidate(town.aoi).post(f"/hires/{hire}/leave-challenge", {"left_on": "2027-06-10", "fault": "employer-breach"})
    town.worker.drain()
    return hire


def test_a_contested_hire_shows_both_sides_and_is_decided_either_way(town: Town) -> None:
    hire, operator = contested(town), admin(town)
    there = f"/operator/disputes/hire/{hire}"
    assert there in operator.get("/operator/disputes").links
    assert "/operator/disputes/hire" in operator.get("/operator/stuck?kind=dispute").text
    page = operator.get(there).text
    for words in ("候補者の言い分", "求人企業の言い分", "¥6,000,000", "採用していない", "2027年5月6日"): assert words in page, words
    for frozen in ("依頼の時点で確定した条件", "30%"): assert frozen in page, frozen
    operator.do(there, f"{there}/cancelling", cause="contest-upheld")
    town.worker.drain()
    after = operator.get(there).text
    assert "終了しています" in after
    assert "判断を待っているもの" in operator.get("/operator/disputes").text
    assert [each["status"] for each in town.company("hiring").get("/hires")["items"]] == ["cancelled"]
    assert "申し立てはありません" in operator.get("/operator/disputes").text


def test_a_contested_hire_may_stand(town: Town) -> None:
    hire, operator = contested(town), admin(town)
    there = f"/operator/disputes/hire/{hire}"
    wrong = operator.send(there, f"{there}/cancelling", cause="because")
    assert wrong.status_code == 422
    operator.do(there, f"{there}/confirmation")
    town.worker.drain()
    assert [each["status"] for each in town.company("hiring").get("/hires")["items"]] == ["confirmed"]


def test_a_leave_shows_what_the_ladder_makes_of_each_word_and_the_decision_counts(town: Town) -> None:
    hire, operator = challenged(town), admin(town)
    there = f"/operator/disputes/leave/{hire}"
    page = operator.get(there).text
    for words in ("2027年6月14日", "2027年6月10日", "本人の希望", "返る手数料の割合"): assert words in page, words
    for returned in ("<dd>50%</dd>", "<dd>0%</dd>"): assert returned in page, returned
    early = operator.send(there, f"{there}/decision", left_on="2027-05-01", fault="own-wish")
    assert early.status_code in {409, 422}
    assert "2027-05-01" in early.text, "what was typed is kept"
    operator.do(there, f"{there}/decision", left_on="2027-06-10", fault="own-wish")
    town.worker.drain()
    (row,) = town.company("hiring").get("/hires")["items"]
    assert (row["status"], row["left_on"], row["return_bps"]) == ("left", "2027-06-10", 5_000)


def test_the_proof_of_a_prior_contact_is_read_on_purpose_and_the_person_sees_it(town: Town) -> None:
    made, operator = claimed(town), admin(town)
    there = f"/operator/disputes/prior-contact/{made}"
    page = operator.get(there)
    assert PROOF not in page.text
    assert "いいえ、ありません" in page.text, "what the candidate had answered"
    assert town.rows("SELECT 1 FROM vault_access_log WHERE purpose = 'dispute'") == []
    read = operator.send(there, f"{there}/evidence")
    assert read.status_code == 200
    assert PROOF in read.text
    assert town.rows("SELECT candidate, items FROM vault_access_log WHERE purpose = 'dispute'") == [(town.aoi, ["evidence"])]
    assert "申し立ての判断のため運営が読んだ" in aoi(town).get("/me/seen-by").text
    undecided = operator.send(there, f"{there}/decision")
    assert undecided.status_code == 400
    operator.do(there, f"{there}/decision", upheld="true")
    town.worker.drain()
    assert "終了しています" in operator.get(there).text
    assert town.rows("SELECT prior_contact FROM introduction_board WHERE introduction = %s", made) == [("upheld",)]


def test_who_earned_the_fee_is_shared_among_those_who_claimed_and_adds_up(town: Town) -> None:
    made = disclosed(town)
    hire = town.company("hiring").post(f"/introductions/{made}/hires", terms(town, date(2027, 5, 6)))["id"]
    town.candidate(town.aoi).post(f"/hires/{hire}/confirmation")
    operator = admin(town)
    there = f"/operator/disputes/ownership/{hire}"
    assert "source見本株式会社" in operator.get(there).text
    short = operator.send(there, f"{there}/decision", fee_percent="100", share_percent=["60"])
    assert short.status_code in {409, 422}
    assert 'value="60"' in short.text
    operator.do(there, f"{there}/decision", fee_percent="50", share_percent=["100"])
    town.worker.drain()
    told = operator.get(f"/operator/stories?ident={hire}").text
    assert "ownership-resolved.v1" in told
    assert "&#34;fee_bps&#34;: 5000" in told


def test_finance_decides_nothing(town: Town) -> None:
    hire = contested(town)
    for path in ("/operator/disputes", f"/operator/disputes/hire/{hire}"):
        assert finance(town).client.get(path).status_code == 403
