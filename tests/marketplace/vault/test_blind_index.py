"""Addresses as digests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from domain.ids import CandidateId, CompanyId
from domain.refusal import Refused
from marketplace.vault.blind_index import AddressKind, Basis, BlindIndex, move, normal_email, normal_phone
from marketplace.vault.master import MasterKeys
from marketplace.vault.subject import Subject, SubjectKind

from .conftest import Write

NOW = datetime(2027, 3, 1, 3, 0, tzinfo=UTC)
EMAIL, PHONE = AddressKind.EMAIL, AddressKind.PHONE
SOURCE, OTHER = CompanyId(UUID(int=1)), CompanyId(UUID(int=2))


@pytest.fixture
def index(master: MasterKeys) -> BlindIndex:
    return BlindIndex(master)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        (" Mizuki@Example.JP ", "mizuki@example.jp"),
        ("ｍｉｚｕｋｉ＠ｅｘａｍｐｌｅ．ｊｐ", "mizuki@example.jp"),
        ("a+b@例え.jp", "a+b@xn--r8jz45g.jp"),
    ],
)
def test_one_mailbox_has_one_spelling(written: str, normal: str) -> None:
    assert normal_email(written) == normal


@pytest.mark.parametrize(
    "written", ["", "mizuki", "a@b@c", "a b@example.jp", "a@" + "x" * 64 + ".jp", "a@b..c", "a@\x00"]
)
def test_what_is_no_mailbox_is_refused(written: str) -> None:
    with pytest.raises(Refused, match="email-not-understood"):
        normal_email(written)


@pytest.mark.parametrize("written", ["090-1234-5678", "０９０ １２３４ ５６７８", "+81 90 1234 5678", "(090)12345678"])
def test_one_telephone_has_one_spelling(written: str) -> None:
    assert normal_phone(written) == "+819012345678"


@pytest.mark.parametrize("written", ["", "12", "電話なし"])
def test_what_is_no_telephone_is_refused(written: str) -> None:
    with pytest.raises(Refused, match="phone-not-understood"):
        normal_phone(written)


def test_an_address_leads_to_its_candidate_however_it_is_written(
    index: BlindIndex, connection: psycopg.Connection[Any], write: Write, someone: Subject
) -> None:
    write(index.row(someone, EMAIL, "mizuki@example.jp"), index.row(someone, PHONE, "090-1234-5678"))
    assert index.find(connection, SubjectKind.CANDIDATE, EMAIL, "MIZUKI@example.jp") == (someone.id,)
    assert index.find(connection, SubjectKind.CANDIDATE, PHONE, "+819012345678") == (someone.id,)
    assert index.find(connection, SubjectKind.CANDIDATE, EMAIL, "other@example.jp") == ()
    assert index.find(connection, SubjectKind.COMPANY_USER, EMAIL, "mizuki@example.jp") == ()


def test_a_mailbox_belongs_to_one_candidate(index: BlindIndex, write: Write, someone: Subject) -> None:
    write(index.row(someone, EMAIL, "mizuki@example.jp"))
    with pytest.raises(psycopg.errors.UniqueViolation, match="one_candidate_per_mailbox"):
        write(index.row(Subject(SubjectKind.CANDIDATE, uuid4()), EMAIL, "mizuki@example.jp"))


def test_the_address_itself_is_not_in_the_row(index: BlindIndex, someone: Subject) -> None:
    assert "mizuki" not in str(index.row(someone, EMAIL, "mizuki@example.jp"))


def test_two_sources_applicants_with_one_address_have_nothing_in_common(index: BlindIndex) -> None:
    applicant = Subject(SubjectKind.APPLICANT, uuid4())
    one, other = (
        index.row(applicant, EMAIL, "mizuki@example.jp", controller=c).values["digest"] for c in (SOURCE, OTHER)
    )
    assert one != other
    with pytest.raises(ValueError, match="controller"):
        index.row(applicant, EMAIL, "mizuki@example.jp")


def test_a_suppressed_address_is_suppressed_for_that_company_or_for_all(
    index: BlindIndex, connection: psycopg.Connection[Any], write: Write
) -> None:
    write(
        index.suppress(EMAIL, "mizuki@example.jp", Basis.DISOWNED, company=SOURCE, now=NOW),
        index.suppress(EMAIL, "sora@example.jp", Basis.OPT_OUT, now=NOW),
    )
    assert index.suppressed(connection, EMAIL, "Mizuki@example.jp", company=SOURCE) is Basis.DISOWNED
    assert index.suppressed(connection, EMAIL, "mizuki@example.jp", company=OTHER) is None
    assert index.suppressed(connection, EMAIL, "sora@example.jp", company=OTHER) is Basis.OPT_OUT


def test_suppressing_twice_is_suppressing_once(
    index: BlindIndex, connection: psycopg.Connection[Any], write: Write
) -> None:
    for _ in range(2):
        write(index.suppress(EMAIL, "mizuki@example.jp", Basis.DISOWNED, company=SOURCE, now=NOW))
    assert connection.execute("SELECT count(*) FROM suppression").fetchone() == (1,)


def test_what_survives_an_erasure_cannot_be_matched_with_what_does_not(index: BlindIndex, someone: Subject) -> None:
    kept = index.suppress(EMAIL, "mizuki@example.jp", Basis.OPT_OUT, now=NOW).values["digest"]
    assert kept != index.row(someone, EMAIL, "mizuki@example.jp").values["digest"]


def test_after_a_merge_both_addresses_lead_to_the_survivor(
    index: BlindIndex, connection: psycopg.Connection[Any], write: Write, someone: Subject
) -> None:
    absorbed = Subject(SubjectKind.CANDIDATE, uuid4())
    write(index.row(someone, EMAIL, "mizuki@example.jp"), index.row(someone, PHONE, "09012345678"))
    write(index.row(absorbed, EMAIL, "old@example.jp"), index.row(absorbed, PHONE, "09012345678"))
    assert move(connection, CandidateId(absorbed.id), CandidateId(someone.id)) == 1
    assert index.find(connection, SubjectKind.CANDIDATE, EMAIL, "old@example.jp") == (someone.id,)


def test_a_company_token_is_the_same_for_the_same_number_and_tells_nothing_without_the_key(index: BlindIndex) -> None:
    token = index.company_token("1234567890123")
    assert token == index.company_token(" １２３４５６７８９０１２３ ")
    assert token != index.company_token("1234567890124")
    assert token != BlindIndex(MasterKeys.from_key(bytes(32))).company_token("1234567890123")


@pytest.mark.parametrize("number", ["", "123456789012", "12345678901234", "123456789012X"])
def test_what_is_no_corporate_number_is_refused(index: BlindIndex, number: str) -> None:
    with pytest.raises(Refused, match="corporate-number-not-13-digits"):
        index.company_token(number)
