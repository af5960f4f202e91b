"""The mail room over the test's own database, with the real sink as its mail server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from domain.policy import DEFAULT
from marketplace.holidays import HOLIDAYS
from marketplace.messages.post import Post
from marketplace.messages.sink import Sink
from marketplace.store.database import Database as Pool
from marketplace.store.log import open_log
from marketplace.vault.master import MasterKeys
from marketplace.vault.vault import open_vault
from tests.marketplace.messages.town import SITE, Town

if TYPE_CHECKING:
    from tests.conftest import Database


@pytest.fixture
def town(database: Database) -> Iterator[Town]:
    pool, keys, log = Pool(database.app_url, size=6), Pool(database.app_url, size=4), open_log(database.app_url)
    vault = open_vault(keys, MasterKeys.from_key(bytes(range(32))))
    sink = Sink(pool, vault, public_url=SITE)
    post = Post(
        log=log, database=pool, vault=vault, policy=DEFAULT, holidays=HOLIDAYS, public_url=SITE, smtp_url=sink.start(),
        mail_from="relay@relay.example", mint_registration=lambda registration: f"token-for-{registration.int}",
        channel_failed=lambda _who, _channel: None,
    )
    town = Town(log, pool, vault, post, database.owner_url)
    town.settle()
    yield town
    sink.stop()
    for each in (pool, keys, log):
        each.close()
