"""Privacy requests: what a person asks of a source that holds their record, and how the source answers."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from domain import applying
from domain import privacy_request as decide
from domain.calendar import jst_date
from domain.event import Event
from domain.ids import NIL, CandidateId, CompanyId, PrivacyRequestId, referral_of
from domain.privacy_request import RequestKind, Status
from domain.refusal import Refused
from marketplace.commands import applicant as applicants
from marketplace.commands.office import Office, mail, new_id, once
from marketplace.messages.outbox import Message, To
from marketplace.store.log import Appended, Command, Loaded
from marketplace.vault.companion import CompanionRow, companions
from projections import privacy_requests

Streams = dict[UUID, tuple[int, list[Event]]]
BY_SESSION = "session"
"""How we know that it is that person: they were signed in."""


class Asked(msgspec.Struct, frozen=True):
    """New requests, and the mails that tell the sources."""

    streams: Streams
    rows: list[CompanionRow]


def ask(
    office: Office,
    command: Command,
    candidate: CandidateId,
    sources: Sequence[CompanyId],
    *,
    first: int = 0,
    kind: RequestKind = RequestKind.ERASE,
) -> Asked:
    """Ask each of these sources something of its own record of the person, who is signed in. Where it has none: nothing."""
    streams: Streams = {}
    rows: list[CompanionRow] = []
    for n, source in enumerate(sources, start=first):
        theirs = office.referral(referral_of(candidate, source)).state
        if theirs.applicant == NIL or applicants.load(office, theirs.applicant).state.erased:
            continue
        key = PrivacyRequestId(new_id(command, "privacy-request", n))
        received = decide.receive(
            decide.INITIAL,
            request_id=key,
            kind=kind,
            controller=source,
            candidate=candidate,
            applicant=theirs.applicant,
            today=jst_date(command.now),
        )
        checked = decide.check_identity(decide.evolve(decide.INITIAL, received), method=BY_SESSION)
        streams[key] = (0, [received, checked])
        about = {"request": str(key)}
        # The cause's own number, so that several requests of one command tell the same source each once.
        own = Command(id=key, actor=command.actor, now=command.now)
        rows += mail(own, Message(template="privacy-request", to=To.COMPANY, recipient=source, about=about))
    return Asked(streams, rows)


@once
def ask_source(
    office: Office, command: Command, /, *, candidate: CandidateId, source: CompanyId, kind: RequestKind
) -> Appended:
    """The person asks one source. Refuses `privacy-request-waits` while the last one of the kind is open."""
    if any(each.kind == kind and each.status != Status.COMPLETED for each in of_person(office, candidate, source)):
        raise Refused("privacy-request-waits")
    asked = ask(office, command, candidate, [source], kind=kind)
    if not asked.streams: raise Refused("no-record-to-claim")
    return office.log.append(command, asked.streams, also=companions(*asked.rows))


def of_person(office: Office, candidate: CandidateId, source: CompanyId) -> list[privacy_requests.Request]:
    """What the person asked of a source about the record that they claimed there, the newest first."""
    theirs = office.referral(referral_of(candidate, source)).state
    with office.database.transaction() as connection:
        return privacy_requests.of_record(connection, source, theirs.applicant)


def load(office: Office, request: PrivacyRequestId) -> Loaded[decide.PrivacyRequest]:
    """A request's stream."""
    return office.log.load(request, decide.INITIAL, decide.evolve)


def _own(office: Office, request: PrivacyRequestId, company: CompanyId) -> Loaded[decide.PrivacyRequest]:
    loaded = load(office, request)
    if loaded.state.controller != company: raise Refused("privacy-request-unknown")
    return loaded


@once
def answer(
    office: Office,
    command: Command,
    /,
    *,
    request: PrivacyRequestId,
    company: CompanyId,
    granted: bool,
    reason: str,
) -> Appended:
    """The source grants the request, or refuses it with a reason code."""
    loaded = _own(office, request, company)
    events: list[Event] = [decide.decide(loaded.state, granted=granted, reason=reason)]
    if loaded.state.kind is RequestKind.FEEDBACK:
        events.append(decide.complete(decide.evolve(loaded.state, events[0])))  # type: ignore[arg-type]
    told = Message(
        template="privacy-answered", to=To.CANDIDATE, recipient=loaded.state.candidate, about={"request": str(request)}
    )
    return office.log.append(
        command, {request: (loaded.version, events)}, also=companions(*mail(command, told))
    )


@once
def complete(office: Office, command: Command, /, *, request: PrivacyRequestId, company: CompanyId) -> Appended:
    """What was decided is done: a granted erasure destroys the source's own record in the same append."""
    loaded = _own(office, request, company)
    streams: Streams = {request: (loaded.version, [decide.complete(loaded.state)])}
    rows: list[CompanionRow] = []
    state = loaded.state
    if state.granted and state.kind is RequestKind.ERASE and state.applicant is not None:
        theirs = applicants.load(office, state.applicant)
        if theirs.state.imported and not theirs.state.erased:
            streams[state.applicant] = (theirs.version, list(applying.erase(theirs.state, cause="privacy-request")))
            rows.append(applicants.destroying(command, state.applicant))
    return office.log.append(command, streams, also=companions(*rows))
