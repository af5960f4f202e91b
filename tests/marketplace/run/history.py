"""One small relay, told in events straight into the log: from admission to a posted transfer, every record in the vault."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from msgspec.structs import replace

from domain import fee as fees
from domain.calendar import JST
from domain.candidate import AdulthoodDeclared, CandidateRegistered, Entrance, ProfileSaved, SeekerRecordSealed
from domain.company import CompanyAdmitted
from domain.consent import LIST, ConsentExercised, ConsentGiven
from domain.event import Event
from domain.fee import FeeEvent
from domain.hire import EmploymentStarted, EmploymentTerm, HireConfirmed, HireReported, OwnershipResolved, Side
from domain.ids import (
    CompanyId,
    CompanyToken,
    VaultRef,
    consent_of,
    fee_of,
    hire_of,
    introduction_of,
    referral_of,
)
from domain.introduction import (
    CandidateAsked,
    CloseCause,
    Direction,
    IdentityDisclosed,
    IntroductionClosed,
    IntroductionRequested,
    Item,
    ProvisionRecorded,
    Seen,
    ShareApproved,
    Stage,
    StageReached,
)
from domain.job import JobOpened
from domain.referral import CardPublished, OwnershipConfirmed, RecommendationRead, RecommendationWritten, ReferralMade
from domain.rules import fee_accrual, fee_collection, fee_release
from marketplace.store.log import Command, Log
from marketplace.vault.companion import CompanionRow, companions
from marketplace.vault.envelope import Record, Sealed, Sealer
from marketplace.vault.records import (
    ContactRecord,
    HireComponents,
    Party,
    ProfileRecord,
    ProvisionParties,
    ReceivedCopy,
    Recommendation,
    Representative,
    SeekerRecord,
)
from marketplace.vault.statutory import seal as seal_statutory
from marketplace.vault.subject import Subject, SubjectKind
from tests.domain import money_examples, people_examples
from tests.domain.share_examples import CANDIDATE, HIRING, JOB, SOURCE, USER, terms

START = datetime(2027, 4, 1, 10, 0, tzinfo=JST)
ASKED_AT = START + timedelta(hours=2)
APPROVED_AT = START + timedelta(hours=4)
DISCLOSED_AT = APPROVED_AT + timedelta(minutes=10)
INTRODUCTION = introduction_of(CANDIDATE, HIRING, JOB, 1)
NUMBER = "CR-7K3M9-2QX4T"
HIRE = hire_of(CANDIDATE, HIRING, 1)
FEE = fee_of(HIRE)
HIRING_TOKEN = CompanyToken(UUID(int=20))
SOURCE_TOKEN = CompanyToken(UUID(int=21))
ITEMS = (Item.NAME, Item.EMAIL)
PERSON = Subject(SubjectKind.CANDIDATE, CANDIDATE)
KEEP_UNTIL = date(2030, 4, 1)


class History:
    """Appends events as commands do, with their records."""

    def __init__(self, log: Log, sealer: Sealer) -> None:
        self.log = log
        self.sealer = sealer
        self._rows: list[CompanionRow] = []

    def tell(self, stream: UUID, *events: Event, at: datetime = START, actor: str = "user:40") -> int:
        """One command on one stream."""
        return self.tell_all({stream: events}, at=at, actor=actor)

    def tell_all(self, streams: dict[UUID, tuple[Event, ...]], *, at: datetime = START, actor: str = "user:40") -> int:
        """One command; answers its position."""
        versions = {stream: (self.version(stream), events) for stream, events in streams.items()}
        command = Command(id=uuid4(), actor=actor, now=at)
        done = self.log.append(command, versions, also=companions(*self._rows))
        self._rows = []
        return done.position

    def version(self, stream: UUID) -> int:
        """How many events a stream has."""
        return self.log.load(stream, 0, lambda count, _: count + 1).version

    def kept(self, subject: Subject, record: Record) -> VaultRef:
        """A reference to a record that the next command writes."""
        return self._keep(self.sealer.seal(subject, record))

    def statutory(self, record: Record, class_: str = "seeker-record") -> VaultRef:
        """As `kept`, for what the law makes us keep."""
        return self._keep(seal_statutory(self.sealer, class_, record, person=CANDIDATE, retain_until=KEEP_UNTIL))

    def lexemes(self) -> VaultRef:
        """A reference to keyed lexemes."""
        ref = VaultRef(uuid4())
        values = {"ref": str(ref), "subject_kind": "candidate", "subject_id": str(CANDIDATE), "lexemes": [7]}
        self._rows.append(CompanionRow("vault_lexemes", values))
        return ref

    def _keep(self, sealed: Sealed) -> VaultRef:
        self._rows.append(sealed.row)
        return sealed.ref

    def relay(self) -> None:
        """The whole way, until the source has its money."""
        self.companies()
        self.listing()
        self.ask()
        self.approve()
        self.disclose()
        self.hire()
        self.money()

    def companies(self) -> None:
        """Two companies and a job."""
        for company, token, name, name_en in (
            (SOURCE, SOURCE_TOKEN, "みほん商事株式会社", "Mihon Trading"),
            (HIRING, HIRING_TOKEN, "れいわ物産株式会社", "Reiwa Bussan"),
        ):
            self.tell(company, self.admitted(company, token, name, name_en), actor="operator:1")
        opened = JobOpened(
            job=JOB, company=HIRING, version=1, conditions=people_examples.CONDITIONS,
            occupation="sales-representative", prefecture="", skills=(),
        )
        self.tell(JOB, opened)

    def admitted(self, company: CompanyId, token: CompanyToken, name: str, name_en: str) -> CompanyAdmitted:
        """A company, and who represents it."""
        ref = self.kept(Subject(SubjectKind.COMPANY, company), Representative(name="見本花子"))
        number = f"{token.int:013d}"
        return CompanyAdmitted(
            company=company, name=name, name_en=name_en, corporate_number=number, token=token, address="東京都",
            representative_ref=ref,
        )

    def listing(self) -> None:
        """A person registers, agrees to be listed, and is listed."""
        actor = f"candidate:{CANDIDATE}"
        contact = self.kept(PERSON, ContactRecord(email="mihon@example.com", name="見本太郎"))
        profile = self.kept(PERSON, ProfileRecord(headline="営業"))
        seeker = self.statutory(SeekerRecord(name="見本太郎", address="東京都", birth_date=date(1990, 1, 1)))
        words = self.lexemes()
        self.tell(
            CANDIDATE,
            CandidateRegistered(candidate=CANDIDATE, entrance=Entrance.INVITATION, language="ja", contact_ref=contact),
            AdulthoodDeclared(),
            ProfileSaved(version=1, ref=profile, commit="c", facts=people_examples.FACTS, lexemes_ref=words),
            SeekerRecordSealed(ref=seeker, retain_until=KEEP_UNTIL),
            actor=actor,
        )
        self.tell(
            consent_of(CANDIDATE),
            ConsentGiven(
                candidate=CANDIDATE, permission=LIST, level=None, text_version="v1", language="ja",
                expires_at=START + timedelta(days=180), receipt="r",
            ),
            actor=actor,
        )
        text, lexemes = self.kept(PERSON, Recommendation(text="粘り強い方です。")), self.lexemes()
        self.tell(
            referral_of(CANDIDATE, SOURCE),
            ReferralMade(
                candidate=CANDIDATE, source=SOURCE, applicant=people_examples.APPLICANT, reached="final-interview"
            ),
            RecommendationWritten(version=1, ref=text, commit="w", lexemes_ref=lexemes),
            RecommendationRead(version=1),
            OwnershipConfirmed(
                candidate=CANDIDATE, source=SOURCE, confirmed_at=START, window_until=START + timedelta(days=365)
            ),
            CardPublished(
                candidate=CANDIDATE, profile_version=1, facts=people_examples.FACTS, reached="final-interview",
                lexemes_ref=words, recommendation_version=1,
            ),
            actor=actor,
        )

    def ask(self, round_no: int = 1) -> UUID:
        """The company asks, and the person is asked."""
        key = introduction_of(CANDIDATE, HIRING, JOB, round_no)
        requested = IntroductionRequested(
            introduction=key, number=NUMBER if round_no == 1 else f"CR-ROUND-{round_no}", candidate=CANDIDATE,
            hiring=HIRING, job=JOB, job_version=1, round_no=round_no, requested_by=USER, terms=terms(), items=ITEMS,
            requested_at=ASKED_AT, expires_at=ASKED_AT + timedelta(days=7),
        )
        seen = Seen(job_version=1, profile_version=1, items=ITEMS)
        saved = next(each.event for each in self.log.history(CANDIDATE) if isinstance(each.event, ProfileSaved))
        asked = CandidateAsked(seen=seen, profile_ref=saved.ref, profile_commit="c")
        self.tell(key, requested, asked, at=ASKED_AT)
        return key

    def approve(self, key: UUID = INTRODUCTION, items: tuple[Item, ...] = ITEMS) -> None:
        """The person says yes."""
        approved = ShareApproved(
            items=items, seen=Seen(job_version=1, profile_version=1, items=ITEMS), known_to_company=False,
            consent_version=1, disclose_not_before=DISCLOSED_AT,
        )
        self.tell(key, approved, at=APPROVED_AT, actor=f"candidate:{CANDIDATE}")

    def disclose(
        self,
        key: UUID = INTRODUCTION,
        *,
        at: datetime = DISCLOSED_AT,
        items: tuple[Item, ...] = ITEMS,
        records: Iterable[Direction] = Direction,
    ) -> int:
        """The company receives what was approved; nothing is decided here. Answers the disclosure's position."""
        events = self.disclosure(key, at=at, items=items, records=records)
        exercised = ConsentExercised(candidate=CANDIDATE, introduction=INTRODUCTION, consent_version=1)
        end = self.tell_all({consent_of(CANDIDATE): (exercised,), key: events}, at=at, actor="timer:disclose")
        return end - len(events) + 1

    def disclosure(
        self,
        key: UUID,
        *,
        at: datetime = DISCLOSED_AT,
        items: tuple[Item, ...] = ITEMS,
        records: Iterable[Direction] = Direction,
    ) -> tuple[Event, ...]:
        """The events of a disclosure, and their records."""
        party = Party(name="見本", address="東京都", representative="見本花子")
        copy = self.kept(Subject(SubjectKind.RECEIVED, key), ReceivedCopy(name="見本太郎"))
        identity = IdentityDisclosed(
            candidate=CANDIDATE, hiring=HIRING, items=items, profile_version=1, consent_version=1, disclosed_at=at,
            prior_contact_until=date(2027, 4, 8), ref=copy, commit="k",
        )
        provisions = [
            ProvisionRecorded(
                direction=direction, provider=SOURCE, receiver=HIRING, items=items, consent_version=1,
                acquisition="本人から", retain_until=KEEP_UNTIL,
                ref=self.statutory(
                    ProvisionParties(third_party=party, principal_name="見本太郎", items=("name",), acquisition=""),
                    f"provision-{direction}",
                ),
            )
            for direction in records
        ]
        return identity, *provisions

    def hire(self) -> None:
        """The company hires."""
        self.tell(INTRODUCTION, StageReached(stage=Stage.OFFER_ACCEPTED, reached_on=date(2027, 4, 3)))
        self.tell(INTRODUCTION, IntroductionClosed(cause=CloseCause.HIRED))
        components = self.kept(PERSON, HireComponents(components=()))
        reported = HireReported(
            hire=HIRE, introduction=INTRODUCTION, candidate=CANDIDATE, hiring=HIRING, employment_no=1,
            reported_by=Side.HIRING, offer_accepted_on=date(2027, 4, 3), started_on=money_examples.STARTED_ON,
            base_yen=5_000_000, components_ref=components, term=EmploymentTerm.INDEFINITE, terms=terms(),
        )
        self.tell(
            HIRE,
            reported,
            HireConfirmed(confirmed_by=Side.CANDIDATE),
            OwnershipResolved(shares=money_examples.SOLE, reason="first-confirmed", fee_bps=10_000),
            EmploymentStarted(started_on=money_examples.STARTED_ON),
        )

    def money(self) -> None:
        """The fee accrues, is paid, and the source gets its part."""
        facts = replace(money_examples.facts(), hire=HIRE, introduction=INTRODUCTION, number=NUMBER, hiring=HIRING)
        fee = fees.INITIAL
        on = money_examples.PAID_ON

        def told(*events: FeeEvent) -> fees.Fee:
            self.tell(FEE, *events, actor="worker:settle")
            return money_examples.further(fee, events)

        fee = told(fee_accrual.accrue(fee, facts, money_examples.terms(), money_examples.CASH))
        fee = told(
            *fee_collection.settle_payment(
                fee, charge="py_1", balance_transaction="txn_1", gross_yen=1_100_000, provider_fee_yen=16_500, on=on
            )
        )
        fee = told(
            fee_release.schedule_release(fee, money_examples.terms(), started_on=money_examples.STARTED_ON)
        )
        asked = fee_release.request_transfer(
            fee, money_examples.ready_account(), beneficiary=SOURCE, licence_valid=True, suspended=False,
            on=money_examples.AFTER_ON,
        )
        fee = told(asked)
        told(
            *fee_release.transfer_posted(
                fee, intent=asked.intent, transfer="tr_1", balance_transaction="txn_tr_1", on=money_examples.AFTER_ON
            )
        )
