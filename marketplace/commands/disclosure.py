"""Disclosure: after the undo window everything is decided anew, and only then the company's copy is sealed and handed over."""

from __future__ import annotations

from uuid import UUID

from domain.calendar import add_years, jst_date
from domain.consent import ConsentExercised
from domain.event import Event
from domain.ids import NIL, OPERATOR, CompanyId, IntroductionId, VaultRef, consent_of
from domain.introduction import IdentityDisclosed, Introduction, Item, Status
from domain.referral import Referral
from domain.rules import share
from domain.rules.share import Copy
from domain.standing import obstacle
from marketplace.commands.introduction import about
from marketplace.commands.office import Office, mail, once
from marketplace.commands.standing import Look, look_around, recommended
from marketplace.messages.outbox import Message, To
from marketplace.store.log import Appended, Command
from marketplace.vault.companion import CompanionRow, companions
from marketplace.vault.disclosure import Handed, Provision, Source, make_received_copy
from marketplace.vault.records import Party, Representative, open_own
from marketplace.vault.subject import Subject, SubjectKind

Streams = dict[UUID, tuple[int, list[Event]]]

ACQUISITION = "given-by-the-person-and-approved-for-this-share"
"""How the data was come by (取得の経緯), as a code."""

_NOTHING = Copy(
    items=(),
    ref=VaultRef(NIL),
    commit="",
    provided_ref=VaultRef(NIL),
    received_ref=VaultRef(NIL),
    provider=OPERATOR,
    acquisition="",
)


@once
def disclose(office: Office, command: Command, /, *, introduction: IntroductionId) -> Appended:
    """Everything is decided anew; then one append to introduction and consent, with the company's sealed copy.

    The append names every stream the decision rests on, so a withdrawal at the same moment is before it or after it.
    """
    loaded = office.introduction(introduction)
    ask = loaded.state
    around = look_around(office, command, candidate=ask.candidate, hiring=ask.hiring, job=ask.job)
    recommendation, shared = recommended(office, ask.candidate, ask.hiring)
    copy, rows = _copy(office, command, introduction, ask, around, recommendation)
    events: list[Event] = list(
        share.disclose(ask, around.standing, copy, policy=office.policy, holidays=office.holidays, at=command.now)
    )
    streams: Streams = around.rests_on | shared | {introduction: (loaded.version, events)}
    if not any(isinstance(event, IdentityDisclosed) for event in events):
        return office.log.append(command, streams)
    version = around.standing.consent_version
    exercised = ConsentExercised(candidate=ask.candidate, introduction=introduction, consent_version=version)
    streams[consent_of(ask.candidate)] = (version, [exercised])
    what = about(introduction)
    rows += mail(
        command,
        Message(template="share-disclosed", to=To.CANDIDATE, recipient=ask.candidate, about=what),
        Message(template="copy-received", to=To.COMPANY, recipient=ask.hiring, about=what),
    )
    return office.log.append(command, streams, also=companions(*rows))


def _copy(
    office: Office,
    command: Command,
    introduction: IntroductionId,
    ask: Introduction,
    around: Look,
    recommendation: Referral | None,
) -> tuple[Copy, list[CompanionRow]]:
    """Seal what is to be handed over, unless it will not be."""
    now = around.standing
    stale = ask.seen is None or ask.seen.profile_version != now.profile_version
    if ask.status is not Status.APPROVED or stale or obstacle(ask, now, command.now) is not None:
        return _NOTHING, []
    items = tuple(item for item in ask.approved if recommendation is not None or item is not Item.RECOMMENDATION)
    if not items:
        return _NOTHING, []
    ref = recommendation.recommendation_ref if recommendation else None
    handed = _hand_over(office, command, introduction, ask, items, ref)
    copy = Copy(
        items=items,
        ref=handed.copy.ref,
        commit=handed.copy.commit,
        provided_ref=handed.provided.ref,
        received_ref=handed.received.ref,
        provider=OPERATOR,
        acquisition=ACQUISITION,
    )
    return copy, [sealed.row for sealed in handed.all]


def _hand_over(
    office: Office,
    command: Command,
    introduction: IntroductionId,
    ask: Introduction,
    items: tuple[Item, ...],
    recommendation: VaultRef | None,
) -> Handed:
    person = office.candidate(ask.candidate).state
    until = add_years(jst_date(command.now), office.policy.provision_record_years)
    with office.database.transaction() as connection:
        return make_received_copy(
            office.vault.keyring,
            connection,
            introduction=introduction,
            candidate=ask.candidate,
            items=items,
            source=Source(
                contact=person.contact_ref,
                profile=person.profile_ref,
                profile_commit=person.profile_commit,
                recommendation=recommendation,
            ),
            provision=Provision(
                provider=_party(office, OPERATOR),
                receiver=_party(office, ask.hiring),
                acquisition=ACQUISITION,
                retain_until=until,
            ),
        )


def _party(office: Office, company: CompanyId) -> Party:
    state = office.company(company).state
    with office.database.transaction() as connection:
        person = open_own(
            office.vault.keyring,
            connection,
            Subject(SubjectKind.COMPANY, company),
            state.representative_ref,
            Representative,
        )
    return Party(name=state.name, address=state.address, representative=person.name)
