"""The source company's home: what waits for it, what goes on, what was earned; and its neutral link."""

from __future__ import annotations

from datetime import date

import msgspec
from litestar import Response

from api import pictures
from api.pages.showing import same, show, wait_for
from api.pages.source_earnings import Statement, statements
from api.pages.source_names import MAY_OPEN
from api.pages.source_retention import near_end
from api.policies import company
from api.reading import At, viewer_of
from api.route import ThisVisit, page
from api.v1 import accounts, applicants, imports, payout_ledger, privacy_requests, referrals
from api.v1.accounts import AccountShown
from api.visit import Visit
from domain.company import CompanyRole, MemberRole
from projections import imports as projected
from projections import referral_board
from projections.referral_board import Summary

SOURCE = company(of=CompanyRole.SOURCE)
MONEY = frozenset({MemberRole.ADMIN, MemberRole.FINANCE})
READS = ("applicant_pool", "referral_board", "placements", "payout_ledger", "privacy_requests", "directory")


class Waits(msgspec.Struct, frozen=True, kw_only=True):
    """How much of each kind waits for whoever looks; of what is not theirs to do, nothing."""

    rows: int
    batches: int
    requests: int
    due_on: date | None
    recommendations: int
    ending: int
    account: bool

    @property
    def anything(self) -> bool:
        """Is there something to do?"""
        return any((self.rows, self.requests, self.recommendations, self.ending, self.account))


@page("/source", policy=SOURCE)
def overview(visit: ThisVisit, at: At = None) -> Response[str]:
    """What waits, what goes on, what was earned."""
    wait_for(visit, at, *READS)
    role = visit.actor.role
    with visit.house.database.transaction() as connection:
        referred = referral_board.summary(connection, viewer_of(visit), visit.now)
    moved = same(payout_ledger.list_movements)(visit).items if role in MONEY else None
    account = same(accounts.read_account)(visit) if role in MONEY else None
    return show(
        visit,
        "source.html",
        waits=_waits(visit, referred, account),
        batches=same(imports.list_imports)(visit).items,
        counts=same(applicants.summary)(visit),
        funnel=pictures.source_funnel(visit, referred.hired),
        referred=referred,
        whole=_whole(statements(moved)) if moved is not None else None,
        neutral=f"{visit.house.office.public_url}/n/{visit.company}",
    )


def _waits(visit: Visit, referred: Summary, account: AccountShown | None) -> Waits:
    role, viewer = visit.actor.role, viewer_of(visit)
    with visit.house.database.transaction() as connection:
        rows = projected.waiting(connection, viewer) if role in MAY_OPEN else {}
    asked = same(privacy_requests.list_requests)(visit).items if role is MemberRole.ADMIN else []
    open_requests = [each for each in asked if each.status != "completed"]
    return Waits(
        rows=sum(rows.values()),
        batches=len(rows),
        requests=len(open_requests),
        due_on=min((each.due_on for each in open_requests), default=None),
        recommendations=referred.to_recommend if role in referrals.WRITERS else 0,
        ending=near_end(visit, limit=1)[1] if role is MemberRole.ADMIN else 0,
        account=account is not None and account.account is None,
    )


def _whole(months: list[Statement]) -> Statement | None:
    """All months as one; None before anything moved."""
    if not months: return None
    sums = {name: sum(getattr(each, name) for each in months) for name in Statement.__struct_fields__ if name.endswith("_yen")}
    return Statement(month=months[0].month, **sums)


ROUTES = [overview]
