"""What may be said of a person: the types of records in the vault, and opening one's own.

Every `str` and `bytes` in here is personal. No event, mail log, queue, cache or provider's field holds any of it; they
hold the reference. A controller opens its own records with `open_own`; what a company received opens only in
`disclosure`, what the law makes us keep only in `statutory`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
import psycopg

from domain.event import stable_name
from domain.ids import VaultRef
from domain.refusal import Refused
from marketplace.vault import envelope
from marketplace.vault.envelope import R, Record
from marketplace.vault.keyring import Keyring
from marketplace.vault.subject import Subject, SubjectKind

__all__ = ["R", "Record", "open_many", "open_own"]


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class ApplicantRecord(Record, frozen=True, kw_only=True):
    """An applicant as a source brought them in. Subject: applicant."""

    name: str
    kana: str = ""
    emails: tuple[str, ...] = ()
    phone: str = ""
    job_title: str = ""
    employer: str = ""
    reason_words: str = ""
    record_id: str = ""
    links: tuple[str, ...] = ()


class UploadedFile(Record, frozen=True, kw_only=True):
    """An export on its way in. Subject: applicant, the batch as id; its key is destroyed after the import."""

    data: bytes
    filename: str


class SetAsideRow(Record, frozen=True, kw_only=True):
    """A row of an import that was set aside, to be put right: heading and text of each cell that is read, and what else
    in its file keeps the person from being invited. Subject: applicant, an id of the row's own.
    """

    cells: tuple[tuple[str, str], ...]
    held_back: str = ""


class EvaluationRecord(Record, frozen=True, kw_only=True):
    """The source's own words about an applicant; never leaves the source. Subject: applicant."""

    comments: tuple[tuple[str, str], ...]
    evaluated_by: str = ""


class ContactRecord(Record, frozen=True, kw_only=True):
    """How to reach a candidate. Subject: candidate."""

    email: str
    name: str = ""
    kana: str = ""
    phone: str = ""


class LineRecord(Record, frozen=True, kw_only=True):
    """A candidate's account at LINE, as LINE numbers it for us. Subject: candidate."""

    account: str


class ProfileRecord(Record, frozen=True, kw_only=True):
    """One version of a candidate's profile in their own words. Subject: candidate."""

    headline: str
    career: str = ""
    employer: str = ""
    salary_wish_yen: int | None = None
    links: tuple[str, ...] = ()


class Recommendation(Record, frozen=True, kw_only=True):
    """What a source says for a candidate, read by them first. Subject: candidate."""

    text: str


class ReceivedCopy(Record, frozen=True, kw_only=True):
    """Exactly what a hiring company received; what was not approved is None. Subject: received."""

    name: str | None = None
    kana: str | None = None
    email: str | None = None
    phone: str | None = None
    headline: str | None = None
    career: str | None = None
    links: tuple[str, ...] | None = None
    employer: str | None = None
    salary_wish_yen: int | None = None
    recommendation: str | None = None


class Party(_Part, frozen=True, kw_only=True):
    """A company as a provision record names it."""

    name: str
    address: str
    representative: str


class ProvisionParties(Record, frozen=True, kw_only=True):
    """Who gave whose data to whom, and how it was come by (APPI 29 and 30). Subject: statutory."""

    third_party: Party
    principal_name: str
    items: tuple[str, ...]
    acquisition: str


class SeekerRecord(Record, frozen=True, kw_only=True):
    """What the seeker ledger (求職管理簿) wants of a person. Subject: statutory."""

    name: str
    address: str
    birth_date: date


class Representative(Record, frozen=True, kw_only=True):
    """The person who represents a company (代表者). Subject: company."""

    name: str
    title: str = ""


class MemberRecord(Record, frozen=True, kw_only=True):
    """A person who works for a company here; sealed under `VaultRef(user)`. Subject: company-user."""

    name: str
    email: str


class PasskeyName(Record, frozen=True, kw_only=True):
    """What a person calls one of their passkeys. Subject: candidate or company-user."""

    name: str


class AddressChange(Record, frozen=True, kw_only=True):
    """A change of the address a company user signs in with. Subject: company-user."""

    old: str
    new: str


class Component(_Part, frozen=True, kw_only=True):
    """One part of a yearly salary, and whether the fee base includes it."""

    label: str
    amount_yen: int
    included: bool


class AskNote(Record, frozen=True, kw_only=True):
    """Why a company asks for this very person, for the person to read. Subject: received."""

    text: str


class HireComponents(Record, frozen=True, kw_only=True):
    """What the fee base (理論年収) is made of. Subject: candidate."""

    components: tuple[Component, ...]


