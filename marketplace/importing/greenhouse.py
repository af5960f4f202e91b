"""A Greenhouse Harvest dump as rows, one per application. Only the type "We rejected them" is a rejection.

Ids of rejection reasons differ between organisations, so the type's name decides, in any letter case. "They rejected
us" is a withdrawal, "None specified" says nothing. EEOC answers, photos and custom fields are reported, never read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from types import MappingProxyType
from typing import Any, Final

from domain.applicant import Outcome
from marketplace.importing import harvest
from marketplace.importing.deny_list import is_forbidden_heading
from marketplace.importing.harvest import Dump, Record, inner, is_record, items, records, text
from marketplace.importing.headers import evaluation_code
from marketplace.importing.reading import Form, Problem, problem
from marketplace.importing.row import Draft, Row
from marketplace.importing.values import blank, plain

COLUMNS = MappingProxyType({
    "record_id": "application.id", "name": "first_name, last_name", "kana": "kana", "emails": "email_addresses",
    "phone": "phone_numbers", "applied": "applied_at", "rejected": "rejected_at", "job_title": "jobs.name",
    "stage": "current_stage.name", "outcome": "rejection_reason.type.name", "skills": "tags", "comment": "scorecard",
    "can_contact": "can_email",
})  # fmt: skip
_BY_TYPE: Final = {"we rejected them": Outcome.REJECTED, "they rejected us": Outcome.WITHDRAWN}
_BY_STATUS: Final = {"active": Outcome.ACTIVE, "hired": Outcome.HIRED}
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af\U00020000-\U0003ffff]")
_TAG = re.compile(r"<[^<>]{0,200}>")
_TAKE_AWAYS: Final = "key take-aways"


def json_draft(data: bytes) -> Draft:
    """A dump as one JSON document. Raises Refused."""
    return _draft(Form.GREENHOUSE_JSON, harvest.from_json(data))


def zip_draft(data: bytes) -> Draft:
    """A dump as a zip of JSON files. Raises Refused."""
    return _draft(Form.GREENHOUSE_ZIP, harvest.from_zip(data))


def _draft(form: Form, dump: Dump) -> Draft:
    people = {text(person, "id"): person for person in records(dump.candidates)}
    cards: dict[str, list[Record]] = {}
    for card in records(dump.scorecards):
        cards.setdefault(text(card, "application_id"), []).append(card)
    listed = {text(application, "id") for application in records(dump.applications)}
    applications = [*dump.applications, *(inside for inside in dump.embedded if text(inside, "id") not in listed)]
    rows = tuple(
        _row(number, application, people, cards)
        if is_record(application)
        else Row(number=number, fault="record-malformed")
        for number, application in enumerate(applications, 1)
    )
    return Draft(
        form=form,
        rows=rows,
        columns=COLUMNS,
        problems=(*dump.problems, *_forbidden(applications, people, dump.eeoc)),
        also_standing=tuple((f"person {text(inside, 'candidate_id')}", _outcome(inside)) for inside in dump.embedded),
    )


def _row(number: int, application: Record, people: dict[str, Record], cards: dict[str, list[Record]]) -> Row:
    record_id, person_id = plain(text(application, "id")), text(application, "candidate_id")
    person = people.get(person_id)
    outcome = _outcome(application)
    if person is None:
        return Row(
            number=number, record_id=record_id, person=person_id, outcome=outcome, fault="candidate-record-missing"
        )
    jobs = [blank(text(job, "name")) for job in records(items(application, "jobs"))]
    prospect = application.get("prospect") is True or not jobs
    scorecards = cards.get(record_id, [])
    return Row(
        number=number,
        record_id=record_id,
        person=person_id,
        name=_name(blank(text(person, "first_name")), blank(text(person, "last_name"))),
        emails=_contacts(person, "email_addresses"),
        phone=next(iter(_contacts(person, "phone_numbers")), ""),
        applied=blank(text(application, "applied_at")),
        rejected=blank(text(application, "rejected_at")),
        job_title=jobs[0] if jobs else "",
        channel=text(inner(application, "source"), "public_name"),
        stage=blank(text(inner(application, "current_stage"), "name")),
        outcome=outcome,
        reason=text(inner(application, "rejection_reason"), "name"),
        skills=tuple(blank(tag) for tag in items(person, "tags") if isinstance(tag, str) and blank(tag)),
        scores=tuple(_scores(scorecards)),
        comment="\n".join(_take_aways(scorecards)),
        can_contact=text(person, "can_email"),
        confidential=person.get("is_private") is True,
        fault="prospect-never-applied" if prospect else "",
    )


def _outcome(application: Record) -> Outcome:
    """`converted` and every status Greenhouse may invent later say nothing, and nothing invites nobody."""
    status = text(application, "status").casefold()
    if status != "rejected":
        return _BY_STATUS.get(status, Outcome.UNKNOWN)
    kind = inner(inner(application, "rejection_reason"), "type")
    return _BY_TYPE.get(" ".join(text(kind, "name").casefold().split()), Outcome.UNKNOWN)


def _name(first: str, last: str) -> str:
    """As it is written where it is from: family name first in East Asian signs; one name where there is one."""
    ordered = (last, first) if _EAST_ASIAN.search(first + last) else (first, last)
    return " ".join(part for part in ordered if part)


def _contacts(person: Record, key: str) -> tuple[str, ...]:
    """Personal ones first: an address at work may be read by the present employer."""
    found = [(text(entry, "type") == "work", blank(text(entry, "value"))) for entry in records(items(person, key))]
    return tuple(value for _, value in sorted(found, key=lambda entry: entry[0]) if value)


def _scores(cards: list[Record]) -> Iterator[tuple[str, str]]:
    """The last scorecard's word on each evaluation counts."""
    latest: dict[str, str] = {}
    for card in cards:
        overall = text(card, "overall_recommendation")
        if overall and overall != "no_decision":
            latest["overall-evaluation"] = overall
        for attribute in records(items(card, "attributes")):
            code, rating = evaluation_code(text(attribute, "name")), text(attribute, "rating")
            if code and rating and rating != "no_decision":
                latest[code] = rating
    yield from latest.items()


