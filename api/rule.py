"""What a route says of itself: which door it is, its policy, what it reads, how often it may be knocked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.types import Scope

from api.house import House
from api.limits import Limit
from api.policies import NOTHING, Policy, Resource, public

Door = Literal["asset", "page", "form", "query", "command", "webhook"]
Facts = Callable[[House, Mapping[str, Any]], Resource | None]
"""From path parameters to who has to do with the thing; None: there is no such thing."""


def about_nobody(_house: House, _path: Mapping[str, Any]) -> Resource | None:
    """For routes that are about the actor, or about nothing in particular."""
    return NOTHING


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One route's rule; `api.app` refuses to start while a route has none."""

    door: Door
    policy: Policy
    facts: Facts = about_nobody
    body: Any = None
    """The type of a command's body (taken from its handler), `bytes` where the handler reads a file, or None."""
    limit: Limit | None = None
    reads_files: bool = False
    """A page's form that may bring files along, as `multipart/form-data`."""
    near_only: bool = False
    """Answers only while the public address is loopback, and only to a browser that called it so."""
    idempotent: bool = True
    """A command of the API asks for an Idempotency-Key; signing in does not, its link works once by itself."""


OPT = "relay_rule"
ASSET = {OPT: Rule(door="asset", policy=public)}
"""For files that are the same for everybody."""


def rule_of(scope: Scope) -> Rule | None:
    """The rule of the route that is being asked; None for OPTIONS, which the framework answers."""
    handler = scope.get("route_handler")
    return handler.opt.get(OPT) if isinstance(handler, HTTPRouteHandler) else None
