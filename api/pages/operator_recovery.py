"""A company whose last administrator is gone: the operator records why and on what evidence, and who shall follow."""

from __future__ import annotations

from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from api.pages.showing import carry_out, filled, same, show
from api.reading import At
from api.route import Done, ThisVisit, form, page
from api.text_types import NoBody
from api.v1 import companies, members, recoveries
from api.v1.companies import company_facts
from api.v1.recoveries import PROPOSER
from api.visit import Visit
from domain.recovery import PAUSE, RecoveryCause, RecoveryStatus

PATH = "/operator/companies/{company:uuid}/recovery"


@page(PATH, policy=PROPOSER, facts=company_facts)
def recovery_page(visit: ThisVisit, company: FromPath[UUID], at: At = None) -> Response[str]:  # noqa: ARG001  the stream never lags
    """Where it stands, or the form that begins it."""
    return _show(visit, company)


@form(PATH, policy=PROPOSER, facts=company_facts)
def propose(visit: ThisVisit, company: FromPath[UUID]) -> Response[str]:
    """Every member is told, and may object for a day."""

    def act() -> Done:
        done: Done = same(recoveries.propose)(visit, company, filled(visit, recoveries.Proposal))
        return done

    return carry_out(visit, act, then=_address(company), again=lambda: _show(visit, company))


@form(PATH + "/withdrawal", policy=PROPOSER, facts=company_facts)
def withdraw(visit: ThisVisit, company: FromPath[UUID]) -> Response[str]:
    """It is taken back."""

    def act() -> Done:
        done: Done = same(recoveries.withdraw)(visit, company, filled(visit, NoBody))
        return done

    return carry_out(visit, act, then=_address(company), again=lambda: _show(visit, company))


def _address(company: UUID) -> str:
    return f"/operator/companies/{company}/recovery"


def _show(visit: Visit, company: UUID) -> Response[str]:
    visit.back = _address(company)
    people = same(members.list_members)(visit, company).items
    found = same(recoveries.read_recovery)(visit, company)
    return show(
        visit,
        "operator_recovery.html",
        company=same(companies.read_company)(visit, company),
        admins=[each for each in people if each.role == "admin"],
        found=found,
        is_pending=found.status is RecoveryStatus.PENDING,
        causes=list(RecoveryCause),
        pause_hours=int(PAUSE.total_seconds()) // 3600,
    )


ROUTES = [recovery_page, propose, withdraw]
