"""What anybody may read is true: the numbers of the policy in force, the operator's record, and what is missing in it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from html import unescape
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from litestar import Litestar
from msgspec.structs import replace

from domain.frozen_terms import Rung, TaxRate
from domain.ids import OPERATOR, CompanyId
from domain.policy import Policy
from marketplace import clock
from marketplace.commands.company import record_licence
from marketplace.run import postgres
from marketplace.run.database import Addresses
from marketplace.run.demo import cast
from marketplace.run.founding import found
from marketplace.run.settings import load
from marketplace.run.wiring import House, open_house
from marketplace.store.log import Command
from tests.api.doors import door
from tests.api.pages.browser import SITE, Browser
from tests.api.pages.town import Town

PAGES = ["/about", "/rules", "/legal", "/consent-kit"]
OTHER = Policy(
    version=7, answer_days=11, undo_minutes=13, cooling_off_days=97, decent_from_hour=8, decent_until_hour=21, listing_days=173,
    ownership_window_days=401, fee_rate_bps=2_500, commission_rate_bps=1_700,
    ladder=(Rung(until_months=2, return_bps=7_700), Rung(until_months=5, return_bps=1_200)),
    report_window_days=29, challenge_window_business_days=6, payment_due_days=43, prior_contact_days=151,
    prior_contact_proof_business_days=9, prior_contact_fee_bps=300, open_asks_at_once=14, no_solicitation_years=4,
    provision_record_years=18, seeker_record_years=19, tax_rates=(TaxRate(from_on=date(2019, 10, 1), rate_bps=800),),
)  # fmt: skip


@contextmanager
def opened(server: postgres.Server, template: str, folder: Path, name: str) -> Iterator[House]:
    """A house in which nobody has recorded anything yet."""
    name = f"{name}_{os.getpid()}"
    server.create_database(name, template=template)
    app_url, owner_url = server.app_url(name), server.owner_url(name)
    environ = {"RELAY_DATA": str(folder), "RELAY_PUBLIC_URL": SITE, "DATABASE_URL": app_url, "MIGRATION_DATABASE_URL": owner_url}
    house = open_house(load(environ), addresses=Addresses(app_url, owner_url, None))
    try:
        yield house
    finally:
        house.close()
        server.drop_database(name)


@pytest.fixture(scope="module")
def empty(server: postgres.Server, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(server, template, tmp_path_factory.mktemp("public"), "public") as house:
        yield house


def read(app: Litestar, path: str, language: str = "en") -> str:
    return flat(Browser(app, language).get(path).text)


def read_of(house: House, path: str) -> str:
    """The same page of a house of one's own, in English."""
    with door(house) as app: return read(app, path)


def flat(text: str) -> str:
    """What a person reads of the page's main part."""
    main = text.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def test_everybody_finds_the_public_pages_from_every_page_without_signing_in(walked: Town) -> None:
    stranger = walked.browser()
    for path in ["/", "/sign-in", *PAGES]:
        assert set(PAGES) <= set(stranger.get(path).links), path
    assert set(PAGES) <= set(walked.browsers["person"].get("/me").links)


@pytest.mark.parametrize(
    ("path", "numbers"),
    [
        ("/about", ["97 days", "173 days", "11 days", "13 minutes"]),
        ("/rules", ["(version 7)", "173 days", "11 days", "13 minutes", "at most 14 companies", "97 days", "30 and 730 days",
                    "8:00 to 21:00", "25%", "401 days", "151 days", "9 business days", "becomes 3%", "keeps 17%",
                    "2 month(s): 77%", "5 month(s): 12%", "18 years", "19 years", "4 years"]),
        ("/legal", ["25%", "8% consumption tax", "43 days", "¥6,000,000 ¥1,500,000 ¥120,000 ¥1,620,000", "2 month(s): 77%",
                    "5 month(s): 12%", "29 days", "6 business days", "151 days", "becomes 3%"]),
        ("/consent-kit", ["97 days"]),
    ],
)  # fmt: skip
def test_each_number_is_that_of_the_policy_in_force(empty: House, path: str, numbers: list[str]) -> None:
    page = read_of(replace(empty, office=replace(empty.office, policy=OTHER)), path)
    assert [number for number in numbers if number not in page] == []


def test_the_fee_table_is_worked_with_the_default_numbers(walked: Town) -> None:
    page = read(walked.app, "/legal", "ja")
    assert "¥4,000,000 ¥1,200,000 ¥120,000 ¥1,320,000" in page
    assert "¥8,000,000 ¥2,400,000 ¥240,000 ¥2,640,000" in page
    ladder = {"1": "80%", "3": "50%", "6": "10%"}
    assert " ".join(f"{months}か月以内の退職：手数料の{part}をお返しします" for months, part in ladder.items()) in page


