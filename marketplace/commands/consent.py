"""All that a person permits or forbids. What follows for introductions is in the same append (rule 3)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from domain import consent as decide
from domain.calendar import JST
from domain.company import CompanyRole
from domain.consent import BlockCause, Consent, ConsentEvent, OutcomeLevel, Permission, Scope, WithdrawalCause
from domain.event import Event
from domain.ids import CandidateId, CompanyId, CompanyToken, IntroductionId, consent_of
from domain.introduction import ShareRevoked
from domain.refusal import Refused
from domain.rules import withdrawal
from domain.rules.withdrawal import Step
from marketplace.commands import privacy_request
from marketplace.commands.introduction import about
from marketplace.commands.office import Office, mail, once
from marketplace.messages.outbox import Message, To
from marketplace.store.log import Appended, Command
from marketplace.texts import consents as texts
from marketplace.vault import receipts
from marketplace.vault.companion import CompanionRow, companions
from projections import candidate_inbox
from projections.gate import tokens_of

Streams = dict[UUID, tuple[int, list[Event]]]


@once
def give(
    office: Office,
    command: Command,
    /,
    *,
    candidate: CandidateId,
    permission: Permission,
    level: OutcomeLevel | None,
    text_version: str,
    language: str,
) -> Appended:
    """The person agrees to exactly these words, for the listing period; a signed receipt is kept for them."""
    check_parts(office, permission, level)
    until = command.now + timedelta(days=office.policy.listing_days)
    words_of(office, permission, level, text_version, language, until.astimezone(JST).date().isoformat())
    receipt = _receipt(office, command, permission, level, text_version, language)
    loaded = office.consent(candidate)
    event = decide.give(
        loaded.state,
        candidate=candidate,
        permission=permission,
        level=level,
        text_version=text_version,
        language=language,
        expires_at=until,
        receipt=receipt.digest,
        now=command.now,
    )
    return office.log.append(
        command,
        {consent_of(candidate): (loaded.version, [event])},
        also=companions(_kept(candidate, receipt, command)),
    )


@once
def renew(office: Office, command: Command, /, *, candidate: CandidateId, permission: Permission) -> Appended:
    """The same consent for another listing period."""
    loaded = office.consent(candidate)
    grant = loaded.state.grant_of(permission)
    version, level = (grant.text_version, grant.level) if grant else (texts.CURRENT, None)
    if level is OutcomeLevel.NONE: raise Refused("consent-needs-no-renewal")
    language = grant.language if grant else "ja"
    receipt = _receipt(office, command, permission, level, version, language)
    event = decide.renew(
        loaded.state,
        permission,
        text_version=version,
        expires_at=command.now + timedelta(days=office.policy.listing_days),
        receipt=receipt.digest,
        now=command.now,
    )
    return office.log.append(
        command,
        {consent_of(candidate): (loaded.version, [event])},
        also=companions(_kept(candidate, receipt, command)),
    )


def check_parts(office: Office, permission: Permission, level: OutcomeLevel | None) -> None:
    """A consent names exactly what its scope needs: a source that there is, a channel, a level."""
    of_source = permission.scope in {Scope.RETAIN, Scope.OUTCOME_TO_SOURCE}
    whole = (
        of_source == (permission.company is not None)
        and (permission.scope is Scope.CHANNEL) == (permission.channel is not None)
        and (permission.scope is Scope.OUTCOME_TO_SOURCE) == (level is not None)
    )
    if not whole: raise Refused("consent-parts-wrong")
    if permission.company and CompanyRole.SOURCE not in office.company(permission.company).state.roles:
        raise Refused("source-unknown")


def words_of(
    office: Office, permission: Permission, level: OutcomeLevel | None, version: str, language: str, until: str
) -> str:
    """The words that this consent is given to. Refuses `consent-text-unknown`."""
    key = tuple(map(str, filter(None, (permission.scope, permission.channel, level))))
    company = office.company(permission.company).state.name if permission.company else ""
    return texts.words(version, key, language, company=company, until=until)


def _receipt(
    office: Office,
    command: Command,
    permission: Permission,
    level: OutcomeLevel | None,
    text_version: str,
    language: str,
) -> receipts.Receipt:
    controller = office.company(permission.company).state if permission.company else office.operator()
    return office.vault.receipts.issue(
        receipts.Consent(
            record=command.id,
            permission=permission,
            level=level,
            text_version=text_version,
            language=language,
            given_at=command.now,
            expires_at=command.now + timedelta(days=office.policy.listing_days),
            controller=receipts.Controller(id=controller.id, name=controller.name, contact_url=office.public_url),
            withdrawal_url=f"{office.public_url}/me/consents",
        )
    )


def _kept(candidate: CandidateId, receipt: receipts.Receipt, command: Command) -> CompanionRow:
    values = {
        "digest": receipt.digest,
        "candidate": str(candidate),
        "text": receipt.text,
        "issued_at": command.now.isoformat(),
    }
    return CompanionRow("consent_receipt", values)


@once
def withdraw(
    office: Office, command: Command, /, *, candidate: CandidateId, permissions: frozenset[Permission]
) -> Appended:
    """Taken back; it holds once acknowledged. Withdrawing the listing cancels every share not disclosed yet.

    Withdrawing what a source keeps asks that source to erase it, as the words of that consent promise.
    """
    loaded = office.consent(candidate)
    event = decide.withdraw(loaded.state, permissions, cause=WithdrawalCause.PERSON)
    rows = mail(command, Message(template="consent-withdrawn", to=To.CANDIDATE, recipient=candidate))
    kept_by = [each.company for each in event.permissions if each.scope is Scope.RETAIN and each.company]
    asked = privacy_request.ask(office, command, candidate, kept_by)
    return _with_what_follows(
        office, command, candidate, loaded.version, loaded.state, event, rows + asked.rows, asked.streams
    )


@once
def expire(office: Office, command: Command, /, *, candidate: CandidateId) -> Appended:
    """Write down the consents whose time ran out; they had stopped holding by themselves."""
    loaded = office.consent(candidate)
    over = [grant.permission for grant in loaded.state.grants if grant.expires_at <= command.now]
    events = [decide.expire(loaded.state, permission, now=command.now) for permission in over]
    streams: Streams = {consent_of(candidate): (loaded.version, list(events))}
    if any(permission.scope is Scope.LIST for permission in over):
        streams |= following(office, candidate, Step.UNLISTED)
    return office.log.append(command, streams)


@once
def pause(office: Office, command: Command, /, *, candidate: CandidateId) -> Appended:
    """The card is gone until the person resumes."""
    loaded = office.consent(candidate)
    event = decide.pause(loaded.state, candidate=candidate)
    return _with_what_follows(office, command, candidate, loaded.version, loaded.state, event, [])


@once
def resume(office: Office, command: Command, /, *, candidate: CandidateId) -> Appended:
    """The pause is over."""
    loaded = office.consent(candidate)
    return office.log.append(command, {consent_of(candidate): (loaded.version, [decide.resume(loaded.state)])})


@once
def block(
    office: Office, command: Command, /, *, candidate: CandidateId, corporate_number: str, cause: BlockCause
) -> Appended:
    """This company, on the relay or not, and its group never see the person; open copies close."""
    token = office.vault.blind.company_token(corporate_number)
    loaded = office.consent(candidate)
    event = decide.block(loaded.state, token, candidate=candidate, cause=cause)
    return _with_what_follows(office, command, candidate, loaded.version, loaded.state, event, [])


@once
def unblock(office: Office, command: Command, /, *, candidate: CandidateId, token: CompanyToken) -> Appended:
    """The person lifts a block."""
    loaded = office.consent(candidate)
    return office.log.append(command, {consent_of(candidate): (loaded.version, [decide.unblock(loaded.state, token)])})


def _with_what_follows(
    office: Office,
    command: Command,
    candidate: CandidateId,
    version: int,
    state: Consent,
    event: ConsentEvent,
    rows: list[CompanionRow],
    further: Streams | None = None,
) -> Appended:
    streams: Streams = {consent_of(candidate): (version, [event]), **(further or {})}
    if step := withdrawal.step_of(event):
        streams |= following(office, candidate, step, decide.evolve(state, event))
    return office.log.append(command, streams, also=companions(*rows, *closing(command, streams)))


def following(office: Office, candidate: CandidateId, step: Step, consent: Consent | None = None) -> Streams:
    """What becomes of the person's introductions that we know of; the reaction catches one that was being made."""
    with office.database.transaction() as connection:
        keys = candidate_inbox.unfinished(connection, candidate)
    streams: Streams = {}
    for key in keys:
        ask = office.introduction(IntroductionId(key))
        if step is Step.BLOCKED and consent is not None and not _is_blocked(office, consent, ask.state.hiring):
            continue
        if event := withdrawal.follows(step, ask.state):
            streams[key] = (ask.version, [event])
    return streams


def closing(command: Command, streams: Streams) -> list[CompanionRow]:
    """Whose copy closes is told so in the words of every closing, whatever the cause, and asked to confirm deletion."""
    closed = [
        (IntroductionId(key), event)
        for key, (_, events) in streams.items()
        for event in events
        if isinstance(event, ShareRevoked)
    ]
    return mail(
        command,
        *(
            Message(template="share-revoked", to=To.COMPANY, recipient=event.hiring, about=about(key))
            for key, event in closed
        ),
    )


def _is_blocked(office: Office, consent: Consent, hiring: CompanyId) -> bool:
    with office.database.transaction() as connection:
        return consent.blocks(tokens_of(connection, [hiring]))


@once
def follow(office: Office, command: Command, /, *, candidate: CandidateId, step: Step) -> Appended:
    """The same once more, after the projections have caught up with whatever was being asked at that moment."""
    consent = office.consent(candidate).state
    streams = following(office, candidate, step, consent)
    return office.log.append(command, streams, also=companions(*closing(command, streams)))
