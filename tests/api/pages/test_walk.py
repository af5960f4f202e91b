"""Each role does its main step by hand, with plain forms; what each step shows is what it should."""

from __future__ import annotations

import re

import pytest

from marketplace.run.demo import cast
from tests.api.pages.browser import SITE
from tests.api.pages.town import EMAIL, NAME, WHY, Town


def test_a_file_is_looked_at_before_it_is_kept(walked: Town) -> None:
    look = walked.seen["look"]
    assert look.status_code == 200
    assert "何も保存していません" in look.text
    assert "読み込み5行、招待できる3、辞退1、保留1" in look.text


def test_an_import_shows_every_fault_in_plain_words_and_no_value(walked: Town) -> None:
    assert "生年月日" in walked.seen["import"]
    assert "1994" not in walked.seen["import"]
    assert NAME not in walked.seen["import"]
    assert "3件のご案内を予約しました" in walked.seen["invited"].text


def test_a_landing_page_names_the_source_and_no_person(walked: Town) -> None:
    landing = walked.seen["landing"]
    assert "株式会社あおぞら見本" in landing
    assert "見本株式会社" not in landing.replace("株式会社あおぞら見本", "")
    assert not any(word in landing for word in (*NAME.split(), EMAIL, "不採用"))


def test_a_minor_is_told_why_and_may_correct_a_slip_with_the_same_link(walked: Town) -> None:
    young = walked.seen["young"]
    assert young.status_code == 409
    assert 'role="alert"' in young.text
    assert NAME in young.text, "what was typed is still there"


def test_a_job_with_a_gap_does_not_open_and_keeps_what_was_typed(walked: Town) -> None:
    gap = walked.seen["gap"]
    assert gap.status_code in {409, 422}
    assert 'role="alert"' in gap.text
    assert "販売データの分析と、分析基盤の運用" in gap.text


def test_the_price_is_on_the_table_before_the_click(walked: Town) -> None:
    assert "¥1,650,000" in walked.seen["price"]  # 5,000,000 at 30 % and 10 % tax
    assert "¥2,145,000" in walked.seen["price"]


def test_the_bare_link_masks_values_and_says_what_silence_means(walked: Town) -> None:
    shared = walked.seen["shared"]
    assert NAME not in shared
    assert EMAIL not in shared
    assert "株式会社つばさ見本" in shared
    assert "回答の期限" in shared
    assert "(月)" in shared or any(f"({day})" in shared for day in "火水木金土日")
    assert "不採用" not in shared


def test_signed_in_the_values_are_there(walked: Town) -> None:
    assert NAME in walked.seen["ask"]
    assert EMAIL in walked.seen["ask"]


def test_approving_without_saying_whether_one_is_known_changes_nothing(walked: Town) -> None:
    undecided = walked.seen["undecided"]
    assert undecided.status_code == 400
    assert 'role="alert"' in undecided.text


def test_approve_and_decline_weigh_the_same(walked: Town) -> None:
    shared = walked.seen["shared"]
    assert '<button class="plain">この会社に共有する</button>' in shared
    assert " formnovalidate>今回は見送る</button>" in shared
    assert 'class="quiet"' not in shared[shared.index('class="equal"') :]


def test_an_approval_can_be_undone_on_the_bare_link(walked: Town) -> None:
    assert "承認を取り消す" in walked.seen["approved"]


def test_the_hiring_company_opens_exactly_what_was_approved_and_the_person_sees_the_look(walked: Town) -> None:
    opened = walked.seen["opened"].text
    assert NAME in opened
    assert EMAIL in opened
    assert "小売でデータ分析" not in opened
    assert "株式会社つばさ見本" in walked.browsers["person"].get("/me/seen-by").text


def test_the_hire_was_confirmed_and_its_fee_is_owed(walked: Town) -> None:
    page = walked.browsers["hiring"].get("/hiring").text
    assert "¥1,980,000" in page  # 6,000,000 at 30 % and 10 % tax; commuting money is no part of the base
    assert "¥1,980,000" in walked.browsers["operator"].get("/finance").text


def test_finance_reconciles_to_the_yen(walked: Town) -> None:
    answer = walked.browsers["operator"].send("/finance/reconciliations", "/finance/reconciliations")
    assert answer.status_code == 200
    assert "<strong>¥0</strong>" in answer.text


