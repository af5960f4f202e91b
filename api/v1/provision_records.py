"""Provision records (個人情報保護法29条, 30条): what a company provided or received, and until when the record is kept."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from api.policies import company
from api.reading import At, Listed, is_behind, viewer_of
from api.route import ThisVisit, query
from domain.company import MemberRole
from domain.introduction import Item
from projections import provision_records


class Provision(msgspec.Struct, frozen=True, kw_only=True):
    """One side's record. Who was concerned is sealed, and read only with a reason."""

    id: str
    introduction: UUID
    direction: str
    provider: UUID
    receiver: UUID
    items: tuple[Item, ...]
    acquisition: str
    recorded_at: datetime
    retain_until: date


@query("/provision-records", policy=company(MemberRole.ADMIN, MemberRole.RECRUITER), tags=["provision records"])
def list_records(visit: ThisVisit, at: At = None) -> Listed[Provision]:
    """The company's own records, newest first."""
    behind, viewer = is_behind(visit, at, "provision_records"), viewer_of(visit)
    with visit.house.database.transaction() as connection:
        found = provision_records.of_company(connection, viewer)
    rows = [Provision(**{name: getattr(each, name) for name in Provision.__struct_fields__}) for each in found]
    return Listed(items=rows, updating=behind)


ROUTES = [list_records]
