"""The hiring company's pages, as the walked town has them; a new page is a new line."""

from __future__ import annotations

WHO = "hiring"
PATHS = [
    "/",
    "/hiring",
    "/hiring?agency_yen=1800000",
    "/hiring/jobs/new",
    "/hiring/jobs/{job}",
    "/hiring/search",
    "/hiring/search?q=SQL",
    "/hiring/introductions/{introduction}",
]
