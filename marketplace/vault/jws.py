"""Signed statements as compact JWS (EdDSA, RFC 7515 and 8037): checked offline by anyone with the public key."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from domain.refusal import Refused
from marketplace.vault.master import MasterKeys

PARTS = 3


class Signer:
    """The installation's Ed25519 key, derived from the master key file. Signing the same twice gives the same bytes."""

    def __init__(self, master: MasterKeys) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(master.derive("signature"))
        self.public = self._private.public_key()
        self.kid = hashlib.sha256(self.public.public_bytes_raw()).hexdigest()[:16]

    def sign(self, content: bytes) -> bytes:
        """The 64-byte signature of these bytes."""
        return self._private.sign(content)

    @property
    def known(self) -> dict[str, Ed25519PublicKey]:
        """Key id → public key, as `verify` takes it."""
        return {self.kid: self.public}


def issue(signer: Signer, typ: str, payload: Mapping[str, Any]) -> str:
    """Sign a payload. Keys are sorted, so the same payload is the same text for ever."""
    header = _b64(msgspec.json.encode({"alg": "EdDSA", "kid": signer.kid, "typ": typ}, order="sorted"))
    body = _b64(msgspec.json.encode(payload, order="sorted"))
    return f"{header}.{body}.{_b64(signer.sign(f'{header}.{body}'.encode()))}"


def verify(text: str, typ: str, keys: Mapping[str, Ed25519PublicKey]) -> dict[str, Any]:
    """The payload, if one of `keys` signed exactly this as a `typ`. Raises Refused `signature-not-ours`."""
    parts = text.split(".")
    if len(parts) != PARTS or not text.isascii():
        raise Refused("signature-not-ours")
    try:
        header = msgspec.json.decode(_unb64(parts[0]), type=dict[str, str])
        if header.get("alg") != "EdDSA" or header.get("typ") != typ:
            raise Refused("signature-not-ours")
        keys[header["kid"]].verify(_unb64(parts[2]), f"{parts[0]}.{parts[1]}".encode())
        return msgspec.json.decode(_unb64(parts[1]), type=dict[str, Any])
    except (ValueError, KeyError, InvalidSignature):
        raise Refused("signature-not-ours") from None


def _b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _b64(content) != text:  # a second spelling of the same bytes would be a second document
        raise ValueError(text)
    return content
