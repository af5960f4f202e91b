"""What becomes of a hirer's claim to have known a person already (rule 7)."""

from __future__ import annotations

from enum import StrEnum


class PriorContact(StrEnum):
    """How far such a claim has come."""

    NOT_CLAIMED = "not-claimed"
    CLAIMED = "claimed"
    UPHELD = "upheld"
    REJECTED = "rejected"
