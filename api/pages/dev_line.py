"""The stand-in for LINE: it plays the authorisation server and takes pushes. On a site that others can reach it is not there.

As LINE documents it: the code is bound to client, redirect, nonce and PKCE challenge, the token is verified here and nowhere
else, a push needs the channel's token and is taken once per retry key, an account that blocked us has no profile.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import msgspec
from litestar import MediaType, Request, Response
from litestar.params import FromPath
from msgspec import Meta

from api import policies
from api.pages.showing import filled, show
from api.route import ThisVisit, form, page, query, see_other, webhook
from api.text_types import Body
from api.visit import Visit
from domain.refusal import Refused
from marketplace.messages.line import ISSUER, Line

ACCOUNTS = {"ichigo": "U" + "1" * 32, "nigo": "U" + "2" * 32, "sango": "U" + "3" * 32}
"""Made-up people, and the number that LINE gives each of them for us."""
LASTS_S = 600
SHOWN = 50
_GIVEN = ("client_id", "redirect_uri", "state", "nonce", "code_challenge")


class SignInForm(Body, frozen=True):
    """Which made-up person signs in; `asked` is the address they came with."""

    account: Annotated[str, Meta(max_length=20, pattern=r"^[a-z0-9]+\Z")]
    asked: Annotated[str, Meta(max_length=2_000, pattern=r"^[A-Za-z0-9_-]*\Z")]


class BlockForm(Body, frozen=True):
    """Who blocks us, or lets us in again."""

    account: Annotated[str, Meta(max_length=20, pattern=r"^[a-z0-9]+\Z")]


class Push(msgspec.Struct, frozen=True):
    """A message as LINE takes it."""

    to: str
    messages: list[dict[str, str]]


@page("/dev/line", policy=policies.public, near_only=True)
def stand_in(visit: ThisVisit, request: Request[Any, Any, Any]) -> Response[str]:
    """Signing in where a site asks for it; what was pushed, and who blocked us."""
    given = {name: request.query_params.get(name, "") for name in _GIVEN}
    with visit.house.database.transaction() as connection:
        pushes = connection.execute(
            "SELECT account, text, at FROM line_stand_in_push ORDER BY n DESC LIMIT %s", (SHOWN,)
        ).fetchall()
        blocked = {row[0] for row in connection.execute("SELECT account FROM line_stand_in_block").fetchall()}
    names = {account: name for name, account in ACCOUNTS.items()}
    return show(
        visit,
        "dev_line.html",
        asked=_packed(given) if given["client_id"] else "",
        accounts=[(name, account in blocked) for name, account in ACCOUNTS.items()],
        pushes=[(names.get(account, account), text, at) for account, text, at in pushes],
    )


@form("/dev/line/sign-in", policy=policies.public, near_only=True)
def sign_in(visit: ThisVisit) -> Response[str]:
    """Back to the site with a code, as LINE does it."""
    chosen, line = filled(visit, SignInForm), _line(visit)
    given = _unpacked(chosen.asked)
    own = f"{visit.house.office.public_url}/line/return"
    if given.get("client_id") != line.channel_id or given.get("redirect_uri") != own or chosen.account not in ACCOUNTS:
        raise Refused("not-found")
    said = {**given, "sub": ACCOUNTS[chosen.account], "exp": str(_now_s(visit) + LASTS_S)}
    return see_other(visit, "/line/return?" + urlencode({"code": _signed(line, "code", said), "state": given["state"]}))


@form("/dev/line/blocking", policy=policies.public, near_only=True)
def block(visit: ThisVisit) -> Response[str]:
    """A made-up person blocks us, or lets us in again."""
    account = ACCOUNTS.get(filled(visit, BlockForm).account)
    if account is None: raise Refused("not-found")
    with visit.house.database.transaction() as connection:
        if not connection.execute("DELETE FROM line_stand_in_block WHERE account = %s", (account,)).rowcount:
            connection.execute("INSERT INTO line_stand_in_block (account) VALUES (%s)", (account,))
    return see_other(visit, "/dev/line")


@webhook("/dev/line/token", policy=policies.public)
def token(visit: ThisVisit) -> Response[bytes]:
    """The code is redeemed by who holds the channel's secret and the PKCE verifier."""
    line, given = _line(visit), dict(parse_qsl(visit.raw.decode("ascii", "replace")))
    said = _opened(line, "code", given.get("code", ""))
    fits = (
        given.get("grant_type") == "authorization_code"
        and given.get("client_id") == line.channel_id
        and hmac.compare_digest(given.get("client_secret", "").encode(), line.channel_secret.encode())
        and given.get("redirect_uri") == said.get("redirect_uri")
        and _challenge(given.get("code_verifier", "")) == said.get("code_challenge")
    )
    if not said or not fits or int(said["exp"]) <= _now_s(visit): return _json({"error": "invalid_grant"}, 400)
    claims = {"iss": ISSUER, "sub": said["sub"], "aud": line.channel_id, "exp": said["exp"], "nonce": said["nonce"]}
    return _json({"id_token": _signed(line, "id", claims), "token_type": "Bearer"})


