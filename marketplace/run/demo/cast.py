"""Who plays in the demo. Nobody of them exists; numbers have right check digits and belong to nobody we know of."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec


class CompanyPart(msgspec.Struct, frozen=True, kw_only=True):
    """A company of the demo and its one admin."""

    name: str
    name_en: str
    number_body: str
    address: str
    representative: str
    roles: tuple[str, ...]
    admin_name: str
    admin_email: str
    licence: str | None = None

    @property
    def corporate_number(self) -> str:
        """The twelve digits with their check digit in front (法人番号)."""
        digits = [int(d) for d in reversed(self.number_body)]
        total = sum(d * (1 if n % 2 == 0 else 2) for n, d in enumerate(digits))
        return f"{9 - total % 9}{self.number_body}"


OPERATOR = CompanyPart(
    name="キャリアリレー見本運営株式会社",
    name_en="Career Relay Sample Operations",
    number_body="000000000101",
    address="東京都見本区見本1-1-1",
    representative="見本 一",
    roles=("operator",),
    admin_name="運営 見本",
    admin_email="operator@career-relay.example",
    licence="13-ユ-999901",
)
SECOND_NAME, SECOND_EMAIL = "経理 見本", "finance@career-relay.example"
"""The operator's second person: what one gathers for sending, the other approves."""
AOZORA = CompanyPart(
    name="株式会社あおぞら見本",
    name_en="Aozora Sample Inc.",
    number_body="000000000202",
    address="東京都見本区青空2-2-2",
    representative="見本 二",
    roles=("source",),
    admin_name="採用 青空",
    admin_email="hr@aozora.example",
    licence="13-ユ-999902",
)
MINATO = CompanyPart(
    name="みなと例示株式会社",
    name_en="Minato Example Co.",
    number_body="000000000303",
    address="神奈川県例示市港3-3-3",
    representative="例示 三",
    roles=("source",),
    admin_name="人事 港",
    admin_email="hr@minato.example",
)
TSUBASA = CompanyPart(
    name="株式会社つばさ見本",
    name_en="Tsubasa Sample Inc.",
    number_body="000000000404",
    address="大阪府見本市翼4-4-4",
    representative="見本 四",
    roles=("hiring",),
    admin_name="採用 翼",
    admin_email="hr@tsubasa.example",
)

CONDITIONS: dict[str, Any] = {
    "title": "データアナリスト",
    "duties": "販売データの分析と、分析基盤の運用",
    "duties_scope_of_change": "会社の定める業務",
    "contract_term": "期間の定めなし",
    "renewal_criteria": "該当なし（期間の定めなし）",
    "trial_period": "3か月（労働条件は同じ）",
    "workplace": "大阪府見本市翼4-4-4 本社",
    "workplace_scope_of_change": "会社の定める場所（在宅勤務を含む）",
    "working_hours": "9:00から18:00まで",
    "breaks": "60分",
    "holidays": "土曜、日曜、祝日",
    "overtime": "あり（月平均10時間）",
    "discretionary_work": "なし",
    "wages": "月給400,000円から500,000円まで、賞与年2回",
    "fixed_overtime_pay": "なし",
    "social_insurance": "健康保険、厚生年金、雇用保険、労災保険",
    "passive_smoking": "屋内禁煙",
    "employer_name": "株式会社つばさ見本",
    "is_dispatch": False,
    "is_indefinite": True,
    "annual_salary_from_yen": 5_000_000,
    "annual_salary_to_yen": 6_500_000,
}

LICENCE_FROM = date(2025, 4, 1)
LICENCE_UNTIL = date(2030, 3, 31)
