"""Everything that is kept of a person, for the person: opened under their own key, at their own request (APPI 33)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from domain.calendar import JST
from domain.candidate import CandidateErased, ProfileFacts, ProfileSaved
from domain.consent import Grant, OutcomeLevel, Permission
from domain.ids import NIL, CandidateId, ReferralId, VaultRef
from domain.refusal import Refused
from marketplace.commands import candidate as candidates
from marketplace.commands import privacy
from marketplace.commands.consent import words_of
from marketplace.commands.office import Office
from marketplace.store.database import Connection
from marketplace.vault import access_log, statutory
from marketplace.vault.records import (
    ContactRecord,
    ProfileRecord,
    Recommendation,
    open_many,
)
from projections import candidate_inbox, directory, referral_board, seen_by
from projections.gate import registrations_of


class ConsentView(msgspec.Struct, frozen=True, kw_only=True):
    """A consent as it stands, with the exact words it was given to and the signed receipt."""

    permission: Permission
    level: OutcomeLevel | None
    live: bool
    expires_at: datetime
    text_version: str
    language: str
    words: str
    receipt: str | None


class ReferralView(msgspec.Struct, frozen=True, kw_only=True):
    """Who passed the person on, and the recommendation for them to read before anybody else does."""

    referral: UUID
    source: UUID
    source_name: str
    source_name_en: str
    reached: str
    referred_at: datetime
    confirmed_at: datetime | None
    window_until: datetime | None
    recommendation_version: int | None
    recommendation_read: bool
    recommendation: str | None
    card_published: bool
    ended: bool


class ProfileVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of the profile; words are None where they are gone."""

    version: int
    saved_at: datetime
    words: ProfileRecord | None
    facts: ProfileFacts


class Data(msgspec.Struct, frozen=True, kw_only=True):
    """All of it."""

    candidate: UUID
    made_at: datetime
    entrance: str
    language: str
    contact: ContactRecord
    profiles: list[ProfileVersion]
    consents: list[ConsentView]
    receipts: list[str]
    paused: bool
    blocked: list[dict[str, str]]
    referrals: list[ReferralView]
    asks: list[candidate_inbox.Ask]
    disclosures: list[seen_by.Disclosure]
    looks: list[access_log.View]
    kept_by_law: list[tuple[str, date]]
    mails: list[dict[str, Any]]


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """How far an erasure has come. The certificate is signed; it names no person."""

    started: bool
    erased: bool
    remaining: list[tuple[str, date]]
    certificate: str | None


def consents(office: Office, candidate: CandidateId, now: datetime) -> list[ConsentView]:
    """What the person agreed to and did not take back."""
    state = office.consent(candidate).state
    with office.database.transaction() as connection:
        kept = dict(
            connection.execute(
                "SELECT digest, text FROM consent_receipt WHERE digest = ANY(%s)",
                ([grant.receipt for grant in state.grants],),
            ).fetchall()
        )
    return [_consent(office, grant, kept.get(grant.receipt), now) for grant in state.grants]


def _consent(office: Office, grant: Grant, receipt: str | None, now: datetime) -> ConsentView:
    until = grant.expires_at.astimezone(JST).date().isoformat()
    return ConsentView(
        permission=grant.permission,
        level=grant.level,
        live=now < grant.expires_at,
        expires_at=grant.expires_at,
        text_version=grant.text_version,
        language=grant.language,
        words=words_of(office, grant.permission, grant.level, grant.text_version, grant.language, until),
        receipt=receipt,
    )


def referrals(office: Office, candidate: CandidateId) -> list[ReferralView]:
    """Who stands behind the person."""
    with office.database.transaction() as connection:
        rows = referral_board.of_candidate(connection, candidate)
        names = directory.names(connection, [row.source for row in rows])
        wanted = [(candidates.own(candidate), VaultRef(row.recommendation_ref or NIL)) for row in rows]
        texts = open_many(office.vault.keyring, connection, wanted, Recommendation)
    found = []
    for row, (_, ref) in zip(rows, wanted, strict=True):
        state = office.referral(ReferralId(row.referral)).state
        found.append(
            ReferralView(
                referral=row.referral,
                source=row.source,
                source_name=names.get(row.source, ("", ""))[0],
                source_name_en=names.get(row.source, ("", ""))[1],
                reached=row.reached,
                referred_at=row.referred_at,
                confirmed_at=row.confirmed_at,
                window_until=row.window_until,
                recommendation_version=row.recommendation_version,
                recommendation_read=row.recommendation_read,
                recommendation=texts[ref].text if ref in texts else None,
                card_published=state.card is not None,
                ended=state.ended,
            )
        )
    return found


