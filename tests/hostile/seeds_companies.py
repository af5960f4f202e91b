"""The play, first part: companies, their people and keys, jobs, imports, invitations; by the API and by the pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from domain.ids import OPERATOR, CompanyId
from marketplace.commands.company import user_of
from marketplace.links import mint_login_link
from marketplace.run.founding import found
from tests.api.v1.people.village import CONDITIONS
from tests.hostile.seeds_place import TOKEN, Place
from tests.hostile.seeds_walk import OPENING_NUMBERS, Walk

LICENCE = {"number": "13-ユ-100001", "granted_on": "2025-04-01", "valid_until": "2030-03-31"}
JOB = {"conditions": CONDITIONS, "occupation": "data-analyst", "prefecture": "osaka", "skills": ["sql"]}
JOB_FORM = {**CONDITIONS, "is_dispatch": "false", "is_indefinite": "true", "occupation": "data-analyst", "prefecture": "osaka"}
ROWS = [
    ("aoi.mihon", "2026/02/01"), ("ren.mihon", "2026/02/01"), ("never.mihon", "2026/02/01"), ("not-me.mihon", "2026/02/01"),
    ("waits-a.mihon", "2026/05/01"), ("waits-b.mihon", "2026/05/01"), ("waits-c.mihon", "2026/05/01"),
]  # fmt: skip
"""Who was turned away, and when: by the first of June the ninety days are over for four of them."""
CSV = "応募ID,氏名,メールアドレス,応募日,不採用日,選考結果,選考段階,職種\n" + "".join(
    f"M-{n},見本 {name},{name}@example.jp,2026/01/10,{on},不採用,最終面接,データアナリスト\n" for n, (name, on) in enumerate(ROWS)
)
FILE = {"filename": "応募者.csv", "basis": "application-notice", "notice_version": "2026-01"}
ABOUT = {"system": "minato-ats", "basis": "application-notice", "notice_version": "2026-01"}
SCOPES = ["catalogue:read", "hires:read", "jobs:write"]


def login_of(who: str) -> Any:
    """Mints a login link's token for this person."""

    def mint(place: Place) -> str:
        with place.house.database.transaction() as connection:
            return mint_login_link(connection, *place.people[who], place.now()).rpartition("/")[2]

    return mint


def play_companies(walk: Walk) -> None:
    """The operator, sources and hiring companies, and all that is said of them."""
    place = walk.place
    found(
        place.house.office, name="見本運営株式会社", name_en="Mihon Operator", corporate_number="2010001000005",
        address="東京都見本区1-1", representative="運営 見本", admin_name="運営 担当", email="admin@operator.example",
    )  # fmt: skip
    walk.settle()
    walk.comes("operator", "user", str(user_of(place.house.office, "admin@operator.example")))
    place.companies["operator"] = OPERATOR
    walk.do("operator", f"/companies/{OPERATOR}/licences", LICENCE)
    for name, role in (("source", "source"), ("second-source", "source"), ("hiring", "hiring"), ("other", "hiring")):
        body = {
            "name": f"{name}見本株式会社", "name_en": f"{name.title()} Mihon", "corporate_number": OPENING_NUMBERS[name],
            "address": "大阪府見本市2-2", "representative": "代表 見本", "roles": [role],
        }  # fmt: skip
        place.companies[name] = CompanyId(UUID(walk.do("operator", "/companies", body)["id"]))
        member = {"name": f"{name} 担当", "email": f"admin@{name}.example", "role": "admin"}
        walk.comes(name, "user", walk.do("operator", f"/companies/{place.companies[name]}/members", member)["id"])
    _members(walk)
    _terms(walk)
    _by_page(walk)


