"""What a candidate does on their pages beyond the answer: asks, arranges, paces, is reached, and goes."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from domain.applicant import Channel
from domain.calendar import JST
from domain.hire import Side
from domain.ids import CandidateId, IntroductionId
from domain.interview import Slot
from marketplace.commands import interview, reach
from marketplace.store.log import Command
from tests.stories.pages import Window

if TYPE_CHECKING:
    from marketplace.run.demo.person import Person
    from tests.stories.scenes import Scenes

pytestmark = pytest.mark.story
AOI = "aoi.mihon@example.jp"


def mailed(scenes: Scenes, pattern: str, address: str = AOI) -> str:
    return next(found.group() for mail in scenes.mailbox(address) if (found := re.search(pattern, mail.text)))


def test_a_question_is_unnamed_answered_and_moves_no_deadline(scenes: Scenes) -> None:
    scenes.ready()
    aoi = scenes.register_aoi()
    introduction = scenes.ask(aoi)
    link = mailed(scenes, r"/share/[\w-]{43}")
    person, company = Window(scenes), Window(scenes, scenes.tsubasa)
    before = aoi.get(f"/me/asks/{introduction}")["expires_at"]
    for text, why in (
        ("見本 葵と申します。残業はありますか。", "お名前が含まれています"),
        ("aoi@example.jp にお返事ください。", "メールアドレスまたはURL"),
        ("０９０-1234-5678までお願いします。", "電話番号のような数字"),
    ):
        refused = person.send(link, f"{link}/question", question=text)
        assert refused.status_code == 409
        assert why in refused.text
        assert text in refused.text, "what was typed is kept"
    person.press(link, f"{link}/question", question="在宅勤務は週に何日できますか。")
    shown = company.text(f"/hiring/introductions/{introduction}")
    assert "在宅勤務は週に何日できますか。" in shown
    assert "見本 葵" not in shown
    company.press(
        f"/hiring/introductions/{introduction}", f"/hiring/introductions/{introduction}/answer", answer="週に3日です。"
    )
    assert "週に3日です。" in person.text(link)
    assert aoi.get(f"/me/asks/{introduction}")["expires_at"] == before
    assert any("質問への回答が届きました" in mail.subject for mail in scenes.mailbox(AOI))
    assert all("在宅" not in mail.text + mail.subject for mail in scenes.mailbox("hr@tsubasa.example"))
    scenes.all_holds()


def test_a_declined_ask_takes_the_answer_as_silence_would(scenes: Scenes) -> None:
    scenes.ready()
    aoi = scenes.register_aoi()
    introduction = scenes.ask(aoi)
    person, company = Window(scenes, aoi), Window(scenes, scenes.tsubasa)
    person.press(f"/me/asks/{introduction}", f"/me/asks/{introduction}/question", question="転勤はありますか。")
    person.press(f"/me/asks/{introduction}", f"/me/asks/{introduction}/decline")
    there = f"/hiring/introductions/{introduction}"
    company.press(there, f"{there}/answer", answer="ありません。")
    assert "ありません。" in company.text(there)
    assert not any("質問への回答" in mail.subject for mail in scenes.mailbox(AOI))


def test_three_times_go_with_the_yes_and_show_only_after_disclosure(scenes: Scenes) -> None:
    scenes.ready()
    aoi = scenes.register_aoi()
    introduction = scenes.ask(aoi)
    person, company = Window(scenes, aoi), Window(scenes, scenes.tsubasa)
    there = f"/hiring/introductions/{introduction}"
    before = company.text(there)
    day = (scenes.stage.now().astimezone(JST) + timedelta(days=5)).date()
    person.press(
        f"/me/asks/{introduction}", f"/me/asks/{introduction}/approval", known_to_company="false",
        first=f"{day}T10:00", second=f"{day}T14:30", minutes="45",
    )
    office = scenes.stage.house.office
    state = office.introduction(IntroductionId(UUID(introduction))).state
    named = [slot.starts_at.astimezone(JST).isoformat() for slot in state.interview.times]
    assert named == [f"{day}T10:00:00+09:00", f"{day}T14:30:00+09:00"]
    assert re.sub(r'value="[^"]*"', "", company.text(there)) == re.sub(r'value="[^"]*"', "", before)
    scenes.stage.move_to(scenes.stage.now() + timedelta(minutes=11))
    assert f"{day.month}月{day.day}日" in company.text(there)
    command = Command(id=uuid4(), actor="user:test", now=scenes.stage.now())
    state = office.introduction(IntroductionId(UUID(introduction))).state
    interview.pick(
        office, command, introduction=IntroductionId(UUID(introduction)), by=Side.HIRING, who=state.hiring, naming=1,
        starts_at=state.interview.times[1].starts_at,
    )
    scenes.stage.settle()
    assert "14:30" in person.text(f"/me/asks/{introduction}")
    assert "14:30" in person.text("/me")
    assert any("面接の日時が決まりました" in mail.subject for mail in scenes.mailbox(AOI))
    person.press(f"/me/asks/{introduction}", f"/me/asks/{introduction}/interview-cancellation")
    assert office.introduction(IntroductionId(UUID(introduction))).state.interview.agreed is None
    scenes.all_holds()


def test_the_company_names_times_and_the_person_picks_one(scenes: Scenes) -> None:
    scenes.ready()
    aoi = scenes.register_aoi()
    introduction = scenes.ask(aoi)
    scenes.approve(aoi, introduction)
    office, key = scenes.stage.house.office, IntroductionId(UUID(introduction))
    start = scenes.stage.now().replace(microsecond=0) + timedelta(days=3)
    times = (Slot(starts_at=start, minutes=60), Slot(starts_at=start + timedelta(hours=2), minutes=60))
    command = Command(id=key, actor="user:test", now=scenes.stage.now())
    interview.name_times(
        office, command, introduction=key, by=Side.HIRING, who=office.introduction(key).state.hiring, times=times,
        place="つばさビル3階",
    )
    scenes.stage.settle()
    person = Window(scenes, aoi)
    assert "日時を選ぶ" in person.text("/me")
    ask = f"/me/asks/{introduction}"
    assert person.send(ask, f"{ask}/interview-pick", naming="7").status_code == 409, "other times than were seen"
    person.press(ask, f"{ask}/interview-pick", starts_at=times[1].starts_at.isoformat())
    assert "つばさビル3階" in person.text(ask)
    assert office.introduction(key).state.interview.agreed == times[1]


def test_a_job_is_settled_in_one_tap_with_ten_minutes_to_undo(scenes: Scenes) -> None:
    scenes.ready()
    aoi = scenes.register_aoi()
    introduction = scenes.ask(aoi)
    person = Window(scenes, aoi)
    person.press("/me/pace", "/me/search-end")
    assert "取り消せます" in person.text("/me")
    person.press("/me", "/me/search-end/undoing")
    scenes.stage.move_to(scenes.stage.now() + timedelta(minutes=11))
    assert aoi.get(f"/me/asks/{introduction}")["status"] == "asked"
    person.press("/me/pace", "/me/search-end")
    scenes.stage.move_to(scenes.stage.now() + timedelta(minutes=11))
    assert aoi.get(f"/me/asks/{introduction}")["status"] == "cancelled"
    assert aoi.get("/me/card")["card"] is None
    scenes.all_holds()


def test_nothing_is_disclosed_while_the_end_of_the_search_can_be_undone(scenes: Scenes) -> None:
    scenes.ready()
    aoi = scenes.register_aoi()
    introduction = scenes.ask(aoi)
    seen = aoi.get(f"/me/asks/{introduction}")["seen"]
    items = seen["items"]
    aoi.post(f"/me/asks/{introduction}/approval", {"items": items, "seen": seen, "known_to_company": False})
    scenes.stage.move_to(scenes.stage.now() + timedelta(minutes=5))
    Window(scenes, aoi).press("/me/pace", "/me/search-end")
    scenes.stage.move_to(scenes.stage.now() + timedelta(minutes=7))
    assert "identity-disclosed.v1" not in scenes.kinds()
    scenes.stage.move_to(scenes.stage.now() + timedelta(hours=2))
    assert "identity-disclosed.v1" not in scenes.kinds()
    assert aoi.get(f"/me/asks/{introduction}")["status"] == "cancelled"


def test_a_pause_ends_by_itself_after_its_last_day(scenes: Scenes) -> None:
    scenes.ready()
    aoi = scenes.register_aoi()
    person = Window(scenes, aoi)
    today = scenes.stage.now().astimezone(JST).date()
    assert person.send("/me/pace", "/me/pause", last_day=str(today - timedelta(days=1))).status_code == 409
    person.press("/me/pace", "/me/pause", last_day=str(today + timedelta(days=2)))
    assert aoi.get("/me/card")["card"] is None
    scenes.day(2)
    assert aoi.get("/me/card")["card"] is None
    scenes.day(1)
    assert aoi.get("/me/card")["card"] is not None


def test_the_limit_of_open_asks_is_the_persons_own(scenes: Scenes) -> None:
    scenes.ready()
    aoi = scenes.register_aoi()
    person = Window(scenes, aoi)
    person.press("/me/pace", "/me/ask-limit", most="1")
    scenes.ask(aoi)
    card, job = aoi.get("/me/card")["card"]["card"], scenes.tsubasa.get(f"/jobs/{scenes.job}")
    kept = ("conditions", "occupation", "prefecture", "salary_band")
    other = scenes.tsubasa.post("/jobs", {key: job[key] for key in kept if key in job})
    scenes.stage.settle()
    body = {"card": card, "job": other["id"], "job_version": 1, "items": ["name"]}
    assert scenes.tsubasa.refused("/introductions", body) == "candidate-has-enough-asks"
    assert person.send("/me/pace", "/me/ask-limit", most="11").status_code == 422


def test_a_changed_mailbox_is_proved_told_and_rests_disclosures_for_a_day(scenes: Scenes) -> None:
    scenes.ready()
    aoi = scenes.register_aoi()
    introduction = scenes.ask(aoi)
    person, anybody, new = Window(scenes, aoi), Window(scenes), "aoi.new@example.jp"
    person.press("/me/channels", "/me/channels/email", email=new)
    assert aoi.get("/me")["email"] == AOI, "not before it is proved"
    link = mailed(scenes, r"/contact/[\w-]{43}", new)
    assert anybody.send(link, link).status_code == 200
    scenes.stage.settle()
    assert any("変更されました" in mail.subject for mail in scenes.mailbox(AOI)), "the old mailbox is told"
    assert person.client.get("/me").status_code == 303, "every session ended"
    aoi.email = new
    person.come_as(aoi)
    seen = aoi.get(f"/me/asks/{introduction}")["seen"]
    aoi.post(f"/me/asks/{introduction}/approval", {"items": seen["items"], "seen": seen, "known_to_company": False})
    scenes.stage.move_to(scenes.stage.now() + timedelta(hours=23))
    assert "identity-disclosed.v1" not in scenes.kinds()
    scenes.stage.move_to(scenes.stage.now() + timedelta(hours=2))
    assert "identity-disclosed.v1" in scenes.kinds()
    assert anybody.send("/sign-in", "/sign-in", email=AOI).status_code == 303
    scenes.stage.settle()
    assert not any("/sign-in/" in mail.text and mail.at > scenes.stage.now() - timedelta(hours=1) for mail in scenes.mailbox(AOI))
    scenes.all_holds()


def test_a_dead_mailbox_rests_the_card_and_another_one_brings_it_back(scenes: Scenes) -> None:
    scenes.ready()
    aoi = scenes.register_aoi()
    who = CandidateId(UUID(aoi.get("/me")["candidate"]))
    command = Command(id=uuid4(), actor="worker:mail", now=scenes.stage.now())
    reach.fail(scenes.stage.house.office, command, candidate=who, channel=Channel.EMAIL)
    scenes.stage.settle()
    person = Window(scenes, aoi)
    assert aoi.get("/me/card")["card"] is None
    assert "届かなくなっています" in person.text("/me")
    referral = aoi.get("/me/referrals")["items"][0]["referral"]
    assert aoi.refused(f"/me/referrals/{referral}/card", {}) == "no-way-to-reach-you"
    person.press("/me/channels", "/me/channels/email", email="aoi.new@example.jp")
    link = mailed(scenes, r"/contact/[\w-]{43}", "aoi.new@example.jp")
    Window(scenes).send(link, link)
    aoi.email = "aoi.new@example.jp"
    aoi.sign_in()
    aoi.post(f"/me/referrals/{referral}/card")
    scenes.stage.settle()
    assert aoi.get("/me/card")["card"] is not None


def line_window(scenes: Scenes, aoi: Person) -> Window:
    """Connected with the stand-in, over the real code flow."""
    person = Window(scenes, aoi)
    sent = person.send("/me/channels", "/me/channels/line")
    assert sent.status_code == 200
    there = re.search(r'href="([^"]*/dev/line\?[^"]*)"', sent.text)
    assert there is not None
    asked = there.group(1).replace("&amp;", "&").replace(scenes.stage.url, "")
    assert "code_challenge_method=S256" in asked
    back = person.press(asked, "/dev/line/sign-in", account="nigo")
    assert back.startswith("/line/return?code=")
    assert person.press(back, "/line/return") == "/me/channels"
    return person


def test_line_is_connected_over_the_code_flow_and_told_without_a_name(scenes: Scenes) -> None:
    scenes.ready()
    aoi = scenes.register_aoi()
    person = line_window(scenes, aoi)
    assert "連携しています" in person.text("/me/channels")
    introduction = scenes.ask(aoi)
    assert "サインインしてご確認ください" not in person.text("/dev/line"), "not without that channel's consent"
    words = aoi.get("/consent-texts", scope="channel", channel="line", language="ja")
    aoi.post("/me/consents", {"scope": "channel", "channel": "line", "text_version": words["text_version"], "language": "ja"})
    scenes.approve(aoi, introduction)
    shown = person.text("/dev/line")
    assert "お知らせが1件あります。サインインしてご確認ください。" in shown
    assert "つばさ" not in shown
    assert "見本 葵" not in shown
    scenes.all_holds()


def test_a_line_return_with_another_state_or_in_another_browser_connects_nothing(scenes: Scenes) -> None:
    scenes.ready()
    aoi = scenes.register_aoi()
    person = Window(scenes, aoi)
    sent = person.send("/me/channels", "/me/channels/line").text
    there = re.search(r'href="([^"]*/dev/line\?[^"]*)"', sent)
    assert there is not None
    asked = there.group(1).replace("&amp;", "&").replace(scenes.stage.url, "")
    back = person.press(asked, "/dev/line/sign-in", account="nigo")
    other = Window(scenes, aoi)
    assert other.send(back, "/line/return").status_code == 409, "another session than the one that left"
    assert "連携しています" not in other.text("/me/channels")


def test_why_one_was_not_chosen_is_asked_and_answered_by_a_code(scenes: Scenes) -> None:
    scenes.ready()
    aoi = scenes.register_aoi()
    person = Window(scenes, aoi)
    person.press("/me/requests", "/me/requests", kind="feedback")
    assert person.send("/me/requests", "/me/requests", kind="disclose").status_code == 303
    scenes.stage.settle()
    assert "までに回答がある予定です" in person.text("/me/requests")


def test_a_company_is_found_by_name_and_its_group_is_named_before_the_block(scenes: Scenes) -> None:
    scenes.ready()
    aoi = scenes.register_aoi()
    person = Window(scenes, aoi)
    shown = person.text("/me/blocks?search=つばさ")
    assert "株式会社つばさ見本" in shown
    assert "グループ会社" in shown
    person.press("/me/blocks?search=つばさ", "/me/blocks")
    assert "株式会社つばさ見本" in person.text("/me/blocks")


def test_erasing_takes_two_steps_and_a_fresh_proof(scenes: Scenes) -> None:
    scenes.ready()
    aoi = scenes.register_aoi()
    person = Window(scenes, aoi)
    assert "消去の内容を確認する" in person.text("/me/data")
    scenes.stage.move_to(scenes.stage.now() + timedelta(minutes=20))
    answer = person.send("/me/erasure", "/me/erasure", confirm="true")
    assert answer.headers["location"].startswith("/step-up?back=")
    person.come_as(aoi)
    assert "消去せずに戻る" in person.text("/me/erasure")
    assert person.send("/me/erasure", "/me/erasure").status_code == 409, "the box was not ticked"
    assert person.press("/me/erasure", "/me/erasure", confirm="true").startswith("/erasures/")
