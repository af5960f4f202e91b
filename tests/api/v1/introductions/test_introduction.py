"""One introduction over HTTP: asked, answered, undone, handed over, opened, closed; and nothing of it for anybody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from domain.ids import card_of
from marketplace.commands import job as jobs
from marketplace.commands.company import declare_group
from tests.api.v1.introductions.town import CONDITIONS, NUMBERS, Town, Visitor

ITEMS = ["name", "email", "career"]


def ask(town: Town, visitor: Visitor | None = None, items: list[str] = ITEMS) -> str:
    """The hiring company asks for Aoi."""
    body = {"card": str(card_of(town.aoi)), "job": str(town.job), "job_version": 1, "items": items}
    made: str = (visitor or town.company("hiring")).post("/introductions", body)["id"]
    town.worker.drain()
    return made


def yes(shown: Any, items: list[str] = ITEMS) -> dict[str, Any]:
    return {"items": items, "seen": shown["seen"], "known_to_company": False}


def disclosed(town: Town) -> str:
    """An introduction after the person's yes and the ten minutes."""
    made = ask(town)
    aoi = town.candidate(town.aoi)
    aoi.post(f"/me/asks/{made}/approval", yes(aoi.get(f"/me/asks/{made}")))
    town.worker.drain()
    town.later(timedelta(minutes=11))
    return made


def answers_to_the_company(town: Town, made: str) -> list[bytes]:
    """Everything that the hiring side can read of an introduction."""
    hiring = town.company("hiring")
    paths = (
        f"/introductions/{made}", "/introductions", f"/introductions/{made}/person", "/provision-records",
        f"/stories/{made}", "/hires", "/fees",
    )  # fmt: skip
    return [hiring.read(path).content for path in paths]


def test_the_price_and_its_rules_are_on_the_table_before_anything_is_asked(town: Town) -> None:
    hiring, card = town.company("hiring"), str(card_of(town.aoi))
    quote = hiring.get("/introductions/quote", card=card, job=str(town.job))
    assert (quote["quote_from_yen"], quote["quote_to_yen"]) == (1_650_000, 2_310_000)
    assert (quote["fee_rate_bps"], quote["tax_rate_bps"], quote["prior_contact_days"]) == (3_000, 1_000, 180)
    assert (quote["terms_version"], quote["accepted_terms_version"], quote["job_version"]) == (1, 1, 1)
    other = town.company("other").read("/introductions/quote", params={})
    assert other.status_code == 400
    elsewhere = town.company("other").read("/introductions/quote", card=card, job=str(town.job))
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "not-found")


def test_the_same_request_again_makes_nothing_new_and_answers_the_same_introduction(town: Town) -> None:
    hiring = town.company("hiring")
    body = {"card": str(card_of(town.aoi)), "job": str(town.job), "job_version": 1, "items": ITEMS}
    first, again = (hiring.send("/introductions", body, key="one-key-for-both").json() for _ in range(2))
    assert (first["outcome"], again["outcome"], again["id"]) == ("done", "again", first["id"])
    assert hiring.refused("/introductions", body) == (409, "already-asked")
    town.worker.drain()
    assert len(hiring.get("/introductions")["items"]) == 1
    assert town.company("other").refused("/introductions", body) == (422, "job-unknown")


def test_the_person_sees_who_asks_for_what_and_what_happens_if_they_do_nothing(town: Town) -> None:
    made = ask(town)
    aoi = town.candidate(town.aoi)
    (row,) = aoi.get("/me/asks")["items"]
    assert (row["introduction"], row["status"], row["job_title"]) == (made, "asked", "データ分析担当")
    shown = aoi.get(f"/me/asks/{made}")
    assert shown["company"]["name"] == "hiring見本株式会社"
    assert shown["conditions"]["duties"] == CONDITIONS.duties
    assert [(each["item"], each["label"], each["value"]) for each in shown["asked_for"]] == [
        ("name", "氏名", "見本 葵"),
        ("email", "メールアドレス", "aoi@mail.example"),
        ("career", "職務経歴", "小売業で需要予測を6年"),
    ]
    assert shown["not_asked_for"] == ["電話番号", "現在の勤務先", "希望年収（円）", "推薦文"]
    assert [(each["source"]["name"], each["level"]) for each in shown["source_learns"]] == [
        ("source見本株式会社", "none")
    ]
    assert "何も開示されません" in shown["if_you_do_nothing"]
    assert shown["seen"] == {"job_version": 1, "profile_version": 1, "items": ITEMS}


