"""The shipped example exports: what they hold, whom the story needs, and that our own script makes them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable

import pytest

from marketplace.importing.reading import Applicant, Form, HeldBack, Reading
from marketplace.run.examples import AOZORA, HIDAMARI, MINATO
from marketplace.run.examples.aozora import aozora
from marketplace.run.examples.hidamari import hidamari
from marketplace.run.examples.minato import minato

Reads = Callable[..., Reading]


def _by_mail(reading: Reading, address: str) -> Applicant:
    return next(person for person in reading.applicants if address in person.emails)


@pytest.mark.parametrize(("path", "make"), [(AOZORA, aozora), (MINATO, minato), (HIDAMARI, hidamari)])
def test_the_shipped_files_are_what_our_script_makes(path: object, make: Callable[[], bytes]) -> None:
    assert path.read_bytes() == make()  # type: ignore[attr-defined]


def test_the_greenhouse_dump_reads_as_told(reading: Reads) -> None:
    read = reading(AOZORA.read_bytes())
    assert read.form is Form.GREENHOUSE_JSON
    assert (read.rows_read, len(read.applicants), len(read.eligible), len(read.withdrawn)) == (116, 111, 81, 8)
    assert Counter(fault.code for faults in read.quarantined.values() for fault in faults) == {
        "prospect-never-applied": 1,
        "mail-missing": 1,
        "mail-malformed": 1,
        "candidate-record-missing": 1,
    }
    assert Counter(person.held_back for person in read.applicants) == {
        None: 81,
        HeldBack.ACTIVE: 10,
        HeldBack.WITHDREW: 8,
        HeldBack.OUTCOME_UNKNOWN: 8,
        HeldBack.HIRED: 2,
        HeldBack.NO_CONTACT: 1,
        HeldBack.CONFIDENTIAL: 1,
    }


def test_the_cp932_export_reads_as_told(reading: Reads) -> None:
    read = reading(MINATO.read_bytes())
    assert read.form is Form.CSV
    assert (read.rows_read, len(read.applicants), len(read.eligible), len(read.withdrawn)) == (65, 58, 53, 2)
    assert [(fault.row, fault.column, fault.code) for faults in read.quarantined.values() for fault in faults] == [
        (52, "応募ID", "record-id-missing"),
        (53, "メールアドレス", "mail-missing"),
        (54, "メールアドレス", "mail-malformed"),
        (55, "不合格日", "date-in-future"),
        (56, "不合格日", "rejected-before-applied"),
        (57, "応募日", "date-unreadable"),
    ]
    assert [(fault.row, fault.column) for fault in read.problems if fault.code == "forbidden-item"] == [
        (63, "性別"),
        (63, "本籍"),
        (63, "生年月日"),
    ]


def test_the_workbook_reads_as_told(reading: Reads) -> None:
    read = reading(HIDAMARI.read_bytes())
    assert read.form is Form.XLSX
    assert (read.rows_read, len(read.eligible), len(read.withdrawn), len(read.quarantined)) == (11, 10, 1, 0)
    assert {(person.applied_on.year, person.name) for person in read.applicants} >= {(2026, "𠮷例 湊")}


def test_the_people_of_the_story_are_there_and_eligible(reading: Reads) -> None:
    read = reading(AOZORA.read_bytes())
    aoi, ren = _by_mail(read, "aoi.mihon@example.jp"), _by_mail(read, "ren.mihon@example.jp")
    assert (aoi.record_id, aoi.name, aoi.eligible, aoi.stage) == ("9000001", "見本 葵", True, "final-interview")
    assert (aoi.job_type, set(aoi.skills)) == ("data-analyst", {"data-analysis", "sql", "python"})
    assert (ren.record_id, ren.name, ren.eligible, ren.job_type) == ("9000002", "見本 蓮", True, "software-engineer")


def test_one_person_was_turned_away_by_both_companies(reading: Reads) -> None:
    both = [_by_mail(reading(path.read_bytes()), "tsumugi.mihon@example.jp") for path in (AOZORA, MINATO)]
    assert [(person.record_id, person.eligible) for person in both] == [("9000003", True), ("M-0001", True)]


def test_a_rejection_turned_into_a_withdrawal_keeps_rows_read_and_lowers_eligible_by_one(reading: Reads) -> None:
    text = MINATO.read_bytes().decode("cp932")
    row = next(line for line in text.splitlines() if line.startswith("M-0010,"))
    before, after = (
        reading(text.encode("cp932")),
        reading(text.replace(row, row.replace("不採用", "辞退", 1)).encode("cp932")),
    )
    assert (before.rows_read, after.rows_read) == (65, 65)
    assert (len(before.eligible), len(after.eligible)) == (53, 52)
    assert (len(before.withdrawn), len(after.withdrawn)) == (2, 3)


def test_a_rejection_by_us_turned_into_one_by_them_in_greenhouse_does_the_same(reading: Reads) -> None:
    dump = json.loads(AOZORA.read_bytes())
    dump["applications"][9]["rejection_reason"]["type"]["name"] = "They rejected us"
    after = reading(json.dumps(dump).encode())
    assert (after.rows_read, len(after.eligible), len(after.withdrawn)) == (116, 80, 9)


def test_nothing_forbidden_in_the_examples_is_in_what_was_read(reading: Reads) -> None:
    everything = "".join(repr(reading(path.read_bytes())) for path in (AOZORA, MINATO, HIDAMARI))
    for planted in (
        "EXAMPLE-RACE-ANSWER", "EXAMPLE-GENDER-ANSWER", "EXAMPLE-HEALTH-COMMENT", "EXAMPLE-PRIVATE-NOTE",
        "EXAMPLE-PHOTO",
        "1991", "1992", "例示性別", "例示県", "例示健康コメント", "例示年齢",
    ):  # fmt: skip
        assert planted not in everything


@pytest.mark.parametrize("path", [AOZORA, MINATO, HIDAMARI])
def test_every_address_in_an_example_is_of_a_reserved_name(path: object, reading: Reads) -> None:
    for person in reading(path.read_bytes()).applicants:  # type: ignore[attr-defined]
        for address in person.emails:
            assert re.search(r"@example\.(jp|com)$", address)
