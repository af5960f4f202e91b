"""Introductions: a company asks, the person answers, and only then, and not at once, anything is handed over."""

from __future__ import annotations

from datetime import date

from domain import arranging, selection
from domain.calendar import jst_date
from domain.consent import Consent
from domain.duties import RevokeCause
from domain.event import Event
from domain.frozen_terms import Terms
from domain.hire import Side
from domain.ids import (
    CandidateId,
    CompanyId,
    CompanyToken,
    IntroductionId,
    JobId,
    UserId,
    consent_of,
    introduction_of,
)
from domain.interview import Slot
from domain.introduction import (
    INITIAL,
    CancelCause,
    CloseCause,
    Introduction,
    Item,
    Seen,
    Stage,
    Status,
    evolve,
)
from domain.job import Job
from domain.refusal import Refused
from domain.rules import ownership, share, terms
from domain.wishes import AskReached
from marketplace.commands.candidate import contact, lives_as, profile
from marketplace.commands.office import Office, mail, once
from marketplace.commands.standing import look_around, recommended, sources_of
from marketplace.messages.outbox import Message, To
from marketplace.store.log import Appended, Command, Loaded
from marketplace.vault.companion import companions
from marketplace.vault.disclosure import received
from marketplace.vault.records import AskNote, Evidence


def number_of(introduction: IntroductionId) -> str:
    """The public 紹介番号, such as CR-48213-77102-30984: fifteen digits that follow from the id."""
    bits = introduction.int >> 78
    digits = f"{bits % 10**15:015d}"
    return f"CR-{digits[:5]}-{digits[5:10]}-{digits[10:]}"


@once
def request(
    office: Office,
    command: Command,
    /,
    *,
    candidate: CandidateId,
    hiring: CompanyId,
    tokens: frozenset[CompanyToken],
    job: JobId,
    job_version: int,
    by: UserId,
    items: frozenset[Item],
    why: str | None = None,
) -> Appended:
    """A company asks for a person and says why; terms freeze, and the person is asked in the same append, unless a rule says no."""
    round_no, previous = _last_round(office, candidate, hiring, job)
    around = look_around(office, command, candidate=candidate, hiring=hiring, job=job, tokens=tokens)
    referral, shared = recommended(office, candidate, hiring)
    frozen = quote(office, candidate=candidate, hiring=hiring, job=around.job, today=jst_date(command.now))
    key = introduction_of(candidate, hiring, job, round_no + 1)
    events: list[Event] = list(
        share.request(
            previous,
            around.standing,
            number=number_of(key),
            candidate=candidate,
            hiring=hiring,
            job=job,
            job_version=job_version,
            by=by,
            terms=frozen,
            items=items if referral else items - {Item.RECOMMENDATION},
            open_asks=_open_asks(office, around.standing.consent),
            policy=office.policy,
            at=command.now,
        )
    )
    state, blocked = evolve(INITIAL, events[0]), len(events) > 1  # type: ignore[arg-type]
    # Written whatever the answer will be, so that a decline, a block and silence end with the same mail.
    unanswered = Message(template="request-unanswered", to=To.COMPANY, recipient=hiring, about=about(key))
    rows = mail(command, unanswered, at=state.expires_at)
    if why:
        # Sealed for the person whom it is written to, whatever the answer: it goes when they are erased.
        sealed = office.vault.sealer.seal(received(key), AskNote(text=why), person=candidate)
        events.append(selection.explain(ref=sealed.ref, commit=sealed.commit))
        rows.append(sealed.row)
    if not blocked:
        now = around.standing
        events.append(
            selection.ask(
                state, profile_version=now.profile_version, ref=now.profile_ref, commit=now.profile_commit, now=command.now
            )
        )
        rows += mail(command, Message(template="ask", to=To.CANDIDATE, recipient=candidate, about=about(key)))
        around.rests_on[consent_of(candidate)] = (now.consent_version, [_reached(state, command)])
    return office.log.append(command, around.rests_on | shared | {key: (0, events)}, also=companions(*rows))


def _reached(asked: Introduction, command: Command) -> AskReached:
    """In the consent's stream, whose version every request rests on: of two at the same moment the second counts the first."""
    return AskReached(
        candidate=asked.candidate,
        introduction=asked.introduction,
        reached_at=command.now,
        expires_at=asked.expires_at or command.now,
    )


def _open_asks(office: Office, consent: Consent) -> int:
    """How many asks wait for the person, by their own streams: no projection that lags is asked."""
    running = (office.introduction(each.introduction).state for each in consent.wishes.reached)
    return sum(ask.status is Status.ASKED for ask in running)


