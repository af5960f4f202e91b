"""The play, second part: people register, write their profiles, consent, block, merge and are erased."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from domain.ids import ApplicantId, CandidateId, referral_of
from domain.referral import ReferralMade
from marketplace.links import mint_merge_link
from marketplace.store.log import Command
from tests.api.v1.people.village import FACTS
from tests.hostile.seeds_place import TOKEN, Place
from tests.hostile.seeds_walk import OPENING_NUMBERS, Walk

AOI, REN, NEVER, NOT_ME = (f"{name}.mihon@example.jp" for name in ("aoi", "ren", "never", "not-me"))
BORN = {"address": "大阪府見本市1-1", "birth_date": "1995-05-05"}
TOLD = {"name": "見本 紬", "is_adult": True, "is_pupil": False}


def play_registrations(walk: Walk) -> None:
    """Somebody comes by an invitation through the API, somebody through the pages, and two were never meant."""
    place = walk.place
    mine, never, not_me = (walk.mail(address, "/i/") for address in (AOI, NEVER, NOT_ME))
    place.ids["invitation"] = mine
    walk.do("stranger", f"/invitations/{never}/disowning")
    walk.page("stranger", f"/i/{not_me}/not-me")
    walk.form("stranger", f"/i/{not_me}/not-me")
    walk.page("stranger", f"/i/{mine}")
    walk.form("stranger", f"/i/{mine}", email=AOI)
    walk.do("stranger", "/registrations", {"email": AOI, "entrance": "invitation", "language": "ja", "invitation": mine})
    made = walk.do("stranger", "/registrations/completing", {"token": walk.mail(AOI, "/register/"), **TOLD})
    walk.comes("aoi", "candidate", made["id"])
    source = place.companies["source"]
    walk.page("stranger", f"/n/{source}")
    walk.form("stranger", f"/n/{source}", email=REN)
    walk.page("stranger", "/register/sent")
    token = walk.mail(REN, "/register/")
    walk.page("stranger", f"/register/{token}")
    walk.form("stranger", f"/register/{token}", name="見本 蓮", is_adult="true", is_pupil="false")
    walk.comes("ren", "candidate", _candidate_of(walk, REN))
    names = ("spare", "gone", "page-gone", "absorbed", "page-absorbed")
    for name in names:
        walk.do("stranger", "/registrations", {"email": f"{name}@example.jp", "entrance": "neutral-link", "language": "ja"})
    for name in names:
        told = {"token": walk.mail(f"{name}@example.jp", "/register/"), **TOLD}
        walk.comes(name, "candidate", walk.do("stranger", "/registrations/completing", told)["id"])


def play_profiles(walk: Walk) -> None:
    """What people say of themselves, by the API and by the pages."""
    words = {"headline": "海外営業を十年", "career": "部品の輸出を担当", "links": ["https://portfolio.example/x"]}
    walk.do("aoi", "/me/profile", {"expected_version": 0, **words, "facts": FACTS})
    walk.do("aoi", "/me/profile/confirmation", {"version": 1})
    walk.do("aoi", "/me/seeker-record", {"name": "見本 紬", **BORN})
    walk.form(
        "ren", "/me/profile", expected_version=0, headline="データで現場を助ける", career="小売でデータ分析を6年。",
        skills=["data-analysis", "sql"], occupations=["data-analyst"], prefecture="osaka", salary_wish_yen=6_000_000,
    )  # fmt: skip
    walk.form("ren", "/me/profile/confirmation", version=1)
    walk.form("ren", "/me/seeker-record", name="見本 蓮", **BORN)
    walk.settle()
    walk.do("aoi", "/me/claims", {"source": str(walk.place.companies["source"])})


def play_consents(walk: Walk) -> None:
    """Each consent given, renewed and taken back; pauses and blocks."""
    source, number = str(walk.place.companies["source"]), OPENING_NUMBERS["other"]
    for who, form in (("aoi", False), ("ren", True)):
        for scope, parts in (("list", {}), ("channel", {"channel": "email"}), ("retain", {"company": source})):
            words = walk.get("stranger", "/consent-texts", scope=scope, language="ja", **parts)
            given = {"scope": scope, "text_version": words["text_version"], "language": "ja", **parts}
            if form: walk.form(who, "/me/consents", **given)
            else: walk.do(who, "/me/consents", given)
        if form:
            walk.form(who, "/me/consents/withdrawal", scope="channel", channel="email")
            walk.form(who, "/me/pause")
            walk.form(who, "/me/resumption")
            walk.form(who, "/me/blocks", corporate_number=number, employer="true")
            walk.form(who, "/me/blocks/lifting", corporate_number=number)
        else:
            walk.do(who, "/me/consents/withdrawal", {"scopes": [{"scope": "channel", "channel": "email"}]})
            walk.do(who, "/me/pause")
            walk.do(who, "/me/resumption")
            walk.do(who, "/me/blocks", {"corporate_number": number, "employer": True})
            walk.do(who, "/me/blocks/lifting", {"corporate_number": number})


def play_cards(walk: Walk) -> None:
    """Recommendations are written and read, cards published and taken down."""
    walk.settle()
    for who, form in (("aoi", False), ("ren", True)):
        rows = [each for each in walk.get(who, "/me/referrals")["items"] if each["source_name"].startswith("source")]
        referral = walk.place.ids[f"referral-{who}"] = rows[0]["referral"]
        said = {"text": "最終選考まで進まれた方です。論理的で、対話が丁寧でした。"}
        steps: list[tuple[str, str, dict[str, Any]]] = [
            ("ownership", who, {}), ("recommendation", "source", said), ("recommendation-reading", who, {"version": 1}),
            ("card", who, {}), ("card-suspension", who, {}), ("card", who, {}),
        ]  # fmt: skip
        for name, sender, body in steps:
            if name == "ownership" and rows[0]["confirmed_at"] is not None: continue
            if sender == "source" and form: walk.form(sender, f"/source/referrals/{referral}/{name}", **body)
            elif sender == "source": walk.do(sender, f"/referrals/{referral}/{name}", body)
            elif form: walk.form(sender, f"/me/referrals/{referral}/{name}", **body)
            else: walk.do(sender, f"/me/referrals/{referral}/{name}", body)


def play_ownership(walk: Walk) -> None:
    """A source that turned the person away before says so later, and the person confirms it; a consent is renewed."""
    place, source = walk.place, walk.place.companies["by-page"]
    for who in ("aoi", "ren"):
        candidate = CandidateId(place.people[who][1])
        made = ReferralMade(candidate=candidate, source=source, applicant=ApplicantId(uuid4()), reached="final-interview")
        command = Command(id=uuid4(), actor="operator:test", now=place.now())
        key = referral_of(candidate, source)
        place.house.log.append(command, {key: (0, [made])})
        walk.settle()
        if who == "aoi": walk.do(who, f"/me/referrals/{key}/ownership")
        else: walk.form(who, f"/me/referrals/{key}/ownership")
    walk.do("aoi", "/me/consents/renewal", {"scope": "list"})


def merging_of(survivor: str, absorbed: str) -> Any:
    """Mints the link that unites two registrations."""

    def mint(place: Place) -> str:
        with place.house.database.transaction() as connection:
            ids = place.people[survivor][1], place.people[absorbed][1]
            return mint_merge_link(connection, *ids, place.now()).rpartition("/")[2]

    return mint


def play_endings(walk: Walk) -> None:
    """Registrations are united, people erased, and sources answer what was asked of them."""
    place = walk.place
    walk.do("spare", "/me/merging-requests", {"email": "absorbed@example.jp"})
    walk.do("spare", "/me/merging", {"token": TOKEN}, mint=merging_of("spare", "absorbed"))
    walk.form("spare", "/me/merging", email="page-absorbed@example.jp")
    walk.page("spare", "/me/merging/sent")
    walk.page("spare", f"/me/merging/{TOKEN}", mint=merging_of("spare", "page-absorbed"))
    walk.form("spare", f"/me/merging/{TOKEN}", mint=merging_of("spare", "page-absorbed"))
    walk.settle()
    place.ids["erasure"] = walk.do("gone", "/me/erasure", {"confirm": True})["id"]
    walk.settle()
    walk.form("page-gone", "/me/erasure", confirm="true")
    source = str(place.companies["source"])
    walk.do("aoi", "/me/consents/withdrawal", {"scopes": [{"scope": "retain", "company": source}]})
    walk.form("ren", "/me/consents/withdrawal", scope="retain", company=source)
    walk.settle()
    waiting = walk.get("source", "/privacy-requests")["items"]
    asked = [each["request"] for each in waiting if each["kind"] != "feedback"]
    walk.do("source", f"/privacy-requests/{asked[0]}/decision", {"granted": True})
    walk.do("source", f"/privacy-requests/{asked[0]}/completion")
    walk.form("source", f"/source/privacy-requests/{asked[1]}/decision", granted="true")
    walk.form("source", f"/source/privacy-requests/{asked[1]}/completion")
    place.ids["request"] = asked[1]
    walk.do("source", f"/referrals/{place.ids['referral-aoi']}/ending")


def _candidate_of(walk: Walk, email: str) -> str:
    rows = walk.place.rows("SELECT DISTINCT subject_id FROM blind_address WHERE subject_kind = 'candidate'")
    known = {str(each[1]) for each in walk.place.people.values()}
    fresh = [str(row[0]) for row in rows if str(row[0]) not in known]
    assert len(fresh) == 1, (email, fresh)
    return fresh[0]
