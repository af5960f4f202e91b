"""A person's passkeys: several, each named by them. A copy of one (its counter went back) is never accepted again, nor is
the original. They die with the person: erased, merged into another registration, or working for no company any more.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from api import ceremonies, session
from api.ceremonies import NOT_ACCEPTED
from api.visit import Visit
from domain import candidate as candidates
from domain.ids import VaultRef
from domain.refusal import Refused
from marketplace.commands.privacy import check_still_there
from marketplace.links import Kind
from marketplace.messages.outbox import Message, To, rows, write
from marketplace.store.database import Connection
from marketplace.vault.records import ContactRecord, MemberRecord, PasskeyName, open_many, open_own
from marketplace.vault.subject import Subject, SubjectKind

MOST = 20
"""Passkeys a person may have."""


class Passkey(msgspec.Struct, frozen=True, kw_only=True):
    """One passkey, as its person sees it."""

    id: UUID
    name: str
    made_at: datetime
    used_at: datetime | None
    copied: bool
    """A copy was used; it is not accepted any more and is best removed."""


class Holder(msgspec.Struct, frozen=True):
    """Whose passkey it is."""

    kind: Kind
    subject: UUID


def of(visit: Visit) -> Holder:
    """The visit's person."""
    if visit.session is None: raise LookupError("the route's policy lets in people without a session")
    return Holder(visit.session.kind, visit.session.subject)


def subject_of(who: Holder) -> Subject:
    """The vault's subject, under whose key the names lie."""
    return Subject(SubjectKind.CANDIDATE if who.kind == "candidate" else SubjectKind.COMPANY_USER, who.subject)


def mine(connection: Connection, visit: Visit) -> list[Passkey]:
    """The person's passkeys, the oldest first."""
    who = of(visit)
    found = connection.execute(
        "SELECT id, name_ref, made_at, used_at, copied_at FROM passkey WHERE kind = %s AND subject = %s ORDER BY made_at, id",
        (who.kind, who.subject),
    ).fetchall()
    wanted = [(subject_of(who), VaultRef(row[1])) for row in found]
    names = open_many(visit.house.office.vault.keyring, connection, wanted, PasskeyName)
    return [
        Passkey(
            id=row[0],
            name=names[VaultRef(row[1])].name if VaultRef(row[1]) in names else "",
            made_at=row[2],
            used_at=row[3],
            copied=row[4] is not None,
        )
        for row in found
    ]


def credentials(connection: Connection, who: Holder) -> list[bytes]:
    """What the person's authenticators know their passkeys by; those that were copied are not asked for."""
    found = connection.execute(
        "SELECT credential FROM passkey WHERE kind = %s AND subject = %s AND copied_at IS NULL ORDER BY made_at",
        (who.kind, who.subject),
    ).fetchall()
    return [bytes(row[0]) for row in found]


def called(connection: Connection, visit: Visit) -> str:
    """What an authenticator shows its person beside the site's name: their own address."""
    who, keyring = of(visit), visit.house.office.vault.keyring
    try:
        if who.kind == "user":
            return open_own(keyring, connection, subject_of(who), VaultRef(who.subject), MemberRecord).email
        state = visit.house.log.load(who.subject, candidates.INITIAL, candidates.evolve).state
        return open_own(keyring, connection, subject_of(who), state.contact_ref, ContactRecord).email
    except Refused:
        return "Career Relay"


def add(visit: Visit, name: str, text: str) -> UUID:
    """Keep a passkey that the browser made, tell its person by mail, and offer none any more. Raises as `ceremonies.added`,
    and Refused `passkey-known-already`, `too-many-passkeys`.
    """
    made, who, ident = ceremonies.added(visit, text), of(visit), uuid4()
    sealed = visit.house.office.vault.sealer.seal(subject_of(who), PasskeyName(name=name))
    with visit.house.database.transaction() as connection:
        # Alone, so that many at once do not pass the bound together.
        check_still_there(connection, who.subject)
        if _count(connection, who) >= MOST: raise Refused("too-many-passkeys", most=MOST)
        kept = connection.execute(
            "INSERT INTO passkey (id, kind, subject, credential, public_key, sign_count, name_ref, made_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (credential) DO NOTHING",
            (ident, who.kind, who.subject, made.credential, made.public_key, made.sign_count, sealed.ref, visit.now),
        ).rowcount
        if not kept: raise Refused("passkey-known-already")
        message = Message(template="passkey-added", to=_to(who), recipient=who.subject, about={"language": visit.language})
        write(connection, sealed.row, *rows(ident, [message], visit.now))
        _offer_no_more(connection, who)
    return ident


