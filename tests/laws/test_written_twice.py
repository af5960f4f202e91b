"""Rules that are said in Python and again in SQL say the same of every person, to every viewer, at every moment."""

from __future__ import annotations

from functools import partial
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.applicant import Channel
from domain.company import MemberRole
from domain.consent import LIST, OutcomeLevel, Permission, Scope
from domain.ids import CompanyToken
from domain.rules import blocking
from domain.rules.listing import is_listable
from domain.rules.withdrawal import copy_is_open, still_allowed
from domain.viewer import Viewer
from marketplace.run.check import disclosure_needs_approval
from marketplace.store.gate import what_of
from marketplace.vault.companion import companions
from marketplace.vault.disclosure import open_received, received
from marketplace.vault.envelope import Draft
from marketplace.vault.records import ReceivedCopy
from projections.gate import VISIBLE, is_open, tokens_of
from tests.laws.histories import COMPANIES, ENDS, GROUPS, HISTORIES, STEPS, Life, Register, write
from tests.laws.interleave import opens
from tests.laws.street import Street

PLAIN = 12
LONG = 200
QUICK = settings(
    max_examples=PLAIN, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
THOROUGH = settings(QUICK, max_examples=LONG)

SEEN = f"SELECT c.candidate FROM unnest(%(people)s::uuid[]) AS c(candidate) WHERE {VISIBLE}"
"""What every page, count and mail about a card asks, over people instead of cards."""


def viewers(street: Street, register: Register) -> list[Viewer]:
    """Somebody of each company, and somebody of each two; the tokens as a page looks them up."""
    ids = [each.id for each in register.states]
    several = [*((each,) for each in ids), *combinations(ids, 2)]
    with street.house.database.transaction() as connection:
        return [
            Viewer(user=street.users["alpha"], company=who[0], role=MemberRole.ADMIN, tokens=tokens_of(connection, who))
            for who in several
        ]


def lives(groups: list[tuple[int, set[int]]], histories: list[tuple[list[Any], str]]) -> list[Life]:
    """The people of one example; who is merged gives way to the one before them."""
    register = Register()
    for which, others in groups:
        register.declare(which, others)
    several: list[Life] = []
    for history, end in histories:
        life = Life(register).live(history)
        if end == "erased":
            life.erase()
        elif end == "merged" and several and several[-1].person.live:
            life.merge_into(several[-1])
        several.append(life)
    return several


PEOPLE = st.lists(st.tuples(HISTORIES, ENDS), min_size=1, max_size=3)


def _visible_alike(street: Street, groups: Any, histories: Any) -> None:
    several = lives(groups, histories)
    write(street.house.log, *several)
    looking = viewers(street, several[0].register)
    people = [life.who for life in several]
    with street.house.database.transaction() as connection:
        for now in sorted({moment for life in several for moment in life.moments()}):
            for viewer in looking:
                values = {"people": people, "now": now, "tokens": list(viewer.tokens)}
                seen = {row[0] for row in connection.execute(SEEN.encode(), values).fetchall()}
                for life in several:
                    listable = is_listable(life.person, life.consent, now)
                    may = listable and blocking.may_see(life.consent, viewer)
                    assert may == (life.who in seen), (life, viewer, now)
                    here = life.person.live and still_allowed(life.consent, viewer.tokens, now)
                    assert may == here, (life, viewer, now)


@QUICK
@given(groups=GROUPS, histories=PEOPLE)
def test_the_gate_lets_be_seen_exactly_who_the_rules_let_be_seen(street: Street, groups: Any, histories: Any) -> None:
    _visible_alike(street, groups, histories)


@pytest.mark.heavy
@THOROUGH
@given(groups=GROUPS, histories=PEOPLE)
def test_the_gate_lets_be_seen_exactly_who_the_rules_let_be_seen_at_length(
    street: Street, groups: Any, histories: Any
) -> None:
    _visible_alike(street, groups, histories)


def _permitted_alike(street: Street, history: Any, end: str) -> None:
    register = Register()
    life = Life(register).live(history)
    if end == "erased":
        life.erase()
    write(street.house.log, life)
    with street.house.database.transaction() as connection:
        for now in life.moments():
            for permission in _permissions(register):
                what, about = what_of(permission)
                stands = is_open(connection, life.who, what, about, now=now)
                if permission.scope is Scope.OUTCOME_TO_SOURCE and permission.company is not None:
                    level = life.consent.outcome_level(permission.company, now)
                    where = is_open(connection, life.who, "outcome-where", about, now=now)
                    told = OutcomeLevel.NONE
                    if stands:
                        told = OutcomeLevel.WHERE if where else OutcomeLevel.HIRED
                    assert told == level, (life, permission, now)
                else:
                    unpaused = replace(life.consent, paused=False)  # a pause is a row of its own
                    assert stands == unpaused.allows(permission, now), (life, permission, now)
            paused = is_open(connection, life.who, "paused", now=now)
            assert paused == life.consent.paused
            for place, token in enumerate(register.tokens):
                blocked = is_open(connection, life.who, "block", token, now=now)
                assert blocked == life.consent.blocks(frozenset({token})), place


def _permissions(register: Register) -> list[Permission]:
    sources = [state.id for state in register.states[:2]]
    return [
        LIST,
        *(Permission(scope=scope, company=each) for each in sources for scope in (Scope.RETAIN, Scope.OUTCOME_TO_SOURCE)),
        *(Permission(scope=Scope.CHANNEL, channel=channel) for channel in Channel),
    ]


@QUICK
@given(history=HISTORIES, end=ENDS)
def test_each_row_of_the_gate_stands_open_exactly_while_its_consent_is_live(
    street: Street, history: Any, end: str
) -> None:
    _permitted_alike(street, history, end)


@pytest.mark.heavy
@THOROUGH
@given(history=HISTORIES, end=ENDS)
def test_each_row_of_the_gate_stands_open_exactly_while_its_consent_is_live_at_length(
    street: Street, history: Any, end: str
) -> None:
    _permitted_alike(street, history, end)


def _groups_alike(street: Street, groups: Any) -> None:
    register = Register()
    known = disclosure_needs_approval._Known()
    for which, others in groups:
        register.declare(which, others)
    for state in register.states:
        known.own[state.id] = state.token
        known.groups[state.id] = state.group_tokens
    write(street.house.log, Life(register))
    for several in (*((each,) for each in range(COMPANIES)), *combinations(range(COMPANIES), 2)):
        served = [register.states[each] for each in several]
        said = blocking.tokens_of(served, register.states)
        with street.house.database.transaction() as connection:
            assert tokens_of(connection, [each.id for each in served]) == said, several
        checked: frozenset[CompanyToken] = frozenset().union(*(known.tokens(each.id) for each in served))
        assert checked == said, several


@QUICK
@given(groups=GROUPS)
def test_who_is_one_group_is_the_same_to_the_rule_the_gate_and_the_check(street: Street, groups: Any) -> None:
    _groups_alike(street, groups)


@pytest.mark.heavy
@THOROUGH
@given(groups=GROUPS)
def test_who_is_one_group_is_the_same_to_the_rule_the_gate_and_the_check_at_length(
    street: Street, groups: Any
) -> None:
    _groups_alike(street, groups)


HANDED_OVER = st.lists(
    st.tuples(st.just(0), st.one_of(STEPS, st.tuples(st.just("disclose"), st.integers(0, COMPANIES - 1)))), max_size=10
).map(lambda steps: [(0, ("disclose", 0)), (0, ("disclose", 1)), *steps])


def _copies_alike(street: Street, groups: Any, history: Any, end: str) -> None:
    register = Register()
    life, survivor = Life(register).live(history), Life(register)
    for which, others in groups:
        register.declare(which, others)
    if end == "erased":
        life.erase()
    elif end == "merged":
        survivor.block(len(history) % len(register.tokens))
        life.merge_into(survivor)
    drafts = [
        Draft(subject=received(key), record=ReceivedCopy(name="見本"), person=life.who, class_="received-copy")
        for key in life.keys.values()
    ]
    sealed = street.house.vault.sealer.seal_many(drafts)
    write(street.house.log, life, survivor, also=companions(*(each.row for each in sealed)))
    looking = viewers(street, register)
    keyring, line = street.house.vault.keyring, street.line(street.house.addresses.app_url)
    for which, ask in life.shares.items():
        for viewer in looking[: len(register.states) + 1 + which]:
            tokens = blocking.tokens_of([register.states[which]], register.states) | viewer.tokens
            may = viewer.company == ask.hiring and copy_is_open(ask, life.consent, tokens)
            if life.person.merged_into is not None:
                may = may and copy_is_open(ask, survivor.consent, tokens)
            look = partial(open_received, keyring, line, viewer, life.keys[which], now=life.now)
            assert opens(look) == may, (life, viewer)


@QUICK
@given(groups=GROUPS, history=HANDED_OVER, end=ENDS)
def test_a_copy_opens_exactly_while_the_rules_leave_it_open(
    street: Street, groups: Any, history: Any, end: str
) -> None:
    _copies_alike(street, groups, history, end)


@pytest.mark.heavy
@settings(THOROUGH, max_examples=LONG // 4)
@given(groups=GROUPS, history=HANDED_OVER, end=ENDS)
def test_a_copy_opens_exactly_while_the_rules_leave_it_open_at_length(
    street: Street, groups: Any, history: Any, end: str
) -> None:
    _copies_alike(street, groups, history, end)
