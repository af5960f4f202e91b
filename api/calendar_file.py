"""An interview as a calendar file (RFC 5545): the 紹介番号 and the company's words, and no person."""

from __future__ import annotations

from datetime import UTC, datetime

from icalendar import Calendar, Event

from domain.interview import Slot
from domain.introduction import Introduction

MEDIA_TYPE = "text/calendar; charset=utf-8"


def interview_file(
    asked: Introduction, slot: Slot, *, title: str, place: str, page: str, host: str, now: datetime
) -> str:
    """One event under an id that stays: a calendar that has it already moves it."""
    event = Event()
    event.add("uid", f"{asked.introduction}@{host}")
    event.add("sequence", asked.interview.agreed_naming)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", slot.starts_at.astimezone(UTC))
    event.add("dtend", slot.ends_at.astimezone(UTC))
    event.add("summary", title)
    if place: event.add("location", place)
    event.add("url", page)
    calendar = Calendar()
    calendar.add("prodid", "-//Career Relay//Interviews//JA")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical()).decode()
