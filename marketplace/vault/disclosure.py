"""The only way a company sees a candidate: the copy it received, opened behind the gate, with the look written down.

`make_received_copy` makes that copy from exactly the approved items, once, when the share is disclosed; `open_received`
opens it for as long as the gate stands open (rules 2, 3 and 11).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec
import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from domain.ids import CandidateId, CompanyToken, IntroductionId, VaultRef
from domain.introduction import Direction, Item
from domain.refusal import Refused
from marketplace.vault import access_log, envelope, statutory
from marketplace.vault.access_log import Viewer
from marketplace.vault.envelope import Sealed, Sealer
from marketplace.vault.keyring import Keyring
from marketplace.vault.masked import MaskedKeyring
from marketplace.vault.records import (
    ContactRecord,
    Evidence,
    Party,
    ProfileRecord,
    ProvisionParties,
    QuestionRecord,
    ReceivedCopy,
    Recommendation,
)
from marketplace.vault.subject import Subject, SubjectKind
from projections.gate import BARRED, is_barred, is_open, may_see, tokens_of

# FOR SHARE: a revocation that is being written at this moment comes wholly before this look or wholly after it.
_OPEN_COPY = f"""
    SELECT r.ref, r.person
    FROM gate g
    JOIN vault_record r ON r.subject_kind = 'received' AND r.subject_id = g.subject AND r.class = 'received-copy'
    CROSS JOIN LATERAL (SELECT r.person AS candidate) c
    WHERE g.subject = %(introduction)s AND g.what = 'share' AND g.object = %(company)s
      AND g.open AND (g.expires_at IS NULL OR g.expires_at > %(now)s)
      AND NOT {BARRED}
    ORDER BY r.version DESC LIMIT 1
    FOR SHARE OF g
"""  # noqa: S608  put together from a constant of projections/gate


class TokenViewer(Viewer, Protocol):
    """Who looks, with the tokens by which rule 5 knows them."""

    @property
    def tokens(self) -> frozenset[CompanyToken]:
        """Those of every company the viewer serves, and of their groups."""
        ...


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where the copy comes from: the contact, the profile as it was shown, a recommendation that was read."""

    contact: VaultRef
    profile: VaultRef
    profile_commit: str
    recommendation: VaultRef | None = None


class Provision(msgspec.Struct, frozen=True, kw_only=True):
    """What the provision records say beside the person: both companies, how the data was come by, how long to keep."""

    provider: Party
    receiver: Party
    acquisition: str
    retain_until: date


class Handed(msgspec.Struct, frozen=True, kw_only=True):
    """The received copy and the two provision records' parties, for `IdentityDisclosed` and `ProvisionRecorded`."""

    copy: Sealed
    provided: Sealed
    received: Sealed

    @property
    def all(self) -> tuple[Sealed, Sealed, Sealed]:
        """All three, whose rows go into the append."""
        return self.copy, self.provided, self.received


def open_received(
    keyring: Keyring,
    connection: psycopg.Connection[Any],
    viewer: TokenViewer,
    introduction: IntroductionId,
    *,
    now: datetime,
    purpose: str = "selection",
) -> ReceivedCopy:
    """Open what the viewer's company received: gate, access log and decryption in one transaction of its own.

    Raises Refused `copy-not-open` whatever the reason, and then nothing is written. No row in the log, no bytes: the
    copy is handed out only after the commit.
    """
    if connection.info.transaction_status is not TransactionStatus.IDLE:
        message = "a look needs a transaction of its own: one around it could still take back the access log"
        raise RuntimeError(message)
    with connection.transaction():
        ref, person = _open_copy(connection, viewer, introduction, now)
        subject = received(introduction)
        try:
            copy = envelope.open_one(keyring, connection, subject, ref, ReceivedCopy)
        except Refused as refusal:
            if refusal.code == "record-gone":
                raise Refused("copy-not-open") from None
            raise
        access_log.write(
            connection,
            viewer,
            subject,
            items=items_in(copy),
            purpose=purpose,
            now=now,
            candidate=person,
            introduction=introduction,
        )
    return copy


