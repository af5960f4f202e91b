"""Who lives where a bench is run over HTTP: two hiring companies, one with a job, and people of one source with cards."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import msgspec

from domain.candidate import AdulthoodDeclared, CandidateRegistered, Entrance, ProfileFacts
from domain.company import CompanyRole, MemberRole
from domain.consent import LIST
from domain.ids import OPERATOR, ApplicantId, CandidateId, CompanyId, JobId, ReferralId, referral_of
from domain.job import Conditions
from domain.referral import OwnershipConfirmed, ReferralMade
from marketplace import clock
from marketplace.commands import candidate, company, consent, job, referral
from marketplace.commands.office import Office, new_id
from marketplace.run.demo import cast
from marketplace.run.founding import found
from marketplace.store.log import Command
from marketplace.vault.companion import companions
from marketplace.vault.records import ContactRecord

AT_ONCE = 4
CONDITIONS = Conditions(**cast.CONDITIONS)
OCCUPATION, PREFECTURE, SKILLS = "data-analyst", "osaka", ("sql", "python")


class Town(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody of each company, the job, and the people. What the `neighbour` opens fills none of the `user`'s pages."""

    operator: UUID
    source: CompanyId
    source_user: UUID
    hiring: CompanyId
    user: UUID
    neighbour: UUID
    job: JobId
    people: list[CandidateId]


def build(office: Office, drain: Callable[[], None], people: int) -> Town:
    """Found the relay, admit three companies, open a job, and have that many people list their cards."""
    part = cast.OPERATOR
    found(
        office,
        name=part.name,
        name_en=part.name_en,
        corporate_number=part.corporate_number,
        address=part.address,
        representative=part.representative,
        admin_name=part.admin_name,
        email=part.admin_email,
    )
    operator = company.user_of(office, part.admin_email)
    if operator is None: raise LookupError(part.admin_email)
    _license(office, OPERATOR)
    source, source_user = _admit(office, cast.AOZORA)
    _license(office, source)
    hiring, user = _admit(office, cast.TSUBASA)
    company.accept_terms(office, by(office), company_id=hiring, terms_version=1)
    _, neighbour = _admit(office, msgspec.structs.replace(cast.MINATO, roles=("hiring",)))
    opened = JobId(uuid4())
    job.open_job(
        office,
        by(office),
        job_id=opened,
        company=hiring,
        conditions=CONDITIONS,
        occupation=OCCUPATION,
        prefecture=PREFECTURE,
        skills=SKILLS,
    )
    drain()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        registered = list(pool.map(partial(_register, office, source), range(people)))
        drain()
        list(pool.map(partial(_list_card, office, source), registered))
    drain()
    return Town(
        operator=operator,
        source=source,
        source_user=source_user,
        hiring=hiring,
        user=user,
        neighbour=neighbour,
        job=opened,
        people=registered,
    )


def moment(office: Office) -> datetime:
    """Now, by the one clock."""
    with office.database.transaction() as connection:
        return clock.now(connection)


def by(office: Office, actor: str = "operator:bench") -> Command:
    """A command of its own, now."""
    return Command(id=uuid4(), actor=actor, now=moment(office))


def _admit(office: Office, part: cast.CompanyPart) -> tuple[CompanyId, UUID]:
    """A company and its admin."""
    made, joining = CompanyId(uuid4()), by(office)
    company.admit(
        office,
        by(office),
        company_id=made,
        name=part.name,
        name_en=part.name_en,
        corporate_number=part.corporate_number,
        address=part.address,
        representative=part.representative,
        roles=frozenset(CompanyRole(role) for role in part.roles),
    )
    company.join(
        office, joining, company_id=made, name=part.admin_name, email=part.admin_email, role=MemberRole.ADMIN
    )
    return made, new_id(joining, "user")


def _license(office: Office, which: CompanyId) -> None:
    company.record_licence(
        office,
        by(office),
        company_id=which,
        number="13-ユ-999901",
        granted_on=cast.LICENCE_FROM,
        valid_until=cast.LICENCE_UNTIL,
    )


def _register(office: Office, source: CompanyId, number: int) -> CandidateId:
    """Somebody who was referred by the source, consents to be listed and says what they can do."""
    who = CandidateId(uuid4())
    own = candidate.own(who)
    contact = office.vault.sealer.seal(own, ContactRecord(email=f"person{number}@bench.example", name=f"見本 {number}"))
    now = moment(office)
    office.log.append(
        by(office, f"candidate:{who}"),
        {
            who: (
                0,
                [
                    CandidateRegistered(
                        candidate=who, entrance=Entrance.NEUTRAL_LINK, language="ja", contact_ref=contact.ref
                    ),
                    AdulthoodDeclared(),
                ],
            ),
            referral_of(who, source): (
                0,
                [
                    ReferralMade(
                        candidate=who, source=source, applicant=ApplicantId(uuid4()), reached="final-interview"
                    ),
                    OwnershipConfirmed(
                        candidate=who, source=source, confirmed_at=now, window_until=now + timedelta(days=365)
                    ),
                ],
            ),
        },
        also=companions(contact.row),
    )
    mine = partial(by, office, f"candidate:{who}")
    consent.give(office, mine(), candidate=who, permission=LIST, level=None, text_version="v1", language="ja")
    candidate.save_profile(
        office,
        mine(),
        candidate=who,
        expected_version=0,
        words=candidate.ProfileWords(headline="データで現場を助けます", career="小売業で需要予測を6年"),
        facts=ProfileFacts(
            skills=SKILLS,
            occupations=(OCCUPATION,),
            prefecture=PREFECTURE,
            seniority="middle-level",
            salary_band="6m-to-8m-yen",
            languages=("japanese",),
        ),
    )
    candidate.seal_seeker_record(
        office, mine(), candidate=who, name=f"見本 {number}", address="大阪府見本市3-3", birth_date=date(1994, 5, 6)
    )
    return who


def _list_card(office: Office, source: CompanyId, who: CandidateId) -> None:
    mine: ReferralId = referral_of(who, source)
    referral.recommend(office, by(office), referral=mine, source=source, text="論理的な方でした。")
    referral.read_recommendation(office, by(office), referral=mine, candidate=who, version=1)
    referral.publish_card(office, by(office), referral=mine, candidate=who)
