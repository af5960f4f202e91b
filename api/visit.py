"""One request after the door let it in: who asks, in which language, when, and with which command."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from litestar.datastructures import Cookie

from api import body, csrf
from api.device import UNKNOWN, Device
from api.house import House
from api.multipart import File
from api.policies import Actor
from api.session import Session
from domain.refusal import Refused
from marketplace.links import SharedIntroduction, new_token
from marketplace.run.settings import Settings
from marketplace.store.log import Command
from marketplace.texts.catalogue import Language

T = TypeVar("T")


class Visit:
    """What a handler is given. Made by `api.admit` once the route's policy has said yes."""

    def __init__(
        self,
        *,
        house: House,
        actor: Actor,
        language: Language,
        now: datetime,
        path: str,
        session: Session | None = None,
        token: str | None = None,
        nonce: str | None = None,
        share: SharedIntroduction | None = None,
        raw: bytes = b"",
        client: str = "",
        device: Device = UNKNOWN,
    ) -> None:
        self.house, self.actor, self.language, self.now, self.path = house, actor, language, now, path
        self.session, self.token, self.share = session, token, share
        self.fields: Mapping[str, list[str]] = {}
        self.files: Mapping[str, File] = {}
        self.raw, self.client, self.device = raw, client, device
        self.refused, self.status, self.updating = "", 200, False
        self.back, self.faulty = path, ""
        self.cookies: list[Cookie] = []
        self._nonce = nonce
        self._command: Command | None = None

    @property
    def id(self) -> UUID:
        """Who asks, where the policy lets in nobody who is not known."""
        if self.actor.id is None: raise LookupError("the route's policy lets strangers in")
        return self.actor.id

    @property
    def company(self) -> UUID:
        """The company for which the actor asks, where the policy lets in companies only."""
        if self.actor.company is None: raise LookupError("the route's policy lets in people without a company")
        return self.actor.company

    @property
    def command(self) -> Command:
        """The command to carry out: the same id whenever the same request is sent again."""
        if self._command is None: raise Refused("idempotency-key-missing")
        return self._command

    @property
    def proved(self) -> bool:
        """Whether the session's person showed a moment ago that it is them (`api.step_up`). A key or a link never can."""
        return self.session is not None and self.session.fresh(self.now)

    def with_command(self, command: Command) -> None:
        """What the door found under the Idempotency-Key."""
        self._command = command

    def form(self, kind: type[T]) -> T:
        """The fields of a page's form, but for the hidden ones, as `kind`. Raises `api.body.BadField`."""
        shown = {name: value for name, value in self.fields.items() if name not in {csrf.FIELD, "key"}}
        return body.convert_form(shown, kind)

    @property
    def csrf_token(self) -> str:
        """What a form of this page must bring back. A visitor without a session is given a nonce to bind it to."""
        if self.session is None and self._nonce is None:
            self._nonce = new_token()
            self.cookies.append(cookie(self.house.settings, "relay-nonce", self._nonce))
        return csrf.token_for(self.house.door_key, self.held)

    @property
    def held(self) -> str:
        """What this very browser holds; nothing for a program."""
        return held(self.token if self.session else None, self._nonce) or ""

    def open_session(self, token: str, lasts_s: int) -> None:
        """Give the browser its session."""
        self.cookies.append(cookie(self.house.settings, "relay-session", token, lasts_s=lasts_s))

    def close_session(self) -> None:
        """Take the session's cookie back."""
        self.cookies.append(cookie(self.house.settings, "relay-session", "", lasts_s=0))


def held(session_token: str | None, nonce: str | None) -> str | None:
    """What a CSRF token is bound to."""
    if session_token is not None: return f"session|{session_token}"
    return None if nonce is None else f"nonce|{nonce}"


def cookie_name(settings: Settings, name: str) -> str:
    """`__Host-` where the site has https: no other host can then set it."""
    return f"__Host-{name}" if settings.public_url.startswith("https:") else name


def cookie(settings: Settings, name: str, value: str, *, lasts_s: int | None = None) -> Cookie:
    """A cookie that scripts cannot read and other sites cannot send along with a form."""
    return Cookie(
        key=cookie_name(settings, name),
        value=value,
        max_age=lasts_s,
        path="/",
        secure=settings.public_url.startswith("https:"),
        httponly=True,
        samesite="lax",
    )


def visit_of(scope: Any) -> Visit:  # noqa: ANN401  an ASGI scope
    """The visit that `api.admit` left in the scope."""
    found = scope["state"]["visit"]
    if not isinstance(found, Visit): raise TypeError(type(found))
    return found
