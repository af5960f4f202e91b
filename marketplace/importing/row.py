"""What every reader hands to the check: one application as the file words it, nothing judged but its outcome."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from domain.applicant import Outcome
from marketplace.importing.reading import Form, Problem


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Texts as written, blank for absent. `person` is the same human across rows; `fault` was found in reading."""

    number: int
    record_id: str = ""
    person: str = ""
    name: str = ""
    kana: str = ""
    emails: tuple[str, ...] = ()
    phone: str = ""
    applied: str = ""
    rejected: str = ""
    job_title: str = ""
    job_type: str = ""
    channel: str = ""
    stage: str = ""
    outcome: Outcome = Outcome.UNKNOWN
    reason: str = ""
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    scores: tuple[tuple[str, str], ...] = ()
    comment: str = ""
    can_contact: str = ""
    basis: str = ""
    notice_version: str = ""
    confidential: bool = False
    fault: str = ""
    cells: tuple[str, ...] = ()
    """As the table has them, in the order of `Draft.headings`; none where the columns may have shifted."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A file before the check. `columns` names fields as the file does; `also_standing` are people elsewhere in it."""

    form: Form
    rows: tuple[Row, ...]
    columns: Mapping[str, str]
    problems: tuple[Problem, ...]
    also_standing: tuple[tuple[str, Outcome], ...] = ()
    headings: tuple[tuple[str, str], ...] = ()
    """The columns that are read, each with its field; none where the file is no table."""
