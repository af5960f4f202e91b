"""A town with a source, hiring companies, a job and a person whose card is listed: the real house, worker and database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
from litestar import Litestar
from litestar.testing import TestClient

from api.session import begin, mint_login_link
from domain import candidate as candidates
from domain import referral as referrals
from domain.calendar import JST
from domain.candidate import Entrance, ProfileFacts
from domain.company import CompanyRole, MemberRole
from domain.consent import LIST, BlockCause
from domain.ids import OPERATOR, ApplicantId, CandidateId, CompanyId, JobId, ReferralId, referral_of
from domain.job import Conditions
from marketplace import clock
from marketplace.commands import candidate, company, consent, job, referral
from marketplace.commands.candidate import ProfileWords, own
from marketplace.commands.office import Office, new_id
from marketplace.links import Kind, mint_share_link
from marketplace.run.founding import found
from marketplace.run.wiring import House
from marketplace.store.log import Command
from marketplace.vault.companion import companions
from marketplace.vault.records import ContactRecord
from marketplace.work.worker import Worker

SITE = "http://127.0.0.1:8000"
OPENING = datetime(2027, 4, 5, 10, 0, tzinfo=JST)
"""A Monday."""
SAID = "なし"
CONDITIONS = Conditions(
    title="データ分析担当",
    duties="需要予測と可視化",
    duties_scope_of_change=SAID,
    contract_term="期間の定めなし",
    renewal_criteria=SAID,
    trial_period="3か月",
    workplace="大阪市見本区1-1",
    workplace_scope_of_change=SAID,
    working_hours="9:00から18:00",
    breaks="60分",
    holidays="土日祝",
    overtime="月10時間",
    discretionary_work=SAID,
    wages="月給45万円",
    fixed_overtime_pay=SAID,
    social_insurance="完備",
    passive_smoking="屋内禁煙",
    employer_name="つばさ見本株式会社",
    is_dispatch=False,
    is_indefinite=True,
    annual_salary_from_yen=5_000_000,
    annual_salary_to_yen=7_000_000,
)
NUMBERS = {"source": "6010001000001", "hiring": "5010001000002", "sister": "4010001000003", "other": "3010001000004"}


@dataclass
class Places:
    """Who is in the town. `users` has an admin of each company; `aoi` is a person with a card."""

    companies: dict[str, CompanyId] = field(default_factory=dict)
    users: dict[str, UUID] = field(default_factory=dict)
    job: JobId = field(default_factory=lambda: JobId(uuid4()))
    aoi: CandidateId = field(default_factory=lambda: CandidateId(uuid4()))


@dataclass
class Town:
    """What a test works with."""

    house: House
    worker: Worker
    app: Litestar
    owner_url: str
    places: Places

    @property
    def companies(self) -> dict[str, CompanyId]:
        return self.places.companies

    @property
    def users(self) -> dict[str, UUID]:
        return self.places.users

    @property
    def job(self) -> JobId:
        return self.places.job

    @property
    def aoi(self) -> CandidateId:
        return self.places.aoi

    @property
    def office(self) -> Office:
        return self.house.office

    def now(self) -> datetime:
        with self.house.database.transaction() as connection:
            return clock.now(connection)

    def move_to(self, moment: datetime) -> None:
        """Set the clock and let everything happen that is due."""
        with psycopg.connect(self.owner_url) as connection:
            clock.move_to(connection, moment)
        self.worker.drain()

    def later(self, by: timedelta) -> None:
        self.move_to(self.now() + by)

    def by(self, actor: str = "operator:test") -> Command:
        return Command(id=uuid4(), actor=actor, now=self.now())

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.house.database.transaction() as connection:
            return connection.execute(query.encode(), values).fetchall()

    def build(self) -> None:
        """The operator with its licence, a source, three hiring companies of which two are sisters, a job, and Aoi."""
        found(
            self.office,
            name="見本運営株式会社",
            name_en="Mihon Operator",
            corporate_number="2010001000005",
            address="東京都見本区1-1",
            representative="運営 見本",
            admin_name="運営 担当",
            email="admin@operator.example",
        )
        self._licensed(OPERATOR)
        self.companies["operator"] = OPERATOR
        self.users["operator"] = self._member(OPERATOR, MemberRole.FINANCE, "finance@operator.example")
        self.users["operator-admin"] = self._member(OPERATOR, MemberRole.ADMIN, "second@operator.example")
        self.admit("source", CompanyRole.SOURCE)
        self._licensed(self.companies["source"])
        for name in ("hiring", "sister", "other"):
            self.admit(name, CompanyRole.HIRING)
            company.accept_terms(self.office, self.by(), company_id=self.companies[name], terms_version=1)
        company.declare_group(
            self.office, self.by(), company_id=self.companies["hiring"], corporate_numbers=(NUMBERS["sister"],)
        )
        job.open_job(
            self.office,
            self.by(),
            job_id=self.job,
            company=self.companies["hiring"],
            conditions=CONDITIONS,
            occupation="data-analyst",
            prefecture="osaka",
            skills=("sql",),
        )
        self.worker.drain()
        self.person(self.aoi)

    def admit(self, name: str, *roles: CompanyRole) -> None:
        made = CompanyId(uuid4())
        company.admit(
            self.office,
            self.by(),
            company_id=made,
            name=f"{name}見本株式会社",
            name_en=f"{name.title()} Mihon",
            corporate_number=NUMBERS[name],
            address="大阪府見本市2-2",
            representative=f"{name} 代表",
            roles=frozenset(roles),
        )
        self.companies[name] = made
        self.users[name] = self._member(made, MemberRole.ADMIN, f"admin@{name}.example")

    def _licensed(self, which: CompanyId) -> None:
        first, last = datetime(2025, 1, 1, tzinfo=JST).date(), datetime(2029, 12, 31, tzinfo=JST).date()
        company.record_licence(
            self.office, self.by(), company_id=which, number="13-ユ-300001", granted_on=first, valid_until=last
        )

    def _member(self, which: CompanyId, role: MemberRole, email: str) -> UUID:
        command = self.by()
        company.join(self.office, command, company_id=which, name="見本 担当", email=email, role=role)
        return new_id(command, "user")

    def person(
        self, who: CandidateId, name: str = "見本 葵", *, skills: tuple[str, ...] = ("sql", "python")
    ) -> CandidateId:
        """A registered person who was referred by the source, consents to be listed, and has a card."""
        sealed = self.office.vault.sealer.seal(
            own(who), ContactRecord(email="aoi@mail.example", name=name, kana="ミホン アオイ", phone="+819000000001")
        )
        source = self.companies["source"]
        key: ReferralId = referral_of(who, source)
        registered = candidates.CandidateRegistered(
            candidate=who, entrance=Entrance.NEUTRAL_LINK, language="ja", contact_ref=sealed.ref
        )
        made = referrals.ReferralMade(
            candidate=who, source=source, applicant=ApplicantId(uuid4()), reached="final-interview"
        )
        confirmed = referrals.OwnershipConfirmed(
            candidate=who, source=source, confirmed_at=self.now(), window_until=self.now() + timedelta(days=365)
        )
        self.house.log.append(
            self.by(f"candidate:{who}"),
            {who: (0, [registered, candidates.AdulthoodDeclared()]), key: (0, [made, confirmed])},
            also=companions(sealed.row),
        )
        consent.give(
            self.office, self.by(), candidate=who, permission=LIST, level=None, text_version="v1", language="ja"
        )
        self.save_profile(who, 0, skills)
        candidate.seal_seeker_record(
            self.office,
            self.by(),
            candidate=who,
            name=name,
            address="大阪府見本市3-3",
            birth_date=datetime(1994, 5, 6, tzinfo=JST).date(),
        )
        self.worker.drain()
        referral.recommend(self.office, self.by(), referral=key, source=source, text="論理的な方でした。")
        referral.read_recommendation(self.office, self.by(), referral=key, candidate=who, version=1)
        referral.publish_card(self.office, self.by(), referral=key, candidate=who)
        self.worker.drain()
        return who

    def save_profile(self, who: CandidateId, version: int, skills: tuple[str, ...] = ("sql",)) -> None:
        candidate.save_profile(
            self.office,
            self.by(),
            candidate=who,
            expected_version=version,
            words=ProfileWords(
                headline="データで現場を助けます",
                career="小売業で需要予測を6年",
                employer="株式会社かりの見本",
                salary_wish_yen=6_000_000,
            ),
            facts=ProfileFacts(
                skills=skills,
                occupations=("data-analyst",),
                prefecture="osaka",
                seniority="middle-level",
                salary_band="6m-to-8m-yen",
                languages=("japanese",),
            ),
        )

    def block(self, who: CandidateId, name: str) -> None:
        consent.block(self.office, self.by(), candidate=who, corporate_number=NUMBERS[name], cause=BlockCause.CHOSEN)

    def company(self, name: str) -> Visitor:
        """Somebody of a company, signed in."""
        return self._signed_in("user", self.users[name])

    def candidate(self, who: CandidateId) -> Visitor:
        """The person, signed in."""
        return self._signed_in("candidate", who)

    def holder(self, introduction: str, who: CandidateId) -> Visitor:
        """Whoever holds the share link of an ask."""
        with self.house.database.transaction() as connection:
            until = self.now() + timedelta(days=7)
            link = mint_share_link(connection, UUID(introduction), who, until)
        return self.visitor(link.rpartition("/")[2])

    def _signed_in(self, kind: Kind, subject: UUID) -> Visitor:
        with self.house.database.transaction() as connection:
            assert mint_login_link(connection, kind, subject, clock.now(connection))
            return self.visitor(begin(connection, kind, subject, clock.now(connection)))

    def visitor(self, token: str) -> Visitor:
        client = TestClient(self.app, base_url=SITE, raise_server_exceptions=True)
        client.headers["Authorization"] = f"Bearer {token}"
        return Visitor(client)


@dataclass
class Visitor:
    """Speaks to the API."""

    client: TestClient[Litestar]

    def read(self, path: str, **params: Any) -> httpx.Response:
        return self.client.get(f"/api/v1{path}", params=params)

    def get(self, path: str, **params: Any) -> Any:
        answer = self.read(path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> httpx.Response:
        sent = {"Idempotency-Key": key or str(uuid4()), **headers}
        return self.client.post(f"/api/v1{path}", json={} if body is None else body, headers=sent)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        answer = self.send(path, body, **headers)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    def refused(self, path: str, body: Any = None) -> tuple[int, str]:
        """Status and code of a refusal."""
        answer = self.send(path, body)
        return answer.status_code, answer.json().get("code", "")
