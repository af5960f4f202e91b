"""Passkey ceremonies: what an authenticator is asked to sign, and whether what came back is that.

A challenge is used up by the first answer to it, right or wrong, lives five minutes, and works only in the session or the
browser that asked. The person must have been verified (a fingerprint, a PIN), not only present. The names of site and
origin come from the public address; browsers know no passkeys for IP addresses, so a site on loopback has them at `localhost`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_address
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import webauthn
from webauthn.helpers import (
    options_to_json_dict,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from api.visit import Visit
from domain.refusal import Refused
from marketplace.links import digest, new_token
from marketplace.run.settings import Settings

Purpose = Literal["add", "sign-in", "step-up"]
T = TypeVar("T")

LIVES = timedelta(minutes=5)
NOT_ACCEPTED = "passkey-not-accepted"
_MOST_ANSWERING = timedelta(minutes=10)


class Place(msgspec.Struct, frozen=True):
    """Where passkeys work: the name they are bound to, and the address the browser must have open."""

    rp_id: str
    origin: str


class Added(msgspec.Struct, frozen=True):
    """A new passkey's public half."""

    credential: bytes
    public_key: bytes
    sign_count: int


class Signed(msgspec.Struct, frozen=True):
    """What an authenticator signed, before anything is believed of it."""

    credential: bytes
    user_handle: bytes | None
    challenge: bytes
    text: str


def place(settings: Settings) -> Place | None:
    """Where passkeys work; None where the public address is a bare IP address, for which browsers know none."""
    parts = urlsplit(settings.public_url)
    name = parts.hostname or ""
    if not _is_ip(name): return Place(name, settings.public_url)
    if not settings.loopback: return None
    port = "" if parts.port is None else f":{parts.port}"
    return Place("localhost", f"{parts.scheme}://localhost{port}")


def demand_place(settings: Settings) -> Place:
    """The place. Raises Refused `passkeys-not-here`."""
    found = place(settings)
    if found is None: raise Refused("passkeys-not-here")
    return found


def to_add(visit: Visit, *, who: UUID, called: str, known: list[bytes]) -> dict[str, Any]:
    """What a browser needs to make a passkey. One that is `known` already is not made twice."""
    here = demand_place(visit.house.settings)
    options = webauthn.generate_registration_options(
        rp_id=here.rp_id,
        rp_name="Career Relay",
        user_id=who.bytes,
        user_name=called,
        challenge=_challenge(visit, "add"),
        timeout=int(LIVES.total_seconds() * 1000),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
    )
    return options_to_json_dict(options)


def to_sign(visit: Visit, purpose: Purpose, *, known: list[bytes], ceremony: str = "") -> dict[str, Any]:
    """What a browser needs to sign with a passkey: one of the `known`, or whichever the person has for this site."""
    options = webauthn.generate_authentication_options(
        rp_id=demand_place(visit.house.settings).rp_id,
        challenge=_challenge(visit, purpose, ceremony),
        timeout=int(LIVES.total_seconds() * 1000),
        allow_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def added(visit: Visit, text: str) -> Added:
    """The passkey that a browser made. Raises Refused `passkey-not-accepted`."""
    here = demand_place(visit.house.settings)
    credential = _trusting_nothing(lambda: parse_registration_credential_json(text))
    challenge = _challenge_in(credential.response.client_data_json)
    _use(visit, "add", challenge)
    verified = _trusting_nothing(
        lambda: webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=here.rp_id,
            expected_origin=here.origin,
            require_user_verification=True,
        )
    )
    return Added(verified.credential_id, verified.credential_public_key, verified.sign_count)


def signed(visit: Visit, purpose: Purpose, text: str, ceremony: str = "") -> Signed:
    """What came back to a challenge of ours, which is used up now. Raises Refused `passkey-not-accepted`."""
    credential = _trusting_nothing(lambda: parse_authentication_credential_json(text))
    challenge = _challenge_in(credential.response.client_data_json)
    _use(visit, purpose, challenge, ceremony)
    return Signed(credential.raw_id, credential.response.user_handle, challenge, text)


def count_of(visit: Visit, what: Signed, public_key: bytes) -> int:
    """The authenticator's counter, if the signature is this passkey's. Raises Refused `passkey-not-accepted`."""
    here = demand_place(visit.house.settings)
    verified = _trusting_nothing(
        lambda: webauthn.verify_authentication_response(
            credential=what.text,
            expected_challenge=what.challenge,
            expected_rp_id=here.rp_id,
            expected_origin=here.origin,
            credential_public_key=public_key,
            # The counter is held against the stored one by us, after the signature: only its holder can make a copy suspected.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    )
    return verified.new_sign_count


def _challenge(visit: Visit, purpose: Purpose, ceremony: str = "") -> bytes:
    """A new one, noted under its digest."""
    challenge = new_token().encode()
    with visit.house.database.transaction() as connection:
        connection.execute(
            "INSERT INTO passkey_challenge (challenge_hash, purpose, bound_to, expires_at) VALUES (%s, %s, %s, %s)",
            (digest(challenge.decode()), purpose, _bound_to(visit, ceremony), visit.now + LIVES),
        )
    return challenge


def _use(visit: Visit, purpose: Purpose, challenge: bytes, ceremony: str = "") -> None:
    """Use it up, in a transaction of its own: a wrong answer takes it too. Raises Refused `passkey-not-accepted`."""
    with visit.house.database.transaction() as connection:
        taken = connection.execute(
            "DELETE FROM passkey_challenge WHERE challenge_hash = %s AND purpose = %s AND bound_to = %s"
            " AND expires_at > %s AND expires_at <= %s",
            (
                digest(challenge.decode("latin-1")),
                purpose,
                _bound_to(visit, ceremony),
                visit.now,
                visit.now + _MOST_ANSWERING,
            ),
        ).rowcount
    if not taken: raise Refused(NOT_ACCEPTED)


def _bound_to(visit: Visit, ceremony: str) -> bytes:
    """The session, or a visitor's browser and what was told to it alone."""
    return digest(f"{visit.session.id}" if visit.session is not None else f"{visit.held}|{ceremony}")


def _challenge_in(client_data: bytes) -> bytes:
    """The challenge that the browser says it was given; never one that a frame of another site passed on."""
    found = _trusting_nothing(lambda: parse_client_data_json(client_data))
    if found.cross_origin: raise Refused(NOT_ACCEPTED)
    return found.challenge


def _trusting_nothing(act: Callable[[], T]) -> T:
    """Whatever the library says of bytes that a stranger sent: they are not accepted."""
    try:
        return act()
    except Exception:  # noqa: BLE001  it parses foreign CBOR, JSON and keys; each fault of theirs has a type of its own
        raise Refused(NOT_ACCEPTED) from None


def _is_ip(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
