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
    """What happened to one thing. `asked` is the id as it was given, `subject` the id that it stands for."""

    asked: str
    subject: UUID
    language: Language
    told: tuple[Told, ...]


def explain(office: Office, connection: Connection, ident: str, language: Language = "ja") -> Story:
    """The story of an id: of an introduction, candidate, company, job, applicant, hire or fee, a 紹介番号, or a card.

    Refuses `story-unknown`.
    """
    subject = _subject(connection, ident.strip())
    positions = _positions(connection, subject) if subject is not None else []
    if subject is None or not positions:
        raise Refused("story-unknown", ident=ident.strip()[:80])
    told: list[Told] = []
    for entries in _read(office.log, positions):
        teller = Teller(directory.names(connection, companies_in(entries)), language)
        told += [teller.tell(entry) for entry in entries]
    return Story(asked=ident.strip(), subject=subject, language=language, told=tuple(told))


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


def _positions(connection: Connection, subject: UUID) -> list[int]:
    """The positions of all events of the story, in order."""
    person, company = CandidateId(subject), CompanyId(subject)
    own = {subject, consent_of(person), account_of(company), sharing_policy_of(company)}
    whole = own | {row[0] for row in connection.execute(_BEFORE, (subject,))}
    found: set[int] = set()
    frontier = whole
    while frontier:
        mentions = connection.execute(
            "SELECT position, stream, version = 1 AND kind = ANY(%s) FROM story WHERE subject = ANY(%s)",
            (_BEGINNINGS, list(frontier)),
        ).fetchall()
        found |= {position for position, _, _ in mentions}
        frontier = {stream for _, stream, begins in mentions if begins} - whole
        whole |= frontier
    return sorted(found)


def _read(log: Log, positions: Sequence[int]) -> Iterator[list[Recorded[AnyEvent] | Unreadable]]:
    """The events at these positions, some at a time."""
    for start in range(0, len(positions), _AT_ONCE):
        yield log.at(positions[start : start + _AT_ONCE])
