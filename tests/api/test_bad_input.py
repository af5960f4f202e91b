"""Whatever is wrong with a request, it gets a 4xx with a sentence, and nothing changes."""

from __future__ import annotations

import random
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from litestar.params import FromPath, JSONBody

from api import policies
from api.assets import HTMX_FOLDER
from api.body import BadField, read_json
from api.language import choose
from api.route import ThisVisit, command, query
from api.text_types import Body, Count, Line, Text
from domain.refusal import Refused
from marketplace.store.log import StreamMoved
from tests.api.street import Street

KEY = {"Idempotency-Key": "0123456789abcdef"}


class Part(Body, frozen=True):
    code: Line
    count: Count = 0


class Whole(Body, frozen=True):
    name: Line
    text: Text | None = None
    parts: tuple[Part, ...] = ()


class Echo(msgspec.Struct, frozen=True):
    said: str


@command("/api/v1/echo", policy=policies.public, idempotent=False)
def echo(data: JSONBody[Whole]) -> Echo:
    return Echo(data.name)


@command("/api/v1/nothing", policy=policies.public, idempotent=False)
def nothing(visit: ThisVisit) -> Echo:
    return Echo(visit.language)


@query("/api/v1/break/{how:str}", policy=policies.public)
def break_down(how: FromPath[str]) -> Echo:
    if how == "moved": raise StreamMoved(uuid4())
    if how == "refused": raise Refused("too-many-keys", most=3)
    raise RuntimeError("secret-in-the-stack")


@pytest.fixture
def door(make_street: Any) -> Street:
    street: Street = make_street(also=[echo, nothing, break_down])
    return street


def deep(levels: int) -> bytes:
    return b'{"name":' + b"[" * levels + b"]" * levels + b"}"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "field-wrong"),
        (b"{", "body-not-json"),
        (b"nul", "body-not-json"),
        (b"[]", "field-wrong"),
        (b"null", "field-wrong"),
        (b'"text"', "field-wrong"),
        (b'{"name":"\xff\xfe"}', "body-not-json"),
        (b'\xff\xfe{\x00"\x00', "body-not-json"),
        (b'\xef\xbb\xbf{"name":"a"}', "body-not-json"),
        (b'{"name":"\xed\xa0\x80"}', "body-not-json"),
        (b'{"name":"\\ud800"}', "field-wrong"),
        (b'{"name":"a\\u0000b"}', "field-wrong"),
        (b'{"name":"a\x00b"}', "body-not-json"),
        (b'{"name":"a\\u0007b"}', "field-wrong"),
        (b'{"name":"a\\nb"}', "field-wrong"),
        (b'{"name":"   "}', "field-wrong"),
        (b'{"name":""}', "field-wrong"),
        (b'{"name":"' + b"a" * 201 + b'"}', "field-wrong"),
        (b'{"name":1}', "field-wrong"),
        (b'{"name":null}', "field-wrong"),
        (b'{"name":"a","name":"b"}', "field-twice"),
        (b'{"name":"a","other":1}', "field-wrong"),
        (b'{"name":"a","parts":[{"code":"a","other":1}]}', "field-wrong"),
        (b'{"name":"a","parts":[{"code":"a","count":-1}]}', "field-wrong"),
        (b'{"name":"a","parts":[{"code":"a","count":true}]}', "field-wrong"),
        (b'{"name":"a","parts":[{"code":"a","count":"1"}]}', "field-wrong"),
        (b'{"name":"a","parts":[{"code":"a","count":9007199254740992}]}', "number-too-large"),
        (b'{"name":"a","parts":[{"code":"a","count":' + b"9" * 5000 + b"}]}", "number-too-large"),
        (b'{"name":"a","parts":[{"code":"a","count":1e400}]}', "number-too-large"),
        (b'{"name":"a","parts":[{"code":"a","count":1.5}]}', "field-wrong"),
        (b'{"name":"a","parts":[{"code":"a","count":NaN}]}', "body-not-json"),
        (b'{"name":"a","parts":[{"code":"a","count":-Infinity}]}', "body-not-json"),
        (deep(40), "body-too-deep"),
        (deep(100_000), "body-too-deep"),
        (b'{"\\u0000":1}', "field-wrong"),
    ],
    ids=lambda value: value[:40].decode("latin-1") if isinstance(value, bytes) else value,
)
def test_malformed_json_of_every_kind_is_refused_with_a_code(body: bytes, code: str) -> None:
    with pytest.raises((Refused, BadField)) as refusal:
        read_json(body or b"{}", Whole)
    assert getattr(refusal.value, "code", "field-wrong") == code


