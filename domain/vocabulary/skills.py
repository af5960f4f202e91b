"""Skills: what a person can do, coarse enough that one code names many people."""

from __future__ import annotations

from domain.vocabulary.term import Term

_IT = (
    Term("python", "Python", "Python", ("パイソン", "python3")),
    Term("java", "Java", "Java", ("ジャバ",)),
    Term("javascript", "JavaScript", "JavaScript", ("js", "ジャバスクリプト")),
    Term("typescript", "TypeScript", "TypeScript", ("タイプスクリプト",)),
    Term("go-language", "Go言語", "Go", ("golang",)),
    Term("ruby", "Ruby", "Ruby", ("ruby on rails", "rails", "ルビー")),
    Term("php", "PHP", "PHP", ("laravel",)),
    Term("c-plus-plus", "C++", "C++", ("c/c++", "cpp")),
    Term("c-sharp", "C#", "C#", (".net", "dotnet")),
    Term("kotlin", "Kotlin", "Kotlin", ("android",)),
    Term("swift", "Swift", "Swift", ("ios",)),
    Term("rust", "Rust", "Rust"),
    Term("web-frontend", "フロントエンド開発", "Front-end development", ("フロントエンド", "frontend", "react", "vue")),
    Term(
        "web-backend",
        "バックエンド開発",
        "Back-end development",
        ("バックエンド", "backend", "サーバーサイド", "サーバサイド"),
    ),
    Term("mobile-development", "モバイルアプリ開発", "Mobile development", ("アプリ開発", "スマホアプリ")),
    Term("embedded-development", "組込み開発", "Embedded development", ("組み込み", "組込", "embedded")),
    Term("cloud", "クラウド", "Cloud", ("aws", "azure", "gcp", "google cloud")),
    Term("containers", "コンテナ技術", "Containers", ("docker", "kubernetes", "k8s")),
    Term("networking", "ネットワーク", "Networking", ("ネットワーク構築", "network", "ccna")),
    Term("linux", "Linux", "Linux", ("リナックス", "lpic")),
    Term("information-security", "情報セキュリティ", "Information security", ("セキュリティ", "security")),
    Term("software-testing", "ソフトウェアテスト", "Software testing", ("テスト設計", "qa", "テスト自動化")),
    Term("devops", "DevOps", "DevOps", ("ci/cd", "sre", "terraform")),
    Term("requirements", "要件定義", "Requirements analysis", ("上流工程", "requirements definition")),
    Term("it-operations", "システム運用", "IT operations", ("運用保守", "社内se", "ヘルプデスク")),
    Term("sap", "SAP", "SAP", ("erp",)),
    Term("salesforce", "Salesforce", "Salesforce", ("セールスフォース", "sfdc")),
)

_DATA = (
    Term("sql", "SQL", "SQL", ("postgresql", "mysql", "bigquery")),
    Term("data-analysis", "データ分析", "Data analysis", ("データ解析", "データアナリシス", "data analytics", "分析")),
    Term("statistics", "統計", "Statistics", ("統計学", "統計解析", "statistical analysis")),
    Term("machine-learning", "機械学習", "Machine learning", ("ml", "深層学習", "ディープラーニング", "deep learning")),
    Term("data-engineering", "データ基盤", "Data engineering", ("データ基盤構築", "etl", "dwh")),
    Term(
        "data-visualisation", "データ可視化", "Data visualisation", ("tableau", "power bi", "data visualization", "bi")
    ),
    Term("r-language", "R言語", "R language"),
    Term("generative-ai", "生成AI", "Generative AI", ("llm", "プロンプト設計")),
)

_BUSINESS = (
    Term("corporate-sales", "法人営業", "Corporate sales", ("btob営業", "b2b sales", "営業", "sales")),
    Term("consumer-sales", "個人営業", "Consumer sales", ("btoc営業", "b2c sales", "カウンターセールス")),
    Term("inside-sales", "インサイドセールス", "Inside sales", ("内勤営業",)),
    Term("new-business-sales", "新規開拓", "New business sales", ("新規営業", "テレアポ", "飛び込み営業")),
    Term("account-management", "既存顧客営業", "Account management", ("ルート営業", "ルートセールス", "深耕営業")),
    Term("overseas-sales", "海外営業", "Overseas sales", ("貿易", "international sales")),
    Term("customer-success", "カスタマーサクセス", "Customer success", ("cs",)),
    Term(
        "customer-support",
        "カスタマーサポート",
        "Customer support",
        ("コールセンター", "問い合わせ対応", "call center"),
    ),
    Term("negotiation", "交渉", "Negotiation", ("折衝", "顧客折衝")),
    Term("presentation", "プレゼンテーション", "Presentation", ("プレゼン",)),
    Term("business-development", "事業開発", "Business development", ("新規事業", "bizdev", "アライアンス")),
    Term("strategy", "経営企画", "Corporate strategy", ("事業企画", "戦略立案", "strategy")),
    Term("consulting", "コンサルティング", "Consulting", ("コンサル",)),
    Term(
        "project-management", "プロジェクト管理", "Project management", ("プロジェクトマネジメント", "pmp", "進行管理")
    ),
    Term("product-management", "プロダクトマネジメント", "Product management", ("プロダクト企画", "pdm")),
    Term("people-management", "マネジメント", "People management", ("チームマネジメント", "部下育成", "組織運営")),
    Term("agile", "アジャイル", "Agile", ("スクラム", "scrum")),
)

