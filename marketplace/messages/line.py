"""LINE: signing in there (OAuth 2.1 with PKCE), and a push that says that something waits and names nobody.

https://developers.line.biz/en/docs/line-login/integrate-line-login/ and .../messaging-api/sending-messages/. The answers of
LINE are read strictly; nothing in here says an account or a token to a log or in an exception.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlencode
from uuid import UUID

import httpx
import msgspec

from domain.refusal import Refused

ISSUER = "https://access.line.me"
TIMEOUT_SECONDS = 10.0
_GONE = frozenset({403, 404})
T = TypeVar("T")


class Endpoints(msgspec.Struct, frozen=True, kw_only=True):
    """Where LINE, or its stand-in, answers."""

    authorize: str = "https://access.line.me/oauth2/v2.1/authorize"
    token: str = "https://api.line.me/oauth2/v2.1/token"  # noqa: S105  an address
    verify: str = "https://api.line.me/oauth2/v2.1/verify"
    profile: str = "https://api.line.me/v2/bot/profile"
    push: str = "https://api.line.me/v2/bot/message/push"


def stand_in(site: str) -> Endpoints:
    """The stand-in, on our own site while that is loopback."""
    there = f"{site}/dev/line"
    return Endpoints(
        authorize=there, token=f"{there}/token", verify=f"{there}/verify", profile=f"{there}/profile", push=f"{there}/push"
    )


class NotPushed(Exception):
    """LINE did not take it. `forever`: this account has blocked us or is gone."""

    def __init__(self, why: str, *, forever: bool = False) -> None:
        super().__init__(why)
        self.why, self.forever = why, forever


class _Token(msgspec.Struct, frozen=True):
    id_token: str


class _Claims(msgspec.Struct, frozen=True):
    iss: str
    sub: str
    aud: str
    exp: int
    nonce: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One channel at LINE. `is_real` is False for the stand-in; `transport` is httpx's own where none is given."""

    channel_id: str
    channel_secret: str
    push_token: str
    endpoints: Endpoints
    is_real: bool
    key: bytes
    transport: httpx.BaseTransport | None = None

    def __repr__(self) -> str:
        """Never the secrets."""
        return f"Line({self.channel_id}, …)"

    @property
    def pushes(self) -> bool:
        """Can anything be pushed? Signing in needs no token for messages."""
        return bool(self.push_token)

    def authorize(self, state: str, back: str) -> str:
        """Where the browser goes. Nonce and PKCE verifier follow from the state and our key, so neither is stored."""
        query = {
            "response_type": "code",
            "client_id": self.channel_id,
            "redirect_uri": back,
            "state": state,
            "scope": "openid",
            "nonce": self._secret("nonce", state),
            "code_challenge": _challenge(self.verifier(state)),
            "code_challenge_method": "S256",
            "bot_prompt": "normal",
        }
        return f"{self.endpoints.authorize}?{urlencode(query)}"

    def verifier(self, state: str) -> str:
        """What proves to LINE that the one who redeems a code is the one who asked for it (PKCE)."""
        return self._secret("verifier", state)

    def account(self, code: str, state: str, back: str, now: datetime) -> str:
        """Who signed in: the code is redeemed, and LINE itself verifies the token. Refuses `line-not-proved`."""
        given = self._ask(
            self.endpoints.token,
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": back,
                "client_id": self.channel_id,
                "client_secret": self.channel_secret,
                "code_verifier": self.verifier(state),
            },
            _Token,
        )
        nonce = self._secret("nonce", state)
        said = self._ask(
            self.endpoints.verify, {"id_token": given.id_token, "client_id": self.channel_id, "nonce": nonce}, _Claims
        )
        ours = said.iss == ISSUER and said.aud == self.channel_id and hmac.compare_digest(said.nonce, nonce)
        if not ours or said.exp <= now.timestamp() or not said.sub: raise Refused("line-not-proved")
        return said.sub

    def push(self, account: str, text: str, message: UUID) -> None:
        """Say `text` to an account. LINE takes the same message once; an account that blocked us has no profile for us."""
        # The stand-in lies behind our own door, which takes an Authorization header for one of its own keys.
        headers = {"Authorization" if self.is_real else "X-Line-Authorization": f"Bearer {self.push_token}"}
        try:
            with self._http() as http:
                seen = http.get(f"{self.endpoints.profile}/{account}", headers=headers)
                if seen.status_code in _GONE: raise NotPushed("line-blocked", forever=True)
                body = {"to": account, "messages": [{"type": "text", "text": text}]}
                sent = http.post(self.endpoints.push, json=body, headers={**headers, "X-Line-Retry-Key": str(message)})
        except httpx.HTTPError as error:
            raise NotPushed(type(error).__name__) from None
        # 409: this retry key was taken before, so it has arrived.
        if sent.status_code not in {httpx.codes.OK, httpx.codes.CONFLICT}: raise NotPushed(f"line-{sent.status_code}")

    def _ask(self, url: str, form: dict[str, str], kind: type[T]) -> T:
        try:
            with self._http() as http:
                answer = http.post(url, data=form)
            if answer.status_code != httpx.codes.OK: raise Refused("line-not-proved")
            return msgspec.json.decode(answer.content, type=kind)
        except httpx.HTTPError:
            raise Refused("line-not-there") from None
        except msgspec.DecodeError:
            raise Refused("line-not-proved") from None

    def _http(self) -> httpx.Client:
        return httpx.Client(timeout=TIMEOUT_SECONDS, transport=self.transport, follow_redirects=False)

    def _secret(self, purpose: str, state: str) -> str:
        return _url_safe(hmac.new(self.key, f"line-{purpose}|{state}".encode(), hashlib.sha256).digest())


def _challenge(verifier: str) -> str:
    """PKCE, method S256."""
    return _url_safe(hashlib.sha256(verifier.encode()).digest())


def _url_safe(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
