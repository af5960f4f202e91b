"""A source's other pages: pool, one applicant, referrals, sharing, earnings, retention, requests, home."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.pages.source_earnings import statements
from domain.calendar import jst_date
from domain.ids import CompanyId
from marketplace.commands import company as companies
from marketplace.run import postgres
from marketplace.store.log import Command
from projections.payout_ledger import Entry
from tests.api.pages.browser import Browser
from tests.api.pages.test_source_imports import ABOUT
from tests.api.pages.town import Town
from tests.api.pages.walking import empty

HEAD = "応募ID,氏名,メールアドレス,応募日,不採用日,選考結果,選考段階,職種,応募経路,不採用理由,総合評価,評価コメント\n"
POOL = "/source/applicants"


@pytest.fixture(scope="module")
def town(server: postgres.Server, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Companies, and four people whom the source turned away or who turned away."""
    with empty(server, template, tmp_path_factory.mktemp("pages"), "pages") as opened:
        opened.open_companies()
        lately = jst_date(opened.now() - timedelta(days=10))
        rows = (
            "P-1,見本 赤,red@example.jp,2026/01/01,2026/01/10,不採用,最終面接,データアナリスト,リファラル,,A,よく話す方でした。",
            f"P-2,見本 青,blue@example.jp,2026/01/01,{lately},不採用,一次面接,営業職,,,C,",
            "P-3,見本 黄,yellow@example.jp,2026/01/01,,辞退,二次面接,営業職,,,,",
            "P-4,見本 緑,green@example.jp,2020/01/01,2020/02/29,不採用,書類選考,営業職,,,,",
        )
        data = (HEAD + "".join(f"{row}\n" for row in rows)).encode()
        source = opened.browsers["source"]
        source.do("/source/imports", "/source/imports", file=("応募者.csv", data), look="false", **ABOUT)
        opened.settle()
        yield opened


def names(source: Browser, query: str = "") -> set[str]:
    """Whom the pool shows."""
    return set(re.findall(r">見本 (\w)</a>", source.get(f"{POOL}{query}").text))


def one(source: Browser, name: str) -> str:
    """The page of an applicant."""
    found = re.search(rf'href="({POOL}/[0-9a-f-]{{36}})">見本 {name}<', source.get(POOL).text)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("query", "who"),
    [
        ("", {"赤", "青", "黄", "緑"}),
        ("?outcome=withdrawn", {"黄"}),
        ("?outcome=rejected&job_type=sales-representative", {"青", "緑"}),
        ("?stage=final-interview", {"赤"}),
        ("?score_from=5", {"赤"}),
        ("?score_from=3", {"赤", "青"}),
        ("?rejected_from=2026-01-01&rejected_to=2026-01-31", {"赤"}),
        ("?rejected_to=2020-12-31", {"緑"}),
        ("?status=registered", set()),
        ("?channel=&job_type=&stage=&score_from=", {"赤", "青", "黄", "緑"}),
    ],
)
def test_the_pool_is_searched_by_what_is_coded(town: Town, query: str, who: set[str]) -> None:
    assert names(town.browsers["source"], query) == who


@pytest.mark.parametrize(
    "query", ["?rejected_from=yesterday", "?score_from=9", "?status=nobody", "?stage='%20OR%201=1", "?job_type=%E5%96%B6"]
)
def test_a_search_that_cannot_be_read_is_said_so(town: Town, query: str) -> None:
    answer = town.browsers["source"].client.get(f"{POOL}{query}")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


def test_a_page_of_the_pool_leads_to_the_next_and_nobody_is_missing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.pages.source_pool.PAGE", 1)
    source, seen, path = town.browsers["source"], [], POOL
    for _ in range(4):
        page = source.get(path)
        seen += re.findall(r">見本 (\w)</a>", page.text)
        path = next((link for link in page.links if "after=" in link), "")
    assert seen == ["青", "赤", "緑", "黄"], "the newest rejection first, and who has none last"


