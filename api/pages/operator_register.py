"""The statutory books: what was introduced to whom and what became of it; and, with a reason, what is sealed in them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import QueryParameter
from msgspec import Meta

from api import step_up
from api.pages.showing import carry_out, filled, show, wait_for
from api.reading import At, viewer_of
from api.route import ThisVisit, form, page
from api.text_types import Body
from api.v1.companies import OPERATORS
from api.visit import Visit
from domain.ids import CandidateId, VaultRef
from marketplace.vault import statutory
from marketplace.vault.records import ProvisionParties, SeekerRecord
from projections import directory, register
from projections.provision_records import Provision
from projections.register import Entry

Asked = Annotated[str, QueryParameter(required=False, max_length=80)]
READS = ("introduction_board", "candidate_inbox", "placements", "provision_records")
KINDS: dict[str, type[SeekerRecord | ProvisionParties]] = {"seeker": SeekerRecord, "provision": ProvisionParties}


class ReadingForm(Body, frozen=True):
    """Which sealed record, and why the placement manager has to read it."""

    ref: UUID
    kind: Literal["seeker", "provision"]
    reason: Annotated[str, Meta(min_length=5, max_length=statutory.REASON_MOST, pattern=r"\S")]
    q: Annotated[str, Meta(max_length=80)] = ""


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the register with the sealed records that belong to it."""

    entry: Entry
    provisions: list[Provision]
    seeker_ref: UUID | None
    seeker_until: date | None


@page("/operator/register", policy=OPERATORS)
def books(visit: ThisVisit, q: Asked = "", at: At = None) -> Response[str]:
    """The register, found by a number."""
    wait_for(visit, at, *READS)
    return _show(visit, q.strip())


@form("/operator/register/reading", policy=OPERATORS)
def read_sealed(visit: ThisVisit) -> Response[str]:
    """One sealed record. The reason is in the access log before it is shown, so this is no link."""
    opened: list[SeekerRecord | ProvisionParties] = []
    asked = visit.fields.get("q", [""])[0].strip()[:80]

    def act() -> None:
        step_up.demand(visit)
        given = filled(visit, ReadingForm)
        with visit.house.database.transaction() as connection:
            found = statutory.read(
                visit.house.office.vault.keyring,
                connection,
                viewer_of(visit),
                VaultRef(given.ref),
                KINDS[given.kind],
                reason=given.reason,
                now=visit.now,
            )
        opened.append(found)

    refused = carry_out(visit, act, then="/operator/register", again=lambda: _show(visit, asked))
    return _show(visit, asked, opened[0]) if opened else refused


def _show(visit: Visit, q: str, opened: SeekerRecord | ProvisionParties | None = None) -> Response[str]:
    visit.back = "/operator/register"
    with visit.house.database.transaction() as connection:
        entries = register.find(connection, q)
        records = register.provisions(connection, [each.introduction for each in entries])
        names = directory.names(connection, {each.hiring for each in entries})
    return show(
        visit,
        "operator_register.html",
        q=q,
        books=[_book(visit, each, records) for each in entries],
        names={key: (en or ja) if visit.language == "en" else ja for key, (ja, en) in names.items()},
        seeker=opened if isinstance(opened, SeekerRecord) else None,
        parties=opened if isinstance(opened, ProvisionParties) else None,
    )


def _book(visit: Visit, entry: Entry, records: list[Provision]) -> Book:
    sealed = visit.house.office.candidate(CandidateId(entry.candidate)).state.seeker_record
    return Book(
        entry=entry,
        provisions=[each for each in records if each.introduction == entry.introduction],
        seeker_ref=sealed.ref if sealed else None,
        seeker_until=sealed.retain_until if sealed else None,
    )


ROUTES = [books, read_sealed]
