"""One person, two registrations: restrictions unite, both sources' claims survive, and no source learns of the other.

The merge itself is `candidate.merge`, which the person confirms; here is what goes along with it.
"""

from __future__ import annotations

from datetime import datetime

from domain.consent import (
    BlockCause,
    CompanyBlocked,
    Consent,
    ConsentEvent,
    ConsentGiven,
    ConsentWithdrawn,
    Grant,
    OutcomeLevel,
    Paused,
    WithdrawalCause,
)
from domain.ids import CandidateId
from domain.referral import OwnershipConfirmed, Referral, ReferralMade
from domain.wishes import OpenAsksLimited

_BY_STRICTNESS = (OutcomeLevel.NONE, OutcomeLevel.HIRED, OutcomeLevel.WHERE)


def unite(survivor: Consent, absorbed: Consent, *, candidate: CandidateId, now: datetime) -> tuple[ConsentEvent, ...]:
    """What the surviving registration takes over; `candidate` is its id.

    Blocks and a pause hold for both. Consents that name a source are taken over as they were given, and where both
    registrations have one the stricter wins. Being listed and being written to are never taken over.
    """
    blocks = tuple(
        CompanyBlocked(candidate=candidate, token=block.token, cause=BlockCause.MERGE)
        for block in absorbed.blocked
        if not survivor.blocks(frozenset({block.token}))
    )
    pause = (Paused(candidate=candidate),) if absorbed.paused and not survivor.paused else ()
    fewer = _fewer_asks(survivor, absorbed, candidate)
    named = (grant for grant in absorbed.grants if grant.permission.company is not None and now < grant.expires_at)
    stricter = ((grant, _stricter(survivor.grant_of(grant.permission), grant, now)) for grant in named)
    return (
        *blocks,
        *pause,
        *fewer,
        *(_given(candidate, kept) for grant, kept in stricter if kept != survivor.grant_of(grant.permission)),
    )


def give_way(absorbed: Consent) -> tuple[ConsentWithdrawn, ...]:
    """Nothing is permitted under the registration that gave way."""
    standing = tuple(grant.permission for grant in absorbed.grants)
    if not standing:
        return ()
    return (ConsentWithdrawn(candidate=absorbed.candidate, permissions=standing, cause=WithdrawalCause.MERGE),)


def carry_over(
    existing: Referral, absorbed: Referral, *, candidate: CandidateId
) -> tuple[ReferralMade | OwnershipConfirmed, ...]:
    """The source of the absorbed registration stands behind the survivor, with the date the person confirmed it on.

    `existing` is the survivor's referral by the same source, INITIAL if there is none.
    """
    if not absorbed.made:
        return ()
    made = ReferralMade(
        candidate=candidate, source=absorbed.source, applicant=absorbed.applicant, reached=absorbed.reached
    )
    refers = () if absorbed.ended or (existing.made and not existing.ended) else (made,)
    if absorbed.confirmed_at is None or absorbed.window_until is None:
        return refers
    if existing.confirmed_at is not None and existing.confirmed_at <= absorbed.confirmed_at:
        return refers
    confirmed = OwnershipConfirmed(
        candidate=candidate,
        source=absorbed.source,
        confirmed_at=absorbed.confirmed_at,
        window_until=absorbed.window_until,
    )
    return (*refers, confirmed)


def _fewer_asks(survivor: Consent, absorbed: Consent, candidate: CandidateId) -> tuple[OpenAsksLimited, ...]:
    """Of two limits of open asks the lower one holds."""
    own, other = survivor.wishes.most_open_asks, absorbed.wishes.most_open_asks
    if other is None or (own is not None and own <= other): return ()
    return (OpenAsksLimited(candidate=candidate, most=other),)


def _stricter(own: Grant | None, other: Grant, now: datetime) -> Grant:
    """Of two live grants the one that tells the source less, then the one that ends sooner."""
    if own is None or now >= own.expires_at:
        return other
    return min(own, other, key=lambda grant: (_BY_STRICTNESS.index(grant.level or OutcomeLevel.NONE), grant.expires_at))


def _given(candidate: CandidateId, grant: Grant) -> ConsentGiven:
    return ConsentGiven(
        candidate=candidate,
        permission=grant.permission,
        level=grant.level,
        text_version=grant.text_version,
        language=grant.language,
        expires_at=grant.expires_at,
        receipt=grant.receipt,
    )
