"""Rule 2: identity goes to a company only by the candidate's approval of that very share."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain import consent as permits
from domain import introduction as intro
from domain.calendar import JST
from domain.consent import LIST, BlockCause, CompanyBlocked, ConsentWithdrawn, Paused, WithdrawalCause
from domain.duties import RevokeCause
from domain.ids import CompanyToken, introduction_of
from domain.introduction import CancelCause, Direction, Introduction, Item, Status
from domain.policy import DEFAULT
from domain.rules import share
from domain.standing import Standing, barrier
from tests.domain.share_examples import (
    APPROVED_AT,
    ASKED_AT,
    CANDIDATE,
    DISCLOSED_AT,
    EXPIRES_AT,
    HIRING,
    ITEMS,
    JOB,
    REF,
    SEEN,
    STANDING,
    STRANGER,
    TOKEN,
    USER,
    approval,
    approved,
    asked,
    consent,
    disclosed,
    disclosure,
    refused,
    requested,
    terms,
    told,
)

SECOND = timedelta(seconds=1)


def permitting(*events: permits.ConsentEvent) -> Standing:
    state = consent()
    for event in events:
        state = permits.evolve(state, event)
    return replace(STANDING, consent=state)


BLOCKED = permitting(CompanyBlocked(candidate=CANDIDATE, token=TOKEN, cause=BlockCause.CHOSEN))
PAUSED = permitting(Paused(candidate=CANDIDATE))
WITHDRAWN = permitting(
    ConsentWithdrawn(candidate=CANDIDATE, permissions=(LIST,), cause=WithdrawalCause.PERSON)
)
LAPSED = replace(STANDING, consent=consent(until=ASKED_AT))
STANDS_IN_THE_WAY = [
    (replace(STANDING, erasing=True), CancelCause.ERASED),
    (BLOCKED, CancelCause.BLOCKED),
    (PAUSED, CancelCause.PAUSED),
    (WITHDRAWN, CancelCause.WITHDRAWN),
    (LAPSED, CancelCause.WITHDRAWN),
    (replace(STANDING, placed=True), CancelCause.PLACED),
    (replace(STANDING, hiring_active=False), CancelCause.SUSPENDED),
    (replace(STANDING, licence_allows=False), CancelCause.LICENCE),
    (replace(STANDING, job_open=False), CancelCause.JOB_CLOSED),
    (replace(STANDING, job_version=2, material_since=2), CancelCause.CONDITIONS_CHANGED),
]


def test_a_request_is_open_for_seven_days_to_the_end_of_the_day_in_japan() -> None:
    (event,) = requested()
    assert isinstance(event, intro.IntroductionRequested)
    assert event.expires_at == datetime(2027, 4, 9, 0, 0, tzinfo=JST)
    assert event.introduction == introduction_of(CANDIDATE, HIRING, JOB, 1)
    assert event.items == (Item.NAME, Item.EMAIL, Item.CAREER)
    assert (event.round_no, event.terms) == (1, terms())


@pytest.mark.parametrize(
    ("standing", "code"),
    [
        (replace(STANDING, hiring_active=False), "company-suspended"),
        (replace(STANDING, licence_allows=False), "introduction-not-possible-now"),
        (replace(STANDING, terms_accepted=0), "penalty-clause-not-accepted"),
        (replace(STANDING, job_open=False), "job-not-open"),
        (replace(STANDING, job_version=2), "job-changed-since"),
    ],
)
def test_a_company_that_may_not_ask_is_told_why(standing: Standing, code: str) -> None:
    with refused(code):
        requested(standing)


@pytest.mark.parametrize(
    ("standing", "rule"),
    [
        (BLOCKED, "blocked"),
        (PAUSED, "paused"),
        (WITHDRAWN, "withdrawn"),
        (LAPSED, "withdrawn"),
        (replace(STANDING, erasing=True), "erased"),
        (replace(STANDING, placed=True), "placed"),
        (replace(STANDING, card_listed=False), "not-listed"),
        (replace(STANDING, consent=permits.INITIAL), "withdrawn"),
    ],
)
def test_a_request_the_person_forbids_looks_like_one_that_nobody_answers(standing: Standing, rule: str) -> None:
    first, second = requested(standing)
    assert (first,) == requested()
    assert second == intro.IntroductionBlocked(rule=rule)
    state = told(first, second)
    with refused("share-already-answered"):
        approval(state)
    assert told(share.expire(state, at=EXPIRES_AT), since=state).status is Status.EXPIRED


def test_a_blocked_company_does_not_learn_how_many_others_ask() -> None:
    assert requested(BLOCKED, open_asks=5) == requested(BLOCKED, open_asks=0)


def test_a_sixth_open_ask_at_once_is_refused() -> None:
    assert len(requested(open_asks=4)) == 1
    with refused("candidate-has-enough-asks"):
        requested(open_asks=5)


def again(
    previous: Introduction, *, at: datetime, items: frozenset[Item] = ITEMS, standing: Standing = STANDING,
    job_version: int = 1,
) -> intro.IntroductionEvent:
    return share.request(
        previous, standing, number="R-2", candidate=CANDIDATE, hiring=HIRING, job=JOB, job_version=job_version, by=USER,
        terms=terms(), items=items, open_asks=0, policy=DEFAULT, at=at,
    )[0]


def test_asking_again_is_a_new_round_and_only_after_the_last_one_is_over() -> None:
    declined = told(intro.ShareDeclined(), since=asked())
    event = again(declined, at=EXPIRES_AT)
    assert isinstance(event, intro.IntroductionRequested)
    assert (event.round_no, event.introduction) == (2, introduction_of(CANDIDATE, HIRING, JOB, 2))
    for waiting in (asked(), approved(), disclosed(), told(*requested(BLOCKED))):
        with refused("already-asked"):
            again(waiting, at=APPROVED_AT)
    for lapsed in (asked(), told(*requested(BLOCKED))):
        assert isinstance(again(lapsed, at=EXPIRES_AT), intro.IntroductionRequested)


def test_asking_again_does_not_tell_a_company_that_the_person_declined() -> None:
    cancelled = told(intro.ShareCancelled(cause=intro.CancelCause.PAUSED), since=asked())
    for over in (told(intro.ShareDeclined(), since=asked()), cancelled):
        with refused("already-asked"):
            again(over, at=APPROVED_AT)


def test_after_a_material_change_of_the_job_the_company_may_ask_at_once_whatever_was_answered() -> None:
    changed = replace(STANDING, job_version=2, material_since=2)
    for previous in (asked(), told(intro.ShareDeclined(), since=asked())):
        event = again(previous, at=APPROVED_AT, standing=changed, job_version=2)
        assert isinstance(event, intro.IntroductionRequested)


def test_a_request_asks_for_something() -> None:
    with refused("no-items-asked-for"):
        again(intro.INITIAL, at=ASKED_AT, items=frozenset())


def test_a_yes_is_for_these_items_and_can_be_undone_for_ten_minutes() -> None:
    event = approval(asked())
    assert event.items == (Item.NAME, Item.EMAIL)
    assert event.seen == SEEN
    assert event.consent_version == 1
    assert event.disclose_not_before == datetime(2027, 4, 2, 12, 10, tzinfo=JST)


def answer(
    ask: Introduction | None = None, *, by: object = CANDIDATE, items: frozenset[Item] = ITEMS,
    seen: intro.Seen = SEEN, standing: Standing = STANDING, at: datetime = APPROVED_AT,
) -> intro.ShareApproved:
    return share.approve(
        ask or asked(), standing, by=by, items=items, seen=seen, known_to_company=True, policy=DEFAULT, at=at,  # type: ignore[arg-type]
    )


def test_the_person_says_whether_the_company_knows_them_already() -> None:
    assert answer().known_to_company


def test_only_the_candidate_answers() -> None:
    with refused("only-the-candidate-may-answer"):
        answer(by=STRANGER)
    with refused("only-the-candidate-may-answer"):
        share.decline(asked(), by=STRANGER, at=APPROVED_AT)
    with refused("only-the-candidate-may-answer"):
        share.undo(approved(), by=STRANGER, at=APPROVED_AT)


def test_an_ask_is_answered_once() -> None:
    for over in (approved(), disclosed(), told(intro.ShareDeclined(), since=asked()), told(*requested())):
        with refused("share-already-answered"):
            answer(over)
        with refused("share-already-answered"):
            share.decline(over, by=CANDIDATE, at=APPROVED_AT)


def test_the_last_second_is_in_time_and_the_moment_of_expiry_is_not() -> None:
    assert answer(at=EXPIRES_AT - SECOND).items == (Item.NAME, Item.EMAIL, Item.CAREER)
    with refused("approval-window-closed"):
        answer(at=EXPIRES_AT)
    with refused("approval-window-closed"):
        share.decline(asked(), by=CANDIDATE, at=EXPIRES_AT)


@pytest.mark.parametrize(
    "seen", [replace(SEEN, job_version=2), replace(SEEN, profile_version=2), replace(SEEN, items=(Item.NAME,))]
)
def test_an_old_page_cannot_approve(seen: intro.Seen) -> None:
    with refused("changed-since-shown"):
        answer(seen=seen)


def test_a_profile_saved_since_it_was_shown_is_shown_anew_before_a_yes() -> None:
    with refused("changed-since-shown"):
        answer(standing=replace(STANDING, profile_version=4))


def test_nothing_is_shown_that_was_not_asked_for_and_a_yes_names_something() -> None:
    with refused("item-not-asked-for"):
        answer(items=frozenset({Item.NAME, Item.PHONE}))
    with refused("no-items-chosen"):
        answer(items=frozenset())


def test_the_seeker_ledger_comes_before_the_first_introduction() -> None:
    with refused("seeker-record-missing"):
        answer(standing=replace(STANDING, seeker_record=False))


@pytest.mark.parametrize(
    ("standing", "code"),
    [
        (BLOCKED, "company-is-blocked"),
        (PAUSED, "you-have-paused"),
        (WITHDRAWN, "consent-not-live"),
        (LAPSED, "consent-not-live"),
        (replace(STANDING, erasing=True), "consent-not-live"),
        (replace(STANDING, placed=True), "introduction-not-possible-now"),
        (replace(STANDING, job_open=False), "job-not-open"),
        (replace(STANDING, job_version=2, material_since=2), "changed-since-shown"),
        (replace(STANDING, licence_allows=False), "introduction-not-possible-now"),
        (replace(STANDING, hiring_active=False), "introduction-not-possible-now"),
    ],
)
def test_a_yes_needs_everything_to_stand(standing: Standing, code: str) -> None:
    with refused(code):
        answer(standing=standing)


def test_a_change_that_is_not_material_disturbs_nobody() -> None:
    changed = replace(STANDING, job_version=2)
    assert answer(standing=changed).seen == SEEN
    assert isinstance(disclosure(approved(), changed)[0], intro.IdentityDisclosed)


def test_nothing_is_decided_on_another_persons_consent() -> None:
    with pytest.raises(ValueError, match="another person"):
        barrier(STRANGER, STANDING, ASKED_AT)


def test_a_yes_is_undone_until_the_tenth_minute_and_the_ask_is_open_again() -> None:
    event = share.undo(approved(), by=CANDIDATE, at=DISCLOSED_AT - SECOND)
    state = told(event, since=approved())
    assert state.status is Status.ASKED
    with refused("share-not-approved"):
        disclosure(state)
    assert approval(state, at=DISCLOSED_AT).disclose_not_before == datetime(2027, 4, 2, 12, 20, tzinfo=JST)
    with refused("undo-window-closed"):
        share.undo(approved(), by=CANDIDATE, at=DISCLOSED_AT)
    with refused("share-not-approved"):
        share.undo(disclosed(), by=CANDIDATE, at=APPROVED_AT)


def test_silence_means_no() -> None:
    with refused("still-open"):
        share.expire(asked(), at=EXPIRES_AT - SECOND)
    assert told(share.expire(asked(), at=EXPIRES_AT), since=asked()).status is Status.EXPIRED
    with refused("share-not-approved"):
        disclosure(asked(), at=EXPIRES_AT)


def test_a_yes_in_time_does_not_expire_while_it_waits_for_its_ten_minutes() -> None:
    yes = told(approval(asked(), at=EXPIRES_AT - SECOND), since=asked())
    with refused("share-already-answered"):
        share.expire(yes, at=EXPIRES_AT)
    assert isinstance(disclosure(yes, at=EXPIRES_AT + timedelta(minutes=10))[0], intro.IdentityDisclosed)


def test_nothing_is_disclosed_before_the_tenth_minute() -> None:
    with refused("undo-still-possible"):
        disclosure(approved(), at=DISCLOSED_AT - SECOND)


def test_a_disclosure_leaves_a_provision_record_on_both_sides_for_three_years() -> None:
    identity, provided, received = disclosure(approved())
    assert isinstance(identity, intro.IdentityDisclosed)
    assert identity.items == (Item.NAME, Item.EMAIL)
    assert identity.profile_version == 3
    assert identity.prior_contact_until == date(2027, 4, 9)
    assert isinstance(provided, intro.ProvisionRecorded)
    assert isinstance(received, intro.ProvisionRecorded)
    assert (provided.direction, received.direction) == (Direction.PROVIDED, Direction.RECEIVED)
    assert provided.ref != received.ref
    assert provided.retain_until == date(2030, 4, 2)
    assert received.items == (Item.NAME, Item.EMAIL)


@pytest.mark.parametrize(("standing", "cause"), STANDS_IN_THE_WAY)
def test_disclosure_decides_everything_anew_and_an_obstacle_cancels_it(standing: Standing, cause: CancelCause) -> None:
    assert disclosure(approved(), standing) == (intro.ShareCancelled(cause=cause),)


def test_a_profile_saved_after_the_yes_is_asked_about_again_and_not_disclosed() -> None:
    newer = replace(STANDING, profile_version=4, profile_ref=REF, profile_commit="profile-4")
    (event,) = disclosure(approved(), newer)
    assert event == intro.CandidateAsked(
        seen=replace(SEEN, profile_version=4), profile_ref=REF, profile_commit="profile-4"
    )
    state = told(event, since=approved())
    assert (state.status, state.approved) == (Status.ASKED, ())
    late = told(approval(asked(), at=EXPIRES_AT - SECOND), since=asked())
    assert disclosure(late, newer, at=EXPIRES_AT + timedelta(minutes=10)) == (intro.ShareExpired(),)


def test_a_disclosed_copy_is_revoked_once() -> None:
    event = share.revoke(disclosed(), RevokeCause.PERSON)
    assert event == intro.ShareRevoked(candidate=CANDIDATE, hiring=HIRING, cause=RevokeCause.PERSON)
    revoked = told(event, since=disclosed())
    assert revoked.revoked
    with refused("already-revoked"):
        share.revoke(revoked, RevokeCause.PERSON)
    with refused("not-disclosed"):
        share.revoke(asked(), RevokeCause.PERSON)


@pytest.mark.parametrize(
    ("cause", "cancelled"),
    [
        (RevokeCause.PERSON, CancelCause.WITHDRAWN),
        (RevokeCause.WITHDRAWN, CancelCause.WITHDRAWN),
        (RevokeCause.BLOCKED, CancelCause.BLOCKED),
        (RevokeCause.ERASED, CancelCause.ERASED),
    ],
)
def test_a_yes_revoked_after_the_tenth_minute_but_before_disclosure_is_cancelled(
    cause: RevokeCause, cancelled: CancelCause
) -> None:
    assert share.revoke(approved(), cause) == intro.ShareCancelled(cause=cancelled)


def test_only_what_is_not_yet_disclosed_is_cancelled() -> None:
    for ask in (told(*requested()), asked(), approved()):
        assert told(share.cancel(ask, CancelCause.PAUSED), since=ask).status is Status.CANCELLED
    with refused("already-disclosed"):
        share.cancel(disclosed(), CancelCause.PAUSED)
    with refused("share-already-answered"):
        share.cancel(told(intro.ShareDeclined(), since=asked()), CancelCause.PAUSED)


@given(st.sets(st.integers(min_value=100, max_value=110), max_size=5))
def test_a_block_on_any_company_of_the_group_blocks(group: set[int]) -> None:
    tokens = frozenset(CompanyToken(UUID(int=number)) for number in group)
    standing = replace(BLOCKED, tokens=tokens | {TOKEN})
    assert disclosure(approved(), standing) == (intro.ShareCancelled(cause=CancelCause.BLOCKED),)
    assert isinstance(disclosure(approved(), replace(BLOCKED, tokens=tokens))[0], intro.IdentityDisclosed)
