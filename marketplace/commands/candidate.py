"""What a candidate does with their own registration and profile, and what the relay does to it after a hire."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from domain import candidate as decide
from domain import referral
from domain.calendar import add_years, jst_date
from domain.candidate import ProfileFacts
from domain.event import Event
from domain.hire import EmploymentTerm
from domain.ids import CandidateId, HireId, IntroductionId, ReferralId
from domain.introduction import PENDING, CancelCause, Introduction, Item
from domain.referral import Referral
from domain.rules import listing, share
from marketplace.commands.office import Office, mail, once
from marketplace.importing.deny_list import forbidden_words
from marketplace.messages.outbox import Message, To
from marketplace.store.log import Appended, Command
from marketplace.vault import statutory
from marketplace.vault.companion import companions
from marketplace.vault.records import ContactRecord, ProfileRecord, Recommendation, SeekerRecord, open_own
from marketplace.vault.subject import Subject, SubjectKind
from projections import candidate_inbox, referral_board


class ProfileWords(msgspec.Struct, frozen=True, kw_only=True):
    """The person's own words; they go to the vault. Headline and career are searched, so they are screened."""

    headline: str
    career: str
    employer: str = ""
    salary_wish_yen: int | None = None
    links: tuple[str, ...] = ()


def own(candidate: CandidateId) -> Subject:
    """The holder of the person's own key."""
    return Subject(SubjectKind.CANDIDATE, candidate)


def lives_as(office: Office, candidate: CandidateId) -> CandidateId:
    """The registration under which the person is here now: this one, or the one that it was merged into."""
    while (survivor := office.candidate(candidate).state.merged_into) is not None:
        candidate = survivor
    return candidate


def contact(office: Office, candidate: CandidateId) -> ContactRecord:
    """How to reach the person. Refuses `record-gone` once they are erased."""
    state = office.candidate(candidate).state
    with office.database.transaction() as connection:
        return open_own(office.vault.keyring, connection, own(candidate), state.contact_ref, ContactRecord)


def profile(office: Office, candidate: CandidateId) -> ProfileRecord | None:
    """The person's profile in their own words, or None while there is none."""
    state = office.candidate(candidate).state
    if state.profile_version == 0:
        return None
    with office.database.transaction() as connection:
        return open_own(office.vault.keyring, connection, own(candidate), state.profile_ref, ProfileRecord)


def values_shown(office: Office, ask: Introduction, recommended: Referral | None) -> dict[Item, str]:
    """What the person is shown that a company would get: their contact, the profile of this ask, a recommendation."""
    reach, keyring = contact(office, ask.candidate), office.vault.keyring
    with office.database.transaction() as connection:
        words = (
            open_own(keyring, connection, own(ask.candidate), ask.profile_ref, ProfileRecord) if ask.profile_ref else None
        )
        said = (
            open_own(keyring, connection, own(ask.candidate), recommended.recommendation_ref, Recommendation).text
            if recommended
            else ""
        )
    wish_yen = words.salary_wish_yen if words else None
    return {
        Item.NAME: reach.name,
        Item.EMAIL: reach.email,
        Item.PHONE: reach.phone,
        Item.CAREER: words.career if words else "",
        Item.EMPLOYER: words.employer if words else "",
        Item.SALARY_WISH: "" if wish_yen is None else f"{wish_yen:,}",
        Item.RECOMMENDATION: said,
    }


@once
def save_profile(
    office: Office,
    command: Command,
    /,
    *,
    candidate: CandidateId,
    expected_version: int,
    words: ProfileWords,
    facts: ProfileFacts,
) -> Appended:
    """The next version of the profile: words sealed, lexemes keyed, codes in the event."""
    listing.check_facts(facts)
    loaded = office.candidate(candidate)
    subject = own(candidate)
    lexemes = office.vault.lexemes.seal(subject, [words.headline, words.career], screen=forbidden_words)
    sealed = office.vault.sealer.seal(subject, ProfileRecord(**msgspec.structs.asdict(words)))
    event = decide.save_profile(
        loaded.state,
        expected_version=expected_version,
        ref=sealed.ref,
        commit=sealed.commit,
        facts=facts,
        lexemes_ref=lexemes.ref,
    )
    return office.log.append(command, {candidate: (loaded.version, [event])}, also=companions(sealed.row, lexemes.row))


@once
def confirm_profile(office: Office, command: Command, /, *, candidate: CandidateId, version: int) -> Appended:
    """Still true."""
    loaded = office.candidate(candidate)
    return office.log.append(
        command, {candidate: (loaded.version, [decide.confirm_profile(loaded.state, version=version)])}
    )


@once
def seal_seeker_record(
    office: Office, command: Command, /, *, candidate: CandidateId, name: str, address: str, birth_date: date
) -> Appended:
    """Name, address and birth date for the seeker ledger, asked before the first introduction and sealed apart."""
    loaded = office.candidate(candidate)
    until = add_years(jst_date(command.now), office.policy.seeker_record_years + 1)
    sealed = statutory.seal(
        office.vault.sealer,
        "seeker-record",
        SeekerRecord(name=name, address=address, birth_date=birth_date),
        person=candidate,
        retain_until=until,
    )
    event = decide.seal_seeker_record(loaded.state, ref=sealed.ref, retain_until=until)
    return office.log.append(command, {candidate: (loaded.version, [event])}, also=companions(sealed.row))


@once
def place(office: Office, command: Command, /, *, hire: HireId) -> Appended:
    """After a hire that both sides confirmed: the person is left in peace (rule 12), the card goes, other asks end."""
    state = office.hire(hire).state
    who = lives_as(office, state.candidate)
    loaded = office.candidate(who)
    placed = decide.place(
        loaded.state,
        hire=hire,
        hiring=state.hiring,
        hired_on=state.started_on,
        is_indefinite=state.term is EmploymentTerm.INDEFINITE,
        no_solicitation_years=office.policy.no_solicitation_years,
    )
    streams: dict[UUID, tuple[int, list[Event]]] = {who: (loaded.version, [placed])}
    with office.database.transaction() as connection:
        referrals = referral_board.of_candidate(connection, who)
        asks = candidate_inbox.unfinished(connection, who)
    for each in referrals:
        theirs = office.referral(ReferralId(each.referral))
        if suspended := referral.suspend_card(theirs.state, cause="placed"):
            streams[each.referral] = (theirs.version, list(suspended))
    for key in asks:
        ask = office.introduction(IntroductionId(key))
        if key != state.introduction and ask.state.status in PENDING:
            streams[key] = (ask.version, [share.cancel(ask.state, CancelCause.PLACED)])
    # Whether a source may know is asked again when its mail is sent.
    thanks = [
        Message(template="thanks-hired", to=To.COMPANY, recipient=each.source, about={"hire": str(hire)})
        for each in referrals
    ]
    return office.log.append(command, streams, also=companions(*mail(command, *thanks)))
