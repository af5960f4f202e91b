"""Rule 3: a withdrawal, pause or block holds from the moment it is acknowledged (個人情報保護法35条).

Nothing more is shown, counted, disclosed, decrypted or sent. A share that was not yet disclosed is cancelled; a copy
that a company already has closes on a revoke, a block or an erasure. The company sees that it is closed, not why.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import assert_never

from domain.consent import (
    LIST,
    CompanyBlocked,
    CompanyUnblocked,
    Consent,
    ConsentEvent,
    ConsentExercised,
    ConsentExpired,
    ConsentGiven,
    ConsentRenewed,
    ConsentWithdrawn,
    Paused,
    Resumed,
    WithdrawalCause,
)
from domain.duties import RevokeCause
from domain.ids import CompanyToken
from domain.introduction import PENDING, CancelCause, Introduction, ShareCancelled, ShareRevoked
from domain.wishes import AskReached, OpenAsksLimited, PauseLimited, SearchEndSaid, SearchEndUndone


class Step(StrEnum):
    """What the person did. `BLOCKED` concerns the introductions to that company and its group, the others all."""

    UNLISTED = "unlisted"
    PAUSED = "paused"
    BLOCKED = "blocked"
    ERASED = "erased"


def step_of(event: ConsentEvent) -> Step | None:
    """What a fact of the consent stream means for introductions; None: nothing."""
    match event:
        case ConsentWithdrawn():
            if event.cause is WithdrawalCause.ERASURE:
                return Step.ERASED
            return Step.UNLISTED if LIST in event.permissions else None
        case ConsentExpired():
            return Step.UNLISTED if event.permission == LIST else None
        case CompanyBlocked():
            return Step.BLOCKED
        case Paused():
            return Step.PAUSED
        case ConsentGiven() | ConsentRenewed() | ConsentExercised() | CompanyUnblocked() | Resumed():
            return None
        case PauseLimited() | OpenAsksLimited() | AskReached() | SearchEndSaid() | SearchEndUndone():
            return None
        case _:
            assert_never(event)


def follows(step: Step, ask: Introduction) -> ShareCancelled | ShareRevoked | None:
    """What becomes of one introduction: cancelled while pending, closed once disclosed, or left as it is.

    A blocked request was never shown to the person; it expires like any other, so that nobody can tell.
    """
    if ask.status in PENDING:
        return ShareCancelled(cause=_cancel_cause(step))
    if ask.disclosed_at is None or ask.revoked or (cause := _revoke_cause(step)) is None:
        return None
    return ShareRevoked(candidate=ask.candidate, hiring=ask.hiring, cause=cause)


def still_allowed(consent: Consent, tokens: frozenset[CompanyToken], now: datetime) -> bool:
    """May anything new of the person be shown, counted, disclosed or sent to who has these tokens?"""
    return consent.allows(LIST, now) and not consent.blocks(tokens)


def copy_is_open(ask: Introduction, consent: Consent, tokens: frozenset[CompanyToken]) -> bool:
    """May the company's copy still be decrypted? It outlives the listing, but no revoke, block or erasure."""
    return ask.disclosed_at is not None and not ask.revoked and not consent.ended and not consent.blocks(tokens)


def _cancel_cause(step: Step) -> CancelCause:
    match step:
        case Step.UNLISTED:
            return CancelCause.WITHDRAWN
        case Step.PAUSED:
            return CancelCause.PAUSED
        case Step.BLOCKED:
            return CancelCause.BLOCKED
        case Step.ERASED:
            return CancelCause.ERASED
        case _:
            assert_never(step)


def _revoke_cause(step: Step) -> RevokeCause | None:
    match step:
        case Step.UNLISTED | Step.PAUSED:
            return None
        case Step.BLOCKED:
            return RevokeCause.BLOCKED
        case Step.ERASED:
            return RevokeCause.ERASED
        case _:
            assert_never(step)
