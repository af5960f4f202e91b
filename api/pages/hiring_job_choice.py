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
    with visit.house.database.reading() as connection:
        found = [each for each in jobs.headings(connection, viewer_of(visit)) if each.closed is None]
        named = job is not None and any(each.job == job for each in found)
        whole = jobs.of_company(connection, viewer_of(visit), job=job) if named else []
    return found, whole[0] if whole else None