def test_text_comes_in_as_unicode_form_c() -> None:
    assert read_json('{"name":"か\u3099 𠮷"}'.encode(), Whole).name == "が 𠮷"


def test_a_wrong_field_is_named_by_its_path(door: Street) -> None:
    answer = door.browser().post("/api/v1/echo", json={"name": "a", "parts": [{"code": "a"}, {"code": 1}]})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:career-relay:problem:field-wrong",
        "title": "field wrong",
        "status": 400,
        "code": "field-wrong",
        "detail": "入力内容に誤りがあります（$.parts[1].code）。内容を確認して、もう一度送信してください。",
        "errors": [{"path": "$.parts[1].code", "message": "Expected `str`, got `int`"}],
    }


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "application/json"}, b'{"name":"a"}', 200),
        ({"Content-Type": "application/json; charset=UTF-8"}, b'{"name":"a"}', 200),
        ({"Content-Type": "application/json; charset=shift_jis"}, b'{"name":"a"}', 415),
        ({"Content-Type": "text/plain"}, b'{"name":"a"}', 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"name=a", 415),
        ({"Content-Type": "multipart/form-data"}, b"--", 415),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, b"\x1f\x8b", 415),
        ({}, b'{"name":"a"}', 415),
        ({}, b"", 415),
        ({"Content-Type": "application/json"}, b"", 400),
        ({"Content-Type": "application/json"}, b'{"name":"' + b"a" * 300_000 + b'"}', 413),
        ({"Content-Type": "application/json", "Content-Length": "x"}, b'{"name":"a"}', 400),
    ],
)
def test_only_json_of_a_decent_size_is_taken(door: Street, headers: dict[str, str], body: bytes, status: int) -> None:
    answer = door.browser().post("/api/v1/echo", content=body, headers=headers)
    assert answer.status_code == status, answer.text


def test_a_command_without_fields_takes_no_fields(door: Street) -> None:
    program = door.browser()
    assert program.post("/api/v1/nothing").status_code == 200
    assert program.post("/api/v1/nothing", json={}).status_code == 200
    assert program.post("/api/v1/nothing", json={"a": 1}).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nowhere", 404),
        ("POST", "/api/v1/nowhere", 404),
        ("GET", "/nowhere", 404),
        ("GET", "/api/v1/echo", 405),
        ("PUT", "/api/v1/echo", 405),
        ("BREW", "/api/v1/echo", 405),
        ("GET", "/api/v1/api-keys/not-a-uuid", 404),
        ("GET", "/static/../app.py", 404),
        ("GET", "/static/%2e%2e/app.py", 404),
        ("GET", "/static/", 404),
        ("GET", "/static/" + "x" * 300, 404),
        ("GET", "/static/%00", 404),
        ("GET", HTMX_FOLDER + "/" + "x" * 300, 404),
        ("GET", "/api/v1/break/%00", 404),
        ("GET", "/api/v1/break/%ff", 404),
        ("GET", "/?a=%00", 400),
        ("GET", "/?a=%ff", 400),
        ("GET", "/?a=%ed%a0%80", 400),
        ("GET", "/?" + "&".join(["a=1"] * 101), 400),
        ("GET", "/sign-in/%F0%9F%92%A9", 200),
    ],
)
def test_wrong_addresses_and_methods_get_a_4xx(door: Street, method: str, path: str, status: int) -> None:
    answer = door.browser().request(method, path)
    assert answer.status_code == status, answer.text
    if status >= 400 and path.startswith("/api/"):
        assert answer.json()["status"] == status
    elif status >= 400:
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "<h1>手続きを進められませんでした</h1>" in answer.text


