"""One row, checked field by field: what a row must have, what it may lack, and what is taken out of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

import msgspec

from domain.applicant import Outcome, RetentionBasis
from domain.vocabulary import Kind
from marketplace.importing.bases import basis_of
from marketplace.importing.coding import code_of
from marketplace.importing.deny_list import mentions_forbidden
from marketplace.importing.reading import Applicant, Problem, Retention, Severity, problem
from marketplace.importing.row import Row
from marketplace.importing.values import EARLIEST, day, mail, phone, plain, readable, score, yes

NAME_LENGTH: Final = 200
TITLE_LENGTH: Final = 300
COMMENT_LENGTH: Final = 4_000
WORDS: Final = 100
MAILS: Final = 5
"""Addresses kept of one person; more than that is a mistake in the export."""
_LIMITS: Final = dict.fromkeys(("record_id", "name", "kana", "notice_version"), NAME_LENGTH) | {
    "job_title": TITLE_LENGTH
}


class _Check(msgspec.Struct, frozen=True):
    """The row under check and the faults found so far; faults name columns as the file does."""

    row: Row
    columns: Mapping[str, str]
    problems: list[Problem]

    def fault(self, code: str, field: str) -> None:
        self.problems.append(problem(self.row.number, code, self.columns.get(field, field)))


def checked(
    row: Row, columns: Mapping[str, str], today: date, retention: Retention | None
) -> tuple[Applicant | None, list[Problem]]:
    """The applicant, or None for a quarantined row; with every fault of it. Who is held back is decided later."""
    check = _Check(row, columns, [])
    if row.fault:
        check.fault(row.fault, "record_id")
        return None, check.problems
    if not row.record_id:
        check.fault("record-id-missing", "record_id")
    _texts(check)
    applied, rejected = _days(check, today)
    emails = _emails(check)
    basis, notice_version = _retention(check, retention)
    applicant = Applicant(
        row=row.number,
        record_id=row.record_id,
        name=row.name,
        kana=row.kana,
        emails=emails,
        phone=_phone(check),
        applied_on=applied or EARLIEST,
        rejected_on=rejected,
        job_title=_screened(check, row.job_title, "job_title"),
        job_type=code_of(row.job_type, Kind.OCCUPATION) or code_of(row.job_title, Kind.OCCUPATION),
        channel=code_of(row.channel, Kind.CHANNEL),
        stage=_stage(check),
        outcome=row.outcome,
        reason=code_of(row.reason, Kind.REASON),
        skills=_codes(check, row.skills, "skills", Kind.SKILL),
        languages=_codes(check, row.languages + row.skills, "", Kind.LANGUAGE),
        scores=_scores(check),
        comment=_comment(check),
        can_contact=_can_contact(check),
        basis=basis,
        notice_version=notice_version,
        held_back=None,
    )
    left_out = any(fault.severity is Severity.QUARANTINED for fault in check.problems)
    return (None if left_out else applicant), check.problems


def _texts(check: _Check) -> None:
    row = check.row
    if not row.name:
        check.fault("name-missing", "name")
    for field, limit in _LIMITS.items():
        text = getattr(row, field)
        if len(text) > limit:
            check.fault("text-too-long", field)
        if not readable(text) or "\n" in text:
            check.fault("text-has-control-characters", field)


def _days(check: _Check, today: date) -> tuple[date | None, date | None]:
    """Both days are needed of a rejection: the first for the basis, the second starts the cooling-off period."""
    row = check.row
    applied = _day(check, row.applied, "applied", today)
    rejected = _day(check, row.rejected, "rejected", today) if row.outcome is Outcome.REJECTED else None
    if not row.applied:
        check.fault("application-date-missing", "applied")
    if row.outcome is Outcome.REJECTED and not row.rejected:
        check.fault("rejection-date-missing", "rejected")
    if row.outcome is Outcome.UNKNOWN:
        check.fault("outcome-not-recognised", "outcome")
    if applied and rejected and rejected < applied:
        check.fault("rejected-before-applied", "rejected")
    return applied, rejected


def _day(check: _Check, text: str, field: str, today: date) -> date | None:
    if not text:
        return None
    found = day(text)
    if found is None or found < EARLIEST:
        check.fault("date-unreadable", field)
    elif found > today:
        check.fault("date-in-future", field)
    return found


def _emails(check: _Check) -> tuple[str, ...]:
    """The addresses that are some, in the file's order. One bad one among good ones is dropped; none good, no row."""
    written = check.row.emails
    good = tuple(dict.fromkeys(address for text in written if (address := mail(text))))
    if not written:
        check.fault("mail-missing", "emails")
    elif not good:
        check.fault("mail-malformed", "emails")
    elif any(mail(text) is None for text in written):
        check.fault("second-mail-malformed", "emails")
    return good[:MAILS]


def _phone(check: _Check) -> str:
    number = phone(check.row.phone) or ""
    if check.row.phone and not number:
        check.fault("phone-unreadable", "phone")
    return number


def _screened(check: _Check, text: str, field: str) -> str:
    if mentions_forbidden(text[:COMMENT_LENGTH]):
        check.fault("free-text-screened", field)
        return ""
    return text


def _comment(check: _Check) -> str:
    comment = check.row.comment
    if len(comment) > COMMENT_LENGTH or not readable(comment.replace("\r", "")):
        check.fault("comment-unusable", "comment")
        return ""
    return _screened(check, comment.replace("\r\n", "\n").replace("\r", "\n"), "comment")


def _stage(check: _Check) -> str:
    code = code_of(check.row.stage, Kind.STAGE)
    if check.row.stage and not code:
        check.fault("stage-not-recognised", "stage")
    return code


def _codes(check: _Check, words: tuple[str, ...], field: str, kind: Kind) -> tuple[str, ...]:
    found = {word: code_of(word, kind) for word in words[:WORDS]}
    if field and any(not code and not code_of(word, Kind.LANGUAGE) for word, code in found.items()):
        check.fault("skill-not-in-vocabulary", field)
    return tuple(dict.fromkeys(code for code in found.values() if code))


def _scores(check: _Check) -> tuple[tuple[str, int], ...]:
    points = [(code, score(text)) for code, text in check.row.scores]
    for code, found in points:
        if found is None:
            check.fault("score-unreadable", f"score:{code}")
    return tuple((code, found) for code, found in points if found is not None)


def _can_contact(check: _Check) -> bool:
    """No column or a blank says nothing against it; a word we do not understand is taken for a no."""
    if not check.row.can_contact:
        return True
    answer = yes(check.row.can_contact)
    if answer is None:
        check.fault("contact-wish-not-recognised", "can_contact")
    return bool(answer)


def _retention(check: _Check, retention: Retention | None) -> tuple[RetentionBasis | None, str]:
    """The row's own basis goes before the file's. A basis without the version of what people were shown is none."""
    version = plain(check.row.notice_version) or (retention.notice_version if retention else "")
    basis = retention.basis if retention else None
    if check.row.basis:
        basis, known = basis_of(check.row.basis)
        if not known:
            check.fault("basis-not-recognised", "basis")
    return (basis, version) if basis and version else (None, "")
