"""What recommending earned: statements by the month, what was transferred, and the account that it goes to.

An amount divided by its rates is somebody's salary. So a statement has no line for a hire: no fee, no rate, no person, no
company, and of its day only the month; and only admins and finance see it. What the company's bank shows it knows
anyway (docs/privacy.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec
from litestar import Response

from api import pictures
from api.pages.showing import carry_out, same, show, wait_for
from api.policies import company
from api.reading import At
from api.route import ThisVisit, form, page
from api.v1 import accounts, payout_ledger
from api.visit import Visit
from domain.calendar import jst_date
from domain.company import CompanyRole, MemberRole
from domain.ids import CompanyId
from domain.rules.licence import reward_mode_of
from projections.payout_ledger import Entry

PATH = "/source/earnings"
MONEY = company(MemberRole.ADMIN, MemberRole.FINANCE, of=CompanyRole.SOURCE)
CREDIT = frozenset({"credit-granted", "credit-applied", "credit-expired"})


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One month: what was earned, less what returned; what was transferred, less what was taken back; what the bank got."""

    month: date
    earned_yen: int = 0
    returned_yen: int = 0
    transferred_yen: int = 0
    taken_back_yen: int = 0
    paid_out_yen: int = 0
    credit_yen: int = 0

    @property
    def left_yen(self) -> int:
        """What the month adds to what is owed to the company."""
        return self.earned_yen + self.returned_yen - self.transferred_yen - self.taken_back_yen


@page(PATH, policy=MONEY)
def earnings(visit: ThisVisit, at: At = None) -> Response[str]:
    """The statements, the newest month first."""
    wait_for(visit, at, "payout_ledger")
    return _show(visit)


@form("/source/account", policy=MONEY)
def open_account(visit: ThisVisit) -> Response[str]:
    """The account to which the company is paid."""
    return carry_out(visit, lambda: same(accounts.open_connected)(visit), then=PATH, again=lambda: _show(visit))


def statements(moved: Iterable[Entry]) -> list[Statement]:
    """The movements summed by month and by what they are, the newest month first."""
    found: dict[date, Statement] = {}
    for each in moved:
        if not (part := _PARTS.get(each.kind)): continue
        month = each.on.replace(day=1)
        before = found.get(month, Statement(month=month))
        found[month] = msgspec.structs.replace(before, **{part: getattr(before, part) + each.amount_yen})
    return [found[month] for month in sorted(found, reverse=True)]


_PARTS = (
    dict.fromkeys(("earned", "recovered"), "earned_yen")
    | dict.fromkeys(("returned", "dispute-lost", "written-off"), "returned_yen")
    | dict.fromkeys(("transferred",), "transferred_yen")
    | dict.fromkeys(("taken-back", "netted"), "taken_back_yen")
    | dict.fromkeys(("paid-out", "payout-failed"), "paid_out_yen")
    | dict.fromkeys(CREDIT, "credit_yen")
)
"""What is only asked for, and not done, moves nothing and is on no statement."""


def _show(visit: Visit) -> Response[str]:
    visit.back = PATH
    moved = same(payout_ledger.list_movements)(visit).items
    monthly = statements(moved)
    source = visit.house.office.company(CompanyId(visit.company)).state
    return show(
        visit,
        "source_earnings.html",
        account=same(accounts.read_account)(visit),
        statements=monthly,
        picture=pictures.source_return(visit, moved),
        has_credit=any(each.credit_yen for each in monthly),
        mode=reward_mode_of(source, on=[jst_date(visit.now)]),
    )


ROUTES = [earnings, open_account]
