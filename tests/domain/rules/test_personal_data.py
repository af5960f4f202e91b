from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from domain import applicant
from domain.applying import import_row
from domain.candidate import SeekerRecord
from domain.company import CompanyAdmitted
from domain.consent import LIST
from domain.event import Event
from domain.events import ALL_EVENTS
from domain.job import JobOpened
from domain.rules import personal_data
from tests.domain.people_examples import (
    APPLICANT,
    CONDITIONS,
    JOB,
    NUMBER,
    REF,
    SOURCE,
    TOKEN,
    a_row,
    given,
    licensed,
    written,
)


class Remark(msgspec.Struct, frozen=True):
    """A struct within an event, with room for anything."""

    words: str


class Noted(Event, frozen=True, kw_only=True):
    """Not an event of ours: everything that one must not have."""

    comment: str
    remarks: tuple[Remark, ...]
    maybe: str | None
    born_on: date
    age: int
    anything: Any
    table: dict[str, int]
    cause: str


@pytest.mark.parametrize("kind", ALL_EVENTS, ids=lambda kind: kind.__name__)
def test_no_event_has_a_field_that_could_hold_personal_data(kind: type[Event]) -> None:
    assert personal_data.personal_fields(kind) == frozenset()


def test_a_field_for_words_dates_of_birth_or_anything_would_be_found() -> None:
    assert personal_data.personal_fields(Noted) == {
        "comment",
        "remarks.words",
        "maybe",
        "born_on",
        "age",
        "anything",
        "table",
    }


def _imported(reason: str) -> Event:
    row = msgspec.structs.replace(a_row(), reason=reason)
    return import_row(applicant.INITIAL, row, applicant_id=APPLICANT, company=SOURCE)[0]


ADMITTED = CompanyAdmitted(
    company=SOURCE,
    name="みほん商事株式会社",
    name_en="Mihon Trading",
    corporate_number=NUMBER,
    token=TOKEN,
    address="東京都見本区例町1-1",
    representative_ref=REF,
)
OPENED = JobOpened(
    job=JOB,
    company=SOURCE,
    version=1,
    conditions=CONDITIONS,
    occupation="sales-representative",
    prefecture="tokyo",
    skills=("data-analysis",),
)


@pytest.mark.parametrize("words", ["山田さんの家庭の事情", "Family reasons", "taro@example.com", "a" * 65, "x\n"])
def test_words_where_a_code_belongs_are_found_in_the_event_itself(words: str) -> None:
    assert personal_data.uncoded(_imported(words)) == {"reason"}


@pytest.mark.parametrize(
    "event",
    [_imported("skills-gap"), _imported(""), licensed(), given(LIST), written(1), OPENED, ADMITTED],
    ids=lambda event: type(event).__name__,
)
def test_codes_numbers_and_what_a_company_says_in_public_pass(event: Event) -> None:
    assert personal_data.uncoded(event) == frozenset()


def test_the_certificate_names_what_the_law_keeps_and_until_when() -> None:
    sealed = SeekerRecord(ref=REF, retain_until=date(2029, 4, 1))
    kept = [date(2030, 4, 2), date(2030, 5, 7)]
    assert personal_data.statutory_remains(sealed, kept, today=date(2027, 4, 1)) == (
        ("seeker-record", date(2029, 4, 1)),
        ("provision-records", date(2030, 5, 7)),
    )


def test_what_is_past_its_day_does_not_remain() -> None:
    sealed = SeekerRecord(ref=REF, retain_until=date(2029, 4, 1))
    assert personal_data.statutory_remains(sealed, [], today=date(2029, 4, 1)) == (
        ("seeker-record", date(2029, 4, 1)),
    )
    assert personal_data.statutory_remains(sealed, [], today=date(2029, 4, 2)) == ()
    assert personal_data.statutory_remains(None, [], today=date(2027, 4, 1)) == ()
