"""Changing how a person is reached. A changed mailbox rests disclosures for a day: whoever took it over gains nothing at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.applicant import Channel
from domain.candidate import Candidate
from domain.ids import VaultRef
from domain.reach import ContactChanged, ContactFailed, LineConnected, LineDisconnected
from domain.refusal import Refused

REST = timedelta(days=1)


def change_contact(person: Candidate, *, ref: VaultRef, at: datetime) -> ContactChanged:
    """The new mailbox is proved. Refuses `candidate-erased`, `candidate-not-registered`."""
    _live(person)
    return ContactChanged(contact_ref=ref, old_ref=person.contact_ref, rest_until=at + REST)


def fail(person: Candidate, channel: Channel) -> ContactFailed:
    """Nothing arrives there. Refuses `channel-failed-already`."""
    _live(person)
    if channel in person.reach.failed: raise Refused("channel-failed-already")
    return ContactFailed(channel=channel)


def connect_line(person: Candidate, *, ref: VaultRef) -> LineConnected:
    """LINE is connected, in place of an account that was connected before."""
    _live(person)
    return LineConnected(line_ref=ref)


def disconnect_line(person: Candidate) -> LineDisconnected:
    """Refuses `line-not-connected`."""
    _live(person)
    if person.reach.line_ref is None: raise Refused("line-not-connected")
    return LineDisconnected()


def _live(person: Candidate) -> None:
    if not person.registered: raise Refused("candidate-not-registered")
    if not person.live: raise Refused("candidate-erased")
