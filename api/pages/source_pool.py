"""The applicant pool: searched by what is coded of each record, page by page; names only for those who may open records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import QueryParameter
from msgspec import Meta

from api.body import BadField, convert_form
from api.pages.showing import same, show, wait_for
from api.pages.source_names import names_of
from api.pages.source_retention import months_of
from api.policies import company
from api.problem import status_of
from api.reading import At, viewer_of
from api.route import ThisVisit, page
from api.text_types import Body
from api.v1 import applicants
from api.visit import Visit
from domain.applicant import Outcome
from domain.company import CompanyRole
from marketplace.texts.catalogue import sentence
from projections import applicant_search
from projections.applicant_search import Wanted

READ = company(of=CompanyRole.SOURCE)
PAGE = 50
STATUSES = ("kept", "scheduled", "invited", "registered", "disowned", "reapplied", "ended")

Typed = Annotated[str, QueryParameter(required=False, max_length=64)]
After = Annotated[UUID | None, QueryParameter(required=False, description="`next` of the page before.")]
Batch = Annotated[UUID | None, QueryParameter(required=False)]
Code = Annotated[str, Meta(max_length=64, pattern=r"^[a-z0-9][a-z0-9:.-]*\Z")]
Status = Literal["kept", "scheduled", "invited", "registered", "disowned", "reapplied", "ended"]


class PoolFilter(Body, frozen=True):
    """The search as it stands in the address; what was left empty was not asked."""

    channel: Code | None = None
    job_type: Code | None = None
    stage: Code | None = None
    reason: Code | None = None
    status: Status | None = None
    outcome: Outcome | None = None
    rejected_from: date | None = None
    rejected_to: date | None = None
    score_from: Annotated[int, Meta(ge=1, le=5)] | None = None


@page("/source/applicants", policy=READ)
def pool(
    visit: ThisVisit,
    channel: Typed = "",
    job_type: Typed = "",
    stage: Typed = "",
    reason: Typed = "",
    status: Typed = "",
    outcome: Typed = "",
    rejected_from: Typed = "",
    rejected_to: Typed = "",
    score_from: Typed = "",
    batch: Batch = None,
    after: After = None,
    at: At = None,
) -> Response[str]:
    """The form, how many there are, and a page of them."""
    wait_for(visit, at, "applicant_pool")
    names = PoolFilter.__struct_fields__
    texts = (channel, job_type, stage, reason, status, outcome, rejected_from, rejected_to, score_from)
    given = dict(zip(names, texts, strict=True))
    wanted = msgspec.structs.replace(_wanted(visit, given), batch=batch)
    viewer, months = viewer_of(visit), months_of(visit)
    counts = same(applicants.summary)(visit)
    by_status = msgspec.structs.replace(wanted, status=None) == Wanted()
    with visit.house.database.transaction() as connection:
        rows = applicant_search.search(connection, viewer, wanted, months=months, after=after, limit=PAGE)
        if not by_status: many = applicant_search.count(connection, viewer, wanted, months=months)
        else: many = counts.get(wanted.status, 0) if wanted.status else sum(counts.values())
    asked = {name: text for name, text in given.items() if text} | ({"batch": str(batch)} if batch else {})
    return show(
        visit,
        "source_pool.html",
        given=given,
        batch=batch,
        found=rows,
        names=names_of(visit, rows),
        many=many,
        months=months,
        statuses=STATUSES,
        outcomes=list(Outcome),
        counts=counts,
        first=f"/source/applicants?{urlencode(asked)}" if after else "",
        following=f"/source/applicants?{urlencode(asked | {'after': str(rows[-1].record.applicant)})}" if len(rows) == PAGE else "",
    )


def _wanted(visit: Visit, given: Mapping[str, str]) -> Wanted:
    """What the address asks for; where it cannot be read the page says so and shows everybody."""
    try:
        asked = convert_form({name: [text.strip()] for name, text in given.items() if text.strip()}, PoolFilter)
    except BadField as error:
        visit.faulty = error.path.removeprefix("$.")
        visit.status, visit.refused = status_of("field-wrong"), sentence("field-wrong", visit.language, {"path": visit.faulty})
        return Wanted()
    return Wanted(**msgspec.structs.asdict(asked))


ROUTES = [pool]
