"""`relay explain ID`: the story of an introduction, candidate, fee or company, told from its events in their order.

The events say everything that is told here; the vault is never opened, so a story names companies and no person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

import msgspec

from domain.event import Recorded
from domain.events import AnyEvent
from domain.ids import CandidateId, CompanyId, account_of, consent_of, sharing_policy_of
from domain.refusal import Refused
from marketplace.commands.office import Office
from marketplace.run.telling import Teller, Told, companies_in, texts
from marketplace.store.database import Connection
from marketplace.store.log import Log, Unreadable
from marketplace.texts.catalogue import Language
from projections import directory

_AT_ONCE = 200
"""Events read at once."""
BELONGS_MOST = 1_000
"""So many things may belong to a story. A company that has more is told by what names it; each of them has its own story."""
_MENTIONS_MOST = 4 * BELONGS_MOST
"""A beginning is found once for each that it names; where so many are found, nobody looks on."""

# The first events that make a whole stream a part of the story of what they name.
_BEGINNINGS = [
    "applicant-imported.v1",
    "fee-accrued.v1",
    "hire-reported.v1",
    "introduction-requested.v1",
    "job-opened.v1",
    "partnership-agreed.v1",
    "referral-made.v1",
    "request-received.v1",
]
# A fee's story begins with its hire, and a hire's with its introduction.
_BEFORE = """
    SELECT DISTINCT origin.stream FROM story own
    JOIN story origin ON origin.stream = own.subject AND origin.subject = own.subject AND origin.version = 1
     AND origin.kind IN ('introduction-requested.v1', 'hire-reported.v1')
    WHERE own.stream = %s AND own.version = 1 AND own.kind IN ('hire-reported.v1', 'fee-accrued.v1')
"""


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to one thing. `asked` is the id as it was given, `subject` the id that it stands for.

    `earlier`: the position before which more happened than is told here. `follows`: is what belongs to it told with it?
    """

    asked: str
    subject: UUID
    language: Language
    told: tuple[Told, ...]
    earlier: int | None = None
    follows: bool = True


def explain(
    office: Office,
    connection: Connection,
    ident: str,
    language: Language = "ja",
    *,
    before: int | None = None,
    most: int | None = None,
) -> Story:
    """The story of an id: of an introduction, candidate, company, job, applicant, hire or fee, a 紹介番号, or a card.

    In order, whole, or the last `most` events `before` a position. Refuses `story-unknown`.
    """
    subject = _subject(connection, ident.strip())
    streams, follows = _streams(connection, subject) if subject is not None else (set[UUID](), True)
    positions = _positions(connection, streams, before, None if most is None else most + 1)
    if subject is None or not positions:
        raise Refused("story-unknown", ident=ident.strip()[:80])
    more = most is not None and len(positions) > most
    if more: positions = positions[1:]
    told: list[Told] = []
    for entries in _read(office.log, positions):
        teller = Teller(directory.names(connection, companies_in(entries)), language)
        told += [teller.tell(entry) for entry in entries]
    return Story(
        asked=ident.strip(),
        subject=subject,
        language=language,
        told=tuple(told),
        earlier=positions[0] if more else None,
        follows=follows,
    )


def as_text(story: Story) -> str:
    """The story for a terminal: one line for each event, and the ledger's lines under it."""
    frame = texts()["frame"]["line"][story.language]
    lines: list[str] = []
    for each in story.told:
        lines.append(frame.format(at=each.when, who=each.who, sentence=each.sentence))
        lines += [line.text for line in each.ledger]
    return "\n".join(lines)


def _subject(connection: Connection, ident: str) -> UUID | None:
    """What an id stands for: a card for its candidate, a 紹介番号 for its introduction, any other id for itself."""
    try:
        key = UUID(ident)
    except ValueError:
        row = connection.execute(
            "SELECT introduction FROM introduction_board WHERE number = %s", (ident.upper(),)
        ).fetchone()
        return row[0] if row else None
    card = connection.execute("SELECT candidate FROM catalogue WHERE card = %s", (key,)).fetchone()
    return card[0] if card else key


def _streams(connection: Connection, subject: UUID) -> tuple[set[UUID], bool]:
    """Whose mentions make the story: the subject's own streams and, unless they are too many, those that began with it."""
    person, company = CandidateId(subject), CompanyId(subject)
    own = {subject, consent_of(person), account_of(company), sharing_policy_of(company)}
    whole = own | {row[0] for row in connection.execute(_BEFORE, (subject,))}
    frontier = whole
    while frontier:
        begun = connection.execute(
            "SELECT stream FROM story WHERE subject = ANY(%s) AND version = 1 AND kind = ANY(%s) LIMIT %s",
            (list(frontier), _BEGINNINGS, _MENTIONS_MOST),
        ).fetchall()
        frontier = {stream for (stream,) in begun} - whole
        if len(begun) == _MENTIONS_MOST or len(whole) + len(frontier) > BELONGS_MOST: return own, False
        whole |= frontier
    return whole, True


def _positions(connection: Connection, streams: set[UUID], before: int | None, most: int | None) -> list[int]:
    """The positions of the story's events, in order: the last `most` of those `before` one."""
    found = connection.execute(
        "SELECT DISTINCT position FROM story WHERE subject = ANY(%(streams)s)"
        " AND (%(before)s::bigint IS NULL OR position < %(before)s) ORDER BY position DESC LIMIT %(most)s",
        {"streams": list(streams), "before": before, "most": most},
    )
    return sorted(position for (position,) in found)


def _read(log: Log, positions: Sequence[int]) -> Iterator[list[Recorded[AnyEvent] | Unreadable]]:
    """The events at these positions, some at a time."""
    for start in range(0, len(positions), _AT_ONCE):
        yield log.at(positions[start : start + _AT_ONCE])
