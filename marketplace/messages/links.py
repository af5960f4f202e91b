"""The addresses that mails lead to. Tokens are minted while a mail is written, so none lies readable in a table."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from marketplace.links import (
    AddressPurpose,
    Kind,
    mint_address_link,
    mint_contact_link,
    mint_login_link,
    mint_merge_link,
    mint_share_link,
    mint_step_up_link,
)

__all__ = [
    "AddressPurpose",
    "Kind",
    "mint_address_link",
    "mint_contact_link",
    "mint_login_link",
    "mint_merge_link",
    "mint_share_link",
    "mint_step_up_link",
]


def home(site: str) -> str:
    """The first page: whoever is signed in finds there what waits for them."""
    return f"{site}/"


def sign_in(site: str) -> str:
    """Where a sign-in link is asked for."""
    return f"{site}/sign-in"


def legal(site: str) -> str:
    """Who takes complaints, and how they are reached."""
    return f"{site}/legal"


def saved_searches(site: str) -> str:
    """Where somebody's saved searches are."""
    return f"{site}/hiring/saved-searches"


def stop_digest(site: str, search: UUID) -> str:
    """No more digests of a saved search: a page with one button, without signing in."""
    return f"{site}/digests/{search}"


def recovery(site: str) -> str:
    """Where the people of a company see who shall administer it, and may object."""
    return f"{site}/team/recovery"


def invitation(site: str, invitation: UUID) -> str:
    """The landing page of an invitation; it names no person and no application."""
    return f"{site}/i/{invitation}"


def not_me(site: str, invitation: UUID) -> str:
    """「心当たりがない」: a page with one button."""
    return f"{site}/i/{invitation}/not-me"


def registration(site: str, token: str) -> str:
    """Where a registration goes on once the mailbox is proved."""
    return f"{site}/register/{token}"


def erasure(site: str, candidate: UUID) -> str:
    """How an erasure stands, and its certificate; it opens without signing in and names no person."""
    return f"{site}/erasures/{candidate}"


def host(site: str) -> str:
    """The site's host as a name that a mail address may end in."""
    name = urlsplit(site).hostname or ""
    return name if any(c.isalpha() for c in name) and ":" not in name else "localhost"


def answer_until(expires_at: datetime, undo_until: datetime | None) -> datetime:
    """How long a share link opens: as long as there is something to answer or to undo."""
    return expires_at if undo_until is None else max(expires_at, undo_until)
