"""What every fact has in common: it is frozen, has a stable public name, and holds no personal data."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Generic, TypeVar
from uuid import UUID

import msgspec

E_co = TypeVar("E_co", covariant=True)

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def stable_name(class_name: str) -> str:
    """`ShareApproved` is written as `share-approved.v1`, `ShareApproved_v2` as `share-approved.v2`, for ever."""
    name, _, version = class_name.partition("_v")
    return f"{_WORD.sub('-', name).lower()}.v{version or '1'}"


class Event(msgspec.Struct, frozen=True, kw_only=True, tag=stable_name, tag_field="type", gc=False):
    """A fact that happened. Subclasses say which; a fact is never edited (rule 11).

    `gc=False`: frozen values hold no circles, and a reader of the log makes too many of them to have each looked after.
    """


class MoneyEvent(Event, frozen=True, kw_only=True):
    """A fact that may move yen. `effective_on` is its JST business date, not the day it was written down."""

    effective_on: date


class Meta(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What stands beside every event: who, by which command, when, and under which policy version."""

    actor: str
    command: UUID
    recorded_at: datetime
    effective_on: date
    policy_version: int


class Recorded(msgspec.Struct, Generic[E_co], frozen=True, kw_only=True, gc=False):
    """An event as it stands in the log: `position` orders all events, `version` those of one stream, from 1."""

    position: int
    stream: UUID
    version: int
    meta: Meta
    event: E_co