def test_an_applicants_page_says_when_and_on_what_basis_one_may_invite(town: Town) -> None:
    source = town.browsers["source"]
    page = source.get(one(source, "青")).text
    ends = jst_date(town.now() - timedelta(days=10)) + timedelta(days=91)
    assert f"{ends.year}年{ends.month}月{ends.day}日" in page, "ninety days after the rejection, whole"
    assert "メール連絡の根拠" in page
    assert "いま予約した場合の送信日時" in page
    assert "社外に出ることはありません" in page
    withdrew = source.get(one(source, "黄")).text
    assert "ご案内を予約する" not in withdrew
    red = source.get(one(source, "赤")).text
    assert "よく話す方でした。" in red
    assert "5段階中5" in red


def test_an_invitation_is_scheduled_and_taken_back_and_both_stand_in_the_history(town: Town) -> None:
    source = town.browsers["source"]
    path = one(source, "青")
    assert source.do(path, f"{path}/invitation") == path
    town.settle()
    assert "ご案内の送信予定" in source.get(path).text
    source.do(path, f"{path}/invitation-cancelling")
    town.settle()
    page = source.get(path).text
    assert page.index("ご案内を取りやめ") < page.index("ご案内を予約<"), "the newest first"


def test_a_promise_of_months_brings_up_what_is_near_its_end_and_it_is_let_go_by_hand(town: Town) -> None:
    source = town.browsers["source"]
    assert source.send("/source/retention", "/source/retention", months="0").status_code == 400
    assert source.send("/source/retention", "/source/retention", months="121").status_code == 400
    assert source.do("/source/retention", "/source/retention", months="36") == "/source/retention"
    page = source.get("/source/retention")
    assert "見本 緑" in page.text
    assert "保存期限 2023年2月28日(火)" in page.text, "the last day of a shorter month"
    assert "見本 赤" not in page.text
    assert source.send("/source/retention", "/source/retention/letting-go").status_code == 409
    assert "保存期限が近い記録" in source.get("/source").text
    key = one(source, "緑").rpartition("/")[2]
    strange = str(uuid4())
    source.do("/source/retention", "/source/retention/letting-go", applicants=[key, strange])
    town.settle()
    assert names(source) == {"赤", "青", "黄"}
    assert source.status(f"{POOL}/{key}") == 404
    assert "保存期限が近い記録" not in source.get("/source").text


def test_the_sharing_policy_is_one_of_three_and_says_what_it_does_not_limit(town: Town) -> None:
    source, hiring = town.browsers["source"], town.ids["hiring"]
    path, to = "/source/partners", "/source/sharing-policy"
    assert "掲載・紹介・採用は、ご本人だけが決めること" in source.get(path).text
    nobody = source.send(path, to, mode="only")
    assert nobody.status_code == 409
    assert 'role="alert"' in nobody.text
    strange = source.send(path, to, mode="everybody")
    assert strange.status_code == 400
    assert source.do(path, to, mode="only", companies=[hiring]) == path
    town.settle()
    form = next(each for each in source.get(path).forms if each.action == to)
    assert (form.fields["mode"], form.fields["companies"]) == (["only"], [hiring])
    assert source.do(path, to, mode="open", companies=[hiring]) == path, "what was ticked for another choice is not meant"
    town.settle()
    assert next(each for each in source.get(path).forms if each.action == to).fields["mode"] == ["open"]


def agreed(town: Town, **more: Any) -> None:
    """The operator records what both signed."""
    said: dict[str, Any] = {"nda_version": 1, "fee_rate_bps": 2_500, "commission_rate_bps": 2_000, "no_hire_clause": False} | more
    companies.agree_partnership(
        town.house.office,
        Command(id=uuid4(), actor="user:test", now=town.now()),
        source=CompanyId(UUID(town.ids["source"])),
        hiring=CompanyId(UUID(town.ids["hiring"])),
        valid_until=date(2029, 3, 31),
        **said,
    )
    town.settle()


def test_an_agreement_is_shown_with_rates_and_days_and_either_side_ends_it(town: Town) -> None:
    source, path = town.browsers["source"], "/source/partners"
    assert "互いの人材を採用しないという取り決めは受け付けません" in source.get(path).text
    agreed(town)
    page = source.get(path).text
    assert "25%" in page
    assert "20%" in page
    assert "2029年3月31日" in page
    source.do(path, f"{path}/{town.ids['hiring']}/ending")
    town.settle()
    after = source.get(path)
    assert f"{path}/{town.ids['hiring']}/ending" not in [form.action for form in after.forms]
    refused = source.client.post(f"{path}/{town.ids['hiring']}/ending", headers={"Origin": "http://127.0.0.1:8000"})
    assert refused.status_code in {403, 409}


