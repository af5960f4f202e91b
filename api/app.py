"""The web application: routes, each with its policy, behind one door."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import msgspec
from litestar import Litestar, Request, Router, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.routes import HTTPRoute
from litestar.types import ControllerRouterHandler, HTTPScope, LifeSpanScope, Message, Scope

from api import webhooks
from api.admit import admit
from api.assets import static_routes
from api.body import MOST_BYTES
from api.headers import set_headers
from api.house import House
from api.pace import at_a_pace
from api.pages import page_routes
from api.problem import answer
from api.rule import ASSET, OPT, Rule
from api.text_types import Body
from api.v1 import keys, member_address, passkeys, people, relay_routes, session, step_up

THREADS = 8
"""As many as the pool has connections: a handler that got a thread gets a connection."""

API_ROUTES: list[ControllerRouterHandler] = [
    *session.ROUTES,
    *step_up.ROUTES,
    *passkeys.ROUTES,
    *member_address.ROUTES,
    *keys.ROUTES,
    *people.ROUTES,
    *relay_routes.ROUTES,
]
PAGE_ROUTES: list[ControllerRouterHandler] = page_routes()
WEBHOOK_ROUTES: list[ControllerRouterHandler] = [*webhooks.ROUTES]

_PLAIN_PATH = re.compile(r"/[\x21-\x7e]*")


class RouteWithoutPolicy(Exception):  # a defect of ours, told at the start
    """A route does not say who may use it; the application does not start."""


class DoorRequest(Request[Any, Any, Any]):
    """A request whose body came at a pace, and whose JSON was already read strictly, by `api.admit`."""

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The body in pieces, as it comes."""
        async for piece in at_a_pace(super().stream()): yield piece

    async def json(self) -> Any:  # noqa: ANN401  whatever the handler's `data` is
        """The body as the handler's type."""
        return self.scope["state"].get("data")


class Door(Litestar):
    """Answers HEAD wherever it answers GET, with the same headers and no body."""

    async def __call__(self, scope: Scope | LifeSpanScope, receive: Any, send: Any) -> None:  # noqa: ANN401  the base's overloads
        """ASGI."""
        if scope.get("method") != "HEAD":
            await super().__call__(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        as_get = cast("HTTPScope", {**scope, "method": "GET"})
        await super().__call__(as_get, receive, without_body)


class _NoRoutes(Router):
    """Takes the routes the framework would add for the document; ours is below, with its policy."""

    def register(self, value: ControllerRouterHandler) -> list[Any]:  # noqa: ARG002  refused on purpose
        return []


@get(
    "/api/v1/openapi.json",
    opt=ASSET,
    include_in_schema=False,
    sync_to_thread=False,
    media_type="application/vnd.oai.openapi+json",
)
def openapi(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The published contract."""
    return document(request.app)


def document(app: Litestar) -> dict[str, Any]:
    """The OpenAPI document of an application; every object that comes in refuses fields it does not name."""
    schema: dict[str, Any] = app.openapi_schema.to_schema()
    schemas = schema.get("components", {}).get("schemas", {})
    for name in _reached(schema, schemas):
        if schemas[name].get("type") == "object":
            schemas[name]["additionalProperties"] = False
    return schema


def create_app(house: House, *, also: list[ControllerRouterHandler] | None = None) -> Litestar:
    """The application over a house. Raises RouteWithoutPolicy. `also`: further routes, with whole paths."""
    api = Router("/api/v1", route_handlers=API_ROUTES)
    # One router around all: added to the application one by one, two sync handlers of one path would each be
    # wrapped for the thread pool twice.
    everything = Router("/", route_handlers=[api, *PAGE_ROUTES, *WEBHOOK_ROUTES, openapi, *static_routes(), *(also or [])])
    app = Door(
        [everything],
        before_request=admit,
        before_send=[set_headers],
        exception_handlers={Exception: answer, 500: answer},
        request_class=DoorRequest,
        request_max_body_size=MOST_BYTES,
        state=State({"house": house}),
        openapi_config=OpenAPIConfig(
            title="Career Relay",
            version="1",
            description="Refusals are problem+json with a stable `code`; every command takes an Idempotency-Key.",
            components=Components(security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer")}),
            openapi_router=_NoRoutes("/api/v1", route_handlers=[]),
            path="/api/v1",
        ),
        on_startup=[_bounded_threads],
        on_shutdown=[_close_house],
        logging_config=None,
        debug=False,
        pdb_on_exception=False,
    )
    _check_policies(app)
    return app


def load() -> Litestar:
    """The application of this process's settings; the import string of the web server names this."""
    from marketplace.run import restoring, settings, turns  # noqa: PLC0415  the house is opened by who serves, not by who imports

    turns.take_short_turns()
    return create_app(restoring.open_door(settings.load()))


def handlers(app: Litestar) -> list[HTTPRouteHandler]:
    """All handlers but the framework's own answers to OPTIONS. Raises RouteWithoutPolicy for what is not plain HTTP."""
    found: list[HTTPRouteHandler] = []
    for route in app.routes:
        if not isinstance(route, HTTPRoute): raise RouteWithoutPolicy(f"{route.path}: only plain HTTP has policies")
        found.extend(handler for handler in route.route_handlers if handler.http_methods != {"OPTIONS"})
    return found


def _check_policies(app: Litestar) -> None:
    """Every route says who may use it; a command learns the type of its body from its handler."""
    for handler in handlers(app):
        rule, data = handler.opt.get(OPT), handler.parsed_data_field
        if not isinstance(rule, Rule): raise RouteWithoutPolicy(f"{sorted(handler.paths)}: {handler}")
        if rule.door != "command" or data is None: continue
        if not (isinstance(data.annotation, type) and issubclass(data.annotation, Body)):
            raise RouteWithoutPolicy(f"{sorted(handler.paths)}: its body would drop unknown fields; make it a Body")
        handler.opt[OPT] = msgspec.structs.replace(rule, body=data.annotation)


def _close_house(app: Litestar) -> None:
    house: House = app.state.house
    house.close()


async def _bounded_threads(_app: Litestar) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="relay-web"))


def _reached(schema: dict[str, Any], schemas: dict[str, Any]) -> set[str]:
    """Names of the schemas that request bodies are made of."""
    waiting: list[Any] = [
        op["requestBody"] for path in schema.get("paths", {}).values() for op in path.values() if "requestBody" in op
    ]
    names: set[str] = set()
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            name = str(found.get("$ref", "")).removeprefix("#/components/schemas/")
            if name in schemas and name not in names:
                names.add(name)
                waiting.append(schemas[name])
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)
    return names
