"""A table, CSV or Excel, as rows of applications: headings in Japanese or English, forbidden columns never read."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

import msgspec

from domain.applicant import Outcome
from domain.refusal import Refused
from domain.vocabulary import Kind, mentioned_in
from marketplace.importing.deny_list import is_forbidden_heading, is_forbidden_word
from marketplace.importing.formats import COLUMNS_LIMIT, ROWS_LIMIT, text_of
from marketplace.importing.headers import SCORE, SEVERAL, field_of
from marketplace.importing.outcomes import outcome_of
from marketplace.importing.reading import Form, Problem, problem
from marketplace.importing.row import Draft, Row
from marketplace.importing.values import blank, plain
from marketplace.importing.workbook import table_of

_HEADING_WITHIN_ROWS: Final = 10
_KNOWN_AT_LEAST: Final = 2
_STATUS_LENGTH: Final = 100
_LISTED_ROWS: Final = 200
"""Rows of a forbidden column listed one by one; the rest are counted."""
_BETWEEN = re.compile(r"[,;、，；|｜\n\t]+")
_END_MARK: Final = "\x1f end of file"
Table = Sequence[Sequence[str]]


class _Column(msgspec.Struct, frozen=True):
    """A column that is read: where it stands, what it is called in the file, and which field it fills."""

    at: int
    heading: str
    field: str


def csv_draft(data: bytes) -> Draft:
    """A CSV file. Raises Refused when it cannot be read as a whole."""
    return _draft(Form.CSV, _csv_table(text_of(data)))


def xlsx_draft(data: bytes) -> Draft:
    """An Excel workbook. Raises Refused when it cannot be read as a whole."""
    return _draft(Form.XLSX, table_of(data))


def _csv_table(text: str) -> Table:
    """The cells. An unclosed quotation mark would swallow rows in silence, so the last row must be our mark."""
    first = next((line for line in _lines(text) if line.strip()), "")
    delimiter = max(",\t;", key=first.count)
    table: list[list[str]] = []
    try:
        # Line by line, and no wider than may be: a file of nothing but commas or line ends stays as small as it is.
        for cells in csv.reader(chain(_lines(text), ["\n", _END_MARK]), delimiter=delimiter):
            table.append(_narrowed(cells))
            if len(table) > ROWS_LIMIT + _HEADING_WITHIN_ROWS + 2:
                raise Refused("too-many-rows", limit=ROWS_LIMIT)
    except csv.Error as error:
        raise Refused("table-unreadable") from error
    if table.pop() != [_END_MARK]:
        raise Refused("quotation-never-closed")
    return table


def _lines(text: str) -> io.StringIO:
    """The lines one by one, each with its own end: LF, CRLF or, from old spreadsheets, CR."""
    return io.StringIO(text, newline="")


def _narrowed(cells: list[str]) -> list[str]:
    """As many cells as there may be columns, and one more that is filled if any beyond them is."""
    if len(cells) <= COLUMNS_LIMIT:
        return cells
    return [*cells[:COLUMNS_LIMIT], next((cell for cell in cells[COLUMNS_LIMIT:] if blank(cell)), "")]


def _draft(form: Form, table: Table) -> Draft:
    at = _heading_row(table)
    headings = [blank(cell) for cell in table[at]]
    if len(headings) > COLUMNS_LIMIT and any(headings[COLUMNS_LIMIT:]):
        raise Refused("too-many-columns", limit=COLUMNS_LIMIT)
    forbidden = tuple(i for i, heading in enumerate(headings) if is_forbidden_heading(heading))
    columns, problems = _columns(headings, frozenset(forbidden))
    numbered = [
        (number, cells) for number, cells in enumerate(table[at + 1 :], at + 2) if any(blank(cell) for cell in cells)
    ]
    if len(numbered) > ROWS_LIMIT:
        raise Refused("too-many-rows", limit=ROWS_LIMIT)
    for column in forbidden:
        problems += _forbidden_cells(headings[column], column, numbered)
    return _drafted(form, columns, problems, numbered, len(headings))


def draft_of(form: Form, headings: Sequence[str], numbered: Sequence[tuple[int, Sequence[str]]]) -> Draft:
    """Rows that were set aside, with the headings that were read and the numbers they had: read as any table is."""
    forbidden = frozenset(at for at, heading in enumerate(headings) if is_forbidden_heading(heading))
    columns, problems = _columns(headings, forbidden)
    return _drafted(form, columns, problems, numbered, len(headings))


def _drafted(
    form: Form,
    columns: Sequence[_Column],
    problems: Sequence[Problem],
    numbered: Sequence[tuple[int, Sequence[str]]],
    width: int,
) -> Draft:
    return Draft(
        form=form,
        rows=tuple(_row(number, cells, columns, width) for number, cells in numbered),
        columns=_names(columns),
        problems=tuple(problems),
        headings=tuple((column.heading, column.field) for column in columns),
    )


def _heading_row(table: Table) -> int:
    """Exports put titles above the headings: those are the first row that names an id and one more field we know."""
    for at, cells in enumerate(table[:_HEADING_WITHIN_ROWS]):
        fields = {field_of(blank(cell)) for cell in cells[:COLUMNS_LIMIT] if not is_forbidden_heading(cell)} - {""}
        if fields & {"record_id", "person"} and len(fields) >= _KNOWN_AT_LEAST:
            return at
    raise Refused("id-column-missing")


def _columns(headings: Sequence[str], forbidden: frozenset[int]) -> tuple[tuple[_Column, ...], list[Problem]]:
    columns: list[_Column] = []
    problems: list[Problem] = []
    taken: Counter[str] = Counter()
    for at, heading in enumerate(headings):
        if at in forbidden or not heading:
            continue
        field = field_of(heading)
        if not field:
            problems.append(problem(0, "column-not-read", heading, place=_place(at)))
        elif taken[field] and field not in SEVERAL:
            problems.append(problem(0, "column-repeated", heading))
        else:
            columns.append(_Column(at, heading, field))
        taken[field] += 1
    return tuple(columns), problems


def _names(columns: Sequence[_Column]) -> Mapping[str, str]:
    names: dict[str, str] = {}
    for column in columns:
        names.setdefault(column.field, column.heading)
    names.setdefault("record_id", names.get("person", ""))
    names.setdefault("name", names.get("family_name", names.get("given_name", "")))
    return names


def _forbidden_cells(heading: str, column: int, numbered: Sequence[tuple[int, Sequence[str]]]) -> list[Problem]:
    filled = [number for number, cells in numbered if column < len(cells) and blank(cells[column])]
    place = "" if is_forbidden_word(heading) else _place(column)
    listed = [problem(number, "forbidden-item", heading, place=place) for number in filled[:_LISTED_ROWS]]
    rest = len(filled) - len(listed)
    more = problem(0, "forbidden-item-in-more-rows", heading, count=rest, place=place)
    return [*listed, more] if rest else listed


def _place(at: int) -> str:
    """Where a column stands, in the letters of a spreadsheet."""
    letters = ""
    while at >= 0:
        at, last = at // 26 - 1, at % 26
        letters = chr(ord("A") + last) + letters
    return letters


def _row(number: int, cells: Sequence[str], columns: Sequence[_Column], width: int) -> Row:
    read: dict[str, str] = {}
    for column in columns:
        text = blank(cells[column.at]) if column.at < len(cells) else ""
        if text:
            read[column.field] = f"{read[column.field]},{text}" if column.field in read else text
    person = plain(read.get("person", ""))
    shifted = any(blank(cell) for cell in cells[width:])
    outcome = outcome_of(
        read.get("outcome", ""),
        withdrawn="withdrawn" in read,
        hired="hired" in read,
        rejected="rejected" in read,
    )
    return Row(
        number=number,
        record_id=plain(read.get("record_id", "")) if any(c.field == "record_id" for c in columns) else person,
        person=person,
        name=read.get("name", "") or _joined(read, "family_name", "given_name"),
        kana=read.get("kana", "") or _joined(read, "family_kana", "given_kana"),
        emails=_split(read.get("emails", "")),
        phone=read.get("phone", ""),
        applied=read.get("applied", ""),
        rejected=read.get("rejected", "") if outcome is Outcome.REJECTED else "",
        job_title=read.get("job_title", ""),
        job_type=read.get("job_type", ""),
        channel=read.get("channel", ""),
        stage=read.get("stage", "") or _stage_within(read.get("outcome", "")),
        outcome=outcome,
        reason=read.get("reason", ""),
        skills=_split(read.get("skills", "")),
        languages=_split(read.get("languages", "")),
        scores=tuple((field.removeprefix(SCORE), text) for field, text in read.items() if field.startswith(SCORE)),
        comment=read.get("comment", ""),
        can_contact=read.get("can_contact", ""),
        basis=read.get("basis", ""),
        notice_version=read.get("notice_version", ""),
        fault="row-has-more-cells-than-header" if shifted else "",
        cells=() if shifted else tuple(blank(cells[c.at]) if c.at < len(cells) else "" for c in columns),
    )


def _stage_within(status: str) -> str:
    """`一次面接 不合格` says the stage along with the outcome."""
    return status if len(status) < _STATUS_LENGTH and mentioned_in(status, Kind.STAGE) else ""


def _joined(read: Mapping[str, str], *fields: str) -> str:
    """Family name and given name as one; a person with one name has one."""
    return " ".join(read[field] for field in fields if field in read)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for piece in _BETWEEN.split(text) if (part := blank(piece)))
