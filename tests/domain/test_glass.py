"""Breaking the glass: an admin of the operator, a reason, minutes, and nobody who is gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from domain.candidate import Candidate
from domain.company import MemberRole
from domain.glass import INITIAL, GlassBroken, Reason, break_it, evolve, mend
from domain.ids import CandidateId, UserId, VaultRef
from domain.refusal import Refused

NOW = datetime(2027, 4, 5, 1, 0, tzinfo=UTC)
AOI = Candidate(id=CandidateId(UUID(int=1)))
ADMIN, OTHER, WORDS = UserId(UUID(int=2)), UserId(UUID(int=3)), VaultRef(UUID(int=4))


def broken(person: Candidate = AOI, role: MemberRole | None = MemberRole.ADMIN) -> GlassBroken:
    return break_it(person, by=ADMIN, role=role, reason=Reason.DISPUTE, words_ref=WORDS, now=NOW)


def test_an_admin_breaks_it_for_a_quarter_of_an_hour() -> None:
    event = broken()
    assert (event.candidate, event.broken_by, event.reason) == (AOI.id, ADMIN, Reason.DISPUTE)
    assert event.open_until == datetime(2027, 4, 5, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize("role", [None, *(role for role in MemberRole if role is not MemberRole.ADMIN)])
def test_nobody_but_an_admin_breaks_it(role: MemberRole | None) -> None:
    with pytest.raises(Refused, match="not-permitted"): broken(role=role)


def test_there_is_nothing_behind_it_of_a_stranger_or_of_who_is_being_erased() -> None:
    with pytest.raises(Refused, match="not-found"): broken(Candidate())
    with pytest.raises(Refused, match="candidate-erased"): broken(Candidate(id=AOI.id, erasing=True))


def test_who_broke_it_closes_it_once_and_before_its_time() -> None:
    state = evolve(INITIAL, broken())
    with pytest.raises(Refused, match="glass-not-open"): mend(state, by=OTHER, now=NOW)
    with pytest.raises(Refused, match="glass-not-open"): mend(state, by=ADMIN, now=NOW + timedelta(minutes=15))
    with pytest.raises(Refused, match="glass-not-open"): mend(INITIAL, by=ADMIN, now=NOW)
    event = mend(state, by=ADMIN, now=NOW + timedelta(minutes=14))
    with pytest.raises(Refused, match="glass-not-open"): mend(evolve(state, event), by=ADMIN, now=NOW)
