"""The company's API keys: what each is good for, until when, when it was last used; making one, and revoking it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Meta

from api import keys
from api.pages.showing import carry_out, filled, same, show
from api.route import ThisVisit, form, page
from api.text_types import Body, Code, ShortLine
from api.v1 import keys as api
from api.v1.keys import ADMIN, key_facts
from api.visit import Visit
from domain.refusal import Refused

LASTS_DAYS = (30, 90, 180, 365)


class KeyForm(Body, frozen=True):
    """What the key is called, what it is good for, and for how long; a form without a tick says so itself."""

    label: ShortLine
    valid_days: Annotated[int, Meta(ge=1, le=366)]
    scopes: Annotated[tuple[Code, ...], Meta(max_length=len(keys.SCOPES))] = ()

    def new_key(self) -> api.NewKey:
        """As the API takes it."""
        if not self.scopes: raise Refused("key-scope-missing")
        return api.NewKey(label=self.label, scopes=frozenset(self.scopes), valid_days=self.valid_days)


@page("/api-keys", policy=ADMIN)
def keys_page(visit: ThisVisit) -> Response[str]:
    """Every key the company ever had."""
    return _show(visit)


@form("/api-keys", policy=ADMIN)
def make(visit: ThisVisit) -> Response[str]:
    """The whole key, this once: it is written down nowhere."""
    made: list[api.MadeKey] = []

    def act() -> None:
        made.append(same(api.make_key)(visit, filled(visit, KeyForm).new_key()))

    refused = carry_out(visit, act, then="/api-keys", again=lambda: _show(visit))
    visit.back = "/api-keys"
    return show(visit, "api_key_made.html", made=made[0]) if made else refused


@form("/api-keys/{key:uuid}/revocation", policy=ADMIN, facts=key_facts)
def revoke(visit: ThisVisit, key: FromPath[UUID]) -> Response[str]:
    """The key opens nothing from now on."""

    def act() -> None:
        same(api.revoke_key)(visit, key)

    return carry_out(visit, act, then="/api-keys", again=lambda: _show(visit))


def _show(visit: Visit) -> Response[str]:
    visit.back = "/api-keys"
    return show(
        visit,
        "api_keys.html",
        keys=same(api.list_keys)(visit),
        now=visit.now,
        scopes=sorted(keys.SCOPES),
        lasts_days=LASTS_DAYS,
    )


ROUTES = [keys_page, make, revoke]
