"""The operator's own company: made with its first admin, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.company import MemberRole
from domain.ids import OPERATOR
from domain.refusal import Refused
from marketplace.commands import members
from marketplace.run.founding import found

if TYPE_CHECKING:
    from tests.marketplace.run.conftest import House

ABOUT = {
    "name": "見本運営株式会社",
    "name_en": "Mihon Operator",
    "corporate_number": "2010001000005",
    "address": "東京都見本区1-1",
    "representative": "運営 見本",
    "admin_name": "運営 担当",
}


def test_the_operator_is_admitted_with_its_first_admin(empty_house: House) -> None:
    found(empty_house.office, **ABOUT, email="admin@operator.example")
    ((member, record),) = members.members(empty_house.office, OPERATOR)
    assert member.role is MemberRole.ADMIN
    assert record is not None
    assert (record.name, record.email) == ("運営 担当", "admin@operator.example")


def test_a_mistyped_address_leaves_nothing_behind_that_would_be_in_the_way_of_the_next_attempt(empty_house: House) -> None:
    with pytest.raises(Refused, match="email-not-understood"):
        found(empty_house.office, **ABOUT, email="not-an-address")
    assert empty_house.office.log.position() == 0
    found(empty_house.office, **ABOUT, email="admin@operator.example")
    with pytest.raises(Refused, match="company-already-admitted"):
        found(empty_house.office, **ABOUT, email="admin@operator.example")
