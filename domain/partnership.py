"""What two companies agreed, and with whom a source is willing to work."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import assert_never

import msgspec

from domain.event import Event
from domain.ids import NIL, CompanyId
from domain.refusal import Refused


class SharingMode(StrEnum):
    """Which hiring companies may see a source's own recommendation."""

    OPEN = "open"
    ONLY = "only"
    NEVER = "never"


class PartnershipAgreed(Event, frozen=True, kw_only=True):
    """Source and hiring company agreed on rates that differ from the defaults. Rates in basis points."""

    source: CompanyId
    hiring: CompanyId
    agreement_version: int
    nda_version: int
    fee_rate_bps: int
    commission_rate_bps: int
    valid_until: date


class PartnershipEnded(Event, frozen=True, kw_only=True):
    """From now on the defaults hold again; frozen terms are untouched (rule 6)."""


class SharingPolicySet(Event, frozen=True, kw_only=True):
    """Open to all, only these, or all but these (`never`). Limits the recommendation, never the candidate."""

    source: CompanyId
    mode: SharingMode
    companies: tuple[CompanyId, ...]


PartnershipEvent = PartnershipAgreed | PartnershipEnded
SharingPolicyEvent = SharingPolicySet

MOST_FEE_BPS = 5_000
"""The cap of a filed fee table (届出制手数料)."""
_WHOLE_BPS = 10_000


class Partnership(msgspec.Struct, frozen=True, kw_only=True):
    """What the two agreed last. `valid_until` is inclusive; None where nothing is agreed or it was ended."""

    source: CompanyId = CompanyId(NIL)
    hiring: CompanyId = CompanyId(NIL)
    agreement_version: int = 0
    nda_version: int = 0
    fee_rate_bps: int = 0
    commission_rate_bps: int = 0
    valid_until: date | None = None

    def in_force(self, day: date) -> bool:
        """Its rates hold instead of the defaults."""
        return self.valid_until is not None and day <= self.valid_until


class SharingPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """With whom a source shares its recommendation; open until it says otherwise."""

    source: CompanyId = CompanyId(NIL)
    mode: SharingMode = SharingMode.OPEN
    companies: frozenset[CompanyId] = frozenset()

    def shares_with(self, hiring: CompanyId) -> bool:
        """This hiring company may see the source's recommendation, if the candidate lets it."""
        match self.mode:
            case SharingMode.OPEN:
                return True
            case SharingMode.ONLY:
                return hiring in self.companies
            case SharingMode.NEVER:
                return hiring not in self.companies
            case _:
                assert_never(self.mode)


INITIAL = Partnership()
INITIAL_SHARING_POLICY = SharingPolicy()


def evolve(state: Partnership, event: PartnershipEvent) -> Partnership:
    """The partnership after `event`."""
    match event:
        case PartnershipAgreed():
            return Partnership(
                source=event.source,
                hiring=event.hiring,
                agreement_version=event.agreement_version,
                nda_version=event.nda_version,
                fee_rate_bps=event.fee_rate_bps,
                commission_rate_bps=event.commission_rate_bps,
                valid_until=event.valid_until,
            )
        case PartnershipEnded():
            return msgspec.structs.replace(state, valid_until=None)
        case _:
            assert_never(event)


def evolve_sharing_policy(_state: SharingPolicy, event: SharingPolicyEvent) -> SharingPolicy:
    """The sharing policy after `event`: always the last one set."""
    match event:
        case SharingPolicySet():
            return SharingPolicy(source=event.source, mode=event.mode, companies=frozenset(event.companies))
        case _:
            assert_never(event)


def agree(
    partnership: Partnership,
    *,
    source: CompanyId,
    hiring: CompanyId,
    nda_version: int,
    fee_rate_bps: int,
    commission_rate_bps: int,
    valid_until: date,
    no_hire_clause: bool,
    today: date,
) -> PartnershipAgreed:
    """Two companies agree on rates; each agreement has the next version.

    `no_hire_clause`: the paper says that they do not hire each other's people. Such agreements restrain competition
    for labour (独占禁止法) and the people concerned, and are refused whatever else they say.
    """
    if no_hire_clause: raise Refused("no-hire-agreement")
    if source == hiring: raise Refused("partnership-with-itself")
    if not 0 < fee_rate_bps <= MOST_FEE_BPS: raise Refused("fee-rate-out-of-range", most_percent=MOST_FEE_BPS // 100)
    if not 0 <= commission_rate_bps <= _WHOLE_BPS: raise Refused("commission-rate-out-of-range")
    if valid_until < today: raise Refused("partnership-already-over", valid_until=valid_until)
    return PartnershipAgreed(
        source=source,
        hiring=hiring,
        agreement_version=partnership.agreement_version + 1,
        nda_version=nda_version,
        fee_rate_bps=fee_rate_bps,
        commission_rate_bps=commission_rate_bps,
        valid_until=valid_until,
    )


def end(partnership: Partnership, *, today: date) -> PartnershipEnded:
    """Either side ends it; terms frozen before stay as they are (rule 6)."""
    if not partnership.in_force(today): raise Refused("partnership-not-in-force")
    return PartnershipEnded()


def set_sharing_policy(
    policy: SharingPolicy, *, source: CompanyId, mode: SharingMode, companies: frozenset[CompanyId]
) -> SharingPolicySet:
    """A source says who may see its recommendation. It never limits whether the person may list or be hired."""
    if source in companies: raise Refused("sharing-policy-names-itself")
    if mode is SharingMode.OPEN and companies: raise Refused("sharing-policy-open-names-companies")
    if mode is not SharingMode.OPEN and not companies: raise Refused("sharing-policy-names-nobody")
    if (mode, companies) == (policy.mode, policy.companies) and policy.source == source:
        raise Refused("sharing-policy-unchanged")
    return SharingPolicySet(source=source, mode=mode, companies=tuple(sorted(companies)))
