"""How everything stands around one share, read from the streams at this moment, with the versions it was read at."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from domain.calendar import jst_date
from domain.candidate import Candidate, Placement
from domain.company import CompanyRole
from domain.event import Event
from domain.hire import HireStatus
from domain.ids import (
    OPERATOR,
    CandidateId,
    CompanyId,
    CompanyToken,
    JobId,
    ReferralId,
    consent_of,
    referral_of,
    sharing_policy_of,
)
from domain.job import Job
from domain.partnership import Partnership
from domain.referral import Referral
from domain.rules.licence import reward_mode_of
from domain.rules.terms import SourceTerms
from domain.standing import Standing, look
from marketplace.commands.office import Office
from marketplace.store.log import Command
from projections import referral_board
from projections.gate import tokens_of

_OVER = frozenset({HireStatus.LEFT, HireStatus.WITHDRAWN, HireStatus.CANCELLED})
"""The person does not work there any more, or never came to."""


RestsOn = dict[UUID, tuple[int, list[Event]]]


class Look(msgspec.Struct, frozen=True):
    """The standing, and the streams it rests on: an append that names them fails if one moved meanwhile."""

    standing: Standing
    job: Job
    rests_on: RestsOn


def look_around(
    office: Office,
    command: Command,
    *,
    candidate: CandidateId,
    hiring: CompanyId,
    job: JobId,
    tokens: frozenset[CompanyToken] = frozenset(),
) -> Look:
    """Read person, consent, job, hiring company and operator as they are now."""
    person, consent = office.candidate(candidate), office.consent(candidate)
    wanted, company, operator = office.job(job), office.company(hiring), office.company(OPERATOR)
    with office.database.transaction() as connection:
        groups = tokens_of(connection, [hiring])
    placed = placements_of(office, person.state)
    standing = look(
        msgspec.structs.replace(person.state, placements=placed),
        consent.state,
        wanted.state,
        company.state,
        operator.state,
        consent_version=consent.version,
        tokens=groups | tokens,
        card_listed=any(each.card is not None for each in referrals_of(office, candidate)),
        today=jst_date(command.now),
        left=frozenset(each.hire for each in placed if office.hire(each.hire).state.status in _OVER),
    )
    return Look(
        standing,
        wanted.state,
        {
            candidate: (person.version, []),
            consent_of(candidate): (consent.version, []),
            job: (wanted.version, []),
            hiring: (company.version, []),
            OPERATOR: (operator.version, []),
        },
    )


def placements_of(office: Office, person: Candidate) -> tuple[Placement, ...]:
    """The person's placements, those of the registrations that were merged into this one among them (rule 12)."""
    others = (placements_of(office, office.candidate(each).state) for each in person.absorbed)
    return sum(others, person.placements)


def referrals_of(office: Office, candidate: CandidateId) -> list[Referral]:
    """The person's referrals, in the order in which they confirmed them; those not confirmed come last."""
    with office.database.transaction() as connection:
        keys = [each.referral for each in referral_board.of_candidate(connection, candidate)]
    found = [office.referral(ReferralId(key)).state for key in keys]
    return sorted(found, key=lambda each: (each.confirmed_at is None, each.confirmed_at, each.source))


def sources_of(office: Office, candidate: CandidateId, hiring: CompanyId, *, today: date) -> list[SourceTerms]:
    """What each confirmed source would get, as rule 8 has it today and as the partnership says."""
    found: list[SourceTerms] = []
    for each in referrals_of(office, candidate):
        if each.confirmed_at is None:
            continue
        source = office.company(each.source).state
        agreed: Partnership = office.partnership(each.source, hiring).state
        active = CompanyRole.SOURCE in source.roles and not source.suspended
        if active:
            found.append(SourceTerms(source=each.source, mode=reward_mode_of(source, on=[today]), partnership=agreed))
    return found


def recommendation_for(office: Office, candidate: CandidateId, hiring: CompanyId) -> Referral | None:
    """The referral whose recommendation this company may see: standing, read by the person, shared by the source."""
    return recommended(office, candidate, hiring)[0]


def recommended(office: Office, candidate: CandidateId, hiring: CompanyId) -> tuple[Referral | None, RestsOn]:
    """The same, with the streams it rests on: an append that names them fails if the source said otherwise meanwhile."""
    for each in referrals_of(office, candidate):
        key = referral_of(candidate, each.source)
        referral, policy = office.referral(key), office.sharing_policy(each.source)
        stands = not referral.state.ended and referral.state.recommendation_is_read
        if stands and policy.state.shares_with(hiring):
            return referral.state, {key: (referral.version, []), sharing_policy_of(each.source): (policy.version, [])}
    return None, {}
