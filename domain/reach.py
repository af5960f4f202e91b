"""How a person is reached (連絡手段): changed, found dead, connected with LINE. The addresses are in the vault."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain.applicant import Channel
from domain.event import Event
from domain.ids import VaultRef


class ContactChanged(Event, frozen=True, kw_only=True):
    """A new mailbox was proved. Until `rest_until` nothing is disclosed, and the old mailbox is told (`old_ref`)."""

    contact_ref: VaultRef
    old_ref: VaultRef
    rest_until: datetime


class ContactFailed(Event, frozen=True, kw_only=True):
    """Nothing reaches the person over this channel any more; the card rests until another one is proved."""

    channel: Channel


class LineConnected(Event, frozen=True, kw_only=True):
    """The person signed in at LINE and connected that account."""

    line_ref: VaultRef


class LineDisconnected(Event, frozen=True, kw_only=True):
    """The person cut that connection; nothing is sent there any more."""


ReachEvent = ContactChanged | ContactFailed | LineConnected | LineDisconnected


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """As it stands. `failed`: channels over which nothing arrives. `rest_until`: nothing is disclosed before."""

    failed: tuple[Channel, ...] = ()
    rest_until: datetime | None = None
    line_ref: VaultRef | None = None

    @property
    def reachable(self) -> bool:
        """Is there a channel over which something arrives?"""
        return Channel.EMAIL not in self.failed or (self.line_ref is not None and Channel.LINE not in self.failed)

    def works_besides(self, channel: Channel) -> bool:
        """Is there one, once this channel is dead?"""
        return evolve(self, ContactFailed(channel=channel)).reachable


INITIAL = Reach()


def evolve(state: Reach, event: ReachEvent) -> Reach:
    """How the person is reached after `event`."""
    match event:
        case ContactChanged(rest_until=moment):
            return replace(_working(state, Channel.EMAIL), rest_until=moment)
        case ContactFailed(channel=channel):
            return replace(state, failed=(*_working(state, channel).failed, channel))
        case LineConnected(line_ref=ref):
            return replace(_working(state, Channel.LINE), line_ref=ref)
        case LineDisconnected():
            return replace(_working(state, Channel.LINE), line_ref=None)
        case _:
            assert_never(event)


def _working(state: Reach, channel: Channel) -> Reach:
    return replace(state, failed=tuple(each for each in state.failed if each is not channel))