def test_a_share_link_opens_its_one_ask_with_masked_values_and_nothing_else(town: Town) -> None:
    made = ask(town)
    holder = town.holder(made, town.aoi)
    shown = holder.get(f"/me/asks/{made}")
    assert [each["value"] for each in shown["asked_for"]] == ["見●●", "a●●@●●", "●●"]
    for path in ("/me/asks", "/me/hires", "/me/access-log", "/catalogue", "/session", f"/introductions/{made}"):
        assert (holder.read(path).status_code, holder.read(path).json()["code"]) == (401, "sign-in-needed"), path
    assert holder.read(f"/me/asks/{uuid4()}").json()["code"] == "not-found"
    assert holder.refused(f"/me/asks/{made}/revocation") == (401, "sign-in-needed")
    assert holder.post(f"/me/asks/{made}/decline")["outcome"] == "done"


def test_a_yes_undone_at_minute_nine_leaves_nothing_and_a_second_yes_is_handed_over_after_ten_minutes(
    town: Town,
) -> None:
    made = ask(town)
    holder = town.holder(made, town.aoi)
    before = answers_to_the_company(town, made)
    holder.post(f"/me/asks/{made}/approval", yes(holder.get(f"/me/asks/{made}")))
    town.worker.drain()
    assert answers_to_the_company(town, made) == before
    town.later(timedelta(minutes=9))
    holder.post(f"/me/asks/{made}/undoing")
    town.worker.drain()
    town.later(timedelta(minutes=20))
    assert answers_to_the_company(town, made) == before
    assert town.rows("SELECT count(*) FROM provision_records") == [(0,)]
    assert town.rows("SELECT count(*) FROM vault_record WHERE subject_kind IN ('received', 'statutory')") == [(1,)]

    holder.post(f"/me/asks/{made}/approval", yes(holder.get(f"/me/asks/{made}"), ["name", "email"]))
    town.worker.drain()
    town.later(timedelta(minutes=9, seconds=50))
    assert answers_to_the_company(town, made) == before
    town.later(timedelta(seconds=20))
    hiring = town.company("hiring")
    found = hiring.get(f"/introductions/{made}")
    assert (found["status"], found["disclosed_items"]) == ("disclosed", ["name", "email"])
    person = hiring.get(f"/introductions/{made}/person")
    assert {name: value for name, value in person.items() if value is not None} == {
        "introduction": made,
        "name": "見本 葵",
        "kana": "ミホン アオイ",
        "email": "aoi@mail.example",
    }
    directions = town.rows("SELECT direction FROM provision_records WHERE introduction = %s ORDER BY 1", made)
    assert directions == [("provided",), ("received",)]
    (received,) = hiring.get("/provision-records")["items"]
    (provided,) = town.company("operator-admin").get("/provision-records")["items"]
    assert (received["direction"], provided["direction"]) == ("received", "provided")


def test_every_look_of_the_company_is_there_for_the_person_to_read(town: Town) -> None:
    made = disclosed(town)
    hiring, aoi = town.company("hiring"), town.candidate(town.aoi)
    (seen,) = aoi.get("/me/seen-by")["items"]
    assert (seen["company"]["name"], seen["items"], seen["revoked_at"]) == ("hiring見本株式会社", ITEMS, None)
    assert aoi.get("/me/access-log")["items"] == []
    for _ in range(2):
        hiring.get(f"/introductions/{made}/person")
    looks = aoi.get("/me/access-log")["items"]
    assert [(each["introduction"], each["items"], each["purpose"]) for each in looks] == [(made, ITEMS, "selection")] * 2


