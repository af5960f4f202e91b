"""E-mail addresses and phone numbers as keyed digests: who is this, and whom do we not write to.

Two keys, so that what survives an erasure (a suppression, with its basis) cannot be matched with what does not.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import phonenumbers
import psycopg
from psycopg.rows import tuple_row

from domain.ids import ApplicantId, CandidateId, CompanyId, CompanyToken
from domain.refusal import Refused
from marketplace.vault.companion import CompanionRow, bytea
from marketplace.vault.master import MasterKeys
from marketplace.vault.subject import Subject, SubjectKind

FROM_NOBODY = CompanyId(UUID(int=0))
"""The company of a suppression that holds for everyone who writes through the relay."""

_MAILBOX = re.compile(r"[^\s@\x00-\x1f]{1,64}@[^\s@\x00-\x1f]{1,255}")
_CORPORATE_NUMBER = re.compile(r"[0-9]{13}")


class AddressKind(StrEnum):
    """What kind of address."""

    EMAIL = "email"
    PHONE = "phone"
    LINE = "line"


class Basis(StrEnum):
    """Why nobody writes to an address any more."""

    DISOWNED = "disowned"
    """「心当たりがない」: the reader does not know the sender."""
    OPT_OUT = "opt-out"


def normal_email(text: str) -> str:
    """One spelling for one mailbox: NFKC, lower case, domain in ASCII. Raises Refused `email-not-understood`."""
    folded = unicodedata.normalize("NFKC", text).strip().casefold()
    if not _MAILBOX.fullmatch(folded):
        raise Refused("email-not-understood")
    local, _, domain = folded.partition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise Refused("email-not-understood") from None


def normal_phone(text: str) -> str:
    """E.164; a number without a country is Japanese. Raises Refused `phone-not-understood`."""
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", text), "JP")
    except phonenumbers.NumberParseException:
        raise Refused("phone-not-understood") from None
    if not phonenumbers.is_possible_number(number):
        raise Refused("phone-not-understood")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


_NORMAL: Mapping[AddressKind, Callable[[str], str]] = {
    AddressKind.EMAIL: normal_email,
    AddressKind.PHONE: normal_phone,
    AddressKind.LINE: lambda text: text.strip(),
}


class BlindIndex:
    """Digests of addresses and corporate numbers under keys derived from the master key file."""

    def __init__(self, master: MasterKeys) -> None:
        self._index_key = master.derive("blind-index")
        self._suppression_key = master.derive("suppression")
        self._token_key = master.derive("company-token")
        self._record_key = master.derive("applicant-record")

    def row(
        self, subject: Subject, kind: AddressKind, address: str, *, controller: CompanyId | None = None
    ) -> CompanionRow:
        """The row that lets `find` lead from the address to the subject. An applicant's needs its `controller`."""
        digest = self._digest(subject.kind, kind, address, controller)
        values = {
            "kind": str(kind),
            "digest": bytea(digest),
            "subject_kind": str(subject.kind),
            "subject_id": str(subject.id),
        }
        return CompanionRow("blind_address", values)

    def find(
        self,
        connection: psycopg.Connection[Any],
        who: SubjectKind,
        kind: AddressKind,
        address: str,
        *,
        controller: CompanyId | None = None,
    ) -> tuple[UUID, ...]:
        """The subjects of that kind with this address; at most one candidate has an e-mail address."""
        digest = self._digest(who, kind, address, controller)
        query = "SELECT subject_id FROM blind_address WHERE digest = %s AND subject_kind = %s ORDER BY subject_id"
        with connection.cursor(row_factory=tuple_row) as cursor:
            return tuple(row[0] for row in cursor.execute(query, (digest, str(who))))

    def forget(self, connection: psycopg.Connection[Any], subject: Subject, kind: AddressKind, address: str) -> None:
        """The address leads to the subject no more. A second time changes nothing."""
        connection.execute(
            "DELETE FROM blind_address WHERE digest = %s AND subject_kind = %s AND subject_id = %s",
            (self._digest(subject.kind, kind, address, None), str(subject.kind), subject.id),
        )

    def forget_kind(self, connection: psycopg.Connection[Any], subject: Subject, kind: AddressKind) -> None:
        """No address of this kind leads to the subject any more."""
        connection.execute(
            "DELETE FROM blind_address WHERE kind = %s AND subject_kind = %s AND subject_id = %s",
            (str(kind), str(subject.kind), subject.id),
        )

    def suppress(
        self, kind: AddressKind, address: str, basis: Basis, *, company: CompanyId = FROM_NOBODY, now: datetime
    ) -> CompanionRow:
        """The row that stops mail to an address, from one company or from everyone."""
        digest = self._suppressed(kind, address)
        values = {
            "kind": str(kind),
            "digest": bytea(digest),
            "basis": str(basis),
            "company": str(company),
            "since": now.isoformat(),
        }
        return CompanionRow("suppression", values)

    def suppressed(
        self, connection: psycopg.Connection[Any], kind: AddressKind, address: str, *, company: CompanyId
    ) -> Basis | None:
        """Why this company may not write to the address, or None."""
        query = "SELECT basis FROM suppression WHERE digest = %s AND company IN (%s, %s) ORDER BY since, basis LIMIT 1"
        with connection.cursor(row_factory=tuple_row) as cursor:
            found = cursor.execute(query, (self._suppressed(kind, address), FROM_NOBODY, company)).fetchone()
        return None if found is None else Basis(found[0])

    def company_token(self, corporate_number: str) -> CompanyToken:
        """A corporate number (法人番号) as a token for blocks. Raises Refused `corporate-number-not-13-digits`."""
        number = unicodedata.normalize("NFKC", corporate_number).strip()
        if not _CORPORATE_NUMBER.fullmatch(number):
            raise Refused("corporate-number-not-13-digits")
        return CompanyToken(UUID(bytes=_hmac(self._token_key, number)[:16], version=4))

    def applicant_id(self, company: CompanyId, system: str, record_id: str) -> ApplicantId:
        """The stream of a source's record: the same system and record id lead to the same, and nobody can go back."""
        return ApplicantId(UUID(bytes=_hmac(self._record_key, f"{company}|{system}|{record_id}")[:16], version=4))

    def _digest(self, who: SubjectKind, kind: AddressKind, address: str, controller: CompanyId | None) -> bytes:
        # Two sources' applicants must not be found to be one person: an applicant's digest is its source's own.
        if (who is SubjectKind.APPLICANT) != (controller is not None):
            message = f"{who} with controller {controller}"
            raise ValueError(message)
        return _hmac(self._index_key, f"{who}|{controller or ''}|{kind}|{_NORMAL[kind](address)}")

    def _suppressed(self, kind: AddressKind, address: str) -> bytes:
        return _hmac(self._suppression_key, f"{kind}|{_NORMAL[kind](address)}")


def move(connection: psycopg.Connection[Any], absorbed: CandidateId, survivor: CandidateId) -> int:
    """After a merge the addresses of the absorbed registration lead to the survivor. Answers how many moved."""
    return connection.execute(
        "UPDATE blind_address b SET subject_id = %(survivor)s"
        " WHERE b.subject_kind = 'candidate' AND b.subject_id = %(absorbed)s"
        " AND NOT EXISTS (SELECT FROM blind_address o WHERE o.digest = b.digest AND o.subject_kind = 'candidate'"
        " AND o.subject_id = %(survivor)s)",
        {"absorbed": absorbed, "survivor": survivor},
    ).rowcount


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