@webhook("/dev/line/verify", policy=policies.public)
def verify(visit: ThisVisit) -> Response[bytes]:
    """What the token says, if it is ours and for this client and nonce."""
    line, given = _line(visit), dict(parse_qsl(visit.raw.decode("ascii", "replace")))
    said = _opened(line, "id", given.get("id_token", ""))
    fits = given.get("client_id") == said.get("aud") and given.get("nonce") == said.get("nonce")
    if not said or not fits or int(said["exp"]) <= _now_s(visit): return _json({"error": "invalid_request"}, 400)
    return _json({**said, "exp": int(said["exp"])})


@query("/dev/line/profile/{account:str}", policy=policies.public, include_in_schema=False)
def profile(visit: ThisVisit, account: FromPath[str]) -> Response[bytes]:
    """An account that blocked us is not there for us."""
    _line(visit)
    with visit.house.database.transaction() as connection:
        blocked = connection.execute("SELECT FROM line_stand_in_block WHERE account = %s", (account,)).fetchone()
    if blocked is not None or account not in ACCOUNTS.values(): return _json({"message": "Not found"}, 404)
    return _json({"userId": account})


@webhook("/dev/line/push", policy=policies.public)
def push(visit: ThisVisit, request: Request[Any, Any, Any]) -> Response[bytes]:
    """Taken once per retry key."""
    line = _line(visit)
    if not hmac.compare_digest(request.headers.get("x-line-authorization", "").encode(), f"Bearer {line.push_token}".encode()):
        return _json({"message": "Authentication failed"}, 401)
    try:
        key, sent = UUID(request.headers.get("x-line-retry-key", "")), msgspec.json.decode(visit.raw, type=Push)
    except (ValueError, msgspec.DecodeError):
        return _json({"message": "The request body has 1 error(s)"}, 400)
    text = "\n".join(each.get("text", "") for each in sent.messages)
    with visit.house.database.transaction() as connection:
        taken = connection.execute(
            "INSERT INTO line_stand_in_push (id, account, text, at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (key, sent.to, text, visit.now),
        ).rowcount
    return _json({"sentMessages": []}, 200 if taken else 409)


def _line(visit: Visit) -> Line:
    """The stand-in's secrets; where there is none, or LINE itself, none of this is there."""
    line = visit.house.line
    if line is None or line.is_real or not visit.house.settings.loopback: raise Refused("not-found")
    return line


def _now_s(visit: Visit) -> int:
    return int(visit.now.timestamp())


def _signed(line: Line, kind: str, said: dict[str, str]) -> str:
    body = _packed(said)
    return f"{body}.{_seal(line, kind, body)}"


def _opened(line: Line, kind: str, text: str) -> dict[str, str]:
    body, _, seal = text.partition(".")
    return _unpacked(body) if hmac.compare_digest(seal.encode(), _seal(line, kind, body).encode()) else {}


def _seal(line: Line, kind: str, body: str) -> str:
    return _b64(hmac.new(line.channel_secret.encode(), f"{kind}|{body}".encode(), hashlib.sha256).digest())


def _challenge(verifier: str) -> str:
    return _b64(hashlib.sha256(verifier.encode()).digest())


def _packed(said: dict[str, str]) -> str:
    return _b64(msgspec.json.encode(said))


def _unpacked(text: str) -> dict[str, str]:
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=dict[str, str])
    except (ValueError, msgspec.DecodeError):
        return {}


def _b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _json(said: dict[str, Any], status: int = 200) -> Response[bytes]:
    return Response(msgspec.json.encode(said), status_code=status, media_type=MediaType.JSON)


ROUTES = [stand_in, sign_in, block, token, verify, profile, push]
