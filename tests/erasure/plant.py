"""Plaintext planted on purpose in every sink, in every encoding: a scan that does not find it proves nothing."""

from __future__ import annotations

import base64
import hashlib
from uuid import uuid4

from marketplace.messages.outbox import write
from marketplace.vault.records import ContactRecord, MailRecord
from marketplace.vault.subject import Subject, SubjectKind
from tests.erasure.canary import ALIGNMENTS, Canary, written
from tests.erasure.stage import ErasureStage

ADDRESS = "email-planted"
_MARKED = {"utf-8": "utf-8", "casefolded": "utf-8", "utf-16le": "utf-16le", "hex": "hex", "percent": "percent", "json": "json"}
_ALIGNED = {f"base64+{offset}": f"base64+{offset}" for offset in ALIGNMENTS}
_DIGESTS = [(name, form) for name in ("md5", "sha1", "sha256") for form in ("raw", "hex", "base64")]
EXPECTED = {name: f"mark:{form}" for name, form in (_MARKED | _ALIGNED).items()}
EXPECTED |= {f"{name} {form}": f"{name}-0:{form}" for name, form in _DIGESTS}
"""What is planted, and the needle that has to find it."""


class Planted:
    """One spoilt text with a mark of its own, and the needle by which it is found."""

    def __init__(self, name: str) -> None:
        canary = Canary()
        address = canary.email(ADDRESS)
        self.name = name
        digest, _, form = name.partition(" ")
        if form:
            raw = hashlib.new(digest, address.encode(), usedforsecurity=False).digest()
            self.text = {"raw": raw, "hex": raw.hex().encode(), "base64": base64.b64encode(raw)}[form]
        else:
            self.text = written(canary.token("planted"))[name]
        self.needle = next(each for each in canary.needles() if each.name == EXPECTED[name])


def plant(staged: ErasureStage, name: str, text: bytes) -> None:
    """Put one spoilt text into every sink: a table of our own, the logs, the mailbox, the folders, the simulator, the vault."""
    staged.sql("CREATE TABLE IF NOT EXISTS planted (name text, spoilt bytea, shown text)")
    staged.sql("ALTER TABLE planted ALTER COLUMN spoilt SET STORAGE EXTERNAL, ALTER COLUMN shown SET STORAGE EXTERNAL")
    shown = text.decode() if text.isascii() and b"\x00" not in text else None
    staged.sql("INSERT INTO planted VALUES (%s, %s, %s)", name, text, shown)
    staged.sql(
        "INSERT INTO stripe_simulator.remembered (key, account, request, status, answer, created) VALUES (%s, %s, %s, 200, %s, 0)",
        *(f"planted {name}", "", text, shown or ""),
    )
    event = uuid4()
    staged.sql(
        "INSERT INTO webhook_inbox (event_id, id, raw, type, object_id, account, received_at)"
        " VALUES (%s, %s, %s, 'planted', '', '', now())",
        *(str(event), event, text),
    )
    for log in (staged.server_log, *staged.process_logs):
        with log.open("ab") as file:
            file.write(b"planted: " + text + b"\n")
    for folder in ("tmp", "cwd", "data"):
        (staged.folder / folder / f"planted-{name}.csv").write_bytes(text)
    _mail(staged, text)


def _mail(staged: ErasureStage, spoilt: bytes) -> None:
    """A mail in the development mailbox and a contact in the vault, both of somebody of no account."""
    house, reader = staged.stage.house, uuid4()
    text = spoilt.decode("latin-1")
    mail = MailRecord(to="planted@example.jp", subject="planted", text=text)
    sealed = house.vault.sealer.seal(Subject(SubjectKind.DEV_MAIL, reader), mail)
    kept = house.vault.sealer.seal(Subject(SubjectKind.CANDIDATE, reader), ContactRecord(email="planted@example.jp", name=text))
    with house.database.transaction() as connection:
        write(connection, sealed.row, kept.row)
        connection.execute("INSERT INTO dev_mail (ref, reader, at) VALUES (%s, %s, now())", (sealed.ref, reader))


def uproot(staged: ErasureStage) -> None:
    """What was planted goes where `relay check` or a page would trip over it; its canary is not looked for again."""
    staged.sql("DROP TABLE planted")
    staged.sql("DELETE FROM webhook_inbox WHERE type = 'planted'")
    staged.sql("DELETE FROM stripe_simulator.remembered WHERE key LIKE 'planted%%'")
    staged.sql("DELETE FROM dev_mail USING vault_record v WHERE v.ref = dev_mail.ref AND v.subject_kind = 'dev-mail'")
    staged.sql("DELETE FROM vault_record WHERE subject_kind IN ('dev-mail', 'candidate')")
