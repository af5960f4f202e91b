"""The pictures of the pages say the numbers of the walked town, to each person only those that are theirs."""

from __future__ import annotations

import re
from html import unescape
from typing import get_args
from uuid import UUID, uuid4

import pytest

from domain.company import MemberRole
from domain.fee import FeeEvent
from domain.ids import CompanyId, UserId
from domain.viewer import Viewer
from marketplace.texts.words import WORDS
from projections import fees, introduction_board, ledger, referral_board
from tests.api.pages.town import Town

FEE_ON, TODAY = "Tuesday 1 December 2026", "Friday 11 December 2026"


def pictured(town: Town, who: str, path: str) -> dict[str, list[list[str]]]:
    """Title → rows of the pictures of a page, as read in English."""
    text = town.english(who, town.filled(path))
    found: dict[str, list[list[str]]] = {}
    for figure in re.findall(r'<figure class="picture">(.*?)</figure>', text, re.DOTALL):
        assert "<svg" in figure
        rows = re.findall(r"<tr>(.*?)</tr>", figure, re.DOTALL)[1:]
        found[re.findall("<figcaption>(.*?)</", figure)[0]] = [
            [unescape(re.sub("<[^>]*>", "", cell)).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]
            for row in rows
        ]
    return found


def viewer(town: Town, role: str) -> Viewer:
    company = CompanyId(UUID(town.ids[role]))
    return Viewer(user=UserId(uuid4()), company=company, role=MemberRole.ADMIN, tokens=frozenset())


def test_a_source_sees_how_far_its_people_came_as_far_as_they_let_it(walked: Town) -> None:
    assert pictured(walked, "source", "/source")["From the invitation to the hire"] == [
        ["Invited by you", "2", "—"],
        ["Registered, also by the neutral link", "1", "0 days"],
        ["Hired, where the person lets you know", "1", "0 days"],
    ]


def test_a_source_sees_what_it_earned_over_time(walked: Town) -> None:
    assert pictured(walked, "source", "/source/earnings")["What recommending earned"] == [
        ["Earned", FEE_ON, "¥1,386,000"],
    ]


def test_a_hiring_company_sees_its_way_from_the_request_to_the_hire(walked: Town) -> None:
    assert pictured(walked, "hiring", "/hiring")["From the request to the hire"] == [
        ["Asked", "1", "—"],
        ["Approved, details received", "1", "0 days"],
        ["Selection begun", "1", "0 days"],
        ["Hired, confirmed by both sides", "1", "0 days"],
    ]


@pytest.mark.parametrize("said", ["", "?agency_yen=", "?agency_yen=-5", "?agency_yen=many"])
def test_what_hiring_cost_stands_alone_until_somebody_says_what_an_agency_takes(walked: Town, said: str) -> None:
    ours = [["Here", FEE_ON, "¥1,980,000"], ["Here", TODAY, "¥1,980,000"]]
    assert pictured(walked, "hiring", f"/hiring{said}")["What hiring cost, with tax"] == ours


def test_what_an_agency_takes_by_the_readers_number_stands_beside_it(walked: Town) -> None:
    page = walked.english("hiring", "/hiring?agency_yen=2310000")
    assert 'value="2310000"' in page, "the number is there to be changed"
    assert pictured(walked, "hiring", "/hiring?agency_yen=2310000")["What hiring cost, with tax"] == [
        ["Here", FEE_ON, "¥1,980,000"],
        ["Here", TODAY, "¥1,980,000"],
        ["With an agency, by your number", FEE_ON, "¥2,310,000"],
        ["With an agency, by your number", TODAY, "¥2,310,000"],
    ]


def test_an_introduction_says_what_its_hire_costs_and_not_how_it_is_shared(walked: Town) -> None:
    path = "/hiring/introductions/{introduction}"
    assert pictured(walked, "hiring", path) == {
        "What this hire costs": [["Fee", "¥1,800,000"], ["Consumption tax", "¥180,000"], ["Total with tax", "¥1,980,000"]]
    }
    assert "1,386,000" not in walked.english("hiring", walked.filled(path))


def test_finance_sees_where_the_fees_go(walked: Town) -> None:
    assert pictured(walked, "operator", "/finance")["Where the fees go"] == [
        ["Source companies", "¥1,386,000"],
        ["The operator’s commission", "¥540,000"],
        ["Consumption tax of the operator", "¥54,000"],
        ["Total with tax", "¥1,980,000"],
    ]


