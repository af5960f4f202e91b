"""How everything stands around a share at one moment, and what of it stands in the way (rules 2, 3, 5, 8, 12)."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from domain.candidate import Candidate
from domain.company import Company, CompanyRole
from domain.consent import LIST, Consent
from domain.ids import NIL, CandidateId, CompanyToken, HireId, VaultRef
from domain.introduction import CancelCause, Introduction
from domain.job import Job
from domain.policy import Policy
from domain.refusal import Refused
from domain.rules.licence import allows_introduction
from domain.rules.no_solicitation import may_solicit

_AT_APPROVAL = {
    CancelCause.BLOCKED: "company-is-blocked",
    CancelCause.PLACED: "introduction-not-possible-now",
    CancelCause.PAUSED: "you-have-paused",
    CancelCause.JOB_CLOSED: "job-not-open",
    CancelCause.CONDITIONS_CHANGED: "changed-since-shown",
    CancelCause.LICENCE: "introduction-not-possible-now",
    CancelCause.SUSPENDED: "introduction-not-possible-now",
}


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How everything stands at one moment; read anew for the request, the approval and the disclosure.

    `tokens`: the hiring company, its group, and other employers of the one who asks (rule 5). `card_listed`: rule 1.
    `placed`: rule 12 protects the person. `material_since`: the job version of the last material change; an open job
    has complete conditions. `licence_allows`: the operator's licence is valid today and the occupation may be placed
    (rule 8). `terms_accepted`: the version of fee table and penalty clause that the company accepted, 0 for none.
    `rest_until`: the mailbox was changed, and nothing is disclosed before.
    """

    consent: Consent
    consent_version: int
    tokens: frozenset[CompanyToken]
    erasing: bool
    placed: bool
    card_listed: bool
    seeker_record: bool
    profile_version: int
    profile_ref: VaultRef
    profile_commit: str
    job_open: bool
    job_version: int
    material_since: int
    hiring_active: bool
    terms_accepted: int
    licence_allows: bool
    rest_until: datetime | None = None

    def most_open_asks(self, policy: Policy) -> int:
        """How many asks the person takes at once: their own number, else the policy's."""
        return self.consent.wishes.most_open_asks or policy.open_asks_at_once

    def rests(self, at: datetime) -> bool:
        """Is nothing disclosed for now, though everything still stands?"""
        return self.consent.wishes.search_ends_at is not None or (self.rest_until is not None and at < self.rest_until)


def look(
    candidate: Candidate, consent: Consent, job: Job, hiring: Company, operator: Company, *, consent_version: int,
    tokens: frozenset[CompanyToken], card_listed: bool, today: date, left: frozenset[HireId] = frozenset(),
) -> Standing:
    """How it stands now, read from the streams; `left` are the hires that the person has meanwhile left (rule 12)."""
    return Standing(
        consent=consent,
        consent_version=consent_version,
        tokens=tokens | hiring.tokens,
        erasing=not candidate.live,
        placed=not may_solicit(candidate, today, left=left),
        card_listed=card_listed,
        seeker_record=candidate.seeker_record is not None,
        profile_version=candidate.profile_version,
        profile_ref=candidate.profile_ref,
        profile_commit=candidate.profile_commit,
        job_open=job.is_open,
        job_version=job.version,
        material_since=job.material_since,
        hiring_active=hiring.admitted and not hiring.suspended and CompanyRole.HIRING in hiring.roles,
        terms_accepted=hiring.accepted_terms_version,
        licence_allows=allows_introduction(operator, job.occupation, today),
        rest_until=candidate.reach.rest_until,
    )


def barrier(person: CandidateId, now: Standing, at: datetime) -> CancelCause | None:
    """What the person, or the law for the person, sets against showing anything to this company.

    ValueError if the consent is another person's: nothing may ever be decided on it.
    """
    if now.consent.candidate not in {person, NIL}: raise ValueError("this is another person's consent")
    if now.erasing or now.consent.ended: return CancelCause.ERASED
    if now.consent.blocks(now.tokens): return CancelCause.BLOCKED
    if now.consent.paused: return CancelCause.PAUSED
    if not now.consent.allows(LIST, at): return CancelCause.WITHDRAWN
    return CancelCause.PLACED if now.placed else None


def obstacle(ask: Introduction, now: Standing, at: datetime) -> CancelCause | None:
    """Why a share that was asked for can no longer go on; None if all still stands."""
    if (cause := barrier(ask.candidate, now, at)) is not None: return cause
    if not now.hiring_active: return CancelCause.SUSPENDED
    if not now.licence_allows: return CancelCause.LICENCE
    if not now.job_open: return CancelCause.JOB_CLOSED
    return CancelCause.CONDITIONS_CHANGED if now.material_since > ask.job_version else None


def check_possible(ask: Introduction, now: Standing, at: datetime) -> None:
    """Refuses, in words for the candidate, an approval that could not lead to a disclosure now."""
    if (cause := obstacle(ask, now, at)) is not None: raise Refused(_AT_APPROVAL.get(cause, "consent-not-live"))
