"""The play, third part: introductions asked, answered, undone, handed over, closed; hires and what becomes of them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from domain.calendar import JST, jst_date
from domain.ids import CandidateId, card_of
from marketplace.links import mint_share_link
from tests.hostile.seeds_place import TOKEN, Place
from tests.hostile.seeds_walk import Walk

ITEMS = ["name", "email", "career"]
SALARY = [
    {"label": "月給×12", "amount_yen": 5_400_000, "included": True},
    {"label": "通勤手当", "amount_yen": 120_000, "included": False},
]
SALARY_FORM = {"salary_yen": 5_400_000, "bonus_yen": 600_000, "commuting_yen": 120_000, "term": "indefinite"}
API = ("leaver", "decliner", "renewer", "known", "closed", "mistaken", "withdrawn", "stayer", "disputed")
PAGE = tuple(f"page-{name}" for name in API)


def make_people(walk: Walk, names: tuple[str, ...] = (*API, *PAGE)) -> None:
    """Candidates with cards, made by commands: how they came is played elsewhere."""
    town = walk.place.town()
    for name in names:
        who = CandidateId(uuid4())
        walk.comes(name, "candidate", town.person(who, f"見本 {name}"))
    walk.settle()


def ask_all(walk: Walk) -> None:
    """Both hiring companies ask for everybody, and everybody but the decliner says yes in the end."""
    place = walk.place
    for own, page in zip(API, PAGE, strict=True):
        body = {"card": str(card_of(CandidateId(place.people[own][1]))), "job": place.ids["job"], "job_version": 2, "items": ITEMS}
        place.ids[own] = walk.do("hiring", "/introductions", body)["id"]
        card = card_of(CandidateId(place.people[page][1]))
        fields = {"job": place.ids["page-job"], "job_version": 1, "items": ITEMS, "why": "現場での分析の経験を伺いたいです。"}
        answer = walk.form("by-page", f"/hiring/cards/{card}/request", **fields)
        place.ids[page] = answer.headers["location"].split("/")[3].partition("?")[0]
    walk.settle()
    play_questions(walk)
    for own in API: _answer_by_api(walk, own)
    for n, page in enumerate(PAGE): _answer_by_page(walk, page, by_link=n % 2 == 0)
    walk.later(timedelta(minutes=11))


def play_questions(walk: Walk) -> None:
    """Somebody asks by the link, somebody signed in; the companies answer. The asks are open."""
    ids = walk.place.ids
    walk.form("stranger", f"/share/{TOKEN}/question", mint=share_of("page-leaver"), question="在宅勤務はできますか。")
    walk.form("leaver", f"/me/asks/{ids['leaver']}/question", question="転勤はありますか。")
    there = f"/hiring/introductions/{ids['leaver']}"
    walk.form("hiring", f"{there}/answer", question=1, answer="ありません。")


def _answer_by_api(walk: Walk, who: str) -> None:
    there = f"/me/asks/{walk.place.ids[who]}"
    if who == "decliner":
        walk.do(who, f"{there}/decline")
        return
    if who == "renewer":
        walk.place.town().save_profile(CandidateId(walk.place.people[who][1]), 1)
        walk.do(who, f"{there}/showing-anew")
    walk.do(who, f"{there}/approval", _yes(walk, who))
    if who == "leaver":
        walk.do(who, f"{there}/undoing")
        walk.do(who, f"{there}/approval", _yes(walk, who))


def _answer_by_page(walk: Walk, who: str, *, by_link: bool) -> None:
    mint = share_of(who) if by_link else None
    there = f"/share/{TOKEN}" if by_link else f"/me/asks/{walk.place.ids[who]}"
    if by_link: walk.page("stranger", there, mint=mint)
    else: walk.page(who, there)
    sender = "stranger" if by_link else who
    seen = _yes(walk, who)["seen"]
    shown = {"seen_job_version": seen["job_version"], "seen_items": seen["items"], "known_to_company": "false", "items": ITEMS}
    if who in {"page-decliner", "page-closed"}:
        walk.form(sender, f"{there}/decline", mint=mint)
        return
    if who in {"page-renewer", "page-known"}:
        walk.place.town().save_profile(CandidateId(walk.place.people[who][1]), 1)
        walk.form(sender, f"{there}/showing-anew", mint=mint)
        seen = _yes(walk, who)["seen"]
    walk.form(sender, f"{there}/approval", mint=mint, seen_profile_version=seen["profile_version"], **shown)
    if who in {"page-leaver", "page-mistaken"}:
        walk.form(sender, f"{there}/undoing", mint=mint)
        walk.form(sender, f"{there}/approval", mint=mint, seen_profile_version=seen["profile_version"], **shown)


def share_of(who: str) -> Any:
    """Mints the link to this person's ask."""

    def mint(place: Place) -> str:
        with place.house.database.transaction() as connection:
            until = place.now() + timedelta(days=7)
            return mint_share_link(connection, UUID(place.ids[who]), place.people[who][1], until).rpartition("/")[2]

    return mint


def _yes(walk: Walk, who: str) -> dict[str, Any]:
    seen = walk.get(who, f"/me/asks/{walk.place.ids[who]}")["seen"]
    return {"items": ITEMS, "seen": seen, "known_to_company": False}


