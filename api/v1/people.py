"""The routes of the people side: companies and their people, applicants, and what a person does for themselves."""

from __future__ import annotations

from litestar.types import ControllerRouterHandler

from api.v1 import (
    applicants,
    blocks,
    cards,
    companies,
    consents,
    erasure,
    import_rows,
    imports,
    invitations,
    job_people,
    jobs,
    members,
    merging,
    neutral_links,
    partnerships,
    privacy_requests,
    profile,
    recoveries,
    referrals,
    registrations,
)

ROUTES: list[ControllerRouterHandler] = [
    *companies.ROUTES,
    *members.ROUTES,
    *recoveries.ROUTES,
    *partnerships.ROUTES,
    *jobs.ROUTES,
    *job_people.ROUTES,
    *imports.ROUTES,
    *import_rows.ROUTES,
    *applicants.ROUTES,
    *neutral_links.ROUTES,
    *invitations.ROUTES,
    *registrations.ROUTES,
    *profile.ROUTES,
    *consents.ROUTES,
    *blocks.ROUTES,
    *cards.ROUTES,
    *referrals.ROUTES,
    *merging.ROUTES,
    *erasure.ROUTES,
    *privacy_requests.ROUTES,
]