def quote(office: Office, *, candidate: CandidateId, hiring: CompanyId, job: Job, today: date) -> Terms:
    """The terms that freeze if the company asks now (rule 6), its price among them. Refuses `job-unknown`, `job-not-open`."""
    if job.company != hiring:
        raise Refused("job-unknown")
    if not job.is_open:
        raise Refused("job-not-open")
    return terms.freeze(
        office.policy,
        salary_from_yen=job.conditions.annual_salary_from_yen,
        salary_to_yen=job.conditions.annual_salary_to_yen,
        sources=sources_of(office, candidate, hiring, today=today),
        on=today,
    )


def _last_round(office: Office, candidate: CandidateId, hiring: CompanyId, job: JobId) -> tuple[int, Introduction]:
    """The last round that there was; a new one has the next number, and its stream's id makes it the only one."""
    number, state = 0, INITIAL
    while (loaded := office.introduction(introduction_of(candidate, hiring, job, number + 1))).version:
        number, state = number + 1, loaded.state
    return number, state


def about(introduction: IntroductionId) -> dict[str, str]:
    """What a message about an introduction needs to know."""
    return {"introduction": str(introduction)}


@once
def approve(
    office: Office,
    command: Command,
    /,
    *,
    introduction: IntroductionId,
    by: CandidateId,
    items: frozenset[Item],
    seen: Seen,
    known_to_company: bool,
    times: tuple[Slot, ...] = (),
) -> Appended:
    """The candidate agrees to this very share; it can be undone until disclosure, which decides everything anew.

    With `times` they propose when to meet; the company sees them together with the details.
    """
    loaded = _asked(office, introduction, by)
    ask = loaded.state
    around = look_around(office, command, candidate=ask.candidate, hiring=ask.hiring, job=ask.job)
    event = share.approve(
        ask,
        around.standing,
        by=by,
        items=items,
        seen=seen,
        known_to_company=known_to_company,
        policy=office.policy,
        at=command.now,
    )
    events: list[Event] = [event]
    if times: events.append(arranging.name_times(evolve(ask, event), times, by=Side.CANDIDATE, now=command.now))
    _check_items_are_there(office, by, items)
    rows = mail(command, Message(template="share-approved", to=To.CANDIDATE, recipient=by, about=about(introduction)))
    return office.log.append(
        command, around.rests_on | {introduction: (loaded.version, events)}, also=companions(*rows)
    )


def _check_items_are_there(office: Office, candidate: CandidateId, items: frozenset[Item]) -> None:
    """What the person wants shown must have been filled in."""
    reach, words = contact(office, candidate), profile(office, candidate)
    there = {
        Item.NAME: reach.name,
        Item.EMAIL: reach.email,
        Item.PHONE: reach.phone,
        Item.CAREER: words and words.career,
        Item.EMPLOYER: words and words.employer,
        Item.SALARY_WISH: words and words.salary_wish_yen,
    }
    for item in sorted(items - {Item.RECOMMENDATION}):
        if not there[item]:
            raise Refused("item-not-there", item=str(item))


def _asked(office: Office, introduction: IntroductionId, by: CandidateId) -> Loaded[Introduction]:
    loaded = office.introduction(introduction)
    if loaded.state.candidate != by or loaded.state.seen is None:  # a blocked request never reached the person
        raise Refused("introduction-unknown")
    return loaded


@once
def show_anew(office: Office, command: Command, /, *, introduction: IntroductionId, by: CandidateId) -> Appended:
    """The person's profile is newer than the one this ask was made with: they are shown what would be handed over now."""
    loaded, person = _asked(office, introduction, by), office.candidate(by)
    now = person.state
    event = selection.ask(
        loaded.state,
        profile_version=now.profile_version,
        ref=now.profile_ref,
        commit=now.profile_commit,
        now=command.now,
    )
    return office.log.append(command, {introduction: (loaded.version, [event]), by: (person.version, [])})


@once
def decline(office: Office, command: Command, /, *, introduction: IntroductionId, by: CandidateId) -> Appended:
    """The candidate says no, and is not asked why."""
    loaded = _asked(office, introduction, by)
    event = share.decline(loaded.state, by=by, at=command.now)
    return office.log.append(command, {introduction: (loaded.version, [event])})


@once
def undo(office: Office, command: Command, /, *, introduction: IntroductionId, by: CandidateId) -> Appended:
    """The yes is taken back in time."""
    loaded = _asked(office, introduction, by)
    event = share.undo(loaded.state, by=by, at=command.now)
    return office.log.append(command, {introduction: (loaded.version, [event])})