def open_recommendation(
    keyring: Keyring,
    connection: psycopg.Connection[Any],
    viewer: TokenViewer,
    candidate: CandidateId,
    ref: VaultRef,
    *,
    now: datetime,
) -> str:
    """What a source says for a person whose card the viewer may see; the caller knows that it is shared with them.

    Gate, access log and decryption are one transaction, and the gate is looked at again at its end: what was withdrawn
    while it was being opened is not shown any more. Raises Refused `copy-not-open` whatever the reason.
    """
    if connection.info.transaction_status is not TransactionStatus.IDLE:
        message = "a look needs a transaction of its own: one around it could still take back the access log"
        raise RuntimeError(message)
    own = Subject(SubjectKind.CANDIDATE, candidate)
    with connection.transaction():
        if not may_see(connection, candidate, viewer.tokens, now): raise Refused("copy-not-open")
        try:
            text = envelope.open_one(keyring, connection, own, ref, Recommendation).text
        except Refused as refusal:
            if refusal.code == "record-gone":
                raise Refused("copy-not-open") from None
            raise
        items = [str(Item.RECOMMENDATION)]
        if not isinstance(keyring, MaskedKeyring):  # who sees only that there is one has not looked
            access_log.write(connection, viewer, own, items=items, purpose="catalogue", now=now, candidate=candidate)
        if not may_see(connection, candidate, viewer.tokens, now): raise Refused("copy-not-open")
    return text


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """What lies behind the glass: how to reach the person, and their profile if they have written one."""

    contact: ContactRecord
    profile: ProfileRecord | None


_GLASS = """
    SELECT FROM gate g
    WHERE g.subject = %(candidate)s AND g.what = 'glass' AND g.object = %(user)s AND g.open AND g.expires_at > %(now)s
      AND NOT EXISTS (SELECT FROM gate e WHERE e.subject = g.subject AND e.what = 'erased' AND e.open)
    FOR SHARE OF g
"""


def open_behind_glass(
    keyring: Keyring,
    connection: psycopg.Connection[Any],
    viewer: Viewer,
    candidate: CandidateId,
    *,
    contact: VaultRef,
    profile: VaultRef | None,
    now: datetime,
) -> Behind:
    """One person's values for whoever of the operator broke the glass to them, while it is open.

    Gate, access log and decryption are one transaction; each look is one line that the person reads. Raises Refused
    `glass-not-open`, and then nothing is written.
    """
    if connection.info.transaction_status is not TransactionStatus.IDLE:
        message = "a look needs a transaction of its own: one around it could still take back the access log"
        raise RuntimeError(message)
    own = Subject(SubjectKind.CANDIDATE, candidate)
    with connection.transaction():
        asked = {"candidate": candidate, "user": viewer.user, "now": now}
        if connection.execute(_GLASS.encode(), asked).fetchone() is None: raise Refused("glass-not-open")
        found = Behind(
            contact=envelope.open_one(keyring, connection, own, contact, ContactRecord),
            profile=None if profile is None else envelope.open_one(keyring, connection, own, profile, ProfileRecord),
        )
        items = [Item.NAME, Item.EMAIL, Item.PHONE, *([Item.CAREER, Item.EMPLOYER, Item.SALARY_WISH] if profile else [])]
        access_log.write(connection, viewer, own, items=map(str, items), purpose="glass", now=now, candidate=candidate)
    return found


def open_evidence(
    keyring: Keyring,
    connection: psycopg.Connection[Any],
    viewer: Viewer,
    introduction: IntroductionId,
    ref: VaultRef,
    *,
    candidate: CandidateId,
    now: datetime,
) -> str:
    """What a company handed in as proof of a prior contact, for the person of the operator who decides on it.

    The look is written down for the candidate. Raises Refused `record-gone` once the person is erased.
    """
    if connection.info.transaction_status is not TransactionStatus.IDLE:
        message = "a look needs a transaction of its own: one around it could still take back the access log"
        raise RuntimeError(message)
    subject = received(introduction)
    with connection.transaction():
        text = envelope.open_one(keyring, connection, subject, ref, Evidence).text
        access_log.write(
            connection,
            viewer,
            subject,
            items=["evidence"],
            purpose="dispute",
            now=now,
            candidate=candidate,
            introduction=introduction,
        )
    return text


def open_questions(
    keyring: Keyring,
    connection: psycopg.Connection[Any],
    viewer: TokenViewer,
    candidate: CandidateId,
    introduction: IntroductionId,
    refs: Collection[VaultRef],
    *,
    now: datetime,
) -> dict[VaultRef, str]:
    """What a person asks the viewer's company, unnamed: while they may be seen by it, or its copy is open; else nothing.

    Gate, access log and decryption are one transaction, and the gate is looked at again at its end.
    """
    if connection.info.transaction_status is not TransactionStatus.IDLE:
        message = "a look needs a transaction of its own: one around it could still take back the access log"
        raise RuntimeError(message)
    subject = received(introduction)
    with connection.transaction():
        if not _may_read(connection, viewer, candidate, introduction, now): return {}
        found = envelope.open_several(keyring, connection, [(subject, ref) for ref in refs], QuestionRecord)
        access_log.write(
            connection, viewer, subject, items=["question"], purpose="question", now=now, candidate=candidate,
            introduction=introduction,
        )
        if not _may_read(connection, viewer, candidate, introduction, now): return {}
    return {ref: record.text for ref, record in found.items()}


