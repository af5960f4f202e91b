"""The play's part of LINE: the code flow with the stand-in, whose requests go into the same application without a socket."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit
from uuid import uuid4

from api.pages.dev_line import ACCOUNTS
from marketplace.messages.line import Line
from tests.hostile.seeds_place import Seed
from tests.hostile.seeds_walk import Walk

FORM = {"content-type": "application/x-www-form-urlencoded"}


def play_line(walk: Walk) -> None:
    """Connected over the code flow, pushed to, blocked and let in again, and disconnected."""
    code, state = _signed_in(walk)
    walk.form("ren", "/line/return", code=code, state=state)
    _speak_as_machine(walk, walk.place.house.line)
    for _ in range(2): walk.form("stranger", "/dev/line/blocking", account="sango")
    walk.form("ren", "/me/channels/line/disconnection")


def _signed_in(walk: Walk) -> tuple[str, str]:
    """What LINE sends back for somebody who signed in there."""
    page = walk.form("ren", "/me/channels/line").text
    found = re.search(r'href="([^"]*/dev/line\?[^"]*)"', page)
    assert found is not None
    there = urlsplit(found.group(1).replace("&amp;", "&"))
    asked = re.search(r'name="asked" value="([^"]*)"', walk.page("stranger", f"{there.path}?{unquote(there.query)}"))
    assert asked is not None
    answer = walk.form("stranger", "/dev/line/sign-in", account="ichigo", asked=asked.group(1))
    back = parse_qs(urlsplit(answer.headers["location"]).query)
    return back["code"][0], back["state"][0]


def _speak_as_machine(walk: Walk, line: Line | None) -> None:
    """What our own client says to LINE, said by hand."""
    assert line is not None
    code, state = _signed_in(walk)
    back = "http://127.0.0.1:8000/line/return"
    secrets = dict(parse_qsl(urlsplit(line.authorize(state, back)).query))
    given = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": back, "client_id": line.channel_id,
        "client_secret": line.channel_secret, "code_verifier": line.verifier(state),
    }
    told = walk.send(_seed("POST", "/dev/line/token", "webhook", urlencode(given).encode(), FORM)).json()
    checked = {"id_token": told["id_token"], "client_id": line.channel_id, "nonce": secrets["nonce"]}
    walk.send(_seed("POST", "/dev/line/verify", "webhook", urlencode(checked).encode(), FORM))
    headers = {"x-line-authorization": f"Bearer {line.push_token}", "x-line-retry-key": str(uuid4())}
    said = {"to": ACCOUNTS["ichigo"], "messages": [{"type": "text", "text": "見本"}]}
    headers["content-type"] = "application/json"
    walk.send(_seed("POST", "/dev/line/push", "webhook", json.dumps(said).encode(), headers))
    walk.send(_seed("GET", f"/dev/line/profile/{ACCOUNTS['ichigo']}", "query", None, {}))


def _seed(method: str, path: str, door: str, body: bytes | None, headers: dict[str, str]) -> Seed:
    return Seed((method, ""), "stranger", path, door, body=body, headers=tuple(headers.items()))
