"""Interview times: the company offers up to three or the candidate proposes them; the other side picks; either calls it off.

Each function takes `by`, the side that speaks, and `who`, its candidate or its company.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain import arranging
from domain.event import Event
from domain.hire import Side
from domain.ids import IntroductionId, VaultRef
from domain.interview import Slot
from domain.introduction import Introduction
from domain.refusal import Refused
from marketplace.commands.candidate import lives_as
from marketplace.commands.introduction import about
from marketplace.commands.office import Office, mail, once
from marketplace.messages.outbox import Message, To
from marketplace.store.log import Appended, Command, Loaded
from marketplace.vault.companion import CompanionRow, companions
from marketplace.vault.disclosure import received
from marketplace.vault.records import InterviewPlace, open_own


@once
def name_times(
    office: Office,
    command: Command,
    /,
    *,
    introduction: IntroductionId,
    by: Side,
    who: UUID,
    times: tuple[Slot, ...],
    place: str = "",
) -> Appended:
    """One side names times; where one is agreed already, it stands until the other side picks one of these.

    `place` is the company's: where the interview is, or the call's address.
    """
    loaded = _theirs(office, introduction, by, who)
    person = office.candidate(loaded.state.candidate)
    if person.state.erasing: raise Refused("copy-not-open")
    rows: list[CompanionRow] = []
    ref: VaultRef | None = None
    if place and by is Side.HIRING:
        sealed = office.vault.sealer.seal(
            received(introduction), InterviewPlace(text=place), person=loaded.state.candidate
        )
        ref, rows = sealed.ref, [sealed.row]
    event = arranging.name_times(loaded.state, times, by=by, place_ref=ref, now=command.now)
    rows += mail(command, _to_the_other("interview-times", loaded.state, by))
    # With the person's version: what is written while they are being erased would outlive its key.
    return office.log.append(
        command,
        {introduction: (loaded.version, [event]), loaded.state.candidate: (person.version, [])},
        also=companions(*rows),
    )


@once
def pick(
    office: Office,
    command: Command,
    /,
    *,
    introduction: IntroductionId,
    by: Side,
    who: UUID,
    naming: int,
    starts_at: datetime,
) -> Appended:
    """One of the times that the other side named, as it was seen (`naming`)."""
    loaded = _theirs(office, introduction, by, who)
    event = arranging.pick(loaded.state, by=by, naming=naming, starts_at=starts_at, now=command.now)
    both = [_to(side, "interview-agreed", loaded.state) for side in (Side.CANDIDATE, Side.HIRING)]
    return _append(office, command, loaded, event, both)


@once
def cancel(
    office: Office, command: Command, /, *, introduction: IntroductionId, by: Side, who: UUID
) -> Appended:
    """Called off; selection goes on, and times may be named anew."""
    loaded = _theirs(office, introduction, by, who)
    event = arranging.cancel(loaded.state, by=by)
    return _append(office, command, loaded, event, [_to_the_other("interview-cancelled", loaded.state, by)])


def place_of(office: Office, introduction: Introduction) -> str:
    """Where the interview that is agreed takes place, in the company's words; of times that wait, the place named with them."""
    interview = introduction.interview
    ref = interview.agreed_place_ref if interview.agreed else interview.place_ref
    if ref is None: return ""
    with office.database.transaction() as connection:
        keyring = office.vault.keyring
        return open_own(keyring, connection, received(introduction.introduction), ref, InterviewPlace).text


def _append(
    office: Office, command: Command, loaded: Loaded[Introduction], event: Event, messages: list[Message]
) -> Appended:
    rows = mail(command, *messages)
    return office.log.append(
        command, {loaded.state.introduction: (loaded.version, [event])}, also=companions(*rows)
    )


def _theirs(office: Office, introduction: IntroductionId, by: Side, who: UUID) -> Loaded[Introduction]:
    loaded = office.introduction(introduction)
    known = loaded.state.seen is not None  # a blocked request never reached the person
    ours = loaded.state.hiring == who if by is Side.HIRING else lives_as(office, loaded.state.candidate) == who
    if not known or not ours: raise Refused("introduction-unknown")
    return loaded


def _to_the_other(template: str, state: Introduction, by: Side) -> Message:
    return _to(Side.CANDIDATE if by is Side.HIRING else Side.HIRING, template, state)


def _to(side: Side, template: str, state: Introduction) -> Message:
    to, recipient = (To.COMPANY, state.hiring) if side is Side.HIRING else (To.CANDIDATE, state.candidate)
    return Message(template=template, to=to, recipient=recipient, about=about(state.introduction))