def test_finance_follows_one_introduction_through_an_account(walked: Town) -> None:
    path = "/finance/ledger?introduction={introduction}"
    assert pictured(walked, "operator", path) == {
        "Receivable from hiring companies of this introduction": [[FEE_ON, "Fee accrued", "¥1,980,000", "¥1,980,000"]]
    }
    assert pictured(walked, "operator", f"{path}&account=commission") == {
        "Commission of the operator of this introduction": [[FEE_ON, "Fee accrued", "−¥540,000", "−¥540,000"]]
    }
    assert walked.filled(path) in walked.browsers["operator"].get("/finance").links


def test_an_introduction_without_money_says_when_there_will_be_some(walked: Town) -> None:
    page = walked.english("operator", f"/finance/ledger?introduction={uuid4()}")
    assert "<figure" not in page
    assert "No line here. The first is written when a fee is owed" in page


def test_the_operator_sees_after_how_many_days_people_answer(walked: Town) -> None:
    rows = pictured(walked, "operator", "/operator")["How soon people answer"]
    assert [row[1] for row in rows] == ["1", "0", "0", "0", "0", "0", "0", "0"]


def test_who_was_erased_is_counted_no_more(walked: Town) -> None:
    with walked.house.database.transaction() as connection, connection.transaction(force_rollback=True):
        assert referral_board.registered(connection, viewer(walked, "source")).registered == 1
        connection.execute(
            "INSERT INTO gate (subject, what, object, open, position) SELECT candidate, 'erased', %s, true, 1"
            " FROM referral_board ON CONFLICT DO NOTHING",
            (UUID(int=0),),
        )
        counted = referral_board.registered(connection, viewer(walked, "source"))
    assert (counted.registered, counted.days) == (0, None)


def test_who_did_not_answer_is_asked_and_no_more_and_days_are_the_median(walked: Town) -> None:
    again = (
        "INSERT INTO introduction_board SELECT (jsonb_populate_record(b, jsonb_build_object('introduction', %s::uuid,"
        " 'disclosed_at', b.disclosed_at + %s::interval, 'begun_at', b.begun_at + %s::interval))).*"
        " FROM introduction_board b WHERE b.introduction = %s"
    )
    first, silent, received = UUID(walked.ids["introduction"]), uuid4(), uuid4()
    with walked.house.database.transaction() as connection, connection.transaction(force_rollback=True):
        connection.execute(again, (silent, None, None, first))
        connection.execute(again, (received, "3 days", "7 days", first))
        came = introduction_board.passage(connection, viewer(walked, "hiring"))
    assert (came.asked, came.received, came.begun, came.hired) == (3, 2, 2, 1)
    assert (came.received_days, came.begun_days, came.hired_days) == (1.5, 2.0, 0.0)


def test_nobody_counts_another_companys_introductions_or_money(walked: Town) -> None:
    introduction = UUID(walked.ids["introduction"])
    with walked.house.database.transaction() as connection:
        source, hiring = viewer(walked, "source"), viewer(walked, "hiring")
        assert introduction_board.passage(connection, source).asked == 0
        assert ledger.owed_by(connection, source) == []
        assert fees.of_introduction(connection, source, introduction) == []
        assert [each.total_yen for each in fees.of_introduction(connection, hiring, introduction)] == [1_980_000]
        assert fees.of_introduction(connection, hiring, uuid4()) == []
        assert referral_board.registered(connection, hiring).registered == 0


def test_every_event_that_moves_a_fees_money_has_its_word() -> None:
    memo = {
        "fee-held", "invoice-requested", "invoice-issued", "invoice-voided", "payable-offset", "release-scheduled",
        "reversal-requested", "reversal-fell-short", "refund-requested", "refund-voided", "prepayment-spent", "credit-counted",
        "clawback-offset", "payable-released",
    }  # fmt: skip
    moving = {str(each.__struct_config__.tag) for each in get_args(FeeEvent)} - {f"{each}.v1" for each in memo}
    every = {str(each.__struct_config__.tag) for each in get_args(FeeEvent)}
    assert moving <= set(WORDS["fee-event"]) <= every
