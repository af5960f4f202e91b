"""The menu of whoever looks: the kinds `menu-…` of `marketplace/texts/words`, address and name, in their order."""

from __future__ import annotations

from api.policies import Actor
from domain.company import CompanyRole, MemberRole
from marketplace.texts.words import WORDS

MONEY = frozenset({MemberRole.ADMIN, MemberRole.FINANCE})


def parts(actor: Actor) -> list[str]:
    """Which parts of the site are this reader's own; the first is where they begin."""
    if actor.kind == "candidate": return ["candidate"]
    if actor.kind != "user" or actor.company is None: return []
    found = [str(role) for role in (CompanyRole.SOURCE, CompanyRole.HIRING) if role in actor.company_roles]
    if actor.operator:
        found.append("operator")
        if actor.role in MONEY: found.append("finance")
    return found


def _of_company(actor: Actor) -> list[str]:
    """One's own company, whatever it comes to do here."""
    if actor.kind != "user" or actor.company is None: return []
    return ["team" if actor.role is MemberRole.ADMIN else "member"]


def menu(actor: Actor, path: str) -> list[tuple[str, str, bool]]:
    """Address, English name, and whether the reader is there: the longest address that the path begins with."""
    entries = [entry for part in (*parts(actor), *_of_company(actor)) for entry in WORDS.get(f"menu-{part}", {}).items()]
    within = [address for address, _ in entries if path == address or path.startswith(f"{address}/")]
    here = max(within, key=len, default="")
    return [(address, name, address == here) for address, name in entries]
