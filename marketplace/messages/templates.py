"""What mails say: a subject and a body for each language, with plain {placeholders} that are filled once.

The HTML part is made from the same text, with everything escaped. A link stands on a line of its own and becomes one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from html import escape
from string import Formatter
from typing import Any

import msgspec

from domain.calendar import JST, jst_date
from domain.company import MemberRole
from marketplace.texts.catalogue import FOLDER, Language

LINKS = frozenset({"home", "legal", "link", "not_me", "sign_in", "stop", "team"})
"""The placeholders that are addresses of pages; in a text each stands on a line of its own."""

_WEEKDAYS = ("月", "火", "水", "木", "金", "土", "日")
_MIDNIGHT = (0, 0, 0, 0)


class Nature(StrEnum):
    """On what ground a mail may be sent (特定電子メール法3条)."""

    SERVICE = "service"
    """About what its reader did, or what became of their data or contract: no advertisement."""
    CONSENTED = "consented"
    """What others want of a candidate: only with a live consent to mail, and not while paused."""
    INVITATION = "invitation"
    """In a source's name to its former applicant (rule 4)."""


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of mail. `about`: the ids it needs; `roles`: who of a company reads it; `greets`: names its reader;
    `tries_dead_mailbox`: is sent even where mail has come back, for it opens the door.
    """

    nature: Nature = Nature.SERVICE
    about: tuple[str, ...] = ()
    roles: frozenset[MemberRole] = frozenset({MemberRole.ADMIN, MemberRole.RECRUITER})
    greets: bool = True
    after_erasure: bool = False
    tries_dead_mailbox: bool = False


_MONEY = frozenset({MemberRole.ADMIN, MemberRole.FINANCE})
_BOTH = frozenset({MemberRole.ADMIN, MemberRole.RECRUITER, MemberRole.FINANCE})
_SHARE = ("introduction",)
_HIRE = ("hire",)

# An invitation and a registration go to a mailbox that nobody has proved: neither names the person.
TEMPLATES: Mapping[str, Template] = {
    "invitation": Template(nature=Nature.INVITATION, about=("invitation", "company"), greets=False),
    "invitation-disowned": Template(about=("applicant",)),
    "verify-mailbox": Template(about=("registration",), greets=False),
    "already-registered": Template(),
    "welcome": Template(),
    "member-joined": Template(about=("company",)),
    "role-changed": Template(about=("company",)),
    "recovery-proposed": Template(about=("company",), roles=frozenset(MemberRole)),
    "recovery-stopped": Template(about=("company",), roles=frozenset(MemberRole)),
    "recovery-carried-out": Template(about=("company",), roles=frozenset(MemberRole)),
    "login": Template(tries_dead_mailbox=True),
    "contact-change": Template(about=("change", "contact"), greets=False),
    "contact-changed": Template(about=("contact",)),
    "channel-failed": Template(),
    "step-up": Template(about=("session",), tries_dead_mailbox=True),
    "passkey-added": Template(),
    "address-confirm": Template(about=("change",), greets=False),
    "address-changing": Template(about=("change",)),
    "ask": Template(nature=Nature.CONSENTED, about=_SHARE),
    "share-approved": Template(about=_SHARE),
    "share-disclosed": Template(about=_SHARE),
    "copy-received": Template(about=_SHARE),
    "conditions-changed": Template(about=(*_SHARE, "version")),
    "share-revoked": Template(about=_SHARE),
    "company-reminded": Template(about=_SHARE),
    "copy-closed": Template(about=_SHARE),
    "copy-closed-over": Template(about=_SHARE),
    "request-unanswered": Template(about=_SHARE),
    "question-asked": Template(about=_SHARE),
    "question-answered": Template(nature=Nature.CONSENTED, about=_SHARE),
    "interview-times": Template(about=_SHARE),
    "interview-agreed": Template(about=_SHARE),
    "interview-cancelled": Template(about=_SHARE),
    "recommendation-written": Template(nature=Nature.CONSENTED),
    "saved-search": Template(about=("search", "for_company", "since"), roles=frozenset(MemberRole)),
    "hire-reported": Template(about=_HIRE),
    "hire-confirmed": Template(about=_HIRE, roles=_BOTH),
    "leave-reported": Template(about=_HIRE, roles=_BOTH),
    "six-month-check": Template(about=_HIRE),
    "thanks-hired": Template(about=_HIRE),
    "invoice-issued": Template(about=("fee",), roles=_MONEY),
    "consent-withdrawn": Template(),
    "privacy-request": Template(about=("request",)),
    "privacy-answered": Template(about=("request",)),
    "erasure-certificate": Template(after_erasure=True),
    "merge-request": Template(about=("survivor",)),
}


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A mail as it reads."""

    language: Language
    subject: str
    text: str
    html: str


