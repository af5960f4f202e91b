"""What a person or a program is told when something is refused: a stable code, a sentence in their language, a status.

For the API `application/problem+json` (RFC 9457), for pages a page. Nothing about the inside ever leaves: what is
unexpected gets an id, under which the log has the stack, and no bodies.
"""

from __future__ import annotations

import logging
from fnmatch import fnmatchcase
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException
from litestar.status_codes import HTTP_400_BAD_REQUEST, HTTP_401_UNAUTHORIZED, HTTP_415_UNSUPPORTED_MEDIA_TYPE
from psycopg_pool import PoolTimeout

from api import step_up
from api.body import BadField
from api.language import COOKIE, choose
from api.rendering import error_page
from domain.refusal import Refused, Value
from marketplace.store.log import NO_ANSWER, StreamMoved
from marketplace.texts.catalogue import Language, sentence

PROBLEM_JSON = "application/problem+json"
_LOG = logging.getLogger("relay.web")

STATUS: tuple[tuple[str, int], ...] = (
    # The first pattern that fits a code gives its status; a rule's "not now" is a conflict with how things stand.
    ("sign-in-needed", 401),
    ("credentials-not-valid", 401),
    ("*link-not-valid", 410),
    ("not-found", 404),
    ("method-not-allowed", 405),
    ("too-many-requests", 429),
    ("try-later", 503),
    ("unexpected", 500),
    ("body-too-large", 413),
    ("request-too-slow", 408),
    ("content-type-wrong", 415),
    ("if-match-missing", 428),
    ("changed-since-read", 412),
    ("idempotency-key-reused", 422),
    ("idempotency-key-*", 400),
    ("if-match-malformed", 400),
    ("body-*", 400),
    ("query-malformed", 400),
    ("request-malformed", 400),
    ("field-*", 400),
    ("number-too-large", 400),
    ("stripe-signature-*", 400),
    ("stripe-event-*", 400),
    ("csrf-token-wrong", 403),
    ("request-from-elsewhere", 403),
    ("not-permitted", 403),
    ("step-up-needed", 403),
    ("passkey-not-accepted", 422),
    ("scope-missing", 403),
    ("only-*", 403),
    ("operator-must-decide", 403),
    ("other-side-must-answer", 403),
    ("both-sides-must-agree", 403),
    ("candidate-unknown", 404),
    ("member-unknown", 404),
    ("card-unknown", 404),
    ("introduction-unknown", 404),
    ("hire-unknown", 404),
    ("introduction-not-requested", 404),
    ("hire-not-reported", 404),
    ("*-unknown", 422),
    ("*-wrong", 422),
    ("*-missing", 422),
    ("*-malformed", 422),
    ("*-not-understood", 422),
    ("*-out-of-range", 422),
    ("*-not-in-vocabulary", 422),
    ("*-in-future", 422),
    ("*-too-long", 422),
    ("*-incomplete", 422),
    ("calendar-not-known-that-far", 422),
    ("item-not-asked-for", 422),
    ("*", 409),
)

_OF_HTTP = {
    400: "request-malformed",
    401: "sign-in-needed",
    403: "not-permitted",
    404: "not-found",
    405: "method-not-allowed",
    413: "body-too-large",
    415: "content-type-wrong",
    429: "too-many-requests",
    503: "try-later",
}


class FieldProblem(msgspec.Struct, frozen=True):
    """Where in the body something is wrong (`$.items[0].code`), and what the validator says."""

    path: str
    message: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 9457. `code` is stable and for programs; `detail` is for people, in their language."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: tuple[FieldProblem, ...] = ()
    id: str | None = None


def status_of(code: str) -> int:
    """The HTTP status of a refusal's code."""
    return next(status for pattern, status in STATUS if fnmatchcase(code, pattern))


