"""A source, a hiring company, a candidate and an applicant, as the log and the vault know them; and the mail room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

import psycopg
from msgspec.structs import replace

from api.session import begin, find
from domain import applying
from domain.applicant import INITIAL as NO_APPLICANT
from domain.applicant import Channel
from domain.calendar import JST
from domain.candidate import CandidateRegistered, Entrance
from domain.company import CompanyAdmitted, MemberRole
from domain.consent import LIST, Permission, Scope
from domain.duties import CompanyReminded
from domain.event import Event
from domain.hire import HireConfirmed, LeaveReported, Side
from domain.ids import (
    OPERATOR,
    CandidateId,
    CompanyToken,
    HireId,
    UserId,
    VaultRef,
    consent_of,
    fee_of,
    recovery_of,
    referral_of,
)
from domain.interview import InterviewAgreed, InterviewTimesNamed, Slot
from domain.introduction import INITIAL as NO_INTRODUCTION
from domain.introduction import CandidateAsked
from domain.introduction import evolve as evolve_introduction
from domain.job import JobConditionsChanged, JobOpened
from domain.privacy_request import RequestKind, RequestReceived
from domain.recovery import RecoveryCause, RecoveryProposed
from domain.referral import CardPublished
from marketplace.commands import saved_search
from marketplace.commands.office import Office
from marketplace.links import Kind
from marketplace.messages.outbox import Message, To, rows, write
from marketplace.messages.post import Post
from marketplace.messages.sink import Mail, Mailbox
from marketplace.store.database import Database as Pool
from marketplace.store.log import Command, Log
from marketplace.vault.blind_index import AddressKind
from marketplace.vault.companion import CompanionRow, companions
from marketplace.vault.records import AddressChange, ApplicantRecord, ContactRecord, MemberRecord
from marketplace.vault.searching import Criteria
from marketplace.vault.subject import Subject, SubjectKind
from marketplace.vault.vault import Vault
from marketplace.work import project
from projections import catalogue
from tests.domain import money_examples, people_examples
from tests.domain import share_examples as shares

SITE = "http://127.0.0.1:8000"
CANDIDATE = shares.CANDIDATE
HIRING = shares.HIRING
SOURCE = shares.SOURCE
APPLICANT = people_examples.APPLICANT
INVITATION = people_examples.INVITATION
NOON = datetime(2027, 5, 6, 12, 0, tzinfo=JST)
"""A Thursday between holidays and the weekend, and after the cooling-off period."""
NAMES = {
    SOURCE: ("みなと光学", "Minato Optics"),
    HIRING: ("あおぞら製作所", "Aozora Works"),
    OPERATOR: ("リレー舎", "Relaysha"),
}
WROTE = {"hoshino@example.jp": "星野つむぎ", "reader@example.jp": "<b>月岡</b>はる"}


@dataclass
class Town:
    """What a test works with."""

    log: Log
    pool: Pool
    vault: Vault
    post: Post
    owner_url: str

    def tell(self, stream: UUID, *events: Event, also: Sequence[CompanionRow] = (), version: int = 0) -> None:
        command = Command(id=uuid4(), actor="operator:test", now=NOON)
        self.log.append(command, {stream: (version, events)}, also=companions(*also))

    def settle(self) -> None:
        """Companies with a name and an address."""
        for n, (company, (name, name_en)) in enumerate(NAMES.items()):
            admitted = CompanyAdmitted(
                company=company, name=name, name_en=name_en, corporate_number="6999999000011",
                token=CompanyToken(UUID(int=90 + n)), address=f"東京都架空区{n + 1}-1", representative_ref=VaultRef(uuid4()),
            )
            self.tell(company, admitted)

    def candidate(self, email: str = "hoshino@example.jp", name: str = "星野つむぎ", language: str = "ja") -> CandidateId:
        subject = Subject(SubjectKind.CANDIDATE, CANDIDATE)
        sealed = self.vault.sealer.seal(subject, ContactRecord(email=email, name=name))
        registered = CandidateRegistered(
            candidate=CANDIDATE, entrance=Entrance.INVITATION, language=language, contact_ref=sealed.ref
        )
        self.tell(CANDIDATE, registered, also=[sealed.row, self.vault.blind.row(subject, AddressKind.EMAIL, email)])
        return CANDIDATE

    def consented(self) -> None:
        """The candidate agreed to mail, and to be listed: nobody else is asked for anything."""
        mail = Permission(scope=Scope.CHANNEL, channel=Channel.EMAIL)
        given = (replace(people_examples.given(each), candidate=CANDIDATE) for each in (mail, LIST))
        self.tell(consent_of(CANDIDATE), *given)

    def applicant(self, *emails: str, name: str = "月岡はる") -> UUID:
        """Imported by the source, and the invitation was decided."""
        sealed = self.vault.sealer.seal(Subject(SubjectKind.APPLICANT, APPLICANT), ApplicantRecord(name=name, emails=emails))
        row = replace(people_examples.a_row(), ref=sealed.ref)
        imported = list(applying.import_row(NO_APPLICANT, row, applicant_id=APPLICANT, company=SOURCE))
        state = people_examples.an_applicant(row=row)
        planned = applying.schedule_invitation(state, invitation=INVITATION, channel=Channel.EMAIL, not_before=NOON)
        sent = applying.send_invitation(people_examples.an_applicant(planned, row=row), invitation=INVITATION, now=NOON)
        self.tell(APPLICANT, *imported, planned, sent, also=[sealed.row])
        return APPLICANT

    def member(self, company: UUID, role: MemberRole, email: str, name: str = "朝倉ことは") -> UUID:
        user = uuid5(company, email)
        subject = Subject(SubjectKind.COMPANY_USER, user)
        sealed = self.vault.sealer.seal(subject, MemberRecord(name=name, email=email), ref=VaultRef(user))
        row = {"user_id": str(user), "company": str(company), "role": str(role), "left_at": None}
        with self.pool.transaction() as connection:
            write(
                connection, sealed.row, CompanionRow("member", row),
                self.vault.blind.row(subject, AddressKind.EMAIL, email),
            )
        return user

    def introduction(self, upto: str = "asked") -> UUID:
        """Asked on 1 April 2027; approved on 2 April at noon; disclosed ten minutes later."""
        request, *_ = shares.requested()
        events: list[Event] = [request, CandidateAsked(seen=shares.SEEN, profile_ref=shares.REF, profile_commit="profile-3")]
        if upto != "asked":
            events.append(shares.approval(shares.asked()))
        if upto == "disclosed":
            events += shares.disclosure(shares.approved())
        key: UUID = shares.asked().introduction
        self.tell(key, *events)
        return key

    def hire(self, *after: Event) -> HireId:
        """Reported by the company; starts on 1 June 2027."""
        reported = shares.reported()
        self.tell(reported.hire, reported, *after)
        return reported.hire

    def queue(self, template: str, to: To, recipient: UUID, **about: object) -> UUID:
        """A message in the outbox."""
        message = Message(template=template, to=to, recipient=recipient, about={k: str(v) for k, v in about.items()})
        row, task = rows(uuid4(), [message], NOON)
        with self.pool.transaction() as connection:
            write(connection, row, task)
        return UUID(row.values["id"])

    def session(self, kind: Kind, subject: UUID) -> UUID:
        """A session of theirs, opened at noon; answers its name in lists."""
        with self.pool.transaction() as connection:
            found = find(connection, begin(connection, kind, subject, NOON), NOON)
        assert found is not None
        return found.id

    def changed_address(self, user: UUID, old: str = "s@example.jp", new: str = "neu@example.jp") -> UUID:
        """A change of address that was asked for at noon."""
        sealed = self.vault.sealer.seal(Subject(SubjectKind.COMPANY_USER, user), AddressChange(old=old, new=new))
        change = uuid4()
        with self.pool.transaction() as connection:
            write(connection, sealed.row)
            connection.execute(
                "INSERT INTO address_change (id, user_id, ref, asked_at, object_until) VALUES (%s, %s, %s, %s, %s)",
                (change, user, sealed.ref, NOON, NOON + timedelta(days=7)),
            )
        return change

    def listed(self) -> None:
        """The candidate's card came into the catalogue at noon, with their consent."""
        self.consented()
        card = CardPublished(
            candidate=CANDIDATE, profile_version=3, facts=people_examples.FACTS, reached="final-interview",
            lexemes_ref=shares.REF, recommendation_version=None,
        )
        self.tell(referral_of(CANDIDATE, SOURCE), card)
        while project.advance(self.pool, self.log, catalogue.PROJECTION):
            pass

    def saved_search(self, user: UUID) -> UUID:
        """A search of somebody of the hiring company that finds the candidate's card, with a daily digest."""
        office = Office(self.log, self.pool, self.vault, self.post.policy, self.post.holidays, SITE)
        return saved_search.save(
            office, Command(id=uuid4(), actor="operator:test", now=NOON), user=user, company=HIRING, name="分析の人",
            criteria=Criteria(skill=people_examples.FACTS.skills), frequency=saved_search.Frequency.DAILY,
        )

    def mails(self) -> Sequence[Mail]:
        return Mailbox(self.pool, self.vault).mails(50)

    def row(self, message: UUID) -> tuple[bool, str | None]:
        """Was it sent, and if it never will be, why?"""
        found = self.ask("SELECT sent_at IS NOT NULL, not_sent FROM message WHERE id = %s", message)
        return found[0], found[1]

    def ask(self, query: str, *values: object) -> Any:
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            return connection.execute(query.encode(), values).fetchone()


