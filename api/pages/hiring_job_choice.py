"""The company's jobs where they are only named, and the one that was chosen."""

from __future__ import annotations

from uuid import UUID

from api.reading import viewer_of
from api.visit import Visit
from projections import jobs
from projections.jobs import Heading, Job


def headings(visit: Visit) -> list[Heading]:
    """All of them, as far as whoever looks may see them, the newest first."""
    with visit.house.database.reading() as connection:
        return jobs.headings(connection, viewer_of(visit))


def choice_of(visit: Visit, job: UUID | None) -> tuple[list[Heading], Job | None]:
    """Those that are open, and of them the one that is asked for, with its conditions."""
    found = [each for each in headings(visit) if each.closed is None]
    if job is None or all(each.job != job for each in found): return found, None
    with visit.house.database.reading() as connection:
        return found, jobs.one(connection, job)
