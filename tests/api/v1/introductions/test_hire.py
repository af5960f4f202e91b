"""From disclosure to the fee: stages, a hire by both sides, money, an early leave, and who may see what of it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import stripe

from api.v1 import stories
from domain.calendar import JST, jst_date
from domain.ids import HireId, fee_of
from marketplace.commands import account
from tests.api.v1.introductions.test_introduction import disclosed
from tests.api.v1.introductions.town import Town

SALARY = [
    {"label": "月給×12", "amount_yen": 5_400_000, "included": True},
    {"label": "賞与", "amount_yen": 600_000, "included": True},
    {"label": "通勤手当", "amount_yen": 120_000, "included": False},
]


def terms(town: Town, started_on: date) -> dict[str, Any]:
    today = jst_date(town.now()).isoformat()
    return {"offer_accepted_on": today, "started_on": started_on.isoformat(), "salary": SALARY, "term": "indefinite"}


def started(town: Town) -> tuple[str, str]:
    """An introduction and its hire, on the first day of work."""
    made = disclosed(town)
    hire = town.company("hiring").post(f"/introductions/{made}/hires", terms(town, date(2027, 5, 6)))["id"]
    town.candidate(town.aoi).post(f"/hires/{hire}/confirmation")
    town.worker.drain()
    town.move_to(datetime.combine(date(2027, 5, 6), time(10), JST))
    return made, hire


def test_stages_go_forward_and_both_sides_make_a_hire(town: Town) -> None:
    made = disclosed(town)
    hiring, aoi = town.company("hiring"), town.candidate(town.aoi)
    today = jst_date(town.now()).isoformat()
    for stage in ("screening", "interview", "offer"):
        hiring.post(f"/introductions/{made}/stages", {"stage": stage, "reached_on": today})
    back = {"stage": "interview", "reached_on": today}
    assert hiring.refused(f"/introductions/{made}/stages", back) == (409, "stage-already-reached")
    ahead = {"stage": "offer-accepted", "reached_on": "2030-01-01"}
    assert hiring.refused(f"/introductions/{made}/stages", ahead) == (422, "stage-in-future")

    hire = hiring.post(f"/introductions/{made}/hires", terms(town, date(2027, 5, 6)))["id"]
    again = hiring.refused(f"/introductions/{made}/hires", terms(town, date(2027, 5, 6)))
    assert again == (409, "hire-already-reported")
    assert hiring.refused(f"/hires/{hire}/confirmation") == (403, "other-side-must-answer")
    answer = aoi.post(f"/hires/{hire}/confirmation")
    town.worker.drain()
    (mine,) = aoi.get("/me/hires", at=answer["position"])["items"]
    (theirs,) = hiring.get("/hires")["items"]
    assert mine == theirs
    assert (mine["status"], mine["reported_by"], mine["started_on"]) == ("confirmed", "hiring", "2027-05-06")
    assert "owners" not in mine
    assert town.company("other").refused(f"/hires/{hire}/leave", {"left_on": "2027-05-07", "fault": "own-wish"}) == (
        404,
        "not-found",
    )


def test_the_person_may_report_the_hire_and_the_company_may_contest_it(town: Town) -> None:
    made = disclosed(town)
    hire = town.candidate(town.aoi).post(f"/introductions/{made}/hires", terms(town, date(2027, 5, 6)))["id"]
    hiring = town.company("hiring")
    assert hiring.refused(f"/hires/{hire}/contest", {"cause": "never-heard-of"}) == (422, "cause-unknown")
    hiring.post(f"/hires/{hire}/contest", {"cause": "not-hired"})
    assert hiring.refused(f"/hires/{hire}/confirmation") == (403, "operator-must-decide")
    town.company("operator-admin").post(f"/hires/{hire}/cancelling", {"cause": "contest-upheld"})
    town.worker.drain()
    assert [each["status"] for each in hiring.get("/hires")["items"]] == ["cancelled"]


def test_the_fee_accrues_and_each_sees_what_is_theirs(town: Town) -> None:
    made, hire = started(town)
    hiring, operator = town.company("hiring"), town.company("operator")
    (fee,) = hiring.get("/fees")["items"]
    assert (fee["introduction"], fee["hire"]) == (made, hire)
    assert (fee["fee_yen"], fee["tax_yen"], fee["total_yen"]) == (1_800_000, 180_000, 1_980_000)
    assert (fee["commission_yen"], fee["sources"]) == (None, None)
    (whole,) = operator.get("/fees")["items"]
    assert (whole["commission_yen"], whole["sources"]) == (540_000, [str(town.companies["source"])])
    assert operator.get(f"/fees/{fee['fee']}") == whole
    assert town.company("other").get("/fees") == {"items": []}
    assert town.company("other").read(f"/fees/{fee['fee']}").content == hiring.read(f"/fees/{uuid4()}").content
    assert sum(operator.get("/ledger/balances").values()) == 0
    page = operator.get("/ledger", limit=2)
    rest = operator.get("/ledger", after=page["next"])
    assert (len(page["items"]), sum(each["amount_yen"] for each in page["items"] + rest["items"])) == (2, 0)
    for visitor in (hiring, town.company("source")):
        assert (visitor.read("/ledger").status_code, visitor.read("/ledger/balances").status_code) == (404, 404)
    (earned,) = town.company("source").get("/payout-ledger")["items"]
    assert (earned["kind"], earned["amount_yen"]) == ("earned", 1_386_000)
    assert hiring.read("/payout-ledger").status_code == 403


def test_a_leave_that_both_sides_say_is_settled_at_once_and_another_word_is_decided_by_the_operator(town: Town) -> None:
    _, hire = started(town)
    town.move_to(datetime.combine(date(2027, 6, 15), time(10), JST))
    hiring, aoi, operator = town.company("hiring"), town.candidate(town.aoi), town.company("operator-admin")
    said = {"left_on": "2027-06-14", "fault": "own-wish"}
    assert hiring.refused(f"/hires/{hire}/leave", {**said, "fault": "no-code"}) == (422, "fault-unknown")
    hiring.post(f"/hires/{hire}/leave", said)
    aoi.post(f"/hires/{hire}/leave-challenge", {**said, "fault": "employer-breach"})
    assert aoi.refused(f"/hires/{hire}/leave-decision", said) == (404, "not-found")
    operator.post(f"/hires/{hire}/leave-decision", said)
    town.worker.drain()
    (row,) = hiring.get("/hires")["items"]
    assert (row["status"], row["left_on"], row["return_bps"]) == ("left", "2027-06-14", 5_000)
    (fee,) = hiring.get("/fees")["items"]
    assert fee["returned_yen"] == 990_000


def test_a_source_opens_its_account_and_the_ledger_agrees_with_stripe(town: Town) -> None:
    source, hiring, operator = town.company("source"), town.company("hiring"), town.company("operator")
    assert source.get("/account")["account"] is None
    first, again = (source.send("/accounts/connected", key="open-it-only-once").json() for _ in range(2))
    assert (first["outcome"], again["outcome"]) == ("done", "again")
    assert hiring.refused("/accounts/connected") == (403, "not-permitted")
    town.worker.drain()
    assert source.get("/account")["account"].startswith("acct_")
    assert hiring.get("/account")["customer"].startswith("cus_")
    for answer in (operator.post("/reconciliations"), operator.get("/reconciliations")):
        assert (answer["difference_yen"], answer["rows"], answer["is_settled"]) == (0, [], True)
    assert hiring.refused("/reconciliations") == (404, "not-found")


def test_after_a_change_of_bank_account_a_second_person_lets_transfers_go_on(town: Town) -> None:
    source, operator, who = town.company("source"), town.company("operator"), town.companies["source"]
    source.post("/accounts/connected")
    town.worker.drain()
    account.change_payout_account(town.office, town.by(), company=who, by="provider:stripe")
    assert source.get("/account")["held_for"] == ["payout-account-changed"]
    assert operator.refused(f"/accounts/{who}/resumption") == (409, "payout-change-on-hold")
    assert source.refused(f"/accounts/{who}/resumption") == (404, "not-found")
    town.later(timedelta(days=7))
    town.company("operator").post(f"/accounts/{who}/resumption")
    assert town.company("source").get("/account")["held_for"] == []


def test_only_the_operator_asks_again_for_a_refund_and_only_for_one_that_is_owed(town: Town) -> None:
    _, hire = started(town)
    fee = fee_of(HireId(UUID(hire)))
    assert town.company("operator").refused(f"/fees/{fee}/refund") == (409, "nothing-to-refund")
    assert town.company("hiring").refused(f"/fees/{fee}/refund") == (404, "not-found")


def test_the_story_tells_the_operator_everything_and_the_company_only_what_it_may_know(town: Town) -> None:
    made, hire = started(town)
    whole = town.company("operator-admin").get(f"/stories/{made}")
    kinds = [each["kind"] for each in whole["told"]]
    assert {"candidate-asked.v1", "share-approved.v1", "identity-disclosed.v1", "fee-accrued.v1"} <= set(kinds)
    assert all(each["sentence"] for each in whole["told"])
    told = town.company("hiring").get(f"/stories/{made}")["told"]
    assert [each["kind"] for each in told] == [
        "introduction-requested.v1", "identity-disclosed.v1", "hire-reported.v1",
    ]  # fmt: skip
    assert {each["who"] for each in told} == {"user", "timer"}
    mine = [each["kind"] for each in town.candidate(town.aoi).get(f"/stories/{town.aoi}")["told"]]
    assert {"identity-disclosed.v1", "introduction-requested.v1", "hire-reported.v1", "card-published.v1"} <= set(mine)
    assert not any(kind.startswith(("fee-", "ownership-resolved")) for kind in mine)
    assert town.company("source").read(f"/stories/{hire}").status_code == 404


def test_the_operator_reads_a_long_story_back_from_its_end(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    made, _ = started(town)
    operator = town.company("operator-admin")
    whole = [each["kind"] for each in operator.get(f"/stories/{made}")["told"]]
    monkeypatch.setattr(stories, "MOST", len(whole) - 3)
    last = operator.get(f"/stories/{made}")
    assert [each["kind"] for each in last["told"]] == whole[3:]
    first = operator.get(f"/stories/{made}", before=last["earlier"])
    assert ([each["kind"] for each in first["told"]], first["earlier"]) == (whole[:3], None)
    assert operator.read(f"/stories/{made}", before=1).json()["code"] == "story-unknown"
    assert operator.read(f"/stories/{made}", before=0).status_code == 400


def test_a_signed_notice_is_kept_once_and_a_forged_one_not_at_all(town: Town) -> None:
    body = (
        b'{"id":"evt_1","object":"event","type":"invoice.paid","api_version":"%s","livemode":false,'
        b'"data":{"object":{"id":"in_unknown","object":"invoice"}}}' % stripe_version().encode()
    )
    client = town.candidate(town.aoi).client
    del client.headers["Authorization"]
    at = int(town.now().timestamp())
    signed = stripe.WebhookSignature.generate_signature_header(body.decode(), town.house.webhook_secrets[0], at)
    for _ in range(2):
        answer = client.post("/webhooks/stripe", content=body, headers={"Stripe-Signature": signed})
        assert (answer.status_code, answer.json()) == (200, {"received": True})
    assert town.rows("SELECT event_id, type FROM webhook_inbox") == [("evt_1", "invoice.paid")]
    for path, header in (("/webhooks/stripe", "t=1,v1=00"), ("/webhooks/stripe-connect", None)):
        headers = {} if header is None else {"Stripe-Signature": header}
        answer = client.post(path, content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "stripe-signature-wrong")
    old = int((town.now() - timedelta(minutes=6)).timestamp())
    late = stripe.WebhookSignature.generate_signature_header(body.decode(), town.house.webhook_secrets[0], old)
    answer = client.post("/webhooks/stripe-connect", content=body, headers={"Stripe-Signature": late})
    assert (answer.status_code, answer.json()["code"]) == (400, "stripe-signature-too-old")
    assert len(town.rows("SELECT FROM webhook_inbox")) == 1


def stripe_version() -> str:
    from marketplace.settlement.stripe.wire import API_VERSION

    return API_VERSION
