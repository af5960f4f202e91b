"""What holds after a yes: blocks, merges and erasures close what was handed over, for whoever looks and by whatever way."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from domain.candidate import CandidatePlaced
from domain.company import MemberRole
from domain.hire import HireCancelled, HireEvent, OfferWithdrawn, Side
from domain.ids import CandidateId, CompanyId, HireId, IntroductionId, UserId, card_of, referral_of
from domain.partnership import SharingMode
from domain.refusal import Refused
from domain.viewer import Viewer
from marketplace.commands import privacy, referral
from marketplace.commands.company import set_sharing_policy
from marketplace.links import mint_login_link, mint_merge_link, mint_share_link
from marketplace.vault import access_log
from marketplace.vault.disclosure import received
from tests.api.v1.introductions.test_introduction import ITEMS, ask, disclosed, yes
from tests.api.v1.introductions.town import Town, Visitor
from tests.domain.share_examples import reported

CLOSED = (409, "copy-not-open")


def looks_at(town: Town, made: str, who: Visitor | None = None) -> tuple[int, str]:
    """Status and code of a look at the received copy."""
    answer = (who or town.company("hiring")).read(f"/introductions/{made}/person")
    return answer.status_code, answer.json().get("code", "")


def merge(town: Town, survivor: CandidateId) -> None:
    """Aoi turns out to be the person of another registration."""
    privacy.merge(town.office, town.by(), survivor=survivor, absorbed=town.aoi)
    town.worker.drain()


def works_also_for(town: Town, user: UUID, company: CompanyId) -> None:
    with town.house.database.transaction() as connection:
        connection.execute("INSERT INTO member (user_id, company, role) VALUES (%s, %s, 'recruiter')", (user, company))


def closing_mails(town: Town) -> list[tuple[UUID, str]]:
    """To whom and about what a company was told that a copy is closed."""
    query = "SELECT recipient, about->>'introduction' FROM message WHERE template = 'share-revoked' AND recipient_kind = %s"
    return [(row[0], row[1]) for row in town.rows(query, "company")]


def test_whoever_works_for_a_blocked_company_does_not_open_the_copy_through_another(town: Town) -> None:
    made, of_both = disclosed(town), town.company("hiring")
    works_also_for(town, town.users["hiring"], town.companies["other"])
    assert looks_at(town, made, of_both) == (200, "")
    town.block(town.aoi, "other")
    assert looks_at(town, made, of_both) == CLOSED
    town.users["colleague"] = uuid4()
    works_also_for(town, town.users["colleague"], town.companies["hiring"])
    assert looks_at(town, made, town.company("colleague")) == (200, "")


def test_a_key_sees_no_more_than_the_person_who_made_it(town: Town) -> None:
    hiring = town.company("hiring")
    made = hiring.post("/api-keys", {"label": "ATS", "scopes": ["catalogue:read"]})
    key = town.visitor(made["key"])
    works_also_for(town, town.users["hiring"], town.companies["other"])
    assert key.get("/catalogue")["total"] == 1
    town.block(town.aoi, "other")
    assert key.get("/catalogue") == hiring.get("/catalogue") == {"items": [], "total": 0}


def test_the_persons_data_hold_every_look_however_many(town: Town) -> None:
    made = disclosed(town)
    viewer = Viewer(
        user=UserId(town.users["hiring"]), company=town.companies["hiring"], role=MemberRole.ADMIN, tokens=frozenset()
    )
    with town.house.database.transaction() as connection:
        for _ in range(201):
            access_log.write(
                connection,
                viewer,
                received(IntroductionId(UUID(made))),
                items=["name"],
                purpose="selection",
                now=town.now(),
                candidate=town.aoi,
            )
    assert len(town.candidate(town.aoi).get("/me/data")["looks"]) == 201


def test_after_a_merge_the_person_sees_and_closes_what_the_other_registration_handed_over(town: Town) -> None:
    made, survivor = disclosed(town), town.person(CandidateId(uuid4()))
    assert looks_at(town, made) == (200, "")
    merge(town, survivor)
    person = town.candidate(survivor)
    assert [each["introduction"] for each in person.get("/me/seen-by")["items"]] == [made]
    assert [each["introduction"] for each in person.get("/me/asks")["items"]] == [made]
    assert [each["introduction"] for each in person.get("/me/access-log")["items"]] == [made]
    assert [each["introduction"] for each in person.get("/me/data")["disclosures"]] == [made]
    assert person.get(f"/me/asks/{made}")["disclosed"] == ITEMS
    person.post(f"/me/asks/{made}/revocation")
    assert looks_at(town, made) == CLOSED


def test_a_block_after_a_merge_closes_what_the_other_registration_handed_over(town: Town) -> None:
    made, survivor = disclosed(town), town.person(CandidateId(uuid4()))
    merge(town, survivor)
    assert looks_at(town, made) == (200, "")
    town.block(survivor, "hiring")
    assert looks_at(town, made) == CLOSED
    town.worker.drain()
    assert town.company("hiring").get(f"/introductions/{made}")["status"] == "revoked"


def test_a_block_of_the_one_registration_holds_for_the_other_from_their_merge_on(town: Town) -> None:
    made, survivor = disclosed(town), town.person(CandidateId(uuid4()))
    town.block(survivor, "hiring")
    assert looks_at(town, made) == (200, "")
    privacy.merge(town.office, town.by(), survivor=survivor, absorbed=town.aoi)
    assert looks_at(town, made) == CLOSED
    town.worker.drain()
    assert town.company("hiring").get(f"/introductions/{made}")["status"] == "revoked"
    assert closing_mails(town) == [(town.companies["hiring"], made)]


@pytest.mark.parametrize("how", ["revocation", "block", "erasure"])
def test_however_a_copy_closes_the_company_is_told_the_same_and_asked_to_confirm_deletion(town: Town, how: str) -> None:
    made = disclosed(town)
    match how:
        case "revocation":
            town.candidate(town.aoi).post(f"/me/asks/{made}/revocation")
        case "block":
            town.block(town.aoi, "hiring")
        case _:
            privacy.start_erasure(town.office, town.by(), candidate=town.aoi)
    town.worker.drain()
    assert closing_mails(town) == [(town.companies["hiring"], made)]
    assert town.company("hiring").get(f"/introductions/{made}")["status"] == "revoked"


def test_sessions_and_links_die_with_the_person(town: Town) -> None:
    made, aoi = ask(town), town.candidate(town.aoi)
    now, other = town.now(), uuid4()
    with town.house.database.transaction() as connection:
        mint_login_link(connection, "candidate", town.aoi, now)
        mint_share_link(connection, UUID(made), town.aoi, now)
        mint_merge_link(connection, town.aoi, other, now)
        mint_merge_link(connection, other, town.aoi, now)
    privacy.start_erasure(town.office, town.by(), candidate=town.aoi)
    assert aoi.read("/me").status_code == 401
    town.worker.drain()
    for table, column in (
        ("web_session", "subject"), ("login_link", "subject"), ("share_link", "candidate"),
        ("merge_link", "survivor"), ("merge_link", "absorbed"),
    ):  # fmt: skip
        query = f"SELECT count(*) FROM {table} WHERE {column} = %s"
        assert town.rows(query, town.aoi) == [(0,)], (table, column)


def test_a_source_writes_nothing_of_a_person_who_is_being_erased(town: Town) -> None:
    privacy.start_erasure(town.office, town.by(), candidate=town.aoi)
    source = town.companies["source"]
    with pytest.raises(Refused, match="referral-ended"):
        referral.recommend(
            town.office, town.by(), referral=referral_of(town.aoi, source), source=source, text="よい方でした。"
        )
    town.worker.drain()
    assert town.rows("SELECT count(*) FROM vault_lexemes WHERE subject_id = %s", town.aoi) == [(0,)]


def test_an_erasure_asks_a_source_for_each_of_its_records_of_a_merged_person_once(town: Town) -> None:
    survivor = town.person(CandidateId(uuid4()))
    merge(town, survivor)
    privacy.start_erasure(town.office, town.by(), candidate=survivor)
    town.worker.drain()
    records = town.rows("SELECT applicant FROM referral_board WHERE candidate = ANY(%s)", [town.aoi, survivor])
    asked = town.rows("SELECT applicant FROM privacy_requests")
    assert sorted(asked) == sorted(set(records))
    assert len(asked) == 2


def test_a_person_placed_under_one_registration_is_left_in_peace_under_the_other(town: Town) -> None:
    placed = CandidatePlaced(
        hire=HireId(uuid4()), hiring=town.companies["other"], no_solicitation_until=date(2029, 4, 1)
    )
    survivor = town.person(CandidateId(uuid4()))
    version = town.office.candidate(town.aoi).version
    town.house.log.append(town.by(), {town.aoi: (version, [placed])})
    merge(town, survivor)
    body = {"card": str(card_of(survivor)), "job": str(town.job), "job_version": 1, "items": ITEMS}
    town.company("hiring").post("/introductions", body)
    town.worker.drain()
    assert town.candidate(survivor).get("/me/asks")["items"] == []


@pytest.mark.parametrize("end", [HireCancelled(cause="mistaken"), OfferWithdrawn(withdrawn_by=Side.HIRING)])
def test_a_person_who_does_not_work_there_any_more_may_be_asked_again(town: Town, end: HireEvent) -> None:
    hire = HireId(uuid4())
    placed = CandidatePlaced(hire=hire, hiring=town.companies["other"], no_solicitation_until=date(2029, 4, 1))
    version = town.office.candidate(town.aoi).version
    town.house.log.append(town.by(), {town.aoi: (version, [placed]), hire: (0, [reported(), end])})
    made = ask(town)
    assert town.candidate(town.aoi).get(f"/me/asks/{made}")["status"] == "asked"


def test_a_recommendation_that_was_taken_back_is_neither_handed_over_nor_recorded(town: Town) -> None:
    items = ["name", "recommendation"]
    made, aoi = ask(town, items=items), town.candidate(town.aoi)
    aoi.post(f"/me/asks/{made}/approval", yes(aoi.get(f"/me/asks/{made}"), items))
    never = frozenset({town.companies["hiring"]})
    set_sharing_policy(
        town.office, town.by(), source=town.companies["source"], mode=SharingMode.NEVER, companies=never
    )
    town.worker.drain()
    town.later(timedelta(minutes=11))
    hiring = town.company("hiring")
    assert hiring.get(f"/introductions/{made}/person")["recommendation"] is None
    assert hiring.get(f"/introductions/{made}")["disclosed_items"] == ["name"]
    assert [each["items"] for each in hiring.get("/provision-records")["items"]] == [["name"]]
    assert [each["items"] for each in aoi.get("/me/seen-by")["items"]] == [["name"]]


def test_a_yes_to_a_recommendation_alone_ends_when_it_is_taken_back(town: Town) -> None:
    made, aoi = ask(town, items=["recommendation"]), town.candidate(town.aoi)
    aoi.post(f"/me/asks/{made}/approval", yes(aoi.get(f"/me/asks/{made}"), ["recommendation"]))
    town.worker.drain()
    referral.end(
        town.office, town.by(), referral=referral_of(town.aoi, town.companies["source"]), source=town.companies["source"]
    )
    town.later(timedelta(minutes=11))
    assert aoi.get(f"/me/asks/{made}")["status"] == "cancelled"
    assert looks_at(town, made) == CLOSED
