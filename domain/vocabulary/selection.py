"""How a selection went: stages reached, why it ended, how the person had come, what was evaluated. All coarse."""

from __future__ import annotations

from domain.vocabulary.term import Term

STAGES = (
    Term(
        "document-screening",
        "書類選考",
        "Document screening",
        (
            "書類",
            "応募受付",
            "エントリー",
            "適性検査",
            "webテスト",
            "筆記試験",
            "application review",
            "resume screen",
            "screening",
            "new applicant",
            "take home test",
            "preliminary phone screen",
        ),
    ),
    Term(
        "first-interview",
        "一次面接",
        "First interview",
        (
            "1次面接",
            "一次選考",
            "1次選考",
            "カジュアル面談",
            "初回面接",
            "phone interview",
            "1st interview",
            "phone screen",
        ),
    ),
    Term(
        "later-interview",
        "二次面接以降",
        "Later interview",
        (
            "二次面接",
            "2次面接",
            "三次面接",
            "3次面接",
            "二次選考",
            "2次選考",
            "2nd interview",
            "second interview",
            "third interview",
            "face to face",
            "onsite",
            "on site",
            "technical interview",
        ),
    ),
    Term(
        "final-interview",
        "最終面接",
        "Final interview",
        ("最終選考", "役員面接", "社長面接", "最終", "executive interview", "final round", "cultural fit interview"),
    ),
    Term("offer", "内定", "Offer", ("オファー", "オファー面談", "内々定", "条件提示", "offer extended")),
)

REASONS = (
    Term(
        "skills-gap",
        "スキル不足",
        "Skills gap",
        (
            "スキル",
            "技術力不足",
            "スキルアンマッチ",
            "スキル不一致",
            "lacking skills",
            "lacking skill(s)/qualification(s)",
            "skills",
        ),
    ),
    Term(
        "experience-short",
        "経験不足",
        "Not enough experience",
        ("経験", "経験年数不足", "lacking experience", "too junior"),
    ),
    Term("over-qualified", "経験過多", "Over-qualified", ("オーバースペック", "overqualified", "too senior")),
    Term(
        "other-person-chosen",
        "他の候補者を採用",
        "Another person was chosen",
        ("他候補者採用", "他候補者に決定", "僅差", "hired other candidate", "hired another candidate", "runner up"),
    ),
    Term(
        "position-closed",
        "募集終了",
        "Position closed",
        ("採用枠充足", "充足", "ポジションクローズ", "採用計画変更", "position closed", "hiring freeze", "headcount"),
    ),
    Term(
        "values-mismatch",
        "社風・志向の不一致",
        "Different direction",
        ("カルチャーアンマッチ", "社風不一致", "志向性不一致", "志向", "カルチャー", "culture fit", "wrong fit"),
    ),
    Term(
        "conditions-mismatch",
        "条件の不一致",
        "Conditions did not match",
        (
            "条件不一致",
            "希望条件",
            "希望年収",
            "勤務地",
            "年収",
            "勤務地不一致",
            "salary",
            "location",
            "too expensive",
            "compensation",
        ),
    ),
    Term("timing-mismatch", "時期の不一致", "Timing did not match", ("入社時期", "時期", "timing", "start date")),
    Term("language-level", "語学力", "Language level", ("語学力不足", "英語力不足", "日本語力不足", "language")),
    Term(
        "documents-incomplete",
        "書類不備",
        "Documents incomplete",
        ("書類不足", "missing resume", "incomplete application"),
    ),
    Term("other-reason", "その他の理由", "Other reason", ("その他", "other", "総合判断", "総合的判断")),
)

CHANNELS = (
    Term(
        "own-site",
        "自社採用サイト",
        "Own careers site",
        (
            "自社サイト",
            "自社hp",
            "採用ページ",
            "コーポレートサイト",
            "jobs page on your website",
            "company website",
            "careers page",
        ),
    ),
    Term(
        "job-board",
        "求人サイト",
        "Job board",
        ("求人媒体", "求人広告", "転職サイト", "媒体", "ハローワーク", "job site"),
    ),
    Term(
        "agency",
        "人材紹介",
        "Agency",
        ("人材紹介会社", "エージェント", "紹介会社", "recruiting agency", "staffing agency"),
    ),
    Term(
        "employee-referral",
        "社員紹介",
        "Employee referral",
        ("リファラル", "リファラル採用", "referral", "社員からの紹介"),
    ),
    Term(
        "scouting",
        "スカウト",
        "Scouting",
        ("ダイレクトリクルーティング", "ダイレクトスカウト", "sourced", "prospecting", "outreach"),
    ),
    Term(
        "career-event",
        "採用イベント",
        "Career event",
        ("イベント", "説明会", "合同説明会", "job fair", "meetups", "meetup", "event"),
    ),
    Term("social-network", "SNS経由", "Social network", ("ソーシャル", "social media", "linkedin")),
    Term("campus", "学校経由", "Campus", ("大学", "キャリアセンター", "university", "campus")),
    Term("other-channel", "その他の経路", "Other channel"),
)

EVALUATIONS = (
    Term("overall-evaluation", "総合評価", "Overall", ("総合", "総合点", "overall", "overall recommendation", "評価")),
    Term(
        "expertise-evaluation",
        "専門性",
        "Expertise",
        (
            "専門スキル",
            "技術力",
            "スキル評価",
            "technical",
            "technical skills",
            "relationship manager",
            "experience level",
        ),
    ),
    Term(
        "communication-evaluation",
        "コミュニケーション",
        "Communication",
        ("コミュニケーション力", "対話力", "communication skills"),
    ),
    Term(
        "problem-solving-evaluation",
        "課題解決",
        "Problem solving",
        ("論理的思考", "論理性", "課題解決力", "problem solver", "analytical", "logical thinking"),
    ),
    Term(
        "teamwork-evaluation",
        "協調性",
        "Teamwork",
        ("チームワーク", "adaptable", "team player", "collaboration", "柔軟性"),
    ),
    Term("leadership-evaluation", "リーダーシップ", "Leadership", ("統率力", "推進力", "project management skills")),
    Term("motivation-evaluation", "志望度", "Motivation", ("意欲", "志望動機", "熱意", "入社意欲")),
)
