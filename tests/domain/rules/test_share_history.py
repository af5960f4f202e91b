"""Rule 2 over every history: nothing is disclosed without a yes that stands."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain import consent as permits
from domain import introduction as intro
from domain.consent import LIST, BlockCause, CompanyBlocked, Consent, ConsentWithdrawn, WithdrawalCause
from domain.duties import RevokeCause
from domain.introduction import CancelCause, Introduction
from domain.refusal import Refused
from domain.rules import share
from domain.standing import Standing
from tests.domain.share_examples import (
    ASKED_AT,
    CANDIDATE,
    EXPIRES_AT,
    STANDING,
    TOKEN,
    approval,
    asked,
    consent,
    disclosure,
    told,
)

MOVES = st.lists(
    st.one_of(
        st.sampled_from(["approve", "undo", "decline", "revoke", "expire", "disclose", "cancel"]),
        st.sampled_from(["withdraw", "give", "pause", "resume", "block", "unblock"]),
        st.sampled_from([1, 9, 10, 11, 60 * 24, 60 * 24 * 7]),
    ),
    max_size=30,
)


def permitted(state: Consent, move: str, at: datetime) -> Consent:
    match move:
        case "withdraw":
            return permits.evolve(
                state, ConsentWithdrawn(candidate=CANDIDATE, permissions=(LIST,), cause=WithdrawalCause.PERSON)
            )
        case "give":
            return replace(consent(at + timedelta(days=30)), paused=state.paused, blocked=state.blocked)
        case "pause" | "resume":
            return replace(state, paused=move == "pause")
        case _:
            lifted = permits.evolve(state, permits.CompanyUnblocked(candidate=CANDIDATE, token=TOKEN))
            barred = CompanyBlocked(candidate=CANDIDATE, token=TOKEN, cause=BlockCause.CHOSEN)
            return permits.evolve(lifted, barred) if move == "block" else lifted


def moved(ask: Introduction, standing: Standing, move: str, at: datetime) -> tuple[intro.IntroductionEvent, ...]:
    match move:
        case "approve":
            return (approval(ask, standing, at=at),)
        case "undo":
            return (share.undo(ask, by=CANDIDATE, at=at),)
        case "decline":
            return (share.decline(ask, by=CANDIDATE, at=at),)
        case "revoke":
            return (share.revoke(ask, RevokeCause.PERSON),)
        case "expire":
            return (share.expire(ask, at=at),)
        case "cancel":
            return (share.cancel(ask, CancelCause.JOB_CLOSED),)
        case _:
            return disclosure(ask, standing, at=at)


@given(MOVES)
def test_no_history_discloses_without_a_yes_that_stands_and_a_consent_that_lives(moves: list[str | int]) -> None:
    """The test keeps its own, simplest account of the yes, and never looks into the state it checks."""
    ask, at, permit = asked(), ASKED_AT, consent()
    yes_at: datetime | None = None
    for move in moves:
        if isinstance(move, int):
            at += timedelta(minutes=move)
            continue
        if move in {"withdraw", "give", "pause", "resume", "block", "unblock"}:
            permit = permitted(permit, move, at)
            continue
        try:
            events = moved(ask, replace(STANDING, consent=permit), move, at)
        except Refused:
            continue
        for event in events:
            ask = told(event, since=ask)
            match event:
                case intro.ShareApproved():
                    assert at < EXPIRES_AT
                    yes_at = at
                case intro.IdentityDisclosed():
                    assert yes_at is not None
                    assert at >= yes_at + timedelta(minutes=10)
                    grant = permit.grant_of(LIST)
                    assert grant is not None
                    assert at < grant.expires_at
                    assert not permit.paused
                    assert not permit.blocked
                case intro.ShareUndone() | intro.ShareCancelled() | intro.ShareDeclined() | intro.ShareExpired():
                    yes_at = None
                case _:
                    assert isinstance(event, intro.ProvisionRecorded | intro.ShareRevoked)
