"""The play, the people of a company: who looks after jobs, another role, leaving and coming back, keys, an administrator anew."""

from __future__ import annotations

from tests.hostile.seeds_walk import Walk

HEIR = {"name": "後任 見本", "email": "heir@other.example", "cause": "unreachable", "evidence": "登記の電話番号に折り返し"}


def play_team(walk: Walk) -> None:
    """By the API and by the pages; what begins here also ends here."""
    _people(walk)
    _jobs(walk)
    _pages(walk)
    _keys(walk)
    _recovery(walk)


def _people(walk: Walk) -> None:
    there = f"/companies/{walk.place.companies['hiring']}/members"
    person = {"name": "選考 担当", "email": "manager@hiring.example", "role": "recruiter"}
    made = walk.do("hiring", there, person)["id"]
    walk.comes("manager", "user", made)
    walk.do("hiring", f"{there}/{made}/role", {"role": "hiring-manager"})
    walk.get("hiring", f"{there}/{made}/holdings")


def _jobs(walk: Walk) -> None:
    who = {"user": str(walk.place.people["manager"][1])}
    there = f"/jobs/{walk.place.ids['job']}"
    for _ in range(2):
        walk.do("hiring", f"{there}/assignments", who)
        walk.do("hiring", f"{there}/releases", who)
        walk.form("hiring", f"/hiring{there}/assignments", **who)
        walk.form("hiring", f"/hiring{there}/releases", **who)
    walk.get("hiring", f"{there}/people")


def _pages(walk: Walk) -> None:
    person = {"name": "短期 担当", "email": "short@hiring.example", "role": "viewer"}
    walk.form("hiring", "/team/members", **person)
    rows = walk.get("hiring", f"/companies/{walk.place.companies['hiring']}/members")["items"]
    there = f"/team/members/{next(each['user'] for each in rows if each['role'] == 'viewer')}"
    walk.form("hiring", f"{there}/role", role="finance")
    walk.form("hiring", f"{there}/leaving")
    walk.form("hiring", "/team/members", **person)
    walk.page("hiring", f"{there}/leaving")
    for path in ("/team", "/team/rights", "/team/recovery"): walk.page("hiring", path)


def _keys(walk: Walk) -> None:
    walk.form("hiring", "/api-keys", label="画面から", scopes=["jobs:read"], valid_days="30")
    made = next(each["id"] for each in walk.get("hiring", "/api-keys") if each["label"] == "画面から")
    walk.form("hiring", f"/api-keys/{made}/revocation")
    walk.page("hiring", "/api-keys")


def _recovery(walk: Walk) -> None:
    company = f"/companies/{walk.place.companies['other']}/recovery"
    for end, who in (("withdrawal", "operator"), ("objection", "recruiter")):
        walk.do("operator", company, HEIR)
        walk.do(who, f"{company}/{end}")
        walk.form("operator", f"/operator{company}", **HEIR)
        if end == "withdrawal": walk.form("operator", f"/operator{company}/withdrawal")
    walk.form("recruiter", "/team/recovery/objection")
    walk.get("recruiter", company)
    walk.page("operator", f"/operator{company}")
