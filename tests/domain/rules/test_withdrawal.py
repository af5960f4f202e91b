from __future__ import annotations

import pytest

from domain.consent import LIST, ConsentEvent, ConsentExpired, ConsentWithdrawn, Paused, Resumed, WithdrawalCause
from domain.duties import RevokeCause
from domain.ids import VaultRef
from domain.introduction import CancelCause, Introduction, ShareCancelled, ShareRevoked, Status
from domain.rules import withdrawal
from domain.rules.withdrawal import Step
from tests.domain.people_examples import (
    CANDIDATE,
    EMAIL,
    HIRING,
    LATER,
    NOW,
    OTHER_TOKEN,
    REF,
    TOKEN,
    a_consent,
    blocked,
    given,
)

ERASED = ConsentWithdrawn(candidate=CANDIDATE, permissions=(LIST,), cause=WithdrawalCause.ERASURE)
PENDING = [Status.REQUESTED, Status.ASKED, Status.APPROVED]
OVER = [Status.NONE, Status.BLOCKED, Status.DECLINED, Status.EXPIRED, Status.CANCELLED]


def _introduction(status: Status, *, revoked: bool = False) -> Introduction:
    shared = status in {Status.DISCLOSED, Status.SELECTION, Status.CLOSED}
    return Introduction(
        status=status,
        candidate=CANDIDATE,
        hiring=HIRING,
        disclosed_at=NOW if shared else None,
        disclosed_ref=VaultRef(REF) if shared else None,
        revoked=revoked,
    )


@pytest.mark.parametrize("status", PENDING)
@pytest.mark.parametrize(
    ("step", "cause"),
    [
        (Step.UNLISTED, CancelCause.WITHDRAWN),
        (Step.PAUSED, CancelCause.PAUSED),
        (Step.BLOCKED, CancelCause.BLOCKED),
        (Step.ERASED, CancelCause.ERASED),
    ],
)
def test_a_share_that_was_not_disclosed_is_cancelled(step: Step, cause: CancelCause, status: Status) -> None:
    assert withdrawal.follows(step, _introduction(status)) == ShareCancelled(cause=cause)


@pytest.mark.parametrize("status", [Status.DISCLOSED, Status.SELECTION, Status.CLOSED])
@pytest.mark.parametrize(("step", "cause"), [(Step.BLOCKED, RevokeCause.BLOCKED), (Step.ERASED, RevokeCause.ERASED)])
def test_a_disclosed_copy_closes_on_block_and_erasure(step: Step, cause: RevokeCause, status: Status) -> None:
    revoked = ShareRevoked(candidate=CANDIDATE, hiring=HIRING, cause=cause)
    assert withdrawal.follows(step, _introduction(status)) == revoked
    assert withdrawal.follows(step, _introduction(status, revoked=True)) is None


@pytest.mark.parametrize("status", [Status.DISCLOSED, Status.SELECTION, Status.CLOSED])
@pytest.mark.parametrize("step", [Step.UNLISTED, Step.PAUSED])
def test_a_disclosed_copy_outlives_the_listing_and_a_pause(step: Step, status: Status) -> None:
    assert withdrawal.follows(step, _introduction(status)) is None


@pytest.mark.parametrize("status", OVER)
@pytest.mark.parametrize("step", list(Step))
def test_what_is_over_or_was_never_shown_stays_as_it_is(step: Step, status: Status) -> None:
    assert withdrawal.follows(step, _introduction(status)) is None


@pytest.mark.parametrize(
    ("event", "step"),
    [
        (ConsentWithdrawn(candidate=CANDIDATE, permissions=(EMAIL, LIST), cause=WithdrawalCause.PERSON), Step.UNLISTED),
        (ConsentWithdrawn(candidate=CANDIDATE, permissions=(EMAIL,), cause=WithdrawalCause.PERSON), None),
        (ConsentWithdrawn(candidate=CANDIDATE, permissions=(), cause=WithdrawalCause.ERASURE), Step.ERASED),
        (ConsentExpired(candidate=CANDIDATE, permission=LIST), Step.UNLISTED),
        (ConsentExpired(candidate=CANDIDATE, permission=EMAIL), None),
        (blocked(TOKEN), Step.BLOCKED),
        (Paused(candidate=CANDIDATE), Step.PAUSED),
        (Resumed(candidate=CANDIDATE), None),
        (given(LIST), None),
    ],
)
def test_only_what_ends_the_listing_or_forbids_a_company_touches_introductions(
    event: ConsentEvent, step: Step | None
) -> None:
    assert withdrawal.step_of(event) is step


def test_nothing_new_is_allowed_from_the_withdrawal_pause_block_or_expiry_on() -> None:
    tokens = frozenset({TOKEN})
    assert withdrawal.still_allowed(a_consent(), tokens, NOW)
    assert withdrawal.still_allowed(a_consent(blocked(OTHER_TOKEN)), tokens, NOW)
    assert not withdrawal.still_allowed(a_consent(blocked(TOKEN)), tokens, NOW)
    assert not withdrawal.still_allowed(a_consent(Paused(candidate=CANDIDATE)), tokens, NOW)
    assert not withdrawal.still_allowed(a_consent(ERASED), tokens, NOW)
    assert not withdrawal.still_allowed(a_consent(), tokens, LATER)


def test_a_copy_is_open_until_revoke_block_or_erasure() -> None:
    tokens = frozenset({TOKEN})
    shared = _introduction(Status.SELECTION)
    assert withdrawal.copy_is_open(shared, a_consent(Paused(candidate=CANDIDATE)), tokens)
    assert not withdrawal.copy_is_open(_introduction(Status.APPROVED), a_consent(), tokens)
    assert not withdrawal.copy_is_open(_introduction(Status.SELECTION, revoked=True), a_consent(), tokens)
    assert not withdrawal.copy_is_open(shared, a_consent(blocked(TOKEN)), tokens)
    assert not withdrawal.copy_is_open(shared, a_consent(ERASED), tokens)
