"""What is decided and what forbids it meet: whoever is second decides again, and nothing slips through between.

`between` lets the second command in exactly after the first has read and decided and before it appends, so each of
these races is run to its worst moment every time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, cast

import pytest

from domain.consent import LIST
from domain.ids import CandidateId, IntroductionId, introduction_of
from domain.introduction import CandidateAsked, IdentityDisclosed, IntroductionBlocked, Item, ShareApproved, ShareUndone
from domain.partnership import SharingMode
from domain.refusal import Refused
from marketplace.vault.disclosure import open_received, open_recommendation
from marketplace.vault.keyring import Keyring
from tests.laws.acts import ASKED_FOR, Acts
from tests.laws.interleave import Step, at_once, between, opens, quietly
from tests.laws.street import MAIL, SOURCES, Street


class Scene:
    """One listed person with a recommendation they have read, and a job of alpha's."""

    hears_nothing = False
    """The projections stand still."""

    def __init__(self, street: Street) -> None:
        street.start_again()
        self.street, self.acts, self.office = street, Acts(street), street.office
        self.job = street.job("alpha")
        self.who: CandidateId = street.person(SOURCES)
        street.give(self.who)
        street.give(self.who, MAIL)
        street.recommend(self.who)
        street.publish(self.who)
        street.catch_up()
        self.key: IntroductionId = introduction_of(self.who, street.companies["alpha"], self.job, 1)

    def catch_up(self) -> None:
        if not self.hears_nothing:
            self.street.catch_up()

    def post(self) -> None:
        """Everything that waits to be sent is sent or withheld; no projection, reaction or timer has its turn."""
        while self.street.room("tasks"):
            pass

    def asked(self) -> Scene:
        self.acts.request(self.who, "alpha", self.job)(self.office)
        self.catch_up()
        return self

    def approved(self, items: frozenset[Item] = ASKED_FOR) -> Scene:
        self.asked().acts.approve(self.key, items)(self.office)
        self.catch_up()
        self.street.move_to(self.street.now() + timedelta(minutes=11))
        return self

    def disclosed(self) -> Scene:
        self.approved().acts.disclose(self.key)(self.office)
        return self

    def told(self, kind: type[Any], stream: Any = None) -> list[Any]:
        history = self.street.house.log.history(stream or self.key)
        return [entry.event for entry in history if isinstance(entry.event, kind)]

    def against(self) -> dict[str, Step]:
        acts, who = self.acts, self.who
        return {
            "withdraw": acts.withdraw(who, LIST),
            "pause": acts.pause(who),
            "block": acts.block(who, "alpha"),
            "erase": acts.erase(who),
            "suspend": acts.suspend("alpha"),
            "close": acts.close_job("alpha", self.job),
            "change": acts.change_job("alpha", self.job),
            "profile": acts.save_profile(who),
        }

    def sent(self, template: str) -> int:
        rows = self.street.rows(
            "SELECT id FROM message WHERE template = %s AND sent_at IS NOT NULL AND about->>'introduction' = %s"
            " AND recipient_kind <> 'company'",
            template,
            str(self.key),
        )
        return len(rows)


OFTEN, SELDOM = ("withdraw", "block", "change"), ("pause", "erase", "suspend", "close", "profile")
FORBIDS = [*OFTEN, *(pytest.param(how, marks=pytest.mark.heavy) for how in SELDOM)]
FORBIDS_AN_ASK = ["withdraw", "block", *(pytest.param(how, marks=pytest.mark.heavy) for how in SELDOM[:-1])]
"""A change of the conditions or of the profile is asked about as it is then; it forbids nothing."""


@pytest.fixture
def scene(street: Street) -> Scene:
    return Scene(street)


@pytest.mark.parametrize("how", FORBIDS)
def test_nothing_is_disclosed_when_it_is_forbidden_between_the_decision_and_the_append(scene: Scene, how: str) -> None:
    scene.approved()
    between(scene.office, scene.acts.disclose(scene.key), scene.against()[how])
    assert scene.told(IdentityDisclosed) == []


