"""API keys of a company: made by its admins, shown once, scoped, with an end, revoked at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from api import keys, step_up
from api.house import House
from api.policies import Resource, company
from api.route import ThisVisit, command, query
from api.text_types import Body, Code, ShortLine
from domain.company import MemberRole
from marketplace.commands.office import new_id

ADMIN = company(MemberRole.ADMIN)


class NewKey(Body, frozen=True):
    """What the key is called, what it is good for, and for how long."""

    label: ShortLine
    scopes: Annotated[frozenset[Code], Meta(min_length=1, max_length=len(keys.SCOPES))]
    valid_days: Annotated[int, Meta(ge=1, le=366)] = 90


class MadeKey(msgspec.Struct, frozen=True):
    """The whole key, this once; a repeat of the request finds it made and answers null."""

    id: UUID
    key: str | None


class KeyRow(msgspec.Struct, frozen=True, kw_only=True):
    """A key without its secret."""

    id: UUID
    label: str
    scopes: tuple[str, ...]
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def key_facts(house: House, path: Mapping[str, Any]) -> Resource | None:
    """Whose key the path names."""
    with house.database.transaction() as connection:
        owner = keys.company_of(connection, path["key"])
    return None if owner is None else Resource(companies=frozenset({owner}))


@query("/api-keys", policy=ADMIN, tags=["API keys"])
def list_keys(visit: ThisVisit) -> list[KeyRow]:
    """All keys the company ever had."""
    with visit.house.database.transaction() as connection:
        return [_row(key) for key in keys.of_company(connection, visit.company)]


@query("/api-keys/{key:uuid}", policy=ADMIN, facts=key_facts, tags=["API keys"])
def read_key(visit: ThisVisit, key: FromPath[UUID]) -> KeyRow:
    """One of the company's keys."""
    with visit.house.database.transaction() as connection:
        return next(_row(found) for found in keys.of_company(connection, visit.company) if found.id == key)


@command("/api-keys", policy=ADMIN, status_code=201, tags=["API keys"])
def make_key(visit: ThisVisit, data: JSONBody[NewKey]) -> MadeKey:
    """A new key, shown once. Asks for a fresh proof that it is still this person."""
    step_up.demand(visit)
    made = new_id(visit.command, "api-key")
    with visit.house.database.transaction() as connection:
        text = keys.make(
            connection,
            made,
            company=visit.company,
            label=data.label,
            scopes=data.scopes,
            by=visit.id,
            now=visit.now,
            expires_at=visit.now + timedelta(days=data.valid_days),
        )
    return MadeKey(made, text)


@command("/api-keys/{key:uuid}/revoke", policy=ADMIN, facts=key_facts, tags=["API keys"])
def revoke_key(visit: ThisVisit, key: FromPath[UUID]) -> KeyRow:
    """The key opens nothing from now on."""
    with visit.house.database.transaction() as connection:
        keys.revoke(connection, key, visit.now)
        return next(_row(found) for found in keys.of_company(connection, visit.company) if found.id == key)


def _row(key: keys.Key) -> KeyRow:
    return KeyRow(
        id=key.id,
        label=key.label,
        scopes=key.scopes,
        made_at=key.made_at,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
        revoked_at=key.revoked_at,
    )


ROUTES = [list_keys, read_key, make_key, revoke_key]
