"""Occupations. Port transport and construction work may not be placed for a fee (職業安定法32条の11)."""

from __future__ import annotations

from domain.vocabulary.term import Term

_IT = (
    Term(
        "software-engineer",
        "ソフトウェアエンジニア",
        "Software engineer",
        (
            "エンジニア",
            "engineer",
            "プログラマー",
            "プログラマ",
            "programmer",
            "software developer",
            "web developer",
            "webエンジニア",
            "full stack engineer",
            "バックエンドエンジニア",
            "フロントエンドエンジニア",
            "backend engineer",
            "frontend engineer",
            "システムエンジニア",
            "se",
            "開発エンジニア",
        ),
    ),
    Term(
        "infrastructure-engineer",
        "インフラエンジニア",
        "Infrastructure engineer",
        (
            "ネットワークエンジニア",
            "クラウドエンジニア",
            "site reliability engineer",
            "network engineer",
            "cloud engineer",
        ),
    ),
    Term("data-analyst", "データアナリスト", "Data analyst", ("アナリスト", "analyst", "データ分析担当")),
    Term(
        "data-scientist",
        "データサイエンティスト",
        "Data scientist",
        ("機械学習エンジニア", "machine learning engineer"),
    ),
    Term("data-engineer", "データエンジニア", "Data engineer", ("データ基盤エンジニア",)),
    Term("security-engineer", "セキュリティエンジニア", "Security engineer"),
    Term("test-engineer", "テストエンジニア", "Test engineer", ("qaエンジニア", "qa engineer")),
    Term(
        "it-support-specialist",
        "社内SE・ITサポート",
        "IT support specialist",
        ("社内システム担当", "情シス", "it support"),
    ),
    Term("project-manager", "プロジェクトマネージャー", "Project manager", ("プロジェクトマネージャ", "pm")),
    Term(
        "product-manager", "プロダクトマネージャー", "Product manager", ("プロダクトマネージャ", "プロダクトオーナー")
    ),
    Term("it-consultant", "ITコンサルタント", "IT consultant"),
)

_CREATIVE = (
    Term(
        "ux-designer",
        "UI/UXデザイナー",
        "UX designer",
        ("uiデザイナー", "uxデザイナー", "product designer", "ui designer"),
    ),
    Term(
        "designer",
        "デザイナー",
        "Designer",
        ("webデザイナー", "グラフィックデザイナー", "graphic designer", "web designer"),
    ),
    Term("writer", "ライター・編集者", "Writer or editor", ("ライター", "編集者", "writer", "editor")),
    Term("translator", "翻訳者・通訳者", "Translator", ("翻訳者", "通訳者", "interpreter")),
)

_BUSINESS = (
    Term(
        "sales-representative",
        "営業職",
        "Sales representative",
        ("営業", "営業担当", "法人営業担当", "sales", "account executive", "セールス"),
    ),
    Term("inside-sales-representative", "インサイドセールス職", "Inside sales representative", ("内勤営業職",)),
    Term("sales-engineer", "セールスエンジニア", "Sales engineer", ("技術営業", "プリセールス")),
    Term(
        "customer-success-manager",
        "カスタマーサクセス職",
        "Customer success manager",
        ("customer success representative",),
    ),
    Term(
        "customer-support-agent", "カスタマーサポート職", "Customer support agent", ("オペレーター", "コールセンター職")
    ),
    Term("marketer", "マーケター", "Marketer", ("マーケティング担当", "マーケティング職", "marketing manager")),
    Term("public-relations-officer", "広報担当", "Public relations officer", ("広報職",)),
    Term("business-developer", "事業開発担当", "Business developer", ("事業開発職",)),
    Term("corporate-planner", "経営企画担当", "Corporate planner", ("経営企画職", "事業企画担当")),
    Term("consultant", "コンサルタント", "Consultant", ("経営コンサルタント", "建設コンサルタント")),
)

