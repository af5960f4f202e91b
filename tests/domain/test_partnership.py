from __future__ import annotations

from datetime import date

import pytest

from domain import partnership
from domain.ids import CompanyId
from domain.partnership import Partnership, PartnershipAgreed, SharingMode, SharingPolicy
from tests.domain.people_examples import HIRING, SOURCE, refused

TODAY = date(2027, 4, 1)


def _agree(
    *, fee_rate_bps: int = 2_500, no_hire_clause: bool = False, hiring: CompanyId = HIRING, until: date = TODAY
) -> PartnershipAgreed:
    return partnership.agree(
        partnership.INITIAL,
        source=SOURCE,
        hiring=hiring,
        nda_version=1,
        fee_rate_bps=fee_rate_bps,
        commission_rate_bps=2_000,
        valid_until=until,
        no_hire_clause=no_hire_clause,
        today=TODAY,
    )


def _agreed() -> Partnership:
    return partnership.evolve(partnership.INITIAL, _agree())


def test_a_partnership_holds_through_its_last_day() -> None:
    assert _agreed().in_force(TODAY)
    assert not _agreed().in_force(date(2027, 4, 2))
    assert not partnership.INITIAL.in_force(TODAY)


def test_an_agreement_not_to_hire_each_others_people_is_refused() -> None:
    with refused("no-hire-agreement"):
        _agree(no_hire_clause=True)


@pytest.mark.parametrize("fee_rate_bps", [0, -1, 5_001])
def test_a_fee_rate_stays_within_the_filed_table(fee_rate_bps: int) -> None:
    with refused("fee-rate-out-of-range"):
        _agree(fee_rate_bps=fee_rate_bps)


def test_a_partnership_needs_two_companies_and_some_time() -> None:
    with refused("partnership-with-itself"):
        _agree(hiring=SOURCE)
    with refused("partnership-already-over"):
        _agree(until=date(2027, 3, 31))


def test_a_partnership_ends_once() -> None:
    ended = partnership.evolve(_agreed(), partnership.end(_agreed(), today=TODAY))
    assert not ended.in_force(TODAY)
    with refused("partnership-not-in-force"):
        partnership.end(ended, today=TODAY)


def _shares(mode: SharingMode, *companies: CompanyId) -> SharingPolicy:
    start = partnership.INITIAL_SHARING_POLICY
    event = partnership.set_sharing_policy(start, source=SOURCE, mode=mode, companies=frozenset(companies))
    return partnership.evolve_sharing_policy(start, event)


def test_a_source_shares_with_all_with_these_or_with_all_but_these() -> None:
    assert partnership.INITIAL_SHARING_POLICY.shares_with(HIRING)
    assert _shares(SharingMode.OPEN).shares_with(HIRING)
    assert _shares(SharingMode.ONLY, HIRING).shares_with(HIRING)
    assert not _shares(SharingMode.ONLY, HIRING).shares_with(SOURCE)
    assert not _shares(SharingMode.NEVER, HIRING).shares_with(HIRING)
    assert _shares(SharingMode.NEVER, HIRING).shares_with(SOURCE)


@pytest.mark.parametrize(
    ("mode", "companies", "code"),
    [
        (SharingMode.ONLY, frozenset(), "sharing-policy-names-nobody"),
        (SharingMode.OPEN, frozenset({HIRING}), "sharing-policy-open-names-companies"),
        (SharingMode.NEVER, frozenset({SOURCE}), "sharing-policy-names-itself"),
    ],
)
def test_a_sharing_policy_that_says_nothing_clear_is_refused(
    mode: SharingMode, companies: frozenset[CompanyId], code: str
) -> None:
    with refused(code):
        partnership.set_sharing_policy(
            partnership.INITIAL_SHARING_POLICY, source=SOURCE, mode=mode, companies=companies
        )


def test_the_same_sharing_policy_twice_is_refused() -> None:
    with refused("sharing-policy-unchanged"):
        partnership.set_sharing_policy(
            _shares(SharingMode.OPEN), source=SOURCE, mode=SharingMode.OPEN, companies=frozenset()
        )
