"""What all pages of finance call things by: companies in the reader's language, people of the operator, and causes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from api.visit import Visit
from domain.ids import OPERATOR
from marketplace.commands import members
from marketplace.texts.translation import say
from marketplace.texts.words import WORDS
from projections import directory


def companies(visit: Visit) -> dict[UUID, str]:
    """Every company by its name in the reader's language."""
    with visit.house.database.transaction() as connection:
        found: list[directory.Company] = directory.everyone(connection)
    english = visit.language == "en"
    return {each.company: (each.name_en or each.name) if english else each.name for each in found}


def people(visit: Visit) -> dict[str, str]:
    """The operator's people, by the actor that stands beside what they did."""
    known = members.members(visit.house.office, OPERATOR)
    return {f"user:{each.user}": record.name for each, record in known if record}


def reasons(visit: Visit) -> Callable[[str], str]:
    """The sentence for why a transfer does not go; what only Stripe knows is named as Stripe names it."""
    words = WORDS["transfer-cause"]

    def why(code: str) -> str:
        known = words.get(code, words["of-stripe"])
        return say(visit.language, known, code=code)

    return why


def said(visit: Visit) -> dict[str, Any]:
    """All of it, for a template."""
    return {"names": companies(visit), "people": people(visit), "why": reasons(visit)}
