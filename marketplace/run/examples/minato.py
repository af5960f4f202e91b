"""みなと例示株式会社: sixty rows of a Japanese ATS in CP932, with a lone ' for blank and full-width digits."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Final

from marketplace.run.examples.people import invented, kana

_HEADINGS: Final = (
    "応募ID",
    "氏名",
    "フリガナ",
    "メールアドレス",
    "電話番号",
    "応募日",
    "不合格日",
    "選考結果",
    "選考段階",
    "不採用理由",
    "求人名",
    "職種",
    "応募経路",
    "スキル",
    "総合評価",
    "評価コメント",
    "連絡可否",
    "生年月日",
    "性別",
    "本籍",
    "備考",
)
_FIRST_DAY: Final = date(2026, 2, 2)
_ORDINARY: Final = 48
_JOBS: Final = (
    ("生産技術（平塚）", "生産技術職", "生産技術、CAD、カイゼン"),
    ("海外営業", "営業職", "海外営業、英語、交渉"),
    ("社内SE", "社内SE・ITサポート", "ヘルプデスク、Linux、ネットワーク"),
    ("品質管理", "品質管理職", "品質保証、ISO9001、統計"),
)
_STAGES: Final = ("書類選考", "一次面接", "二次面接", "最終面接")
_REASONS: Final = ("経験不足", "採用枠充足", "スキル不一致", "条件不一致")
_CHANNELS: Final = ("求人サイト", "人材紹介", "自社HP", "社員紹介")


def minato() -> bytes:
    """The export as CP932 with CRLF line ends."""
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, _HEADINGS, restval="'", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows([_tsumugi(), *(_ordinary(number) for number in range(2, _ORDINARY + 1)), *_traps()])
    return target.getvalue().encode("cp932")


def _tsumugi() -> dict[str, str]:
    """見本 紬, whom 株式会社あおぞら見本 turned away too: the same address in both files."""
    return _ordinary(1) | {
        "氏名": "見本　紬",
        "フリガナ": "ミホン ツムギ",
        "メールアドレス": "tsumugi.mihon@example.jp",
        "選考段階": "最終面接",
        "求人名": "海外営業",
        "職種": "営業職",
        "スキル": "海外営業、英語、交渉",
        "総合評価": "Ａ",
        "評価コメント": "交渉の進め方がよい。",
    }


def _ordinary(number: int) -> dict[str, str]:
    job, occupation, skills = _JOBS[number % 4]
    family, given, address = invented(number, "example.com")
    applied_on = _FIRST_DAY + timedelta(days=number)
    rejected_on = applied_on + timedelta(days=20 + number % 10)
    return {
        "応募ID": f"M-{number:04}",
        "氏名": f"{family}　{given}",
        "フリガナ": kana(number),
        "メールアドレス": address,
        "電話番号": f"080-0000-{5000 + number}",
        "応募日": f"{applied_on:%Y/%m/%d}",
        "不合格日": f"{rejected_on:%Y/%m/%d}",
        "選考結果": "不採用",
        "選考段階": _STAGES[number % 4],
        "不採用理由": _REASONS[number % 4],
        "求人名": job,
        "職種": occupation,
        "応募経路": _CHANNELS[number % 4],
        "スキル": skills,
        "総合評価": "ABC"[number % 3],
    }


def _traps() -> list[dict[str, str]]:
    """What makes real exports hard. Each comment says what must come of it."""
    blank = "'"
    return [
        # Full-width digits and signs, and a date in Japanese: eligible like any other.
        _ordinary(51)
        | {
            "応募ID": "Ｍ－００５１",
            "電話番号": "０８０－００００－５０５１",
            "応募日": "２０２６年３月１日",
            "メールアドレス": "ｅ．ｘ０５１＠ｅｘａｍｐｌｅ．ｊｐ",
        },
        # One name only: eligible.
        _ordinary(52) | {"氏名": "ミホニア", "フリガナ": "ミホニア"},
        # No id; no address; a bad address; a day to come; rejected before applying; a day that is none: quarantined.
        _ordinary(53) | {"応募ID": blank},
        _ordinary(54) | {"メールアドレス": blank},
        _ordinary(55) | {"メールアドレス": "not-an-address＠"},
        _ordinary(56) | {"不合格日": "2099/01/01"},
        _ordinary(57) | {"不合格日": "2026/01/01"},
        _ordinary(58) | {"応募日": "三月ごろ"},
        # The same id again: the first counts.
        _ordinary(2) | {"選考段階": "書類選考"},
        # 辞退, also of an offer: a segment of their own. Still in selection, and hired: not eligible.
        _ordinary(59) | {"選考結果": "選考辞退", "不合格日": blank},
        _ordinary(60) | {"選考結果": "内定辞退", "不合格日": blank, "選考段階": "内定"},
        _ordinary(61) | {"選考結果": "選考中", "不合格日": blank},
        _ordinary(62) | {"選考結果": "入社", "不合格日": blank, "選考段階": "内定"},
        # Forbidden items, and a comment about health: dropped and reported, the people stay.
        _ordinary(63) | {"生年月日": "1992/02/02", "性別": "例示性別", "本籍": "例示県例示市"},
        _ordinary(64) | {"評価コメント": "通院中とのこと。例示健康コメント"},
        # Does not want to be contacted: kept, not eligible.
        _ordinary(65) | {"連絡可否": "不可"},
        # A number that is none: dropped.
        _ordinary(66) | {"電話番号": "内線12", "備考": "読み取らない列"},
    ]
