"""A village of companies and people who do everything through the API, with a worker and a mailbox."""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
from litestar import Litestar
from litestar.testing import TestClient

from api.session import begin
from domain.calendar import JST
from domain.ids import OPERATOR
from marketplace import clock
from marketplace.commands.company import user_of
from marketplace.links import Kind
from marketplace.run.examples import MINATO
from marketplace.run.founding import found
from marketplace.run.wiring import House
from marketplace.work.worker import Worker

SITE = "http://127.0.0.1:8000"
OPENING = datetime(2026, 6, 1, 10, 0, tzinfo=JST)
"""A Monday."""
NUMBERS = {"source": "6010001000001", "hiring": "5010001000002", "second-source": "4010001000003"}
FACTS = {
    "skills": ["sql"],
    "occupations": ["sales-representative"],
    "prefecture": "osaka",
    "seniority": "senior-level",
    "salary_band": "6m-to-8m-yen",
    "languages": ["english"],
}
CONDITIONS = {
    **dict.fromkeys(
        "duties duties_scope_of_change contract_term renewal_criteria trial_period workplace workplace_scope_of_change"
        " working_hours breaks holidays overtime discretionary_work wages fixed_overtime_pay social_insurance"
        " passive_smoking employer_name".split(),
        "なし",
    ),
    "title": "海外営業",
    "is_dispatch": False,
    "is_indefinite": True,
    "annual_salary_from_yen": 5_000_000,
    "annual_salary_to_yen": 7_000_000,
}