def test_a_no_a_block_and_silence_look_the_same_to_the_company(town: Town) -> None:
    made = ask(town)
    silent = answers_to_the_company(town, made)
    town.candidate(town.aoi).post(f"/me/asks/{made}/decline")
    town.worker.drain()
    assert answers_to_the_company(town, made) == silent
    body = {"card": str(card_of(town.aoi)), "job": str(town.job), "job_version": 1, "items": ITEMS}
    assert town.company("hiring").refused("/introductions", body) == (409, "already-asked")
    town.block(town.aoi, "hiring")
    town.worker.drain()
    assert answers_to_the_company(town, made) == silent
    town.later(timedelta(days=8))
    assert town.company("hiring").get(f"/introductions/{made}")["status"] == "no-answer"


def test_after_the_conditions_changed_what_was_seen_before_cannot_approve(town: Town) -> None:
    from msgspec.structs import replace

    made = ask(town)
    holder = town.holder(made, town.aoi)
    shown = holder.get(f"/me/asks/{made}")
    jobs.change_conditions(
        town.office,
        town.by(),
        company=town.companies["hiring"],
        job_id=town.job,
        conditions=replace(CONDITIONS, wages="月給40万円"),
        expected_version=1,
    )
    assert holder.refused(f"/me/asks/{made}/approval", yes(shown))[1] == "changed-since-shown"
    town.worker.drain()
    assert holder.refused(f"/me/asks/{made}/approval", yes(shown)) == (409, "share-already-answered")
    assert holder.get(f"/me/asks/{made}")["conditions"]["wages"] == CONDITIONS.wages
    body = {"card": str(card_of(town.aoi)), "job": str(town.job), "job_version": 2, "items": ITEMS}
    assert town.company("hiring").send("/introductions", body).status_code == 201


def test_a_newer_profile_is_shown_anew_before_a_yes_counts(town: Town) -> None:
    made = ask(town)
    aoi = town.candidate(town.aoi)
    old = aoi.get(f"/me/asks/{made}")
    town.save_profile(town.aoi, 1)
    assert aoi.refused(f"/me/asks/{made}/approval", yes(old)) == (409, "changed-since-shown")
    assert aoi.get(f"/me/asks/{made}")["newer_profile"] is True
    aoi.post(f"/me/asks/{made}/showing-anew")
    new = aoi.get(f"/me/asks/{made}")
    assert (new["newer_profile"], new["seen"]["profile_version"]) == (False, 2)
    assert aoi.refused(f"/me/asks/{made}/approval", yes(old)) == (409, "changed-since-shown")
    assert aoi.post(f"/me/asks/{made}/approval", yes(new))["outcome"] == "done"


def test_a_revocation_closes_the_copy_at_once_and_asks_for_deletion(town: Town) -> None:
    made = disclosed(town)
    hiring, aoi = town.company("hiring"), town.candidate(town.aoi)
    assert hiring.refused(f"/introductions/{made}/deletion-confirmation") == (409, "not-revoked")
    aoi.post(f"/me/asks/{made}/revocation")
    closed = hiring.read(f"/introductions/{made}/person")
    assert (closed.status_code, closed.json()["code"]) == (409, "copy-not-open")
    town.worker.drain()
    assert hiring.get(f"/introductions/{made}")["status"] == "revoked"
    assert hiring.refused(
        f"/introductions/{made}/stages", {"stage": "interview", "reached_on": "2027-04-05"}
    ) == (409, "share-revoked")
    hiring.post(f"/introductions/{made}/deletion-confirmation")
    town.worker.drain()
    (seen,) = aoi.get("/me/seen-by")["items"]
    assert seen["revoked_at"] is not None
    assert seen["deletion_confirmed_at"] is not None


def test_a_block_closes_the_copy_before_any_projection_knows(town: Town) -> None:
    made = disclosed(town)
    declare_group(
        town.office, town.by(), company_id=town.companies["sister"], corporate_numbers=(NUMBERS["hiring"],)
    )
    assert town.company("hiring").read(f"/introductions/{made}/person").status_code == 200
    town.block(town.aoi, "sister")
    answer = town.company("hiring").read(f"/introductions/{made}/person")
    assert (answer.status_code, answer.json()["code"]) == (409, "copy-not-open")
    assert len(town.candidate(town.aoi).get("/me/access-log")["items"]) == 1


