"""Invented companies and people, told in events, for the tests of the people side to start from."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import pytest

from domain import applicant, candidate, company, consent, job, referral
from domain.applicant import Applicant, Channel, Outcome, RetentionBasis, Row
from domain.applying import import_row
from domain.calendar import JST
from domain.candidate import Candidate, Entrance, ProfileFacts
from domain.company import Company, CompanyRole
from domain.consent import LIST, Consent, Permission, Scope
from domain.ids import ApplicantId, CandidateId, CompanyId, CompanyToken, JobId, UserId, VaultRef
from domain.job import Conditions, Job
from domain.referral import Referral
from domain.refusal import Refused

SOURCE = CompanyId(UUID(int=11))
HIRING = CompanyId(UUID(int=12))
TOKEN = CompanyToken(UUID(int=21))
GROUP_TOKEN = CompanyToken(UUID(int=22))
OTHER_TOKEN = CompanyToken(UUID(int=23))
NUMBER = "6999999000011"
GROUP_NUMBER = "5999999000029"
CANDIDATE = CandidateId(UUID(int=31))
APPLICANT = ApplicantId(UUID(int=41))
USER = UserId(UUID(int=51))
OTHER_USER = UserId(UUID(int=52))
JOB = JobId(UUID(int=61))
REF = VaultRef(UUID(int=71))
BATCH = UUID(int=81)
INVITATION = UUID(int=82)

NOW = datetime(2027, 4, 1, 10, 0, tzinfo=JST)
"""A Thursday."""
LATER = datetime(2027, 9, 28, 0, 0, tzinfo=JST)
"""When the consents given here are over."""

RETAIN = Permission(scope=Scope.RETAIN, company=SOURCE)
OUTCOME = Permission(scope=Scope.OUTCOME_TO_SOURCE, company=SOURCE)
EMAIL = Permission(scope=Scope.CHANNEL, channel=Channel.EMAIL)

FACTS = ProfileFacts(
    skills=("data-analysis",),
    occupations=("sales-representative",),
    prefecture="",
    seniority="senior-level",
    salary_band="6m-to-8m-yen",
    languages=(),
)

CONDITIONS = Conditions(
    title="データ分析担当",
    duties="販売データの分析",
    duties_scope_of_change="会社の定める業務",
    contract_term="期間の定めなし",
    renewal_criteria="",
    trial_period="3か月",
    workplace="本社",
    workplace_scope_of_change="会社の定める事業所",
    working_hours="9:00から18:00",
    breaks="60分",
    holidays="土日祝日",
    overtime="月10時間程度",
    discretionary_work="なし",
    wages="月給40万円",
    fixed_overtime_pay="なし",
    social_insurance="完備",
    passive_smoking="屋内禁煙",
    employer_name="みほん商事株式会社",
    is_dispatch=False,
    is_indefinite=True,
    annual_salary_from_yen=5_000_000,
    annual_salary_to_yen=7_000_000,
)


def refused(code: str) -> pytest.RaisesExc[Refused]:
    """The command is refused with exactly this code."""
    return pytest.RaisesExc(Refused, check=lambda refusal: refusal.code == code)


def a_company(*events: company.CompanyEvent, roles: frozenset[CompanyRole] = frozenset(CompanyRole)) -> Company:
    """An admitted company in every role, after `events`."""
    state = company.INITIAL
    admitted = company.admit(
        state,
        company_id=SOURCE,
        name="みほん商事株式会社",
        name_en="Mihon Trading",
        corporate_number=NUMBER,
        token=TOKEN,
        address="東京都見本区例町1-1",
        representative_ref=REF,
        roles=roles,
    )
    for event in (*admitted, *events):
        state = company.evolve(state, event)
    return state


def licensed(until: date = date(2029, 3, 31)) -> company.LicenceRecorded:
    """A licence from 1 April 2026."""
    return company.LicenceRecorded(number="13-ユ-316864", granted_on=date(2026, 4, 1), valid_until=until)


def an_open_job() -> Job:
    """Open at version 1 for an indefinite term."""
    opened = job.open_job(
        job.INITIAL,
        job_id=JOB,
        company=HIRING,
        conditions=CONDITIONS,
        occupation="sales-representative",
        prefecture="",
        skills=(),
        prohibited=False,
    )
    return job.evolve(job.INITIAL, opened)


def a_row(
    *,
    outcome: Outcome = Outcome.REJECTED,
    basis: RetentionBasis | None = RetentionBasis.APPLICATION_NOTICE,
    active: bool = False,
    batch: UUID = BATCH,
    commit: str = "words-1",
    may_email: bool = True,
    rejected_on: date | None = date(2027, 1, 15),
) -> Row:
    """Somebody rejected on 15 January 2027, kept under the notice given at application."""
    return Row(
        batch=batch,
        basis=basis,
        notice_version="notice-3",
        channel="job-board",
        job_type="sales-representative",
        stage="final-interview",
        outcome=outcome,
        reason="",
        skills=(),
        applied_on=date(2026, 12, 1),
        rejected_on=rejected_on,
        may_email=may_email,
        has_active_application=active,
        ref=REF,
        commit=commit,
    )


def an_applicant(*events: applicant.ApplicantEvent, row: Row | None = None) -> Applicant:
    """An imported applicant, after `events`."""
    state = applicant.INITIAL
    imported = import_row(state, row or a_row(), applicant_id=APPLICANT, company=SOURCE)
    for event in (*imported, *events):
        state = applicant.evolve(state, event)
    return state


def a_candidate(*events: candidate.CandidateEvent, candidate_id: CandidateId = CANDIDATE) -> Candidate:
    """A registered adult with a first profile, after `events`."""
    state = candidate.INITIAL
    told: tuple[candidate.CandidateEvent, ...] = (
        candidate.CandidateRegistered(
            candidate=candidate_id, entrance=Entrance.INVITATION, language="ja", contact_ref=REF
        ),
        candidate.AdulthoodDeclared(),
        candidate.ProfileSaved(version=1, ref=REF, commit="profile-1", facts=FACTS, lexemes_ref=REF),
    )
    for event in (*told, *events):
        state = candidate.evolve(state, event)
    return state


def given(permission: Permission, level: consent.OutcomeLevel | None = None) -> consent.ConsentGiven:
    """A consent that holds until `LATER`."""
    return consent.ConsentGiven(
        candidate=CANDIDATE,
        permission=permission,
        level=level,
        text_version="text-1",
        language="ja",
        expires_at=LATER,
        receipt="digest",
    )


def a_consent(*events: consent.ConsentEvent) -> Consent:
    """The person agreed to be listed; then `events`."""
    state = consent.INITIAL
    for event in (given(LIST), *events):
        state = consent.evolve(state, event)
    return state


def blocked(token: CompanyToken) -> consent.CompanyBlocked:
    """The person chose to block a company."""
    return consent.CompanyBlocked(candidate=CANDIDATE, token=token, cause=consent.BlockCause.CHOSEN)


def a_referral(*events: referral.ReferralEvent) -> Referral:
    """The source referred the person, who had come to the final interview; then `events`."""
    state = referral.INITIAL
    made = referral.refer(
        state, candidate=CANDIDATE, source=SOURCE, applicant=APPLICANT, reached="final-interview"
    )
    for event in (made, *events):
        state = referral.evolve(state, event)
    return state


def written(version: int) -> referral.RecommendationWritten:
    """A recommendation in this version."""
    return referral.RecommendationWritten(version=version, ref=REF, commit=f"words-{version}", lexemes_ref=REF)