def test_what_is_unexpected_gets_an_id_and_shows_nothing_of_the_inside(door: Street, caplog: Any) -> None:
    answer = door.browser().get("/api/v1/break/down")
    assert answer.status_code == 500
    assert answer.json()["id"] in answer.json()["detail"]
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    [record] = [record for record in caplog.records if record.name == "relay.web"]
    assert answer.json()["id"] in record.getMessage()


def test_a_refusal_says_what_to_do_in_the_readers_language(door: Street) -> None:
    program = door.browser()
    japanese, english = (
        program.get("/api/v1/break/refused", headers={"Accept-Language": language}) for language in ("ja", "en")
    )
    assert (japanese.status_code, english.status_code) == (409, 409)
    assert japanese.json()["code"] == english.json()["code"] == "too-many-keys"
    assert (
        japanese.json()["detail"]
        == "有効なAPIキーは1社につき3個までです。使っていないキーを取り消してから発行してください。"
    )
    assert (
        english.json()["detail"]
        == "A company may have 3 live API keys. Revoke one you do not use, then make the new one."
    )
    moved = program.get("/api/v1/break/moved")
    assert (moved.status_code, moved.json()["code"]) == (409, "try-again")


@pytest.mark.parametrize(
    ("accept", "language"),
    [("", "ja"), ("en", "en"), ("fr,de;q=0.8", "ja"), ("en;q=0.3,ja;q=0.9", "ja"), ("ja;q=0,en-US;q=0.1", "en"),
     ("en;q=x", "ja"), ("en;q=2", "ja"), ("*", "ja"), (",,;;=", "ja")],
)  # fmt: skip
def test_the_language_is_the_one_the_client_wants_most(accept: str, language: str) -> None:
    assert choose(None, "xx", accept=accept, default="ja") == language


def mutated(random_: random.Random, body: bytes) -> bytes:
    """The body with a few bytes dropped, doubled, swapped or replaced."""
    raw = bytearray(body)
    for _ in range(random_.randint(1, 4)):
        at = random_.randrange(len(raw) + 1)
        match random_.randrange(5):
            case 0:
                del raw[at : at + random_.randint(1, 6)]
            case 1:
                raw[at:at] = bytes(random_.randrange(256) for _ in range(random_.randint(1, 4)))
            case 2:
                raw[at:at] = random_.choice(
                    [b"\\u0000", b"\\ud83d", b'"', b"{", b"]", b"9" * 40, b"1e999", b"null", b"\xff", b"NaN"]
                )
            case 3:
                raw[at:at] = raw[: random_.randint(0, len(raw))]
            case _:
                raw[at : at + 1] = bytes([random_.randrange(256)])
    return bytes(raw)


def test_a_thousand_mutated_bodies_cause_no_5xx_and_no_row(door: Street) -> None:
    random_ = random.Random(20261123)
    body = '{"name":"青空","text":"一行目\\n二行目","parts":[{"code":"a","count":12},{"code":"か\u3099"}]}'.encode()
    headers = {**door.bearer("user", door.member(door.company())), "Content-Type": "application/json", **KEY}
    key = b'{"label":"nightly export","scopes":["ledger:read","jobs:read"],"valid_days":30}'
    statuses: dict[int, int] = {}
    with door.browser() as program:
        for n in range(1_000):
            path, whole = ("/api/v1/echo", body) if n % 2 else ("/api/v1/api-keys", key)
            sent = {**headers, "Idempotency-Key": f"mutated-{n}"}
            answer = program.post(path, content=mutated(random_, whole), headers=sent)
            statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
    assert set(statuses) <= {200, 201, 400, 409, 422}, statuses
    assert statuses[400] > 700
    assert door.rows("SELECT count(*) FROM api_key") == [(statuses.get(201, 0),)]