def kept_by_law(connection: Connection, candidate: CandidateId) -> list[tuple[str, date]]:
    """What the law makes us keep of the person, under all registrations, and the last day of each."""
    return list(privacy.kept_by_law(connection, candidate))


def everything(office: Office, candidate: CandidateId, now: datetime) -> Data:
    """The download. What the law keeps apart is named with its last day, and not opened for this."""
    person, consent = office.candidate(candidate).state, office.consent(candidate).state
    contact = candidates.contact(office, candidate)
    with office.database.transaction() as connection:
        receipts = connection.execute(
            "SELECT text FROM consent_receipt WHERE candidate = ANY(%s) ORDER BY issued_at, digest",
            (registrations_of(connection, candidate),),
        ).fetchall()
        asks, disclosures = candidate_inbox.of(connection, candidate), seen_by.of(connection, candidate)
        looks = access_log.views_of(connection, candidate, most=None)
        remaining = kept_by_law(connection, candidate)
        mails = _mails(connection, candidate)
    return Data(
        candidate=candidate,
        made_at=now,
        entrance=str(person.entrance or ""),
        language=person.language,
        contact=contact,
        profiles=_profiles(office, candidate),
        consents=consents(office, candidate, now),
        receipts=[row[0] for row in receipts],
        paused=consent.paused,
        blocked=[{"token": str(each.token), "cause": str(each.cause)} for each in consent.blocked],
        referrals=referrals(office, candidate),
        asks=asks,
        disclosures=disclosures,
        looks=looks,
        kept_by_law=remaining,
        mails=mails,
    )


def _profiles(office: Office, candidate: CandidateId) -> list[ProfileVersion]:
    saved = [(e.meta.recorded_at, e.event) for e in office.log.history(candidate) if isinstance(e.event, ProfileSaved)]
    wanted = [(candidates.own(candidate), VaultRef(event.ref)) for _, event in saved]
    with office.database.transaction() as connection:
        words = open_many(office.vault.keyring, connection, wanted, ProfileRecord)
    return [
        ProfileVersion(version=event.version, saved_at=at, words=words.get(VaultRef(event.ref)), facts=event.facts)
        for at, event in saved
    ]


def _mails(connection: Connection, candidate: CandidateId) -> list[dict[str, Any]]:
    rows = connection.execute(
        "SELECT template, created_at, sent_at FROM message WHERE recipient = ANY(%s) AND recipient_kind = 'candidate'"
        " ORDER BY created_at, id",
        (registrations_of(connection, candidate),),
    ).fetchall()
    return [{"about": about, "created_at": created, "sent_at": sent} for about, created, sent in rows]


def erasure(office: Office, candidate: CandidateId) -> Erasure:
    """How an erasure stands, for whoever holds its number."""
    state = office.candidate(candidate).state
    if not state.registered or not state.erasing: raise Refused("not-found")
    if not state.erased:
        return Erasure(started=True, erased=False, remaining=[], certificate=None)
    event = next(e.event for e in reversed(office.log.history(candidate)) if isinstance(e.event, CandidateErased))
    with office.database.transaction() as connection:
        remaining = kept_by_law(connection, candidate)
    try:
        with office.database.transaction() as connection:
            ref = VaultRef(event.certificate_ref)
            certificate = statutory.certificate(office.vault.keyring, connection, ref).jws
    except Refused as refused:
        if refused.code != "record-gone":
            raise
        certificate = None  # destroyed on its own date
    return Erasure(started=True, erased=True, remaining=remaining, certificate=certificate)