@cache
def texts() -> dict[str, Any]:
    """Template → language → subject and body; and the frame's parts → language."""
    found: dict[str, Any] = {}
    for path in sorted((FOLDER / "messages").glob("*.toml")):
        found.update(tomllib.loads(path.read_text("utf-8")))
    return found


def placeholders(text: str) -> frozenset[str]:
    """The names in a text. Raises ValueError for anything but a plain name: a text computes nothing."""
    found = [(name, form, how) for _, name, form, how in Formatter().parse(text) if name is not None]
    for name, form, how in found:
        if not name.isidentifier() or form or how:
            raise ValueError(f"not a plain name: {name}")
    return frozenset(name for name, _, _ in found)


def parts(template: str, language: Language) -> tuple[str, str]:
    """Subject and whole text of a template, frame included, not filled yet."""
    kind, said = TEMPLATES[template], texts()
    own = said[template][language]
    frame = [said["greeting"][language]] if kind.greets else []
    footer = said[f"footer-{kind.nature}"][language].replace("{sender}", said["sender"][language])
    return own["subject"], "\n\n".join([*frame, own["body"], footer])


def needed(template: str, language: Language) -> frozenset[str]:
    """What has to be known to write this mail."""
    return frozenset().union(*map(placeholders, parts(template, language)))


def render(template: str, language: Language, values: Mapping[str, str]) -> Letter:
    """The mail, filled. Raises KeyError for a value that is missing: a mail with a hole is not sent."""
    known = {name: one_line(value) for name, value in values.items()}
    subject, text = parts(template, language)
    if not known.get("name", "…"):
        text = text.removeprefix(texts()["greeting"][language]).lstrip("\n")
    links = {known[name] for name in LINKS & known.keys()}
    filled = text.format_map(known)
    return Letter(
        language=language,
        subject=one_line(subject.format_map(known)),
        text=filled + "\n",
        html=_html(filled, links, language),
    )


def one_line(text: str) -> str:
    """Without line breaks and other control characters: nothing that is put in begins a line or a header of its own."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def day(value: date, language: Language) -> str:
    """A business date with its weekday."""
    if language == "ja":
        return f"{value.year}年{value.month}月{value.day}日({_WEEKDAYS[value.weekday()]})"
    return f"{value:%A} {value.day} {value:%B %Y}"


def until(at: datetime, language: Language) -> str:
    """An exclusive deadline as people read it, in Japan's time: midnight is the last minute of the day before."""
    local = at.astimezone(JST)
    if (local.hour, local.minute, local.second, local.microsecond) == _MIDNIGHT:
        local -= timedelta(minutes=1)
    return moment(local, language)


def moment(at: datetime, language: Language) -> str:
    """A moment as people read it, in Japan's time."""
    local = at.astimezone(JST)
    said = day(jst_date(local), language)
    return f"{said} {local:%H:%M}" if language == "ja" else f"{said}, {local:%H:%M} JST"


def yen(amount_yen: int, language: Language) -> str:
    """An amount as people read it."""
    return f"{amount_yen:,}円" if language == "ja" else f"JPY {amount_yen:,}"


def _html(text: str, links: set[str], language: Language) -> str:
    paragraphs = [
        "<p>" + "<br>\n".join(_line(line, links) for line in paragraph.split("\n")) + "</p>"
        for paragraph in text.split("\n\n")
    ]
    head = f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"></head>\n<body>\n'
    return head + "\n".join(paragraphs) + "\n</body></html>\n"


def _line(line: str, links: set[str]) -> str:
    safe = escape(line)
    return f'<a href="{safe}">{safe}</a>' if line in links else safe