@pytest.mark.parametrize("how", FORBIDS_AN_ASK)
def test_nobody_is_asked_when_it_is_forbidden_between_the_decision_and_the_append(scene: Scene, how: str) -> None:
    between(scene.office, scene.acts.request(scene.who, "alpha", scene.job), scene.against()[how])
    assert scene.told(CandidateAsked) == []


def test_a_request_that_a_block_overtook_looks_like_any_other(scene: Scene) -> None:
    between(scene.office, scene.acts.request(scene.who, "alpha", scene.job), scene.against()["block"])
    assert len(scene.told(IntroductionBlocked)) == 1


@pytest.mark.parametrize("how", FORBIDS)
def test_no_yes_is_taken_when_it_is_forbidden_between_the_decision_and_the_append(scene: Scene, how: str) -> None:
    scene.asked()
    between(scene.office, scene.acts.approve(scene.key, ASKED_FOR), scene.against()[how])
    assert scene.told(ShareApproved) == []


@pytest.mark.parametrize(("tick", "times"), [(-1, 0), (0, 1)])
def test_nothing_is_disclosed_while_it_can_still_be_undone(scene: Scene, tick: int, times: int) -> None:
    scene.asked().acts.approve(scene.key, ASKED_FOR)(scene.office)
    (approved,) = scene.told(ShareApproved)
    at = approved.disclose_not_before + timedelta(microseconds=tick)
    quietly(scene.acts.disclose(scene.key, at), scene.office)
    assert len(scene.told(IdentityDisclosed)) == times


@pytest.mark.parametrize(("tick", "times"), [(-1, 1), (0, 0)])
def test_nothing_is_disclosed_from_the_very_moment_on_at_which_the_consent_ends(
    scene: Scene, tick: int, times: int
) -> None:
    (grant,) = (each for each in scene.office.consent(scene.who).state.grants if each.permission == LIST)
    scene.street.move_to(grant.expires_at - timedelta(hours=2))
    scene.approved()
    quietly(scene.acts.disclose(scene.key, grant.expires_at + timedelta(microseconds=tick)), scene.office)
    assert len(scene.told(IdentityDisclosed)) == times


@pytest.mark.parametrize("meet", [between, at_once])
def test_an_undo_in_the_last_moment_is_before_the_disclosure_or_refused(
    scene: Scene, meet: Callable[..., None]
) -> None:
    scene.asked().acts.approve(scene.key, ASKED_FOR)(scene.office)
    (approved,) = scene.told(ShareApproved)
    meet(
        scene.office,
        scene.acts.disclose(scene.key, approved.disclose_not_before),
        scene.acts.undo(scene.key),
    )
    assert len(scene.told(ShareUndone)) + len(scene.told(IdentityDisclosed)) == 1
    assert len(scene.told(IdentityDisclosed)) == (scene.office.introduction(scene.key).state.disclosed_at is not None)
    assert scene.told(IdentityDisclosed) == [] or scene.office.introduction(scene.key).state.status == "disclosed"


@pytest.mark.parametrize("how", ["not shared", "stepped back", "rewritten"])
def test_a_recommendation_that_is_no_longer_given_is_not_handed_over(scene: Scene, how: str) -> None:
    scene.approved()
    acts, who = scene.acts, scene.who
    others: dict[str, Step] = {
        "not shared": acts.share_with("mountain", SharingMode.NEVER, "alpha"),
        "stepped back": acts.step_back(who, "mountain"),
        "rewritten": acts.recommend(who, "mountain"),
    }
    between(scene.office, acts.disclose(scene.key), others[how])
    (told,) = scene.told(IdentityDisclosed)
    assert Item.RECOMMENDATION not in told.items
    assert Item.NAME in told.items


