from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from domain import company, membership
from domain.company import CompanyRole, MemberJoined, MemberRole, RewardMode
from domain.corporate_number import is_corporate_number
from domain.ids import CompanyId, CompanyToken, VaultRef
from tests.domain.people_examples import (
    GROUP_NUMBER,
    GROUP_TOKEN,
    NUMBER,
    OTHER_TOKEN,
    OTHER_USER,
    REF,
    SOURCE,
    TOKEN,
    USER,
    a_company,
    licensed,
    refused,
)


def _admit(**changes: str) -> tuple[company.CompanyAdmitted, company.RolesGranted]:
    said = {"name": "みほん商事株式会社", "name_en": "Mihon", "corporate_number": NUMBER, "address": "東京都"} | changes
    return company.admit(
        company.INITIAL,
        company_id=CompanyId(SOURCE),
        token=CompanyToken(TOKEN),
        representative_ref=VaultRef(REF),
        roles=frozenset({CompanyRole.SOURCE}),
        **said,
    )


@pytest.mark.parametrize("number", ["1180301018771", "7000012050002"])
def test_a_published_corporate_number_is_one(number: str) -> None:
    assert is_corporate_number(number)


@pytest.mark.parametrize(
    "number", ["2180301018771", "1180301018772", "118030101877", "", "１１８０３０１０１８７７１", "T1180301018771"]
)
def test_a_wrong_check_digit_or_shape_is_none(number: str) -> None:
    assert not is_corporate_number(number)


def test_a_company_is_admitted_with_name_number_and_role() -> None:
    state = a_company(roles=frozenset({CompanyRole.SOURCE}))
    assert state.admitted
    assert state.corporate_number == NUMBER
    assert state.roles == {CompanyRole.SOURCE}
    assert state.tokens == {TOKEN}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "company-name-missing"),
        ({"address": ""}, "company-address-missing"),
        ({"corporate_number": "1234567890123"}, "corporate-number-wrong"),
    ],
)
def test_a_company_with_something_missing_is_not_admitted(changes: dict[str, str], code: str) -> None:
    with refused(code):
        _admit(**changes)


def test_a_company_is_admitted_once_and_never_without_a_role() -> None:
    with refused("company-role-missing"):
        company.grant_roles(a_company(), frozenset())
    with refused("company-not-admitted"):
        company.grant_roles(company.INITIAL, frozenset({CompanyRole.SOURCE}))


@pytest.mark.parametrize("number", ["13-ユ-31686", "13-ム-316864", "13ユ316864", "13-ユ-316864 ", "１３-ユ-316864"])
def test_a_licence_number_has_its_form(number: str) -> None:
    with refused("licence-number-wrong"):
        company.record_licence(a_company(), number=number, granted_on=date(2026, 4, 1), valid_until=date(2029, 3, 31))


def test_a_licence_holds_from_its_first_to_its_last_day() -> None:
    state = a_company(licensed())
    assert state.licence_on(date(2026, 3, 31)) is None
    assert state.licence_on(date(2026, 4, 1)) is not None
    assert state.licence_on(date(2029, 3, 31)) is not None
    assert state.licence_on(date(2029, 4, 1)) is None


def test_a_licence_does_not_end_before_it_begins() -> None:
    with refused("licence-dates-wrong"):
        company.record_licence(
            a_company(), number="13-ユ-316864", granted_on=date(2026, 4, 1), valid_until=date(2026, 4, 1)
        )


def test_a_registration_number_is_t_and_the_companys_own_number() -> None:
    event = company.record_invoice_registration(
        a_company(), t_number=f"T{NUMBER}", registered_from=date(2026, 4, 1)
    )
    assert a_company(event).t_number == f"T{NUMBER}"
    with refused("t-number-wrong"):
        company.record_invoice_registration(a_company(), t_number=NUMBER, registered_from=date(2026, 4, 1))
    with refused("t-number-of-another-company"):
        company.record_invoice_registration(
            a_company(), t_number=f"T{GROUP_NUMBER}", registered_from=date(2026, 4, 1)
        )


def test_a_group_is_declared_whole_and_says_who_left() -> None:
    declared = company.declare_group(a_company(), corporate_numbers=(GROUP_NUMBER,), tokens=(GROUP_TOKEN,))
    state = a_company(declared)
    assert state.tokens == {TOKEN, GROUP_TOKEN}
    smaller = company.declare_group(state, corporate_numbers=(), tokens=())
    assert smaller.left == (GROUP_TOKEN,)
    assert company.evolve(state, smaller).tokens == {TOKEN}


