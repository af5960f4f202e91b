"""How routes are written: a door, a path, a policy. What the door promises (problems, headers, bounds) comes along.

```python
@command("/jobs/{job:uuid}/close", policy=company(RECRUITER, scope="jobs:write"), facts=job_facts)
def close(visit: ThisVisit, job: FromPath[UUID], data: JSONBody[Reason]) -> Done: ...
```

The pieces: `visit` says who asks, when, and with which command; `data` is a `Body`; a refusal becomes a problem
by itself; `facts` says whose thing the path names, and another company's thing is then not there.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter

from api.body import MOST_BYTES
from api.limits import Limit
from api.policies import Policy, public
from api.problem import PROBLEM_JSON, Problem
from api.rule import OPT, Facts, Rule, about_nobody
from api.visit import Visit, visit_of
from marketplace.store.log import Appended

Route = HTTPRouteHandler
"""What the functions below make of a handler; `fn` is the handler itself."""

ThisVisit = NamedDependency[Visit]
"""The type of every handler's `visit` parameter."""

IdempotencyKey = Annotated[
    str,
    HeaderParameter(
        name="Idempotency-Key",
        description="8 to 200 visible ASCII characters. The same key with the same request has one effect.",
        min_length=8,
        max_length=200,
    ),
]


class Done(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A command's answer: `again` when it had been carried out before. Readers wait for `position`."""

    outcome: str
    position: int
    id: str | None = None
    """The thing that the command made or changed."""


def done(appended: Appended, made: object = None) -> Done:
    """The answer for what the log wrote."""
    return Done(outcome=appended.outcome, position=appended.position, id=None if made is None else str(made))


def query(path: str, *, policy: Policy, facts: Facts = about_nobody, **more: Any) -> HTTPRouteHandler:  # noqa: ANN401
    """GET of the API: reads, changes nothing."""
    return get(
        path,
        dependencies={"visit": Provide(_visit, sync_to_thread=False)},
        **_api(Rule(door="query", policy=policy, facts=facts), **more),
    )


def command(
    path: str,
    *,
    policy: Policy,
    facts: Facts = about_nobody,
    limit: Limit | None = None,
    idempotent: bool = True,
    reads_file: bool = False,
    most_bytes: int = MOST_BYTES,
    status_code: int = 200,
    **more: Any,  # noqa: ANN401
) -> HTTPRouteHandler:
    """POST of the API: carries out one command under its Idempotency-Key. With `reads_file` the body is `visit.raw`."""
    body = bytes if reads_file else None
    rule = Rule(door="command", policy=policy, facts=facts, limit=limit, idempotent=idempotent, body=body)
    provide = Provide(_visit_with_key if idempotent else _visit, sync_to_thread=False)
    more = {"status_code": status_code, "request_max_body_size": most_bytes, **more}
    return post(path, dependencies={"visit": provide}, **_api(rule, **more))


def page(path: str, *, policy: Policy, facts: Facts = about_nobody, near_only: bool = False) -> HTTPRouteHandler:
    """GET of a page."""
    return get(path, **_shown(Rule(door="page", policy=policy, facts=facts, near_only=near_only)))


def form(
    path: str,
    *,
    policy: Policy,
    facts: Facts = about_nobody,
    limit: Limit | None = None,
    near_only: bool = False,
    reads_files: bool = False,
    most_bytes: int = MOST_BYTES,
) -> HTTPRouteHandler:
    """POST of a page's form; answers with `see_other`. Its template has `{{ form_fields() }}`. Files: `visit.files`."""
    rule = Rule(door="form", policy=policy, facts=facts, limit=limit, near_only=near_only, reads_files=reads_files)
    return post(path, status_code=200, request_max_body_size=most_bytes, **_shown(rule))


def webhook(path: str, *, policy: Policy, most_bytes: int = MOST_BYTES) -> HTTPRouteHandler:
    """POST of a machine that signs its bytes: no session, no token; the handler checks the signature of `visit.raw`."""
    rule = Rule(door="webhook", policy=policy)
    more: dict[str, Any] = {"status_code": 200, "request_max_body_size": most_bytes, "include_in_schema": False}
    return post(path, dependencies={"visit": Provide(_visit, sync_to_thread=False)}, **_api(rule, **more))


def see_other(visit: Visit, path: str) -> Response[str]:
    """303: the browser goes on with a GET, so that a reload repeats nothing."""
    return Response("", status_code=303, headers={"Location": path}, media_type=MediaType.TEXT, cookies=cookies(visit))


def own_path(said: str) -> str:
    """A path that a browser was given to come back to, if it is one of this site; else the first page."""
    inside = said.startswith("/") and said[1:2] not in {"/", "\\"} and said.isascii() and said.isprintable()
    return said if inside else "/"


def cookies(visit: Visit) -> list[Cookie]:
    """What the visit wants the browser to hold, the last word on a name."""
    return list({cookie.key: cookie for cookie in visit.cookies}.values())


def _visit(request: Request[Any, Any, Any]) -> Visit:
    return visit_of(request.scope)


def _visit_with_key(request: Request[Any, Any, Any], idempotency_key: IdempotencyKey) -> Visit:  # noqa: ARG001  published, checked by `admit`
    return visit_of(request.scope)


def _api(rule: Rule, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    problem = ResponseSpec(
        Problem, media_type=PROBLEM_JSON, generate_examples=False, description="Refused; `code` says why."
    )
    codes = _OF_COMMANDS if rule.door == "command" else _OF_QUERIES
    return {
        "opt": {OPT: rule},
        "sync_to_thread": True,
        "responses": dict.fromkeys(codes, problem),
        "security": [] if rule.policy is public else [{"bearer": []}],
        **more,
    }


_OF_QUERIES = (400, 401, 403, 404, 409, 422, 429)
_OF_COMMANDS = (*_OF_QUERIES, 408, 410, 412, 413, 415, 428)


def _shown(rule: Rule) -> dict[str, Any]:
    return {
        "opt": {OPT: rule},
        "sync_to_thread": True,
        "include_in_schema": False,
        "media_type": MediaType.HTML,
        "dependencies": {"visit": Provide(_visit, sync_to_thread=False)},
    }
