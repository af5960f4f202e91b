"""What a person wishes for themselves: a pause with an end, a limit of open asks, 「転職先が決まりました」."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain import consent as decide
from domain import wishing
from domain.calendar import jst_date
from domain.consent import LIST, WithdrawalCause
from domain.event import Event
from domain.ids import CandidateId, consent_of
from domain.refusal import Refused
from domain.rules.withdrawal import Step
from marketplace.commands.consent import closing, following
from marketplace.commands.office import Office, mail, once
from marketplace.messages.outbox import Message, To
from marketplace.store.log import Appended, Command
from marketplace.vault.companion import companions

Streams = dict[UUID, tuple[int, list[Event]]]


@once
def pause(office: Office, command: Command, /, *, candidate: CandidateId, last_day: date | None) -> Appended:
    """The card is gone, until the person resumes or the last day is over; paused already, only the end moves."""
    loaded = office.consent(candidate)
    limited = wishing.limit_pause(candidate, last_day=last_day, today=jst_date(command.now))
    if loaded.state.paused:
        if loaded.state.wishes.pause_until == last_day: raise Refused("already-paused")
        return office.log.append(command, {consent_of(candidate): (loaded.version, [limited])})
    paused = decide.pause(loaded.state, candidate=candidate)
    streams: Streams = {consent_of(candidate): (loaded.version, [paused, limited])}
    streams |= following(office, candidate, Step.PAUSED, decide.evolve(loaded.state, paused))
    return office.log.append(command, streams, also=companions(*closing(command, streams)))


@once
def end_pause(office: Office, command: Command, /, *, candidate: CandidateId) -> Appended:
    """The last day of the pause is over."""
    loaded = office.consent(candidate)
    if not wishing.is_over(loaded.state, today=jst_date(command.now)): raise Refused("not-paused")
    return office.log.append(command, {consent_of(candidate): (loaded.version, [decide.resume(loaded.state)])})


@once
def limit_asks(office: Office, command: Command, /, *, candidate: CandidateId, most: int) -> Appended:
    """At most so many asks at once; those that wait already stay."""
    loaded = office.consent(candidate)
    event = wishing.limit_asks(loaded.state, candidate=candidate, most=most)
    return office.log.append(command, {consent_of(candidate): (loaded.version, [event])})


@once
def say_search_ended(office: Office, command: Command, /, *, candidate: CandidateId) -> Appended:
    """One tap; nothing is disclosed from now on, and after the time to undo the person is not listed any more."""
    loaded = office.consent(candidate)
    event = wishing.say_search_ended(
        loaded.state, candidate=candidate, undo_minutes=office.policy.undo_minutes, at=command.now
    )
    return office.log.append(command, {consent_of(candidate): (loaded.version, [event])})


@once
def undo_search_end(office: Office, command: Command, /, *, candidate: CandidateId) -> Appended:
    """Taken back in time; everything is as it was."""
    loaded = office.consent(candidate)
    event = wishing.undo_search_end(loaded.state, at=command.now)
    return office.log.append(command, {consent_of(candidate): (loaded.version, [event])})


@once
def end_search(office: Office, command: Command, /, *, candidate: CandidateId) -> Appended:
    """The time to undo is over: being listed is withdrawn, and with it every share that was not disclosed."""
    loaded = office.consent(candidate)
    ends_at = loaded.state.wishes.search_ends_at
    if ends_at is None: raise Refused("search-end-not-said")
    if command.now < ends_at: raise Refused("undo-still-possible")
    event = decide.withdraw(loaded.state, frozenset({LIST}), cause=WithdrawalCause.PERSON)
    streams: Streams = {consent_of(candidate): (loaded.version, [event])}
    streams |= following(office, candidate, Step.UNLISTED, decide.evolve(loaded.state, event))
    rows = mail(command, Message(template="consent-withdrawn", to=To.CANDIDATE, recipient=candidate))
    return office.log.append(command, streams, also=companions(*rows, *closing(command, streams)))
