"""Read a file of past applicants: what may be kept, who may be invited, and every fault by row and column.

Eligible is only who the source rejected, has nothing active there, and may be kept on a recorded basis (APPI; PPC Q&A
9-20). A bad row never stops the file; a bad file is refused whole. Nothing is stored: dry run and real run read alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from domain.applicant import Outcome
from domain.refusal import Refused
from marketplace.importing import greenhouse, tabular
from marketplace.importing.fields import checked
from marketplace.importing.formats import ROWS_LIMIT, detect, named_otherwise
from marketplace.importing.mending import set_aside
from marketplace.importing.reading import (
    MOST_SET_ASIDE,
    Applicant,
    Form,
    HeldBack,
    Problem,
    Reading,
    Retention,
    SetAside,
    problem,
)
from marketplace.importing.row import Draft, Row
from marketplace.importing.values import file_name, mail

_READERS = {
    Form.GREENHOUSE_JSON: greenhouse.json_draft,
    Form.GREENHOUSE_ZIP: greenhouse.zip_draft,
    Form.CSV: tabular.csv_draft,
    Form.XLSX: tabular.xlsx_draft,
}
_OWN_OUTCOME = {
    Outcome.WITHDRAWN: HeldBack.WITHDREW,
    Outcome.ACTIVE: HeldBack.ACTIVE,
    Outcome.HIRED: HeldBack.HIRED,
    Outcome.UNKNOWN: HeldBack.OUTCOME_UNKNOWN,
}


def read(data: bytes, filename: str, *, today: date, retention: Retention | None) -> Reading:
    """The whole file, checked against the JST day `today`. Raises Refused, and nothing else, for an unusable file."""
    if not file_name(filename):
        raise Refused("file-name-wrong")
    if retention is not None and not retention.notice_version.strip():
        raise Refused("notice-version-missing")
    form = detect(data)
    draft = _READERS[form](data)
    if not draft.rows:
        raise Refused("file-has-no-rows")
    if len(draft.rows) > ROWS_LIMIT:
        raise Refused("too-many-rows", limit=ROWS_LIMIT)
    misnamed = [problem(0, "file-name-says-otherwise")] if named_otherwise(form, filename) else []
    return _checked(draft, misnamed, today, retention)


def read_rows(
    form: Form,
    headings: Sequence[str],
    numbered: Sequence[tuple[int, Sequence[str]]],
    *,
    today: date,
    retention: Retention | None,
) -> Reading:
    """Rows that were set aside, by the very same rules; the headings are those that were read."""
    return _checked(tabular.draft_of(form, headings, numbered), [], today, retention)


def _checked(draft: Draft, problems: list[Problem], today: date, retention: Retention | None) -> Reading:
    standing = _standing(draft)
    problems = [*problems, *draft.problems]
    applicants: list[Applicant] = []
    aside: list[SetAside] = []
    seen: set[str] = set()
    for row in draft.rows:
        if row.record_id and row.record_id in seen:
            problems.append(problem(row.number, "row-repeated", draft.columns.get("record_id", "")))
            continue
        seen.add(row.record_id)
        person, found = checked(row, draft.columns, today, retention)
        problems += found
        if person is not None:
            applicants.append(msgspec.structs.replace(person, held_back=_held_back(row, person, standing)))
        elif len(aside) < MOST_SET_ASIDE:
            aside.append(set_aside(draft, row, next((standing[key] for key in _keys(row) if key in standing), None)))
    problems.sort(key=lambda fault: (fault.row, fault.column, fault.code))
    return Reading(
        form=draft.form,
        rows_read=len(draft.rows),
        applicants=tuple(applicants),
        problems=tuple(problems),
        set_aside=tuple(aside),
    )


def _standing(draft: Draft) -> dict[str, HeldBack]:
    """People with something active, or hired, anywhere in the file; rows left out for other faults count too."""
    standing: dict[str, HeldBack] = {}
    everyone = [(key, row.outcome) for row in draft.rows for key in _keys(row)]
    for key, outcome in (*everyone, *draft.also_standing):
        if outcome in {Outcome.ACTIVE, Outcome.HIRED}:
            standing.setdefault(key, _OWN_OUTCOME[outcome])
    return standing


def _keys(row: Row) -> tuple[str, ...]:
    """What tells that two rows are one person: the system's id of the person, and each mail address."""
    by_mail = (address.casefold() for text in row.emails if (address := mail(text)))
    return (*([f"person {row.person}"] if row.person else []), *by_mail)


def _held_back(row: Row, person: Applicant, standing: dict[str, HeldBack]) -> HeldBack | None:
    if row.outcome is not Outcome.REJECTED:
        return _OWN_OUTCOME[row.outcome]
    elsewhere = next((standing[key] for key in _keys(row) if key in standing), None)
    if elsewhere is not None:
        return elsewhere
    if person.basis is None:
        return HeldBack.NO_BASIS
    if not person.can_contact:
        return HeldBack.NO_CONTACT
    return HeldBack.CONFIDENTIAL if row.confidential else None
