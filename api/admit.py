"""What happens at the door before any handler runs: check the origin, recognise, decide, read strictly, remember."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.exceptions import InternalServerException

from api import body, client, csrf, idempotency, keys, limits, multipart, policies, session
from api.device import device_of
from api.house import House
from api.language import COOKIE, choose
from api.policies import Actor, Resource
from api.rule import Rule, rule_of
from api.text_types import NoBody, clean
from api.visit import Visit, cookie_name, held
from domain import company
from domain.refusal import Refused
from marketplace import clock
from marketplace.links import SharedIntroduction
from marketplace.store.database import Connection
from marketplace.store.log import Command

AnyRequest = Request[Any, Any, Any]


async def admit(request: AnyRequest) -> None:
    """Let a request in, or raise the refusal. Leaves the `Visit` in the request's state; assets need none."""
    rule = rule_of(request.scope)
    if rule is None or rule.door == "asset": return
    _check_framing(request)
    _check_parameters(request)
    raw = await _body(request) if request.method not in {"GET", "HEAD"} else b""
    request.scope["state"]["visit"] = await sync_to_thread(_visit, request, rule, raw)


async def _body(request: AnyRequest) -> bytes:
    """What was sent. A body that breaks off, or whose pieces are none, is the sender's fault and no error of ours."""
    try:
        return await request.body()
    except InternalServerException:
        raise Refused("request-malformed") from None


def _visit(request: AnyRequest, rule: Rule, raw: bytes) -> Visit:
    house: House = request.app.state.house
    if rule.near_only:
        csrf.check_near(house.settings, request.headers.get("host", ""))
    if rule.door in {"form", "command"}:
        csrf.check_origin(
            house.settings,
            origin=request.headers.get("origin"),
            fetch_site=request.headers.get("sec-fetch-site"),
            host=request.headers.get("host", ""),
        )
    if rule.door == "form":
        csrf.check_pressed(origin=request.headers.get("origin"), fetch_site=request.headers.get("sec-fetch-site"))
    if rule.limit is not None:
        with house.database.transaction() as connection:
            limits.take(connection, rule.limit, client.of(request), house.door_key, clock.now(connection))
    with house.database.reading() as connection:
        visit = _recognised(connection, house, request, raw)
    policies.demand(rule.policy(visit.actor, _facts(house, rule, request, visit)))
    if rule.door == "form":
        _read_form(request, rule, visit, raw)
    if rule.door == "command":
        _read_command(request, rule, visit, raw)
    return visit


def _facts(house: House, rule: Rule, request: AnyRequest, visit: Visit) -> Resource | None:
    """Nothing is looked up for a stranger: whether it is there is not theirs to learn, nor to time."""
    return policies.NOTHING if visit.actor.kind == "visitor" else rule.facts(house, request.path_params)


def _recognised(connection: Connection, house: House, request: AnyRequest, raw: bytes) -> Visit:
    now = clock.now(connection)
    actor, found, share, token = Actor(), None, None, None
    if (authorization := request.headers.get("authorization")) is not None:
        actor, found = _by_header(connection, house, authorization, now)
    elif (token := _cookie(request, house, "relay-session")) and (found := session.find(connection, token, now)):
        actor = _person(connection, house, found)
    if "link" in request.path_params:
        # Whoever holds the link acts for its candidate, and only that, whatever other session their browser has.
        share = session.open_share_link(connection, str(request.path_params["link"]), now)
        actor = _holder(share)
    language = choose(
        found.language if found else None,
        request.cookies.get(COOKIE),
        accept=request.headers.get("accept-language", ""),
        default=house.settings.language,
    )
    visit = Visit(
        house=house,
        actor=actor,
        language=language,
        now=now,
        path=request.scope["path"],
        session=found,
        token=token if found else None,
        nonce=_cookie(request, house, "relay-nonce"),
        share=share,
        raw=raw,
        client=client.of(request),
        device=device_of(request.headers.get("user-agent", "")),
    )
    if query := request.scope["query_string"].decode("ascii", "replace"): visit.back = f"{visit.path}?{query}"
    return visit


def _by_header(
    connection: Connection, house: House, authorization: str, now: datetime
) -> tuple[Actor, session.Session | None]:
    scheme, _, text = authorization.partition(" ")
    if scheme.lower() != "bearer": raise Refused("credentials-not-valid")
    if text.startswith(keys.PREFIX):
        key = keys.find(connection, text, now)
        if key is None: raise Refused("credentials-not-valid")
        roles = _company(house, key.company).roles
        return Actor(
            kind="key", id=key.id, company=key.company, scopes=frozenset(key.scopes), company_roles=roles
        ), None
    found = session.find(connection, text, now)
    if found is not None: return _person(connection, house, found), found
    share = session.open_share_link(connection, text, now)
    if share is None: raise Refused("credentials-not-valid")
    return _holder(share), None


