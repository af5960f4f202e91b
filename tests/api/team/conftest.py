"""The town of the introductions' tests, for the tests of who acts for a company."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from domain.company import MemberRole
from domain.ids import CompanyId
from marketplace.commands import company
from marketplace.commands.company import user_of
from tests.api.v1.introductions.conftest import built, town
from tests.api.v1.introductions.town import Town, Visitor

__all__ = ["built", "joins", "town"]

Joins = Callable[..., Visitor]


@pytest.fixture
def joins(town: Town) -> Joins:
    """Somebody comes to work for a company, and is signed in; `town.users[name]` is who."""

    def come(name: str, role: str, at: str = "hiring") -> Visitor:
        which: CompanyId = town.companies[at]
        email = f"{name}@team.example"
        company.join(town.office, town.by(), company_id=which, name=f"見本 {name}", email=email, role=MemberRole(role))
        found = user_of(town.office, email)
        town.users[name] = UUID(str(found or uuid4()))
        return town.company(name)

    return come