def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The answer for anything that was raised."""
    code, values, errors, told = _told(error)
    if code == "unexpected":
        told = uuid4().hex
        values = {"id": told}
        route = request.scope.get("path_template", "")
        _LOG.error("%s %s failed: %s", request.method, route, told, exc_info=_without_bodies(error))
    language = _language(request)
    status = status_of(code)
    headers = {"Vary": "Accept-Language", "Content-Language": language}
    if isinstance(error, HTTPException) and (allow := (error.headers or {}).get("allow")):
        headers["Allow"] = allow
    if code == "too-many-requests":
        headers["Retry-After"] = str(values.get("seconds", 60))
    if status == HTTP_401_UNAUTHORIZED: headers["WWW-Authenticate"] = "Bearer"
    said = sentence(code, language, values)
    if not for_program(request):
        if code == "sign-in-needed" and request.method == "GET":
            return Response("", status_code=303, headers={**headers, "Location": "/sign-in"}, media_type=MediaType.TEXT)
        if code == "step-up-needed":
            to = step_up.way(_page_of(request))
            return Response("", status_code=303, headers={**headers, "Location": to}, media_type=MediaType.TEXT)
        page = error_page(language, status=status, said=said, told=told)
        return Response(page, status_code=status, headers=headers, media_type=MediaType.HTML)
    title = code.replace("-", " ")
    problem = Problem(
        type=f"urn:career-relay:problem:{code}",
        title=title,
        status=status,
        code=code,
        detail=said,
        errors=errors,
        id=told,
    )
    return Response(msgspec.json.encode(problem), status_code=status, headers=headers, media_type=PROBLEM_JSON)


def for_program(request: Request[Any, Any, Any]) -> bool:
    """Whether a program reads the answer; everything else is a page."""
    return request.scope["path"].startswith(("/api/", "/webhooks/"))


def _told(error: Exception) -> tuple[str, dict[str, Value], tuple[FieldProblem, ...], str | None]:
    match error:
        case Refused():
            return error.code, dict(error.values), (), None
        case StreamMoved():
            return "try-again", {}, (), None
        case BadField():
            return "field-wrong", {"path": error.path}, (FieldProblem(error.path, error.said),), None
        case HTTPException() if error.status_code in _OF_HTTP:
            return _OF_HTTP[error.status_code], _values(error), _errors(error), None
        case _ if isinstance(error, (psycopg.OperationalError, PoolTimeout, *NO_ANSWER)):
            _LOG.error("the database does not answer: %s", type(error).__name__)
            return "try-later", {}, (), None
        case _:
            return "unexpected", {}, (), None


def _values(error: HTTPException) -> dict[str, Value]:
    return {"wanted": "JSON"} if error.status_code == HTTP_415_UNSUPPORTED_MEDIA_TYPE else {}


def _errors(error: HTTPException) -> tuple[FieldProblem, ...]:
    """The framework's validation of path, query and headers; its sentences hold no values but the client's own."""
    found = error.extra if isinstance(error.extra, list) else []
    return tuple(
        FieldProblem(str(item.get("key", "$")), str(item.get("message", "")))
        for item in found
        if isinstance(item, dict) and error.status_code == HTTP_400_BAD_REQUEST
    )


def _without_bodies(error: Exception) -> Exception:
    """What goes to the log: a database's error without its DETAIL, which may quote a row."""
    return type(error)(error.diag.message_primary or "") if isinstance(error, psycopg.Error) else error


def _page_of(request: Request[Any, Any, Any]) -> str:
    """The page that was asked for; of a form it is not known, so the person comes back to the first."""
    visit = request.scope.get("state", {}).get("visit")
    return visit.back if visit is not None and request.method == "GET" else "/"


def _language(request: Request[Any, Any, Any]) -> Language:
    visit = request.scope.get("state", {}).get("visit")
    if visit is not None:
        chosen: Language = visit.language
        return chosen
    default: Language = request.app.state.house.settings.language
    return choose(request.cookies.get(COOKIE), accept=request.headers.get("accept-language", ""), default=default)