def _may_read(
    connection: psycopg.Connection[Any],
    viewer: TokenViewer,
    candidate: CandidateId,
    introduction: IntroductionId,
    now: datetime,
) -> bool:
    if may_see(connection, candidate, viewer.tokens, now): return True
    is_shared = is_open(connection, introduction, "share", viewer.company, now=now)
    return is_shared and not is_barred(connection, candidate, viewer.tokens)


def _open_copy(
    connection: psycopg.Connection[Any], viewer: TokenViewer, introduction: IntroductionId, now: datetime
) -> tuple[VaultRef, UUID]:
    with connection.cursor(row_factory=tuple_row) as cursor:
        found = cursor.execute(
            _OPEN_COPY.encode(),
            {
                "introduction": introduction,
                "company": viewer.company,
                "now": now,
                "tokens": list(tokens_of(connection, [viewer.company]) | viewer.tokens),
            },
        ).fetchone()
    if found is None:
        raise Refused("copy-not-open")
    return VaultRef(found[0]), found[1]


def make_received_copy(
    keyring: Keyring,
    connection: psycopg.Connection[Any],
    *,
    introduction: IntroductionId,
    candidate: CandidateId,
    items: Collection[Item],
    source: Source,
    provision: Provision,
) -> Handed:
    """Seal the company's copy of exactly `items`, and both sides' provision records.

    Raises Refused `item-not-there` when an approved item is empty, `record-not-as-committed` when the profile is not
    the one that was shown, `record-gone` and `erased-for-good` when the person is being erased.
    """
    own = Subject(SubjectKind.CANDIDATE, candidate)
    contact = envelope.open_one(keyring, connection, own, source.contact, ContactRecord)
    profile = envelope.open_one(keyring, connection, own, source.profile, ProfileRecord, commit=source.profile_commit)
    recommendation = None
    if Item.RECOMMENDATION in items and source.recommendation is not None:
        recommendation = envelope.open_one(keyring, connection, own, source.recommendation, Recommendation).text
    copy = _copy(items, contact, profile, recommendation)
    sealer = Sealer(keyring)
    draft = envelope.Draft(subject=received(introduction), record=copy, person=candidate, class_="received-copy")
    names = tuple(sorted(str(item) for item in items))
    provided, taken = (
        statutory.seal(
            sealer,
            f"provision-{direction}",
            ProvisionParties(
                third_party=provision.receiver if direction is Direction.PROVIDED else provision.provider,
                principal_name=contact.name,
                items=names,
                acquisition=provision.acquisition,
            ),
            person=candidate,
            retain_until=provision.retain_until,
        )
        for direction in (Direction.PROVIDED, Direction.RECEIVED)
    )
    return Handed(copy=sealer.seal_many([draft])[0], provided=provided, received=taken)


def _copy(
    items: Collection[Item], contact: ContactRecord, profile: ProfileRecord, recommendation: str | None
) -> ReceivedCopy:
    values: dict[Item, dict[str, Any]] = {
        Item.NAME: {"name": contact.name, "kana": contact.kana},
        Item.EMAIL: {"email": contact.email},
        Item.PHONE: {"phone": contact.phone},
        Item.CAREER: {"career": profile.career, "headline": profile.headline, "links": profile.links},
        Item.EMPLOYER: {"employer": profile.employer},
        Item.SALARY_WISH: {"salary_wish_yen": profile.salary_wish_yen},
        Item.RECOMMENDATION: {"recommendation": recommendation},
    }
    for item in items:
        first = next(iter(values[item].values()))
        if first is None or first == "":
            raise Refused("item-not-there", item=str(item))
    return ReceivedCopy(**{field: value for item in items for field, value in values[item].items()})


_SHOWS = {
    Item.NAME: "name",
    Item.EMAIL: "email",
    Item.PHONE: "phone",
    Item.CAREER: "career",
    Item.EMPLOYER: "employer",
    Item.SALARY_WISH: "salary_wish_yen",
    Item.RECOMMENDATION: "recommendation",
}


def items_in(copy: ReceivedCopy) -> tuple[Item, ...]:
    """The items that a copy shows."""
    return tuple(item for item, field in _SHOWS.items() if getattr(copy, field) is not None)


def received(introduction: IntroductionId) -> Subject:
    """The subject of what a company received through an introduction."""
    return Subject(SubjectKind.RECEIVED, introduction)
