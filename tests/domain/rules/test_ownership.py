"""Rule 7: one hire, one fee, and who earned it follows the ownership ladder."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain import introduction as intro
from domain.calendar import JST, Holidays
from domain.hire import OwnershipResolved, Share, Side
from domain.ids import CompanyId
from domain.introduction import Introduction
from domain.prior_contact import PriorContact
from domain.rules import ownership
from domain.rules.ownership import Claim
from tests.domain.share_examples import (
    NO_HOLIDAYS,
    OTHER_SOURCE,
    REF,
    SOURCE,
    USER,
    approved,
    disclosed,
    refused,
    terms,
    told,
)

CONFIRMED = datetime(2027, 3, 1, 9, 0, tzinfo=JST)
FIRST = Claim(source=SOURCE, confirmed_at=CONFIRMED, window_until=CONFIRMED + timedelta(days=365))
SECOND = Claim(
    source=OTHER_SOURCE, confirmed_at=CONFIRMED + timedelta(days=1), window_until=CONFIRMED + timedelta(days=366)
)
UNNAMED = CompanyId(UUID(int=999))
AFTERWARDS = date(2027, 5, 10)


def resolve(
    *claims: Claim, introduction: Introduction | None = None, offer: date = date(2027, 5, 1),
    today: date = AFTERWARDS,
) -> OwnershipResolved:
    return ownership.resolve(claims, introduction or disclosed(), offer_accepted_on=offer, today=today)


def all_to(source: object, reason: str, fee_bps: int = 10_000) -> OwnershipResolved:
    return OwnershipResolved(shares=(Share(source=source, share_bps=10_000),), reason=reason, fee_bps=fee_bps)  # type: ignore[arg-type]


def test_the_referral_the_candidate_confirmed_first_earns_the_fee() -> None:
    assert resolve(SECOND, FIRST) == all_to(SOURCE, "first-confirmed")
    assert resolve(FIRST) == all_to(SOURCE, "sole-claim")


def test_the_window_reaches_to_the_acceptance_of_the_offer_inclusive() -> None:
    assert FIRST.window_until == datetime(2028, 2, 29, 9, 0, tzinfo=JST)
    assert resolve(FIRST, offer=date(2028, 2, 29)) == all_to(SOURCE, "sole-claim")
    lapsed = OwnershipResolved(shares=(), reason="window-lapsed", fee_bps=10_000)
    assert resolve(FIRST, offer=date(2028, 3, 1)) == lapsed


def test_the_day_of_the_confirmation_itself_is_inside_the_window() -> None:
    assert resolve(FIRST, offer=date(2027, 3, 1)) == all_to(SOURCE, "sole-claim")


def test_when_the_first_window_is_over_the_next_confirmed_earns_it() -> None:
    assert resolve(FIRST, SECOND, offer=date(2028, 3, 1)) == all_to(OTHER_SOURCE, "sole-claim")


def test_a_referral_confirmed_after_the_request_earns_nothing_of_it() -> None:
    late = replace(FIRST, confirmed_at=datetime(2027, 4, 1, 10, 0, 1, tzinfo=JST))
    assert resolve(late) == OwnershipResolved(shares=(), reason="no-claim", fee_bps=10_000)
    in_time = replace(FIRST, confirmed_at=datetime(2027, 4, 1, 10, 0, tzinfo=JST))
    assert resolve(in_time) == all_to(SOURCE, "sole-claim")


def test_without_any_claim_the_fee_is_owed_and_no_source_earned_it() -> None:
    assert resolve() == OwnershipResolved(shares=(), reason="no-claim", fee_bps=10_000)


def test_two_confirmed_at_the_same_moment_go_to_a_person() -> None:
    with refused("ownership-contested"):
        resolve(FIRST, replace(SECOND, confirmed_at=CONFIRMED))


def test_nobody_earns_anything_before_a_disclosure() -> None:
    with refused("not-disclosed"):
        resolve(FIRST, introduction=approved())


def claim(
    *, last: date = date(2027, 3, 1), today: date = date(2027, 4, 9), introduction: Introduction | None = None
) -> intro.PriorContactClaimed:
    return ownership.claim_prior_contact(
        introduction or disclosed(), by=USER, last_contact_on=last, evidence_ref=REF, today=today
    )


def test_ownership_waits_until_no_prior_contact_can_be_proved_any_more() -> None:
    with refused("prior-contact-window-open"):
        resolve(FIRST, today=date(2027, 4, 9))
    assert resolve(FIRST, today=date(2027, 4, 10)) == all_to(SOURCE, "sole-claim")


def test_a_prior_contact_is_proved_within_five_business_days_after_disclosure() -> None:
    assert claim().last_contact_on == date(2027, 3, 1)
    with refused("prior-contact-window-closed"):
        claim(today=date(2027, 4, 10))
    golden_week = Holidays(
        days=frozenset({date(2027, 4, 29), date(2027, 5, 3), date(2027, 5, 4), date(2027, 5, 5)}),
        known_until=date(2027, 12, 31),
    )
    until = ownership.prior_contact_until(terms(), disclosed_on=date(2027, 4, 28), holidays=golden_week)
    assert until == date(2027, 5, 11)


@pytest.mark.parametrize(
    ("last", "code"),
    [(date(2027, 4, 2), "prior-contact-after-request"), (date(2026, 10, 2), "prior-contact-too-old")],
)
def test_a_prior_contact_lies_before_the_request_and_at_most_180_days_back(last: date, code: str) -> None:
    assert claim(last=date(2026, 10, 3)).last_contact_on == date(2026, 10, 3)
    assert claim(last=date(2027, 4, 1)).last_contact_on == date(2027, 4, 1)
    with refused(code):
        claim(last=last)


def test_a_prior_contact_is_claimed_once_and_only_of_someone_disclosed() -> None:
    with refused("prior-contact-already-claimed"):
        claim(introduction=told(claim(), since=disclosed()))
    with refused("not-disclosed"):
        claim(introduction=approved())


def test_an_undecided_prior_contact_goes_to_a_person() -> None:
    with refused("ownership-contested"):
        resolve(FIRST, introduction=told(claim(), since=disclosed()))


def decided(*, upheld: bool, fee_bps: int = 0) -> Introduction:
    claimed = told(claim(), since=disclosed())
    claimed = replace(claimed, frozen=replace(terms(), prior_contact_fee_bps=fee_bps))
    return told(ownership.decide_prior_contact(claimed, by=Side.OPERATOR, upheld=upheld), since=claimed)


def test_an_upheld_prior_contact_cancels_or_reduces_the_fee_by_the_frozen_terms() -> None:
    nothing = OwnershipResolved(shares=(), reason="prior-contact", fee_bps=0)
    assert resolve(FIRST, introduction=decided(upheld=True)) == nothing
    reduced = decided(upheld=True, fee_bps=4_000)
    assert resolve(FIRST, introduction=reduced) == all_to(SOURCE, "sole-claim", fee_bps=4_000)


def test_a_rejected_prior_contact_changes_nothing_and_need_not_wait() -> None:
    rejected = decided(upheld=False)
    assert rejected.prior_contact is PriorContact.REJECTED
    assert resolve(FIRST, introduction=rejected, today=date(2027, 4, 5)) == all_to(SOURCE, "sole-claim")


def test_only_the_operator_decides_and_only_what_was_claimed() -> None:
    with refused("operator-must-decide"):
        ownership.decide_prior_contact(told(claim(), since=disclosed()), by=Side.HIRING, upheld=True)
    with refused("prior-contact-not-claimed"):
        ownership.decide_prior_contact(disclosed(), by=Side.OPERATOR, upheld=True)


def test_a_person_may_split_a_contested_fee_among_those_who_claimed() -> None:
    halves = (Share(source=SOURCE, share_bps=5_000), Share(source=OTHER_SOURCE, share_bps=5_000))
    event = ownership.decide((FIRST, SECOND), halves, terms(), by=Side.OPERATOR, fee_bps=10_000)
    assert event == OwnershipResolved(shares=halves, reason="decided", fee_bps=10_000)
    assert ownership.decide((FIRST,), (), terms(), by=Side.OPERATOR, fee_bps=0).shares == ()
    with refused("share-without-claim"):
        ownership.decide((FIRST,), halves, terms(), by=Side.OPERATOR, fee_bps=10_000)
    with refused("operator-must-decide"):
        ownership.decide((FIRST, SECOND), halves, terms(), by=Side.HIRING, fee_bps=10_000)
    with refused("fee-part-out-of-range"):
        ownership.decide((FIRST, SECOND), halves, terms(), by=Side.OPERATOR, fee_bps=10_001)
    nothing_for_one = (replace(halves[0], share_bps=10_000), replace(halves[1], share_bps=0))
    for wrong in (halves[:1], (halves[0], halves[0]), nothing_for_one):
        with refused("shares-do-not-add-up"):
            ownership.decide((FIRST, SECOND), wrong, terms(), by=Side.OPERATOR, fee_bps=10_000)
    with refused("shares-do-not-add-up"):
        ownership.decide((FIRST, SECOND), halves, terms(), by=Side.OPERATOR, fee_bps=0)


def test_a_source_that_the_frozen_terms_do_not_name_earns_nothing_and_keeps_nobody_from_earning() -> None:
    merged_later = replace(FIRST, source=UNNAMED, confirmed_at=CONFIRMED - timedelta(days=1))
    assert resolve(merged_later, FIRST) == all_to(SOURCE, "sole-claim")
    assert resolve(merged_later).shares == ()
    with refused("source-not-in-terms"):
        all_of_it = (Share(source=UNNAMED, share_bps=10_000),)
        ownership.decide((merged_later, FIRST), all_of_it, terms(), by=Side.OPERATOR, fee_bps=10_000)


@given(st.permutations([FIRST, SECOND, replace(FIRST, confirmed_at=CONFIRMED + timedelta(days=3))]))
def test_the_order_in_which_claims_are_told_does_not_matter(claims: list[Claim]) -> None:
    assert resolve(*claims) == all_to(SOURCE, "first-confirmed")


@given(st.dates(min_value=date(2027, 1, 1), max_value=date(2028, 12, 31)))
def test_whatever_the_day_the_source_side_is_whole_or_nobodys(offer: date) -> None:
    event = resolve(FIRST, SECOND, offer=offer)
    assert sum(share.share_bps for share in event.shares) in {0, 10_000}
    assert event.fee_bps == 10_000
    assert bool(event.shares) == (date(2027, 3, 1) <= offer <= date(2028, 3, 1))


def test_the_proof_window_starts_the_day_after_disclosure() -> None:
    friday = date(2027, 4, 2)
    assert ownership.prior_contact_until(terms(), disclosed_on=friday, holidays=NO_HOLIDAYS) == date(2027, 4, 9)
