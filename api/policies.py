"""Who may do what: pure functions from facts about the actor and the resource to Allow or Deny. Every route names one.

What an actor may not know of is denied as `not-found`, exactly as if it were not there; what they know of but may not
do as `not-permitted`; and an actor nobody knows yet is asked to sign in, whether or not there is anything.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal
from uuid import UUID

import msgspec

from domain.company import CompanyRole, MemberRole
from domain.refusal import Refused

ActorKind = Literal["visitor", "user", "candidate", "key", "link"]


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks. A `user` stands for their session's company, a `key` for its own, a `link` for one introduction."""

    kind: ActorKind = "visitor"
    id: UUID | None = None
    company: UUID | None = None
    role: MemberRole | None = None
    company_roles: frozenset[CompanyRole] = frozenset()
    scopes: frozenset[str] = frozenset()
    introduction: UUID | None = None

    @property
    def text(self) -> str:
        """As it stands beside events. A link acts for its candidate."""
        return f"{'candidate' if self.kind == 'link' else self.kind}:{self.id}"

    @property
    def operator(self) -> bool:
        """Works for the company that runs the relay."""
        return CompanyRole.OPERATOR in self.company_roles


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """Who has to do with the thing that is asked for. Nobody: it is for everybody whom the policy lets in."""

    companies: frozenset[UUID] = frozenset()
    candidate: UUID | None = None
    introduction: UUID | None = None
    assigned: frozenset[UUID] | None = None
    """Of a job and what hangs on it: who looks after it. None: it hangs on no job."""


class Allow(msgspec.Struct, frozen=True):
    """Go on."""


class Deny(msgspec.Struct, frozen=True):
    """Stop, with a refusal's code."""

    code: str


Verdict = Allow | Deny
Policy = Callable[[Actor, Resource | None], Verdict]
"""A resource of None: there is no such thing."""

NOTHING = Resource()


def public(_actor: Actor, _resource: Resource | None) -> Verdict:
    """Everybody, signed in or not."""
    return Allow()


def signed_in(actor: Actor, resource: Resource | None) -> Verdict:
    """Every person with a session, about themselves."""
    if actor.kind not in {"user", "candidate"}: return Deny(_who_else(actor))
    return Deny("not-found") if resource is None else Allow()


def candidate(actor: Actor, resource: Resource | None) -> Verdict:
    """The candidate whom the resource is about; any candidate where it is about nobody."""
    if actor.kind in {"visitor", "link"}: return Deny("sign-in-needed")
    if resource is None: return Deny("not-found")
    if actor.kind != "candidate" or resource.candidate not in {None, actor.id}:
        return Deny("not-found" if _names_somebody(resource) else "not-permitted")
    return Allow()


def link_or_candidate(actor: Actor, resource: Resource | None) -> Verdict:
    """The candidate with a session, or the holder of the link to this very introduction."""
    if actor.kind != "link": return candidate(actor, resource)
    if resource is None or resource.introduction is None: return Deny("not-found")
    return Allow() if resource.introduction == actor.introduction else Deny("not-found")


def link(actor: Actor, _resource: Resource | None) -> Verdict:
    """Whoever holds a link that is live. What it opens is in the actor."""
    return Allow() if actor.kind == "link" else Deny("share-link-not-valid")


def company(
    *roles: MemberRole, scope: str | None = None, of: CompanyRole | None = None, operator_too: bool = False
) -> Policy:
    """People of a company with one of `roles` (none: any), and its keys with `scope`, about their own company's things.

    `of`: only companies of that kind. `operator_too`: the operator may, about everybody's. Without `scope` no key may.
    """

    def decide(actor: Actor, resource: Resource | None) -> Verdict:
        if actor.kind in {"visitor", "link"}: return Deny("sign-in-needed")
        if resource is None: return Deny("not-found")
        everywhere = operator_too and actor.operator
        if not everywhere and _names_somebody(resource) and actor.company not in resource.companies:
            return Deny("not-found")
        if actor.company is None: return Deny("not-permitted")
        if _is_another_managers(actor, resource): return Deny("not-found")
        if actor.kind == "key" and (scope is None or scope not in actor.scopes): return Deny("scope-missing")
        if actor.kind == "user" and roles and actor.role not in roles: return Deny("not-permitted")
        if of is not None and of not in actor.company_roles and not everywhere: return Deny("not-permitted")
        return Allow()

    return decide


def operator(*roles: MemberRole) -> Policy:
    """People of the company that runs the relay; for everybody else the thing is not there."""

    def decide(actor: Actor, resource: Resource | None) -> Verdict:
        if actor.kind in {"visitor", "link"}: return Deny("sign-in-needed")
        if actor.kind != "user" or not actor.operator or resource is None: return Deny("not-found")
        return Allow() if not roles or actor.role in roles else Deny("not-permitted")

    return decide


def either(*policies: Policy) -> Policy:
    """One of several is enough. Of their denials the one counts that comes from whom the resource concerns most."""
    order = ("not-permitted", "scope-missing", "not-found", "share-link-not-valid", "sign-in-needed")

    def decide(actor: Actor, resource: Resource | None) -> Verdict:
        verdicts = [policy(actor, resource) for policy in policies]
        codes = {verdict.code for verdict in verdicts if isinstance(verdict, Deny)}
        if len(codes) == 0 or any(isinstance(verdict, Allow) for verdict in verdicts): return Allow()
        return Deny(next((code for code in order if code in codes), "not-found"))

    return decide


def demand(verdict: Verdict) -> None:
    """Raises the refusal of a denial: for what only the body names, after the route's policy has let the actor in."""
    if isinstance(verdict, Deny): raise Refused(verdict.code)


def _is_another_managers(actor: Actor, resource: Resource) -> bool:
    """A hiring manager knows of no job but those they look after, and of nothing that hangs on another."""
    return actor.role is MemberRole.HIRING_MANAGER and resource.assigned is not None and actor.id not in resource.assigned


def _names_somebody(resource: Resource) -> bool:
    return bool(resource.companies) or resource.candidate is not None or resource.introduction is not None


def _who_else(actor: Actor) -> str:
    return "sign-in-needed" if actor.kind in {"visitor", "link"} else "not-permitted"
