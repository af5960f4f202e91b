"""From the details to the end: board and tasks, interview times, silence and its end, deletion, and the hire with its price."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import icalendar
import pytest

from api.pages import hiring_board
from domain.calendar import JST
from domain.hire import Side
from domain.ids import IntroductionId
from marketplace.commands import interview as interviews
from marketplace.messages.sink import Mail
from tests.api.pages.hiring.conftest import Enter
from tests.api.v1.introductions.test_introduction import ask, disclosed
from tests.api.v1.introductions.town import Town

NAME = "見本 葵"


def page_of(introduction: str) -> str:
    return f"/hiring/introductions/{introduction}"


def at(day: int, month: int = 4, hour: int = 10) -> datetime:
    """A morning of 2027; the details are received on Monday 5 April. Golden Week is in between."""
    return datetime(2027, month, day, hour, tzinfo=JST)


def mails(town: Town, to: str, subject: str) -> list[Mail]:
    mailbox = town.house.mailbox
    assert mailbox is not None
    return [mail for mail in mailbox.mails(1000) if mail.to == to and subject in mail.subject]


def test_the_board_has_a_column_for_each_stage_and_says_what_waits(town: Town, enter: Enter) -> None:
    made = disclosed(town)
    hiring = enter()
    text = hiring.get("/hiring/board").text
    assert '<h2 id="disclosed">情報を受け取りました (1)</h2>' in text or "(1)</h2>" in text
    assert "次の段階を報告する" in text
    assert "2027年4月19日(月) 23:59 (日本時間)" in text, "ten business days after the details"
    hiring.do(page_of(made), f"{page_of(made)}/stages", stage="interview", reached_on="2027-04-05")
    town.worker.drain()
    assert '<h2 id="interview">面接 (1)</h2>' in hiring.get("/hiring/board").text


def test_a_full_stage_shows_its_first_and_has_a_page_of_all(
    town: Town, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    disclosed(town)
    monkeypatch.setattr(hiring_board, "SHOWN", 0)
    hiring = enter()
    board = hiring.get("/hiring/board")
    assert "/hiring/board/disclosed" in board.links
    assert "全1件を見る" in board.text
    there = hiring.get("/hiring/board/disclosed")
    assert [link for link in there.links if link.startswith("/hiring/introductions/")]
    assert "該当する方はいません" in hiring.get("/hiring/board/disclosed?number=2").text
    assert hiring.client.get("/hiring/board/nowhere").status_code == 404
    assert "/hiring/introductions/" not in enter("other").get("/hiring/board/disclosed").text


def test_another_company_sees_an_empty_board(town: Town, enter: Enter) -> None:
    disclosed(town)
    assert "CR-" not in enter("other").get("/hiring/board").text


def test_an_interview_is_offered_picked_and_taken_home_without_a_name(town: Town, enter: Enter) -> None:
    made = disclosed(town)
    hiring, to = enter(), page_of(made)
    hiring.do(to, f"{to}/interview-times", first="2027-04-12T14:00", second="2027-04-13T10:00", minutes="60", place="本社3階")
    assert "ご本人の回答待ちです" in hiring.get(to).text
    assert hiring.client.get(f"{to}/interview.ics").status_code in {404, 409, 422}
    interviews.pick(
        town.office, town.by(), introduction=IntroductionId(UUID(made)), by=Side.CANDIDATE, who=town.aoi, naming=1,
        starts_at=datetime(2027, 4, 12, 14, tzinfo=JST),
    )
    answer = hiring.client.get(f"{to}/interview.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    (event,) = icalendar.Calendar.from_ical(answer.text).walk("VEVENT")
    assert event.decoded("dtstart") == datetime(2027, 4, 12, 14, tzinfo=JST)
    assert event.decoded("dtend") == datetime(2027, 4, 12, 15, tzinfo=JST)
    assert str(event["location"]) == "本社3階"
    assert "CR-" in str(event["summary"])
    unfolded = answer.text.replace("\r\n ", "")
    assert not any(part in unfolded for part in (*NAME.split(), "aoi@mail.example"))
    assert enter("other").client.get(f"{to}/interview.ics").status_code == 404


@pytest.mark.parametrize(
    "wrong", [{"first": "2020-01-01T10:00"}, {"first": "いつか"}, {"first": "2027-04-12T14:00", "minutes": "61"}]
)
def test_times_that_cannot_be_are_refused_in_words(town: Town, enter: Enter, wrong: dict[str, Any]) -> None:
    made = disclosed(town)
    answer = enter().send(page_of(made), f"{page_of(made)}/interview-times", **wrong)
    assert 400 <= answer.status_code < 500
    assert 'role="alert"' in answer.text
    assert wrong["first"] in answer.text, "what was typed is still there"


def test_silence_is_reminded_once_and_then_closes_the_copy_and_the_person_is_told(town: Town, enter: Enter) -> None:
    made = disclosed(town)
    hiring, to = enter(), page_of(made)
    town.move_to(at(19, hour=23))
    assert mails(town, "admin@hiring.example", "選考の状況をご報告ください") == []
    town.move_to(at(20))
    (reminder,) = mails(town, "admin@hiring.example", "選考の状況をご報告ください")
    assert "2027年4月27日(火) 23:59" in reminder.text, "five business days on"
    assert "葵" not in reminder.text
    hiring = enter()
    assert "次の段階をすぐに報告する" in hiring.get("/hiring").text
    town.move_to(at(27, hour=23))
    assert NAME in enter().send(to, f"{to}/person").text
    town.move_to(at(28))
    closed = enter()
    assert closed.get(to).text.count("期限までに報告がなかったため、閉じられました") == 1
    assert [f.action for f in closed.get(to).forms if f.action.endswith("/person")] == []
    (told,) = mails(town, "aoi@mail.example", "会社からの報告がなかったため")
    assert "見られません" in told.text
    (seen,) = town.candidate(town.aoi).get("/me/seen-by")["items"]
    assert seen["revoked_at"] is not None
    assert seen["deletion_confirmed_at"] is None
    closed.do(to, f"{to}/deletion-confirmation")
    town.worker.drain()
    (seen,) = town.candidate(town.aoi).get("/me/seen-by")["items"]
    assert seen["deletion_confirmed_at"] is not None
    town.later(timedelta(days=60))
    assert len(mails(town, "admin@hiring.example", "選考の状況をご報告ください")) == 1


def test_a_stage_answers_the_reminder_and_the_days_count_anew(town: Town, enter: Enter) -> None:
    made = disclosed(town)
    to = page_of(made)
    town.move_to(at(20))
    enter().do(to, f"{to}/stages", stage="interview", reached_on="2027-04-20")
    town.worker.drain()
    town.move_to(at(28))
    assert "閉じられました" not in enter().get(to).text
    # Ten business days after 20 April: 29 April and 3 to 5 May are holidays.
    town.move_to(at(10, month=5, hour=23))
    assert len(mails(town, "admin@hiring.example", "選考の状況をご報告ください")) == 1
    town.move_to(at(12, month=5))
    assert len(mails(town, "admin@hiring.example", "選考の状況をご報告ください")) == 2


def test_after_a_hire_was_reported_nobody_waits_for_a_word(town: Town, enter: Enter) -> None:
    made = disclosed(town)
    to = page_of(made)
    hiring = enter()
    preview = hiring.send(to, f"{to}/hire-preview", offer_accepted_on="2027-04-05", started_on="2027-06-01", salary_yen="5400000")
    hiring.go_on(preview, f"{to}/hires")
    town.worker.drain()
    town.move_to(at(20, month=5))
    assert mails(town, "admin@hiring.example", "選考の状況をご報告ください") == []
    assert town.office.introduction(IntroductionId(UUID(made))).state.revoked is False


def test_whoever_was_not_hired_is_forgotten_by_a_date_also_when_nothing_is_done(town: Town, enter: Enter) -> None:
    made = disclosed(town)
    to = page_of(made)
    hiring = enter()
    hiring.do(to, f"{to}/closing", cause="not-hired")
    town.worker.drain()
    text = hiring.get(to).text
    assert "削除と報告の期限 2027年4月19日(月) 23:59 (日本時間)" in text
    assert "取り出した写しを削除し、完了を報告する" in hiring.get("/hiring/board").text
    town.move_to(at(19, hour=23))
    assert town.office.introduction(IntroductionId(UUID(made))).state.revoked is False
    town.move_to(at(20))
    assert town.office.introduction(IntroductionId(UUID(made))).state.revoked is True
    assert len(mails(town, "aoi@mail.example", "選考が終わり")) == 1
    assert "写しをすべて削除したことを報告する" in enter().get("/hiring/board").text


def test_a_confirmation_before_the_date_closes_the_copy_with_it(town: Town, enter: Enter) -> None:
    made = disclosed(town)
    to = page_of(made)
    hiring = enter()
    hiring.do(to, f"{to}/closing", cause="offer-declined")
    town.worker.drain()
    hiring.do(to, f"{to}/deletion-confirmation")
    town.worker.drain()
    assert [form.action for form in hiring.get(to).forms if form.action.endswith(("-confirmation", "/person"))] == []
    town.move_to(at(20))
    assert mails(town, "aoi@mail.example", "選考が終わり") == [], "the timer ended with the confirmation"
    assert "取り出した写しを削除し" not in enter().get("/hiring/board").text


def test_what_a_hire_costs_is_shown_before_it_is_reported(town: Town, enter: Enter) -> None:
    made = disclosed(town)
    hiring, to = enter(), page_of(made)
    given: dict[str, Any] = {
        "offer_accepted_on": "2027-04-05", "started_on": "2027-05-06", "salary_yen": "5400000", "bonus_yen": "600001",
        "commuting_yen": "120000",
    }  # fmt: skip
    shown = hiring.send(to, f"{to}/hire-preview", **given)
    # 6,000,001 at 30 % is 1,800,000.3: rounded down; tax 180,000. Commuting money is no part of the base.
    for said in ("¥6,000,001", "¥1,800,000", "¥180,000", "¥1,980,000", "2027年6月5日(土)", "2027年6月5日", "¥1,584,000"):
        assert said in shown.text, said
    assert town.rows("SELECT count(*) FROM placements") == [(0,)], "nothing is reported yet"
    assert hiring.go_on(shown, f"{to}/hires") == to
    town.worker.drain()
    assert town.rows("SELECT count(*) FROM placements") == [(1,)]


@pytest.mark.parametrize(
    "wrong",
    [{"started_on": "2027-04-01"}, {"offer_accepted_on": "2027-04-30"}, {"salary_yen": "0"}, {"salary_yen": "9" * 20},
     {"started_on": "x"}],
)
def test_a_hire_that_cannot_be_has_no_price_and_says_why(town: Town, enter: Enter, wrong: dict[str, Any]) -> None:
    made = disclosed(town)
    given: dict[str, Any] = {"offer_accepted_on": "2027-04-05", "started_on": "2027-05-06", "salary_yen": "5400000", **wrong}
    answer = enter().send(page_of(made), f"{page_of(made)}/hire-preview", **given)
    assert 400 <= answer.status_code < 500
    assert 'role="alert"' in answer.text


def test_a_proof_goes_to_the_vault_with_where_it_is_kept(town: Town, enter: Enter) -> None:
    made = disclosed(town)
    hiring, to = enter(), page_of(made)
    sealed = town.rows("SELECT count(*) FROM vault_record WHERE subject_id = %s", made)[0][0]
    assert "証拠の提出期限 2027年4月12日(月) 23:59 (日本時間)" in hiring.get(to).text
    answer = hiring.send(to, f"{to}/prior-contact", last_contact_on="2026-01-01", evidence="2月に面談", reference="応募 A-77")
    assert 400 <= answer.status_code < 500, "too long ago"
    assert "応募 A-77" in answer.text
    hiring.do(to, f"{to}/prior-contact", last_contact_on="2027-02-01", evidence="2月に面談", reference="応募 A-77")
    town.worker.drain()
    assert town.rows("SELECT prior_contact FROM introduction_board") == [("claimed",)]
    assert town.rows("SELECT count(*) FROM vault_record WHERE subject_id = %s", made) == [(sealed + 1,)]


def test_what_the_person_may_not_have_said_yet_is_on_no_board(town: Town, enter: Enter) -> None:
    made = ask(town)
    hiring = enter()
    before = hiring.get("/hiring/board").text
    aoi = town.candidate(town.aoi)
    aoi.post(f"/me/asks/{made}/decline")
    town.worker.drain()
    assert hiring.get("/hiring/board").text.count("回答待ち") == before.count("回答待ち")