def _members(walk: Walk) -> None:
    own, source, other = (walk.place.companies[name] for name in ("operator", "source", "other"))
    finance = {"name": "経理 担当", "email": "finance@operator.example", "role": "finance"}
    walk.comes("finance", "user", walk.do("operator", f"/companies/{own}/members", finance)["id"])
    for name, company in (("recruiter", other), ("viewer", source)):
        person = {"name": f"{name} 担当", "email": f"{name}@company.example", "role": name}
        walk.comes(name, "user", walk.do("operator", f"/companies/{company}/members", person)["id"])
    both = {"name": "兼任 担当", "email": "both@company.example", "role": "recruiter"}
    for company in (walk.place.companies["second-source"], other):
        walk.comes("both", "user", walk.do("operator", f"/companies/{company}/members", both)["id"])
    person = {"name": "退社 者", "email": "leaver@source.example", "role": "viewer"}
    leaver = walk.do("source", f"/companies/{source}/members", person)
    walk.do("source", f"/companies/{source}/members/{leaver['id']}/leaving")


def _terms(walk: Walk) -> None:
    source, hiring, other = (walk.place.companies[name] for name in ("source", "hiring", "other"))
    walk.do("operator", f"/companies/{source}/licences", LICENCE | {"number": "13-ユ-300001"})
    walk.do("operator", f"/companies/{other}/roles", {"roles": ["hiring", "source"]})
    registered = {"t_number": "T6010001000001", "registered_from": "2025-04-01"}
    walk.do("source", f"/companies/{source}/invoice-registrations", registered)
    walk.do("hiring", f"/companies/{hiring}/group", {"corporate_numbers": [OPENING_NUMBERS["other"]]})
    walk.do("source", f"/companies/{source}/cooling-off", {"days": 90})
    walk.do("operator", f"/companies/{source}/legal-opinions", {"reward_mode": "credit", "opinion": "弁護士の意見書 第1号"})
    walk.do("source", f"/companies/{source}/reward-mode", {"reward_mode": "cash"})
    walk.do("hiring", f"/companies/{hiring}/terms-acceptance", {"terms_version": 1})
    walk.do("operator", f"/companies/{other}/suspension", {"cause": "papers-missing"})
    walk.do("operator", f"/companies/{other}/reinstatement")
    pair = {"source": str(walk.place.companies["second-source"]), "hiring": str(other)}
    rates = {"nda_version": 1, "fee_rate_bps": 2_500, "commission_rate_bps": 3_000, "no_hire_clause": False}
    walk.do("operator", "/partnerships", pair | rates | {"valid_until": "2029-03-31"})
    walk.do("operator", "/partnerships/ending", pair)
    walk.do("source", "/sharing-policy", {"mode": "never", "companies": [str(other)]})


def _by_page(walk: Walk) -> None:
    walk.form(
        "operator", "/operator/companies", name="頁見本株式会社", name_en="Page Mihon", address="大阪府見本市9-9",
        corporate_number=OPENING_NUMBERS["by-page"], representative="代表 頁", roles=["source", "hiring"],
    )  # fmt: skip
    walk.settle()
    found_rows = walk.get("operator", "/companies")["items"]
    row = next(each for each in found_rows if each["name"] == "頁見本株式会社")
    made = walk.place.companies["by-page"] = CompanyId(UUID(row.get("company") or row["id"]))
    there = f"/operator/companies/{made}"
    walk.form("operator", f"{there}/licences", **(LICENCE | {"number": "27-ユ-200001"}))
    walk.form("operator", f"{there}/members", name="頁 担当", email="admin@page.example", role="admin")
    members = walk.get("operator", f"/companies/{made}/members")["items"]
    walk.comes("by-page", "user", members[0]["user"])
    walk.form("by-page", "/hiring/terms-acceptance", terms_version=1)


