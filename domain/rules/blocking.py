"""Rule 5: a blocked company, the current employer, and the groups of both never see, count or receive the person.

Nor does anybody who works for one of them through another company. Companies are compared by the keyed digests of
their corporate numbers, so a block can mean a company that is not on the relay.
"""

from __future__ import annotations

from collections.abc import Iterable

from domain.company import Company
from domain.consent import Consent
from domain.ids import CompanyId, CompanyToken, UserId
from domain.refusal import Refused
from domain.viewer import Viewer

Tokens = frozenset[CompanyToken]


def tokens_of(served: Iterable[Company], known: Iterable[Company] = ()) -> Tokens:
    """The tokens of these companies and of their whole groups.

    `known` are other companies that declared a group. One declaration is enough, whichever side made it, and groups
    that share a company are one group.
    """
    tokens: Tokens = frozenset[CompanyToken]().union(*(company.tokens for company in served))
    circles = [company.tokens for company in known]
    while touching := [circle for circle in circles if circle & tokens and not circle <= tokens]:
        tokens = tokens.union(*touching)
    return tokens


def viewer_of(user: UserId, company: Company, *, serves: Iterable[Company], known: Iterable[Company] = ()) -> Viewer:
    """Who looks: with the tokens of every company the user serves, not only of the one they look for now."""
    role = company.role_of(user)
    if role is None: raise Refused("member-unknown")
    return Viewer(user=user, company=company.id, role=role, tokens=tokens_of((company, *serves), known))


def may_see(consent: Consent, viewer: Viewer) -> bool:
    """This viewer may see and count the person at all; the catalogue's SQL is held equal to this by a law test."""
    return not consent.ended and not consent.blocks(viewer.tokens)


def may_receive(consent: Consent, company: CompanyId, tokens: Tokens) -> None:
    """Refuses a disclosure, mail or document for a company that is blocked, itself or by its group."""
    if consent.blocks(tokens): raise Refused("company-blocked", company=str(company))