_CORPORATE = (
    Term("accountant", "経理担当", "Accountant", ("経理職", "経理スタッフ", "会計担当")),
    Term("finance-officer", "財務担当", "Finance officer", ("財務職", "financial analyst")),
    Term("recruiter", "採用担当", "Recruiter", ("リクルーター",)),
    Term("hr-officer", "人事担当", "HR officer", ("人事職", "労務担当", "hr manager")),
    Term("legal-officer", "法務担当", "Legal officer", ("法務職", "legal counsel")),
    Term("office-clerk", "事務職", "Office clerk", ("一般事務", "営業事務", "事務", "総務担当", "事務スタッフ")),
    Term("secretary", "秘書職", "Secretary", ("executive assistant",)),
    Term("buyer", "購買担当", "Buyer", ("バイヤー", "調達担当")),
)

_MAKING = (
    Term("mechanical-engineer", "機械エンジニア", "Mechanical engineer", ("機械設計職", "機械設計エンジニア")),
    Term("electrical-engineer", "電気エンジニア", "Electrical engineer", ("電気設計職", "回路設計エンジニア")),
    Term("production-engineer", "生産技術職", "Production engineer", ("生産技術エンジニア",)),
    Term("quality-engineer", "品質管理職", "Quality engineer", ("品質保証職", "品質管理担当")),
    Term("production-planner", "生産管理職", "Production planner", ("生産管理担当",)),
    Term("factory-worker", "製造スタッフ", "Factory worker", ("製造職", "製造オペレーター", "machine operator")),
    Term("logistics-planner", "物流担当", "Logistics planner", ("物流管理職", "倉庫管理")),
    Term("researcher", "研究開発職", "Researcher", ("研究員", "research scientist")),
    Term("construction-manager", "施工管理職", "Construction manager", ("施工管理", "現場監督")),
    Term("architect", "建築設計職", "Architect", ("建築士",)),
)

_SERVICE = (
    Term("store-manager", "店長", "Store manager", ("店長候補", "エリアマネージャー")),
    Term("shop-staff", "販売スタッフ", "Shop staff", ("販売職", "接客スタッフ", "ホールスタッフ")),
    Term("cook", "調理スタッフ", "Cook", ("調理師", "シェフ")),
    Term("teacher", "講師・教員", "Teacher", ("塾講師", "教員")),
    Term("nurse", "看護師", "Nurse", ("准看護師",)),
    Term("care-worker", "介護職", "Care worker", ("介護福祉士", "介護スタッフ")),
    Term("driver", "ドライバー", "Driver", ("運転手", "配送ドライバー")),
    Term("security-guard", "警備員", "Security guard", ("警備スタッフ",)),
    Term("other-occupation", "その他の職種", "Other occupation"),
)

# 施工管理 and 建築設計 are not "construction work" in the law's sense; the work done by hand on the site is.
_PROHIBITED = (
    Term(
        "construction-worker",
        "建設作業員",
        "Construction worker",
        (
            "建設業務",
            "建設作業",
            "土木作業員",
            "土木作業",
            "とび職",
            "鳶職",
            "鳶",
            "大工",
            "左官",
            "型枠大工",
            "鉄筋工",
            "解体作業員",
            "解体工",
            "construction labourer",
            "construction laborer",
            "roofer",
        ),
    ),
    Term(
        "port-transport-worker",
        "港湾運送作業員",
        "Port transport worker",
        (
            "港湾運送",
            "港湾運送業務",
            "港湾荷役",
            "船内荷役",
            "沿岸荷役",
            "港湾作業員",
            "docker hand",
            "stevedore",
            "longshoreman",
        ),
    ),
)

OCCUPATIONS = (*_IT, *_CREATIVE, *_BUSINESS, *_CORPORATE, *_MAKING, *_SERVICE, *_PROHIBITED)
PROHIBITED = frozenset(term.code for term in _PROHIBITED)
