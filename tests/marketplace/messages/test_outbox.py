"""From a command to the mailbox: the message is in the command's own append, the worker sends it, the link in it works."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

import psycopg
import pytest
from msgspec.structs import replace

from domain.candidate import Entrance
from domain.policy import DEFAULT
from domain.refusal import Refused
from marketplace import clock
from marketplace.commands import registration
from marketplace.commands.office import Office
from marketplace.holidays import HOLIDAYS
from marketplace.messages.outbox import Message, To, rows
from marketplace.messages.post import Post
from marketplace.messages.send import send
from marketplace.store.log import Command
from marketplace.work import tasks
from tests.marketplace.messages.town import CANDIDATE, NOON, SITE, Town


def work(town: Town, post: Post | None = None) -> int:
    """One task, as a worker does it."""

    def effect(message: UUID, now: datetime) -> tasks.Again | None:
        later = send(post or town.post, message, now)
        return None if later is None else tasks.Again(later.at, later.why)

    return tasks.advance(town.pool, {"send-message": effect})


def test_a_registration_begun_is_finished_by_the_link_in_the_mail(town: Town) -> None:
    office = Office(town.log, town.pool, town.vault, DEFAULT, HOLIDAYS, SITE)
    post = replace(town.post, mint_registration=partial(registration.mint_link, office))
    with psycopg.connect(town.owner_url) as connection:
        clock.move_to(connection, NOON)
    command = Command(id=uuid4(), actor="visitor", now=NOON)
    for _ in range(2):
        registration.begin(
            office, command, email="New@example.jp", language="en", entrance=Entrance.NEUTRAL_LINK
        )
    assert [work(town, post), work(town, post)] == [1, 0]
    (mail,) = town.mails()
    assert (mail.to, mail.subject) == ("new@example.jp", "Please confirm your e-mail address")
    found = re.search(rf"^{SITE}/register/(\S+)$", mail.text, re.MULTILINE)
    assert found is not None
    begun = registration.opened(office, found[1])
    assert begun.language == "en"
    registration.use_up(office, begun)
    with pytest.raises(Refused, match="link-not-valid"):
        registration.opened(office, found[1])


def test_two_workers_on_one_outbox_send_each_mail_once(town: Town) -> None:
    with psycopg.connect(town.owner_url) as connection:
        clock.move_to(connection, NOON)
    town.candidate()
    for _ in range(4):
        town.queue("welcome", To.CANDIDATE, CANDIDATE)
    with ThreadPoolExecutor(2) as workers:
        done = sum(workers.map(lambda _: work(town), range(6)))
    assert done == 4
    assert len(town.mails()) == 4


def test_the_same_command_makes_the_same_message() -> None:
    message = Message(template="welcome", to=To.CANDIDATE, recipient=CANDIDATE)
    cause = uuid4()
    assert rows(cause, [message], NOON) == rows(cause, [message], NOON)
    assert rows(uuid4(), [message], NOON) != rows(cause, [message], NOON)
