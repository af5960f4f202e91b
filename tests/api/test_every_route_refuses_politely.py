"""Whatever is asked of whichever route, by whom: never a 5xx, a refusal has its code and its sentence, and changes nothing."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any, cast
from uuid import UUID, uuid4

import httpx
import pytest

from api import keys
from api.app import document
from api.session import begin
from marketplace import clock
from marketplace.links import mint_share_link
from marketplace.run import check, terminal
from tests.api.fuzz import Maker, Operation, operations
from tests.api.v1.introductions.conftest import built, town
from tests.api.v1.introductions.test_hire import started
from tests.api.v1.introductions.town import SITE, Town

__all__ = ["built", "town"]

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "2000"))
"""Each role asks each operation once; the rest go where somebody was let in."""
SEED = int(os.environ.get("FUZZ_SEED", "20270405"))
STATE = (
    "relay_events", "command", "gate", "task", "vault_record", "vault_lexemes", "blind_address", "suppression", "vault_tombstone",
    "member", "api_key", "registration", "share_link", "merge_link", "import_batch", "import_problem", "intent", "message",
    "consent_receipt", "provider_movement", "webhook_inbox",
)  # fmt: skip
"""What a refused request leaves as it was; not in it: rate limits, kept keys of requests, sign-in."""
COUNTS = "SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in STATE)


class Roles:
    """Somebody of each kind, with a session that is renewed when a request has ended it."""

    def __init__(self, town: Town, introduction: str) -> None:
        self._town = town
        self._introduction = UUID(introduction)
        self.names = ("stranger", "source", "hiring", "other", "operator", "operator-admin", "person", "holder", "key")

    def bearer(self, name: str) -> dict[str, str]:
        if name == "stranger": return {}
        return {"Authorization": f"Bearer {self._token(name)}"}

    def _token(self, name: str) -> str:
        town = self._town
        with town.house.database.transaction() as connection:
            now = clock.now(connection)
            match name:
                case "person": return begin(connection, "candidate", town.aoi, now)
                case "holder":
                    return mint_share_link(connection, self._introduction, town.aoi, now + timedelta(days=7)).rpartition("/")[2]
                case "key":
                    made = keys.make(
                        connection, uuid4(), company=town.companies["hiring"], label="試験", scopes=keys.SCOPES,
                        by=town.users["hiring"], now=now, expires_at=now + timedelta(days=9),
                    )  # fmt: skip
                    return made or ""
            return begin(connection, "user", town.users[name], now)


def known_ids(town: Town, made: str, hire: str) -> dict[str, list[UUID]]:
    """The ids of what is in the town, whosoever it is, by the name under which requests speak of it."""
    def ids(query: str) -> list[UUID]:
        return [row[0] for row in town.rows(query)]

    return {
        "company": list(town.companies.values()), "source": [town.companies["source"]], "hiring": [town.companies["hiring"]],
        "user": list(town.users.values()), "introduction": [UUID(made)], "hire": [UUID(hire)], "job": [town.job],
        "card": ids("SELECT card FROM catalogue"), "referral": ids("SELECT referral FROM referral_board"),
        "fee": ids("SELECT fee FROM fees"),
        "applicant": ids("SELECT applicant FROM applicant_pool"), "batch": ids("SELECT id FROM import_batch"),
        "ident": [UUID(made), UUID(hire), town.aoi], "candidate": [town.aoi], "": [uuid4(), UUID(int=0)],
        "stream": ids("SELECT DISTINCT originator_id FROM relay_events"),
    }  # fmt: skip


def state(town: Town) -> tuple[Any, ...]:
    return town.rows(COUNTS)[0]


def test_no_request_by_anyone_breaks_the_door_or_has_half_an_effect(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    made, hire = started(town)
    ids = known_ids(town, made, hire)
    maker = Maker(document(town.app), ids, Random(SEED))
    counted, wrong = asyncio.run(knock(town, maker, Roles(town, made)))
    assert wrong[:10] == []
    assert counted[200] > 100, counted
    assert counted[404] > 100, counted
    assert [record.getMessage() for record in caplog.records if record.name == "relay.web"] == []
    town.worker.drain()
    with terminal.workshop(town.house) as owner:
        report = check.run(terminal.context_of(town.house, owner))
    assert report.findings == ()


async def knock(town: Town, maker: Maker, roles: Roles) -> tuple[Counter[int], list[str]]:
    """Every role at every operation, in an order of chance; answers the statuses, and the requests that went wrong."""
    counted: Counter[int] = Counter()
    wrong: list[str] = []
    everything = [(name, each) for each in operations(maker.document) for name in roles.names]
    maker.random.shuffle(everything)
    let_in: list[tuple[str, Operation]] = []
    tokens = {name: roles.bearer(name) for name in roles.names}
    transport = httpx.ASGITransport(cast("Any", town.app), client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url=SITE) as client:
        before = state(town)
        for n in range(REQUESTS):
            name, operation = everything[n] if n < len(everything) else maker.random.choice(let_in)
            asked = maker.request(operation)
            headers = {**tokens[name], **asked.headers}
            answer = await client.request(asked.method, asked.url, headers=headers, content=asked.content)
            counted[answer.status_code] += 1
            if answer.status_code not in {401, 403, 404, 429}: let_in.append((name, operation))
            said = impolite(answer)
            if asked.method == "POST":  # what a GET changed shows at the next refused POST
                after = state(town)
                changed = {t: (b, a) for t, b, a in zip(STATE, before, after, strict=True) if b != a}
                if answer.status_code >= 400 and changed: said = f"refused and changed {changed}"
                before = after
            if said: wrong.append(f"{said}: {name} {asked} -> {answer.status_code} {answer.text[:300]}")
            if answer.status_code in {401, 410} and "Authorization" not in asked.headers:
                tokens[name] = roles.bearer(name)
                before = state(town)
    return counted, wrong


def impolite(answer: httpx.Response) -> str:
    """What is wrong with an answer that is no right one: it has to be a problem with a code and a sentence."""
    if answer.status_code < 400: return ""
    if answer.status_code >= 500: return "broken"
    if not answer.headers["content-type"].startswith("application/problem+json"): return "not a problem"
    problem = answer.json()
    if problem["status"] != answer.status_code or not problem["code"] or len(problem["detail"]) < 5: return "says nothing"
    return "tells of the inside" if "Traceback" in answer.text else ""
