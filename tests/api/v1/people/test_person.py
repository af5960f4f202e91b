"""A person comes by an invitation, decides everything for themselves, and leaves with nothing left behind."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.api.v1.people.village import CONDITIONS, FACTS, NUMBERS, Village, refused

TSUMUGI = "tsumugi.mihon@example.jp"


def test_a_person_registers_by_invitation_and_claims_their_record(village: Village) -> None:
    village.ok(village.post("source", f"/imports/{village.import_minato()}/invitations"))
    village.worker.drain()
    invitation = village.link(TSUMUGI, "/i/")
    entered = {"email": TSUMUGI, "entrance": "invitation", "invitation": invitation}
    first = village.post(None, "/registrations", entered)
    stranger = village.post(None, "/registrations", entered | {"email": "nobody@example.jp"})
    assert (first.status_code, first.content) == (stranger.status_code, stranger.content)
    village.worker.drain()
    token = village.link(TSUMUGI, "/register/")
    told = {"token": token, "name": "見本 紬", "is_adult": True, "is_pupil": False}
    refused(village.post(None, "/registrations/completing", told | {"is_adult": False}), 409, "candidate-under-18")
    done = village.did(None, "/registrations/completing", told)
    village.who["tsumugi"] = done["token"]
    refused(village.post(None, "/registrations/completing", told), 410, "link-not-valid")

    me = village.saw("tsumugi", "/me")
    assert (me["name"], me["email"], me["adult"], me["phone"]) == ("見本 紬", TSUMUGI, True, "+818000005001")
    referral = village.saw("tsumugi", "/me/referrals")["items"][0]
    assert (referral["source_name"], referral["reached"]) == ("source見本株式会社", "final-interview")
    assert referral["confirmed_at"] is not None
    assert village.record_of("source", TSUMUGI)["record"]["status"] == "registered"

    again = village.post(None, "/registrations", entered | {"entrance": "neutral-link"})
    assert (again.status_code, again.content) == (first.status_code, first.content)
    village.worker.drain()
    assert "すでにご登録" in village.mails(TSUMUGI)[0]


def test_consents_are_given_to_exact_words_and_kept_with_receipts(village: Village) -> None:
    who = village.register("aoi", "aoi@example.jp")
    source = str(village.companies["source"])
    village.consent("aoi", "list")
    village.consent("aoi", "channel", channel="email")
    village.consent("aoi", "outcome-to-source", company=source, level="hired")
    shown = {row["permission"]["scope"]: row for row in village.saw("aoi", "/me/consents")["items"]}
    assert set(shown) == {"list", "channel", "outcome-to-source"}
    assert "匿名カード" in shown["list"]["words"]
    assert "2026-11-28" in shown["list"]["words"]
    assert "source見本株式会社" in shown["outcome-to-source"]["words"]
    content = village.house.vault.receipts.verify(shown["list"]["receipt"])
    assert content["purposes"][0]["purpose"] == "list"

    words = {"text_version": "v1", "language": "ja"}
    refused(village.post("aoi", "/me/consents", words | {"scope": "outcome-to-source"}), 422, "consent-parts-wrong")
    nobody = {"scope": "retain", "company": str(uuid4())}
    refused(village.post("aoi", "/me/consents", words | nobody), 422, "source-unknown")
    refused(village.post("aoi", "/me/consents", words | {"scope": "list", "text_version": "v9"}), 422, "consent-text-unknown")
    village.move_to(village.now() + timedelta(days=30))
    village.signed_in("aoi", "candidate", who)
    village.did("aoi", "/me/consents/renewal", {"scope": "list"})
    village.did("aoi", "/me/consents/withdrawal", {"scopes": [{"scope": "list"}]})
    refused(village.post("aoi", "/me/consents/withdrawal", {"scopes": [{"scope": "list"}]}), 409, "consent-not-given")


def test_telling_the_source_nothing_is_never_renewed_into_telling(village: Village) -> None:
    who = village.register("aoi", "aoi@example.jp")
    source = str(village.companies["source"])
    nothing = {"scope": "outcome-to-source", "company": source}
    village.consent("aoi", **nothing, level="none")
    refused(village.post("aoi", "/me/consents/renewal", nothing), 409, "consent-needs-no-renewal")
    village.consent("aoi", **nothing, level="where")
    village.consent("aoi", **nothing, level="hired")
    doors = village.rows("SELECT what, open FROM gate WHERE subject = %s AND what LIKE 'outcome%%' ORDER BY what", who)
    assert doors == [("outcome-to-source", True), ("outcome-where", False)]


def test_a_card_is_published_seen_and_gone_at_once_with_a_pause(village: Village) -> None:
    village.import_minato()
    referral = village.listed("tsumugi", TSUMUGI)
    card = village.saw("tsumugi", "/me/card")["card"]
    assert {name: card[name] for name in ("skills", "prefecture", "reached", "has_recommendation")} == {
        "skills": ["sql"],
        "prefecture": "osaka",
        "reached": "final-interview",
        "has_recommendation": False,
    }
    assert set(card) & {"candidate", "name", "age", "gender", "email"} == set()
    assert village.saw("hiring", f"/catalogue/{card['card']}")["card"]["card"] == card["card"]

    village.ok(village.post("tsumugi", "/me/pause"))  # no worker runs in between
    refused(village.get("hiring", f"/catalogue/{card['card']}"), 404, "card-unknown")
    hidden = village.saw("tsumugi", "/me/card")
    assert (hidden["card"], hidden["hidden_because"]) == (None, "listing-paused")
    assert hidden["sentence"]
    village.ok(village.post("tsumugi", "/me/resumption"))
    village.saw("hiring", f"/catalogue/{card['card']}")

    blocked = village.ok(village.post("tsumugi", "/me/blocks", {"corporate_number": NUMBERS["hiring"]}))
    refused(village.get("hiring", f"/catalogue/{card['card']}"), 404, "card-unknown")
    assert village.saw("tsumugi", "/me/blocks")["items"] == [
        {"token": blocked["id"], "cause": "chosen", "name": "hiring見本株式会社", "name_en": "Hiring Mihon"}
    ]
    village.ok(village.post("tsumugi", "/me/blocks/lifting", {"corporate_number": NUMBERS["hiring"]}))
    village.saw("hiring", f"/catalogue/{card['card']}")
    village.did("tsumugi", f"/me/referrals/{referral}/card-suspension")
    assert village.saw("tsumugi", "/me/card")["hidden_because"] == "card-not-published"


def test_a_recommendation_leaves_the_source_only_after_the_person_read_it(village: Village) -> None:
    village.import_minato()
    referral = village.listed("tsumugi", TSUMUGI)
    said = {"text": "交渉の進め方がとてもよい方です。"}
    refused(village.post("second-source", f"/referrals/{referral}/recommendation", said), 404, "not-found")
    refused(village.post("source", f"/referrals/{referral}/recommendation", {"text": "既婚の方です。"}), 409, "free-text-not-fit")
    village.did("source", f"/referrals/{referral}/recommendation", said)
    assert village.saw("source", "/referrals")["items"][0]["recommendation_read"] is False
    assert village.saw("tsumugi", "/me/referrals")["items"][0]["recommendation"] == said["text"]
    village.did("tsumugi", f"/me/referrals/{referral}/recommendation-reading", {"version": 1})
    village.did("tsumugi", f"/me/referrals/{referral}/card")
    assert village.saw("tsumugi", "/me/card")["recommendation"] == said["text"]

    outcome = village.saw("source", "/referrals")["items"][0]
    assert (outcome["hired_on"], outcome["hired_by"], outcome["hired_by_name"]) == (None, None, None)
    assert str(village.saw("tsumugi", "/me")["candidate"]) not in json.dumps(village.saw("source", "/referrals"))


def test_a_profile_is_saved_on_what_was_read_and_screened(village: Village) -> None:
    village.register("aoi", "aoi@example.jp")
    village.profile("aoi")
    late = {"expected_version": 0, "headline": "営業", "career": "営業", "facts": FACTS}
    refused(village.post("aoi", "/me/profile", late), 409, "profile-changed-meanwhile")
    unfit = late | {"expected_version": 1, "career": "既婚、子どもが二人います"}
    refused(village.post("aoi", "/me/profile", unfit), 409, "free-text-not-fit")
    alien = late | {"expected_version": 1, "facts": FACTS | {"skills": ["telepathy"]}}
    assert village.post("aoi", "/me/profile", alien).json()["code"] == "code-not-on-a-card"
    answer = village.get("aoi", "/me/profile")
    assert (answer.headers["etag"], answer.json()["words"]["headline"]) == ('"1"', "海外営業を十年")
    village.did("aoi", "/me/profile/confirmation", {"version": 1})
    born = {"name": "見本 葵", "address": "大阪府見本市1-1", "birth_date": "1995-05-05"}
    village.did("aoi", "/me/seeker-record", born)
    assert village.saw("aoi", "/me")["seeker_record_until"] == "2029-06-01"
    refused(village.post("aoi", "/me/seeker-record", born | {"birth_date": "2030-01-01"}), 422, "birth-date-in-future")


def test_a_person_takes_their_data_and_is_erased(village: Village) -> None:
    village.import_minato()
    village.listed("tsumugi", TSUMUGI)
    who = village.saw("tsumugi", "/me")["candidate"]
    born = {"name": "見本 紬", "address": "大阪府見本市1-1", "birth_date": "1995-05-05"}
    village.did("tsumugi", "/me/seeker-record", born)
    answer = village.get("tsumugi", "/me/data", download="true")
    assert answer.headers["content-disposition"] == 'attachment; filename="career-relay-2026-06-01.json"'
    data = answer.json()
    assert (data["contact"]["email"], data["profiles"][0]["words"]["headline"]) == (TSUMUGI, "海外営業を十年")
    assert (len(data["receipts"]), data["kept_by_law"]) == (1, [["seeker-record", "2029-06-01"]])
    assert village.saw("tsumugi", "/me/erasure") == {
        "kept_by_law": [["seeker-record", "2029-06-01"]],
        "sources_asked": ["source見本株式会社"],
    }

    card = village.saw("tsumugi", "/me/card")["card"]["card"]
    assert village.post("tsumugi", "/me/erasure", {"confirm": False}).status_code == 400
    done = village.ok(village.post("tsumugi", "/me/erasure", {"confirm": True}))
    refused(village.get("hiring", f"/catalogue/{card}"), 404, "card-unknown")
    refused(village.get("tsumugi", "/me"), 401, "credentials-not-valid")
    village.worker.drain()
    certificate = village.saw(None, f"/erasures/{done['id']}")
    assert (certificate["erased"], certificate["remaining"][-1]) == (True, ["seeker-record", "2029-06-01"])
    assert certificate["certificate"].count(".") == 2
    refused(village.get(None, f"/erasures/{uuid4()}"), 404, "not-found")
    own = "SELECT count(*) FROM vault_record WHERE subject_kind IN ('candidate', 'dev-mail') AND subject_id = %s"
    assert village.rows(own, who) == [(0,)]
    assert village.rows("SELECT count(*) FROM blind_address WHERE subject_id = %s", who) == [(0,)]


def test_an_erased_person_asks_the_source_which_then_lets_its_own_record_go(village: Village) -> None:
    village.import_minato()
    village.register("tsumugi", TSUMUGI, source=str(village.companies["source"]))
    village.did("tsumugi", "/me/erasure", {"confirm": True})
    asked = village.saw("source", "/privacy-requests")["items"]
    assert [(row["kind"], row["status"], row["due_on"]) for row in asked] == [("erase", "identified", "2026-06-15")]
    request = asked[0]["request"]
    assert "candidate" not in asked[0]
    assert "ご本人から請求" in village.mails("admin@source.example")[0]
    refused(village.post("second-source", f"/privacy-requests/{request}/decision", {"granted": True}), 404, "not-found")
    path = f"/privacy-requests/{request}"
    refused(village.post("source", f"{path}/completion"), 409, "privacy-request-not-decided")
    refused(village.post("source", f"{path}/decision", {"granted": False}), 422, "privacy-request-reason-missing")
    village.did("source", f"{path}/decision", {"granted": True})
    village.did("source", f"{path}/completion")
    assert village.saw("source", "/privacy-requests")["items"][0]["status"] == "completed"
    refused(village.get("source", f"/applicants/{asked[0]['applicant']}"), 404, "not-found")
    assert village.rows("SELECT count(*) FROM vault_record WHERE subject_id = %s", asked[0]["applicant"]) == [(0,)]


def test_a_registration_that_nobody_finishes_is_forgotten_after_a_day(village: Village) -> None:
    asked = {"email": "nobody.came@example.jp", "entrance": "neutral-link", "language": "ja"}
    assert village.post(None, "/registrations", asked).status_code == 202
    village.register("tsumugi", TSUMUGI)
    begun = "SELECT count(*) FROM registration"
    kept = "SELECT count(*) FROM vault_record WHERE subject_kind IN ('candidate', 'dev-mail') AND subject_id = %s"
    ((nobody,),) = village.rows("SELECT candidate FROM registration WHERE used_at IS NULL")
    who = village.saw("tsumugi", "/me")["candidate"]
    before = village.rows(kept, who)
    assert village.rows(begun) == [(2,)]
    assert village.rows(kept, nobody) == [(2,)]
    village.move_to(village.now() + timedelta(hours=23))
    assert village.rows(begun) == [(2,)]
    village.move_to(village.now() + timedelta(hours=2))
    assert village.rows(begun) == [(1,)]
    assert village.rows(kept, nobody) == [(0,)]
    assert village.rows(kept, who) == before


def test_sessions_and_links_that_are_long_over_are_forgotten(village: Village) -> None:
    village.register("tsumugi", TSUMUGI)
    village.post(None, "/sign-in-links", {"email": TSUMUGI})
    village.worker.drain()
    count = "SELECT (SELECT count(*) FROM web_session), (SELECT count(*) FROM login_link)"
    assert village.rows(count) != [(0, 0)]
    village.move_to(village.now() + timedelta(days=32))
    assert village.rows(count) == [(0, 0)]


def test_withdrawing_what_a_source_keeps_asks_it_to_erase(village: Village) -> None:
    village.import_minato()
    source = str(village.companies["source"])
    village.register("tsumugi", TSUMUGI, source=source)
    village.consent("tsumugi", "retain", company=source)
    village.did("tsumugi", "/me/consents/withdrawal", {"scopes": [{"scope": "retain", "company": source}]})
    assert [row["kind"] for row in village.saw("source", "/privacy-requests")["items"]] == ["erase"]
    assert village.saw("tsumugi", "/me")["email"] == TSUMUGI


def test_two_registrations_become_one_and_the_stricter_wins(village: Village) -> None:
    village.import_minato()
    village.listed("tsumugi", TSUMUGI)
    village.register("other", "tsumugi.other@example.jp")
    village.did("tsumugi", "/me/blocks", {"corporate_number": NUMBERS["hiring"]})
    known = village.post("other", "/me/merging-requests", {"email": TSUMUGI})
    nobody = village.post("other", "/me/merging-requests", {"email": "nobody@example.jp"})
    assert (known.status_code, known.content) == (nobody.status_code, nobody.content)
    village.worker.drain()
    token = {"token": village.link(TSUMUGI, "/me/merging/")}
    refused(village.post("tsumugi", "/me/merging", token), 410, "link-not-valid")  # only in the session that asked
    village.did("other", "/me/merging", token)

    refused(village.get("tsumugi", "/me"), 401, "credentials-not-valid")
    assert [row["name"] for row in village.saw("other", "/me/blocks")["items"]] == ["hiring見本株式会社"]
    assert [row["source_name"] for row in village.saw("other", "/me/referrals")["items"]] == ["source見本株式会社"]
    assert len(village.saw("source", "/referrals")["items"]) == 1
    assert village.saw("hiring", "/catalogue")["items"] == []
    village.did("other", "/me/erasure", {"confirm": True})
    assert village.rows("SELECT count(*) FROM vault_record WHERE subject_kind = 'candidate'") == [(0,)]


def test_a_registered_person_claims_their_record_at_a_further_source(village: Village) -> None:
    village.register("tsumugi", TSUMUGI)
    source = {"source": str(village.companies["source"])}
    refused(village.post("tsumugi", "/me/claims", source), 409, "no-record-to-claim")
    village.import_minato()
    village.did("tsumugi", "/me/claims", source)
    assert [row["source_name"] for row in village.saw("tsumugi", "/me/referrals")["items"]] == ["source見本株式会社"]


@pytest.mark.parametrize("path", ["/me", "/me/data", "/me/consents", "/me/card"])
def test_a_company_is_not_a_person(village: Village, path: str) -> None:
    refused(village.get("source", path), 403, "not-permitted")
    refused(village.get(None, path), 401, "sign-in-needed")


def test_a_job_is_opened_complete_and_changed_on_what_was_read(village: Village) -> None:
    job = {"conditions": CONDITIONS, "occupation": "sales-representative", "prefecture": "osaka", "skills": ["sql"]}
    half = job | {"conditions": CONDITIONS | {"wages": ""}}
    refused(village.post("hiring", "/jobs", half), 422, "job-conditions-incomplete")
    refused(village.post("source", "/jobs", job), 403, "not-permitted")
    made = village.did("hiring", "/jobs", job)["id"]
    answer = village.get("hiring", f"/jobs/{made}")
    assert (answer.headers["etag"], answer.json()["title"]) == ('"1"', "海外営業")
    refused(village.get("second-source", f"/jobs/{made}"), 404, "not-found")
    change = {"conditions": CONDITIONS | {"wages": "月給50万円"}}
    refused(village.post("hiring", f"/jobs/{made}/conditions", change), 428, "if-match-missing")
    village.did("hiring", f"/jobs/{made}/conditions", change, **{"If-Match": '"1"'})
    refused(village.post("hiring", f"/jobs/{made}/conditions", change, **{"If-Match": '"1"'}), 412, "changed-since-read")
    village.did("hiring", f"/jobs/{made}/closing", {"cause": "filled"})
    assert [row["closed"] for row in village.saw("hiring", "/jobs")["items"]] == ["filled"]
