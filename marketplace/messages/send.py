"""Sending one message of the outbox: at most one mail too many after a crash, never one too few.

A worker marks the message as its own for some minutes. The gate (rule 3) is looked at when the mail is written, and
again when the server has all but its end: neither a slow server nor a worker that stood still sends what was taken back.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from email.message import EmailMessage
from uuid import UUID

import msgspec

from domain.applicant import Channel
from domain.calendar import next_decent_moment
from marketplace import clock
from marketplace.messages import links, matter, push, readers, smtp
from marketplace.messages.line import NotPushed
from marketplace.messages.outbox import Message, To, rows, write
from marketplace.messages.post import Post, Reader, Waiting, Withheld
from marketplace.messages.templates import TEMPLATES, Nature, needed, one_line, render, texts

SENDING = timedelta(minutes=5)
"""As long as a task's lease: whoever takes the task over after that may take the message over."""
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=6)

logger = logging.getLogger(__name__)

_CLAIM = """
    UPDATE message SET sending_until = %(until)s, attempts = attempts + 1
    WHERE id = %(id)s AND sent_at IS NULL AND not_sent IS NULL AND (sending_until IS NULL OR sending_until <= %(now)s)
    RETURNING id, template, recipient_kind, recipient, about, attempts
"""
_STILL_MINE = "SELECT FROM message WHERE id = %s AND attempts = %s AND sent_at IS NULL AND not_sent IS NULL"
_IN_HAND = "SELECT sending_until FROM message WHERE id = %s AND sent_at IS NULL AND not_sent IS NULL"


class Later(msgspec.Struct, frozen=True):
    """Not sent yet: try again at `at`."""

    at: datetime
    why: str


class TakenOver(Exception):
    """Another worker is at the message by now, or it went with its reader."""


def send(post: Post, message: UUID, now: datetime) -> Later | None:
    """Send a message if it still may be sent; None once that is settled, either way."""
    with post.database.transaction() as connection:
        row = connection.execute(_CLAIM, {"id": message, "now": now, "until": now + SENDING}).fetchone()
        if row is None:
            held = connection.execute(_IN_HAND, (message,)).fetchone()
            return Later(held[0] or now, "being-sent") if held else None
    waiting = Waiting(
        id=row[0], template=row[1], to=To(row[2]), recipient=row[3], about=dict(row[4]), attempts=row[5]
    )
    if waiting.to is To.COMPANY:
        _hand_on(post, waiting, now)
        return None
    if waiting.about.get("channel") == Channel.LINE:
        return _push(post, waiting, now)
    push.also(post, waiting, now)
    if TEMPLATES[waiting.template].nature is Nature.INVITATION:
        decent = next_decent_moment(now, post.policy, post.holidays)
        if decent > now:
            return _later(post, waiting, decent, "not-a-decent-hour")
    return _send(post, waiting, now)


def _send(post: Post, waiting: Waiting, now: datetime) -> Later | None:
    try:
        with smtp.connect(post.smtp_url) as line:
            to, mail = _write(post, waiting, now)
            smtp.hand_over(line, mail, sender=post.mail_from, to=to, look=lambda: _look_again(post, waiting, now))
            # Here, not after the parting words: a server that is rude at the end has the mail all the same.
            _settle(post, waiting, "sent_at = %(now)s", now=now)
    except Withheld as withheld:
        logger.info("message %s (%s) withheld: %s", waiting.id, waiting.template, withheld.code)
        _settle(post, waiting, "not_sent = %(why)s", why=withheld.code)
    except TakenOver:
        logger.info("message %s (%s) is in other hands", waiting.id, waiting.template)
    except smtp.NotTaken as not_taken:
        return _not_taken(post, waiting, not_taken, now)
    return None


def _push(post: Post, waiting: Waiting, now: datetime) -> Later | None:
    if post.line is None:
        _settle(post, waiting, "not_sent = %(why)s", why="no-line")
        return None
    try:
        push.send(post, post.line, waiting, now)
        _settle(post, waiting, "sent_at = %(now)s", now=now)
    except Withheld as withheld:
        logger.info("message %s (%s) withheld from LINE: %s", waiting.id, waiting.template, withheld.code)
        _settle(post, waiting, "not_sent = %(why)s", why=withheld.code)
    except NotPushed as not_pushed:
        logger.warning("message %s (%s) not pushed: %s", waiting.id, waiting.template, not_pushed.why)
        if not not_pushed.forever:
            wait = min(FIRST_WAIT * 2 ** min(waiting.attempts - 1, 20), LONGEST_WAIT)
            return _later(post, waiting, now + wait, not_pushed.why)
        _settle(post, waiting, "not_sent = %(why)s", why=not_pushed.why)
        post.channel_failed(waiting.recipient, Channel.LINE)
    return None


