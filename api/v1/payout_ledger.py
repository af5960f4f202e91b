"""The payout ledger: what a source earned, what was transferred to it or taken back, and what reached its bank."""

from __future__ import annotations

from api.policies import company
from api.reading import At, Listed, is_behind, viewer_of
from api.route import ThisVisit, query
from domain.company import CompanyRole, MemberRole
from projections import payout_ledger
from projections.payout_ledger import Entry

READER = company(
    MemberRole.ADMIN, MemberRole.FINANCE, scope="ledger:read", of=CompanyRole.SOURCE, operator_too=True
)


@query("/payout-ledger", policy=READER, tags=["payout ledger"])
def list_movements(visit: ThisVisit, at: At = None) -> Listed[Entry]:
    """The company's movements as a source, oldest first; the operator sees everybody's."""
    behind, viewer = is_behind(visit, at, "payout_ledger"), viewer_of(visit)
    with visit.house.database.transaction() as connection:
        everybody = visit.actor.operator
        found = payout_ledger.everything(connection) if everybody else payout_ledger.of_company(connection, viewer)
    return Listed(items=found, updating=behind)


ROUTES = [list_movements]
