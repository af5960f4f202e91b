"""Tables: encodings, headings, and values as people type them. A bad row never stops the file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from marketplace.importing.headers import field_of
from marketplace.importing.reading import Reading, Severity
from marketplace.run.examples.hidamari import workbook

Reads = Callable[..., Reading]
Writes = Callable[..., bytes]


def _codes(reading: Reading) -> list[tuple[int, str]]:
    return [(fault.row, fault.code) for fault in reading.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_utf8_with_and_without_mark_and_cp932_read_the_same(encoding: str, reading: Reads, table: Writes) -> None:
    [person] = reading(table({"氏名": "髙見本 﨑"}).decode().encode(encoding)).applicants
    assert person.name == "髙見本 﨑"


@pytest.mark.parametrize(
    "name", ["𠮷例 灯", "ミホニア", "Mihonia", "見本　葵", "O'Mihon", "Ｍｉｈｏｎ", "미혼 견본", "Łukasz Przykład"]
)
def test_a_name_stays_as_it_was_written(name: str, reading: Reads, table: Writes) -> None:
    [person] = reading(table({"氏名": name})).applicants
    assert person.name == name


def test_family_and_given_name_are_joined_and_either_may_be_alone(reading: Reads) -> None:
    data = (
        "応募ID,姓,名,メール,応募日,不採用日\n"
        "1,見本,葵,a@example.jp,2026/3/1,2026/4/1\n"
        "2,',ミホニア,b@example.jp,2026/3/1,2026/4/1\n"
    )
    assert [person.name for person in reading(data.encode()).applicants] == ["見本 葵", "ミホニア"]


def test_english_headings_with_tabs_are_read(reading: Reads) -> None:
    data = (
        "Application ID\tFull Name\tE-mail\tApplied At\tRejected At\tStatus\tStage\tRejection Reason\t"
        "Position\tSource\n"
        "77\tMihon Aoi\taoi@example.com\t2026-03-01T20:00:00Z\t2026-04-01\tRejected\tExecutive Interview\t"
        "Hired other candidate\tSenior Data Analyst\tLinkedIn\n"
    )
    [person] = reading(data.encode()).applicants
    assert (person.record_id, person.stage, person.reason, person.job_type, person.channel) == (
        "77", "final-interview", "other-person-chosen", "data-analyst", "social-network",
    )  # fmt: skip
    assert person.applied_on == date(2026, 3, 2)
    assert person.eligible


@pytest.mark.parametrize(
    "written",
    ["2026/03/01", "2026-03-01", "2026/3/1", "2026年3月1日", "２０２６／０３／０１", "令和8年3月1日", "20260301",
     "46082", "46082.5", "2026/03/01 12:34", "2026-03-01T00:00:00+09:00", "2026-02-28T15:00:00Z", "2026.3.1",
     " 2026年 3月 1日 "],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(written: str, reading: Reads, table: Writes) -> None:
    [person] = reading(table({"応募日": written})).applicants
    assert person.applied_on == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"応募ID": ""}, "record-id-missing"),
        ({"応募ID": "'"}, "record-id-missing"),
        ({"氏名": "　"}, "name-missing"),
        ({"氏名": "見" * 201}, "text-too-long"),
        ({"氏名": "見本\u202e葵"}, "text-has-control-characters"),
        ({"氏名": "見本\n葵"}, "text-has-control-characters"),
        ({"メールアドレス": ""}, "mail-missing"),
        ({"メールアドレス": "aoi at example.jp"}, "mail-malformed"),
        ({"メールアドレス": "a" * 300 + "@example.jp"}, "mail-malformed"),
        ({"応募日": ""}, "application-date-missing"),
        ({"応募日": "2026/02/30"}, "date-unreadable"),
        ({"応募日": "0001/01/01"}, "date-unreadable"),
        ({"応募日": "99999"}, "date-in-future"),
        ({"不採用日": ""}, "rejection-date-missing"),
        ({"不採用日": "2026/11/25"}, "date-in-future"),
        ({"不採用日": "2026/02/28"}, "rejected-before-applied"),
    ],
)
def test_a_bad_row_is_quarantined_with_its_reason_and_the_others_are_read(
    change: dict[str, str], code: str, reading: Reads, table: Writes
) -> None:
    read = reading(table({}, change, {}))
    assert read.rows_read == 3
    assert [person.record_id for person in read.applicants] == ["A-1", "A-3"]
    [(_, faults)] = read.quarantined.items()
    assert code in {fault.code for fault in faults}


def test_the_day_of_the_import_is_not_the_future(reading: Reads, table: Writes) -> None:
    [person] = reading(table({"不採用日": "2026/11/24"})).applicants
    assert person.rejected_on == date(2026, 11, 24)


def test_a_lone_apostrophe_is_blank(reading: Reads, table: Writes) -> None:
    [person] = reading(table({"電話番号": "'", "不採用理由": "'", "評価コメント": "'"})).applicants
    assert (person.phone, person.reason, person.comment) == ("", "", "")


@pytest.mark.parametrize(
    ("written", "number"),
    [("080-0000-0001", "+818000000001"), ("０８０－００００－０００１", "+818000000001"),
     ("8000000001", "+818000000001"),
     ("+1 202-555-0123", "+12025550123"), ("内線12", "")],
)  # fmt: skip
def test_a_phone_number_is_read_or_left_out(written: str, number: str, reading: Reads, table: Writes) -> None:
    read = reading(table({"電話番号": written}))
    assert read.applicants[0].phone == number
    assert ("phone-unreadable" in dict(_codes(read)).values()) is (number == "")


def test_full_width_ids_and_addresses_are_the_same_as_half_width_ones(reading: Reads, table: Writes) -> None:
    read = reading(table({"応募ID": "Ａ－１", "メールアドレス": "ａｏｉ＠ｅｘａｍｐｌｅ．ｊｐ"}, {"応募ID": "A-1"}))
    assert read.applicants[0].emails == ("aoi@example.jp",)
    assert _codes(read) == [(3, "row-repeated")]


def test_the_first_of_two_rows_with_one_id_counts(reading: Reads, table: Writes) -> None:
    read = reading(table({"応募ID": "A-9", "氏名": "見本 先"}, {"応募ID": "A-9", "氏名": "見本 後"}))
    assert [person.name for person in read.applicants] == ["見本 先"]
    assert [(fault.row, fault.code, fault.severity) for fault in read.problems] == [(3, "row-repeated", Severity.NOTE)]


def test_one_bad_address_among_good_ones_is_dropped(reading: Reads, table: Writes) -> None:
    read = reading(table({"メールアドレス": "bad@, good@example.jp"}))
    assert read.applicants[0].emails == ("good@example.jp",)
    assert _codes(read) == [(2, "second-mail-malformed")]


def test_a_mail_header_smuggled_into_an_address_is_not_kept(reading: Reads, table: Writes) -> None:
    [person] = reading(table({"メールアドレス": "aoi@example.jp\r\nBcc: all@example.jp"})).applicants
    assert person.emails == ("aoi@example.jp",)


def test_skills_become_codes_and_other_words_are_not_kept(reading: Reads, table: Writes) -> None:
    read = reading(table({"スキル": "ﾃﾞｰﾀ分析、Python；英語, 星占いXYZ"}))
    assert (read.applicants[0].skills, read.applicants[0].languages) == (("data-analysis", "python"), ("english",))
    assert _codes(read) == [(2, "skill-not-in-vocabulary")]
    assert "星占い" not in repr(read)


def test_scores_are_read_from_one_to_five_in_the_scales_people_use(reading: Reads, table: Writes) -> None:
    read = reading(table({"総合評価": "Ａ", "評価：コミュニケーション": "◎", "志望度": "3", "協調性": "高め"}))
    assert read.applicants[0].scores == (
        ("overall-evaluation", 5), ("communication-evaluation", 5), ("motivation-evaluation", 3),
    )  # fmt: skip
    assert _codes(read) == [(2, "score-unreadable")]


def test_a_row_with_more_cells_than_headings_is_not_trusted(reading: Reads) -> None:
    data = (
        "応募ID,氏名,メール,応募日,不採用日\n"
        "1,見本,葵,a@example.jp,2026/3/1,2026/4/1\n"
        "2,見本,b@example.jp,2026/3/1,2026/4/1\n"
    )
    read = reading(data.encode())
    assert _codes(read) == [(2, "row-has-more-cells-than-header")]
    assert [person.record_id for person in read.applicants] == ["2"]


def test_blank_rows_and_titles_above_the_headings_are_not_rows(reading: Reads, table: Writes) -> None:
    read = reading("応募者一覧\n\n".encode() + table({}) + b",,,\n\n")
    assert (read.rows_read, read.applicants[0].row) == (1, 4)


def test_a_column_we_do_not_know_is_named_and_not_read(reading: Reads, table: Writes) -> None:
    read = reading(table({"備考": "秘密のメモ"}))
    assert [(fault.column, fault.code) for fault in read.problems] == [("備考", "column-not-read")]
    assert "秘密のメモ" not in repr(read)


def test_line_breaks_inside_quotes_stay_in_the_comment(reading: Reads, table: Writes) -> None:
    [person] = reading(table({"評価コメント": "説明が明快。\r\n次も会いたい。"})).applicants
    assert person.comment == "説明が明快。\n次も会いたい。"


def test_a_workbook_reads_dates_numbers_and_the_first_filled_sheet(reading: Reads) -> None:
    headings = ("応募番号", "氏名", "メール", "応募日", "不採用日", "結果")
    data = workbook([(), headings, (12, "見本 葵", "a@example.jp", date(2026, 3, 1), 46113, "不採用")])
    [person] = reading(data).applicants
    assert (person.row, person.record_id, person.applied_on, person.rejected_on) == (
        3,
        "12",
        date(2026, 3, 1),
        date(2026, 4, 1),
    )


def test_a_file_whose_name_says_otherwise_is_read_as_what_it_is(reading: Reads, table: Writes) -> None:
    read = reading(table({}), filename="export.XLSX")
    assert len(read.applicants) == 1
    assert _codes(read) == [(0, "file-name-says-otherwise")]


@pytest.mark.parametrize(
    ("heading", "field"),
    [("応募ID", "record_id"), ("氏名（カナ）", "kana"), ("ﾒｰﾙｱﾄﾞﾚｽ", "emails"), ("E-MAIL address", "emails"),
     ("最終の選考ステータス", "outcome"),
     ("総合評価", "score:overall-evaluation"), ("コミュニケーション評価", "score:communication-evaluation"),
     ("星座", "")],
)  # fmt: skip
def test_headings_of_real_exports_are_known(heading: str, field: str) -> None:
    assert field_of(heading) == field


def test_of_very_many_problems_the_first_are_told_and_the_rest_counted_but_every_row_is_judged(
    reading: Reads, table: Writes
) -> None:
    read = reading(table(*[{"氏名": "", "メールアドレス": ""}] * 600, {}))
    assert (read.rows_read, len(read.quarantined), len(read.applicants)) == (601, 600, 1)
    assert (len(read.problems), len(read.told)) == (1_200, 1_001)
    assert (read.told[0].row, read.told[0].code, read.told[0].count) == (0, "more-problems-not-listed", 200)
    assert read.told[1:] == read.problems[:1_000]
    few = reading(table(*[{"氏名": "", "メールアドレス": ""}] * 500))
    assert few.told == few.problems
    assert len(few.told) == 1_000