_CORPORATE = (
    Term("bookkeeping", "簿記", "Bookkeeping", ("日商簿記", "仕訳")),
    Term("financial-accounting", "財務会計", "Financial accounting", ("経理", "決算", "月次決算", "accounting")),
    Term("management-accounting", "管理会計", "Management accounting", ("予実管理", "予算管理", "fp&a")),
    Term("tax", "税務", "Tax", ("法人税", "消費税申告")),
    Term("audit", "監査", "Audit", ("内部監査", "内部統制", "j-sox")),
    Term("treasury-management", "資金管理", "Treasury management", ("財務", "資金調達")),
    Term("hiring", "採用", "Recruiting", ("採用業務", "採用広報", "recruitment")),
    Term("labour-management", "労務", "Labour management", ("労務管理", "給与計算", "社会保険手続き", "payroll")),
    Term("training-development", "人材育成", "Training and development", ("研修", "教育研修", "研修企画")),
    Term("hr-planning", "人事企画", "HR planning", ("人事制度", "人事", "human resources")),
    Term("contract-law", "契約法務", "Contract law", ("法務", "契約審査", "legal")),
    Term("intellectual-property", "知的財産", "Intellectual property", ("知財", "特許", "patents")),
    Term("general-affairs", "総務", "General affairs", ("庶務",)),
    Term("office-software", "Officeソフト", "Office software", ("excel", "エクセル", "word", "powerpoint", "vba")),
    Term("secretarial", "秘書業務", "Secretarial work", ("秘書", "スケジュール管理")),
)

_MARKETING = (
    Term(
        "digital-marketing",
        "デジタルマーケティング",
        "Digital marketing",
        ("webマーケティング", "マーケティング", "marketing"),
    ),
    Term("advertising", "広告運用", "Advertising operations", ("広告", "リスティング広告", "sem")),
    Term("seo", "SEO", "SEO", ("検索エンジン最適化",)),
    Term("social-media-marketing", "SNS運用", "Social media marketing", ("sns", "snsマーケティング")),
    Term("crm-marketing", "CRM", "CRM marketing", ("マーケティングオートメーション", "marketing automation")),
    Term("market-research", "市場調査", "Market research", ("マーケティングリサーチ", "リサーチ")),
    Term("public-relations", "広報", "Public relations", ("pr", "プレスリリース")),
    Term("event-planning", "イベント企画", "Event planning", ("イベント運営", "展示会")),
    Term("copywriting", "ライティング", "Writing", ("コピーライティング", "編集", "copywriting", "editing")),
    Term("e-commerce", "EC運営", "E-commerce", ("ネットショップ運営", "ecサイト")),
    Term("ui-design", "UIデザイン", "UI design", ("ui/ux", "uxデザイン", "ux design", "figma")),
    Term("graphic-design", "グラフィックデザイン", "Graphic design", ("illustrator", "photoshop", "dtp")),
    Term("web-design", "Webデザイン", "Web design", ("html", "css", "ウェブデザイン")),
    Term("video-production", "動画制作", "Video production", ("映像編集", "動画編集", "video editing")),
)

_MAKING = (
    Term("mechanical-design", "機械設計", "Mechanical design", ("cad", "solidworks", "catia")),
    Term("circuit-design", "回路設計", "Circuit design", ("電気設計", "基板設計", "電子回路")),
    Term("control-engineering", "制御設計", "Control engineering", ("plc", "シーケンス制御")),
    Term("production-engineering", "生産技術", "Production engineering", ("工程設計", "ライン立ち上げ")),
    Term("production-control", "生産管理", "Production control", ("工程管理", "production planning")),
    Term("quality-control", "品質管理", "Quality control", ("品質保証", "quality assurance", "iso9001")),
    Term("kaizen", "業務改善", "Process improvement", ("カイゼン", "改善活動", "業務効率化")),
    Term("procurement", "調達・購買", "Procurement", ("調達", "購買", "仕入れ", "purchasing")),
    Term("logistics", "物流管理", "Logistics", ("物流", "在庫管理", "supply chain", "scm")),
    Term("materials-research", "材料研究", "Materials research", ("材料開発", "化学分析")),
    Term("retail-operations", "店舗運営", "Retail operations", ("販売", "接客", "retail")),
    Term("teaching", "指導・教育", "Teaching", ("講師", "tutoring")),
    Term("translation", "翻訳", "Translation", ("通訳", "interpreting")),
)

SKILLS = (*_IT, *_DATA, *_BUSINESS, *_CORPORATE, *_MARKETING, *_MAKING)
