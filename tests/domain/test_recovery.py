"""A company whose last administrator is gone gets one again, unless a member objects within the pause."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec.structs import replace

from domain import recovery
from domain.company import MemberJoined, MemberRole
from domain.ids import OPERATOR, UserId, VaultRef
from domain.recovery import Recovery, RecoveryCause, RecoveryStatus
from tests.domain.people_examples import USER, a_company, refused

NOW = datetime(2027, 3, 1, 3, 0, tzinfo=UTC)
HEIR = UserId(UUID(int=601))
TEAM = a_company(
    MemberJoined(user=USER, role=MemberRole.ADMIN), MemberJoined(user=UserId(UUID(int=602)), role=MemberRole.VIEWER)
)


def proposed() -> Recovery:
    event = recovery.propose(
        recovery.INITIAL, TEAM, user=HEIR, cause=RecoveryCause.LEFT, evidence_ref=VaultRef(UUID(int=7)), now=NOW
    )
    return recovery.evolve(recovery.INITIAL, event)


def test_it_takes_effect_a_day_later_and_not_a_moment_before() -> None:
    state = proposed()
    assert state.takes_effect_at == datetime(2027, 3, 2, 3, 0, tzinfo=UTC)
    with refused("recovery-not-due"):
        recovery.carry_out(state, user=HEIR, now=NOW + timedelta(hours=24) - timedelta(microseconds=1))
    done = recovery.evolve(state, recovery.carry_out(state, user=HEIR, now=NOW + timedelta(hours=24)))
    assert done.status is RecoveryStatus.DONE
    with refused("recovery-over"):
        recovery.carry_out(done, user=HEIR, now=NOW + timedelta(hours=25))


def test_any_member_ends_it_even_one_who_only_looks() -> None:
    state = proposed()
    ended = recovery.evolve(state, recovery.object_to(state, TEAM, by=UserId(UUID(int=602)), now=NOW))
    assert ended.status is RecoveryStatus.OBJECTED
    with refused("recovery-over"):
        recovery.carry_out(ended, user=HEIR, now=NOW + timedelta(days=2))
    with refused("recovery-over"):
        recovery.object_to(ended, TEAM, by=USER, now=NOW)


def test_a_stranger_does_not_end_it_nor_a_member_who_comes_too_late() -> None:
    with refused("member-unknown"):
        recovery.object_to(proposed(), TEAM, by=HEIR, now=NOW)
    with refused("recovery-over"):
        recovery.object_to(proposed(), TEAM, by=USER, now=NOW + timedelta(hours=24))


def test_the_operator_takes_it_back_once() -> None:
    state = recovery.evolve(proposed(), recovery.withdraw(proposed()))
    assert state.status is RecoveryStatus.WITHDRAWN
    with refused("recovery-over"):
        recovery.withdraw(state)


def test_one_at_a_time_and_neither_for_the_operator_nor_for_whoever_administers_already() -> None:
    about = {"cause": RecoveryCause.UNREACHABLE, "evidence_ref": VaultRef(UUID(int=7)), "now": NOW}
    with refused("recovery-pending"):
        recovery.propose(proposed(), TEAM, user=HEIR, **about)  # type: ignore[arg-type]
    with refused("recovery-not-for-the-operator"):
        recovery.propose(recovery.INITIAL, replace(TEAM, id=OPERATOR), user=HEIR, **about)  # type: ignore[arg-type]
    with refused("member-already-joined"):
        recovery.propose(recovery.INITIAL, TEAM, user=USER, **about)  # type: ignore[arg-type]
