"""The source company's page: imports, applicants, referrals with outcomes, earnings, and what people asked of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from api import pictures
from api.pages.showing import carry_out, filled, same, show, wait_for
from api.policies import company
from api.reading import At
from api.route import Route, ThisVisit, form, page
from api.text_types import NoBody
from api.v1 import accounts, applicants, imports, payout_ledger, privacy_requests, referrals
from api.visit import Visit
from domain.applicant import RetentionBasis
from domain.company import CompanyRole, MemberRole

SOURCE = company(of=CompanyRole.SOURCE)
MONEY = frozenset({MemberRole.ADMIN, MemberRole.FINANCE})
READS = ("applicant_pool", "referral_board", "placements", "payout_ledger", "directory", "story")


@page("/source", policy=SOURCE)
def overview(visit: ThisVisit, at: At = None) -> Response[str]:
    """What waits, what goes on, what was earned."""
    wait_for(visit, at, *READS)
    return show_source(visit)


def show_source(visit: Visit) -> Response[str]:
    """The page as it stands."""
    role = visit.actor.role
    referred = same(referrals.list_referrals)(visit).items
    payouts = same(payout_ledger.list_movements)(visit).items if role in MONEY else None
    return show(
        visit,
        "source.html",
        batches=same(imports.list_imports)(visit).items,
        bases=list(RetentionBasis),
        may_import=role in {MemberRole.ADMIN, MemberRole.RECRUITER},
        counts=same(applicants.summary)(visit),
        funnel=pictures.source_funnel(visit, referred),
        referrals=referred,
        account=same(accounts.read_account)(visit) if payouts is not None else None,
        payouts=payouts,
        earned=pictures.source_return(visit, payouts) if payouts else None,
        requests=same(privacy_requests.list_requests)(visit).items if role is MemberRole.ADMIN else [],
        neutral=f"{visit.house.office.public_url}/n/{visit.company}",
    )


@form("/source/account", policy=company(MemberRole.ADMIN, MemberRole.FINANCE, of=CompanyRole.SOURCE))
def open_account(visit: ThisVisit) -> Response[str]:
    """The account to which the company is paid."""
    return _said(visit, lambda: same(accounts.open_connected)(visit))


@form("/source/referrals/{referral:uuid}/recommendation", policy=referrals.WRITE, facts=referrals.referral_facts)
def recommend(visit: ThisVisit, referral: FromPath[UUID]) -> Response[str]:
    """A recommendation, which the person reads first."""
    return _said(visit, lambda: same(referrals.recommend)(visit, referral, filled(visit, referrals.Recommended)))


def _of_request(name: str, handler: Route, kind: type[Any]) -> Route:
    def said(visit: ThisVisit, request_id: FromPath[UUID]) -> Response[str]:
        return _said(visit, lambda: same(handler)(visit, request_id, filled(visit, kind)))

    path = f"/source/privacy-requests/{{request_id:uuid}}/{name}"
    return form(path, policy=privacy_requests.ANSWER, facts=privacy_requests.request_facts)(said)


def _said(visit: Visit, act: Any) -> Response[str]:  # noqa: ANN401  a command of the API
    return carry_out(visit, act, then="/source", again=lambda: show_source(visit))


ROUTES = [
    overview,
    open_account,
    recommend,
    _of_request("decision", privacy_requests.decide, privacy_requests.Decided),
    _of_request("completion", privacy_requests.complete, NoBody),
]
