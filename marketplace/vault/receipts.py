"""The consent receipt: what a person agreed to, signed, for anyone to check (ISO/IEC TS 27560:2023).

It names no person: they appear under a pseudonym that differs from receipt to receipt. A receipt is a function of the
consent and its record id, so it is issued again byte for byte from the event instead of being stored.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from domain.consent import OutcomeLevel, Permission
from marketplace.vault import jws
from marketplace.vault.master import MasterKeys

TYP = "consent-receipt+jwt"
SCHEMA = "https://w3id.org/dpv/schema/iso-27560#receipt-minimal"
DATA_CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "retain": ("application", "contact", "career", "evaluation"),
    "list": ("career-codes", "salary-band", "prefecture", "recommendation"),
    "outcome-to-source": ("hire-outcome",),
    "channel": ("contact",),
}


class Controller(msgspec.Struct, frozen=True, kw_only=True):
    """Who decides about the data: a company, whose name and address are public."""

    id: UUID
    name: str
    contact_url: str


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """The consent as it was given; `record` is the id of the command that gave it."""

    record: UUID
    permission: Permission
    level: OutcomeLevel | None
    text_version: str
    language: str
    given_at: datetime
    expires_at: datetime
    controller: Controller
    recipients: tuple[Controller, ...] = ()
    withdrawal_url: str


class Receipt(msgspec.Struct, frozen=True):
    """The signed text, and its digest, which stands in `ConsentGiven.receipt`."""

    text: str
    digest: str


class ReceiptOffice:
    """Issues receipts under the installation's signature."""

    def __init__(self, master: MasterKeys) -> None:
        self._signer = jws.Signer(master)
        self._pseudonyms = master.derive("receipt-pseudonym")

    def issue(self, consent: Consent) -> Receipt:
        """Sign a consent; the same consent gives the same receipt."""
        text = jws.issue(self._signer, TYP, self._content(consent))
        return Receipt(text, digest(text))

    def verify(self, text: str) -> dict[str, Any]:
        """The receipt's content, if we signed exactly this. Raises Refused `signature-not-ours`."""
        return verify(text, self._signer.known)

    def _content(self, consent: Consent) -> dict[str, Any]:
        scope = str(consent.permission.scope)
        purpose: dict[str, Any] = {
            "purpose": scope,
            "lawful_basis": "consent",
            "personal_data": DATA_CATEGORIES[scope],
            "recipients": [_party(r) for r in consent.recipients],
            "jurisdiction": "JP",
            "storage": {"until": consent.expires_at.isoformat()},
            "withdrawal_method": consent.withdrawal_url,
        }
        if consent.permission.channel is not None:
            purpose["channel"] = str(consent.permission.channel)
        if consent.level is not None:
            purpose["level"] = str(consent.level)
        return {
            "schema_version": SCHEMA,
            "record_id": str(consent.record),
            "pii_principal_id": str(self._pseudonym(consent.record)),
            "pii_controllers": [_party(consent.controller)],
            "privacy_notice": {"version": consent.text_version, "language": consent.language},
            "purposes": [purpose],
            "events": [
                {
                    "event_type": "consent-given",
                    "event_time": consent.given_at.isoformat(),
                    "valid_until": consent.expires_at.isoformat(),
                    "entity": "pii-principal",
                }
            ],
        }

    def _pseudonym(self, record: UUID) -> UUID:
        return UUID(bytes=hmac.new(self._pseudonyms, record.bytes, hashlib.sha256).digest()[:16], version=4)


def verify(text: str, keys: Mapping[str, Ed25519PublicKey]) -> dict[str, Any]:
    """The receipt's content, if one of `keys` signed exactly this. Raises Refused `signature-not-ours`."""
    return jws.verify(text, TYP, keys)


def digest(text: str) -> str:
    """SHA-256 of a receipt's text, hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _party(controller: Controller) -> dict[str, str]:
    return {"id": str(controller.id), "name": controller.name, "contact": controller.contact_url}
