"""Rule 4: a decent interval between a rejection and anything that the source pushes (特定電子メール法3条).

Nothing before the source's cooling-off period is over, nothing outside decent hours, nothing without a recorded basis
for that channel, nothing after an opt-out. The person may come earlier by their own step, through the neutral link in
the rejection mail, which names nobody.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.applicant import Applicant, Channel, InvitationStatus
from domain.calendar import Holidays, end_of_jst_day, jst_date, next_decent_moment
from domain.candidate import Entrance
from domain.company import Company
from domain.consent import Consent, Permission, Scope
from domain.policy import Policy
from domain.refusal import Refused


def quiet_until(applicant: Applicant, source: Company, *, now: datetime, policy: Policy) -> datetime:
    """The first moment after the cooling-off period. Where no rejection date is known it runs from today."""
    days = policy.cooling_off_days if source.cooling_off_days is None else source.cooling_off_days
    return end_of_jst_day((applicant.rejected_on or jst_date(now)) + timedelta(days=days))


def invitation_not_before(
    applicant: Applicant, source: Company, *, now: datetime, policy: Policy, holidays: Holidays
) -> datetime:
    """The first decent moment, from now on, after the cooling-off period."""
    quiet = quiet_until(applicant, source, now=now, policy=policy)
    return next_decent_moment(max(now, quiet), policy, holidays)


def has_basis(applicant: Applicant, channel: Channel, consent: Consent, now: datetime) -> bool:
    """The person agreed to this channel: with the relay once they registered, before that with the source.

    LINE is never without a registration, since only the person can connect it.
    """
    if applicant.candidate is not None:
        return consent.allows(Permission(scope=Scope.CHANNEL, channel=channel), now)
    return channel is Channel.EMAIL and applicant.may_email


def may_push(
    applicant: Applicant,
    source: Company,
    channel: Channel,
    consent: Consent,
    *,
    opted_out: bool,
    now: datetime,
    policy: Policy,
    holidays: Holidays,
) -> None:
    """Refuses a message of the source to the person at this moment, decided anew when it is sent.

    `opted_out`: the address is on the suppression list, which wins over everything.
    """
    if opted_out: raise Refused("opted-out")
    if applicant.frozen: raise Refused("applicant-frozen")
    if applicant.erased or consent.ended: raise Refused("applicant-erased")
    if applicant.retention_ended: raise Refused("applicant-retention-ended")
    if source.suspended: raise Refused("company-suspended")
    if not has_basis(applicant, channel, consent, now): raise Refused("no-basis-for-channel", channel=channel.value)
    quiet = quiet_until(applicant, source, now=now, policy=policy)
    came_first = applicant.candidate is not None
    if now < quiet and not came_first: raise Refused("cooling-off-not-over", until=jst_date(quiet))
    decent = next_decent_moment(now, policy, holidays)
    if decent != now: raise Refused("not-a-decent-hour", next_moment=decent)


def may_enter(entrance: Entrance, applicant: Applicant | None) -> None:
    """Who comes by the neutral link may come any time and needs no record; an invitation must have been sent."""
    if entrance is Entrance.NEUTRAL_LINK:
        return
    invitation = applicant.invitation if applicant is not None else None
    if invitation is None or invitation.status is not InvitationStatus.SENT: raise Refused("invitation-unknown")
