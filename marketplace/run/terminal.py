"""What `relay check`, `rebuild`, `reconcile` and `explain` say in a terminal; each answers the exit code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from cryptography.exceptions import InvalidSignature

from marketplace import clock
from marketplace.run import check as checks
from marketplace.run import explain as stories
from marketplace.run import rebuilding
from marketplace.run.check import Context
from marketplace.run.wiring import House
from marketplace.settlement.reconcile import Class, Reconciliation
from marketplace.store.database import Database
from marketplace.work import poll

Say = Callable[[str], None]
Bar = Callable[[str, int, int], None]


@contextmanager
def workshop(house: House) -> Iterator[Database]:
    """The database as its owner, where a fold can be laid beside the living rows."""
    database = Database(house.addresses.migration_url(), size=2)
    try:
        yield database
    finally:
        database.close()


def check(house: House, say: Say, bar: Bar) -> int:
    """Hold every invariant; 1 if one is broken."""
    with workshop(house) as owner:
        report = checks.run(
            context_of(house, owner), lambda invariant, done, whole: bar(f"{invariant.name}", done, whole)
        )
    ja = house.settings.language == "ja"
    for finding in report.findings:
        say(f"✗ {finding.invariant}: {finding.ja if ja else finding.en}")
    for left_out in report.skipped:
        say(f"- {left_out.invariant}: {left_out.ja if ja else left_out.en}")
    held = len(report.checked) - len(report.findings)
    whole = len(report.checked)
    say(f"不変条件 {held}/{whole} が成り立っています。" if ja else f"{held} of {whole} invariants hold.")
    return 1 if report.findings else 0


def context_of(house: House, owner: Database) -> Context:
    """What the checks look at."""
    with house.database.transaction() as connection:
        now = clock.now(connection)
    client = house.stripe()

    def verify(key_id: str, content: bytes, signature: bytes) -> bool:
        key = house.vault.signer.known.get(key_id)
        try:
            if key is not None:
                key.verify(signature, content)
        except InvalidSignature:
            return False
        return key is not None

    return Context(
        log=house.log,
        database=house.database,
        workshop=owner,
        keyring=house.vault.keyring,
        policy=house.office.policy,
        now=now,
        verify=verify,
        difference_yen=lambda: unexplained(poll.reconciled(house.office, client, now)),
    )


def unexplained(found: Reconciliation) -> int:
    """By how much ledger and Stripe differ, errors that cancel each other out included; what is only under way is not."""
    open_yen = sum(abs(pair.delta_yen) for pair in found.findings if pair.status is not Class.TIMING)
    return found.difference_yen or open_yen or found.unexplained_yen


def rebuild(house: House, names: Sequence[str], say: Say, bar: Bar) -> int:
    """Fold anew; 1 if a ledger differed and was left as it is."""
    with workshop(house) as owner:
        rebuilt = rebuilding.rebuild_all(owner, house.log, names, on_progress=bar)
    for each in rebuilt:
        state = "swapped in" if each.swapped else "LEFT AS IT WAS: it differs"
        say(f"{each.name}: {each.rows} rows, {len(each.differing)} differing, {state}")
    return 0 if all(each.swapped for each in rebuilt) else 1


def reconcile(house: House, say: Say) -> int:
    """Ask Stripe, compare with the ledger; 1 if a yen differs, also where two differences cancel each other out."""
    with house.database.transaction() as connection:
        now = clock.now(connection)
    found = poll.reconciled(house.office, house.stripe(), now)
    for pair in found.findings:
        say(f"{pair}")
    say(f"ledger ¥{found.ledger_yen:,}  Stripe ¥{found.stripe_yen:,}  difference ¥{found.difference_yen:,}")
    return 1 if unexplained(found) else 0


def explain(house: House, ident: str, say: Say) -> int:
    """Tell the story of an id."""
    with house.database.transaction() as connection:
        say(stories.as_text(stories.explain(house.office, connection, ident, house.settings.language)))
    return 0
