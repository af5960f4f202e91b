"""What may not be collected never gets in: whole columns, and free text that speaks of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from marketplace.importing.deny_list import is_forbidden_heading, mentions_forbidden
from marketplace.importing.reading import Reading, Severity

Reads = Callable[..., Reading]
Writes = Callable[..., bytes]

FORBIDDEN = [
    # 公正採用選考 14事項
    "本籍", "出生地", "出身地", "家族構成", "家族の職業", "住宅状況", "持ち家", "間取り", "生活環境", "家庭環境",
    "宗教", "支持政党", "人生観",
    "尊敬する人物", "思想信条", "労働組合加入歴", "社会運動歴", "購読新聞", "愛読書", "身元調査結果", "健康診断結果",
    # age, gender, origin, photo, special care
    "生年月日", "誕生日", "年齢", "満年齢", "性別", "国籍", "在留資格", "配偶者の有無", "扶養家族", "写真URL",
    "顔写真", "病歴", "既往症", "障害者手帳",
    "障がいの有無", "犯罪歴", "前科", "賞罰", "人種", "社会的身分", "血液型", "ﾈﾝﾚｲ 年齢", "生 年 月 日",
    "Date of Birth", "DOB", "birthDate", "custom_fields.birthday", "Age", "age_group", "Gender", "Sex",
    "Nationality", "Citizenship",
    "Race", "Ethnicity", "Hispanic or Latino", "Veteran Status", "Disability Status", "Religion", "Marital Status",
    "photo_url", "Health",
    "Criminal Record", "EEOC", "Demographic Questions", "Union Membership",
]  # fmt: skip
ALLOWED = [
    "応募ID", "氏名", "メールアドレス", "職種", "選考段階", "評価コメント", "言語", "スキル", "経験年数", "Stage",
    "Language", "Languages", "Page", "Usage",
    "Message", "Manager", "Average Score", "Source", "Sussex Office", "Trace Id", "Package", "個人情報の同意",
    "通知の版",
]  # fmt: skip


@pytest.mark.parametrize("heading", FORBIDDEN)
def test_a_forbidden_column_is_dropped_reported_by_row_and_its_value_is_nowhere(
    heading: str, reading: Reads, table: Writes
) -> None:
    read = reading(table({heading: "PLANTED-VALUE"}, {}, {heading: "PLANTED-VALUE"}))
    assert "PLANTED-VALUE" not in repr(read)
    assert [(fault.row, fault.column, fault.code, fault.severity) for fault in read.problems] == [
        (2, heading, "forbidden-item", Severity.DROPPED_FIELD),
        (4, heading, "forbidden-item", Severity.DROPPED_FIELD),
    ]
    assert len(read.eligible) == 3


@pytest.mark.parametrize("heading", ALLOWED)
def test_an_ordinary_heading_is_not_taken_for_a_forbidden_one(heading: str) -> None:
    assert not is_forbidden_heading(heading)


@pytest.mark.parametrize(
    "comment",
    [
        "持病があり残業は難しいとのこと", "うつで休職していた", "発達障害の診断あり", "がん治療中", "前科あり",
        "逮捕歴を本人が話した", "熱心なクリスチャン",
        "支持政党の話になった", "労 働 組 合の役員", "本籍は遠方", "ご両親と同居", "既婚、子ども二人", "独身",
        "持ち家あり", "45歳とやや高い", "４５才",
        "女性らしい気配り", "見た目がよい", "外国人だが日本語は流暢", "家族構成を聞いた", "尊敬する人物は父親",
        "妊娠中", "障がい者手帳を所持",
        "He has a disability.", "She is pregnant", "too old for us", "talked about his religion",
        "Married with kids", "35 years old",
        "was arrested once", "mental health issues", "member of a trade union", "seems depressed", "of Asian ethnicity",
    ],
)  # fmt: skip
def test_a_comment_about_such_things_is_dropped_whole(comment: str, reading: Reads, table: Writes) -> None:
    read = reading(table({"評価コメント": f"PLANTED-VALUE {comment}"}))
    assert read.applicants[0].comment == ""
    assert "PLANTED-VALUE" not in repr(read)
    assert [(fault.row, fault.column, fault.code) for fault in read.problems] == [
        (2, "評価コメント", "free-text-screened")
    ]


@pytest.mark.parametrize(
    "comment",
    [
        "分析の筋道が明快。僅差で他の方に決まった。", "システム障害の対応経験が豊富", "交渉が上手で、頑張りがきく",
        "法人営業5年、目標達成率120%",
        "Fixed a race condition in our exercise.", "Manages language and stage well",
        "Strong performance, great management potential",
        "ゲイン調整の経験", "リモート勤務を希望",
    ],
)  # fmt: skip
def test_a_comment_about_the_work_stays(comment: str, reading: Reads, table: Writes) -> None:
    assert not mentions_forbidden(comment)
    assert reading(table({"評価コメント": comment})).applicants[0].comment == comment


def test_a_job_title_that_tells_of_a_disability_is_dropped_and_its_code_stays(reading: Reads, table: Writes) -> None:
    [person] = reading(table({"求人名": "一般事務（障害者採用枠）"})).applicants
    assert (person.job_title, person.job_type) == ("", "office-clerk")


def test_a_forbidden_column_of_many_rows_is_listed_and_then_counted(reading: Reads, table: Writes) -> None:
    read = reading(table(*[{"性別": "x"}] * 250))
    listed = [fault for fault in read.problems if fault.code == "forbidden-item"]
    [rest] = [fault for fault in read.problems if fault.code == "forbidden-item-in-more-rows"]
    assert (len(listed), rest.row, rest.column, rest.count) == (200, 0, "性別", 50)
