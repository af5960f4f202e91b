"""Who looks after a job, on the job's own page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from api.pages.hiring_jobs import job_page
from api.pages.showing import carry_out, filled, same
from api.route import Route, ThisVisit, form
from api.v1 import job_people
from api.v1.jobs import WRITE, job_facts


def _button(name: str, handler: Any) -> Route:  # noqa: ANN401  a route of the API
    def said(visit: ThisVisit, job: FromPath[UUID]) -> Response[str]:
        return carry_out(
            visit,
            lambda: same(handler)(visit, job, filled(visit, job_people.Person)),
            then=f"/hiring/jobs/{job}",
            again=lambda: same(job_page)(visit, job),
        )

    return form(f"/hiring/jobs/{{job:uuid}}/{name}", policy=WRITE, facts=job_facts)(said)


ROUTES = [_button("assignments", job_people.assign), _button("releases", job_people.release)]