@pytest.mark.parametrize("how", ["not shared", "stepped back", "rewritten"])
def test_nobody_is_asked_for_a_recommendation_that_is_no_longer_given(scene: Scene, how: str) -> None:
    acts, who = scene.acts, scene.who
    others: dict[str, Step] = {
        "not shared": acts.share_with("mountain", SharingMode.NEVER, "alpha"),
        "stepped back": acts.step_back(who, "mountain"),
        "rewritten": acts.recommend(who, "mountain"),
    }
    between(scene.office, acts.request(who, "alpha", scene.job), others[how])
    shown = {item for asked in scene.told(CandidateAsked) for item in asked.seen.items}
    assert Item.RECOMMENDATION not in shown
    assert (Item.NAME in shown) == (how != "stepped back")  # with the referral goes the card, and nobody asks at all


def test_a_group_that_is_declared_at_the_moment_of_disclosure_opens_nothing(scene: Scene) -> None:
    """The block names a company that becomes alpha's sister in the very moment in which alpha receives its copy."""
    scene.acts.block(scene.who, "stranger")(scene.office)
    scene.approved()
    between(scene.office, scene.acts.disclose(scene.key), scene.acts.declare("beta", "alpha", "stranger"))
    street = scene.street
    line = street.line(street.house.addresses.app_url)
    with pytest.raises(Refused, match="copy-not-open"):
        open_received(street.house.vault.keyring, line, street.viewer("alpha"), scene.key, now=street.now())


class Hurried:
    """The real keyring; the first time that it is asked for keys, somebody else is given a moment."""

    def __init__(self, keyring: Keyring, meanwhile: Callable[[], object]) -> None:
        self._keyring, self._meanwhile = keyring, meanwhile

    def __getattr__(self, name: str) -> Any:
        meanwhile, self._meanwhile = self._meanwhile, lambda: None
        meanwhile()
        return getattr(self._keyring, name)


@pytest.mark.parametrize("how", ["withdraw", "pause", "block"])
def test_a_recommendation_that_is_being_opened_is_not_shown_once_the_person_has_withdrawn(
    scene: Scene, how: str
) -> None:
    street, acknowledged = scene.street, threading.Event()
    step = scene.against()[how]

    def withdraw() -> None:
        step(scene.office)
        acknowledged.set()

    def meanwhile() -> None:
        """Either it is acknowledged now, or it waits for this look to be over."""
        threading.Thread(target=withdraw).start()
        acknowledged.wait(2)

    state = scene.office.referral(street.referral(scene.who, "mountain")).state
    keyring = cast("Keyring", Hurried(street.house.vault.keyring, meanwhile))
    line, viewer, now = street.line(street.house.addresses.app_url), street.viewer("alpha"), street.now()
    look = partial(open_recommendation, keyring, line, viewer, scene.who, state.recommendation_ref, now=now)
    was_shown = opens(look)
    assert not (was_shown and acknowledged.is_set())
    assert acknowledged.wait(10)


@pytest.mark.parametrize("how", ["withdraw", "pause", "block"])
def test_no_ask_is_mailed_after_it_was_forbidden_though_no_projection_has_heard_of_it(scene: Scene, how: str) -> None:
    scene.acts.request(scene.who, "alpha", scene.job)(scene.office)
    scene.against()[how](scene.office)
    scene.post()
    assert scene.sent("ask") == 0


def test_an_ask_is_mailed_where_nothing_forbids_it(scene: Scene) -> None:
    scene.acts.request(scene.who, "alpha", scene.job)(scene.office)
    scene.post()
    assert scene.sent("ask") == 1


def test_no_company_is_told_of_a_copy_that_a_block_has_closed_though_no_projection_has_heard_of_it(
    scene: Scene,
) -> None:
    scene.hears_nothing = True
    scene.disclosed().against()["block"](scene.office)
    scene.post()
    assert scene.sent("copy-received") == 0


def test_a_company_is_told_of_the_copy_that_it_may_open(scene: Scene) -> None:
    scene.disclosed()
    scene.post()
    assert scene.sent("copy-received") == 1
