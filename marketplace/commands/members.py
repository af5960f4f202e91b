"""The people of a company: what each holds, another role, leaving, and handing over what they looked after."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from domain import job as jobs
from domain import membership
from domain.company import Company, Member, MemberJoined, MemberLeft, MemberRole
from domain.event import Event
from domain.ids import CompanyId, JobId, UserId, VaultRef
from domain.refusal import Refused
from marketplace.commands.office import Office, mail, once
from marketplace.messages.outbox import Message, To
from marketplace.store.log import Appended, Command
from marketplace.vault.companion import CompanionRow, companions
from marketplace.vault.records import MemberRecord, open_many
from marketplace.vault.subject import Subject, SubjectKind
from projections import introduction_board
from projections.introduction_board import UnderWay


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What a person holds for the company: jobs they look after, introductions they began, and live keys they made."""

    jobs: tuple[JobId, ...]
    introductions: tuple[UnderWay, ...]
    keys: tuple[str, ...]

    @property
    def needs_a_successor(self) -> bool:
        """Somebody has to look after it when the person leaves. Keys just end."""
        return bool(self.jobs or self.introductions)


def members(office: Office, company_id: CompanyId) -> list[tuple[Member, MemberRecord | None]]:
    """Who acts for the company, with name and address; None where the record is gone."""
    several = office.company(company_id).state.members
    wanted = [(Subject(SubjectKind.COMPANY_USER, each.user), VaultRef(each.user)) for each in several]
    with office.database.transaction() as connection:
        known = open_many(office.vault.keyring, connection, wanted, MemberRecord)
    return [(each, known.get(VaultRef(each.user))) for each in several]


def since(office: Office, company_id: CompanyId) -> dict[UserId, datetime]:
    """Since when each of the company's people has been there; another role is no new beginning."""
    found: dict[UserId, datetime] = {}
    for recorded in office.log.history(company_id):
        match recorded.event:
            case MemberJoined(user=user):
                found.setdefault(user, recorded.meta.recorded_at)
            case MemberLeft(user=user):
                found.pop(user, None)
            case _:
                pass
    return found


def held_by(office: Office, company_id: CompanyId, user: UserId, now: datetime) -> Held:
    """What the person holds for the company at this moment."""
    company = office.company(company_id).state
    with office.database.transaction() as connection:
        assigned = connection.execute(
            "SELECT subject FROM gate WHERE what = 'assigned' AND object = %s AND open ORDER BY subject", (user,)
        ).fetchall()
        begun = introduction_board.under_way(connection, company_id, now)
        keys = connection.execute(
            "SELECT label FROM api_key WHERE made_by = %s AND company = %s AND revoked_at IS NULL AND expires_at > %s"
            " ORDER BY made_at, id",
            (user, company_id, now),
        ).fetchall()
    own = [JobId(row[0]) for row in assigned]
    return Held(
        jobs=tuple(each for each in own if office.job(each).state.company == company_id),
        introductions=tuple(each for each in begun if membership.looked_after_by(company, each.requested_by) == user),
        keys=tuple(row[0] for row in keys),
    )


@once
def change_role(
    office: Office, command: Command, /, *, company_id: CompanyId, user: UserId, role: MemberRole, from_outside: bool = False
) -> Appended:
    """The person gets another role. Whoever no longer selects people looks after no job any more. A mail tells them."""
    loaded = office.company(company_id)
    event = membership.change_role(loaded.state, user=user, role=role, from_outside=from_outside)
    streams: dict[Any, tuple[int, list[Event]]] = {company_id: (loaded.version, [event])}
    if role not in membership.SELECTING:
        streams |= _released(office, held_by(office, company_id, user, command.now).jobs, user)
    told = Message(template="role-changed", to=To.USER, recipient=user, about={"company": str(company_id)})
    rows = [CompanionRow("member", _row(company_id, user, role, left_at=None)), *mail(command, told)]
    return office.log.append(command, streams, also=companions(*rows))


@once
def leave(
    office: Office,
    command: Command,
    /,
    *,
    company_id: CompanyId,
    user: UserId,
    hand_over_to: UserId | None = None,
) -> Appended:
    """The person no longer works for the company here, and another looks after what they did.

    In the same append their sessions for it, sign-in links and keys end (`relay_member_left`).
    """
    loaded = office.company(company_id)
    left = membership.leave(loaded.state, user=user)
    held = held_by(office, company_id, user, command.now)
    streams = _released(office, held.jobs, user)
    events: list[Event] = []
    if hand_over_to is not None:
        events.append(membership.hand_over(loaded.state, user=user, to=hand_over_to))
        _taken_over(office, streams, hand_over_to, loaded.state.role_of(hand_over_to))
    elif held.needs_a_successor:
        raise Refused("successor-missing")
    role = loaded.state.role_of(user)
    member = _row(company_id, user, role or MemberRole.VIEWER, left_at=command.now.isoformat())
    several = {**streams, company_id: (loaded.version, [*events, left])}
    return office.log.append(command, several, also=companions(CompanionRow("member", member)))


def called(office: Office, company: Company) -> dict[UserId, str]:
    """The names of the company's people; of one whose record is gone, their address or nothing."""
    return {each.user: known.name or known.email for each, known in members(office, company.id) if known}


def _released(office: Office, held: tuple[JobId, ...], user: UserId) -> dict[Any, tuple[int, list[Event]]]:
    loaded = {each: office.job(each) for each in held}
    return {key: (each.version, [jobs.release(each.state, user)]) for key, each in loaded.items()}


def _taken_over(
    office: Office, streams: dict[Any, tuple[int, list[Event]]], to: UserId, role: MemberRole | None
) -> None:
    for key, (_, events) in streams.items():
        state = office.job(key).state
        if to not in state.assigned: events.append(jobs.assign(state, to, role))


def _row(company_id: CompanyId, user: UserId, role: MemberRole, *, left_at: str | None) -> dict[str, Any]:
    return {"user_id": str(user), "company": str(company_id), "role": str(role), "left_at": left_at}
