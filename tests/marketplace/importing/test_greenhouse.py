"""Greenhouse dumps: the type's name decides, prospects are no applicants, and nothing personal beyond need is read."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.applicant import Outcome
from domain.refusal import Refused
from marketplace.importing.archive import packed_folder
from marketplace.importing.reading import Form, HeldBack, Reading

Reads = Callable[..., Reading]
Writes = Callable[..., bytes]


def _type(name: object) -> dict[str, Any]:
    return {"rejection_reason": {"id": 1, "name": "Reason", "type": {"id": 77, "name": name}}}


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({}, Outcome.REJECTED),
        (_type("we rejected THEM"), Outcome.REJECTED),
        (_type(" We  rejected them "), Outcome.REJECTED),
        (_type("They rejected us"), Outcome.WITHDRAWN),
        (_type("None specified"), Outcome.UNKNOWN),
        (_type("None Specified"), Outcome.UNKNOWN),
        (_type(None), Outcome.UNKNOWN),
        (_type(["We rejected them"]), Outcome.UNKNOWN),
        ({"rejection_reason": None}, Outcome.UNKNOWN),
        ({"status": "active"}, Outcome.ACTIVE),
        ({"status": "hired"}, Outcome.HIRED),
        ({"status": "converted"}, Outcome.UNKNOWN),
        ({"status": "something new"}, Outcome.UNKNOWN),
    ],
)
def test_only_we_rejected_them_is_a_rejection(
    change: dict[str, Any], outcome: Outcome, reading: Reads, dump: Writes
) -> None:
    [person] = reading(dump(change)).applicants
    assert person.outcome is outcome
    assert person.eligible is (outcome is Outcome.REJECTED)


def test_fields_are_mapped_to_our_codes(reading: Reads, dump: Writes) -> None:
    [person] = reading(
        dump({"_person": {"tags": ["SQL", "英語"], "phone_numbers": [{"value": "080-0000-0001"}]}})
    ).applicants
    assert (person.record_id, person.name, person.emails) == ("101", "Mihon Number1", ("person1@example.jp",))
    assert (person.job_title, person.job_type, person.stage) == ("Data Analyst", "data-analyst", "final-interview")
    assert (person.reason, person.channel, person.skills, person.languages) == (
        "experience-short", "own-site", ("sql",), ("english",),
    )  # fmt: skip
    assert (person.phone, person.applied_on, person.rejected_on) == (
        "+818000000001",
        date(2026, 3, 1),
        date(2026, 4, 1),
    )


def test_a_moment_late_in_the_day_is_the_next_day_in_japan(reading: Reads, dump: Writes) -> None:
    [person] = reading(dump({"applied_at": "2026-03-01T15:00:00.000Z"})).applicants
    assert person.applied_on == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        ("葵", "見本", "見本 葵"),
        ("Aoi", "Mihon", "Aoi Mihon"),
        ("灯", "𠮷例", "𠮷例 灯"),
        ("Mihonia", None, "Mihonia"),
        (None, "ミホン", "ミホン"),
    ],
)
def test_names_are_ordered_as_where_they_are_from(
    first: str | None, last: str | None, name: str, reading: Reads, dump: Writes
) -> None:
    [person] = reading(dump({"_person": {"first_name": first, "last_name": last}})).applicants
    assert person.name == name


def test_a_candidate_with_a_rejected_and_an_active_application_is_never_eligible(reading: Reads, dump: Writes) -> None:
    read = reading(dump({}, {"candidate_id": 1, "status": "active", "rejection_reason": None}))
    assert [person.held_back for person in read.applicants] == [HeldBack.ACTIVE, HeldBack.ACTIVE]


def test_an_active_application_known_only_inside_the_candidate_counts(reading: Reads, dump: Writes) -> None:
    inside = {"applications": [{"id": 101, "status": "active", "jobs": []}]}
    [person] = reading(dump({"_person": inside})).applicants
    assert person.held_back is HeldBack.ACTIVE


def test_an_active_prospect_holds_the_person_back_though_it_is_no_applicant(reading: Reads, dump: Writes) -> None:
    read = reading(dump({}, {"candidate_id": 1, "prospect": True, "jobs": [], "status": "active"}))
    assert [(person.record_id, person.held_back) for person in read.applicants] == [("101", HeldBack.ACTIVE)]
    assert [fault.code for fault in read.quarantined[2]] == ["prospect-never-applied"]


def test_who_may_not_be_mailed_and_who_is_private_are_kept_but_not_invited(reading: Reads, dump: Writes) -> None:
    read = reading(dump({"_person": {"can_email": False}}, {"_person": {"is_private": True}}))
    assert [person.held_back for person in read.applicants] == [HeldBack.NO_CONTACT, HeldBack.CONFIDENTIAL]


def test_a_private_address_goes_before_one_at_work(reading: Reads, dump: Writes) -> None:
    mails = [{"value": "me@work.example.com", "type": "work"}, {"value": "me@home.example.com", "type": "personal"}]
    [person] = reading(dump({"_person": {"email_addresses": mails}})).applicants
    assert person.emails == ("me@home.example.com", "me@work.example.com")


def test_scorecards_give_coded_scores_and_the_summary_but_no_private_notes(reading: Reads, dump: Writes) -> None:
    card = {
        "id": 1, "application_id": 101, "interview": "Final", "overall_recommendation": "strong_yes",
        "attributes": [{"name": "Analytical", "rating": "mixed"}, {"name": "Karaoke", "rating": "yes"}],
        "questions": [
            {"question": "Key Take-Aways", "answer": "<p>Explains well &amp; listens.</p>"},
            {"question": "Private Notes", "answer": "PRIVATE-NOTE"},
        ],
    }  # fmt: skip
    read = reading(dump({}, scorecards=[card]))
    [person] = read.applicants
    assert person.scores == (("overall-evaluation", 5), ("problem-solving-evaluation", 3))
    assert person.comment == "Explains well & listens."
    assert "PRIVATE-NOTE" not in repr(read)


def test_eeoc_birthday_photo_and_such_answers_are_dropped_and_reported(reading: Reads, dump: Writes) -> None:
    person = {
        "photo_url": "https://x.example.com/SECRET1.jpg",
        "custom_fields": {"birthday": "SECRET2", "desired_salary": "1"},
        "keyed_custom_fields": {"f1": {"name": "Marital status", "value": "SECRET3"}},
    }
    answers = [{"question": "What is your gender?", "answer": "SECRET4"}, {"question": "Website", "answer": "x"}]
    eeoc = [{"application_id": 102, "candidate_id": 2, "race": {"description": "SECRET5"}, "gender": None}]
    read = reading(dump({"_person": person, "answers": answers}, {"demographics": ["SECRET6"]}, eeoc=eeoc))
    assert sorted((fault.row, fault.column) for fault in read.problems if fault.code == "forbidden-item") == [
        (1, "answers"), (1, "custom_fields.birthday"), (1, "keyed_custom_fields.f1"), (1, "photo_url"),
        (2, "demographics"),
        (2, "eeoc.race"),
    ]  # fmt: skip
    assert "SECRET" not in repr(read)
    assert len(read.eligible) == 2


def test_candidates_with_their_applications_inside_are_read_too(reading: Reads, dump: Writes) -> None:
    parts = json.loads(dump({}, {}))
    for person in parts["candidates"]:
        person["applications"] = [one for one in parts["applications"] if one["candidate_id"] == person["id"]]
    assert len(reading(json.dumps(parts["candidates"]).encode()).eligible) == 2
    assert len(reading(json.dumps(parts["candidates"][0]).encode()).eligible) == 1


def test_a_folder_of_files_is_read_as_one(reading: Reads, dump: Writes, tmp_path: Path) -> None:
    for name, records in json.loads(dump({}, {})).items():
        (tmp_path / f"{name}.json").write_text(json.dumps(records))
    (tmp_path / "job_stages.json").write_text('[{"id": 1, "name": "x", "priority": 0}]')
    read = reading(packed_folder(tmp_path))
    assert (read.form, len(read.eligible)) == (Form.GREENHOUSE_ZIP, 2)
    assert [(fault.column, fault.code) for fault in read.problems] == [("job_stages.json", "part-not-read")]


def test_files_in_a_zip_that_are_not_json_are_left_alone(reading: Reads, dump: Writes) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("export/dump.json", dump({}))
        archive.writestr("../../etc/readme.txt", "x")
        archive.writestr("__MACOSX/._dump.json", b"\x00\x05")
    assert len(reading(target.getvalue()).eligible) == 1


def test_records_of_the_wrong_shape_are_quarantined_one_by_one(reading: Reads, dump: Writes) -> None:
    parts = json.loads(
        dump({}, {"id": None}, {"candidate_id": 99}, {"applied_at": 5}, {"rejected_at": None}, {"jobs": "x"})
    )
    parts["applications"] += ["x", None, 7]
    read = reading(json.dumps(parts).encode())
    assert (read.rows_read, len(read.applicants)) == (9, 1)
    assert {row: faults[0].code for row, faults in read.quarantined.items()} == {
        2: "record-id-missing", 3: "candidate-record-missing", 4: "date-unreadable", 5: "rejection-date-missing",
        6: "prospect-never-applied", 7: "record-malformed", 8: "record-malformed", 9: "record-malformed",
    }  # fmt: skip


@pytest.mark.parametrize(
    "document", ["{}", "[]", "[1]", '{"a": 1}', '[{"name": "x"}]', '{"candidates": []}', '{"applications": {}}']
)
def test_json_without_candidates_or_applications_is_refused(document: str, reading: Reads) -> None:
    with pytest.raises(Refused, match="json-not-a-greenhouse-dump"):
        reading(document.encode())


def test_candidates_without_applications_are_refused_with_a_sentence(reading: Reads) -> None:
    with pytest.raises(Refused, match="file-has-no-rows"):
        reading(b'[{"id": 1, "first_name": "Mihon"}]')
