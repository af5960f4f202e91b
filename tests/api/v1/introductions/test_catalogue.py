"""Searching the catalogue: found in both languages, and not there at all for whom the person blocked."""

from __future__ import annotations

from uuid import uuid4

from domain.ids import CandidateId, card_of
from tests.api.v1.introductions.town import Town, Visitor


def cards(visitor: Visitor, **params: object) -> set[str]:
    return {each["card"] for each in visitor.get("/catalogue", **params)["items"]}


def test_japanese_and_english_words_over_codes_and_free_text_find_the_card(town: Town) -> None:
    who = town.aoi
    mine, hiring = str(card_of(who)), town.company("hiring")
    for q in ("", "SQL", "python3", "データアナリスト", "大阪府", "Osaka", "需要予測", "小売業 ｐｙｔｈｏｎ", "中堅"):
        assert cards(hiring, q=q) == {mine}, q
    for q in ("Rust", "東京都", "需要予測 rust", "医療"):
        assert cards(hiring, q=q) == set(), q
    assert cards(hiring, skill=["sql", "rust"], prefecture="osaka", salary_band="6m-to-8m-yen") == {mine}
    assert cards(hiring, skill="rust") == set()
    answer = hiring.read("/catalogue", skill="no-such-skill")
    assert (answer.status_code, answer.json()["code"]) == (422, "code-not-in-vocabulary")


def test_a_card_shows_codes_and_bands_and_the_recommendation_and_no_person(town: Town) -> None:
    who = town.aoi
    hiring = town.company("hiring")
    found = hiring.get(f"/catalogue/{card_of(who)}")
    assert found["recommendation"] == "論理的な方でした。"
    assert found["card"] == {
        "card": str(card_of(who)),
        "skills": ["sql", "python"],
        "occupations": ["data-analyst"],
        "prefecture": "osaka",
        "seniority": "middle-level",
        "salary_band": "6m-to-8m-yen",
        "languages": ["japanese"],
        "reached": "final-interview",
        "has_recommendation": True,
        "published_at": found["card"]["published_at"],
        "confirmed_at": found["card"]["confirmed_at"],
    }
    (look,) = town.candidate(who).get("/me/access-log")["items"]
    assert (look["purpose"], look["items"], look["company"]["name"]) == (
        "catalogue",
        ["recommendation"],
        "hiring見本株式会社",
    )


def test_a_source_that_does_not_share_shows_this_company_no_recommendation(town: Town) -> None:
    from domain.partnership import SharingMode
    from marketplace.commands.company import set_sharing_policy

    who = town.aoi
    set_sharing_policy(
        town.office,
        town.by(),
        source=town.companies["source"],
        mode=SharingMode.NEVER,
        companies=frozenset({town.companies["hiring"]}),
    )
    town.worker.drain()
    for name, recommendation in (("hiring", None), ("other", "論理的な方でした。")):
        found = town.company(name).get(f"/catalogue/{card_of(who)}")
        assert found["recommendation"] == recommendation
        assert found["card"]["has_recommendation"] is (recommendation is not None)


def test_a_blocked_company_and_its_group_neither_find_nor_count_nor_ask_for_the_person(town: Town) -> None:
    who = town.aoi
    never = f"/catalogue/{uuid4()}"
    town.block(who, "sister")
    for name in ("hiring", "sister"):
        visitor = town.company(name)
        assert visitor.get("/catalogue") == {"items": [], "total": 0}
        hidden, nothing = visitor.read(f"/catalogue/{card_of(who)}"), visitor.read(never)
        assert (hidden.status_code, hidden.json()["code"]) == (404, "card-unknown")
        assert hidden.content == nothing.content
        body = {"card": str(card_of(who)), "job": str(town.job), "job_version": 1, "items": ["name"]}
        assert visitor.refused("/introductions", body) == (404, "card-unknown")
    assert town.company("other").get("/catalogue")["total"] == 1


def test_pages_follow_a_signed_cursor_and_a_made_up_one_is_refused(town: Town) -> None:
    others = [town.person(CandidateId(uuid4()), f"見本 {n}") for n in range(2)]
    people = {str(card_of(who)) for who in (town.aoi, *others)}
    hiring = town.company("hiring")
    first = hiring.get("/catalogue", limit=2)
    second = hiring.get("/catalogue", limit=2, after=first["next"])
    assert (first["total"], len(first["items"]), len(second["items"])) == (3, 2, 1)
    assert {each["card"] for each in first["items"] + second["items"]} == people
    assert "next" not in second
    for wrong in ("x", "AAAA", first["next"][:-2] + "xx", "é"):
        answer = hiring.read("/catalogue", after=wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "cursor-malformed"), wrong


def test_only_hiring_companies_search(town: Town) -> None:
    who = town.aoi
    assert town.company("source").read("/catalogue").status_code == 403
    assert town.candidate(who).read("/catalogue").status_code == 403
