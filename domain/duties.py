"""What a company owes the person whom it asks for: why it asks, word in time, and the end of its copy (選考の責務)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain.event import Event
from domain.ids import VaultRef


class RevokeCause(StrEnum):
    """Why a disclosed copy is closed to the company. Of the person's own causes it sees that it is closed, not why."""

    PERSON = "person"
    BLOCKED = "blocked"
    ERASED = "erased"
    WITHDRAWN = "withdrawn"
    SILENCE = "silence"
    SELECTION_OVER = "selection-over"


class RequestExplained(Event, frozen=True, kw_only=True):
    """Why the company asks for this very person, in its own words; the person reads them with the ask."""

    why_ref: VaultRef
    commit: str


class CompanyReminded(Event, frozen=True, kw_only=True):
    """The company said nothing for too long; if it says nothing until the end of `close_on` either, its copy closes."""

    close_on: date


class DeletionAsked(Event, frozen=True, kw_only=True):
    """Not hired: the company deletes what it took out and says so until the end of `due_on`, when its copy closes anyway."""

    due_on: date


DutyEvent = RequestExplained | CompanyReminded | DeletionAsked


class Duties(msgspec.Struct, frozen=True, kw_only=True):
    """What is owed. `close_on` stands from a reminder until the company reports again."""

    why_ref: VaultRef | None = None
    close_on: date | None = None
    delete_until: date | None = None


INITIAL = Duties()


def evolve(state: Duties, event: DutyEvent) -> Duties:
    """The duties after `event`."""
    match event:
        case RequestExplained(why_ref=ref):
            return replace(state, why_ref=ref)
        case CompanyReminded(close_on=day):
            return replace(state, close_on=day)
        case DeletionAsked(due_on=day):
            return replace(state, delete_until=day)
        case _:
            assert_never(event)


def heard(state: Duties) -> Duties:
    """The company reported: a reminder is answered."""
    return replace(state, close_on=None)