def play_jobs(walk: Walk) -> None:
    """Jobs open, change and close."""
    walk.place.ids["job"] = job = walk.do("hiring", "/jobs", JOB)["id"]
    walk.do("hiring", f"/jobs/{job}/conditions", {"conditions": CONDITIONS | {"breaks": "60分"}}, **{"If-Match": '"1"'})
    closing = walk.do("hiring", "/jobs", JOB)["id"]
    walk.do("hiring", f"/jobs/{closing}/closing", {"cause": "filled"})
    for _ in range(2): walk.form("by-page", "/hiring/jobs", **JOB_FORM, skills=["sql"])
    walk.settle()
    closed, walk.place.ids["page-job"] = (each["job"] for each in walk.get("by-page", "/jobs")["items"])
    walk.form("by-page", f"/hiring/jobs/{closed}/closing", cause="withdrawn")


def play_imports(walk: Walk) -> None:
    """Files are looked at, brought in, undone; people are invited, taken back and let go."""
    data, place = CSV.encode(), walk.place
    csv = {"content-type": "text/csv"}
    walk.do("source", "/imports/dry-run", data, query=FILE, **csv)
    for n in range(2):
        batch = walk.do("source", "/imports", data, query=FILE | {"system": "minato-ats"}, **csv)["id"]
        answer = walk.form("second-source", "/source/imports", file=("応募者.csv", data), look="false", **ABOUT)
        there = answer.headers["location"].partition("?")[0]
        walk.settle()
        walk.do("source", f"/imports/{batch}/{'invitations' if n else 'undoing'}")
        walk.settle()
        walk.form("second-source", f"{there}/{'invitations' if n else 'undoing'}")
    walk.settle()
    place.ids["batch"], place.ids["page-batch"] = batch, there.rpartition("/")[2]


def play_applicants(walk: Walk) -> None:
    """An invitation is taken back before it goes out, and a record is let go."""
    rows = walk.get("source", "/applicants", limit=100)["items"]
    waiting = [each["applicant"] for each in rows if each["status"] == "scheduled"]
    walk.do("source", f"/applicants/{waiting[0]}/invitation-cancelling")
    walk.do("source", f"/applicants/{waiting[0]}/invitation")
    walk.do("source", f"/applicants/{waiting[0]}/invitation-cancelling")
    walk.do("source", f"/applicants/{waiting[1]}/erasing", {"cause": "retention-over"})
    walk.place.ids["applicant"] = waiting[0]


def play_sessions(walk: Walk) -> None:
    """Signing in and out, languages, keys, and for which company one stands."""
    place, other = walk.place, walk.place.companies["other"]
    walk.do("stranger", "/sign-in-links", {"email": "admin@source.example"})
    walk.do("stranger", "/sessions", {"token": TOKEN}, mint=login_of("source"))
    walk.do("both", "/session/company", {"company": str(other)})
    walk.form("both", "/company", company=other)
    place.session("recruiter")
    first = walk.get("recruiter", "/sessions")[-1]["id"]
    walk.do("recruiter", f"/sessions/{first}/end")
    place.forget("recruiter")
    walk.do("recruiter", "/sessions/end-all")
    place.forget("recruiter")
    for page in ("/", "/sign-in", "/sign-in/sent"): walk.page("stranger", page)
    walk.page("stranger", f"/sign-in/{TOKEN}", mint=login_of("source"))
    walk.form("stranger", "/sign-in", email="admin@source.example")
    walk.form("stranger", f"/sign-in/{TOKEN}", mint=login_of("source"))
    place.session("viewer")
    mine = walk.get("viewer", "/sessions")
    walk.form("viewer", f"/sessions/{next(each['id'] for each in mine if not each['current'])}/end")
    walk.form("viewer", "/sign-out")
    place.forget("viewer")
    walk.form("hiring", "/language", language="ja", back="/hiring")
    made = walk.do("hiring", "/api-keys", {"label": "試験", "scopes": SCOPES})
    place.bearers["key"] = made["key"]
    walk.get("hiring", f"/api-keys/{made['id']}")
    spent = walk.do("hiring", "/api-keys", {"label": "短い", "scopes": SCOPES, "valid_days": 1})
    walk.do("hiring", f"/api-keys/{spent['id']}/revoke")
