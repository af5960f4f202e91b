"""`relay`: the commands with which the relay is run, looked after and tried out."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Annotated, Literal
from uuid import UUID, uuid4

import psycopg
from cyclopts import App, Parameter

from domain.refusal import Refused
from marketplace.run import settings as environment
from marketplace.run import threshold
from marketplace.run.database import at_hand
from marketplace.run.keyring_home import migrate_all
from marketplace.run.migrations import MigrationFailed
from marketplace.run.postgres import PostgresUnavailable
from marketplace.run.settings import BadSetting
from marketplace.run.turns import take_short_turns
from marketplace.texts.catalogue import sentence

app = App(name="relay", help="Career Relay (キャリアリレー).", version="0.1.0")

COURIER_SECONDS = 0.2

logger = logging.getLogger(__name__)


def main() -> None:
    """Run one command; what a person can put right is one sentence on standard error, and exit code 1."""
    take_short_turns()
    try:
        app()
    except (BadSetting, MigrationFailed, PostgresUnavailable) as wrong:
        sys.exit(f"relay: {wrong}")
    except Refused as refused:
        sys.exit(f"relay: {sentence(refused.code, environment.load().language, refused.values)}")


def _say(line: str) -> None:
    print(line, flush=True)


def _bar(what: str, done: int, whole: int) -> None:
    """Progress on one line of a terminal; in a log, only the end."""
    if sys.stdout.isatty():
        print(f"\r{what}: {done}/{whole}", end="\n" if done >= whole else "", flush=True)
    elif done >= whole:
        _say(f"{what}: {done}")


@app.command(name="migrate")
def migrate_command() -> None:
    """Bring the database's tables up to this release. Forward only; two at once is fine."""
    with at_hand(environment.load()) as addresses:
        threshold.reached("MIGRATION_DATABASE_URL", addresses.migration_url()).close()
        applied = migrate_all(addresses, lambda step: _say(f"applying {step}"))
    _say(f"{len(applied)} files applied." if applied else "Nothing to do: the tables are up to date.")


@app.command
def web() -> None:
    """Serve the website and the API."""
    from marketplace.run.serving import serve as listen  # noqa: PLC0415  only the web process pays for it

    settings = environment.load()
    settings.payments()
    settings.mail()
    with at_hand(settings) as addresses:
        threshold.cross(settings, addresses)
    threshold.check_port(settings)
    _say(f"web on http://{settings.host}:{settings.port}")
    listen("api.app:load", settings.host, settings.port)


@app.command
def work() -> None:
    """Fold projections, carry out reactions and timers, send mail and payments. Several may run."""
    from marketplace.run.restoring import open_door  # noqa: PLC0415  opens nothing until asked
    from marketplace.run.working import courier, open_worker  # noqa: PLC0415

    house = open_door(environment.load())
    ended = threading.Event()
    try:
        with open_worker(house) as worker:

            def end(_signal: int, _frame: FrameType | None) -> None:
                ended.set()
                worker.stop()

            for each in (signal.SIGINT, signal.SIGTERM):
                signal.signal(each, end)
            deliver = courier(house)
            thread = threading.Thread(target=_carry, args=(deliver, ended), name="relay-courier")
            thread.start()
            _say("worker ready")
            worker.run()
            thread.join()
    finally:
        house.close()


def _carry(deliver: Callable[[], int] | None, ended: threading.Event) -> None:
    """Carry simulated webhooks to the web process until the end; nothing to do where payments are real."""
    while deliver is not None and not ended.wait(COURIER_SECONDS):
        try:
            deliver()
        except psycopg.Error:
            # The simulator's connection is opened anew the next time.
            logger.warning("webhooks wait: the database does not answer")


@app.command
def serve() -> None:
    """Everything on one machine: the database where none is given, the web and a worker, until Ctrl-C."""
    from marketplace.run import supervise  # noqa: PLC0415

    settings = environment.load()
    settings.payments()
    settings.mail()
    threshold.check_port(settings)
    with at_hand(settings) as addresses:
        if addresses.owner_url is not None:
            migrate_all(addresses, lambda step: _say(f"applying {step}"))
        server = addresses.server
        supervise.serve(("web", "work"), {}, tend=supervise.nothing if server is None else server.revive)


