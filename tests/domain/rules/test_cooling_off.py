from __future__ import annotations

from datetime import datetime

import pytest

from domain.applicant import (
    Applicant,
    ApplicantErased,
    Channel,
    Claimed,
    InvitationScheduled,
    InvitationSent,
    ReappliedAt,
    RetentionEnded,
)
from domain.calendar import JST
from domain.candidate import Entrance
from domain.company import Company, CompanySuspended, CoolingOffSet
from domain.consent import Consent, Permission, Scope
from domain.policy import DEFAULT
from domain.rules import cooling_off
from marketplace.holidays import HOLIDAYS
from tests.domain.people_examples import (
    CANDIDATE,
    EMAIL,
    INVITATION,
    NOW,
    a_company,
    a_consent,
    a_row,
    an_applicant,
    given,
    refused,
)

SOON = datetime(2027, 1, 20, 12, 0, tzinfo=JST)
QUIET_OVER = datetime(2027, 4, 16, 0, 0, tzinfo=JST)
"""Rejected on 15 January 2027; the 90th day after is 15 April, a Thursday."""
FRIDAY = datetime(2027, 4, 16, 9, 0, tzinfo=JST)
LINE = Permission(scope=Scope.CHANNEL, channel=Channel.LINE)


def _may_push(
    person: Applicant,
    *,
    source: Company | None = None,
    channel: Channel = Channel.EMAIL,
    consent: Consent | None = None,
    opted_out: bool = False,
    now: datetime = FRIDAY,
) -> None:
    cooling_off.may_push(
        person,
        source or a_company(),
        channel,
        consent or a_consent(),
        opted_out=opted_out,
        now=now,
        policy=DEFAULT,
        holidays=HOLIDAYS,
    )


def _not_before(person: Applicant, *, source: Company | None = None, now: datetime = SOON) -> datetime:
    return cooling_off.invitation_not_before(
        person, source or a_company(), now=now, policy=DEFAULT, holidays=HOLIDAYS
    )


def test_an_invitation_waits_until_cooling_off_is_over_and_the_hour_is_decent() -> None:
    assert cooling_off.quiet_until(an_applicant(), a_company(), now=SOON, policy=DEFAULT) == QUIET_OVER
    assert _not_before(an_applicant()) == FRIDAY


def test_once_cooling_off_is_over_the_next_decent_hour_is_enough() -> None:
    assert _not_before(an_applicant(), now=datetime(2027, 4, 28, 21, 0, tzinfo=JST)) == datetime(
        2027, 4, 30, 9, 0, tzinfo=JST
    )


def test_a_source_may_stay_silent_for_longer_or_shorter() -> None:
    patient = a_company(CoolingOffSet(days=180))
    assert _not_before(an_applicant(), source=patient) == datetime(2027, 7, 15, 9, 0, tzinfo=JST)
    hasty = a_company(CoolingOffSet(days=30))
    assert _not_before(an_applicant(), source=hasty) == datetime(2027, 2, 15, 9, 0, tzinfo=JST)


def test_without_a_date_of_rejection_cooling_off_runs_from_today() -> None:
    assert _not_before(an_applicant(row=a_row(rejected_on=None)), now=NOW) == datetime(2027, 7, 1, 9, 0, tzinfo=JST)


def test_a_message_goes_out_after_cooling_off_in_a_decent_hour_with_a_basis() -> None:
    _may_push(an_applicant())


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (datetime(2027, 4, 15, 19, 59, tzinfo=JST), "cooling-off-not-over"),
        (datetime(2027, 4, 16, 8, 59, tzinfo=JST), "not-a-decent-hour"),
        (datetime(2027, 4, 16, 20, 0, tzinfo=JST), "not-a-decent-hour"),
        (datetime(2027, 4, 17, 12, 0, tzinfo=JST), "not-a-decent-hour"),
        (datetime(2027, 4, 29, 12, 0, tzinfo=JST), "not-a-decent-hour"),
    ],
)
def test_nothing_is_pushed_too_early_or_at_an_indecent_hour(now: datetime, code: str) -> None:
    with refused(code):
        _may_push(an_applicant(), now=now)


def test_an_opt_out_wins_over_everything() -> None:
    claimed = an_applicant(Claimed(candidate=CANDIDATE))
    with refused("opted-out"):
        _may_push(claimed, consent=a_consent(given(EMAIL)), opted_out=True)


def test_without_a_recorded_basis_for_the_channel_nothing_is_sent() -> None:
    with refused("no-basis-for-channel"):
        _may_push(an_applicant(row=a_row(may_email=False)))
    with refused("no-basis-for-channel"):
        _may_push(an_applicant(), channel=Channel.LINE)


def test_once_registered_only_the_persons_own_consent_counts() -> None:
    claimed = an_applicant(Claimed(candidate=CANDIDATE))
    with refused("no-basis-for-channel"):
        _may_push(claimed)
    _may_push(claimed, consent=a_consent(given(EMAIL)))
    _may_push(claimed, channel=Channel.LINE, consent=a_consent(given(LINE)))


def test_who_came_early_by_their_own_step_may_be_answered_early() -> None:
    claimed = an_applicant(Claimed(candidate=CANDIDATE))
    _may_push(claimed, consent=a_consent(given(EMAIL)), now=datetime(2027, 1, 20, 12, 0, tzinfo=JST))


@pytest.mark.parametrize(
    ("person", "code"),
    [
        (an_applicant(ReappliedAt(on=FRIDAY.date())), "applicant-frozen"),
        (an_applicant(ApplicantErased(cause="person")), "applicant-erased"),
        (an_applicant(RetentionEnded(cause="person")), "applicant-retention-ended"),
    ],
)
def test_a_record_that_is_frozen_or_gone_is_left_in_peace(person: Applicant, code: str) -> None:
    with refused(code):
        _may_push(person)


def test_a_suspended_source_sends_nothing() -> None:
    with refused("company-suspended"):
        _may_push(an_applicant(), source=a_company(CompanySuspended(cause="x")))


def test_the_neutral_link_is_open_any_time_and_an_invitation_once_sent() -> None:
    scheduled = InvitationScheduled(invitation=INVITATION, channel=Channel.EMAIL, not_before=FRIDAY)
    sent = InvitationSent(invitation=INVITATION, channel=Channel.EMAIL)
    cooling_off.may_enter(Entrance.NEUTRAL_LINK, None)
    cooling_off.may_enter(Entrance.INVITATION, an_applicant(scheduled, sent))
    for person in (None, an_applicant(), an_applicant(scheduled)):
        with refused("invitation-unknown"):
            cooling_off.may_enter(Entrance.INVITATION, person)