def test_each_reason_of_leaving_says_whether_the_fee_returns(walked: Town) -> None:
    page = read(walked.app, "/legal")
    for reason in ("Own wish", "Dismissed for cause"): assert f"{reason} Returns" in page
    for reason in ("The employer broke the conditions", "Redundancy"): assert f"{reason} Does not return" in page


def test_the_operators_record_is_shown_as_it_is(walked: Town) -> None:
    page = read(walked.app, "/legal", "ja")
    operator = walked.house.office.operator()
    assert f"運営者の名称 {operator.name} 所在地 {operator.address} 法人番号 {operator.corporate_number}" in page
    assert "許可番号 13-ユ-999901 許可年月日 2025年4月1日(火) 有効期間の終わり 2030年3月31日(日)" in page
    assert "港湾" in page
    assert "適格請求書発行事業者の登録番号 まだ登録されていません" in page


def test_what_the_operator_has_not_recorded_is_said_to_be_missing(empty: House) -> None:
    page = read_of(empty, "/legal")
    assert "Not recorded yet: the operator’s name, address and corporate number will stand here." in page
    assert "No licence valid today is recorded: its number and its first and last day will stand here." in page
    assert "Not recorded yet: who takes complaints, and how they are reached, will stand here." in page
    assert "Licence number" not in page
    assert not re.search(r"\d\d-ユ-\d", page)
    assert "[the operator of Career Relay]" in read_of(empty, "/consent-kit")


def test_the_complaint_contact_stands_as_the_operator_wrote_it(empty: House) -> None:
    wrote = "苦情窓口 <髙﨑> 03-0000-0000"
    settings = load({"RELAY_COMPLAINT_CONTACT": wrote, "RELAY_PUBLIC_URL": SITE})
    page = read_of(replace(empty, settings=settings), "/legal")
    assert f"Complaints {wrote}" in page
    assert "who takes complaints" not in page


def test_a_licence_that_is_over_is_named_as_over(server: postgres.Server, template: str, tmp_path: Path) -> None:
    with opened(server, template, tmp_path, "public_over") as house:
        part = cast.OPERATOR
        found(
            house.office, name=part.name, name_en=part.name_en, corporate_number=part.corporate_number,
            address=part.address, representative=part.representative, admin_name=part.admin_name, email=part.admin_email,
        )  # fmt: skip
        with house.database.transaction() as connection: now = clock.now(connection)
        record_licence(
            house.office, Command(id=uuid4(), actor="operator:test", now=now), company_id=OPERATOR, number="13-ユ-100001",
            granted_on=date(2020, 4, 1), valid_until=date(2023, 3, 31),
        )  # fmt: skip
        page = read_of(house, "/legal")
    assert "13-ユ-100001, is valid from Wednesday 1 April 2020 to Friday 31 March 2023, and so not today." in page
    assert "No licence valid today is recorded" in page
    assert "Licence number" not in page


def test_a_stranger_reads_the_pattern_of_the_neutral_link_and_no_company(walked: Town) -> None:
    page = read(walked.app, "/consent-kit", "ja")
    assert f"{SITE}/n/〔貴社の番号〕" in page
    assert "〔貴社名〕が参加するキャリアリレー" in page


def test_a_source_company_reads_its_own_name_and_a_link_that_leads_to_its_own_landing(walked: Town) -> None:
    browser, own = walked.browsers["source"], walked.ids["source"]
    name = walked.house.office.company(CompanyId(UUID(own))).state.name
    page = flat(browser.get("/consent-kit").text)
    link = f"{SITE}/n/{own}"
    assert link in page
    assert f"{name}が参加するキャリアリレー" in page
    assert "〔貴社" not in page
    assert name in walked.browser().get(link.removeprefix(SITE)).text


@pytest.mark.parametrize("who", ["hiring", "person", "operator"])
def test_who_is_no_source_reads_the_pattern(walked: Town, who: str) -> None:
    assert f"{SITE}/n/〔貴社の番号〕" in flat(walked.browsers[who].get("/consent-kit").text)


@pytest.mark.parametrize("path", PAGES)
def test_a_public_page_takes_no_form_of_its_own(walked: Town, path: str) -> None:
    answer = walked.browser().client.post(path, headers={"Origin": SITE, "Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 405
    assert [form.action for form in walked.browser().get(path).forms] == ["/language"]