@app.command
def operator(
    *, name: str, name_en: str, corporate_number: str, address: str, representative: str, admin_name: str, email: str
) -> None:
    """Make the operator's own company and its first admin, once, on a new installation."""
    from marketplace.run.founding import found  # noqa: PLC0415
    from marketplace.run.wiring import open_house  # noqa: PLC0415

    house = open_house(environment.load())
    try:
        found(
            house.office,
            name=name,
            name_en=name_en,
            corporate_number=corporate_number,
            address=address,
            representative=representative,
            admin_name=admin_name,
            email=email,
        )
    finally:
        house.close()
    _say(f"The operator is set up. {email} can now ask for a sign-in link.")


@app.command(name="import")
def import_command(
    file: Path,
    *,
    company: UUID,
    system: str = "file",
    basis: Literal["application-notice", "explicit-consent"] | None = None,
    notice_version: str = "",
    dry_run: bool = False,
) -> None:
    """Read an export of a source company: a Greenhouse dump, CSV or Excel. --dry-run keeps nothing."""
    from marketplace.run.importing import bring_in, look_at  # noqa: PLC0415
    from marketplace.run.wiring import open_house  # noqa: PLC0415

    house = open_house(environment.load())
    try:
        if dry_run:
            for line in look_at(house.office, file, basis, notice_version, house.settings.language):
                _say(line)
            return
        report = bring_in(
            house.office,
            file,
            company,
            system,
            basis,
            notice_version,
            uuid4(),
            lambda done, all_: _bar("rows", done, all_),
        )
        for line in report:
            _say(line)
    finally:
        house.close()


@app.command
def rebuild(*names: Annotated[str, Parameter(help="projections; none means all")]) -> None:
    """Fold projections anew beside the living ones, compare, and swap in. The ledger only if nothing differs."""
    from marketplace.run import terminal  # noqa: PLC0415
    from marketplace.run.wiring import open_house  # noqa: PLC0415

    house = open_house(environment.load())
    try:
        sys.exit(terminal.rebuild(house, names, _say, _bar))
    finally:
        house.close()


@app.command
def check() -> None:
    """Hold the invariants against the living data; name the first thing that is wrong of each."""
    from marketplace.run import terminal  # noqa: PLC0415
    from marketplace.run.wiring import open_house  # noqa: PLC0415

    house = open_house(environment.load())
    try:
        sys.exit(terminal.check(house, _say, _bar))
    finally:
        house.close()


@app.command
def reconcile() -> None:
    """Compare the ledger with Stripe, to the yen."""
    from marketplace.run import terminal  # noqa: PLC0415
    from marketplace.run.wiring import open_house  # noqa: PLC0415

    house = open_house(environment.load())
    try:
        sys.exit(terminal.reconcile(house, _say))
    finally:
        house.close()


@app.command
def restored() -> None:
    """Once after a restore, before web and worker: erase again who was erased, look up first what may have been sent."""
    from marketplace.run import restoring  # noqa: PLC0415
    from marketplace.run.wiring import open_house  # noqa: PLC0415

    house = open_house(environment.load())
    try:
        sys.exit(restoring.tell(house, _say))
    finally:
        house.close()


@app.command
def explain(id: str) -> None:  # noqa: A002  the word that a person would use
    """Tell the story of a candidate, company, introduction (also by its 紹介番号), hire or fee."""
    from marketplace.run import terminal  # noqa: PLC0415
    from marketplace.run.wiring import open_house  # noqa: PLC0415

    house = open_house(environment.load())
    try:
        sys.exit(terminal.explain(house, id, _say))
    finally:
        house.close()


@app.command
def bench(name: str = "", *, json: bool = False) -> None:
    """Measure NAME against a yardstick in the same run; without a name, list what can be measured."""
    from marketplace.run.bench import in_terminal  # noqa: PLC0415

    sys.exit(in_terminal(name, json, _say))


@app.command
def demo(*, exit: bool = False) -> None:  # noqa: A002  `relay demo --exit`
    """Play one whole relay and one early leave on a database of its own, and leave the site running."""
    from marketplace.run.demo import play  # noqa: PLC0415

    sys.exit(play(leave=exit))


if __name__ == "__main__":
    main()
