"""The source company's pages, as the walked town has them; a new page is a new line."""

from __future__ import annotations

WHO = "source"
PATHS = [
    "/",
    "/consent-kit",
    "/source",
    "/source/applicants",
    "/source/applicants/{applicant}",
    "/source/earnings",
    "/source/imports",
    "/source/imports/{batch}",
    "/source/imports/{batch}/rows/4",
    "/source/imports/{batch}/undoing",
    "/source/partners",
    "/source/referrals",
    "/source/referrals/{referral}",
    "/source/requests",
    "/source/retention",
]
