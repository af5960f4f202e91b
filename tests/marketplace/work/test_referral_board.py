"""A source's referrals, page by page and in numbers: both say the same, and of a hire only what the person permits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from domain.company import MemberRole
from domain.ids import CompanyId, UserId
from domain.viewer import Viewer
from projections import referral_board
from projections.gate import ANYTHING
from projections.referral_board import Hired
from tests.conftest import Database

NOW = datetime(2027, 4, 1, 1, tzinfo=UTC)
SOURCE, OTHER = UUID(int=0xA), UUID(int=0xB)
VIEWER = Viewer(user=UserId(UUID(int=1)), company=CompanyId(SOURCE), role=MemberRole.ADMIN, tokens=frozenset())


@pytest.fixture
def five(database: Database) -> psycopg.Connection:
    """Five people of the source, one merged away, three of them hired: one may be told, one not, one not any more."""
    connection = psycopg.connect(database.app_url, autocommit=True)
    for n in range(1, 7):
        connection.execute(
            "INSERT INTO referral_board (referral, candidate, source, applicant, reached, referred_at, recommendation_read,"
            " confirmed_at, recommendation_version) VALUES (%s, %s, %s, %s, '', %s, false, %s, %s)",
            (UUID(int=n), UUID(int=100 + n), OTHER if n == 6 else SOURCE, UUID(int=200 + n), NOW - timedelta(days=20 - n // 2),
             NOW if n in {1, 2, 6} else None, 1 if n == 2 else None),
        )  # fmt: skip
    for n, ends in ((1, NOW + timedelta(days=1)), (3, NOW)):
        permitted(connection, n, "outcome-to-source", SOURCE, ends)
    permitted(connection, 5, "merged", ANYTHING, None)
    for n in (1, 2, 3, 6):
        connection.execute(
            "INSERT INTO placements (hire, introduction, candidate, hiring, employment_no, reported_by, started_on, status,"
            " placed_on, owners) VALUES (%s, %s, %s, %s, 1, 'hiring', '2027-03-30', 'started', '2027-03-30', '{}')",
            (UUID(int=300 + n), UUID(int=400 + n), UUID(int=100 + n), OTHER),
        )
    return connection


def permitted(connection: psycopg.Connection, n: int, what: str, of: UUID, ends: datetime | None) -> None:
    connection.execute(
        "INSERT INTO gate (subject, what, object, open, expires_at, position) VALUES (%s, %s, %s, true, %s, 1)",
        (UUID(int=100 + n), what, of, ends),
    )


def test_page_by_page_everybody_comes_once_the_newest_first(five: psycopg.Connection) -> None:
    with five:
        pages, after = [], None
        while rows := referral_board.of_company(five, VIEWER, NOW, after=after, limit=2):
            pages.append([each.referral.int for each in rows])
            after = rows[-1].referral
        assert pages == [[4, 3], [2, 1]]
        assert [each.referral.int for each in referral_board.of_company(five, VIEWER, NOW)] == [4, 3, 2, 1]


def test_one_of_them_is_found_by_its_id_and_another_companys_is_not(five: psycopg.Connection) -> None:
    with five:
        assert [each.referral.int for each in referral_board.of_company(five, VIEWER, NOW, only=UUID(int=3))] == [3]
        assert referral_board.of_company(five, VIEWER, NOW, only=UUID(int=6)) == []
        assert referral_board.of_company(five, VIEWER, NOW, after=UUID(int=6)) == []


def test_the_numbers_are_those_of_the_rows_and_tell_of_a_hire_only_what_the_person_permits(five: psycopg.Connection) -> None:
    with five:
        rows = referral_board.of_company(five, VIEWER, NOW)
        assert {each.referral.int: each.hired_on for each in rows if each.hired_on} == {1: date(2027, 3, 30)}
        summary = referral_board.summary(five, VIEWER, NOW)
    assert (summary.referred, summary.to_recommend) == (4, 1)
    assert summary.hired == [Hired(referred_at=NOW - timedelta(days=20), hired_on=date(2027, 3, 30))]
