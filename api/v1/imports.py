"""Imports: a dry run that keeps nothing, the real run with its progress, undoing, and inviting a whole batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID, uuid5

import msgspec
from litestar.params import FromPath, JSONBody, QueryParameter

from api.house import House
from api.policies import Resource, company
from api.reading import At, Listed, about_company, found, is_behind, viewer_of
from api.route import Done, ThisVisit, command, done, query
from api.text_types import NoBody
from api.visit import Visit
from domain.applicant import RetentionBasis
from domain.company import CompanyRole, MemberRole
from domain.ids import ApplicantId, CompanyId
from domain.refusal import Refused
from marketplace.commands import applicant as applicants
from marketplace.commands import importing as commands
from marketplace.commands.office import new_id
from marketplace.importing.formats import JSON_LIMIT_BYTES
from marketplace.importing.reading import Problem, Reading, Retention
from marketplace.store.log import Command
from marketplace.texts.catalogue import Language, sentence
from projections import applicant_pool, imports

BRING_IN = company(MemberRole.ADMIN, MemberRole.RECRUITER, scope="imports:write", of=CompanyRole.SOURCE)
INVITE = company(MemberRole.ADMIN, MemberRole.RECRUITER, scope="invitations:write", of=CompanyRole.SOURCE)
READ = company(scope="applicants:read", of=CompanyRole.SOURCE)
TAGS = ["imports"]
MOST_INVITED_AT_ONCE = 500

FileName = Annotated[str, QueryParameter(min_length=1, max_length=255)]
System = Annotated[str, QueryParameter(pattern=r"^[a-z0-9][a-z0-9-]{0,39}\Z", description="Which system it is from.")]
Basis = Annotated[
    RetentionBasis | None,
    QueryParameter(required=False, description="Why all these records may be kept, unless the file says it by row."),
]
Notice = Annotated[str, QueryParameter(max_length=100, required=False, description="The wording people were shown.")]


class ProblemRow(msgspec.Struct, frozen=True, kw_only=True):
    """A fault at a row (0: the whole file) and a column, never with the value; `sentence` says what to do."""

    row: int
    column: str
    code: str
    severity: str
    count: int
    sentence: str


class Segments(msgspec.Struct, frozen=True, kw_only=True):
    """Who was read, by what can be told without a name."""

    by_stage: dict[str, int]
    by_job_type: dict[str, int]
    by_channel: dict[str, int]
    held_back: dict[str, int]


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What would come of a file; nothing of it was kept. Of its faults the first thousand, and how many more there are."""

    form: str
    rows_read: int
    eligible: int
    withdrawn: int
    quarantined: int
    problems: list[ProblemRow]
    segments: Segments


class ImportView(msgspec.Struct, frozen=True, kw_only=True):
    """One import, how far it has come, and its faults: the first thousand, and how many more there are."""

    batch: imports.Import
    problems: list[ProblemRow]


class Invited(msgspec.Struct, frozen=True, kw_only=True):
    """How many invitations wait now, how many were refused and why; `left` more stand for the next request."""

    scheduled: int
    refused: dict[str, int]
    left: int
    position: int


def import_facts(house: House, path: Mapping[str, Any]) -> Resource | None:
    """Whose import the path names."""
    with house.database.transaction() as connection:
        owner = imports.company_of(connection, path["batch"])
    return None if owner is None else about_company(owner)


@command(
    "/imports/dry-run",
    policy=BRING_IN,
    idempotent=False,
    reads_file=True,
    most_bytes=JSON_LIMIT_BYTES,
    tags=TAGS,
)
def dry_run(visit: ThisVisit, filename: FileName, basis: Basis = None, notice_version: Notice = "") -> Look:
    """Read a file (the raw body) and say row by row what would come of it."""
    reading = commands.dry_run(
        visit.house.office,
        data=visit.raw,
        filename=filename,
        retention=_retention(basis, notice_version),
        now=visit.now,
    )
    return _look(reading, visit.language)


@command("/imports", policy=BRING_IN, reads_file=True, most_bytes=JSON_LIMIT_BYTES, status_code=202, tags=TAGS)
def bring_in(
    visit: ThisVisit, filename: FileName, system: System, basis: Basis = None, notice_version: Notice = ""
) -> Done:
    """Take a file in (the raw body). It is read whole at once; the records follow, see the import's progress."""
    batch = new_id(visit.command, "batch")
    appended = commands.begin(
        visit.house.office,
        visit.command,
        batch=batch,
        company=CompanyId(visit.company),
        system=system,
        data=visit.raw,
        filename=filename,
        retention=_retention(basis, notice_version),
    )
    return done(appended, batch)


