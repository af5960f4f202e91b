"""What reads of the API share: who looks, waiting for what was just written, and how a list answers."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar
from uuid import UUID

import msgspec
from litestar.params import QueryParameter

from api.policies import Resource
from api.text_types import MOST_INTEGER
from api.visit import Visit
from domain.company import MemberRole
from domain.ids import CompanyId, UserId
from domain.refusal import Refused
from domain.viewer import Viewer
from marketplace.work import wait
from projections.gate import tokens_of

T = TypeVar("T")

At = Annotated[
    int | None,
    QueryParameter(description="The position that a command answered: wait until it can be read.", ge=0, required=False),
]
"""The type of a reading handler's `at` parameter."""


AfterId = Annotated[UUID | None, QueryParameter(required=False, description="`next` of the page before.")]
Before = Annotated[
    int | None,
    QueryParameter(required=False, ge=1, le=MOST_INTEGER, description="Only what happened before this position."),
]
Limit = Annotated[int, QueryParameter(required=False, ge=1, le=100, description="How many at most.")]


class Listed(msgspec.Struct, Generic[T], frozen=True, kw_only=True, omit_defaults=True):
    """A list. `next` is the `after` of the page that follows; `updating`: what was asked for with `at` is not in yet."""

    items: list[T]
    next: str | None = None
    updating: bool = False


def is_behind(visit: Visit, at: int | None, *projections: str) -> bool:
    """Wait a moment for `projections` to have read up to `at`; true if they have not."""
    return at is not None and not wait.until(visit.house.database, projections, at)


def viewer_of(visit: Visit) -> Viewer:
    """Who looks, with the tokens of every company that they serve: a block on one of them holds (rule 5).

    A key looks for the person who made it.
    """
    with visit.house.database.reading() as connection:
        found = connection.execute(
            "SELECT company FROM member WHERE left_at IS NULL"
            " AND user_id IN (%(id)s, (SELECT made_by FROM api_key WHERE id = %(id)s))",
            {"id": visit.id},
        ).fetchall()
        serves = {visit.company, *(row[0] for row in found)}
        tokens = tokens_of(connection, [CompanyId(each) for each in serves])
    return Viewer(
        user=UserId(visit.id),
        company=CompanyId(visit.company),
        role=visit.actor.role or MemberRole.VIEWER,
        tokens=tokens,
    )


def about_company(company: UUID) -> Resource:
    """A thing that belongs to one company."""
    return Resource(companies=frozenset({company}))


def found(value: T | None) -> T:
    """The thing, or `not-found`."""
    if value is None: raise Refused("not-found")
    return value