def test_the_operator_hears_the_story_of_a_number(walked: Town) -> None:
    page = walked.browsers["operator"].get(f"/operator/stories?ident={walked.ids['introduction']}")
    assert page.text.count('<li class="card" id="event-') > 5
    unknown = walked.browsers["operator"].get("/operator/stories?ident=nothing")
    assert 'role="alert"' in unknown.text


def test_the_source_learns_what_the_person_permitted(walked: Town) -> None:
    page = walked.browsers["source"].get("/source/referrals").text
    assert "株式会社つばさ見本" in page
    assert "採用が決まりました" in page
    assert NAME not in page


SAID = "最終選考まで進まれた方です。論理的で、対話が丁寧でした。"
JAPANESE = re.compile("[\u3041-\u309f\u30a1-\u30fa]")


def test_the_ask_and_the_price_are_whole_in_english(walked: Town) -> None:
    for name, sentence in (
        ("shared-en", "If you do nothing"),
        ("price-en", "Price of a hire, all in"),
        ("waiting-en", "nothing is handed over and nothing is owed"),
    ):
        page = walked.seen[name]
        assert sentence.casefold() in page.casefold(), name
        text = re.sub(r"<[^>]+>", " ", page)
        for own in (*(str(v) for v in cast.CONDITIONS.values()), "日本語", SAID, WHY):
            text = text.replace(own, "")
        assert JAPANESE.findall(text) == [], name


@pytest.mark.parametrize("step", ["/me/pause", "/me/blocks"])
def test_a_pause_and_a_block_hold_at_once(walked: Town, step: str) -> None:
    found, told = walked.seen[step]
    assert "0人のカード" in found
    assert ("一時停止しています" if step == "/me/pause" else "株式会社つばさ見本") in told


def test_not_me_is_two_taps_and_tells_the_source(walked: Town) -> None:
    assert walked.seen["not-me"].status_code == 200
    assert "今後このアドレスにはお送りしません" in walked.seen["not-me"].text
    assert "仮名" not in walked.seen["not-me"].text
    assert "心当たりがないとの回答" in walked.browsers["source"].get("/source").text


def test_an_erasure_asks_once_more_and_says_what_remains(walked: Town) -> None:
    assert walked.seen["not-sure"].status_code == 409
    assert "まだ何も消えていません" in walked.seen["not-sure"].text
    assert walked.seen["gone"] == 303
    page = walked.browser().get(walked.seen["erasure"]).text
    assert "消去が終わりました" in page
    assert "q@example.jp" not in page


def test_the_source_answers_an_erasure_by_hand(walked: Town) -> None:
    assert "記録の消去" in walked.seen["requests"]
    assert "完了" in walked.browsers["source"].get("/source/requests").text


def test_a_form_without_a_file_and_a_file_that_is_none_are_told_so_on_the_page(walked: Town) -> None:
    source = walked.browsers["source"]
    about = {"system": "ats", "basis": "application-notice", "notice_version": "2025-04", "look": "false"}
    missing = source.send("/source/imports", "/source/imports", file=("", b""), **about)
    assert missing.status_code == 422
    assert "ファイルを選んでから" in missing.text
    wrong = source.send("/source/imports", "/source/imports", file=("写真.png", b"\x89PNG\r\n\x1a\n" + bytes(100)), **about)
    assert 400 <= wrong.status_code < 500
    assert 'role="alert"' in wrong.text
    assert 'value="2025-04"' in wrong.text


def test_a_double_click_is_one_recommendation(walked: Town) -> None:
    source = walked.browsers["source"]
    form = [f for f in source.get(f"/source/referrals/{walked.ids['referral']}").forms if f.action.endswith("/recommendation")][-1]
    sent = {**form.fields, "text": ["二度押しても一つです。"]}
    first, second = (source.client.post(form.action, data=sent, headers={"Origin": SITE}) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]


def test_a_challenged_leave_is_on_record_for_both(walked: Town) -> None:
    there = f"/hiring/introductions/{walked.ids['introduction']}"
    assert "退職が報告されています" in walked.browsers["hiring"].get(there).text
    assert "退職が報告されています" in walked.browsers["person"].get("/me").text