def test_a_group_names_each_other_company_once_and_not_itself() -> None:
    with refused("group-names-itself"):
        company.declare_group(a_company(), corporate_numbers=(NUMBER,), tokens=(TOKEN,))
    with refused("group-names-twice"):
        company.declare_group(
            a_company(), corporate_numbers=(GROUP_NUMBER, GROUP_NUMBER), tokens=(GROUP_TOKEN, OTHER_TOKEN)
        )
    with refused("corporate-number-wrong"):
        company.declare_group(a_company(), corporate_numbers=("123",), tokens=(GROUP_TOKEN,))


@pytest.mark.parametrize("days", [0, 29, 731])
def test_cooling_off_stays_within_what_is_decent(days: int) -> None:
    with refused("cooling-off-out-of-range"):
        company.set_cooling_off(a_company(), days)
    assert a_company(company.set_cooling_off(a_company(), 30)).cooling_off_days == 30


def test_credit_waits_for_a_legal_opinion_and_cash_for_a_licence() -> None:
    today = date(2027, 4, 1)
    with refused("legal-opinion-missing"):
        company.choose_reward_mode(a_company(), RewardMode.CREDIT, today=today)
    with refused("licence-not-valid"):
        company.choose_reward_mode(a_company(licensed(date(2027, 3, 31))), RewardMode.CASH, today=today)
    opinion = company.record_legal_opinion(a_company(), reward_mode=RewardMode.CREDIT, opinion_ref=REF)
    assert company.choose_reward_mode(a_company(opinion), RewardMode.CREDIT, today=today).reward_mode == "credit"
    assert company.choose_reward_mode(a_company(licensed()), RewardMode.CASH, today=today).reward_mode == "cash"
    with refused("legal-opinion-not-needed"):
        company.record_legal_opinion(a_company(), reward_mode=RewardMode.CASH, opinion_ref=REF)


def test_only_a_source_chooses_a_reward() -> None:
    hiring = a_company(licensed(), roles=frozenset({CompanyRole.HIRING}))
    with refused("company-is-no-source"):
        company.choose_reward_mode(hiring, RewardMode.CASH, today=date(2027, 4, 1))


def test_a_hiring_company_accepts_each_version_of_the_penalty_clause_once() -> None:
    accepted = a_company(company.disclose_penalty_clause(a_company(), terms_version=2))
    assert accepted.accepted_terms_version == 2
    with refused("terms-already-accepted"):
        company.disclose_penalty_clause(accepted, terms_version=2)
    with refused("company-does-not-hire"):
        company.disclose_penalty_clause(a_company(roles=frozenset({CompanyRole.SOURCE})), terms_version=1)


def test_the_last_administrator_cannot_leave_or_step_down() -> None:
    with refused("company-needs-an-admin"):
        membership.join(a_company(), user=USER, role=MemberRole.RECRUITER)
    admin = MemberJoined(user=USER, role=MemberRole.ADMIN)
    state = a_company(admin, MemberJoined(user=OTHER_USER, role=MemberRole.RECRUITER))
    with refused("company-needs-an-admin"):
        membership.leave(state, user=USER)
    with refused("company-needs-an-admin"):
        membership.join(state, user=USER, role=MemberRole.FINANCE)
    assert membership.leave(state, user=OTHER_USER).user == OTHER_USER
    two = company.evolve(state, membership.join(state, user=OTHER_USER, role=MemberRole.ADMIN))
    assert company.evolve(two, membership.leave(two, user=USER)).role_of(USER) is None


def test_a_member_joins_once_and_a_stranger_cannot_leave() -> None:
    state = a_company(MemberJoined(user=USER, role=MemberRole.ADMIN))
    with refused("member-already-joined"):
        membership.join(state, user=USER, role=MemberRole.ADMIN)
    with refused("member-unknown"):
        membership.leave(state, user=OTHER_USER)


def test_a_company_is_suspended_and_reinstated() -> None:
    suspended = a_company(company.suspend(a_company(), cause="licence-withdrawn"))
    assert suspended.suspended
    with refused("company-already-suspended"):
        company.suspend(suspended, cause="again")
    assert not company.evolve(suspended, company.reinstate(suspended)).suspended
    with refused("company-not-suspended"):
        company.reinstate(a_company())


def test_an_empty_stream_is_no_company() -> None:
    assert UUID(int=0) == company.INITIAL.id
    assert company.INITIAL.tokens == frozenset()
