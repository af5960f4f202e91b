"""The play, the hiring company's further pages: saved searches, interview times, a job's difference, fees and calendar files."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from domain.calendar import JST
from domain.hire import Side
from domain.ids import IntroductionId
from domain.interview import Slot
from marketplace.commands import interview as interviews
from tests.hostile.seeds_walk import Walk

SEARCHES = "/hiring/saved-searches"


def play_searches(walk: Walk) -> None:
    """Two are saved; one of them stays, and its digest is stopped by the mailed link."""
    ids = walk.place.ids
    walk.get("hiring", "/catalogue/facets", q="SQL", skill="sql")
    for name in ("分析の人", "もう一つ"): walk.form("by-page", SEARCHES, name=name, frequency="daily", q="SQL", skill="sql")
    with walk.place.house.database.transaction() as connection:
        found = connection.execute("SELECT id FROM saved_search ORDER BY name").fetchall()
    ids["search"], ids["search-gone"] = (str(row[0]) for row in found)
    walk.page("by-page", SEARCHES)
    walk.form("by-page", f"{SEARCHES}/{ids['search']}/frequency", frequency="weekly")
    walk.form("by-page", f"{SEARCHES}/{ids['search-gone']}/deletion")
    walk.page("stranger", f"/digests/{ids['search']}")
    walk.form("stranger", f"/digests/{ids['search']}")


def play_interview(walk: Walk) -> None:
    """Offered, called off, proposed by the person, picked, and taken home as a file."""
    place = walk.place
    there = f"/hiring/introductions/{place.ids['page-mistaken']}"
    first = (place.now() + timedelta(days=5)).astimezone(JST).replace(minute=0, second=0, microsecond=0)
    walk.form("by-page", f"{there}/interview-times", first=f"{first:%Y-%m-%dT%H:%M}", minutes=60, place="本社3階")
    walk.form("by-page", f"{there}/interview-cancellation")
    interviews.name_times(
        place.house.office, place.town().by(), introduction=IntroductionId(UUID(place.ids["page-mistaken"])),
        by=Side.CANDIDATE, who=UUID(str(place.people["page-mistaken"][1])), times=(Slot(starts_at=first, minutes=60),),
    )  # fmt: skip
    walk.form("by-page", f"{there}/interview-pick", naming=2, starts_at=first.isoformat())
    walk.page("by-page", f"{there}/interview.ics")


def play_job_change(walk: Walk) -> None:
    """The difference is looked at and then confirmed."""
    place = walk.place
    there = f"/hiring/jobs/{place.ids['page-job']}"
    walk.page("by-page", f"{there}/change")
    held = place.house.office.job(UUID(place.ids["page-job"])).state  # type: ignore[arg-type]
    stated = {name: getattr(held.conditions, name) for name in held.conditions.__struct_fields__}
    fields = {name: "true" if value is True else value for name, value in stated.items() if value not in {False, ""}}
    fields |= {"version": held.version, "overtime": "月5時間"}
    walk.form("by-page", f"{there}/difference", **fields)
    walk.form("by-page", f"{there}/conditions", **fields)
    walk.settle()


def look_at_money(walk: Walk) -> None:
    """Board, invoices and one statement."""
    walk.page("by-page", "/hiring/board")
    walk.page("by-page", "/hiring/board/waiting")
    walk.page("hiring", "/hiring/invoices")
    walk.page("hiring", f"/hiring/invoices/{walk.place.ids['fee']}")
