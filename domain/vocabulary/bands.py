"""Coarse bands, seniority and yearly salary, and the languages people work in."""

from __future__ import annotations

from domain.vocabulary.term import Term

SENIORITIES = (
    Term("entry-level", "未経験・第二新卒", "Entry level", ("未経験", "第二新卒", "entry")),
    Term("junior-level", "若手（経験1〜3年）", "Junior (1 to 3 years)", ("junior", "ジュニア")),
    Term("middle-level", "中堅（経験4〜9年）", "Middle (4 to 9 years)", ("middle", "ミドル", "中堅")),
    Term("senior-level", "シニア（経験10年以上）", "Senior (10 years or more)", ("senior", "シニア", "ベテラン")),
    Term("manager-level", "管理職", "Manager", ("課長", "マネージャー", "manager", "リーダー職")),
    Term("executive-level", "部長・役員", "Director or executive", ("部長", "役員", "executive", "director")),
)

SALARY_BANDS = (
    Term("under-4m-yen", "400万円未満", "Under ¥4 million"),
    Term("4m-to-6m-yen", "400万円以上600万円未満", "¥4 million to under ¥6 million"),
    Term("6m-to-8m-yen", "600万円以上800万円未満", "¥6 million to under ¥8 million"),
    Term("8m-to-10m-yen", "800万円以上1,000万円未満", "¥8 million to under ¥10 million"),
    Term("10m-to-15m-yen", "1,000万円以上1,500万円未満", "¥10 million to under ¥15 million"),
    Term("15m-yen-or-more", "1,500万円以上", "¥15 million or more"),
)

BAND_STARTS_YEN = (
    (15_000_000, "15m-yen-or-more"),
    (10_000_000, "10m-to-15m-yen"),
    (8_000_000, "8m-to-10m-yen"),
    (6_000_000, "6m-to-8m-yen"),
    (4_000_000, "4m-to-6m-yen"),
    (0, "under-4m-yen"),
)

LANGUAGES = (
    Term("japanese", "日本語", "Japanese", ("jlpt", "ビジネス日本語")),
    Term("english", "英語", "English", ("toeic", "toefl", "ビジネス英語", "business english")),
    Term("chinese", "中国語", "Chinese", ("mandarin", "hsk")),
    Term("korean", "韓国語", "Korean"),
    Term("vietnamese", "ベトナム語", "Vietnamese"),
    Term("spanish", "スペイン語", "Spanish"),
    Term("portuguese", "ポルトガル語", "Portuguese"),
    Term("french", "フランス語", "French"),
    Term("german", "ドイツ語", "German"),
    Term("other-language", "その他の言語", "Another language"),
)
