"""Words for codes that pages show: public. Kind, then code, then the English sentence; its Japanese is in `locale`."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "page": {
        "me": "Your page",
        "source": "Source company",
        "hiring": "Hiring company",
        "operator": "Operator",
        "finance": "Finance",
    },
    "page-about": {
        "me": "What you are asked, your profile, your consents",
        "source": "Imports, invitations, recommendations, outcomes and payouts",
        "hiring": "Jobs, search, introductions and fees",
        "operator": "Admit companies, search a story, stuck work",
        "finance": "Balances, fees, payouts, reconciliation",
    },
}
