"""Finding a thing by any of its numbers; for the operator. A person is found by an id, never by name or address.

One statement looks at every table that knows a number: those of the projections and those of the house's own work.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
import psycopg

MOST = 50

_BY_ID = """
    SELECT 'company' AS kind, company AS id, NULL AS about FROM directory WHERE company = %(id)s
    UNION ALL SELECT DISTINCT 'person', subject, NULL FROM story
        WHERE subject = %(id)s AND stream = %(id)s AND kind = 'candidate-registered.v1'
    UNION ALL SELECT 'card', candidate, NULL FROM catalogue WHERE card = %(id)s
    UNION ALL SELECT 'job', job, NULL FROM jobs WHERE job = %(id)s
    UNION ALL SELECT 'introduction', introduction, number FROM introduction_board WHERE introduction = %(id)s
    UNION ALL SELECT 'hire', hire, NULL FROM placements WHERE hire = %(id)s
    UNION ALL SELECT 'fee', fee, invoice_no FROM fees WHERE fee = %(id)s
    UNION ALL SELECT 'applicant', applicant, NULL FROM applicant_pool WHERE applicant = %(id)s OR invitation = %(id)s
    UNION ALL SELECT 'referral', referral, NULL FROM referral_board WHERE referral = %(id)s
    UNION ALL SELECT 'privacy-request', request, NULL FROM privacy_requests WHERE request = %(id)s
    UNION ALL SELECT 'glass', glass, NULL FROM glass WHERE glass = %(id)s
    UNION ALL SELECT 'member', m.company, NULL FROM member m WHERE m.user_id = %(id)s
    UNION ALL SELECT 'intent', stream, kind FROM intent WHERE id = %(id)s
    UNION ALL SELECT 'message', id, template FROM message WHERE id = %(id)s
    UNION ALL SELECT 'task', id, kind FROM task WHERE id = %(id)s
    UNION ALL SELECT DISTINCT 'command', s.stream, s.kind FROM command c JOIN story s ON s.position = c.position
        WHERE c.command_id = %(id)s AND s.subject = s.stream
"""
_BY_TEXT = """
    SELECT 'introduction' AS kind, introduction AS id, number AS about FROM introduction_board WHERE number = upper(%(text)s)
    UNION ALL SELECT 'company', company, NULL FROM directory
        WHERE corporate_number = %(text)s OR t_number = upper(%(text)s) OR licence_number = %(text)s
    UNION ALL SELECT 'fee', fee, invoice_no FROM fees WHERE invoice_no = %(text)s OR provider_invoice = %(text)s
    UNION ALL SELECT 'intent', stream, kind FROM intent WHERE strpos(result, '"' || %(text)s || '"') > 0
    UNION ALL SELECT 'movement', stream, kind FROM provider_movement
        WHERE object_id = %(text)s OR balance_transaction = %(text)s
    UNION ALL SELECT 'payout', account, kind FROM payout_ledger WHERE provider_id = %(text)s
    UNION ALL SELECT 'notice', id, type FROM webhook_inbox WHERE event_id = %(text)s OR object_id = %(text)s
"""
_BY_POSITION = (
    "SELECT DISTINCT 'event' AS kind, stream AS id, kind AS about FROM story WHERE position = %(position)s AND subject = stream"
)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Something with this number. `about` is a number or a code that tells several of a kind apart."""

    kind: str
    id: UUID
    about: str | None


def find(connection: psycopg.Connection[Any], text: str) -> list[Found]:
    """Everything that has this number, by kind: an id, a 紹介番号, an invoice's number, one of the registers', or Stripe's."""
    values: dict[str, Any] = {"text": text}
    try:
        query, values["id"] = _BY_ID, UUID(text)
    except ValueError:
        query = _BY_TEXT
        if text.isascii() and text.isdigit() and len(text) < len("2010001000005"):
            query, values["position"] = _BY_POSITION, int(text)
    rows = connection.execute(
        f"SELECT DISTINCT kind, id, about FROM ({query}) found ORDER BY kind, id, about LIMIT {MOST}".encode(), values
    )
    return [Found(kind=kind, id=key, about=about) for kind, key, about in rows.fetchall()]
