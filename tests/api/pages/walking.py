"""The town is built, walked and taken down again; a test that may look at it asks for `walked`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from marketplace.run import postgres
from marketplace.run.database import Addresses
from marketplace.run.settings import load
from marketplace.run.wiring import open_house
from marketplace.run.working import open_worker
from marketplace.settlement.stripe.simulator import Endpoints, World
from tests.api.doors import door
from tests.api.pages.browser import SITE
from tests.api.pages.town import Town


@contextmanager
def walk(server: postgres.Server, template: str, folder: Path, name: str = "walked") -> Iterator[Town]:
    """One whole walk in a database of its own."""
    with empty(server, template, folder, name) as town:
        yield town.play()


@contextmanager
def empty(server: postgres.Server, template: str, folder: Path, name: str = "walked") -> Iterator[Town]:
    """A town before anything happened in it, in a database of its own."""
    name = f"{name}_{os.getpid()}"
    server.create_database(name, template=template)
    app_url, owner_url = server.app_url(name), server.owner_url(name)
    environ = {"RELAY_DATA": str(folder), "RELAY_PUBLIC_URL": SITE, "DATABASE_URL": app_url, "MIGRATION_DATABASE_URL": owner_url}
    house = open_house(load(environ), addresses=Addresses(app_url, owner_url, None))
    world = World(app_url)
    secret = house.webhook_secrets[0]
    hooks = Endpoints("/webhooks/stripe", secret, "/webhooks/stripe-connect", secret)
    try:
        with open_worker(house) as worker, door(house) as app:
            town = Town(house, worker, app, app_url, owner_url, lambda: 0)
            post = town.browser().client.post
            town.deliver = lambda: world.deliver(
                lambda url, body, headers: post(url, content=body, headers=dict(headers)).status_code, hooks
            )
            yield town
    finally:
        world.close()
        house.close()
        server.drop_database(name)
