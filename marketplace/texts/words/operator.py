"""Words for codes that pages show: operator. Kind, then code, then the English sentence; its Japanese is in `locale`."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "menu-operator": {
        "/operator": "Operator",
        "/operator/stories": "Story",
    },
    "role": {
        "source": "Source",
        "hiring": "Hiring",
        "operator": "Operator",
    },
    "member-role": {
        "admin": "Admin",
        "recruiter": "Recruiter",
        "hiring-manager": "Hiring manager",
        "finance": "Finance",
        "viewer": "Viewer",
    },
}
