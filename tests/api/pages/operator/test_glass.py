"""Breaking the glass: who may, for how long, what of it the person sees; and looking as somebody else, which shows nothing."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from marketplace.commands import privacy
from tests.api.pages.browser import SITE, Browser
from tests.api.pages.operator.office import EMAIL, EMPLOYER, NAME, WHY, admin, aoi, colleague, finance
from tests.api.v1.introductions.test_introduction import disclosed
from tests.api.v1.introductions.town import Town


def broken(town: Town, who: Browser) -> str:
    """The glass is broken to Aoi; answers her page."""
    there = f"/operator/people/{town.aoi}"
    who.do(there, f"{there}/glass", reason="dispute", words=WHY)
    town.worker.drain()
    return there


def logged(town: Town) -> list[tuple[str, list[str]]]:
    return town.rows("SELECT purpose, items FROM vault_access_log WHERE purpose = 'glass' ORDER BY id")


def test_a_person_stands_there_in_codes_until_the_glass_is_broken(town: Town) -> None:
    page = admin(town).get(f"/operator/people/{town.aoi}").text
    for value in (NAME, EMAIL, EMPLOYER, "小売業"): assert value not in page
    assert "データアナリスト" in page
    assert str(town.aoi) in page


def test_with_a_reason_the_values_are_seen_and_the_person_reads_who_looked_when_and_why(town: Town) -> None:
    operator = admin(town)
    there = broken(town, operator)
    seen = operator.send(there, f"{there}/values")
    assert seen.status_code == 200
    for value in (NAME, EMAIL, EMPLOYER): assert value in seen.text
    assert logged(town) == [("glass", ["name", "email", "phone", "career", "employer", "salary-wish"])]
    hers = aoi(town).get("/me/seen-by").text
    assert "運営が開いた記録" in hers
    assert "申し立ての確認" in hers
    assert "2027年4月5日(月) 11:00" in hers
    assert "見本運営株式会社 (運営が理由を記して開いた)" in hers
    assert WHY not in hers
    audit = operator.get("/operator/glass").text
    assert WHY in audit
    assert "見本 担当" in audit


def test_the_reason_in_words_is_in_no_event_and_no_log(town: Town) -> None:
    broken(town, admin(town))
    story = admin(town).get(f"/operator/stories?ident={town.aoi}").text
    assert "glass-broken.v1" in story
    assert WHY not in story
    states = town.rows("SELECT encode(state, 'escape') FROM relay_events WHERE topic = 'glass-broken.v1'")
    assert len(states) == 1
    assert "電話" not in states[0][0]


def test_only_an_admin_breaks_it_and_only_who_broke_it_looks_through(town: Town) -> None:
    no_admin = finance(town)
    assert no_admin.client.get(f"/operator/people/{town.aoi}").status_code == 403
    operator = admin(town)
    there = broken(town, operator)
    page = operator.get(there)
    values = next(form for form in page.forms if form.action == f"{there}/values")
    other = colleague(town)
    token = next(f.fields["csrf"] for f in other.get(there).forms if f.action == f"{there}/glass")
    sent = {"csrf": token, "key": [uuid4().hex]}
    refused = other.client.post(f"{there}/values", data=sent, headers={"Origin": SITE})
    assert refused.status_code == 409
    assert NAME not in refused.text
    assert no_admin.client.post(f"{there}/values", data=values.fields, headers={"Origin": SITE}).status_code == 403
    assert logged(town) == []


def test_after_a_quarter_of_an_hour_it_is_whole_again(town: Town) -> None:
    operator = admin(town)
    there = broken(town, operator)
    form = next(f for f in operator.get(there).forms if f.action == f"{there}/values")
    town.later(timedelta(minutes=15))
    late = operator.client.post(f"{there}/values", data=form.fields, headers={"Origin": SITE})
    assert late.status_code == 409
    assert NAME not in late.text
    assert logged(town) == []


def test_who_has_seen_enough_closes_it_at_once(town: Town) -> None:
    operator = admin(town)
    there = broken(town, operator)
    page = operator.get(there)
    values = next(f for f in page.forms if f.action == f"{there}/values")
    mending = next(f.action for f in page.forms if f.action.endswith("/mending"))
    operator.do(there, mending)
    after = operator.client.post(f"{there}/values", data={**values.fields, "key": [uuid4().hex]}, headers={"Origin": SITE})
    assert after.status_code == 409
    assert NAME not in after.text


def test_without_a_fresh_proof_one_is_led_to_it_and_nothing_is_opened(town: Town) -> None:
    operator = admin(town)
    there = f"/operator/people/{town.aoi}"
    town.later(timedelta(minutes=6))
    answer = operator.send(there, f"{there}/glass", reason="fault", words=WHY)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/step-up?back=")
    assert town.rows("SELECT 1 FROM relay_events WHERE topic = 'glass-broken.v1'") == []


def test_a_reason_is_needed_and_what_was_typed_is_kept(town: Town) -> None:
    operator = admin(town)
    there = f"/operator/people/{town.aoi}"
    for reason, words in (("dispute", "短い"), ("curiosity", WHY)):
        answer = operator.send(there, f"{there}/glass", reason=reason, words=words)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
        assert words in answer.text
    assert town.rows("SELECT 1 FROM relay_events WHERE topic = 'glass-broken.v1'") == []


def test_of_an_erased_person_nothing_is_behind_the_glass(town: Town) -> None:
    operator = admin(town)
    there = broken(town, operator)
    form = next(f for f in operator.get(there).forms if f.action == f"{there}/values")
    privacy.start_erasure(town.office, town.by(), candidate=town.aoi)
    town.worker.drain()
    gone = operator.client.post(f"{there}/values", data=form.fields, headers={"Origin": SITE})
    assert NAME not in gone.text
    assert logged(town) == []
    page = operator.get(there)
    assert not [f for f in page.forms if f.action == f"{there}/glass"]
    assert "ご本人とともに消去済み" in operator.get("/operator/glass").text


def test_looking_as_the_person_shows_their_pages_masked_and_changes_nothing(town: Town) -> None:
    made, operator = disclosed(town), admin(town)
    as_her = f"/operator/view-as/{town.aoi}"
    before = town.rows("SELECT count(*) FROM vault_access_log"), town.rows("SELECT count(*) FROM relay_events")
    for path in ("/me", "/me/profile", "/me/consents", "/me/seen-by", "/me/data", f"/me/asks/{made}"):
        page = operator.get(as_her + path)
        assert "候補者が見るとおりのページです" in page.text, path
        for value in (NAME, EMAIL, EMPLOYER, "小売業", "+8190"): assert value not in page.text, (path, value)
        assert "<button disabled" in page.text
        assert not [link for link in page.links if link.startswith("/me")], path
        assert page.text.count("<button") == page.text.count("<button disabled"), path
    assert (town.rows("SELECT count(*) FROM vault_access_log"), town.rows("SELECT count(*) FROM relay_events")) == before
    assert operator.client.post(f"{as_her}/me", headers={"Origin": SITE}).status_code == 405


def test_a_form_of_a_page_seen_as_another_cannot_be_sent(town: Town) -> None:
    made, operator = disclosed(town), admin(town)
    page = operator.get(f"/operator/view-as/{town.aoi}/me/asks/{made}")
    form = next(f for f in page.forms if f.action.endswith("/revocation"))
    answer = operator.client.post(form.action, data=form.fields, headers={"Origin": SITE})
    assert answer.status_code in {403, 404}
    assert town.rows("SELECT 1 FROM relay_events WHERE topic = 'share-revoked.v1'") == []


def test_looking_as_a_company_shows_its_pages_and_not_another_readers(town: Town) -> None:
    made, operator, hiring = disclosed(town), admin(town), town.companies["hiring"]
    page = operator.get(f"/operator/view-as/{hiring}/hiring")
    assert "hiring見本株式会社" in page.text
    assert f"/operator/view-as/{hiring}/hiring/introductions/{made}" in page.links
    assert NAME not in operator.get(f"/operator/view-as/{hiring}/hiring/introductions/{made}").text
    found = operator.get(f"/operator/view-as/{hiring}/hiring/search?q=sql")
    assert 'action="/operator/view-as/' in found.text
    other = town.companies["other"]
    for path in (f"{other}/hiring/introductions/{made}", f"{hiring}/source", f"{hiring}/me", f"{hiring}/operator", f"{uuid4()}/me"):
        assert operator.client.get(f"/operator/view-as/{path}").status_code in {403, 404}, path


def test_a_card_is_seen_as_a_company_without_a_look_in_the_persons_log(town: Town) -> None:
    operator, other = admin(town), town.companies["other"]
    found = operator.get(f"/operator/view-as/{other}/hiring/search")
    card = next(link for link in found.links if "/hiring/cards/" in link)
    page = operator.get(card).text
    assert "論理的な方でした" not in page
    assert town.rows("SELECT 1 FROM vault_access_log") == []
