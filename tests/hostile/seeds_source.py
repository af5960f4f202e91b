"""The play, the source's own pages: a row put right, a record let go, sharing, an agreement that ends, a promise of months."""

from __future__ import annotations

from tests.hostile.seeds_companies import ABOUT
from tests.hostile.seeds_walk import Walk

HEAD = "応募ID,氏名,メールアドレス,応募日,不採用日,選考結果\n"
ROWS = ("S-1,見本 一,one@mihon.example", "S-2,見本 二,two@mihon.example", "S-3,見本 三,three@mihon.example",
        "S-4,,four@mihon.example", "S-5,,five@mihon.example", "S-6,,six@mihon.example",
        "S-7,,seven@mihon.example", "S-8,,eight@mihon.example")  # fmt: skip
TERMS = {"nda_version": 1, "fee_rate_bps": 2_500, "commission_rate_bps": 3_000, "no_hire_clause": False}


def play_source(walk: Walk) -> None:
    """Late in the play: what waits to be put right is forgotten after thirty days."""
    _rows(walk)
    _records(walk)
    _sharing(walk)
    for page in ("", "/applicants", "/earnings", "/imports", "/partners", "/referrals", "/requests", "/retention"):
        walk.page("source", f"/source{page}")


def _rows(walk: Walk) -> None:
    data = (HEAD + "".join(f"{row},2026/01/10,2026/02/01,不採用\n" for row in ROWS)).encode()
    about = ABOUT | {"system": "by-hand"}
    answer = walk.form("source", "/source/imports", file=("応募者.csv", data), look="false", **about)
    there = answer.headers["location"].partition("?")[0]
    walk.settle()
    walk.place.ids["row-batch"] = there.rpartition("/")[2]
    walk.page("source", f"{there}/rows/7")
    walk.page("source", f"{there}/rows.csv")
    walk.page("source", f"{there}/undoing")
    walk.form("source", f"{there}/rows/5", cells=["S-4", "見本 四", "four@mihon.example", "2026/01/10", "2026/02/01", "不採用"])
    walk.form("source", f"{there}/rows/6/leaving-out")
    rows = f"/imports/{walk.place.ids['row-batch']}/rows"
    walk.get("source", rows)
    cells = ["S-7", "見本 七", "seven@mihon.example", "2026/01/10", "2026/02/01", "不採用"]
    walk.do("source", f"{rows}/8/repair", {"cells": cells})
    walk.do("source", f"{rows}/9/leaving-out")
    walk.settle()


def _records(walk: Walk) -> None:
    rows = walk.get("source", "/applicants", batch=walk.place.ids["row-batch"], limit=10)["items"]
    stays, goes, let_go = (each["applicant"] for each in rows[:3])
    walk.page("source", f"/source/applicants/{stays}")
    for step in ("invitation", "invitation-cancelling"): walk.form("source", f"/source/applicants/{stays}/{step}")
    walk.form("source", f"/source/applicants/{goes}/erasing", cause="retention-over")
    walk.form("source", "/source/retention", months=36)
    walk.form("source", "/source/retention/letting-go", applicants=[let_go])
    walk.settle()


def _sharing(walk: Walk) -> None:
    source, hiring = (str(walk.place.companies[name]) for name in ("source", "hiring"))
    walk.form("source", "/source/sharing-policy", mode="only", companies=[hiring])
    walk.do("operator", "/partnerships", TERMS | {"source": source, "hiring": hiring, "valid_until": "2029-03-31"})
    walk.settle()
    walk.form("source", f"/source/partners/{hiring}/ending")
    referral = walk.place.ids["referral-ren"]
    walk.page("source", f"/source/referrals/{referral}")
    walk.form("source", f"/source/referrals/{referral}/ending")
    walk.settle()
