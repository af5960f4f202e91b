"""What `relay work` does: every projection, reaction and timer, and the effects that carry a Stripe client or a mail line."""

from __future__ import annotations

import logging
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from domain.applicant import Channel
from domain.calendar import jst_date
from domain.ids import ApplicantId, CandidateId
from domain.refusal import Refused
from marketplace import clock, links
from marketplace.commands import applicant, importing, privacy, reach, saved_search, set_aside
from marketplace.commands.registration import mint_link
from marketplace.messages.post import Post
from marketplace.messages.send import send
from marketplace.messages.sink import Sink
from marketplace.run import asked, checking
from marketplace.run.wiring import House
from marketplace.store import seal
from marketplace.store.log import Command
from marketplace.vault import statutory
from marketplace.vault.upkeep import sweep_unused
from marketplace.work import asked_checks, money_handlers, poll
from marketplace.work.handlers import REACTIONS, TIMERS
from marketplace.work.tasks import Again, Effect
from marketplace.work.worker import Jobs, Worker
from projections.every import EVERY

UPKEEP_EVERY = timedelta(hours=1)
PARTING_WAIT = timedelta(seconds=10)
WEBHOOK_SECONDS = 10

logger = logging.getLogger(__name__)


@contextmanager
def open_worker(house: House) -> Iterator[Worker]:
    """A worker over a house; where mail has nowhere to go, it catches mail itself."""
    with ExitStack() as stack:
        smtp_url = house.settings.smtp_url
        if smtp_url is None:
            sink = Sink(house.database, house.vault, public_url=house.settings.public_url)
            smtp_url = sink.start()
            stack.callback(sink.stop)
        post = Post(
            log=house.log,
            database=house.database,
            vault=house.vault,
            policy=house.office.policy,
            holidays=house.office.holidays,
            public_url=house.office.public_url,
            smtp_url=smtp_url,
            mail_from=house.settings.sender(),
            mint_registration=lambda registration: mint_link(house.office, registration),
            channel_failed=lambda who, channel: _channel_failed(house, CandidateId(who), channel),
            line=house.line,
            language=house.settings.language,
        )
        _begin_upkeep(house)
        yield Worker(house.office, Jobs(EVERY, REACTIONS, TIMERS, effects(house, post)))


def _channel_failed(house: House, who: CandidateId, channel: Channel) -> None:
    """What came back for good is written down; said before, or of somebody who is gone, it changes nothing."""
    with house.database.transaction() as connection:
        now = clock.now(connection)
    try:
        reach.fail(house.office, Command(id=uuid4(), actor="worker:mail", now=now), candidate=who, channel=channel)
    except Refused as refused:
        logger.info("a dead channel was not written down: %s", refused.code)


def effects(house: House, post: Post) -> dict[str, Effect]:
    """Task kind → what it does. Each takes the task's subject and the moment, and may ask to be called again."""
    office = house.office

    def mail(message: UUID, now: datetime) -> Again | None:
        later = send(post, message, now)
        return None if later is None else Again(later.at, later.why)

    def take_in(batch: UUID, now: datetime) -> None:
        importing.carry_on(office, batch, now)

    def erase(candidate: UUID, now: datetime) -> Again | None:
        finished = privacy.finish_erasure(office, CandidateId(candidate), now)
        return None if finished else Again(now + PARTING_WAIT, "its last mail is on its way")

    def destroy(record: UUID, now: datetime) -> None:
        applicant.destroy(office, ApplicantId(record), now)

    return {
        "send-message": mail,
        "import": take_in,
        "forget-set-aside": lambda batch, now: set_aside.forget(office, batch, now),
        "erase-candidate": erase,
        "destroy-applicant": destroy,
        asked_checks.KIND: lambda _subject, now: checking.carry_out(house, now),
        "rebuild": lambda rebuild, now: asked.carry_out(house, rebuild, now),
        "upkeep": lambda _subject, now: _upkeep(house, now),
        **money_handlers.effects(office, house.stripe()),
    }


def _upkeep(house: House, now: datetime) -> Again:
    """Once an hour: sign the log's head, destroy and forget what is over, write the digests that are due."""
    with house.database.transaction() as connection:
        signer = house.vault.signer
        seal.sign_head(connection, signer.sign, key_id=signer.kid, now=now)
    with house.database.transaction() as connection:
        sweep_unused(house.vault.keyring, connection)
    with house.database.transaction() as connection:
        statutory.destroy_due(house.vault.keyring, connection, today=jst_date(now), now=now)
        links.sweep(connection, now)
    privacy.forget_unfinished(house.office, now)
    reach.forget_unproved(house.office, now)
    saved_search.write_digests(house.office, now)
    return Again(now + UPKEEP_EVERY, "every hour")


def _begin_upkeep(house: House) -> None:
    """There is one such task for all workers; it asks to be called again for ever."""
    with house.database.transaction() as connection:
        now = clock.now(connection)
        connection.execute(
            "INSERT INTO task (id, kind, subject, run_at) VALUES (%(id)s, 'upkeep', %(id)s, %(now)s) ON CONFLICT DO NOTHING",
            {"id": uuid5(NAMESPACE_URL, "career-relay:upkeep"), "now": now},
        )
    poll.start(house.office, now)


def courier(house: House) -> Callable[[], int] | None:
    """Carries the simulator's signed webhooks to the web process, over HTTP like Stripe's own; None where they are."""
    if house.settings.payments() != "simulator":
        return None
    from marketplace.settlement.stripe.simulator import Endpoints, World  # noqa: PLC0415  as wiring.House.stripe

    world = World(house.addresses.app_url)
    house.stack.callback(world.close)
    secret = house.webhook_secrets[0]
    site = house.office.public_url
    endpoints = Endpoints(f"{site}/webhooks/stripe", secret, f"{site}/webhooks/stripe-connect", secret)
    return lambda: world.deliver(_post, endpoints)


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """POST to our own web process on loopback; 503 where it does not answer, so that it is tried again."""
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310  our own address
    try:
        with urllib.request.urlopen(request, timeout=WEBHOOK_SECONDS) as answer:  # noqa: S310  as above
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 503
