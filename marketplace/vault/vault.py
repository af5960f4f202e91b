"""The vault as the rest of the house holds it: sealing, opening, finding, and signing, under one master key file."""

from __future__ import annotations

import msgspec

from marketplace.store.database import Database
from marketplace.vault.blind_index import BlindIndex
from marketplace.vault.envelope import Sealer
from marketplace.vault.jws import Signer
from marketplace.vault.keyring import Keyring
from marketplace.vault.lexemes import LexemeKey
from marketplace.vault.master import MasterKeys
from marketplace.vault.receipts import ReceiptOffice


class Vault(msgspec.Struct, frozen=True):
    """One per process."""

    keyring: Keyring
    sealer: Sealer
    blind: BlindIndex
    lexemes: LexemeKey
    receipts: ReceiptOffice
    signer: Signer


def open_vault(keys: Database, master: MasterKeys) -> Vault:
    """`keys` is the database of the keyring, which may be another than that of the records."""
    keyring = Keyring(keys, master)
    return Vault(keyring, Sealer(keyring), BlindIndex(master), LexemeKey(master), ReceiptOffice(master), Signer(master))
