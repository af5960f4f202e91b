"""Finance's pages over HTTP, with a fee that is paid: two people and a run, a month that closes, files and checks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from api.session import begin
from domain import account as accounts
from domain.calendar import JST
from domain.company import CompanyRole, LicenceRecorded, MemberRole, RolesGranted
from domain.event import Event
from domain.fee import PayableReleased
from domain.ids import OPERATOR, account_of
from domain.rules import fee_collection, fee_release
from marketplace.commands import company
from marketplace.run import postgres
from marketplace.run.demo import cast
from marketplace.run.founding import found
from marketplace.store.log import Command
from tests.api.pages.browser import Browser
from tests.api.pages.town import Town
from tests.api.pages.walking import empty
from tests.domain.money_examples import FEE, PAID_ON, SOURCE, STARTED_ON, accrual, fee_after, terms

PEOPLE = {"first": cast.OPERATOR.admin_email, "second": cast.SECOND_EMAIL}


def tell(town: Town, stream: UUID, *events: Event) -> None:
    command = Command(id=uuid4(), actor="operator:test", now=town.now())
    town.house.log.append(command, {stream: (len(town.house.log.history(stream)), list(events))})


@pytest.fixture(scope="module")
def till(server: postgres.Server, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Two people of the operator's finance, and one fee of ¥1,100,000 that is paid and released."""
    with empty(server, template, tmp_path_factory.mktemp("till"), "till") as town:
        town.move_to(datetime(2027, 4, 20, 10, tzinfo=JST))
        part = cast.OPERATOR
        found(
            town.house.office, name=part.name, name_en=part.name_en, corporate_number=part.corporate_number,
            address=part.address, representative=part.representative, admin_name=part.admin_name, email=part.admin_email,
        )  # fmt: skip
        asked = Command(id=uuid4(), actor="operator:test", now=town.now())
        company.join(
            town.house.office, asked, company_id=OPERATOR, name="経理 見本", email=cast.SECOND_EMAIL, role=MemberRole.FINANCE,
            from_outside=False,
        )  # fmt: skip
        licence = LicenceRecorded(number="13-ユ-1", granted_on=date(2024, 1, 1), valid_until=date(2029, 12, 31))
        tell(town, SOURCE, RolesGranted(roles=(CompanyRole.SOURCE,)), licence)
        opened = accounts.ConnectedAccountOpened(company=SOURCE, account="acct_1")
        tell(town, account_of(SOURCE), opened, accounts.CapabilityChanged(transfers_active=True))
        owed = accrual()
        arrived = fee_collection.settle_payment(
            fee_after(owed), charge="py_1", balance_transaction="txn_1", gross_yen=1_100_000, provider_fee_yen=0, on=PAID_ON
        )
        free = fee_release.schedule_release(fee_after(owed, *arrived), terms(), started_on=STARTED_ON)
        released = PayableReleased(beneficiary=SOURCE, tranche=1, amount_yen=770_000)
        tell(town, FEE, owed, *arrived, free, released)
        town.settle()
        yield town


def someone(town: Town, who: str) -> Browser:
    """A person of the operator who has just signed in."""
    browser = town.browser()
    with town.house.database.transaction() as connection:
        user = company.user_of(town.house.office, PEOPLE[who])
        assert user is not None
        token = begin(connection, "user", user, town.now())
    browser.client.cookies.set("relay-session", token)
    return browser


def test_the_pages_of_finance_open_with_what_there_is(till: Town) -> None:
    browser = someone(till, "first")
    for path, said in (
        ("/finance", "送金待ち 1件"),
        ("/finance/runs", "¥770,000"),
        ("/finance/ledger?kind=fee-accrued.v1&period=2027-04", "¥1,100,000"),
        ("/finance/reconciliations", "いま照合する"),
        ("/finance/months", "2027-04"),
        ("/finance/months/2027-04", "締める前に"),
        ("/finance/documents", "入金済み"),
        ("/finance/checks", "まだ確認していません"),
    ):
        assert said in browser.get(path).text, path
    assert "¥1,100,000" not in browser.get("/finance/ledger?period=2027-05").text


def test_a_run_needs_a_second_person_with_a_fresh_proof(till: Town) -> None:
    first = someone(till, "first")
    there = first.do("/finance/runs", "/finance/runs")
    assert "ご自身がまとめた送金バッチです" in first.get(there).text
    assert f"{there}/approval" not in [form.action for form in first.get(there).forms]
    second = someone(till, "second")
    till.move_to(till.now() + timedelta(minutes=6))
    answer = second.send(there, f"{there}/approval")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/step-up?back={there}")
    second = someone(till, "second")
    second.do(there, f"{there}/approval")
    till.settle()
    page = second.get(there).text
    assert "別の" not in page
    assert "経理 見本" in page
    assert re.search(r"送信</dt><dd>¥770,000|送信済み</dt><dd>¥770,000", page)


def test_a_file_that_is_taken_out_is_written_down(till: Town) -> None:
    first = someone(till, "first")
    answer = first.send("/finance/ledger?account=commission", "/finance/downloads/ledger")
    assert answer.status_code == 200
    lines = answer.content.decode("utf-8-sig").split("\r\n")
    assert lines[0].startswith("id,position,effective_on,period,kind,stream,account,")
    assert ",commission," in lines[1]
    assert lines[1].endswith(",JPY,0,300000,-300000,-300000")
    assert len(lines) == 3
    taken = first.get("/finance/checks").text
    assert "account commission" in taken
    assert first.client.post("/finance/downloads/secrets", data={}).status_code in {403, 404}
