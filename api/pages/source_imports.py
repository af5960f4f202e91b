"""Imports by hand: a file is looked at first, then brought in; its progress, its faults, inviting, and undoing it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Meta

from api.multipart import File
from api.pages.showing import carry_out, filled, same, show, wait_for
from api.reading import At, viewer_of
from api.route import Done, ThisVisit, form, page, see_other
from api.text_types import Body, NoBody
from api.v1 import imports
from api.visit import Visit
from domain.applicant import RetentionBasis
from domain.company import MemberRole
from domain.ids import CompanyId
from domain.refusal import Refused
from marketplace.commands import importing as commands
from marketplace.commands.office import new_id
from marketplace.importing.formats import JSON_LIMIT_BYTES
from marketplace.importing.reading import Retention
from marketplace.texts.catalogue import sentence
from projections import applicant_pool
from projections import imports as projected

BRINGS_IN = frozenset({MemberRole.ADMIN, MemberRole.RECRUITER})
FORM_ROOM_BYTES = 64 * 1024
"""What a form needs around its file."""
LIST = "/source/imports"
PATH = "/source/imports/{batch:uuid}"
MOST_SHOWN = 200
STAYING = frozenset({"invited", "registered", "disowned", "reapplied"})
"""Where records stand that an undoing leaves as they are."""


class UploadForm(Body, frozen=True):
    """Where the file is from, and why its records may be kept. `look`: only say what would come of it."""

    system: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}\Z")]
    basis: RetentionBasis | None = None
    notice_version: Annotated[str, Meta(max_length=100)] = ""
    look: bool = False

    def retention(self) -> Retention | None:
        """What the source declares for the whole file."""
        return None if self.basis is None else Retention(basis=self.basis, notice_version=self.notice_version)


@page(LIST, policy=imports.READ)
def all_imports(visit: ThisVisit) -> Response[str]:
    """Every file that was brought in, and the form for the next."""
    return _show_all(visit)


@form(LIST, policy=imports.BRING_IN, reads_files=True, most_bytes=JSON_LIMIT_BYTES + FORM_ROOM_BYTES)
def upload(visit: ThisVisit) -> Response[str]:
    """Look at a file, or bring it in: the same form with two buttons."""
    looked: list[imports.Look] = []
    batch: list[UUID] = []

    def act() -> int | None:
        given, file = filled(visit, UploadForm), _file(visit)
        if given.look:
            looked.append(_look(visit, given, file))
            return None
        batch.append(new_id(visit.command, "batch"))
        return commands.begin(
            visit.house.office,
            visit.command,
            batch=batch[0],
            company=CompanyId(visit.company),
            system=given.system,
            data=file.data,
            filename=file.name,
            retention=given.retention(),
        ).position

    answer = carry_out(visit, act, then=LIST, again=lambda: _show_all(visit))
    if looked:
        shown = looked[0].problems[:MOST_SHOWN]
        return show(visit, "source_look.html", look=looked[0], problems=shown, name=visit.files["file"].name)
    return see_other(visit, f"/source/imports/{batch[0]}") if batch and not visit.refused else answer


@page(PATH, policy=imports.READ, facts=imports.import_facts)
def import_page(visit: ThisVisit, batch: FromPath[UUID], at: At = None) -> Response[str]:
    """How far it has come, and every fault with what to do about it."""
    wait_for(visit, at, "applicant_pool")
    return _show(visit, batch)


@page(PATH + "/undoing", policy=imports.BRING_IN, facts=imports.import_facts)
def undoing(visit: ThisVisit, batch: FromPath[UUID]) -> Response[str]:
    """What undoing would let go, and what it leaves as it is and why; nothing happens yet."""
    wait_for(visit, visit.house.log.position(), "applicant_pool")
    return _show_undoing(visit, batch)


@form(PATH + "/undoing", policy=imports.BRING_IN, facts=imports.import_facts)
def undo(visit: ThisVisit, batch: FromPath[UUID]) -> Response[str]:
    """Unsent invitations are cancelled and records let go; whoever was invited or registered stays."""

    def act() -> Done:
        done: Done = same(imports.undo)(visit, batch, NoBody())
        return done

    return carry_out(visit, act, then=f"/source/imports/{batch}", again=lambda: _show_undoing(visit, batch))


@form(PATH + "/invitations", policy=imports.INVITE, facts=imports.import_facts)
def invite(visit: ThisVisit, batch: FromPath[UUID]) -> Response[str]:
    """An invitation is scheduled for everybody who may be invited; the page says how many, and why not the others."""
    made: list[imports.Invited] = []

    def act() -> None:
        made.append(same(imports.invite_batch)(visit, batch, NoBody()))

    def again() -> Response[str]:
        return _show(visit, batch)

    refused = carry_out(visit, act, then="", again=again)
    if not made: return refused
    wait_for(visit, made[0].position or None, "applicant_pool")
    return _show(visit, batch, invited=made[0])


def _file(visit: Visit) -> File:
    file = visit.files.get("file")
    if file is None or not file.name: raise Refused("file-missing")
    return file


def _look(visit: Visit, given: UploadForm, file: File) -> imports.Look:
    """The API's dry run reads the body of the request; here that is the file."""
    visit.raw = file.data
    found: imports.Look = same(imports.dry_run)(visit, file.name, given.basis, given.notice_version)
    return found


def _show_all(visit: Visit) -> Response[str]:
    visit.back, viewer = LIST, viewer_of(visit)
    with visit.house.database.transaction() as connection:
        waiting = projected.waiting(connection, viewer)
    return show(
        visit,
        "source_imports.html",
        batches=same(imports.list_imports)(visit).items,
        waiting=waiting,
        may_import=visit.actor.role in BRINGS_IN,
    )


def _show_undoing(visit: Visit, batch: UUID) -> Response[str]:
    visit.back, viewer = f"/source/imports/{batch}/undoing", viewer_of(visit)
    found = same(imports.read_import)(visit, batch).batch
    with visit.house.database.transaction() as connection:
        counts = applicant_pool.counts(connection, viewer, batch=batch)
    return show(
        visit,
        "source_undoing.html",
        batch=found,
        counts=counts,
        goes=sum(count for status, count in counts.items() if status in {"kept", "scheduled"}),
        stays={status: count for status, count in counts.items() if status in STAYING},
    )


def _show(visit: Visit, batch: UUID, invited: imports.Invited | None = None) -> Response[str]:
    visit.back, viewer = f"/source/imports/{batch}", viewer_of(visit)
    found = same(imports.read_import)(visit, batch)
    with visit.house.database.transaction() as connection:
        rows = projected.set_aside(connection, viewer, batch)
        counts = applicant_pool.counts(connection, viewer, batch=batch)
    why = [(sentence(code, visit.language, {}), count) for code, count in (invited.refused if invited else {}).items()]
    return show(
        visit,
        "source_import.html",
        batch=found.batch,
        problems=found.problems[:MOST_SHOWN],
        more=max(0, len(found.problems) - MOST_SHOWN),
        rows=rows,
        waits=[each for each in rows if each.settled is None and each.mendable],
        counts=counts,
        invited=invited,
        why=why,
        may_import=visit.actor.role in BRINGS_IN,
    )


ROUTES = [all_imports, upload, import_page, undoing, undo, invite]
