"""Consent receipts: signed, checkable by anyone, naming nobody."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from domain.consent import OutcomeLevel, Permission, Scope
from domain.ids import CompanyId
from domain.refusal import Refused
from marketplace.vault import jws, receipts
from marketplace.vault.master import MasterKeys
from marketplace.vault.receipts import Consent, Controller, ReceiptOffice

MASTER = MasterKeys.from_key(bytes(range(32)))
OFFICE = ReceiptOffice(MASTER)
RELAY = Controller(id=UUID(int=1), name="架空リレー株式会社", contact_url="https://relay.example/privacy")
CONSENT = Consent(
    record=UUID(int=99),
    permission=Permission(scope=Scope.OUTCOME_TO_SOURCE, company=CompanyId(UUID(int=2))),
    level=OutcomeLevel.HIRED,
    text_version="2027-01",
    language="ja",
    given_at=datetime(2027, 3, 1, 3, 0, tzinfo=UTC),
    expires_at=datetime(2027, 9, 1, 3, 0, tzinfo=UTC),
    controller=RELAY,
    recipients=(Controller(id=UUID(int=2), name="架空商事株式会社", contact_url="https://source.example"),),
    withdrawal_url="https://relay.example/consents",
)


def test_a_receipt_says_what_was_agreed_to_and_is_checked_with_the_public_key_alone() -> None:
    receipt = OFFICE.issue(CONSENT)
    content = receipts.verify(receipt.text, jws.Signer(MASTER).known)
    assert content["record_id"] == str(UUID(int=99))
    assert content["pii_controllers"][0]["name"] == "架空リレー株式会社"
    purpose = content["purposes"][0]
    assert (purpose["purpose"], purpose["level"], purpose["jurisdiction"]) == ("outcome-to-source", "hired", "JP")
    assert purpose["recipients"][0]["name"] == "架空商事株式会社"
    assert purpose["withdrawal_method"] == "https://relay.example/consents"
    assert content["events"][0]["valid_until"] == "2027-09-01T03:00:00+00:00"
    assert content["privacy_notice"] == {"version": "2027-01", "language": "ja"}


def test_the_same_consent_gives_the_same_receipt_so_it_need_not_be_stored() -> None:
    assert OFFICE.issue(CONSENT) == ReceiptOffice(MasterKeys.from_key(bytes(range(32)))).issue(CONSENT)


def test_the_digest_is_of_the_whole_text() -> None:
    receipt = OFFICE.issue(CONSENT)
    assert receipt.digest == receipts.digest(receipt.text)
    assert len(receipt.digest) == 64


def test_the_person_has_another_name_on_every_receipt() -> None:
    other = msgspec.structs.replace(CONSENT, record=UUID(int=100))
    names = {OFFICE.verify(OFFICE.issue(c).text)["pii_principal_id"] for c in (CONSENT, other)}
    assert len(names) == 2


def test_every_scope_says_which_data_it_is_about() -> None:
    assert set(receipts.DATA_CATEGORIES) == {str(scope) for scope in Scope}


def forged(text: str, **changes: object) -> str:
    header, body, signature = text.split(".")
    content = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    changed = base64.urlsafe_b64encode(json.dumps({**content, **changes}).encode()).rstrip(b"=").decode()
    return f"{header}.{changed}.{signature}"


def with_header(text: str, **header: str) -> str:
    _, body, signature = text.split(".")
    return f"{base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b'=').decode()}.{body}.{signature}"


TEXT = OFFICE.issue(CONSENT).text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        "a.b.c",
        "あ.い.う",
        TEXT + "=",
        TEXT[:-4] + "AAAA",
        forged(TEXT, record_id=str(UUID(int=1))),
        with_header(TEXT, alg="none", typ=receipts.TYP, kid=jws.Signer(MASTER).kid),
        with_header(TEXT, alg="EdDSA", typ=receipts.TYP, kid="unknown"),
        with_header(TEXT, alg="EdDSA", typ=receipts.TYP),
        jws.issue(jws.Signer(MASTER), "erasure-certificate+jwt", {"a": 1}),
        jws.issue(jws.Signer(MasterKeys.from_key(bytes(32))), receipts.TYP, {"a": 1}),
    ],
)
def test_what_we_did_not_sign_as_a_receipt_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="signature-not-ours"):
        OFFICE.verify(text)


def test_every_flipped_character_of_the_body_is_noticed() -> None:
    for at in range(0, len(TEXT), 37):
        flipped = TEXT[:at] + ("A" if TEXT[at] != "A" else "B") + TEXT[at + 1 :]
        with pytest.raises(Refused, match="signature-not-ours"):
            OFFICE.verify(flipped)
