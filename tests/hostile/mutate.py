"""Valid requests bent: `broken` is wrong whatever the state of things, `bent` may still be right by chance.

The same random numbers make the same requests; what is checked of an answer is said by `impolite`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from tests.api.fuzz import HOSTILE, RAW
from tests.hostile.seeds_place import Answer, Asked, Seed

Bend = Callable[[Asked, Random], Asked]
SURROGATE = b"\\ud800"
LONG = 300_000
"""Bytes: more than any JSON body or form may have."""
VALUES: dict[str, tuple[bytes, ...]] = {
    "accept-language": (
        b"", b"*", b"en", b"en;q=nan", b"ja;q=1e999, en;q=-1", b"x" * 5_000, b"\xff\xfe", b"en-" + b"a" * 300, b",;,;=",
        b"zh-Hant",
    ),
    "idempotency-key": (
        b"", b"short", b"x" * 201, b"\xe3\x81\x82" * 8, b"a b c d e f g h", b"k\x00k\x00k\x00k\x00", b"same-key-for-all",
    ),
    "if-match": (b"*", b'W/"1"', b'"1', b"1", b'"-1"', b'"1","2"', b'"' + b"9" * 400 + b'"', b'"\xd9\xa1"', b""),
    "host": (
        b"", b"elsewhere.example", b"127.0.0.1:99999999", b"[::1", b"localhost\x00", b"\xff", b"a" * 3_000,
        b"127.0.0.1:8000@evil.example",
    ),
    "x-forwarded-for": (b"1.2.3.4", b"x" * 4_000, b"::1", b"\xff", b"127.0.0.1, 127.0.0.1", b"' OR 1=1 --"),
    "x-forwarded-host": (b"evil.example", b"\x00"),
    "x-forwarded-proto": (b"https", b"javascript"),
    "forwarded": (b"for=127.0.0.1;host=evil.example",),
    "x-original-url": (b"/operator",),
    "x-http-method-override": (b"DELETE", b"POST"),
    "origin": (
        b"null", b"https://evil.example", b"http://127.0.0.1:8000.evil.example", b"", b"\xff", b"file://",
        b"http://127.0.0.1:8000/",
    ),
    "referer": (b"https://evil.example/" + b"x" * 3_000,),
    "sec-fetch-site": (b"cross-site", b"same-site", b"", b"\xff", b"none", b"same-origin"),
    "sec-fetch-mode": (b"no-cors", b"websocket"),
    "sec-fetch-dest": (b"image", b""),
    "content-type": (
        b"", b"text/plain", b"application/json; charset=utf-16", b"application/xml", b"multipart/form-data",
        b"application/json\x00", b"multipart/form-data; boundary=" + b"x" * 500,
        b"application/x-www-form-urlencoded; charset=shift_jis", b"\xff/\xff", b"application/json;" * 400,
    ),
    "content-encoding": (b"gzip", b"br", b"identity, gzip", b"\xff"),
    "content-length": (b"0", b"-1", b"99999999999999999999", b"abc", b"1, 1", b"\xff", b"5"),
    "transfer-encoding": (b"chunked", b"gzip, chunked", b"\x00"),
    "cookie": (
        b"", b"=", b";;;", b"relay-session=", b"relay-session=\xff", b"relay-session=" + b"x" * 9_000, b"relay-nonce=\x00",
        b"a=1; " * 3_000, b'relay-session="\\', b"relay-language=" + b"\xf0" * 50, b"relay-language=xx",
        b"$Version=1; relay-session=y; $Path=/",
    ),
    "authorization": (
        b"", b"Bearer", b"Bearer ", b"Basic Og==", b"Bearer " + b"A" * 43, b"Bearer rk_" + b"x" * 60, b"Bearer \xff\xfe",
        b"bearer " + b"y" * 9_000, b"Bearer \x00", b"Negotiate x",
    ),
    "accept": (b"application/xml", b"\xff", b"*/*;q=0", b"text/html," * 500),
    "accept-encoding": (b"gzip;q=nan", b"\xff"),
    "range": (b"bytes=0-", b"bytes=9999999999-", b"x"),
    "if-none-match": (b"*", b"\xff"),
    "if-modified-since": (b"\xff", b"Thu, 99 Foo 9999 99:99:99 GMT"),
    "expect": (b"100-continue", b"x"),
    "upgrade": (b"websocket", b"h2c"),
    "stripe-signature": (b"", b"t=1,v1=00", b"t=x", b"\xff", b"t=" + b"9" * 400 + b",v1=0", b"v1=," * 500),
    "x-csrf-token": (b"", b"\xff", b"x" * 3_000),
    "hx-request": (b"true", b"\xff"),
}  # fmt: skip
METHODS = ("PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "CONNECT", "GET", "POST", "PROPFIND", "get")
PARTS = (
    b"%00", b"%ff", b"%2e%2e", b"%F0%9F", b"x" * 3_000, b"0", b"-1", b"%E2%80%AE", b"..;", b"%252e", b"A" * 43, b"%",
    b"%0d%0aSet-Cookie:x=1", b"00000000-0000-0000-0000-000000000000", b"{}", b"%u0000", b"\xe3\x81\x82",
)  # fmt: skip
QUERIES = (
    b"at=99999999999999999999", b"at=-1", b"at=x", b"at=1&at=2", b"limit=0", b"limit=1e9", b"after=" + b"x" * 500,
    b"q=%00", b"q=%ff",
    b"q=" + b"%E3%81%82" * 300, b"&&&&", b"=", b"%", b"a=1&" * 150, b"language=xx", b"skill[]=1", b"after=%7B%7D", b"after=bnVsbA",
    b"ident=%00", b"job=x", b"account='--", b"download=maybe", b"filename=../../etc/passwd", b"basis=none", b"q=\xff", b"after=W10",
    b"scope=list&scope=list",
)  # fmt: skip


# -- broken: to be refused, whatever the state -------------------------------------------------------------------------


def _body(made: bytes) -> Bend:
    return lambda asked, _random: replace(asked, body=made)


def _header(name: str, value: bytes | None) -> Bend:
    return lambda asked, _random: asked.with_header(name, value)


def _spoiled(change: Callable[[dict[str, Any], Random], None]) -> Bend:
    def bend(asked: Asked, random: Random) -> Asked:
        tree = json.loads(asked.body)
        change(tree, random)
        return replace(asked, body=json.dumps(tree, ensure_ascii=True).encode())

    return bend


def _query(text: bytes) -> Bend:
    return lambda asked, _random: replace(asked, target=asked.target + (b"&" if b"?" in asked.target else b"?") + text)


def _field(text: bytes) -> Bend:
    return lambda asked, _random: replace(asked, body=asked.body + b"&" + text)


def _cut(asked: Asked, random: Random) -> Asked:
    return replace(asked, body=asked.body[: random.randrange(1, max(2, len(asked.body)))])


def _forged(asked: Asked, _random: Random) -> Asked:
    return replace(asked, body=re.sub(b"csrf=[0-9a-f]{8}", b"csrf=00000000", asked.body))


def _torn(asked: Asked, _random: Random) -> Asked:
    """An id in the path that is none."""
    path, mark, query = asked.target.partition(b"?")
    return replace(asked, target=re.sub(rb"[0-9a-f]{8}-[0-9a-f-]{27}", b"not-an-id%00", path, count=1) + mark + query)


def _unheard_of(tree: dict[str, Any], _random: Random) -> None:
    tree["unheard_of"] = 1


ANYWHERE: tuple[tuple[str, Bend], ...] = (
    ("NUL in the query", _query(b"q=%00")), ("no UTF-8 in the query", _query(b"q=%ff")),
    ("101 parameters", _query(b"a=1&" * 101)), ("a raw byte in the query", _query(b"q=\xff")),
)  # fmt: skip
FROM_ELSEWHERE: tuple[tuple[str, Bend], ...] = (
    ("another site", _header("origin", b"https://evil.example")), ("cross-site", _header("sec-fetch-site", b"cross-site")),
)  # fmt: skip
OF_JSON: tuple[tuple[str, Bend], ...] = (
    ("no UTF-8", _body(b'{"a":"\xff"}')), ("a lone surrogate", _body(b'{"a":"' + SURROGATE + b'"}')),
    ("too deep", _body(b"[" * 100_000)), ("deep objects", _body(b'{"a":' * 5_000 + b"1" + b"}" * 5_000)),
    ("a field twice", _body(b'{"a":1,"a":2}')), ("a list", _body(b"[]")), ("NUL", _body(b'{"a":"\\u0000"}')),
    ("NUL in a name", _body(b'{"\\u0000":1}')), ("a huge integer", _body(b'{"a":' + b"9" * 400 + b"}")),
    ("an integer of 5,000 digits", _body(b"1" * 5_000)), ("infinity", _body(b'{"a":Infinity}')),
    ("1e999", _body(b'{"a":1e999}')), ("a BOM", _body(b"\xef\xbb\xbf{}")), ("two values", _body(b"{}{}")),
    ("oversize", _body(b'{"a":"' + b"x" * LONG + b'"}')), ("UTF-16", _body("{}".encode("utf-16"))),
    ("a field too many", _spoiled(_unheard_of)), ("text/plain", _header("content-type", b"text/plain")),
    ("gzip claimed", _header("content-encoding", b"gzip")),
    ("a charset", _header("content-type", b"application/json; charset=shift_jis")),
)  # fmt: skip
OF_FORMS: tuple[tuple[str, Bend], ...] = (
    ("a forged token", _forged), ("no token", _body(b"key=aaaaaaaa")), ("no UTF-8", _field(b"x=%ff")),
    ("NUL", _field(b"x=%00")), ("a surrogate", _field(b"x=%ED%A0%80")), ("600 fields", _field(b"x=1&" * 600)),
    ("oversize", _field(b"x=" + b"y" * LONG)), ("JSON", _header("content-type", b"application/json")),
    ("no content type", _header("content-type", None)), ("raw bytes", _body(b"\xff\xfe\x00")),
    ("no nonce and no session", _header("cookie", None)),
)  # fmt: skip
OF_HOOKS: tuple[tuple[str, Bend], ...] = (
    ("no signature", _header("stripe-signature", None)), ("a bad signature", _header("stripe-signature", b"t=1,v1=00")),
    ("cut", _cut), ("no UTF-8", _body(b"\xff")), ("empty", _body(b"")), ("oversize", _body(b"x" * LONG)),
)  # fmt: skip


def broken(seed: Seed, asked: Asked, random: Random) -> tuple[str, Asked]:
    """A name of what is wrong, and the request; every one has to be refused with a 4xx."""
    several = list(ANYWHERE) if seed.door != "asset" else []
    if b"-" in asked.target.partition(b"?")[0] and re.search(rb"/[0-9a-f]{8}-[0-9a-f]{4}-",
        asked.target): several.append(("a torn id", _torn))
    match seed.door:
        case "command" | "form": several += FROM_ELSEWHERE
        case "webhook" if not seed.path.startswith(AS_LINE): several += OF_HOOKS
    if seed.door == "command" and not isinstance(seed.body, bytes): several += OF_JSON * 2
    if seed.door == "form" and seed.file is None: several += OF_FORMS * 2
    if not several: return "another method", replace(asked, method="PATCH")
    name, bend = random.choice(several)
    return name, bend(asked, random)


# -- bent: perhaps still right -----------------------------------------------------------------------------------------


def bent(asked: Asked, random: Random) -> tuple[str, Asked]:
    """One to three things are changed by chance."""
    names = []
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        name, bend = random.choice(BENDS)
        names.append(name)
        asked = bend(asked, random)
    return " and ".join(names), asked


def _bytes(asked: Asked, random: Random) -> Asked:
    """A byte flipped, a piece cut out, doubled or put in."""
    body = bytearray(asked.body or b"{}")
    at, until = sorted(random.randrange(len(body) + 1) for _ in range(2))
    match random.randrange(4):
        case 0: body[min(at, len(body) - 1)] ^= 1 << random.randrange(8)
        case 1: del body[at:until]
        case 2: body[at:at] = body[at:until]
        case _: body[at:at] = random.choice((b"\x00", b"\xff",
            b'"', b"}", b"\xed\xa0\x80", b"&", b"%", b"\r\n", b",", b"9" * 30))
    return replace(asked, body=bytes(body))


def _value(asked: Asked, random: Random) -> Asked:
    """One value of the JSON, or one of the form, becomes something hostile."""
    try:
        tree = json.loads(asked.body)
    except (ValueError, RecursionError):
        several = asked.body.split(b"&")
        at = random.randrange(len(several))
        several[at] = several[at].partition(b"=")[0] + b"=" + random.choice((b"", b"%00", b"-1", b"9" * 400,
            b"%F0%9F%98%80" * 60, b"true", b"x" * 5_000))
        return replace(asked, body=b"&".join(several))
    holder: Any = tree
    while isinstance(holder, dict) and holder:
        name = random.choice(list(holder))
        if isinstance(holder[name], dict) and holder[name] and random.random() < 0.8:
            holder = holder[name]
            continue
        holder[name] = random.choice(HOSTILE)
        break
    return replace(asked, body=json.dumps(tree).encode())


def _left_out(asked: Asked, random: Random) -> Asked:
    """A field is missing, or there is one too many, or one twice."""
    try:
        tree = json.loads(asked.body)
    except (ValueError, RecursionError):
        several = asked.body.split(b"&")
        several.append(several[random.randrange(len(several))])
        del several[random.randrange(len(several))]
        return replace(asked, body=b"&".join(several))
    if isinstance(tree, dict):
        if tree and random.random() < 0.6: tree.pop(random.choice(list(tree)))
        else: tree[random.choice(("id", "actor", "company", "now", "__proto__", "\u202e"))] = random.choice(HOSTILE)
    return replace(asked, body=json.dumps(tree).encode())


def _headers(asked: Asked, random: Random) -> Asked:
    name = random.choice(list(VALUES))
    return asked.with_header(name, random.choice(VALUES[name]))


def _header_twice(asked: Asked, random: Random) -> Asked:
    """A header comes twice, with the same or another value."""
    name, value = random.choice(asked.headers)
    other = random.choice((value, b"", *VALUES.get(name.decode(), (b"x",))))
    return replace(asked, headers=(*asked.headers, (name, other)))


def _path(asked: Asked, random: Random) -> Asked:
    path, mark, query = asked.target.partition(b"?")
    parts = path.split(b"/")
    at = random.randrange(1, len(parts))
    if random.random() < 0.3: parts.insert(at, random.choice((b"", b".", b"..")))
    else: parts[at] = random.choice(PARTS)
    return replace(asked, target=b"/".join(parts) + mark + query)


def _queries(asked: Asked, random: Random) -> Asked:
    return _query(random.choice(QUERIES))(asked, random)


def _method(asked: Asked, random: Random) -> Asked:
    return replace(asked, method=random.choice(METHODS))


BENDS: tuple[tuple[str, Bend], ...] = (
    ("bytes", _bytes), ("bytes", _bytes), ("a value", _value), ("a value", _value), ("a value", _value),
    ("fields", _left_out), ("a header", _headers), ("a header", _headers), ("a header", _headers),
    ("a header twice", _header_twice), ("the path", _path), ("the query", _queries), ("the query", _queries),
    ("the method", _method), ("another body", lambda asked, random: replace(asked, body=random.choice(RAW))),
)  # fmt: skip


# -- what is checked ---------------------------------------------------------------------------------------------------

_JAPANESE = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")
_INSIDE = ("Traceback", 'File "/', "psycopg", "litestar", "SELECT ", "relay_events", "<class ")


AS_LINE = ("/dev/line/token", "/dev/line/verify", "/dev/line/profile/", "/dev/line/push")
"""The stand-in speaks here as LINE's own servers do, to our server and to no person: codes of OAuth, in no language."""