def _person(connection: Connection, house: House, found: session.Session) -> Actor:
    """What a person may now: read from membership and the company's own stream, which never lag."""
    if found.kind == "candidate": return Actor(kind="candidate", id=found.subject)
    role = None if found.company is None else session.role_in(connection, found.subject, found.company)
    if found.company is None or role is None: return Actor(kind="user", id=found.subject)
    roles = _company(house, found.company).roles
    return Actor(kind="user", id=found.subject, company=found.company, role=role, company_roles=roles)


def _company(house: House, which: Any) -> company.Company:  # noqa: ANN401  a UUID
    return house.log.load(which, company.INITIAL, company.evolve).state


def _holder(share: SharedIntroduction | None) -> Actor:
    if share is None: return Actor()
    return Actor(kind="link", id=share.candidate, introduction=share.introduction)


def _cookie(request: AnyRequest, house: House, name: str) -> str | None:
    return request.cookies.get(cookie_name(house.settings, name)) or None


def _check_framing(request: AnyRequest) -> None:
    """What a server before ours may read as another body, or for another site. Raises Refused `request-malformed`."""
    codings = [coding.lower() for coding in request.headers.getall("transfer-encoding", [])]
    if codings not in ([], ["chunked"]): raise Refused("request-malformed")
    if len(request.headers.getall("host", [])) > 1: raise Refused("request-malformed")


def _check_parameters(request: AnyRequest) -> None:
    """Query and path hold only text that may be stored. Raises BadField, or Refused `not-found` for the path."""
    try:
        pairs = parse_qsl(
            request.scope["query_string"].decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100
        )
    except ValueError:
        raise Refused("query-malformed") from None
    for name, value in pairs:
        if clean(value) is None or clean(name) is None:
            raise body.BadField("query", "Text holds a character that is not allowed")
    if clean(request.scope["path"]) is None or "\ufffd" in request.scope["path"]: raise Refused("not-found")


def _read_form(request: AnyRequest, rule: Rule, visit: Visit, raw: bytes) -> None:
    content_type = request.headers.get("content-type", "")
    if rule.reads_files and multipart.is_multipart(content_type):
        sent_form = multipart.read(raw, content_type)
        visit.fields, visit.files = sent_form.fields, sent_form.files
    else:
        if raw and not body.is_form(content_type): raise Refused("content-type-wrong", wanted="form")
        visit.fields = body.read_form(raw)
    nonce = _cookie(request, visit.house, "relay-nonce")
    csrf.check_token(visit.house.door_key, held(visit.token, nonce), visit.fields.get(csrf.FIELD, [""])[0])
    if "key" in visit.fields:
        # The fields belong to the key: a double click is one command, a form that was corrected and sent again another.
        sent = [(name, value) for name, value in sorted(visit.fields.items()) if name not in {csrf.FIELD, "key"}]
        files = [(name, file.name, hashlib.sha256(file.data).hexdigest()) for name, file in sorted(visit.files.items())]
        asked = hashlib.sha256(repr((visit.path, sent, *files)).encode()).hexdigest()
        # A stranger's key counts in their own browser only.
        who = visit.actor.text if visit.actor.id is not None else f"{visit.actor.text}|{held(visit.token, nonce)}"
        command = idempotency.command_id(who, f"{idempotency.checked_key(visit.fields['key'][0])}|{asked}")
        visit.with_command(Command(id=command, actor=visit.actor.text, now=visit.now))


def _read_command(request: AnyRequest, rule: Rule, visit: Visit, raw: bytes) -> None:
    if visit.token is not None:
        csrf.check_token(visit.house.door_key, held(visit.token, None), request.headers.get(csrf.HEADER, ""))
    key = idempotency.checked_key(request.headers.get("idempotency-key")) if rule.idempotent else None
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Refused("content-type-wrong", wanted="JSON")
    if rule.body is not bytes:
        if (raw or rule.body) and not body.is_json(request.headers.get("content-type", "")):
            raise Refused("content-type-wrong", wanted="JSON")
        request.scope["state"]["data"] = body.read_json(raw or b"{}", rule.body or NoBody)
    if key is not None:
        _remember(request, visit, key, raw)


def _remember(request: AnyRequest, visit: Visit, key: str, asked: bytes) -> None:
    """The command under this key, noted in a transaction of its own: a refused one may be sent again as it was."""
    actor = visit.actor.text
    command = Command(id=idempotency.command_id(actor, key), actor=actor, now=visit.now)
    with visit.house.database.transaction() as connection:
        path = f"{request.scope['path']}?{request.scope['query_string'].decode('ascii')}"
        idempotency.remember(
            connection, command.id, visit.now, key=visit.house.door_key, method=request.method, path=path, body=asked
        )
    visit.with_command(command)
