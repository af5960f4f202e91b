"""Signing in at the operator's pages, in the town of the API's tests."""

from __future__ import annotations

from uuid import UUID

from api.session import begin
from domain.company import MemberRole
from domain.ids import OPERATOR
from marketplace import clock
from marketplace.links import Kind
from tests.api.pages.browser import Browser
from tests.api.v1.introductions.town import Town

NAME, EMAIL, EMPLOYER = "見本 葵", "aoi@mail.example", "株式会社かりの見本"
WHY = "ご本人から電話があり、登録の内容を確かめるため"


def browser(town: Town, kind: Kind, subject: UUID, language: str = "ja") -> Browser:
    """A browser with a session that began a moment ago."""
    made = Browser(town.app, language)
    with town.house.database.transaction() as connection:
        token = begin(connection, kind, subject, clock.now(connection))
    made.client.cookies.set("relay-session", token)
    return made


def admin(town: Town, language: str = "ja") -> Browser:
    """An admin of the operator."""
    return browser(town, "user", town.users["operator-admin"], language)


def finance(town: Town) -> Browser:
    """Somebody of the operator who is no admin."""
    return browser(town, "user", town.users["operator"])


def colleague(town: Town) -> Browser:
    """Another admin of the operator: the one who founded it."""
    with town.house.database.transaction() as connection:
        found = connection.execute(
            "SELECT user_id FROM member WHERE company = %s AND role = %s AND user_id <> %s",
            (OPERATOR, str(MemberRole.ADMIN), town.users["operator-admin"]),
        ).fetchone()
    assert found is not None
    return browser(town, "user", found[0])


def aoi(town: Town) -> Browser:
    """The person herself."""
    return browser(town, "candidate", town.aoi)