def impolite(asked: Asked, answer: Answer) -> str:
    """What is wrong with an answer; empty for a good one. A refusal is a problem or a page with a sentence in its language."""
    if answer.status >= 500: return "broken"
    if answer.status < 400: return ""
    if any(word in answer.text for word in _INSIDE): return "tells of the inside"
    if asked.method == "HEAD": return "" if not answer.body else "a body to HEAD"
    read_as = re.sub(rb"/{2,}", b"/", asked.target)  # as the router reads it
    if read_as.startswith(tuple(each.encode() for each in AS_LINE)): return ""
    language, kind = answer.headers.get("content-language"), answer.headers.get("content-type", "")
    if language not in {"ja", "en"}: return "in no language"
    twice = asked.target.startswith(b"//") and kind.startswith("application/problem+json")  # read as /api/ where it fits
    if asked.target.startswith((b"/api/", b"/webhooks/")) or twice:
        if not kind.startswith("application/problem+json"): return "not a problem"
        problem = answer.json()
        said = str(problem["detail"])
        if problem["status"] != answer.status or not problem["code"] or len(said) < 5: return "says nothing"
    else:
        if not kind.startswith("text/html"): return "not a page"
        if f'<html lang="{language}"' not in answer.text: return "in another language than it says"
        said = re.sub("<[^>]*>", " ", answer.text.partition("<main")[2])
    return "" if bool(_JAPANESE.search(said)) == (language == "ja") or language == "en" else "not in the language it says"
