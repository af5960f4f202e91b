"""The play's part of the candidate's own pages: interview times, pace, ways to be reached, requests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.calendar import JST
from marketplace.links import mint_contact_link
from tests.hostile.seeds_place import TOKEN, Place
from tests.hostile.seeds_walk import Walk


def play_interviews(walk: Walk) -> None:
    """Both sides name times; the person picks one, and calls it off. The copy is open."""
    there = f"/me/asks/{walk.place.ids['leaver']}"
    day = (walk.place.now().astimezone(JST) + timedelta(days=4)).date()
    walk.form("leaver", f"{there}/interview-times", first=f"{day}T10:00", minutes=60)
    company = f"/hiring/introductions/{walk.place.ids['leaver']}"
    walk.form("hiring", f"{company}/interview-times", first=f"{day}T11:00", minutes=60)
    walk.form("leaver", f"{there}/interview-pick", naming=2, starts_at=f"{day}T11:00:00+09:00")
    walk.form("leaver", f"{there}/interview-cancellation")


def play_pace(walk: Walk) -> None:
    """A limit, the end of the search and its undoing, a request to a source; the pages of all of them."""
    for page in ("/me/pace", "/me/channels", "/me/requests", "/me/erasure", "/line/return", "/dev/line"):
        walk.page("ren", page)
    walk.form("ren", "/me/ask-limit", most=7)
    walk.form("ren", "/me/search-end")
    walk.form("ren", "/me/search-end/undoing")
    walk.form("ren", "/me/requests", source=walk.place.companies["source"], kind="feedback")


def play_channels(walk: Walk) -> None:
    """Another mailbox is given and proved."""
    walk.form("ren", "/me/channels/email", email="ren.new@example.jp")
    walk.page("stranger", f"/contact/{TOKEN}", mint=change_of("ren"))
    walk.form("stranger", f"/contact/{TOKEN}", mint=change_of("ren"))
    walk.place.forget("ren")


def change_of(who: str) -> Any:
    """Mints the link of this person's newest change of mailbox."""

    def mint(place: Place) -> str:
        found = place.rows(
            "SELECT id FROM contact_change WHERE candidate = %s ORDER BY asked_at DESC LIMIT 1", place.people[who][1]
        )
        if not found: return TOKEN  # it was forgotten since, as nobody followed it in time
        [(change,)] = found
        with place.house.database.transaction() as connection:
            return mint_contact_link(connection, change, place.now()).rpartition("/")[2]

    return mint

