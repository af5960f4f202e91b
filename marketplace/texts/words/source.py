"""Words for codes that pages show: source. Kind, then code, then the English sentence; its Japanese is in `locale`."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "menu-source": {
        "/source": "Source company",
    },
    "applicant": {
        "kept": "Kept",
        "scheduled": "Invitation scheduled",
        "invited": "Invited",
        "registered": "Registered",
        "disowned": "Said it was not for them",
        "reapplied": "Applied again",
        "ended": "No longer kept",
    },
    "payout": {
        "earned": "Earned",
        "transfer-requested": "Transfer requested",
        "transferred": "Transfer",
        "transfer-voided": "Transfer voided",
        "returned": "Returned",
        "dispute-lost": "Lost in a dispute",
        "written-off": "Reduced as written off",
        "recovered": "Recovered",
        "taken-back": "Taken back",
        "netted": "Netted",
        "credit-granted": "Credit granted",
        "credit-applied": "Credit applied",
        "credit-expired": "Credit expired",
        "paid-out": "Paid out to the bank",
        "payout-failed": "Payout failed",
    },
    "request-kind": {
        "erase": "Erase the record",
        "disclose": "Disclose the record",
        "correct": "Correct the record",
        "stop": "Stop using the record",
    },
    "request-status": {
        "received": "Received",
        "identified": "Identified",
        "decided": "Decided",
        "completed": "Completed",
    },
    "severity": {
        "quarantined": "Set aside",
        "dropped-field": "Field left out",
        "note": "Note",
    },
    "held-back": {
        "applicant-withdrew": "Withdrew",
        "application-still-active": "Still in selection",
        "hired-by-source": "Hired by you",
        "outcome-unknown": "Outcome unknown",
        "no-basis-for-keeping": "No basis for keeping",
        "asked-not-to-be-contacted": "Asked not to be contacted",
        "confidential-record": "Confidential record",
    },
}