def answer_copies(walk: Walk) -> None:
    """What was handed over is opened, taken back, confirmed as deleted, claimed as known, and closed."""
    ids, today = walk.place.ids, jst_date(walk.place.now()).isoformat()
    walk.get("hiring", f"/introductions/{ids['leaver']}/person")
    walk.do("renewer", f"/me/asks/{ids['renewer']}/revocation")
    walk.do("hiring", f"/introductions/{ids['renewer']}/deletion-confirmation")
    claim = {"last_contact_on": today, "evidence": "2月の面談の記録"}
    for who in ("known", "closed"): walk.do("hiring", f"/introductions/{ids[who]}/prior-contact", claim)
    walk.do("operator", f"/introductions/{ids['known']}/prior-contact-decision", {"upheld": True})
    walk.do("hiring", f"/introductions/{ids['known']}/closing", {"cause": "not-hired"})
    there = "/hiring/introductions"
    walk.form("by-page", f"{there}/{ids['page-leaver']}/person")
    walk.form("page-renewer", f"/me/asks/{ids['page-renewer']}/revocation")
    walk.form("by-page", f"{there}/{ids['page-renewer']}/deletion-confirmation")
    walk.form("by-page", f"{there}/{ids['page-known']}/prior-contact", **claim)
    walk.form("by-page", f"{there}/{ids['page-known']}/closing", cause="not-hired")


def hire_all(walk: Walk) -> None:
    """Stages, and hires that are confirmed, contested, postponed and withdrawn."""
    place, today = walk.place, jst_date(walk.place.now())
    starts = _first_of_next_month(today)
    offer = {"offer_accepted_on": today.isoformat(), "started_on": starts.isoformat()}
    api = {**offer, "salary": SALARY, "term": "indefinite"}
    for who in ("leaver", "closed", "withdrawn", "stayer", "mistaken", "disputed"):
        made = place.ids[who]
        walk.do("hiring", f"/introductions/{made}/stages", {"stage": "interview", "reached_on": today.isoformat()})
        hire = walk.do("mistaken" if who == "mistaken" else "hiring", f"/introductions/{made}/hires", api)["id"]
        place.ids[f"hire-{who}"] = hire
        if who == "disputed": walk.do(who, f"/hires/{hire}/contest", {"cause": "not-hired"})
        elif who != "mistaken": walk.do(who, f"/hires/{hire}/confirmation")
    walk.do("hiring", f"/hires/{place.ids['hire-mistaken']}/contest", {"cause": "not-hired"})
    walk.do("operator", f"/hires/{place.ids['hire-mistaken']}/cancelling", {"cause": "contest-upheld"})
    later = {"started_on": (starts + timedelta(days=7)).isoformat()}
    walk.do("hiring", f"/hires/{place.ids['hire-withdrawn']}/postponement", later)
    walk.do("withdrawn", f"/hires/{place.ids['hire-withdrawn']}/offer-withdrawal")
    _hire_by_page(walk, offer, later)
    walk.settle()
    place.move_to(datetime.combine(starts, time(10), JST))
    walk.later(timedelta(days=10))


def _hire_by_page(walk: Walk, offer: dict[str, str], later: dict[str, str]) -> None:
    place, api = walk.place, {**offer, "salary": SALARY, "term": "indefinite"}
    for who in ("page-leaver", "page-withdrawn", "page-disputed"):
        there = f"/hiring/introductions/{place.ids[who]}"
        walk.form("by-page", f"{there}/stages", stage="interview", reached_on=offer["offer_accepted_on"])
        walk.form("by-page", f"{there}/hire-preview", **offer, **SALARY_FORM)
        walk.form("by-page", f"{there}/hires", **offer, **SALARY_FORM)
    walk.settle()
    for who in ("page-leaver", "page-withdrawn", "page-disputed"):
        there = f"/hiring/introductions/{place.ids[who]}"
        hire = place.ids[f"hire-{who}"] = _hire_of(walk, who)
        if who == "page-disputed": walk.form(who, f"/me/hires/{hire}/contest", cause="not-hired")
        else: walk.form(who, f"/me/hires/{hire}/confirmation")
        if who == "page-withdrawn":
            walk.form("by-page", f"{there}/hire/postponement", **later)
            walk.form("by-page", f"{there}/hire/offer-withdrawal")
    for who in ("page-stayer", "page-mistaken"):
        place.ids[f"hire-{who}"] = walk.do(who, f"/introductions/{place.ids[who]}/hires", api)["id"]
    walk.settle()
    for who, word in (("page-stayer", "confirmation"), ("page-mistaken", "contest")):
        cause = {"cause": "not-hired"} if word == "contest" else {}
        walk.form("by-page", f"/hiring/introductions/{place.ids[who]}/hire/{word}", **cause)


def _hire_of(walk: Walk, who: str) -> str:
    hires = walk.get("by-page", "/hires")["items"]
    return str(next(each["hire"] for each in hires if each["introduction"] == walk.place.ids[who]))


def leave_some(walk: Walk) -> None:
    """Early leaves, said, challenged and decided; and the ownership of a contested fee."""
    place = walk.place
    source = str(place.companies["source"])
    whole = {"shares": [{"source": source, "share_bps": 10_000}], "fee_bps": 10_000}
    walk.do("operator", f"/hires/{place.ids['hire-closed']}/ownership", whole)
    left = {"left_on": jst_date(place.now()).isoformat(), "fault": "own-wish"}
    other = left | {"fault": "excluded"}
    walk.do("hiring", f"/hires/{place.ids['hire-leaver']}/leave", left)
    walk.do("leaver", f"/hires/{place.ids['hire-leaver']}/leave-challenge", other)
    walk.do("operator", f"/hires/{place.ids['hire-leaver']}/leave-decision", left)
    for who, said_by_person in (("page-leaver", True), ("page-stayer", False)):
        hire, there = place.ids[f"hire-{who}"], f"/hiring/introductions/{place.ids[who]}/hire"
        if said_by_person:
            walk.form(who, f"/me/hires/{hire}/leave", **left)
            walk.form("by-page", f"{there}/leave-challenge", **other)
        else:
            walk.form("by-page", f"{there}/leave", **left)
            walk.form(who, f"/me/hires/{hire}/leave-challenge", **other)


def _first_of_next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
