"""The play, finance's part: runs of two people, entries by hand signed by two, months that close, files, and the checks."""

from __future__ import annotations

from datetime import timedelta

from domain import account as accounts
from domain.ids import account_of
from tests.hostile.seeds_money import pay
from tests.hostile.seeds_walk import Walk


def play_finance(walk: Walk) -> None:
    """Everything that finance does, with two people: `finance` begins, `operator` is the second."""
    _runs(walk)
    _reconciliations(walk)
    _by_hand(walk)
    _months(walk)
    _files(walk)


def _runs(walk: Walk) -> None:
    """What the leaver's fee left for the source goes out through the API, what the stayer's gives through the pages."""
    place, source = walk.place, walk.place.companies["source"]
    connected = place.house.log.load(account_of(source), accounts.INITIAL, accounts.evolve).state.connected
    place.world.complete_onboarding(connected or "")
    walk.settle()
    walk.later(timedelta(days=2))
    first = walk.do("finance", "/transfer-runs")["id"]
    walk.do("finance", f"/transfer-runs/{first}/rejection", {"cause": "not-now"})
    walk.form("finance", "/finance/runs")
    second = _newest(walk)
    walk.form("finance", f"/finance/runs/{second}/rejection", cause="amount-doubted")
    third = walk.do("finance", "/transfer-runs")["id"]
    walk.do("operator", f"/transfer-runs/{third}/approval")
    walk.settle()
    pay(walk, "hire-stayer")
    walk.later(timedelta(days=1))
    walk.form("finance", "/finance/runs")
    fourth = _newest(walk)
    walk.form("operator", f"/finance/runs/{fourth}/approval")
    walk.settle()
    walk.get("finance", "/transfer-runs")
    walk.get("finance", "/transfer-runs/due")
    walk.get("finance", f"/transfer-runs/{third}")
    walk.page("finance", "/finance/runs")
    walk.page("finance", f"/finance/runs/{fourth}")


def _newest(walk: Walk) -> str:
    walk.settle()
    (run,) = walk.place.rows("SELECT run FROM transfer_runs ORDER BY number DESC LIMIT 1")[0]
    return str(run)


def _reconciliations(walk: Walk) -> None:
    """Compared, looked at day by day, and signed by either way."""
    for by_page in (False, True):
        walk.later(timedelta(days=1))
        kept = walk.do("finance", "/reconciliations")["id"]
        there = f"/reconciliations/{kept}/signature"
        if by_page:
            walk.form("finance", f"/finance{there}")
        else:
            walk.do("finance", there)
    walk.get("finance", "/reconciliations/history")
    walk.get("finance", "/reconciliations/days", month=f"{walk.place.now():%Y-%m}")
    walk.page("finance", "/finance/reconciliations")


def _by_hand(walk: Walk) -> None:
    """Two entries that are signed by a second person, and two that are taken off the table."""
    today = walk.place.now().date()
    month = f"{today:%Y-%m}"
    lines = [{"account": "bank", "amount_yen": 7}, {"account": "suspense", "amount_yen": -7}]
    about = {"on": today.isoformat(), "cause": "paid-outside"}
    for end in ("signature", "dropping"):
        made = walk.do("finance", "/adjustments", {**about, "postings": lines})["id"]
        walk.do("operator", f"/months/{month}/adjustments/{made}/{end}")
    for end in ("dropping", "signature"):
        walk.form(
            "finance", f"/finance/months/{month}/adjustments",
            on=today, cause="wrong-entry", debit="suspense", credit="bank", amount_yen=7,
        )  # fmt: skip
        walk.settle()
        (made,) = walk.place.rows("SELECT adjustment FROM adjustments WHERE status = 'proposed'")[0]
        walk.form("operator", f"/finance/months/{month}/adjustments/{made}/{end}")
    walk.settle()


def _months(walk: Walk) -> None:
    """The first two months close, one by the API and one by its page."""
    walk.do("finance", "/reconciliations")
    months = [each["month"] for each in reversed(walk.get("finance", "/months")["items"])]
    walk.get("finance", f"/months/{months[0]}")
    walk.do("finance", f"/months/{months[0]}/exports")
    walk.settle()
    walk.do("finance", f"/months/{months[0]}/closing")
    walk.settle()
    walk.form("finance", f"/finance/months/{months[0]}/exports")
    walk.settle()
    walk.form("finance", f"/finance/months/{months[1]}/closing")
    walk.settle()
    walk.page("finance", "/finance/months")
    walk.page("finance", f"/finance/months/{months[2]}")


def _files(walk: Walk) -> None:
    """Files, documents, the checks, and a bank account's second person by the page."""
    walk.form("finance", "/finance/downloads/ledger", account="clearing")
    walk.page("finance", "/finance/documents")
    walk.do("finance", "/checks")
    walk.form("finance", "/finance/checks")
    walk.settle()
    walk.get("finance", "/checks")
    walk.page("finance", "/finance/checks")

