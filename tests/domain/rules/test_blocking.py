from __future__ import annotations

from uuid import UUID

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from domain.company import Company, GroupDeclared, MemberJoined, MemberRole
from domain.consent import ConsentWithdrawn, WithdrawalCause
from domain.ids import CompanyId, CompanyToken
from domain.rules import blocking
from tests.domain.people_examples import (
    CANDIDATE,
    GROUP_NUMBER,
    GROUP_TOKEN,
    OTHER_TOKEN,
    SOURCE,
    TOKEN,
    USER,
    a_company,
    a_consent,
    blocked,
    refused,
)

ADMIN = MemberJoined(user=USER, role=MemberRole.ADMIN)
GROUP = GroupDeclared(corporate_numbers=(GROUP_NUMBER,), tokens=(GROUP_TOKEN,), left=())
OTHER = Company(id=CompanyId(UUID(int=99)), token=OTHER_TOKEN)


def test_a_blocked_company_never_sees_the_person() -> None:
    viewer = blocking.viewer_of(USER, a_company(ADMIN), serves=())
    assert blocking.may_see(a_consent(), viewer)
    assert not blocking.may_see(a_consent(blocked(TOKEN)), viewer)


def test_nor_does_a_company_of_the_same_group() -> None:
    viewer = blocking.viewer_of(USER, a_company(ADMIN, GROUP), serves=())
    assert viewer.tokens == {TOKEN, GROUP_TOKEN}
    assert not blocking.may_see(a_consent(blocked(GROUP_TOKEN)), viewer)


def test_one_declaration_is_enough_whichever_side_made_it() -> None:
    declaring = Company(id=CompanyId(UUID(int=98)), token=GROUP_TOKEN, group_tokens=frozenset({TOKEN}))
    assert blocking.tokens_of([a_company()], [declaring]) == {TOKEN, GROUP_TOKEN}


def test_nor_does_anybody_who_works_for_it_through_another_company() -> None:
    viewer = blocking.viewer_of(USER, a_company(ADMIN), serves=(OTHER,))
    assert viewer.company == SOURCE
    assert viewer.role is MemberRole.ADMIN
    assert not blocking.may_see(a_consent(blocked(OTHER_TOKEN)), viewer)


def test_companies_that_have_nothing_in_common_stay_apart() -> None:
    assert blocking.tokens_of([a_company()], [OTHER]) == {TOKEN}


def test_nothing_of_an_erased_person_is_seen() -> None:
    erased = ConsentWithdrawn(candidate=CANDIDATE, permissions=(), cause=WithdrawalCause.ERASURE)
    assert not blocking.may_see(a_consent(erased), blocking.viewer_of(USER, a_company(ADMIN), serves=()))


def test_a_stranger_to_the_company_does_not_look_for_it() -> None:
    with refused("member-unknown"):
        blocking.viewer_of(USER, a_company(), serves=())


def test_nothing_is_given_to_a_blocked_company() -> None:
    blocking.may_receive(a_consent(), SOURCE, frozenset({TOKEN}))
    with refused("company-blocked"):
        blocking.may_receive(a_consent(blocked(TOKEN)), SOURCE, frozenset({TOKEN, GROUP_TOKEN}))


_tokens = st.integers(1, 6).map(lambda number: CompanyToken(UUID(int=number)))
_circles = st.lists(st.tuples(_tokens, st.frozensets(_tokens, max_size=2)), max_size=5)


@settings(max_examples=40)
@for_all(_circles, _tokens, _tokens)
def test_belonging_to_a_group_is_mutual(
    circles: list[tuple[CompanyToken, frozenset[CompanyToken]]], one: CompanyToken, other: CompanyToken
) -> None:
    known = [
        Company(id=CompanyId(token), token=token, group_tokens=group_tokens) for token, group_tokens in circles
    ]

    def group_of(token: CompanyToken) -> frozenset[CompanyToken]:
        return blocking.tokens_of([Company(id=CompanyId(token), token=token)], known)

    assert (other in group_of(one)) is (one in group_of(other))
