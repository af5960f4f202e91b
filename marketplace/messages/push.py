"""The same message on LINE: that something waits, and where to look. No name, no company, no number, no opening link."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from domain import candidate as candidates
from domain.applicant import Channel
from domain.candidate import Candidate
from domain.refusal import Refused
from marketplace import clock
from marketplace.messages import links, matter
from marketplace.messages.line import Line
from marketplace.messages.outbox import Message, To, rows, write
from marketplace.messages.post import Post, Waiting, Withheld
from marketplace.messages.templates import texts
from marketplace.store.database import Connection
from marketplace.vault.records import LineRecord, open_own
from marketplace.vault.subject import Subject, SubjectKind
from projections import gate

BY_LINE = {"channel": str(Channel.LINE)}
"""What a message that goes to LINE has in `about`."""
_NOT_PUSHED = frozenset({"verify-mailbox", "login", "contact-change", "merge-request", "erasure-certificate"})
"""They prove a mailbox, or open something: they have no place in a chat."""

logger = logging.getLogger(__name__)


def also(post: Post, waiting: Waiting, now: datetime) -> None:
    """A message for a candidate goes to LINE too, as a message of its own, where they agreed to that."""
    if post.line is None or not post.line.pushes or waiting.to is not To.CANDIDATE: return
    if waiting.template in _NOT_PUSHED or waiting.attempts > 1: return
    with post.database.transaction() as connection:
        if _agreed(connection, waiting.recipient, now):
            about = waiting.about | BY_LINE
            twin = Message(template=waiting.template, to=To.CANDIDATE, recipient=waiting.recipient, about=about)
            write(connection, *rows(waiting.id, [twin], now))


def send(post: Post, line: Line, waiting: Waiting, begun: datetime) -> None:
    """Look at the gate and at the matter once more, and push. Raises Withheld or NotPushed."""
    with post.database.transaction() as connection:
        now = max(begun, clock.now(connection))
        person = post.log.load(waiting.recipient, candidates.INITIAL, candidates.evolve).state
        if not _agreed(connection, waiting.recipient, now): raise Withheld("no-consent-to-line")
        if gate.is_open(connection, waiting.recipient, "paused", now=now): raise Withheld("paused")
        matter.check(connection, matter.Matter(post, waiting, now))
        account = _account(post, connection, waiting.recipient, person)
    said = texts()["line-ask" if waiting.template == "ask" else "line-news"]
    language = "en" if person.language == "en" else "ja"
    line.push(account, str(said[language]).format(home=links.home(post.public_url)), waiting.id)


def _agreed(connection: Connection, who: UUID, now: datetime) -> bool:
    is_gone = any(gate.is_open(connection, who, what, now=now) for what in ("erased", "merged"))
    return not is_gone and gate.is_open(connection, who, "channel-line", now=now)


def _account(post: Post, connection: Connection, who: UUID, person: Candidate) -> str:
    ref = person.reach.line_ref
    if ref is None: raise Withheld("line-not-connected")
    try:
        subject = Subject(SubjectKind.CANDIDATE, who)
        return open_own(post.vault.keyring, connection, subject, ref, LineRecord).account
    except Refused as refused:
        if refused.code != "record-gone": raise
        raise Withheld("address-gone") from None
