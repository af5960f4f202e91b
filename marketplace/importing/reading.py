"""What reading a file yields: applicants that may be kept, and faults by row and column, never with a value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from domain.applicant import Outcome, RetentionBasis

MOST_TOLD: Final = 1_000
"""Problems of one file that are answered and kept; nobody puts more right by hand, and a file may have a hundred thousand."""
MOST_SET_ASIDE: Final = 200
"""Quarantined rows of one file that can be put right by hand; of a file with more the export is wrong, not the rows."""

__all__ = [
    "MOST_SET_ASIDE",
    "MOST_TOLD",
    "PROBLEMS",
    "Applicant",
    "Form",
    "HeldBack",
    "Outcome",
    "Problem",
    "Reading",
    "Retention",
    "SetAside",
    "Severity",
    "problem",
]


class Form(StrEnum):
    """What a file turned out to be, by its content."""

    GREENHOUSE_JSON = "greenhouse-json"
    GREENHOUSE_ZIP = "greenhouse-zip"
    CSV = "csv"
    XLSX = "xlsx"


class Severity(StrEnum):
    """`quarantined`: the row is left out. `dropped-field`: the row stays, without that field. `note`: to know."""

    QUARANTINED = "quarantined"
    DROPPED_FIELD = "dropped-field"
    NOTE = "note"


class HeldBack(StrEnum):
    """Why a person who was read may not be invited."""

    WITHDREW = "applicant-withdrew"
    ACTIVE = "application-still-active"
    HIRED = "hired-by-source"
    OUTCOME_UNKNOWN = "outcome-unknown"
    NO_BASIS = "no-basis-for-keeping"
    NO_CONTACT = "asked-not-to-be-contacted"
    CONFIDENTIAL = "confidential-record"


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """What the source declares for a whole file: why it may keep these records, and which wording people were shown."""

    basis: RetentionBasis
    notice_version: str


class Applicant(msgspec.Struct, frozen=True, kw_only=True):
    """One application, checked. Codes are of `domain.vocabulary`, empty where the file says nothing we know."""

    row: int
    record_id: str
    name: str
    kana: str
    emails: tuple[str, ...]
    phone: str
    applied_on: date
    rejected_on: date | None
    job_title: str
    job_type: str
    channel: str
    stage: str
    outcome: Outcome
    reason: str
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    scores: tuple[tuple[str, int], ...]
    comment: str
    can_contact: bool
    basis: RetentionBasis | None
    notice_version: str
    held_back: HeldBack | None

    @property
    def eligible(self) -> bool:
        """They were rejected by the source, have nothing active there, may be kept, and did not say no to contact."""
        return self.held_back is None


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A fault at `row` (0: the whole file) and `column`. `count` is above 1 where one line stands for many rows.

    `place` is set where the heading is none of our words: whoever wrote the file may have put anything there, so it is
    shown to who sent the file and not kept.
    """

    row: int
    column: str
    code: str
    severity: Severity
    count: int = 1
    place: str = ""

    @property
    def kept_column(self) -> str:
        """What is kept of the column: its heading where that is a word of ours, else where it stands in the table."""
        return self.place or self.column


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    """A quarantined row, to be put right by hand: heading and text of each column that is read, and nothing else.

    `held_back`: what else in the file keeps the person from being invited. `mendable`: it stands in a table.
    """

    row: int
    record_id: str
    cells: tuple[tuple[str, str], ...]
    held_back: HeldBack | None

    @property
    def mendable(self) -> bool:
        """There are cells to put right; what is no table is put right where it comes from."""
        return bool(self.cells)


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A file, read: `rows_read` = applicants + quarantined rows + repeated rows. `set_aside`: the first of those rows."""

    form: Form
    rows_read: int
    applicants: tuple[Applicant, ...]
    problems: tuple[Problem, ...]
    set_aside: tuple[SetAside, ...] = ()

    @property
    def told(self) -> tuple[Problem, ...]:
        """What is answered and kept of the problems: the first ones, led by how many more there are."""
        more = len(self.problems) - MOST_TOLD
        if more <= 0:
            return self.problems
        return (problem(0, "more-problems-not-listed", count=more), *self.problems[:MOST_TOLD])

    @property
    def eligible(self) -> tuple[Applicant, ...]:
        """Those who may be invited once the cooling-off period is over."""
        return tuple(person for person in self.applicants if person.eligible)

    @property
    def withdrawn(self) -> tuple[Applicant, ...]:
        """辞退: a segment of its own, never invited as a rejection."""
        return tuple(person for person in self.applicants if person.outcome is Outcome.WITHDRAWN)

    @property
    def quarantined(self) -> Mapping[int, tuple[Problem, ...]]:
        """The rows left out, each with all its reasons."""
        found: dict[int, tuple[Problem, ...]] = {}
        for fault in self.problems:
            if fault.severity is Severity.QUARANTINED:
                found[fault.row] = (*found.get(fault.row, ()), fault)
        return MappingProxyType(found)


_QUARANTINED = (
    "record-id-missing",
    "record-malformed",
    "candidate-record-missing",
    "prospect-never-applied",
    "row-has-more-cells-than-header",
    "name-missing",
    "mail-missing",
    "mail-malformed",
    "application-date-missing",
    "rejection-date-missing",
    "date-unreadable",
    "date-in-future",
    "rejected-before-applied",
    "text-too-long",
    "text-has-control-characters",
)
_DROPPED = (
    "forbidden-item",
    "forbidden-item-in-more-rows",
    "free-text-screened",
    "second-mail-malformed",
    "phone-unreadable",
    "score-unreadable",
    "comment-unusable",
    "skill-not-in-vocabulary",
)
_NOTES = (
    "row-repeated",
    "column-not-read",
    "column-repeated",
    "part-not-read",
    "outcome-not-recognised",
    "stage-not-recognised",
    "contact-wish-not-recognised",
    "basis-not-recognised",
    "file-name-says-otherwise",
    "more-problems-not-listed",
)
PROBLEMS: Mapping[str, Severity] = MappingProxyType(
    dict.fromkeys(_QUARANTINED, Severity.QUARANTINED)
    | dict.fromkeys(_DROPPED, Severity.DROPPED_FIELD)
    | dict.fromkeys(_NOTES, Severity.NOTE)
)


def problem(row: int, code: str, column: str = "", *, count: int = 1, place: str = "") -> Problem:
    """A fault of the table above, with its severity. `column` is a heading of the file, never a value."""
    shown = "".join(sign for sign in column[:60] if sign.isprintable())
    return Problem(row=row, column=shown, code=code, severity=PROBLEMS[code], count=count, place=place)
