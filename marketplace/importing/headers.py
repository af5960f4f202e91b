"""Column headings of real exports, Japanese and English, and the field of ours each stands for."""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType
from typing import Final

from domain.vocabulary import Kind, codes_for, kind_of

_FIELDS = MappingProxyType({
    "record_id":
        "応募ID|応募番号|応募管理番号|応募者ID|応募者番号|エントリーID|エントリー番号|選考ID|管理番号|"
        "レコードID|ID|Application ID|Record ID|Applicant ID|Applicant Number",
    "person": "候補者ID|候補者番号|人材ID|Candidate ID|Person ID",
    "name":
        "氏名|名前|お名前|応募者名|応募者氏名|候補者名|候補者氏名|Name|Full Name|Candidate Name|"
        "Applicant Name",
    "family_name": "姓|苗字|氏|Last Name|Family Name|Surname",
    "given_name": "名|First Name|Given Name",
    "kana": "フリガナ|ふりがな|氏名カナ|氏名(カナ)|氏名(フリガナ)|氏名(かな)|カナ|Kana|Name Kana",
    "family_kana": "セイ|姓カナ|姓(カナ)|せい",
    "given_kana": "メイ|名カナ|名(カナ)|めい",
    "emails":
        "メールアドレス|メールアドレス1|メールアドレス2|メール|Eメール|PCメール|携帯メール|E-mail|Email|Mail|"
        "Email Address|E-mail Address",
    "phone":
        "電話番号|電話|連絡先電話番号|携帯電話|携帯電話番号|携帯番号|TEL|Phone|Phone Number|Mobile|"
        "Mobile Phone",
    "applied":
        "応募日|応募日時|応募受付日|応募年月日|エントリー日|エントリー日時|Applied|Applied On|Applied At|"
        "Application Date|Date Applied",
    "rejected":
        "不合格日|不採用日|不採用決定日|不採用通知日|見送り日|お見送り日|選考終了日|判定結果入力日|"
        "Rejected On|Rejected At|Rejection Date|Date Rejected",
    "withdrawn":
        "辞退日|辞退理由|辞退理由分類|選考辞退日|内定辞退日|Withdrawn On|Withdrawn At|Withdrawal Date|"
        "Withdrawal Reason",
    "hired": "入社日|採用日|内定承諾日|Hired On|Hired At|Hire Date",
    "outcome":
        "選考結果|最終結果|結果|合否|ステータス|選考ステータス|最終の選考ステータス|応募ステータス|選考状況|"
        "判定|Status|Outcome|Result|Application Status",
    "stage":
        "選考段階|選考フェーズ|到達段階|到達フェーズ|選考ステップ|最終選考段階|フェーズ|Stage|Current Stage|"
        "Last Stage|Stage Reached",
    "reason": "不採用理由|不合格理由|見送り理由|お見送り理由|Rejection Reason|Reason",
    "job_title":
        "求人名|求人タイトル|応募求人|ポジション|ポジション名|応募ポジション|募集職種名|Job|Job Title|"
        "Job Name|Position",
    "job_type": "職種|応募職種|希望職種|募集職種|Job Type|Occupation",
    "channel": "応募経路|応募媒体|応募チャネル|経路|媒体|媒体名|流入経路|Source|Channel|Application Source",
    "skills": "スキル|スキルタグ|保有スキル|経験スキル|応募ラベル|タグ|Skills|Skill Tags|Tags",
    "languages": "語学|使用言語|対応言語|Languages",
    "comment":
        "評価コメント|面接コメント|選考コメント|面接官コメント|面接所見|所見|フィードバック|"
        "Evaluation Comment|Comment|Comments|Feedback|Interview Notes",
    "can_contact":
        "連絡可否|連絡可|連絡希望|メール配信|メール配信可否|メール送信可否|Can Email|Can Contact|May Contact|"
        "Email Opt In",
    "basis":
        "保管の根拠|保存の根拠|保管根拠|保存根拠|個人情報の同意|個人情報同意|保管への同意|Retention Basis|"
        "Basis|Consent",
    "notice_version": "通知の版|通知版|告知の版|通知文の版|同意文の版|Notice Version|Privacy Notice Version|"
        "Consent Version",
})  # fmt: skip
_SCORE_WORDS = re.compile(r"評価点|評価|スコア|点数|score|rating|[:：()]")
SCORE: Final = "score:"
SEVERAL: Final = frozenset({"emails", "withdrawn"})
"""Fields that several columns may fill together; of any other the first column counts."""


def _squeezed(heading: str) -> str:
    return re.sub(r"[\s\-_・/]+", "", unicodedata.normalize("NFKC", heading).casefold())


_BY_HEADING = MappingProxyType(
    {_squeezed(heading): field for field, headings in _FIELDS.items() for heading in headings.split("|")}
)


def field_of(heading: str) -> str:
    """The field a heading stands for, `score:CODE` for an evaluation, empty for one we do not read."""
    squeezed = _squeezed(heading)
    if squeezed in _BY_HEADING:
        return _BY_HEADING[squeezed]
    code = evaluation_code(heading)
    return SCORE + code if code else ""


def evaluation_code(heading: str) -> str:
    """The evaluation a heading names, with or without the word for score around it; empty if it names none."""
    squeezed = _squeezed(heading)
    for words in (squeezed, _SCORE_WORDS.sub("", squeezed)):
        for code in sorted(codes_for(words)):
            if kind_of(code) is Kind.EVALUATION:
                return code
    return ""
