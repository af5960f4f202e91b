"""The pages of a company's people, its keys and its recovery, as a browser without JavaScript sees them."""

from __future__ import annotations

import re
from datetime import timedelta

from marketplace.links import mint_login_link
from tests.api.pages.browser import Browser
from tests.api.team.conftest import Joins
from tests.api.team.test_hiring_manager import asked
from tests.api.v1.introductions.town import Town


def browser(town: Town, who: str, language: str = "ja") -> Browser:
    with town.house.database.transaction() as connection:
        link = mint_login_link(connection, "user", town.users[who], town.now())
    found = Browser(town.app, language)
    found.do(link, link)
    return found


def test_an_admin_invites_changes_a_role_and_lets_somebody_leave(town: Town) -> None:
    admin = browser(town, "hiring")
    admin.do("/team", "/team/members", name="見本 新人", email="new@team.example", role="recruiter")
    page = admin.get("/team")
    assert "見本 新人" in page.text
    role = next(form.action for form in page.forms if form.action.endswith("/role") and form.fields["role"] == ["recruiter"])
    admin.do("/team", role, role="finance")
    there = role.replace("/role", "/leaving")
    assert "担当している求人も紹介もありません" in admin.get(there).text
    admin.do(there, there)
    assert "見本 新人" not in admin.get("/team").text


def test_the_leave_form_shows_what_is_held_before_anything_happens(town: Town, joins: Joins) -> None:
    joins("heir", "recruiter")
    joins("second", "admin")
    asked(town)
    second = browser(town, "second")
    there = f"/team/members/{town.users['hiring']}/leaving"
    shown = second.get(there)
    assert re.search(r"<li>紹介 CR-[\d-]+</li>", shown.text)
    refused = second.send(there, there)
    assert refused.status_code == 422
    assert "引き継ぐ方を選んでから" in refused.text
    assert second.do(there, there, hand_over_to=str(town.users["heir"])) == "/team"


def test_the_last_admin_is_refused_with_a_sentence(town: Town) -> None:
    admin = browser(town, "hiring")
    there = f"/team/members/{town.users['hiring']}/leaving"
    refused = admin.send(there, there)
    assert refused.status_code == 409
    assert "管理者" in refused.text.partition('role="alert"')[2][:200]


def test_another_companys_person_is_not_on_any_page(town: Town) -> None:
    admin = browser(town, "hiring")
    assert admin.status(f"/team/members/{town.users['other']}/leaving") == 404


def test_the_table_of_rights_says_what_the_policies_say(town: Town, joins: Joins) -> None:
    joins("looks", "viewer")
    text = browser(town, "looks").get("/team/rights").text
    rows = {
        re.sub(r"<[^>]+>", "", row.partition("</th>")[0]).strip(): re.findall(r"<td[^>]*><span>([^<]+)</span>", row)
        for row in text.partition("<tbody>")[2].split("</tr>")
    }
    assert rows["ご本人が共有に同意した内容を開く"] == ["できる", "できる", "担当の求人のみ", "できない", "できない"]
    assert rows["手数料と請求書を見る"] == ["できる", "できない", "できない", "できる", "できない"]
    assert rows["紹介を依頼する"] == ["できる", "できる", "できない", "できない", "できない"]
    assert rows["匿名カードを探す"] == ["できる"] * 5
    assert rows["求人の内容を見る"] == ["できる", "できる", "担当の求人のみ", "できる", "できる"]
    assert rows["新しい管理者に異議を申し立てる"] == ["できる"] * 5
    assert rows["APIキーを発行・取り消す"] == ["できる", "できない", "できない", "できない", "できない"]
    assert "帳簿を見る" not in rows


def test_a_key_is_shown_once_and_revoked(town: Town) -> None:
    admin = browser(town, "hiring")
    made = admin.send("/api-keys", "/api-keys", label="採用管理", scopes=["jobs:read"], valid_days="30")
    assert made.status_code == 200
    key = re.search(r'value="(crk_[^"]+)"', made.text)
    assert key is not None
    assert town.visitor(key[1]).read("/jobs").status_code == 200
    page = admin.get("/api-keys")
    assert key[1] not in page.text
    assert ("採用管理" in page.text, "求人を見る" in page.text) == (True, True)
    revoke = next(form.action for form in page.forms if form.action.endswith("/revocation"))
    admin.do("/api-keys", revoke)
    assert town.visitor(key[1]).read("/jobs").status_code == 401
    assert "取り消し済み" in admin.get("/api-keys").text


def test_a_key_without_a_scope_is_refused_and_what_was_typed_stays(town: Town) -> None:
    refused = browser(town, "hiring").send("/api-keys", "/api-keys", label="採用管理")
    assert refused.status_code == 422
    assert "一つ以上選んでください" in refused.text
    assert 'value="採用管理"' in refused.text


def test_a_key_asks_for_a_fresh_proof(town: Town) -> None:
    admin = browser(town, "hiring")
    town.later(timedelta(minutes=6))
    answer = admin.send("/api-keys", "/api-keys", label="採用管理", scopes=["jobs:read"], valid_days="30")
    assert (answer.status_code, answer.headers["location"]) == (303, "/step-up?back=/api-keys")
    assert town.rows("SELECT count(*) FROM api_key") == [(0,)]


def test_a_jobs_page_says_who_looks_after_it_and_assigns(town: Town, joins: Joins) -> None:
    joins("manager", "hiring-manager")
    admin, manager = browser(town, "hiring"), browser(town, "manager")
    there = f"/hiring/jobs/{town.job}"
    assert manager.status(there) == 404
    admin.do(there, f"{there}/assignments", user=str(town.users["manager"]))
    assert "見本 manager" in manager.get(there).text
    assert not [form for form in manager.get(there).forms if "/assignments" in form.action or "/releases" in form.action]
    admin.do(there, f"{there}/releases")
    assert manager.status(there) == 404


def test_the_operator_begins_a_recovery_and_a_viewer_stops_it(town: Town, joins: Joins) -> None:
    joins("looks", "viewer")
    operator, viewer = browser(town, "operator-admin"), browser(town, "looks")
    there = f"/operator/companies/{town.companies['hiring']}/recovery"
    operator.do(there, there, name="見本 後任", email="heir@team.example", cause="unreachable", evidence="登記に折り返し")
    assert "登記に折り返し" in operator.get(there).text
    shown = viewer.get("/team/recovery").text
    assert "見本 後任" in shown
    assert "登記に折り返し" not in shown
    viewer.do("/team/recovery", "/team/recovery/objection")
    assert "担当者から異議があり" in operator.get(there).text


def test_every_page_is_whole_in_english_too(town: Town, joins: Joins) -> None:
    joins("second", "recruiter")
    admin, operator = browser(town, "hiring", "en"), browser(town, "operator-admin", "en")
    leaving = f"/team/members/{town.users['second']}/leaving"
    for path in ("/team", leaving, "/team/rights", "/team/recovery", "/api-keys", f"/hiring/jobs/{town.job}"):
        assert admin.get(path).lang == "en", path
    assert operator.get(f"/operator/companies/{town.companies['hiring']}/recovery").lang == "en"
