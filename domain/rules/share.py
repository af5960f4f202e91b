"""Rule 2: identity goes to a company only by the candidate's approval of that very share, and silence means no.

This company, this job at this version of its conditions, these items out of those asked for, the profile version that
was shown, before it expires. Disclosure comes after undoing, and re-decides all (個情法27, 29, 30条; 職安法5条の5).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from domain.calendar import Holidays, add_years, end_of_jst_day, jst_date
from domain.duties import RevokeCause
from domain.frozen_terms import Terms
from domain.ids import CandidateId, CompanyId, JobId, UserId, VaultRef, introduction_of
from domain.introduction import (
    PENDING,
    SHARED,
    CancelCause,
    Direction,
    IdentityDisclosed,
    Introduction,
    IntroductionBlocked,
    IntroductionEvent,
    IntroductionRequested,
    Item,
    ProvisionRecorded,
    Seen,
    ShareApproved,
    ShareCancelled,
    ShareDeclined,
    ShareExpired,
    ShareRevoked,
    ShareUndone,
    Status,
)
from domain.policy import Policy
from domain.refusal import Refused
from domain.rules.ownership import prior_contact_until
from domain.selection import asked
from domain.standing import Standing, barrier, check_possible, obstacle


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """What the edge prepared: the company's copy of those approved `items` that are still there, and both sides' records."""

    items: tuple[Item, ...]
    ref: VaultRef
    commit: str
    provided_ref: VaultRef
    received_ref: VaultRef
    provider: CompanyId
    acquisition: str


def request(
    previous: Introduction, now: Standing, *, number: str, candidate: CandidateId, hiring: CompanyId, job: JobId,
    job_version: int, by: UserId, terms: Terms, items: frozenset[Item], open_asks: int, policy: Policy, at: datetime,
) -> tuple[IntroductionEvent, ...]:
    """A company asks for a person; `previous` is the round before, INITIAL if none. Where the person's side says no, the
    request is blocked, and looks to the company like one that nobody answers.
    Refuses `company-suspended`, `introduction-not-possible-now`, `penalty-clause-not-accepted`, `job-not-open`,
    `job-changed-since`, `no-items-asked-for`, `already-asked`, `candidate-has-enough-asks`.
    """
    if not now.hiring_active: raise Refused("company-suspended")
    if not now.licence_allows: raise Refused("introduction-not-possible-now")
    if now.terms_accepted != terms.terms_version: raise Refused("penalty-clause-not-accepted")
    if not now.job_open: raise Refused("job-not-open")
    if job_version != now.job_version: raise Refused("job-changed-since", job_version=now.job_version)
    if not items: raise Refused("no-items-asked-for")
    _check_round_over(previous, now, at)
    blocked: str | None = barrier(candidate, now, at) or (None if now.card_listed else "not-listed")
    if blocked is None and open_asks >= now.most_open_asks(policy): raise Refused("candidate-has-enough-asks")
    round_no = previous.round_no + 1
    requested = IntroductionRequested(
        introduction=introduction_of(candidate, hiring, job, round_no), number=number, candidate=candidate,
        hiring=hiring, job=job, job_version=job_version, round_no=round_no, requested_by=by, terms=terms,
        items=_in_order(items), requested_at=at,
        expires_at=end_of_jst_day(jst_date(at) + timedelta(days=policy.answer_days)),
    )
    return (requested,) if blocked is None else (requested, IntroductionBlocked(rule=str(blocked)))


def approve(
    ask: Introduction, now: Standing, *, by: CandidateId, items: frozenset[Item], seen: Seen, known_to_company: bool,
    policy: Policy, at: datetime,
) -> ShareApproved:
    """The candidate agrees to show `items` to this company for this job, and says whether it knows them already.

    Refuses `only-the-candidate-may-answer`, `share-already-answered`, `approval-window-closed`, `changed-since-shown`,
    `no-items-chosen`, `item-not-asked-for`, `seeker-record-missing`, `consent-not-live`, `company-is-blocked`,
    `you-have-paused`, `job-not-open`, `introduction-not-possible-now`.
    """
    _check_answer(ask, by, at)
    if seen != ask.seen or seen.profile_version != now.profile_version: raise Refused("changed-since-shown")
    if not items: raise Refused("no-items-chosen")
    if not items <= set(seen.items): raise Refused("item-not-asked-for")
    check_possible(ask, now, at)
    if not now.seeker_record: raise Refused("seeker-record-missing")
    return ShareApproved(
        items=_in_order(items), seen=seen, known_to_company=known_to_company, consent_version=now.consent_version,
        disclose_not_before=max(at + timedelta(minutes=policy.undo_minutes), now.rest_until or at),
    )


def decline(ask: Introduction, *, by: CandidateId, at: datetime) -> ShareDeclined:
    """The candidate says no, and is not asked why. Refused as an approval is."""
    _check_answer(ask, by, at)
    return ShareDeclined()


def undo(ask: Introduction, *, by: CandidateId, at: datetime) -> ShareUndone:
    """The yes is taken back before `disclose_not_before`; the ask is open again until it expires.

    Refuses `only-the-candidate-may-answer`, `share-not-approved`, `undo-window-closed`.
    """
    if by != ask.candidate: raise Refused("only-the-candidate-may-answer")
    if ask.status is not Status.APPROVED or ask.disclose_not_before is None: raise Refused("share-not-approved")
    if at >= ask.disclose_not_before: raise Refused("undo-window-closed")
    return ShareUndone()


def expire(ask: Introduction, *, at: datetime) -> ShareExpired:
    """Silence means no; a blocked request expires like any other. Refuses `share-already-answered`, `still-open`."""
    if ask.status not in {Status.BLOCKED, Status.REQUESTED, Status.ASKED}: raise Refused("share-already-answered")
    if not ask.expired(at): raise Refused("still-open")
    return ShareExpired()


def disclose(
    ask: Introduction, now: Standing, copy: Copy, *, policy: Policy, holidays: Holidays, at: datetime
) -> tuple[IntroductionEvent, ...]:
    """Everything decided anew: the disclosure with a provision record for either side, or what ends the share instead.

    An obstacle or nothing left to show cancels it. A newer profile is asked about again, or expires if it is too late.
    Refuses `share-not-approved`, `undo-still-possible`, `disclosures-rest`.
    """
    if ask.status is not Status.APPROVED or ask.disclose_not_before is None: raise Refused("share-not-approved")
    if at < ask.disclose_not_before: raise Refused("undo-still-possible")
    if now.rests(at): raise Refused("disclosures-rest")
    if (cause := obstacle(ask, now, at)) is not None: return (ShareCancelled(cause=cause),)
    if ask.seen is None or ask.seen.profile_version != now.profile_version:
        again = asked(ask, profile_version=now.profile_version, ref=now.profile_ref, commit=now.profile_commit)
        return (ShareExpired() if ask.expired(at) else again,)
    if not copy.items: return (ShareCancelled(cause=CancelCause.WITHDRAWN),)
    until = add_years(jst_date(at), policy.provision_record_years)
    return (_identity(ask, now, copy, holidays, at), *(_record(ask, now, copy, each, until) for each in Direction))


def cancel(ask: Introduction, cause: CancelCause) -> ShareCancelled:
    """Something ended it before disclosure (rules 3, 5, 8). Refuses `already-disclosed`, `share-already-answered`."""
    if ask.disclosed_at is not None: raise Refused("already-disclosed")
    if ask.status not in PENDING: raise Refused("share-already-answered")
    return ShareCancelled(cause=cause)


def revoke(ask: Introduction, cause: RevokeCause) -> ShareRevoked | ShareCancelled:
    """The company's copy is closed from now on. A yes that was not yet acted upon is cancelled instead.

    Refuses `not-disclosed`, `already-revoked`.
    """
    if ask.status is Status.APPROVED:
        return ShareCancelled(cause=CancelCause.WITHDRAWN if cause is RevokeCause.PERSON else CancelCause(cause.value))
    if ask.disclosed_at is None: raise Refused("not-disclosed")
    if ask.revoked: raise Refused("already-revoked")
    return ShareRevoked(candidate=ask.candidate, hiring=ask.hiring, cause=cause)


def _check_answer(ask: Introduction, by: CandidateId, at: datetime) -> None:
    if by != ask.candidate: raise Refused("only-the-candidate-may-answer")
    if ask.status is not Status.ASKED: raise Refused("share-already-answered")
    if ask.expired(at): raise Refused("approval-window-closed")


def _check_round_over(previous: Introduction, now: Standing, at: datetime) -> None:
    """Until it expires an ask looks unanswered, whatever the answer was, unless the job has materially changed since."""
    waits = previous.disclosed_at is None and not previous.expired(at) and now.material_since <= previous.job_version
    if waits or previous.status in {Status.APPROVED, *SHARED}: raise Refused("already-asked")


def _in_order(items: frozenset[Item]) -> tuple[Item, ...]:
    return tuple(item for item in Item if item in items)


def _identity(ask: Introduction, now: Standing, copy: Copy, holidays: Holidays, at: datetime) -> IdentityDisclosed:
    return IdentityDisclosed(
        candidate=ask.candidate, hiring=ask.hiring, items=copy.items, profile_version=now.profile_version,
        consent_version=now.consent_version, disclosed_at=at,
        prior_contact_until=prior_contact_until(ask.terms, disclosed_on=jst_date(at), holidays=holidays),
        ref=copy.ref, commit=copy.commit,
    )


def _record(ask: Introduction, now: Standing, copy: Copy, direction: Direction, until: date) -> ProvisionRecorded:
    return ProvisionRecorded(
        direction=direction, provider=copy.provider, receiver=ask.hiring, items=copy.items,
        consent_version=now.consent_version, acquisition=copy.acquisition, retain_until=until,
        ref=copy.provided_ref if direction is Direction.PROVIDED else copy.received_ref,
    )
