"""One applicant's page: the record, its history, when an invitation may go out, what happens next, and letting it go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from api.pages.showing import carry_out, filled, same, show, wait_for
from api.pages.source_retention import end_of, months_of
from api.reading import At
from api.route import Done, Route, ThisVisit, form, page
from api.text_types import NoBody
from api.v1 import applicants
from api.visit import Visit
from domain.applicant import Applicant, Contacted
from domain.company import MemberRole
from domain.event import Event
from domain.ids import ApplicantId, CompanyId
from domain.refusal import Refused
from domain.rules import cooling_off
from marketplace.commands import applicant as commands
from marketplace.texts.catalogue import sentence
from marketplace.texts.translation import word

PATH = "/source/applicants/{applicant:uuid}"
CAUSES = ("retention-over", "asked-by-the-person", "brought-in-by-mistake")


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """When an invitation made now would go out, or the sentence that says why none can be made."""

    quiet_until: datetime
    goes_out: datetime | None
    why_not: str


@page(PATH, policy=applicants.OPEN, facts=applicants.applicant_facts)
def applicant_page(visit: ThisVisit, applicant: FromPath[UUID], at: At = None) -> Response[str]:
    """The record, opened under the source's own key."""
    wait_for(visit, at, "applicant_pool")
    return _show(visit, applicant)


def _of_applicant(name: str, handler: Route, policy: Any, kind: type[Any]) -> Route:  # noqa: ANN401  a policy
    def said(visit: ThisVisit, applicant: FromPath[UUID]) -> Response[str]:
        def act() -> Done:
            done: Done = same(handler)(visit, applicant, filled(visit, kind))
            return done

        gone = name == "erasing"
        then = "/source/applicants" if gone else f"/source/applicants/{applicant}"
        return carry_out(visit, act, then=then, again=lambda: _show(visit, applicant))

    return form(f"{PATH}/{name}", policy=policy, facts=applicants.applicant_facts)(said)


def _show(visit: Visit, applicant: UUID) -> Response[str]:
    office, key = visit.house.office, ApplicantId(applicant)
    view = same(applicants.read_applicant)(visit, applicant)
    state = commands.load(office, key).state
    visit.back = f"/source/applicants/{applicant}"
    return show(
        visit,
        "source_applicant.html",
        view=view,
        state=state,
        history=history(visit, key),
        outlook=_outlook(visit, key, state),
        ends_on=end_of(view.record, months_of(visit)),
        causes=CAUSES,
        may_let_go=visit.actor.role is MemberRole.ADMIN,
    )


def history(visit: Visit, applicant: ApplicantId) -> Sequence[tuple[datetime, str]]:
    """What was written of the record, the newest first."""
    return [(each.meta.recorded_at, _said(visit, each.event)) for each in reversed(visit.house.log.history(applicant))]


def _said(visit: Visit, event: Event) -> str:
    said = word(visit.language, "applicant-event", event.__struct_config__.tag)
    return f"{said} ({word(visit.language, 'contact', event.kind)})" if isinstance(event, Contacted) else said


def _outlook(visit: Visit, applicant: ApplicantId, state: Applicant) -> Outlook:
    office, company = visit.house.office, CompanyId(visit.company)
    source = office.company(company).state
    quiet = cooling_off.quiet_until(state, source, now=visit.now, policy=office.policy)
    try:
        moment = commands.invitation_moment(office, applicant, company=company, now=visit.now)
    except Refused as refused:
        why = sentence(refused.code, visit.language, dict(refused.values))
        return Outlook(quiet_until=quiet, goes_out=None, why_not=why)
    return Outlook(quiet_until=quiet, goes_out=moment, why_not="")


ROUTES = [
    applicant_page,
    _of_applicant("invitation", applicants.invite, applicants.INVITE, NoBody),
    _of_applicant("invitation-cancelling", applicants.cancel_invitation, applicants.INVITE, NoBody),
    _of_applicant("erasing", applicants.erase, applicants.LET_GO, applicants.LetGo),
]
