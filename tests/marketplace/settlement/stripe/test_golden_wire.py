"""What travels to Stripe, byte for byte: method, path, form, key and version."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote_plus

from marketplace.settlement.stripe import calls, gateway
from marketplace.settlement.stripe.calls import Intent
from tests.marketplace.settlement.stripe.example_platform import Platform


def sent(platform: Platform) -> tuple[str, str, list[str], Mapping[str, str]]:
    """The last request: method, path, and the form as lines."""
    method, url, form, headers = platform.wire.seen[-1]
    path, _, query = url.removeprefix("https://api.stripe.com").partition("?")
    return method, path, [unquote_plus(pair) for pair in (form or query).split("&")], headers


def test_a_customer_is_named_by_the_public_id_of_the_company_alone(platform: Platform) -> None:
    platform.customer()

    method, path, form, headers = sent(platform)
    assert (method, path) == ("post", "/v1/customers")
    assert form == [
        "name=00000000-0000-4000-8000-00000000000a",
        "metadata[company_id]=00000000-0000-4000-8000-00000000000a",
        "metadata[intent_id]=00000000-0000-0000-0000-000000000001",
    ]
    assert headers["Idempotency-Key"] == "00000000-0000-0000-0000-000000000001:1"
    assert headers["Stripe-Version"] == "2026-10-28.endive"
    assert "X-Stripe-Client-Telemetry" not in headers
    assert "telemetry_id" not in headers["X-Stripe-Client-User-Agent"]


def test_an_invoice_is_three_requests_each_under_its_own_key(platform: Platform) -> None:
    customer_id = platform.customer()
    platform.wire.seen.clear()

    invoice = platform.invoice(customer_id)

    steps = platform.wire.seen
    key = "00000000-0000-0000-0000-000000000002:1"
    assert [
        (url.removeprefix("https://api.stripe.com"), headers["Idempotency-Key"]) for _, url, _, headers in steps
    ] == [
        ("/v1/invoices", f"{key}:create"),
        (f"/v1/invoices/{invoice.invoice_id}/add_lines", f"{key}:add_lines"),
        (f"/v1/invoices/{invoice.invoice_id}/finalize", f"{key}:finalize"),
    ]
    assert [unquote_plus(pair) for pair in steps[0][2].split("&")] == [
        f"customer={customer_id}",
        "currency=jpy",
        "collection_method=send_invoice",
        "days_until_due=30",
        "auto_advance=false",
        "pending_invoice_items_behavior=exclude",
        "payment_settings[payment_method_types][0]=customer_balance",
        "payment_settings[payment_method_options][customer_balance][funding_type]=bank_transfer",
        "payment_settings[payment_method_options][customer_balance][bank_transfer][type]=jp_bank_transfer",
        "metadata[intent_id]=00000000-0000-0000-0000-000000000002",
        "metadata[fee_id]=00000000-0000-4000-8000-00000000000f",
        "metadata[introduction_no]=CR-2027-000123",
    ]
    assert [unquote_plus(pair) for pair in steps[1][2].split("&")] == [
        "lines[0][amount]=1000000",
        "lines[0][description]=referral-fee",
        "lines[0][discountable]=false",
        "lines[1][amount]=100000",
        "lines[1][description]=consumption-tax-10",
        "lines[1][discountable]=false",
    ]
    assert steps[2][2] == "auto_advance=false"


def test_a_transfer_names_its_charge_its_group_and_its_intent(platform: Platform) -> None:
    charge_id, account_id = platform.charge(), platform.account()

    platform.transfer(account_id, charge_id)

    method, path, form, headers = sent(platform)
    assert (method, path) == ("post", "/v1/transfers")
    assert form == [
        "amount=770000",
        "currency=jpy",
        f"destination={account_id}",
        "transfer_group=00000000-0000-4000-8000-00000000000f",
        "metadata[intent_id]=00000000-0000-0000-0000-000000000004",
        "metadata[fee_id]=00000000-0000-4000-8000-00000000000f",
        f"source_transaction={charge_id}",
    ]
    assert headers["Idempotency-Key"] == "00000000-0000-0000-0000-000000000004:1"


def test_a_reversal_names_the_exact_transfer_it_takes_back(platform: Platform) -> None:
    transfer = platform.transfer(platform.account(), platform.charge())

    platform.done(platform.reversal_call(transfer.transfer_id, 385_000))

    method, path, form, _ = sent(platform)
    assert (method, path) == ("post", f"/v1/transfers/{transfer.transfer_id}/reversals")
    assert form[0] == "amount=385000"


def test_movements_are_asked_for_by_the_moment_and_a_hundred_at_a_time(platform: Platform) -> None:
    gateway.list_movements(platform.client, platform.now(), "")

    method, path, form, _ = sent(platform)
    assert (method, path, form[1]) == ("get", "/v1/balance_transactions", "limit=100")
    assert form[0].startswith("created[gte]=")


def test_a_call_is_frozen_to_the_same_bytes_and_thawed_to_the_same_call(platform: Platform) -> None:
    call = platform.transfer_call("acct_sim000000000001", "py_sim000000000002")

    frozen = calls.freeze(call)

    assert frozen == (
        b'{"idempotency_key":"00000000-0000-0000-0000-000000000001:1","method_name":"create_transfer","params":'
        b'{"amount":770000,"currency":"jpy","destination":"acct_sim000000000001",'
        b'"metadata":{"fee_id":"00000000-0000-4000-8000-00000000000f","intent_id":"00000000-0000-0000-0000-000000000001"},'
        b'"source_transaction":"py_sim000000000002","transfer_group":"00000000-0000-4000-8000-00000000000f"},"target":""}'
    )
    assert calls.thaw(frozen) == call


def test_a_thawed_call_puts_the_same_form_on_the_wire_each_time(platform: Platform) -> None:
    frozen = calls.freeze(platform.transfer_call(platform.account(), platform.charge()))

    platform.done(calls.thaw(frozen))
    first = sent(platform)
    platform.done(calls.thaw(frozen))

    assert sent(platform)[:3] == first[:3]
    assert sent(platform)[3]["Idempotency-Key"] == first[3]["Idempotency-Key"]


def test_a_later_generation_changes_nothing_but_the_key(platform: Platform) -> None:
    call = platform.transfer_call("acct_sim000000000001", None)

    again = calls.regenerate(call, Intent(platform.intent().id, 2))

    assert again.idempotency_key.endswith(":2")
    assert (again.method_name, again.params, again.target) == (call.method_name, call.params, call.target)
