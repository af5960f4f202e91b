"""The companies: what they are called, what they may do, with whom a source shares its own recommendations."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec.structs import replace

from domain.company import (
    CompanyAdmitted,
    CompanyReinstated,
    CompanySuspended,
    InvoiceRegistrationRecorded,
    LicenceRecorded,
    PenaltyClauseDisclosed,
    RewardModeChosen,
    RolesGranted,
)
from domain.event import Recorded
from domain.events import AnyEvent
from domain.partnership import SharingPolicySet
from projections.projection import Projection


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """One company."""

    company: UUID
    name: str = ""
    name_en: str = ""
    corporate_number: str = ""
    roles: tuple[str, ...] = ()
    licence_number: str | None = None
    licence_until: date | None = None
    t_number: str | None = None
    reward_mode: str | None = None
    suspended: bool = False
    terms_accepted_at: datetime | None = None
    """When a hiring company last accepted fee table, refund scheme and penalty clause (違約金規約)."""
    sharing_mode: str = "open"
    sharing_companies: tuple[UUID, ...] = ()


_OWN = (
    CompanyAdmitted,
    RolesGranted,
    LicenceRecorded,
    InvoiceRegistrationRecorded,
    RewardModeChosen,
    CompanySuspended,
    CompanyReinstated,
    PenaltyClauseDisclosed,
)


def touches(entry: Recorded[AnyEvent]) -> Iterable[UUID]:
    """The company itself, and the source whose sharing policy was set."""
    if isinstance(entry.event, _OWN):
        yield entry.stream
    elif isinstance(entry.event, SharingPolicySet):
        yield entry.event.source


def fold(key: UUID, row: Company | None, entry: Recorded[AnyEvent]) -> Company:
    """What the company is after the event."""
    row = row or Company(company=key)
    match entry.event:
        case CompanyAdmitted(name=name, name_en=name_en, corporate_number=number):
            return replace(row, name=name, name_en=name_en, corporate_number=number)
        case RolesGranted(roles=roles):
            return replace(row, roles=tuple(map(str, roles)))
        case LicenceRecorded(number=number, valid_until=until):
            return replace(row, licence_number=number, licence_until=until)
        case InvoiceRegistrationRecorded(t_number=t_number):
            return replace(row, t_number=t_number)
        case RewardModeChosen(reward_mode=mode):
            return replace(row, reward_mode=mode)
        case CompanySuspended():
            return replace(row, suspended=True)
        case CompanyReinstated():
            return replace(row, suspended=False)
        case PenaltyClauseDisclosed():
            return replace(row, terms_accepted_at=entry.meta.recorded_at)
        case SharingPolicySet(mode=mode, companies=companies):
            return replace(row, sharing_mode=mode, sharing_companies=companies)
        case _:
            return row


PROJECTION = Projection(name="directory", row=Company, key="company", touches=touches, fold=fold)


def names(connection: psycopg.Connection[Any], companies: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """The Japanese and English name of each company."""
    found = connection.execute(
        "SELECT company, name, name_en FROM directory WHERE company = ANY(%s)", (list(set(companies)),)
    )
    return {company: (name, name_en) for company, name, name_en in found}


def normal(text: str) -> str:
    """As names are compared: full and half width, case and spaces make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def named(connection: psycopg.Connection[Any], wanted: str, most: int) -> list[Company]:
    """The companies in whose name `wanted` (see `normal`) stands, or whose number it is, by name."""
    row = connection.execute("SELECT coalesce(json_agg(d ORDER BY d.name), '[]')::text FROM directory d").fetchone()
    everybody = msgspec.json.decode(row[0] if row else "[]", type=list[Company])
    found = (each for each in everybody if wanted in normal(each.name) or wanted in normal(each.name_en))
    return [*(each for each in everybody if each.corporate_number == wanted), *found][:most]


def belonging(connection: psycopg.Connection[Any], tokens: Iterable[UUID]) -> list[UUID]:
    """The companies on the relay that one of these tokens belongs to, or whose group it is in."""
    found = connection.execute(
        "SELECT DISTINCT subject FROM gate WHERE what = 'belongs' AND open AND object = ANY(%s) ORDER BY subject",
        (list(set(tokens)),),
    )
    return [row[0] for row in found]


def everyone(connection: psycopg.Connection[Any]) -> list[Company]:
    """All companies, by number of the register; for the operator."""
    row = connection.execute(
        "SELECT coalesce(json_agg(d ORDER BY d.corporate_number), '[]')::text FROM directory d"
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Company])