def rename(visit: Visit, which: UUID, name: str) -> None:
    """Another name. Raises Refused `not-found`."""
    who = of(visit)
    sealed = visit.house.office.vault.sealer.seal(subject_of(who), PasskeyName(name=name))
    with visit.house.database.transaction() as connection:
        check_still_there(connection, who.subject)
        before = _locked(connection, who, which)
        connection.execute("UPDATE passkey SET name_ref = %s WHERE id = %s", (sealed.ref, which))
        write(connection, sealed.row)
        connection.execute("DELETE FROM vault_record WHERE ref = %s", (before,))


def remove(visit: Visit, which: UUID) -> None:
    """It opens nothing any more. Raises Refused `not-found`."""
    who = of(visit)
    with visit.house.database.transaction() as connection:
        name = _locked(connection, who, which)
        connection.execute("DELETE FROM passkey WHERE id = %s", (which,))
        connection.execute("DELETE FROM vault_record WHERE ref = %s", (name,))


def sign_in(visit: Visit, ceremony: str, text: str) -> tuple[str, Kind]:
    """Open a session for whoever holds the passkey; answers its token and kind. Raises Refused `passkey-not-accepted`."""
    who = _proved(visit, ceremonies.signed(visit, "sign-in", text, ceremony), None)
    with visit.house.database.transaction() as connection:
        return session.begin(
            connection, who.kind, who.subject, visit.now, instead_of=visit.token, device=visit.device
        ), who.kind


def step_up(visit: Visit, text: str) -> None:
    """The session's own person has just used a passkey of theirs. Raises Refused `passkey-not-accepted`."""
    who = of(visit)
    _proved(visit, ceremonies.signed(visit, "step-up", text), who)
    with visit.house.database.transaction() as connection:
        if visit.session is not None: session.prove(connection, visit.session.id, visit.now)


def decline(connection: Connection, who: Holder) -> None:
    """"Not now": the person is not asked again, and finds passkeys where their sessions are listed."""
    connection.execute("INSERT INTO passkey_declined (kind, subject) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                       (who.kind, who.subject))  # fmt: skip
    _offer_no_more(connection, who)


def _offer_no_more(connection: Connection, who: Holder) -> None:
    connection.execute(
        "UPDATE web_session SET offers_passkey = false WHERE kind = %s AND subject = %s AND offers_passkey",
        (who.kind, who.subject),
    )


def _count(connection: Connection, who: Holder) -> int:
    row = connection.execute("SELECT count(*) FROM passkey WHERE kind = %s AND subject = %s", (who.kind, who.subject)).fetchone()
    return int(row[0]) if row else 0


def _locked(connection: Connection, who: Holder, which: UUID) -> UUID:
    row = connection.execute(
        "SELECT name_ref FROM passkey WHERE id = %s AND kind = %s AND subject = %s FOR UPDATE",
        (which, who.kind, who.subject),
    ).fetchone()
    if row is None: raise Refused("not-found")
    found: UUID = row[0]
    return found


def _proved(visit: Visit, what: ceremonies.Signed, wanted: Holder | None) -> Holder:
    """Who signed, after everything was held against what we know; a copy is noted before it is refused."""
    with visit.house.database.transaction() as connection:
        holder = _checked(connection, visit, what, wanted)
    if holder is None: raise Refused(NOT_ACCEPTED)
    return holder


def _checked(connection: Connection, visit: Visit, what: ceremonies.Signed, wanted: Holder | None) -> Holder | None:
    """None for a copy, which this transaction notes. Raises Refused `passkey-not-accepted` for everything else."""
    row = connection.execute(
        "SELECT id, kind, subject, public_key, sign_count, copied_at FROM passkey p WHERE credential = %s"
        " AND NOT EXISTS (SELECT FROM gate g WHERE g.subject = p.subject AND g.what IN ('erased', 'merged') AND g.open)"
        " FOR UPDATE",
        (what.credential,),
    ).fetchone()
    if row is None: raise Refused(NOT_ACCEPTED)
    which, holder, public_key, known_count = row[0], Holder(row[1], row[2]), bytes(row[3]), row[4]
    if wanted is not None and holder != wanted: raise Refused(NOT_ACCEPTED)
    if what.user_handle is not None and what.user_handle != holder.subject.bytes: raise Refused(NOT_ACCEPTED)
    if not session.works_somewhere(connection, holder.kind, holder.subject): raise Refused(NOT_ACCEPTED)
    count = ceremonies.count_of(visit, what, public_key)
    went_back = (count > 0 or known_count > 0) and count <= known_count
    if went_back or row[5] is not None:
        connection.execute("UPDATE passkey SET copied_at = coalesce(copied_at, %s) WHERE id = %s", (visit.now, which))
        return None
    connection.execute("UPDATE passkey SET sign_count = %s, used_at = %s WHERE id = %s", (count, visit.now, which))
    return holder


def _to(who: Holder) -> To:
    return To.CANDIDATE if who.kind == "candidate" else To.USER