class Evidence(Record, frozen=True, kw_only=True):
    """A claim's proof, a legal opinion, a legal ground. Subject: received for a claim, else company."""

    text: str


class InterviewPlace(Record, frozen=True, kw_only=True):
    """Where an interview takes place, in the company's words. Subject: received."""

    text: str


class QuestionRecord(Record, frozen=True, kw_only=True):
    """What a person asks a company before deciding. Subject: received."""

    text: str


class AnswerRecord(Record, frozen=True, kw_only=True):
    """What the company answers. Subject: received."""

    text: str


class GlassWords(Record, frozen=True, kw_only=True):
    """Why somebody of the operator opened a person's values, in words; they go with the person. Subject: candidate."""

    text: str


class ErasureCertificate(Record, frozen=True, kw_only=True):
    """The signed certificate of an erasure (compact JWS). Subject: statutory."""

    jws: str


class MailRecord(Record, frozen=True, kw_only=True):
    """A mail as it went out, for the development mailbox. Subject: dev-mail."""

    to: str
    subject: str
    text: str
    html: str = ""


class Lexemes(msgspec.Struct, frozen=True):
    """Stands for what is no record: a `lexemes_ref` names keyed search lexemes (`vault/lexemes.py`)."""


EVENT_RECORDS: Mapping[str, type[Record | Lexemes]] = {
    "ApplicantImported.ref": ApplicantRecord,
    "ApplicantUpdated.ref": ApplicantRecord,
    "EvaluationRecorded.ref": EvaluationRecord,
    "CandidateRegistered.contact_ref": ContactRecord,
    "ContactChanged.contact_ref": ContactRecord,
    "ContactChanged.old_ref": ContactRecord,
    "LineConnected.line_ref": LineRecord,
    "ProfileSaved.ref": ProfileRecord,
    "ProfileSaved.lexemes_ref": Lexemes,
    "SeekerRecordSealed.ref": SeekerRecord,
    "CandidateErased.certificate_ref": ErasureCertificate,
    "CompanyAdmitted.representative_ref": Representative,
    "LegalOpinionRecorded.opinion_ref": Evidence,
    "RecommendationWritten.ref": Recommendation,
    "RecoveryProposed.evidence_ref": Evidence,
    "RecommendationWritten.lexemes_ref": Lexemes,
    "CardPublished.lexemes_ref": Lexemes,
    "RequestExplained.why_ref": AskNote,
    "CandidateAsked.profile_ref": ProfileRecord,
    "IdentityDisclosed.ref": ReceivedCopy,
    "ProvisionRecorded.ref": ProvisionParties,
    "PriorContactClaimed.evidence_ref": Evidence,
    "InterviewTimesNamed.place_ref": InterviewPlace,
    "QuestionAsked.ref": QuestionRecord,
    "QuestionAnswered.ref": AnswerRecord,
    "HireReported.components_ref": HireComponents,
    "BaseCorrected.components_ref": HireComponents,
    "FeeWrittenOff.legal_ground_ref": Evidence,
    "GlassBroken.words_ref": GlassWords,
}
"""Event and field → what the reference names there. A test holds that no event's reference is missing."""

GUARDED = frozenset({SubjectKind.STATUTORY})
"""Kinds that no controller opens on its own; what a company received is guarded by type, see `open_own`."""


def open_own(
    keyring: Keyring,
    connection: psycopg.Connection[Any],
    subject: Subject,
    ref: VaultRef,
    record: type[R],
    *,
    version: int | None = None,
) -> R:
    """A controller reads its own record, the latest version unless one is named.

    Raises Refused `not-opened-here` for a received copy or a statutory record, `record-gone` when there is no such
    record (any more), `record-unreadable` when the row was moved or altered.
    """
    _refuse_guarded(subject, record)
    return envelope.open_one(keyring, connection, subject, ref, record, version=version)


def open_many(
    keyring: Keyring, connection: psycopg.Connection[Any], wanted: Sequence[tuple[Subject, VaultRef]], record: type[R]
) -> dict[VaultRef, R]:
    """A controller reads many of its own records at once; those that are gone are left out. Raises as `open_own`."""
    for subject, _ in wanted:
        _refuse_guarded(subject, record)
    return envelope.open_several(keyring, connection, wanted, record)


def _refuse_guarded(subject: Subject, record: type[Record]) -> None:
    if subject.kind in GUARDED or record is ReceivedCopy:
        raise Refused("not-opened-here", record=stable_name(record.__name__))