@query("/imports", policy=READ, tags=TAGS)
def list_imports(visit: ThisVisit) -> Listed[imports.Import]:
    """The company's imports, newest first."""
    viewer = viewer_of(visit)
    with visit.house.database.transaction() as connection:
        return Listed(items=imports.of_company(connection, viewer))


@query("/imports/{batch:uuid}", policy=READ, facts=import_facts, tags=TAGS)
def read_import(visit: ThisVisit, batch: FromPath[UUID], at: At = None) -> ImportView:
    """One import with its progress and its faults."""
    is_behind(visit, at, "applicant_pool")
    viewer = viewer_of(visit)
    with visit.house.database.transaction() as connection:
        row = found(imports.one(connection, viewer, batch))
        faults = imports.problems(connection, viewer, batch)
    return ImportView(batch=row, problems=[fault_shown(fault, visit.language) for fault in faults])


@command("/imports/{batch:uuid}/undoing", policy=BRING_IN, facts=import_facts, tags=TAGS)
def undo(visit: ThisVisit, batch: FromPath[UUID], data: JSONBody[NoBody]) -> Done:  # noqa: ARG001  read strictly
    """Unsent invitations are cancelled and the records let go; whoever registered stays."""
    _up_to_date(visit)
    viewer = viewer_of(visit)
    with visit.house.database.transaction() as connection:
        people = applicant_pool.everyone_of_batch(connection, viewer, batch)
    appended = commands.undo(
        visit.house.office, visit.command, company=CompanyId(visit.company), batch=batch, applicants=people
    )
    return done(appended, batch)


@command("/imports/{batch:uuid}/invitations", policy=INVITE, facts=import_facts, tags=TAGS)
def invite_batch(visit: ThisVisit, batch: FromPath[UUID], data: JSONBody[NoBody]) -> Invited:  # noqa: ARG001  read strictly
    """Schedule an invitation for every record of the batch that may be invited and was not yet (rule 4)."""
    _up_to_date(visit)
    viewer = viewer_of(visit)
    with visit.house.database.transaction() as connection:
        people = applicant_pool.of_batch(connection, viewer, batch, "kept")
    refused: Counter[str] = Counter()
    scheduled, position = 0, 0
    for applicant in people[:MOST_INVITED_AT_ONCE]:
        mine = Command(id=uuid5(visit.command.id, f"invite:{applicant}"), actor=visit.command.actor, now=visit.now)
        try:
            appended = applicants.invite(
                visit.house.office, mine, applicant=ApplicantId(applicant), company=CompanyId(visit.company)
            )
        except Refused as why:
            refused[why.code] += 1
            continue
        scheduled, position = scheduled + 1, max(position, appended.position)
    left = max(0, len(people) - MOST_INVITED_AT_ONCE)
    return Invited(scheduled=scheduled, refused=dict(refused), left=left, position=position)


def _up_to_date(visit: Visit) -> None:
    """What is done to a whole batch is done to all of it."""
    if is_behind(visit, visit.house.log.position(), "applicant_pool"): raise Refused("still-updating")


def _retention(basis: RetentionBasis | None, notice_version: str) -> Retention | None:
    return None if basis is None else Retention(basis=basis, notice_version=notice_version)


def _look(reading: Reading, language: Language) -> Look:
    people = reading.applicants
    return Look(
        form=reading.form,
        rows_read=reading.rows_read,
        eligible=len(reading.eligible),
        withdrawn=len(reading.withdrawn),
        quarantined=len(reading.quarantined),
        problems=[fault_shown(fault, language) for fault in reading.told],
        segments=Segments(
            by_stage=dict(Counter(person.stage for person in people)),
            by_job_type=dict(Counter(person.job_type for person in people)),
            by_channel=dict(Counter(person.channel for person in people)),
            held_back=dict(Counter(str(person.held_back) for person in people if person.held_back)),
        ),
    )


def fault_shown(fault: Problem | imports.Problem, language: Language) -> ProblemRow:
    """A fault with its sentence in the reader's language."""
    said = sentence(fault.code, language, {"row": fault.row, "column": fault.column, "count": fault.count})
    return ProblemRow(
        row=fault.row,
        column=fault.column,
        code=fault.code,
        severity=str(fault.severity),
        count=fault.count,
        sentence=said,
    )


ROUTES = [dry_run, bring_in, list_imports, read_import, undo, invite_batch]
