"""One introduction of a hiring company: where it stands, the person's details, stages, the hire and what became of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath
from msgspec import Meta

from api import pictures
from api.charts import Picture
from api.pages.hiring import MONEY
from api.pages.hiring_board import report_by
from api.pages.interview_view import interview_of
from api.pages.question_view import questions_of
from api.pages.showing import carry_out, filled, same, show, wait_for
from api.reading import At, viewer_of
from api.route import ThisVisit, form, page
from api.text_types import Body, Text
from api.v1 import disclosures, introductions, jobs, prior_contacts, stages
from api.v1.facts import introduction_facts
from api.visit import Visit
from domain.calendar import end_of_jst_day
from domain.hire import Side
from domain.ids import HireId, IntroductionId
from domain.introduction import CloseCause, Stage
from marketplace.commands.duties import why_asked
from projections import fees, placements

PATH = "/hiring/introductions/{introduction:uuid}"
READS = ("introduction_board", "placements", "jobs", "fees")


class ProofForm(Body, frozen=True):
    """The last contact before the request (JST), what proves it, and where the proof is kept."""

    last_contact_on: date
    evidence: Text
    reference: Annotated[str, Meta(max_length=200)] = ""

    def claim(self) -> prior_contacts.PriorContact:
        """As the API takes it: one text, in the vault."""
        whole = f"{self.reference}\n\n{self.evidence}" if self.reference.strip() else self.evidence
        return prior_contacts.PriorContact(last_contact_on=self.last_contact_on, evidence=whole)


class HireShown(msgspec.Struct, frozen=True, kw_only=True):
    """A hire as its company may see it, with the codes of its frozen fault table."""

    hire: UUID
    status: str
    by_us: bool
    started_on: date
    left_on: date | None
    return_bps: int | None
    challenge_until: date | None
    left_said_by_us: bool
    faults: tuple[str, ...]


@page(PATH, policy=introductions.READER, facts=introduction_facts)
def introduction_page(visit: ThisVisit, introduction: FromPath[UUID], at: At = None) -> Response[str]:
    """Where it stands, and what can be done now."""
    wait_for(visit, at, *READS)
    return show_introduction(visit, introduction)


@form(PATH + "/person", policy=disclosures.OPENER, facts=introduction_facts)
def open_person(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """The received copy. The look is written down for the person before anything is shown, so this is no link."""
    opened: list[disclosures.Person] = []

    def act() -> None:
        opened.append(same(disclosures.open_person)(visit, introduction))

    refused = carry_out(visit, act, then="", again=lambda: show_introduction(visit, introduction))
    return show(visit, "hiring_person.html", person=opened[0], introduction=introduction) if opened else refused


@form(PATH + "/stages", policy=disclosures.WRITER, facts=introduction_facts)
def reach(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """Selection goes on."""
    return _do(visit, introduction, lambda: same(stages.reach)(visit, introduction, filled(visit, stages.Reached)))


@form(PATH + "/closing", policy=disclosures.WRITER, facts=introduction_facts)
def close(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """Selection is over."""
    return _do(visit, introduction, lambda: same(stages.close)(visit, introduction, filled(visit, stages.Closing)))


@form(PATH + "/deletion-confirmation", policy=disclosures.WRITER, facts=introduction_facts)
def confirm_deletion(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """What was taken out of a copy that was closed is deleted."""
    return _do(visit, introduction, lambda: same(disclosures.confirm_deletion)(visit, introduction))


@form(PATH + "/prior-contact", policy=introductions.ASKER, facts=introduction_facts)
def claim_prior_contact(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """The company knew the person already, with its proof."""
    return _do(
        visit,
        introduction,
        lambda: same(prior_contacts.claim)(visit, introduction, filled(visit, ProofForm).claim()),
    )


def show_introduction(visit: Visit, introduction: UUID) -> Response[str]:
    """The page, also where one of its forms was refused."""
    asked = same(introductions.read_introduction)(visit, introduction)
    job = same(jobs.read_job)(visit, asked.job).content
    office, own = visit.house.office, hires_of(visit, introduction)
    return show(
        visit,
        "hiring_introduction.html",
        asked=asked,
        job=job,
        hires=own,
        questions=questions_of(visit, introduction),
        meeting=interview_of(visit, introduction) if asked.disclosed_at else None,
        why=why_asked(office, office.introduction(IntroductionId(introduction)).state),
        report_by=None if own else report_by(asked, office.policy, office.holidays),
        end_of=end_of_jst_day,
        policy=office.policy,
        stages=_ahead(asked.stage),
        causes=list(CloseCause),
        cost=_cost(visit, introduction),
    )


def _ahead(stage: str | None) -> list[Stage]:
    """Selection goes only forward."""
    order = list(Stage)
    return order[order.index(Stage(stage)) + 1 :] if stage else order


def _cost(visit: Visit, introduction: UUID) -> Picture | None:
    if visit.actor.role not in MONEY: return None
    with visit.house.database.transaction() as connection:
        owed = fees.of_introduction(connection, viewer_of(visit), introduction)
    return pictures.fee_of(visit, owed)


def hires_of(visit: Visit, introduction: UUID) -> list[HireShown]:
    """The hires of an introduction, as its company may see them."""
    with visit.house.database.transaction() as connection:
        found = placements.of_introduction(connection, introduction)
    shown = []
    for key in found:
        state = visit.house.office.hire(HireId(key)).state
        shown.append(
            HireShown(
                hire=key,
                status=str(state.status),
                by_us=state.reported_by is Side.HIRING,
                started_on=state.started_on,
                left_on=state.leave.left_on if state.leave else None,
                return_bps=state.determined.return_bps if state.determined else None,
                challenge_until=state.challenge_until,
                left_said_by_us=state.leave is not None and state.leave.said_by is Side.HIRING,
                faults=tuple(fault.code for fault in state.terms.faults),
            )
        )
    return shown


def _do(visit: Visit, introduction: UUID, act: Any) -> Response[str]:  # noqa: ANN401  a command of the API
    then = f"/hiring/introductions/{introduction}"
    return carry_out(visit, act, then=then, again=lambda: show_introduction(visit, introduction))


ROUTES = [
    introduction_page,
    open_person,
    reach,
    close,
    confirm_deletion,
    claim_prior_contact,
]
