"""Words for codes that pages show: hiring. Kind, then code, then the English sentence; its Japanese is in `locale`."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "menu-hiring": {
        "/hiring": "Hiring company",
        "/hiring/search": "Look for people",
        "/hiring/board": "Board by stage",
        "/hiring/invoices": "Invoices and statement",
    },
    "digest": {
        "none": "No mail",
        "daily": "Every day",
        "weekly": "Once a week",
    },
    "task": {
        "answer-question": "Answer a question before they decide",
        "pick-time": "Pick an interview time",
        "report-stage": "Report the next step",
        "report-now": "Report the next step now",
        "delete": "Delete what you took out, and confirm it",
        "confirm-deletion": "Confirm that every copy is deleted",
        "confirm-hire": "Confirm the hire that the person reported",
    },
    "task-otherwise": {
        "answer-question": "If you do nothing, they decide without your answer.",
        "pick-time": "If you do nothing, the times run out.",
        "report-stage": "If you do nothing, you are reminded by mail.",
        "report-now": "If you do nothing, the person’s details close for you.",
        "delete": "If you do nothing, the details close by themselves.",
        "confirm-deletion": "If you do nothing, it stays here as unfinished.",
        "confirm-hire": "If you do nothing, no fee accrues and the report stays open.",
    },
    "revoked-for": {
        "silence": "They closed because nothing was reported in time.",
        "selection-over": "They closed because selection is over.",
    },
    "board": {
        "waiting": "Waiting for an answer",
        "disclosed": "Details received",
        "screening": "Screening",
        "interview": "Interview",
        "final-interview": "Final interview",
        "offer": "Offer",
        "offer-accepted": "Offer accepted",
        "over": "Over",
    },
    "shown-status": {
        "waiting": "Waiting for the person’s answer",
        "no-answer": "Nobody answered in time",
        "disclosed": "In selection",
        "closed": "Closed",
        "revoked": "The person’s details are closed",
    },
    "job-closed": {
        "filled": "Closed: filled",
        "withdrawn": "Closed: withdrawn",
        "expired": "Closed: expired",
    },
    "fee-status": {
        "accrued": "Accrued",
        "invoiced": "Invoiced",
        "collected": "Collected",
        "returned": "Returned in part",
        "written-off": "Written off",
    },
    "hire-status": {
        "reported": "Reported, waiting for the other side",
        "contested": "Contested; the operator looks at it",
        "confirmed": "Confirmed by both sides",
        "started": "Started",
        "left": "Left",
        "withdrawn": "Offer withdrawn",
        "cancelled": "Cancelled",
    },
    "fault": {
        "own-wish": "Own wish",
        "dismissed-for-cause": "Dismissed for cause",
        "employer-breach": "The employer broke the conditions",
        "redundancy": "Redundancy",
        "excluded": "Illness or another reason nobody is to blame for",
    },
    "salary-part": {
        "salary": "Monthly pay × 12 (yen)",
        "bonus": "Bonus (yen)",
        "allowances": "Fixed allowances (yen)",
        "commuting": "Commuting money (yen)",
    },
    "prior-contact": {
        "claimed": "Your claim of prior contact is on record; the operator decides.",
        "upheld": "The prior contact was upheld.",
        "rejected": "The prior contact was not upheld.",
    },
    "close-cause": {
        "hired": "Hired",
        "not-hired": "Not hired this time",
        "withdrawn-by-candidate": "Withdrawn by the person",
        "offer-declined": "Offer declined",
        "job-closed": "Job closed",
        "stalled": "Stalled",
        "prior-contact": "Prior contact",
    },
}