def _look_again(post: Post, waiting: Waiting, begun: datetime) -> None:
    """May it still be sent, and by us? Raises Withheld or TakenOver."""
    with post.database.transaction() as connection:
        if connection.execute(_STILL_MINE, (waiting.id, waiting.attempts)).fetchone() is None: raise TakenOver
        now = max(begun, clock.now(connection))
        readers.find(post, connection, waiting, now)
        matter.check(connection, matter.Matter(post, waiting, now))


def _not_taken(post: Post, waiting: Waiting, not_taken: smtp.NotTaken, now: datetime) -> Later | None:
    logger.warning("message %s (%s) not taken: %s", waiting.id, waiting.template, not_taken.why)
    if not_taken.forever:
        _settle(post, waiting, "not_sent = %(why)s", why=not_taken.why)
        if waiting.to is To.CANDIDATE and not {"registration", "contact"} & waiting.about.keys():
            post.channel_failed(waiting.recipient, Channel.EMAIL)
        return None
    with post.database.transaction() as connection:
        sent = connection.execute("SELECT sent_at FROM message WHERE id = %s", (waiting.id,)).fetchone()
    if sent is None or sent[0] is not None:
        return None
    wait = min(FIRST_WAIT * 2 ** min(waiting.attempts - 1, 20), LONGEST_WAIT)
    return _later(post, waiting, now + wait, not_taken.why)


def _write(post: Post, waiting: Waiting, now: datetime) -> tuple[str, EmailMessage]:
    """Look at the gate, open the address, mint the links, fill the text: one transaction. Raises Withheld."""
    subject = matter.Matter(post, waiting, now)
    with post.database.transaction() as connection:
        reader = readers.find(post, connection, waiting, now)
        matter.check(connection, subject)
        names = needed(waiting.template, reader.language)
        values = matter.values(connection, subject, reader, names)
    letter = render(waiting.template, reader.language, values)
    mail = smtp.compose(
        letter,
        to=reader.address,
        sender=(_sender(subject, reader), post.mail_from),
        message_id=f"{waiting.id}@{links.host(post.public_url)}",
        at=now,
        unsubscribe=_unsubscribe(post, waiting),
    )
    return reader.address, mail


def _sender(subject: matter.Matter, reader: Reader) -> str:
    """The name in From: the source's for an invitation, which is sent in its name."""
    ours = str(texts()["site"][reader.language])
    if TEMPLATES[subject.waiting.template].nature is not Nature.INVITATION:
        return ours
    return one_line(f"{subject.of_company(reader.language)} ({ours})")


def _unsubscribe(post: Post, waiting: Waiting) -> str | None:
    if waiting.template == "saved-search": return links.stop_digest(post.public_url, waiting.named("search"))
    match TEMPLATES[waiting.template].nature:
        case Nature.INVITATION:
            return links.not_me(post.public_url, waiting.named("invitation"))
        case Nature.CONSENTED:
            return links.home(post.public_url)
        case Nature.SERVICE:
            return None


def _hand_on(post: Post, waiting: Waiting, now: datetime) -> None:
    """A message for a company becomes one for each of its people who read this kind, each sent and retried alone."""
    with post.database.transaction() as connection:
        about = waiting.about | {"for_company": str(waiting.recipient)}
        found = readers.members(connection, waiting)
        several = [Message(template=waiting.template, to=To.USER, recipient=user, about=about) for user in found]
        if several:
            write(connection, *rows(waiting.id, several, now))
        connection.execute(
            "UPDATE message SET sent_at = %(sent)s, not_sent = %(why)s, sending_until = NULL WHERE id = %(id)s",
            {"id": waiting.id, "sent": now if several else None, "why": None if several else "nobody-reads-it"},
        )


def _later(post: Post, waiting: Waiting, at: datetime, why: str) -> Later:
    with post.database.transaction() as connection:
        # Not if it was taken over: then it is not ours to let go.
        connection.execute(
            "UPDATE message SET sending_until = NULL WHERE id = %s AND attempts = %s", (waiting.id, waiting.attempts)
        )
    return Later(at, why)


def _settle(post: Post, waiting: Waiting, what: str, **values: object) -> None:
    with post.database.transaction() as connection:
        connection.execute(
            f"UPDATE message SET sending_until = NULL, {what} WHERE id = %(id)s".encode(), {**values, "id": waiting.id}  # noqa: S608
        )
