"""What stands around every page: strict headers, one pinned script, a menu, and a language switch that keeps the page."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from pathlib import Path
from uuid import uuid4

import pytest

from api.assets import HTMX, OtherFileThanPinned, check
from api.headers import HEADERS
from tests.api.pages.browser import SITE
from tests.api.pages.tour import pages
from tests.api.pages.town import Town

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def test_every_answer_carries_the_strict_headers_and_is_kept_by_nobody(walked: Town) -> None:
    stranger = walked.browser().client
    held = {who: walked.browsers[who].client for who in pages() if who in walked.browsers}
    answers = [held.get(who, stranger).get(walked.filled(path)) for who, paths in pages().items() for path in paths]
    answers += [stranger.get("/nowhere"), stranger.get("/me"), stranger.get("/share/x"), stranger.get("/static/nothing.css"),
                stranger.post("/sign-in"), stranger.put("/"), stranger.get("/api/v1/me"),
                stranger.get(f"/n/{uuid4()}")]  # fmt: skip
    assert {answer.status_code for answer in answers} >= {200, 303, 401, 403, 404, 405, 410}
    for answer in answers:
        assert answer.headers["content-security-policy"] == STRICT, answer.url
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS, answer.url
        assert answer.headers["cache-control"] == "no-store", answer.url


def test_files_are_kept_and_strict_too(walked: Town) -> None:
    page = walked.browser().get("/")
    for address in [*page.scripts, *re.findall(r'href="(/static/[^"]+\.css[^"]*)"', page.text)]:
        answer = walked.browser().client.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["content-security-policy"] == STRICT
        assert "max-age" in answer.headers["cache-control"]
        assert "@import" not in answer.text


def test_htmx_is_the_very_file_that_was_looked_at(walked: Town, tmp_path: Path) -> None:
    answer = walked.browser().client.get(HTMX)
    assert "immutable" in answer.headers["cache-control"]
    digest = hashlib.sha256(answer.content)
    assert digest.hexdigest() == "491955cd1810747d7d7b9ccb936400afb760e06d25d53e4572b64b6563b2784e"
    assert f'src="{HTMX}" integrity="sha256-{b64encode(digest.digest()).decode()}"' in walked.browser().get("/").text
    other = tmp_path / "htmx.min.js"
    other.write_bytes(answer.content + b" ")
    with pytest.raises(OtherFileThanPinned):
        check(other)


def test_htmx_evaluates_nothing_keeps_nothing_and_shows_refusals(walked: Town) -> None:
    found = re.search(r"name=\"htmx-config\" content='([^']+)'", walked.browser().get("/").text)
    assert found is not None
    config = json.loads(found[1])
    assert (config["allowEval"], config["includeIndicatorStyles"], config["selfRequestsOnly"]) == (False, False, True)
    assert config["historyCacheSize"] == 0
    assert {"code": "[45]..", "swap": True, "error": True} in config["responseHandling"]


@pytest.mark.parametrize("path", ["/hiring/search?q=SQL&occupation=data-analyst", "/hiring"])
def test_another_language_shows_the_same_page(walked: Town, path: str) -> None:
    form = next(each for each in walked.browsers["hiring"].get(path).forms if each.action == "/language")
    assert form.fields["back"] == [path]


def test_after_a_refusal_another_language_leads_back_to_the_form(walked: Town) -> None:
    answer = walked.seen["not-sure"]
    assert answer.status_code in {409, 422}
    assert 'name="back" value="/me/erasure"' in answer.text, "the form's own address answers no GET"
    assert answer.text.count('role="alert"') == 1


def test_a_menu_shows_where_one_is_and_only_what_is_ones_own(walked: Town) -> None:
    def menu(who: str, path: str) -> tuple[list[str], list[str]]:
        part = walked.browsers[who].get(path).text.partition('<nav class="menu"')[2].partition("</nav>")[0]
        return re.findall(r'href="([^"]+)"', part), re.findall(r'href="([^"]+)" aria-current="page"', part)

    assert menu("person", "/me/data")[1] == ["/me/data"]
    assert menu("hiring", "/hiring/search")[1] == ["/hiring/search"]
    everybody = ("/team", "/api-keys")
    owned = {
        "person": ("/me",), "source": ("/source", *everybody), "hiring": ("/hiring", *everybody),
        "operator": ("/operator", "/finance", *everybody),
    }  # fmt: skip
    for who, own in owned.items():
        assert all(address.startswith(own) for address in menu(who, "/")[0]), who
        assert menu(who, "/")[0], who
    assert '<nav class="menu"' not in walked.browser().get("/").text


def test_an_input_that_was_wrong_says_so_itself(walked: Town) -> None:
    answer = walked.browsers["person"].client.post(
        "/me/profile",
        data={**_form(walked), "salary_wish_yen": "many"},
        headers={"Origin": SITE, "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 400
    assert 'aria-invalid="true" aria-errormessage="me-profile-salary_wish_yen-fault"' in answer.text
    assert 'class="fault" id="me-profile-salary_wish_yen-fault"' in answer.text


def _form(walked: Town) -> dict[str, list[str]]:
    return next(each for each in walked.browsers["person"].get("/me/profile").forms if each.action == "/me/profile").fields
