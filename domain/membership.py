"""Who acts for a company: people join, change role and leave, and hand over what they looked after. There is always an admin."""

from __future__ import annotations

from domain.company import Company, MemberJoined, MemberLeft, MemberRole, WorkHandedOver
from domain.ids import UserId
from domain.refusal import Refused

SELECTING = frozenset({MemberRole.ADMIN, MemberRole.RECRUITER, MemberRole.HIRING_MANAGER})
"""Who selects people: they ask for introductions or look after jobs."""


def join(company: Company, *, user: UserId, role: MemberRole) -> MemberJoined:
    """A person works for the company here, or changes role. There is always an administrator."""
    if not company.admitted: raise Refused("company-not-admitted")
    if company.role_of(user) is role: raise Refused("member-already-joined")
    if role is not MemberRole.ADMIN and not _admins(company) - {user}: raise Refused("company-needs-an-admin")
    return MemberJoined(user=user, role=role)


def check_from_outside(company: Company, role: MemberRole) -> None:
    """The operator appoints a company's first administrator; where one is, only its own people or a recovery do."""
    if role is MemberRole.ADMIN and _admins(company): raise Refused("recovery-needed")


def change_role(company: Company, *, user: UserId, role: MemberRole, from_outside: bool = False) -> MemberJoined:
    """A person who is here gets another role."""
    if company.role_of(user) is None: raise Refused("member-unknown")
    if from_outside: check_from_outside(company, role)
    return join(company, user=user, role=role)


def leave(company: Company, *, user: UserId) -> MemberLeft:
    """A person leaves; the last administrator cannot."""
    if company.role_of(user) is None: raise Refused("member-unknown")
    if not _admins(company) - {user}: raise Refused("company-needs-an-admin")
    return MemberLeft(user=user)


def hand_over(company: Company, *, user: UserId, to: UserId) -> WorkHandedOver:
    """What the person looked after is another's from now on: of somebody here who selects people."""
    if company.role_of(user) is None: raise Refused("member-unknown")
    role = company.role_of(to)
    if user == to or role is None: raise Refused("successor-unknown")
    if role not in SELECTING: raise Refused("member-does-not-select")
    return WorkHandedOver(user=user, to=to)


def looked_after_by(company: Company, user: UserId) -> UserId | None:
    """Who looks after what this person began: they themselves, or whoever it was handed to and is still here."""
    seen: set[UserId] = set()
    while company.role_of(user) is None:
        seen.add(user)
        following = company.handed_over.get(user)
        if following is None or following in seen: return None
        user = following
    return user


def _admins(company: Company) -> set[UserId]:
    return {member.user for member in company.members if member.role is MemberRole.ADMIN}
