"""What must always hold, as the worker found it; and asking it to look now. Also what was taken out as a file."""

from __future__ import annotations

from litestar import Response

from api.pages.finance_names import people
from api.pages.showing import carry_out, same, show
from api.route import ThisVisit, form, page
from api.v1 import checks
from api.v1.ledger import FINANCE
from api.visit import Visit
from marketplace.settlement import downloads

PATH = "/finance/checks"


@page(PATH, policy=FINANCE)
def overview(visit: ThisVisit) -> Response[str]:
    """The invariants with the time of the last look, and the files that were taken out."""
    return _show(visit)


@form(PATH, policy=FINANCE)
def check_now(visit: ThisVisit) -> Response[str]:
    """Look now."""

    def act() -> None:
        same(checks.check_now)(visit)

    return carry_out(visit, act, then=PATH, again=lambda: _show(visit))


def _show(visit: Visit) -> Response[str]:
    with visit.house.database.transaction() as connection:
        taken = downloads.newest(connection)
    return show(visit, "finance_checks.html", checks=same(checks.list_checks)(visit), taken=taken, people=people(visit))


ROUTES = [overview, check_now]