def _take_aways(cards: list[Record]) -> Iterator[str]:
    """The interviewers' summaries; private notes stay where they are."""
    for card in cards:
        for answer in records(items(card, "questions")):
            if text(answer, "question").casefold() == _TAKE_AWAYS and (said := text(answer, "answer")):
                yield unescape(_TAG.sub(" ", said)).strip()


def _forbidden(applications: list[Any], people: dict[str, Record], eeoc: list[Any]) -> Iterator[Problem]:
    """Everything there that may not be collected, at the row of the application it belongs to."""
    row_of: dict[str, int] = {}
    row_of_person: dict[str, int] = {}
    for number, application in enumerate(applications, 1):
        if is_record(application):
            row_of.setdefault(text(application, "id"), number)
            row_of_person.setdefault(text(application, "candidate_id"), number)
            yield from (problem(number, "forbidden-item", column) for column in _forbidden_columns(application))
    for person_id, person in people.items():
        number = row_of_person.get(person_id, 0)
        yield from (problem(number, "forbidden-item", column) for column in _forbidden_columns(person))
    for answers in records(eeoc):
        number = row_of.get(text(answers, "application_id"), 0)
        filled = (key for key, value in answers.items() if value and is_forbidden_heading(key))
        yield from (problem(number, "forbidden-item", f"eeoc.{key}") for key in filled)


def _forbidden_columns(record: Record) -> Iterator[str]:
    for key, value in record.items():
        if value and is_forbidden_heading(key):
            yield key
    custom = inner(record, "custom_fields")
    for key, value in custom.items():
        if value and is_forbidden_heading(key):
            yield f"custom_fields.{key}"
    for key, field in inner(record, "keyed_custom_fields").items():
        named = f"{key} {text(field, 'name')}" if is_record(field) else key
        if key not in custom and field and is_forbidden_heading(named):
            yield f"keyed_custom_fields.{key}"
    for answer in records(items(record, "answers")):
        if text(answer, "answer") and is_forbidden_heading(text(answer, "question")):
            yield "answers"
