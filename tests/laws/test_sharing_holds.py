"""No history discloses, shows, counts or sends anything of a person without what rules 1 to 5 ask for.

People, sources, hiring companies, the operator, the worker and the clock do what they like in any order, also two at
once. After every step the product is asked what it shows, counts, opens and has sent, and a second telling of the rules
(`model.py`) what it may.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.consent import LIST
from domain.ids import CandidateId, IntroductionId, card_of
from domain.introduction import IdentityDisclosed, Item
from domain.partnership import SharingMode
from marketplace.store.log import Unreadable
from marketplace.vault.disclosure import open_received, open_recommendation
from projections import catalogue
from projections.catalogue import MOST_COUNTED, Query
from tests.laws.acts import ASKED_FOR, Acts
from tests.laws.interleave import Step, at_once, between, opens, quietly
from tests.laws.machines import brief, long, play
from tests.laws.model import Model
from tests.laws.street import HIRING, LICENCE_GAP, MAIL, OPENING, SOURCES, Street

PLAIN = brief(examples=6, steps=22)
LONG = long(examples=50, steps=35)

WHO = st.integers(0, 1)
WHICH = st.integers(0, 7)
FIRM = st.sampled_from(HIRING)
NAME = st.sampled_from((*HIRING, "stranger"))
SOURCE = st.sampled_from(SOURCES)
ITEMS = st.sets(st.sampled_from(sorted(ASKED_FOR)), min_size=1).map(frozenset)
ROOMS = st.sampled_from(["project", "project", "react", "sweep", "sweep", "tasks", "tasks", "everything", "everything"])
VIEWERS = (("alpha",), ("beta",), ("gamma",), ("alpha", "gamma"))


class Sharing(RuleBasedStateMachine):
    """Everybody does what they like."""

    def __init__(self, street: Street) -> None:
        super().__init__()
        self.street = street
        self.acts = Acts(street)
        self.model = Model()
        self.people: list[CandidateId] = []
        self.jobs: dict[str, Any] = {}
        self.sent: set[UUID] = set()

    @initialize()
    def open_the_street(self) -> None:
        self.street.start_again()
        self.jobs = {name: self.street.job(name) for name in HIRING}
        self.people = [self.street.person(SOURCES), self.street.person(SOURCES[:1])]
        for who in self.people:
            self.street.give(who)
            self.street.give(who, MAIL)
            self.street.recommend(who)
            self.street.publish(who)
        self.street.catch_up()
        self.sent = {message for message, *_ in self._sent()}

    def teardown(self) -> None:
        if self.people:
            self.learn()

    # What there is to pick from.

    @property
    def asks(self) -> list[IntroductionId]:
        return [IntroductionId(key) for key, ask in self.model.asks.items() if ask.who in self.people]

    def pick(self, which: int, only: Callable[[Any], bool] = lambda _: True) -> IntroductionId | None:
        several = [key for key in self.asks if only(self.model.asks[key])]
        return several[which % len(several)] if several else None

    def do(self, step: Step) -> None:
        quietly(step, self.street.office)

    # People.

    @rule(who=WHO, what=st.sampled_from([LIST, LIST, MAIL]))
    def agree(self, who: int, what: Any) -> None:
        self.do(self.acts.give(self.people[who], what))

    @rule(who=WHO)
    def renew(self, who: int) -> None:
        self.do(self.acts.renew(self.people[who]))

    @rule(who=WHO, what=st.sampled_from([LIST, LIST, MAIL]))
    def withdraw(self, who: int, what: Any) -> None:
        self.do(self.acts.withdraw(self.people[who], what))
        self.learn()
        assert what not in self.model.person(self.people[who]).until

    @rule(who=WHO, ends=st.booleans())
    def pause_or_resume(self, who: int, ends: bool) -> None:
        self.do((self.acts.resume if ends else self.acts.pause)(self.people[who]))
        self.learn()
        assert self.model.person(self.people[who]).paused is not ends or self.model.person(self.people[who]).gone

    @rule(who=WHO, name=NAME)
    def block(self, who: int, name: str) -> None:
        self.do(self.acts.block(self.people[who], name))

    @rule(who=WHO, name=NAME)
    def unblock(self, who: int, name: str) -> None:
        self.do(self.acts.unblock(self.people[who], name))

    @rule(who=WHO, source=SOURCE, out=st.booleans())
    def list_or_not(self, who: int, source: str, out: bool) -> None:
        self.do((self.acts.suspend_card if out else self.acts.publish)(self.people[who], source))

    @rule(who=WHO)
    def write_profile(self, who: int) -> None:
        self.do(self.acts.save_profile(self.people[who]))

    @rule(which=WHICH)
    def erase_one(self, which: int) -> None:
        if which == 0:
            self.do(self.acts.erase(self.people[0]))

    @precondition(lambda self: self.asks)
    @rule(which=WHICH, items=ITEMS)
    def approve(self, which: int, items: frozenset[Item]) -> None:
        if key := self.pick(which, lambda ask: not ask.over and ask.yes is None):
            self.do(self.acts.approve(key, items))

    @precondition(lambda self: self.asks)
    @rule(which=WHICH, how=st.sampled_from(["decline", "undo", "show_anew", "revoke", "revoke"]))
    def answer(self, which: int, how: str) -> None:
        if key := self.pick(which, lambda ask: (ask.given is not None) == (how == "revoke")):
            self.do(getattr(self.acts, how)(key))

    # Companies and the operator.

    @rule(who=WHO, name=FIRM, also=FIRM)
    def ask(self, who: int, name: str, also: str) -> None:
        self.do(self.acts.request(self.people[who], name, self.jobs[name], also))

    @rule(who=WHO, name=FIRM, items=st.one_of(st.just(ASKED_FOR), ITEMS))
    def ask_and_be_heard(self, who: int, name: str, items: frozenset[Item]) -> None:
        """The whole way to a yes that waits for its ten minutes."""
        self.do(self.acts.request(self.people[who], name, self.jobs[name]))
        self.learn()
        if key := self.pick(-1, lambda ask: ask.seen is not None and ask.yes is None and not ask.over):
            self.do(self.acts.approve(key, items))
        self.learn()

    @rule(name=FIRM, others=st.sets(NAME, max_size=2))
    def declare_group(self, name: str, others: set[str]) -> None:
        self.do(self.acts.declare(name, *others))

    @rule(name=st.sampled_from((*HIRING, *SOURCES)), ends=st.booleans())
    def suspend_or_reinstate(self, name: str, ends: bool) -> None:
        self.do((self.acts.reinstate if ends else self.acts.suspend)(name))

    @rule(source=SOURCE, mode=st.sampled_from(list(SharingMode)), names=st.sets(FIRM, min_size=1))
    def share_with(self, source: str, mode: SharingMode, names: set[str]) -> None:
        self.do(self.acts.share_with(source, mode, *names))

    @rule(who=WHO, source=SOURCE, how=st.sampled_from(["recommend", "read", "step_back"]))
    def stand_behind(self, who: int, source: str, how: str) -> None:
        self.do(getattr(self.acts, how)(self.people[who], source))

    @rule(name=FIRM, how=st.sampled_from(["change_job", "change_job", "close_job"]))
    def change_job(self, name: str, how: str) -> None:
        self.do(getattr(self.acts, how)(name, self.jobs[name]))

    # Time and the worker.

    @rule(by=st.sampled_from([{"minutes": 5}, {"minutes": 10}, {"hours": 3}, {"days": 1}, {"days": 8}, {"days": 90}]))
    def time_goes_by(self, by: dict[str, int]) -> None:
        self.street.move_to(self.street.now() + timedelta(**by))

    @rule()
    def the_licence_runs_out(self) -> None:
        now = self.street.now()
        if now.date() < LICENCE_GAP[0]:
            self.street.move_to(OPENING + timedelta(days=(LICENCE_GAP[0] - OPENING.date()).days + 2))

    @rule(room=ROOMS)
    def work(self, room: str) -> None:
        if room == "everything":
            self.street.settle()
        while room != "everything" and self.street.room(room):
            pass

    @rule(who=WHO, tick=st.sampled_from([-1, 0, 1]), which=WHICH)
    def disclose_where_the_consent_ends(self, who: int, tick: int, which: int) -> None:
        until = self.model.person(self.people[who]).until.get(LIST)
        key = self.pick(which, lambda ask: ask.who == self.people[who] and ask.yes_at is not None)
        if until is not None and key is not None:
            self.street.move_to(until)
            self.do(self.acts.disclose(key, until + timedelta(microseconds=tick)))

    # Two at once.

    def against(self, who: int, name: str, which: int, how: str) -> Step:
        """Something that forbids what the other is about to do."""
        person = self.people[who]
        key = self.pick(which)
        steps: dict[str, Callable[[], Step]] = {
            "withdraw": lambda: self.acts.withdraw(person, LIST),
            "pause": lambda: self.acts.pause(person),
            "block": lambda: self.acts.block(person, name),
            "profile": lambda: self.acts.save_profile(person),
            "suspend": lambda: self.acts.suspend(name),
            "close": lambda: self.acts.close_job(name, self.jobs[name]),
            "change": lambda: self.acts.change_job(name, self.jobs[name]),
            "share": lambda: self.acts.share_with(SOURCES[which % 2], SharingMode.NEVER, *HIRING),
            "recommend": lambda: self.acts.recommend(person, "mountain"),
            "step back": lambda: self.acts.step_back(person, "mountain"),
            "undo": lambda: self.acts.undo(key) if key else self.acts.pause(person),
            "revoke": lambda: self.acts.revoke(key) if key else self.acts.pause(person),
        }
        return steps[how]()

    AGAINST = st.sampled_from(
        ["withdraw", "pause", "block", "profile", "suspend", "close", "change", "share", "recommend", "step back",
         "undo", "revoke"]
    )  # fmt: skip

    @rule(who=WHO, name=FIRM, which=WHICH, how=AGAINST, threads=st.booleans())
    def disclosure_meets(self, who: int, name: str, which: int, how: str, threads: bool) -> None:
        waits = lambda ask: ask.yes_at is not None and ask.given is None and not ask.over  # noqa: E731
        if self.pick(which, waits) is None:
            self.ask_and_be_heard(who, name, ASKED_FOR)
        key = self.pick(which, waits)
        if key is None:
            return
        ask = self.model.asks[key]
        name = next(name for name, company in self.street.companies.items() if company == ask.hiring)
        if ask.yes_at is not None:
            self.street.move_to(max(self.street.now(), ask.yes_at + timedelta(minutes=10)))
        other = self.against(self.people.index(CandidateId(ask.who)), name, which, how)
        self.meet(self.acts.disclose(key), other, threads)

    @rule(who=WHO, name=FIRM, which=WHICH, how=AGAINST, threads=st.booleans())
    def request_meets(self, who: int, name: str, which: int, how: str, threads: bool) -> None:
        first = self.acts.request(self.people[who], name, self.jobs[name])
        self.meet(first, self.against(who, name, which, how), threads)

    @precondition(lambda self: self.asks)
    @rule(which=WHICH, how=AGAINST, items=ITEMS, threads=st.booleans())
    def approval_meets(self, which: int, how: str, items: frozenset[Item], threads: bool) -> None:
        key = self.pick(which, lambda ask: ask.seen is not None and ask.yes is None and not ask.over)
        if key is None:
            return
        ask = self.model.asks[key]
        name = next(name for name, company in self.street.companies.items() if company == ask.hiring)
        other = self.against(self.people.index(CandidateId(ask.who)), name, which, how)
        self.meet(self.acts.approve(key, items), other, threads)

    def meet(self, first: Step, second: Step, threads: bool) -> None:
        (at_once if threads else between)(self.street.office, first, second)

    # What must hold after every step.

    @invariant()
    def nothing_is_shown_or_sent_that_the_person_does_not_permit(self) -> None:
        if not self.people:
            return
        self.learn()
        now = self.street.now()
        self.shown(now)
        self.opened(now)
        self.mailed(now)

    def learn(self) -> None:
        """Read on in the log; each disclosure is judged by what had been said before it."""
        while entries := self.street.house.log.read(self.model.position, 500):
            for entry in entries:
                assert not isinstance(entry, Unreadable), entry
                if isinstance(entry.event, IdentityDisclosed) and entry.event.candidate in self.people:
                    why = self.model.objection(entry.stream, entry.event, entry.meta.recorded_at)
                    assert why is None, (why, self.model.asks[entry.stream])
                self.model.learn(entry)

    def shown(self, now: Any) -> None:
        """The catalogue shows and counts whom the model lets it; all of them, once it has caught up."""
        position = self.model.position
        with self.street.house.database.transaction() as connection:
            behind = connection.execute(
                "SELECT FROM projection_position WHERE name IN ('catalogue', 'referral_board', 'directory')"
                " AND position < %s",
                (position,),
            ).fetchone()
        for names in VIEWERS:
            viewer = self.street.viewer(*names)
            companies = {self.street.companies[name] for name in names}
            with self.street.house.database.transaction() as connection:
                found = catalogue.search(connection, viewer, Query(limit=MOST_COUNTED), now)
                counted = catalogue.count(connection, viewer, Query(), now)
            cards = {each.card: each for each in found}
            assert counted == len(cards)
            for who in self.people:
                card = cards.get(card_of(who))
                may = self.model.may_see(who, set(companies), now)
                assert card is None or may, (names, who)
                if behind is None:
                    assert (card is not None) == (may and self.model.person(who).listed), (names, who)
                    shared = self.model.recommended(who, viewer.company)
                    assert card is None or card.has_recommendation == shared, (names, who)

    def opened(self, now: Any) -> None:
        """A company opens its copy exactly while it may; a recommendation only while the card is shown to it."""
        keyring = self.street.house.vault.keyring
        handed = [key for key in self.asks if self.model.asks[key].given is not None]
        connection = self.street.line(self.street.house.addresses.app_url)
        for key, names in ((key, names) for key in handed for names in VIEWERS):
            viewer = self.street.viewer(*names)
            ask = self.model.asks[key]
            companies = {self.street.companies[name] for name in names}
            may = viewer.company == ask.hiring and self.model.copy_open(key, set(companies))
            look = partial(open_received, keyring, connection, viewer, key, now=now)
            assert opens(look) == may, (names, ask)
        who = self.people[0]
        state = self.street.office.referral(self.street.referral(who, "mountain")).state
        for names in (VIEWERS[0], VIEWERS[-1]):
            companies = {self.street.companies[name] for name in names}
            look_at = partial(
                open_recommendation, keyring, connection, self.street.viewer(*names), who,
                state.recommendation_ref, now=now,
            )  # fmt: skip
            assert opens(look_at) <= self.model.may_see(who, set(companies), now), names

    def mailed(self, now: Any) -> None:
        """Every mail that went out since the last look was one that could go out now."""
        for message, template, recipient, about in self._sent():
            if message in self.sent:
                continue
            self.sent.add(message)
            ask = self.model.asks.get(UUID(about["introduction"])) if "introduction" in about else None
            person = self.model.people.get(recipient)
            if person is not None and template != "erasure-certificate":
                assert not person.gone, template
            if template in {"ask", "recommendation-written"}:
                assert self.model.may_mail(recipient, now), template
            if template == "ask":
                assert ask is not None
                assert (ask.over, ask.yes, ask.hidden) == (False, None, False)
                assert now < ask.expires_at
                assert self.model.may_see(ask.who, {ask.hiring}, now), "asked though it is not permitted"
            if template == "copy-received":
                assert ask is not None
                assert (ask.given is not None, ask.revoked) == (True, False)
                assert not self.model.barred(ask.who, {ask.hiring}), "told of a copy that is closed"

    def _sent(self) -> list[tuple[Any, ...]]:
        return self.street.rows(
            "SELECT id, template, recipient, about FROM message WHERE sent_at IS NOT NULL AND recipient_kind <> 'company'"
        )


def test_no_history_shows_discloses_counts_or_sends_what_the_person_does_not_permit(street: Street) -> None:
    play(partial(Sharing, street), PLAIN)


@pytest.mark.heavy
def test_no_long_history_shows_discloses_counts_or_sends_what_the_person_does_not_permit(street: Street) -> None:
    play(partial(Sharing, street), LONG)