def entry(on: date, kind: str, yen: int) -> Entry:
    return Entry(id=f"{on}{kind}", position=1, account=uuid4(), fee=uuid4(), kind=kind, amount_yen=yen, provider_id=None, on=on)


def test_a_statement_sums_a_month_and_names_no_hire() -> None:
    moved = [
        entry(date(2026, 6, 3), "earned", 100),
        entry(date(2026, 6, 20), "earned", 250),
        entry(date(2026, 6, 20), "transfer-requested", 100),
        entry(date(2026, 7, 1), "transferred", 100),
        entry(date(2026, 7, 2), "returned", -30),
        entry(date(2026, 7, 3), "taken-back", -30),
    ]
    july, june = statements(moved)
    assert (june.month, june.earned_yen, june.returned_yen, june.transferred_yen) == (date(2026, 6, 1), 350, 0, 0)
    assert (july.earned_yen, july.returned_yen, july.transferred_yen, july.taken_back_yen) == (0, -30, 100, -30)


@pytest.mark.parametrize("role", ["recruiter", "viewer", "finance"])
def test_amounts_are_for_admins_and_finance_and_names_for_admins_and_recruiters(town: Town, role: str) -> None:
    browser = member(town, role)
    assert browser.status("/source/earnings") == (200 if role == "finance" else 403)
    assert ("月ごとの明細" in browser.get("/source").text) == (role == "finance")
    assert bool(names(browser)) == (role == "recruiter")
    assert browser.status(one(town.browsers["source"], "赤")) == (200 if role == "recruiter" else 403)
    assert browser.status("/source/requests") == 403
    text = browser.get("/source/retention").text
    assert "月数を保存する" not in text


def member(town: Town, role: str) -> Browser:
    """Somebody who joined the source in this role."""
    email = f"{role}@aozora.example"
    there = f"/operator/companies/{town.ids['source']}"
    if role not in town.browsers:
        town.browsers["operator"].do(there, f"{there}/members", name=f"担当 {role}", email=email, role=role)
        town.settle()
        town.browsers[role] = town.browser()
        with town.house.database.transaction() as connection:
            town.house.reception.send_login_links(connection, email, "ja", town.now())
        town.settle()
        link = town.mail(email, r"/sign-in/[\w-]{43}")
        town.browsers[role].do(link, link)
    return town.browsers[role]


def test_an_empty_home_teaches_the_first_step(town: Town) -> None:
    page = town.browsers["source"].get("/source").text
    assert "対応をお待ちしているもの" in page
    assert f"/n/{town.ids['source']}" in page
    assert "中立のリンク" in page
    assert "/consent-kit" in page


@pytest.mark.parametrize("path", ["", "/imports", "/applicants", "/referrals", "/partners", "/earnings", "/requests", "/retention"])
def test_a_hiring_company_has_none_of_these_pages(town: Town, path: str) -> None:
    assert town.browsers["hiring"].status(f"/source{path}") in {403, 404}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_each_page_is_whole_in_both_languages_and_its_links_lead_somewhere(town: Town, language: str) -> None:
    source = town.browsers["source"]
    parts = ("", "/imports", "/applicants", "/referrals", "/partners", "/earnings", "/requests", "/retention")
    paths = [*(f"/source{part}" for part in parts), one(source, "赤")]
    paths += [link for link in source.get("/source/imports").links if link.startswith("/source/imports/")][:1]
    source.client.headers["Accept-Language"] = language
    try:
        for path in paths:
            page = source.get(path)
            assert page.lang == language
            assert len(page.ids) == len(set(page.ids)), path
            assert [i for i in page.inputs if not i["inside"] and i.get("id") not in page.labelled] == [], path
            wrong = [link for link in page.links if link.startswith("/source") and source.status(link.partition("#")[0]) != 200]
            assert wrong == [], path
    finally:
        source.client.headers["Accept-Language"] = "ja"
