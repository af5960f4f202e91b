"""All faults that are planted, by what they harm."""

from __future__ import annotations

from tests.plants import erasure, faults_database, faults_outside, faults_worker, hostile, hostile_uploads, laws, speed
from tests.plants.plant import Plant

EVERY: tuple[Plant, ...] = (
    *laws.PLANTS,
    *faults_database.PLANTS,
    *faults_worker.PLANTS,
    *faults_outside.PLANTS,
    *erasure.PLANTS,
    *hostile.PLANTS,
    *hostile_uploads.PLANTS,
    *speed.PLANTS,
)
NEEDS_NONE: dict[str, str] = {**erasure.NEEDS_NONE, **hostile.NEEDS_NONE}
"""Tests that no fault of the product makes fall, because they test the tests or the server's library; why, of each."""