def test_for_another_tenant_an_introduction_is_not_there_byte_for_byte(town: Town) -> None:
    made, never = disclosed(town), str(uuid4())
    strangers = (town.company("other"), town.company("source"), town.company("sister"))
    for stranger in strangers:
        for path in ("/introductions/{}", "/introductions/{}/person", "/stories/{}", "/me/asks/{}"):
            theirs, nothing = stranger.read(path.format(made)), stranger.read(path.format(never))
            assert (theirs.status_code, theirs.content) == (404, nothing.content), path
        for path, body in (
            ("/introductions/{}/stages", {"stage": "interview", "reached_on": "2027-04-05"}),
            ("/introductions/{}/closing", {"cause": "not-hired"}),
            ("/introductions/{}/deletion-confirmation", {}),
            ("/me/asks/{}/decline", {}),
        ):
            theirs, nothing = stranger.send(path.format(made), body), stranger.send(path.format(never), body)
            assert (theirs.status_code, theirs.content) == (404, nothing.content), path
    assert town.company("other").get("/introductions") == {"items": []}


def test_an_id_of_something_else_is_not_found_and_no_error(town: Town) -> None:
    hiring, job, company = town.company("hiring"), town.job, town.companies["hiring"]
    for path in (f"/introductions/{job}", f"/introductions/{company}", f"/fees/{town.aoi}", f"/stories/{town.aoi}"):
        assert hiring.read(path).status_code == 404, path
    body = {"card": str(card_of(town.aoi)), "job": str(company), "job_version": 1, "items": ["name"]}
    assert hiring.refused("/introductions", body) == (422, "job-unknown")
    assert hiring.refused(f"/hires/{job}/confirmation") == (404, "not-found")


def test_a_refusal_is_a_problem_with_a_sentence_in_either_language(town: Town) -> None:
    made = ask(town)
    hiring = town.company("hiring")
    for language in ("ja", "en"):
        answer = hiring.client.get(f"/api/v1/introductions/{made}/person", headers={"Accept-Language": language})
        problem = answer.json()
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert (answer.headers["content-language"], problem["code"], problem["status"]) == (language, "copy-not-open", 409)
        assert problem["type"] == "urn:career-relay:problem:copy-not-open"
        assert problem["detail"].isascii() is (language == "en")


def test_a_company_proves_a_prior_contact_and_the_operator_decides(town: Town) -> None:
    made = disclosed(town)
    hiring, operator = town.company("hiring"), town.company("operator-admin")
    said = {"last_contact_on": "2027-03-01", "evidence": "2027年3月1日の応募受付メール"}
    assert hiring.refused(f"/introductions/{made}/prior-contact-decision", {"upheld": True}) == (404, "not-found")
    hiring.post(f"/introductions/{made}/prior-contact", said)
    assert hiring.refused(f"/introductions/{made}/prior-contact", said) == (409, "prior-contact-already-claimed")
    operator.post(f"/introductions/{made}/prior-contact-decision", {"upheld": False})
    town.worker.drain()
    assert hiring.get(f"/introductions/{made}")["prior_contact"] == "rejected"
    late = disclosed_to_other(town)
    town.later(timedelta(days=10))
    assert town.company("other").refused(f"/introductions/{late}/prior-contact", said)[1] == "prior-contact-window-closed"


def disclosed_to_other(town: Town) -> str:
    """Another company's introduction of the same person."""
    from uuid import UUID

    from domain.ids import JobId

    other = JobId(UUID(int=77))
    jobs.open_job(
        town.office,
        town.by(),
        job_id=other,
        company=town.companies["other"],
        conditions=CONDITIONS,
        occupation="data-analyst",
        prefecture="tokyo",
        skills=(),
    )
    visitor, aoi = town.company("other"), town.candidate(town.aoi)
    body = {"card": str(card_of(town.aoi)), "job": str(other), "job_version": 1, "items": ["name"]}
    made: str = visitor.post("/introductions", body)["id"]
    aoi.post(f"/me/asks/{made}/approval", yes(aoi.get(f"/me/asks/{made}"), ["name"]))
    town.worker.drain()
    town.later(timedelta(minutes=11))
    return made
