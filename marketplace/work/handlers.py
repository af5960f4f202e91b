"""Which command carries out what a reaction or a timer is called for, by the names in `domain/reactions` and `projections/due`."""

from __future__ import annotations

from collections.abc import Mapping

from domain.candidate import CandidateErasureStarted, CandidatesMerged
from domain.consent import CompanyBlocked, ConsentExpired, ConsentWithdrawn, Paused
from domain.event import Recorded
from domain.events import AnyEvent
from domain.hire import OwnershipResolved
from domain.ids import ApplicantId, CandidateId, HireId, IntroductionId, JobId, RecoveryId
from domain.job import JobConditionsChanged
from domain.refusal import Refused
from domain.rules.withdrawal import Step, step_of
from marketplace.commands import (
    applicant,
    candidate,
    consent,
    disclosure,
    duties,
    hire,
    introduction,
    job,
    recovery,
    wish,
)
from marketplace.commands.job import lapse_cause
from marketplace.commands.office import Office, new_id
from marketplace.store.log import Command
from marketplace.work import money_handlers
from marketplace.work.react import Reaction
from marketplace.work.sweep import Timer
from projections import candidate_inbox


def follow_withdrawal(office: Office, command: Command, recorded: Recorded[AnyEvent]) -> None:
    """End or close what was being asked while the withdrawal was written (rule 3)."""
    match recorded.event:
        case CandidateErasureStarted():
            consent.follow(office, command, candidate=CandidateId(recorded.stream), step=Step.ERASED)
        case CandidatesMerged(absorbed=who):
            consent.follow(office, command, candidate=who, step=Step.UNLISTED)
        case ConsentWithdrawn() | ConsentExpired() | Paused() | CompanyBlocked() as event:
            if step := step_of(event):
                consent.follow(office, command, candidate=event.candidate, step=step)
        case _:
            pass


def lapse_asks(office: Office, command: Command, recorded: Recorded[AnyEvent]) -> None:
    """A material change of a job's conditions, or its end, lapses the asks that were not disclosed yet."""
    with office.database.transaction() as connection:
        asks = candidate_inbox.of_job(connection, JobId(recorded.stream))
    for n, key in enumerate(asks):
        mine = Command(id=new_id(command, "lapse", n), actor=command.actor, now=command.now)
        try:
            introduction.cancel(office, mine, introduction=IntroductionId(key), cause=lapse_cause(recorded.event))
        except Refused:
            continue  # answered, expired or disclosed meanwhile: nothing is left to lapse
    if isinstance(recorded.event, JobConditionsChanged):
        job.tell_in_selection(office, command, job_id=JobId(recorded.stream), version=recorded.event.version)


def place_candidate(office: Office, command: Command, recorded: Recorded[AnyEvent]) -> None:
    """After both sides confirmed and ownership is settled."""
    if isinstance(recorded.event, OwnershipResolved):
        candidate.place(office, command, hire=HireId(recorded.stream))


REACTIONS: Mapping[str, Reaction] = {
    "follow-withdrawal": follow_withdrawal,
    "lapse-asks": lapse_asks,
    "place-candidate": place_candidate,
    **money_handlers.REACTIONS,
}

TIMERS: Mapping[str, Timer] = {
    "send-invitation": lambda o, c, s: applicant.send_invitation(o, c, applicant=ApplicantId(s)),
    "recover-admin": lambda o, c, s: recovery.carry_out(o, c, recovery_id=RecoveryId(s)),
    "expire-consent": lambda o, c, s: consent.expire(o, c, candidate=CandidateId(s)),
    "end-pause": lambda o, c, s: wish.end_pause(o, c, candidate=CandidateId(s)),
    "end-search": lambda o, c, s: wish.end_search(o, c, candidate=CandidateId(s)),
    "expire-share": lambda o, c, s: introduction.expire(o, c, introduction=IntroductionId(s)),
    "disclose": lambda o, c, s: disclosure.disclose(o, c, introduction=IntroductionId(s)),
    "remind-company": lambda o, c, s: duties.remind(o, c, introduction=IntroductionId(s)),
    "close-unheard": lambda o, c, s: duties.close_unheard(o, c, introduction=IntroductionId(s)),
    "close-copy": lambda o, c, s: duties.close_copy(o, c, introduction=IntroductionId(s)),
    "resolve-ownership": lambda o, c, s: hire.resolve_ownership(o, c, hire=HireId(s)),
    "start-employment": lambda o, c, s: hire.start(o, c, hire=HireId(s)),
    "determine-leave": lambda o, c, s: hire.determine_leave(o, c, hire=HireId(s)),
    "check-six-months": lambda o, c, s: hire.check_six_months(o, c, hire=HireId(s)),
    **money_handlers.TIMERS,
}