@dataclass
class Village:
    """What a test works with. `who` has a bearer token for each name."""

    house: House
    worker: Worker
    app: Litestar
    owner_url: str
    stack: ExitStack
    companies: dict[str, UUID] = field(default_factory=dict)
    who: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client = self.stack.enter_context(TestClient(self.app, base_url=SITE))

    def get(self, who: str | None, path: str, **query: Any) -> httpx.Response:
        return self.client.get(f"/api/v1{path}", params=query, headers=self._headers(who))

    def post(self, who: str | None, path: str, body: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        sent = {"Idempotency-Key": uuid4().hex, **self._headers(who), **headers}
        return self.client.post(f"/api/v1{path}", json=body or {}, headers=sent)

    def send_file(self, who: str, path: str, data: bytes, **query: str) -> httpx.Response:
        sent = {"Idempotency-Key": uuid4().hex, "Content-Type": "text/csv", **self._headers(who)}
        return self.client.post(f"/api/v1{path}", content=data, params=query, headers=sent)

    def ok(self, answer: httpx.Response) -> Any:
        """The answer's JSON; the test fails where it was refused."""
        assert answer.status_code < 300, (answer.request.url.path, answer.text)
        return answer.json()

    def did(self, who: str | None, path: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
        """A command that is carried out, and whatever follows from it."""
        done = self.ok(self.post(who, path, body, **headers))
        self.worker.drain()
        return done

    def saw(self, who: str | None, path: str, **query: Any) -> Any:
        return self.ok(self.get(who, path, **query))

    def move_to(self, moment: datetime) -> None:
        """Set the clock and let everything happen that is due."""
        with psycopg.connect(self.owner_url) as connection:
            clock.move_to(connection, moment)
        self.worker.drain()

    def now(self) -> datetime:
        with self.house.database.transaction() as connection:
            return clock.now(connection)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.house.database.transaction() as connection:
            return connection.execute(query.encode(), values).fetchall()

    def signed_in(self, name: str, kind: Kind, subject: UUID) -> None:
        with self.house.database.transaction() as connection:
            self.who[name] = begin(connection, kind, subject, clock.now(connection))

    def mails(self, to: str) -> list[str]:
        """The texts of the mails to an address, the newest first."""
        mailbox = self.house.mailbox
        assert mailbox is not None
        return [mail.text for mail in mailbox.mails(500) if mail.to == to]

    def link(self, to: str, path: str) -> str:
        """What follows `path` in the newest mail to an address that has such a link."""
        found = [match[1] for text in self.mails(to) if (match := re.search(rf"{SITE}{path}([A-Za-z0-9_-]+)", text))]
        assert found, (to, path, self.mails(to))
        return found[0]

    def settle(self) -> None:
        """The operator, a source, another source, and a hiring company, each with an admin."""
        found(
            self.house.office,
            name="見本運営株式会社",
            name_en="Mihon Operator",
            corporate_number="2010001000005",
            address="東京都見本区1-1",
            representative="運営 見本",
            admin_name="運営 担当",
            email="admin@operator.example",
        )
        operator = user_of(self.house.office, "admin@operator.example")
        assert operator is not None
        self.signed_in("operator", "user", operator)
        self.did("operator", f"/companies/{OPERATOR}/licences", self.licence("13-ユ-100001"))
        for name, role in (("source", "source"), ("second-source", "source"), ("hiring", "hiring")):
            self.admit(name, role)

    def licence(self, number: str) -> dict[str, str]:
        return {"number": number, "granted_on": "2025-04-01", "valid_until": "2030-03-31"}

    def admit(self, name: str, role: str) -> None:
        company = {
            "name": f"{name}見本株式会社",
            "name_en": f"{name.title()} Mihon",
            "corporate_number": NUMBERS[name],
            "address": "大阪府見本市2-2",
            "representative": "代表 見本",
            "roles": [role],
        }
        made = self.did("operator", "/companies", company)["id"]
        self.companies[name] = UUID(made)
        person = {"name": f"{name} 担当", "email": f"admin@{name}.example", "role": "admin"}
        user = self.did("operator", f"/companies/{made}/members", person)["id"]
        self.signed_in(name, "user", UUID(user))

    def import_minato(self) -> str:
        """The CP932 example, brought in by the source."""
        query = {"filename": MINATO.name, "basis": "application-notice", "notice_version": "2026-01"}
        done = self.send_file("source", "/imports", MINATO.read_bytes(), system="minato-ats", **query)
        assert done.status_code == 202, done.text
        self.worker.drain()
        return str(done.json()["id"])

    def record_of(self, who: str, email: str) -> dict[str, Any]:
        """The source's record with this address, found as its people would: by looking through the list."""
        after: dict[str, str] = {}
        while True:
            page = self.saw(who, "/applicants", limit=100, **after)
            for row in page["items"]:
                opened = self.saw(who, f"/applicants/{row['applicant']}")
                if email in opened["emails"]:
                    return dict(opened)
            after = {"after": page["next"]}
            assert page.get("next"), email

    def register(self, name: str, email: str, **entrance: str) -> UUID:
        """A person registers with a mailbox, by a link in a mail."""
        asked = {"email": email, "entrance": "neutral-link", "language": "ja", **entrance}
        assert self.post(None, "/registrations", asked).status_code == 202
        self.worker.drain()
        told = {"token": self.link(email, "/register/"), "name": f"見本 {name}", "is_adult": True, "is_pupil": False}
        done = self.did(None, "/registrations/completing", told)
        self.who[name] = done["token"]
        return UUID(done["id"])

    def consent(self, name: str, scope: str, **parts: str) -> None:
        """Give a consent to the words that are shown."""
        words = self.saw(None, "/consent-texts", scope=scope, language="ja", **parts)
        given = {"scope": scope, "text_version": words["text_version"], "language": "ja", **parts}
        self.did(name, "/me/consents", given)

    def profile(self, name: str, version: int = 0) -> None:
        words = {"headline": "海外営業を十年", "career": "部品の輸出を担当", "links": ["https://portfolio.example/x"]}
        self.did(name, "/me/profile", {"expected_version": version, **words, "facts": FACTS})

    def listed(self, name: str, email: str) -> str:
        """A registered person with a published card; answers the referral."""
        self.register(name, email, source=str(self.companies["source"]))
        self.profile(name)
        self.consent(name, "list")
        referral = str(self.saw(name, "/me/referrals")["items"][0]["referral"])
        self.did(name, f"/me/referrals/{referral}/card")
        return referral

    def _headers(self, who: str | None) -> dict[str, str]:
        self.client.cookies.clear()  # a program keeps no cookies
        return {"Authorization": f"Bearer {self.who[who]}"} if who else {}


def refused(answer: httpx.Response, status: int, code: str) -> None:
    """A refusal is problem+json with a stable code and a sentence."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["detail"]
    assert code not in problem["detail"]
