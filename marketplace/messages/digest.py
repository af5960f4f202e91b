"""The digest of a saved search: how many cards came since the last look, counted behind the gate at the moment of sending."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from domain.company import MemberRole
from domain.ids import CompanyId, UserId
from domain.refusal import Refused
from domain.viewer import Viewer
from marketplace.messages.post import Post, Waiting, Withheld
from marketplace.store.database import Connection
from marketplace.vault.searching import Criteria, query_of
from projections import catalogue, gate


def new_cards(post: Post, connection: Connection, waiting: Waiting, now: datetime) -> int:
    """How many cards this reader would find that came since `since`. Raises Withheld."""
    company = CompanyId(waiting.named("for_company"))
    row = connection.execute(
        "SELECT s.criteria::text FROM saved_search s JOIN member m ON m.user_id = s.user_id AND m.company = s.company"
        " WHERE s.id = %s AND s.user_id = %s AND s.company = %s AND s.frequency <> 'none' AND m.left_at IS NULL",
        (waiting.named("search"), waiting.recipient, company),
    ).fetchone()
    if row is None: raise Withheld("search-gone")
    if gate.is_open(connection, company, "suspended", now=now): raise Withheld("company-suspended")
    try:
        query = query_of(post.vault.lexemes, msgspec.json.decode(row[0], type=Criteria))
    except Refused as refused:  # a code that our vocabulary has no more
        raise Withheld(refused.code) from None
    query = replace(query, since=datetime.fromisoformat(waiting.about["since"]))
    found = catalogue.count(connection, _viewer(connection, UserId(waiting.recipient), company), query, now)
    if found == 0: raise Withheld("nothing-new")
    return found


def _viewer(connection: Connection, user: UserId, company: CompanyId) -> Viewer:
    """With the tokens of every company that they serve: a block on one of them holds (rule 5)."""
    serves = connection.execute("SELECT company FROM member WHERE user_id = %s AND left_at IS NULL", (user,)).fetchall()
    several: set[UUID] = {company, *(row[0] for row in serves)}
    tokens = gate.tokens_of(connection, [CompanyId(each) for each in several])
    return Viewer(user=user, company=company, role=MemberRole.VIEWER, tokens=tokens)