@once
def expire(office: Office, command: Command, /, *, introduction: IntroductionId) -> Appended:
    """Silence means no."""
    loaded = office.introduction(introduction)
    event = share.expire(loaded.state, at=command.now)
    return office.log.append(command, {introduction: (loaded.version, [event])})


@once
def cancel(office: Office, command: Command, /, *, introduction: IntroductionId, cause: CancelCause) -> Appended:
    """Something ended the ask before disclosure."""
    loaded = office.introduction(introduction)
    event = share.cancel(loaded.state, cause)
    return office.log.append(command, {introduction: (loaded.version, [event])})


@once
def revoke(office: Office, command: Command, /, *, introduction: IntroductionId, by: CandidateId) -> Appended:
    """The person closes the company's copy, also one of a registration that was merged into theirs.

    The company is asked to confirm deletion.
    """
    loaded = office.introduction(introduction)
    if loaded.state.seen is None or lives_as(office, loaded.state.candidate) != by:
        raise Refused("introduction-unknown")
    event = share.revoke(loaded.state, RevokeCause.PERSON)
    rows = mail(
        command,
        Message(template="share-revoked", to=To.COMPANY, recipient=loaded.state.hiring, about=about(introduction)),
    )
    return office.log.append(command, {introduction: (loaded.version, [event])}, also=companions(*rows))


def _received(office: Office, introduction: IntroductionId, hiring: CompanyId) -> Loaded[Introduction]:
    loaded = office.introduction(introduction)
    if loaded.state.hiring != hiring:
        raise Refused("introduction-unknown")
    return loaded


@once
def confirm_deletion(
    office: Office, command: Command, /, *, introduction: IntroductionId, hiring: CompanyId, by: UserId
) -> Appended:
    """The company says that what it had taken out is deleted; where selection is over, its copy closes with it."""
    loaded = _received(office, introduction, hiring)
    events = selection.delete(loaded.state, by=by)
    return office.log.append(command, {introduction: (loaded.version, list(events))})


@once
def reach_stage(
    office: Office,
    command: Command,
    /,
    *,
    introduction: IntroductionId,
    hiring: CompanyId,
    stage: Stage,
    reached_on: date,
) -> Appended:
    """Selection goes on."""
    loaded = _received(office, introduction, hiring)
    event = selection.reach(loaded.state, stage, reached_on=reached_on, today=jst_date(command.now))
    return office.log.append(command, {introduction: (loaded.version, [event])})


@once
def close(
    office: Office, command: Command, /, *, introduction: IntroductionId, hiring: CompanyId, cause: CloseCause
) -> Appended:
    """Selection is over; whoever was not hired is forgotten by a date."""
    loaded = _received(office, introduction, hiring)
    events: list[Event] = [selection.close(loaded.state, cause)]
    today, calendar = jst_date(command.now), office.holidays
    asked = selection.ask_deletion(loaded.state, cause, today=today, policy=office.policy, holidays=calendar)
    if asked is not None: events.append(asked)
    return office.log.append(command, {introduction: (loaded.version, events)})


@once
def claim_prior_contact(
    office: Office,
    command: Command,
    /,
    *,
    introduction: IntroductionId,
    hiring: CompanyId,
    by: UserId,
    last_contact_on: date,
    evidence: str,
) -> Appended:
    """The company says that it knew the person already, with its proof.

    Of somebody who is being erased nothing is taken down any more; the company hears that the copy is closed, not why.
    """
    loaded = _received(office, introduction, hiring)
    person = office.candidate(loaded.state.candidate)
    if person.state.erasing: raise Refused("copy-not-open")
    sealed = office.vault.sealer.seal(received(introduction), Evidence(text=evidence), person=loaded.state.candidate)
    event = ownership.claim_prior_contact(
        loaded.state, by=by, last_contact_on=last_contact_on, evidence_ref=sealed.ref, today=jst_date(command.now)
    )
    # With the person's version: what is written while they are being erased would outlive its key.
    return office.log.append(
        command,
        {introduction: (loaded.version, [event]), loaded.state.candidate: (person.version, [])},
        also=companions(sealed.row),
    )


@once
def decide_prior_contact(
    office: Office, command: Command, /, *, introduction: IntroductionId, upheld: bool
) -> Appended:
    """The operator decides a claim of prior contact."""
    loaded = office.introduction(introduction)
    event = ownership.decide_prior_contact(loaded.state, by=Side.OPERATOR, upheld=upheld)
    return office.log.append(command, {introduction: (loaded.version, [event])})
