"""Referrals: a source recommends, the person reads it first, confirms who passed them on, and lists a card."""

from __future__ import annotations

from domain import referral as decide
from domain.company import CompanyRole
from domain.ids import CandidateId, CompanyId, ReferralId, consent_of
from domain.refusal import Refused
from domain.rules import listing
from domain.rules.licence import check_active
from marketplace.commands.office import Office, mail, once
from marketplace.importing.deny_list import forbidden_words
from marketplace.messages.outbox import Message, To
from marketplace.store.log import Appended, Command
from marketplace.vault.companion import companions
from marketplace.vault.records import Recommendation
from marketplace.vault.subject import Subject, SubjectKind


@once
def recommend(office: Office, command: Command, /, *, referral: ReferralId, source: CompanyId, text: str) -> Appended:
    """The source writes a recommendation; nobody but the person sees it before they have read it."""
    check_active(office.company(source).state, CompanyRole.SOURCE)
    loaded = office.referral(referral)
    if loaded.state.source != source:
        raise Refused("referral-unknown")
    who = loaded.state.candidate
    person = office.candidate(who)
    if not person.state.live:
        raise Refused("referral-ended")
    subject = Subject(SubjectKind.CANDIDATE, who)
    lexemes = office.vault.lexemes.seal(subject, [text], screen=forbidden_words)
    sealed = office.vault.sealer.seal(subject, Recommendation(text=text))
    event = decide.write_recommendation(loaded.state, ref=sealed.ref, commit=sealed.commit, lexemes_ref=lexemes.ref)
    rows = mail(command, Message(template="recommendation-written", to=To.CANDIDATE, recipient=who))
    # With the person's version: what is written while they are being erased would outlive their key.
    return office.log.append(
        command,
        {referral: (loaded.version, [event]), who: (person.version, [])},
        also=companions(sealed.row, lexemes.row, *rows),
    )


@once
def read_recommendation(
    office: Office, command: Command, /, *, referral: ReferralId, candidate: CandidateId, version: int
) -> Appended:
    """The person read this version and lets it be shown."""
    loaded = office.referral(referral)
    _mine(loaded.state, candidate)
    event = decide.read_recommendation(loaded.state, version=version)
    return office.log.append(command, {referral: (loaded.version, [event])})


@once
def confirm_ownership(office: Office, command: Command, /, *, referral: ReferralId, candidate: CandidateId) -> Appended:
    """The person confirms who passed them on."""
    loaded = office.referral(referral)
    _mine(loaded.state, candidate)
    events = decide.confirm_ownership(loaded.state, now=command.now, window_days=office.policy.ownership_window_days)
    return office.log.append(command, {referral: (loaded.version, events)})


@once
def publish_card(office: Office, command: Command, /, *, referral: ReferralId, candidate: CandidateId) -> Appended:
    """The person lists the anonymous card; the consent it rests on is checked in the same append (rule 1)."""
    loaded = office.referral(referral)
    _mine(loaded.state, candidate)
    person, consent = office.candidate(candidate), office.consent(candidate)
    event = listing.publish_card(loaded.state, person.state, consent.state, now=command.now)
    return office.log.append(
        command,
        {
            referral: (loaded.version, [event]),
            candidate: (person.version, []),
            consent_of(candidate): (consent.version, []),
        },
    )


@once
def suspend_card(office: Office, command: Command, /, *, referral: ReferralId, candidate: CandidateId) -> Appended:
    """The person takes the card out of the catalogue."""
    loaded = office.referral(referral)
    _mine(loaded.state, candidate)
    events = decide.suspend_card(loaded.state, cause="person")
    return office.log.append(command, {referral: (loaded.version, events)})


@once
def end(office: Office, command: Command, /, *, referral: ReferralId, source: CompanyId) -> Appended:
    """The source steps back; confirmed ownership keeps its window."""
    loaded = office.referral(referral)
    if loaded.state.source != source:
        raise Refused("referral-unknown")
    return office.log.append(command, {referral: (loaded.version, decide.end(loaded.state, cause="source"))})


def _mine(referral: decide.Referral, candidate: CandidateId) -> None:
    if referral.candidate != candidate:
        raise Refused("referral-unknown")
