"""The hiring company's pages, as the walked town has them; a new page is a new line."""

from __future__ import annotations

WHO = "hiring"
PATHS = [
    "/",
    "/hiring",
    "/hiring?agency_yen=1800000",
    "/hiring/jobs/new",
    "/hiring/jobs/{job}",
    "/hiring/jobs/{job}/change",
    "/hiring/board",
    "/hiring/board/offer-accepted",
    "/hiring/board/waiting",
    "/hiring/invoices",
    "/hiring/invoices/{fee}",
    "/hiring/saved-searches",
    "/hiring/cards/{second-card}",
    "/hiring/cards/{second-card}?job={job}",
    "/hiring/search?q=データ分析&job={job}",
    "/hiring/search",
    "/hiring/search?q=SQL",
    "/hiring/introductions/{introduction}",
]
