"""Histories that the rules allow, told in events: what a person permits and forbids, and which companies are one group."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import reduce
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st
from msgspec.structs import replace

from domain import candidate as candidates
from domain import company as companies
from domain import consent as consents
from domain import introduction as introductions
from domain import merging
from domain.applicant import Channel
from domain.candidate import Candidate, Entrance
from domain.company import Company, CompanyRole
from domain.consent import LIST, BlockCause, Consent, OutcomeLevel, Permission, Scope, WithdrawalCause
from domain.duties import RevokeCause
from domain.event import Event
from domain.ids import CandidateId, CompanyId, CompanyToken, IntroductionId, VaultRef, consent_of
from domain.introduction import IdentityDisclosed, Introduction, Item
from domain.refusal import Refused
from domain.rules import share, withdrawal
from marketplace.store.log import Command, Log, Rows
from tests.domain.share_examples import approved
from tests.laws.street import FACTS, OPENING, number

COMPANIES = 4
STRANGERS = 2
"""Companies that are not on the relay: a token and a number, and nothing else."""
REF = VaultRef(UUID(int=71))
HOURS = st.sampled_from([0, 1, 24, 24 * 40])
WHICH = st.integers(0, COMPANIES + STRANGERS - 1)
PERMISSIONS = st.integers(0, 5)

STEPS = st.one_of(
    st.tuples(st.just("give"), PERMISSIONS, st.sampled_from(list(OutcomeLevel)), st.sampled_from([1, 30, 60])),
    st.tuples(st.just("give"), st.just(0), st.just(OutcomeLevel.NONE), st.sampled_from([30, 60])),
    st.tuples(st.just("renew"), PERMISSIONS, st.sampled_from([30, 90])),
    st.tuples(st.just("withdraw"), st.sets(PERMISSIONS, min_size=1)),
    st.tuples(st.just("expire"), PERMISSIONS),
    st.tuples(st.just("block"), WHICH),
    st.tuples(st.just("unblock"), WHICH),
    st.tuples(st.just("pause")),
    st.tuples(st.just("resume")),
    st.tuples(st.just("disclose"), st.integers(0, COMPANIES - 1)),
    st.tuples(st.just("revoke"), st.integers(0, COMPANIES - 1)),
)
HISTORIES = st.lists(st.tuples(HOURS, STEPS), max_size=14)
ENDS = st.sampled_from(["lives", "lives", "lives", "erased", "merged"])
GROUPS = st.lists(st.tuples(st.integers(0, COMPANIES - 1), st.sets(WHICH, max_size=3)), max_size=5)


@dataclass
class Register:
    """The companies of one example, their tokens, and the groups they declared."""

    states: list[Company] = field(default_factory=list)
    events: dict[UUID, list[Event]] = field(default_factory=dict)
    tokens: list[CompanyToken] = field(default_factory=lambda: [CompanyToken(uuid4()) for _ in range(6)])

    def __post_init__(self) -> None:
        for place in range(COMPANIES):
            key = CompanyId(uuid4())
            admitted = companies.admit(
                companies.INITIAL, company_id=key, name="見本", name_en="", corporate_number=number(place),
                token=self.tokens[place], address="東京都", representative_ref=REF, roles=frozenset(CompanyRole),
            )  # fmt: skip
            self.states.append(companies.evolve(companies.evolve(companies.INITIAL, admitted[0]), admitted[1]))
            self.events[key] = list(admitted)

    def declare(self, which: int, others: set[int]) -> None:
        """A company says who belongs to its group: the whole list, again and again."""
        state, named = self.states[which], sorted(others - {which})
        event = companies.declare_group(
            state,
            corporate_numbers=tuple(number(each) for each in named),
            tokens=tuple(self.tokens[each] for each in named),
        )
        self.states[which] = companies.evolve(state, event)
        self.events[state.id].append(event)


@dataclass
class Life:
    """A person, their consent and their introductions, after each step the rules let them take."""

    register: Register
    who: CandidateId = field(default_factory=lambda: CandidateId(uuid4()))
    now: datetime = OPENING
    person: Candidate = candidates.INITIAL
    consent: Consent = consents.INITIAL
    shares: dict[int, Introduction] = field(default_factory=dict)
    keys: dict[int, IntroductionId] = field(default_factory=dict)
    events: dict[UUID, list[Event]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._is(
            candidates.CandidateRegistered(
                candidate=self.who, entrance=Entrance.NEUTRAL_LINK, language="ja", contact_ref=REF
            ),
            candidates.AdulthoodDeclared(),
            candidates.ProfileSaved(version=1, ref=REF, commit="c", facts=FACTS, lexemes_ref=REF),
        )

    def live(self, history: list[tuple[int, tuple[Any, ...]]]) -> Life:
        for hours, (step, *said) in history:
            self.now += timedelta(hours=hours)
            try:
                getattr(self, step)(*said)
            except Refused:
                continue
        return self

    def permission(self, which: int) -> Permission:
        source = self.register.states[which % 2].id
        return (
            LIST,
            Permission(scope=Scope.RETAIN, company=source),
            Permission(scope=Scope.OUTCOME_TO_SOURCE, company=source),
            Permission(scope=Scope.OUTCOME_TO_SOURCE, company=source),
            Permission(scope=Scope.CHANNEL, channel=Channel.EMAIL),
            Permission(scope=Scope.CHANNEL, channel=Channel.LINE),
        )[which]

    def give(self, which: int, level: OutcomeLevel, days: int) -> None:
        permission = self.permission(which)
        self._says(
            consents.give(
                self.consent, candidate=self.who, permission=permission,
                level=level if permission.scope is Scope.OUTCOME_TO_SOURCE else None, text_version="v1", language="ja",
                expires_at=self.now + timedelta(days=days), receipt="r", now=self.now,
            )
        )  # fmt: skip

    def renew(self, which: int, days: int) -> None:
        grant = self.consent.grant_of(self.permission(which))
        if grant is not None and grant.level is OutcomeLevel.NONE:
            return  # the command refuses it: nothing is permitted that could last longer
        until = self.now + timedelta(days=days)
        self._says(
            consents.renew(
                self.consent, self.permission(which), text_version="v1", expires_at=until, receipt="r", now=self.now
            )
        )

    def withdraw(self, several: set[int]) -> None:
        permissions = frozenset(map(self.permission, several))
        self._says(consents.withdraw(self.consent, permissions, cause=WithdrawalCause.PERSON))

    def expire(self, which: int) -> None:
        self._says(consents.expire(self.consent, self.permission(which), now=self.now))

    def block(self, which: int) -> None:
        token = self.register.tokens[which]
        self._says(consents.block(self.consent, token, candidate=self.who, cause=BlockCause.CHOSEN))

    def unblock(self, which: int) -> None:
        self._says(consents.unblock(self.consent, self.register.tokens[which]))

    def pause(self) -> None:
        self._says(consents.pause(self.consent, candidate=self.who))

    def resume(self) -> None:
        self._says(consents.resume(self.consent))

    def disclose(self, which: int) -> None:
        """Handed over to this company, whatever came before: only what closes the copy again is looked at here."""
        if which in self.shares:
            return
        hiring = self.register.states[which].id
        key = self.keys[which] = IntroductionId(uuid4())
        asked = replace(approved(), introduction=key, candidate=self.who, hiring=hiring)
        told = IdentityDisclosed(
            candidate=self.who, hiring=hiring, items=(Item.NAME,), profile_version=1, consent_version=1,
            disclosed_at=self.now, prior_contact_until=self.now.date(), ref=REF, commit="c",
        )  # fmt: skip
        self.shares[which] = introductions.evolve(asked, told)
        self.events.setdefault(key, []).append(told)

    def revoke(self, which: int) -> None:
        if which not in self.shares:
            return
        event = share.revoke(self.shares[which], RevokeCause.PERSON)
        self.shares[which] = introductions.evolve(self.shares[which], event)
        self.events[self.keys[which]].append(event)

    def erase(self) -> None:
        """As `start_erasure` writes it: both streams, and every copy that is open."""
        self._is(candidates.start_erasure(self.person))
        permitted = replace(self.consent, candidate=self.who)
        self._says(consents.withdraw(permitted, frozenset(), cause=WithdrawalCause.ERASURE))
        for which, ask in self.shares.items():
            if event := withdrawal.follows(withdrawal.Step.ERASED, ask):
                self.shares[which] = introductions.evolve(ask, event)
                self.events[self.keys[which]].append(event)

    def merge_into(self, other: Life) -> None:
        """As `merge` writes it; the survivor takes over what the absorbed registration forbids."""
        event = candidates.merge(other.person, self.person)
        now = max(self.now, other.now)
        other.now = self.now = now
        other._is(event)
        self._is(event)
        for told in merging.unite(other.consent, self.consent, candidate=other.who, now=now):
            other._says(told)
        for told in merging.give_way(self.consent):
            self._says(told)

    def _is(self, *events: candidates.CandidateEvent) -> None:
        self.person = reduce(candidates.evolve, events, self.person)
        self.events.setdefault(self.who, []).extend(events)

    def _says(self, event: consents.ConsentEvent) -> None:
        self.consent = consents.evolve(self.consent, event)
        self.events.setdefault(consent_of(self.who), []).append(event)

    def moments(self) -> list[datetime]:
        """Now, and around each moment at which something that was given runs out."""
        ends = {grant.expires_at for grant in self.consent.grants}
        tick = timedelta(microseconds=1)
        return [self.now, *(end + by for end in sorted(ends) for by in (-tick, timedelta(0), tick))]


def write(log: Log, *lives: Life, also: Rows | None = None) -> None:
    """All that was told, in one append, as one command; the gate follows from it."""
    streams: dict[UUID, tuple[int, list[Event]]] = {}
    for several in (lives[0].register.events, *(life.events for life in lives)):
        streams |= {stream: (0, events) for stream, events in several.items()}
    log.append(Command(id=uuid4(), actor="user:laws", now=OPENING), streams, also=also)
