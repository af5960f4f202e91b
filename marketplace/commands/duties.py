"""What a company owes the person it was introduced to: word in time, and the end of its copy (rule 3 keeps the gate shut)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from domain import selection
from domain.calendar import jst_date
from domain.event import Event, Recorded
from domain.events import AnyEvent
from domain.hire import Side
from domain.ids import IntroductionId
from domain.interview import InterviewAgreed, InterviewCancelled, InterviewTimesNamed
from domain.introduction import IdentityDisclosed, Introduction, StageReached
from domain.refusal import Refused
from marketplace.commands.candidate import lives_as
from marketplace.commands.introduction import about
from marketplace.commands.office import Office, mail, once
from marketplace.messages.outbox import Message, To
from marketplace.store.log import Appended, Command
from marketplace.vault.companion import companions
from marketplace.vault.disclosure import received
from marketplace.vault.records import AskNote, open_own


def why_asked(office: Office, state: Introduction) -> str | None:
    """Why the company asks for this very person, in its own words; None where it did not say or the words are gone."""
    if state.duties.why_ref is None: return None
    with office.database.transaction() as connection:
        try:
            subject = received(state.introduction)
            return open_own(office.vault.keyring, connection, subject, state.duties.why_ref, AskNote).text
        except Refused:
            return None


@once
def remind(office: Office, command: Command, /, *, introduction: IntroductionId) -> Appended:
    """The company has said nothing for too long: it is told by when its copy closes."""
    loaded = office.introduction(introduction)
    event = selection.remind(
        loaded.state,
        heard_on=_heard_on(office, introduction),
        today=jst_date(command.now),
        policy=office.policy,
        holidays=office.holidays,
    )
    told = Message(template="company-reminded", to=To.COMPANY, recipient=loaded.state.hiring, about=about(introduction))
    return office.log.append(command, {introduction: (loaded.version, [event])}, also=companions(*mail(command, told)))


@once
def close_unheard(office: Office, command: Command, /, *, introduction: IntroductionId) -> Appended:
    """The reminder was not answered: the company's copy closes, and the person is told."""
    return _close(office, command, introduction, selection.close_unheard, "copy-closed")


@once
def close_copy(office: Office, command: Command, /, *, introduction: IntroductionId) -> Appended:
    """The date to delete by has come: the company's copy closes, and the person is told."""
    return _close(office, command, introduction, selection.close_copy, "copy-closed-over")


Closing = Callable[..., Event]


def _close(
    office: Office, command: Command, introduction: IntroductionId, decide: Closing, template: str
) -> Appended:
    loaded = office.introduction(introduction)
    state = loaded.state
    event = decide(state, today=jst_date(command.now))
    what = about(introduction)
    rows = mail(
        command,
        Message(template="share-revoked", to=To.COMPANY, recipient=state.hiring, about=what),
        Message(template=template, to=To.CANDIDATE, recipient=lives_as(office, state.candidate), about=what),
    )
    return office.log.append(command, {introduction: (loaded.version, [event])}, also=companions(*rows))


def _heard_on(office: Office, introduction: IntroductionId) -> date:
    """The JST date on which the company last did something for this person; receiving the details is the first."""
    return max(jst_date(entry.meta.recorded_at) for entry in office.log.history(introduction) if _is_word(entry))


def _is_word(entry: Recorded[AnyEvent]) -> bool:
    match entry.event:
        case IdentityDisclosed() | StageReached():
            return True
        case InterviewTimesNamed(by=side) | InterviewAgreed(by=side) | InterviewCancelled(by=side):
            return side is Side.HIRING
        case _:
            return False