def every_case(town: Town) -> dict[str, tuple[To, UUID, dict[str, object]]]:
    """For each template whom it goes to in this town, and what it is about. The streams are told here, once."""
    other: dict[str, object] = {"introduction": town.introduction("disclosed")}
    hire = town.hire(
        HireConfirmed(confirmed_by=Side.CANDIDATE),
        LeaveReported(reported_by=Side.HIRING, left_on=date(2027, 6, 20), fault="own-wish", challenge_until=date(2027, 6, 28)),
    )
    opened = JobOpened(
        job=shares.JOB, company=HIRING, version=1, conditions=people_examples.CONDITIONS, occupation="data-analyst",
        prefecture="osaka", skills=(),
    )
    paid_less = replace(people_examples.CONDITIONS, wages="月給300,000円")
    town.tell(
        shares.JOB, opened, JobConditionsChanged(version=2, conditions=paid_less, material=True, changed=("wages",))
    )
    accrued = money_examples.accrual()
    fee = fee_of(hire)
    town.tell(fee, accrued)
    request = RequestReceived(
        request=UUID(int=77), kind=RequestKind.ERASE, controller=SOURCE, candidate=CANDIDATE,  # type: ignore[arg-type]
        applicant=None, due_on=date(2027, 5, 20),
    )
    town.tell(UUID(int=77), request)
    candidate: dict[str, dict[str, object]] = {
        "already-registered": {}, "welcome": {}, "login": {}, "consent-withdrawn": {}, "recommendation-written": {},
        "erasure-certificate": {}, "merge-request": {"survivor": UUID(int=79)},
        "ask": other, "share-approved": other, "share-disclosed": other, "conditions-changed": {**other, "version": 2},
        "hire-reported": {"hire": hire}, "hire-confirmed": {"hire": hire}, "leave-reported": {"hire": hire},
    }
    hiring: dict[str, dict[str, object]] = {
        "copy-received": other, "share-revoked": other, "request-unanswered": other, "six-month-check": {"hire": hire},
        "invoice-issued": {"fee": fee},
    }
    source: dict[str, dict[str, object]] = {
        "invitation-disowned": {"applicant": APPLICANT}, "thanks-hired": {"hire": hire},
        "privacy-request": {"request": UUID(int=77)},
    }
    slot = Slot(starts_at=NOON + timedelta(days=3), minutes=60)
    meeting = UUID(str(other["introduction"]))
    town.tell(
        meeting,
        InterviewTimesNamed(naming=1, by=Side.HIRING, times=(slot,), place_ref=None),
        InterviewAgreed(naming=1, by=Side.CANDIDATE, time=slot),
        CompanyReminded(close_on=date(2027, 5, 20)),
        version=town.log.load(meeting, NO_INTRODUCTION, evolve_introduction).version,
    )
    candidate |= dict.fromkeys(("question-answered", "interview-times", "interview-agreed", "interview-cancelled"), other)
    candidate |= dict.fromkeys(("copy-closed", "copy-closed-over"), other)
    candidate |= {
        "contact-change": {"change": UUID(int=83), "contact": UUID(int=84)}, "contact-changed": {"contact": UUID(int=84)},
        "channel-failed": {}, "privacy-answered": {"request": UUID(int=77)},
    }
    hiring |= dict.fromkeys(("question-asked", "company-reminded"), other)
    town.listed()
    looking = town.member(HIRING, MemberRole.RECRUITER, "h@example.jp")
    hiring["saved-search"] = {"search": town.saved_search(looking), "since": (NOON - timedelta(days=1)).isoformat()}
    found: dict[str, tuple[To, UUID, dict[str, object]]] = {}
    found |= {name: (To.CANDIDATE, CANDIDATE, a) for name, a in candidate.items()}
    found |= {name: (To.USER, uuid5(HIRING, "h@example.jp"), {"for_company": HIRING, **a}) for name, a in hiring.items()}
    found |= {name: (To.USER, uuid5(SOURCE, "s@example.jp"), {"for_company": SOURCE, **a}) for name, a in source.items()}
    found["invitation"] = (To.APPLICANT, APPLICANT, {"invitation": INVITATION, "company": SOURCE})
    takes = NOON + timedelta(hours=24)
    proposed = RecoveryProposed(
        company=SOURCE, user=UserId(UUID(int=81)), cause=RecoveryCause.LEFT, evidence_ref=VaultRef(UUID(int=82)),
        takes_effect_at=takes,
    )
    town.tell(recovery_of(SOURCE), proposed)
    for name in ("role-changed", "recovery-proposed", "recovery-stopped", "recovery-carried-out"):
        found[name] = (To.USER, uuid5(SOURCE, "s@example.jp"), {"company": SOURCE})
    found["member-joined"] = (To.USER, uuid5(SOURCE, "s@example.jp"), {"company": SOURCE})
    recruiter = uuid5(SOURCE, "s@example.jp")
    for template in ("address-confirm", "address-changing"):
        found[template] = (To.USER, recruiter, {"change": town.changed_address(recruiter)})
    found["passkey-added"] = (To.CANDIDATE, CANDIDATE, {})
    found["step-up"] = (To.CANDIDATE, CANDIDATE, {"session": town.session("candidate", CANDIDATE)})
    found["verify-mailbox"] = (To.CANDIDATE, uuid4(), {"registration": UUID(int=78)})
    return found
