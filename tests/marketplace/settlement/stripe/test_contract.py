"""Nothing leaves that the pinned API does not know, and no free text leaves at all."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st
from stripe.params import InvoiceCreateParams, TransferCreateParams

from marketplace.settlement.stripe import calls, contract, gateway, wire
from marketplace.settlement.stripe.calls import Call, Intent, InvoiceLine
from marketplace.settlement.stripe.client import SIMULATED_KEY, make_client
from marketplace.settlement.stripe.contract import ContractBroken

INTENT = Intent(UUID("00000000-0000-4000-8000-000000000001"))
FEE = UUID("00000000-0000-4000-8000-00000000000f")
HEADERS = {"Stripe-Version": wire.API_VERSION, "Idempotency-Key": INTENT.key}
TRANSFER = {
    "amount": 770_000,
    "currency": "jpy",
    "destination": "acct_sim000000000001",
    "transfer_group": str(FEE),
    "metadata": {"intent_id": str(INTENT.id)},
}


class Wall(stripe.HTTPClient):
    """A transport that a refused request must never reach."""

    name = "wall"

    def request(self, *_: object, **__: object) -> tuple[str, int, dict[str, str]]:
        message = "a refused request was sent"
        raise AssertionError(message)


def post(path: str, form: Mapping[str, object], headers: Mapping[str, str] = HEADERS) -> None:
    contract.check("post", f"https://api.stripe.com{path}", headers, urlencode(form))


def refused(params: Mapping[str, object]) -> str:
    with pytest.raises(ContractBroken) as broken:
        contract.walk(params, TransferCreateParams, at="transfer")
    return str(broken.value)


def test_a_transfer_as_we_build_it_may_leave() -> None:
    contract.walk(TRANSFER, TransferCreateParams, at="transfer")


def test_an_unknown_key_is_refused() -> None:
    assert refused({**TRANSFER, "transfergroup": str(FEE)}) == "transfer: unknown key transfergroup"


def test_a_missing_key_is_refused() -> None:
    without = {key: value for key, value in TRANSFER.items() if key != "destination"}
    assert refused(without) == "transfer: missing key destination"


@pytest.mark.parametrize("amount", ["lots", "770000.5", 770_000.5, True, "７７０", None, {"yen": 1}, [1]])
def test_an_amount_that_is_no_whole_number_is_refused(amount: object) -> None:
    assert "transfer[amount]" in refused({**TRANSFER, "amount": amount})


def test_an_enum_value_the_api_does_not_know_is_refused_though_mypy_lets_it_through() -> None:
    assert "is not one of ['bank_account', 'card', 'fpx']" in refused({**TRANSFER, "source_type": "cards"})


def test_an_enum_value_deep_inside_is_refused() -> None:
    params = {"payment_settings": {"payment_method_types": ["customer_balance", "bank_transfer"]}}
    with pytest.raises(ContractBroken, match=r"payment_method_types\]\[1\]"):
        contract.walk(params, InvoiceCreateParams, at="invoice")


@pytest.mark.parametrize(
    "text",
    [
        "山田花子",
        "Hanako Yamada",
        "hanako",
        "hanako@example.jp",
        "090-1234-5678",
        "09012345678",
        "1990-04-01",
        "19900401",
    ],
)
@pytest.mark.parametrize("place", ["description", "transfer_group"])
def test_free_text_is_refused_and_not_repeated_in_the_message(place: str, text: str) -> None:
    message = refused({**TRANSFER, place: text})

    assert message == f"transfer[{place}]: free text may not leave; send an id, a number or a code"


@pytest.mark.parametrize("text", ["山田花子", "hanako@example.jp", "09012345678"])
def test_free_text_in_metadata_is_refused(text: str) -> None:
    assert "free text may not leave" in refused({**TRANSFER, "metadata": {"intent_id": text}})


def test_a_label_that_is_not_ours_is_refused() -> None:
    assert refused({**TRANSFER, "metadata": {"name": "1"}}) == "transfer[metadata]: name is not one of our labels"


@pytest.mark.parametrize("token", ["tr_1PabcDEF234567", "py_sim000000000002", "CR-2027-000123", str(FEE), "123456"])
def test_ids_numbers_and_introduction_numbers_may_leave(token: str) -> None:
    contract.walk({**TRANSFER, "description": token}, TransferCreateParams, at="transfer")


@given(st.text(alphabet=st.characters(min_codepoint=0x3040, max_codepoint=0x9FFF), min_size=1, max_size=8))
def test_no_japanese_text_ever_leaves(text: str) -> None:
    assert "free text may not leave" in refused({**TRANSFER, "description": text})


def test_a_request_to_anywhere_else_is_refused() -> None:
    with pytest.raises(ContractBroken, match="post /v1/charges is not a call we make"):
        post("/v1/charges", {"amount": 1})


def test_a_person_in_the_path_is_refused() -> None:
    with pytest.raises(ContractBroken, match="is not a call we make"):
        contract.check("get", "https://api.stripe.com/v1/transfers/hanako", HEADERS, None)


def test_a_key_that_the_sdk_made_up_is_refused() -> None:
    with pytest.raises(ContractBroken, match="not made from an intent"):
        post("/v1/customers", {"name": "1"}, {**HEADERS, "Idempotency-Key": "7d1f5a0e-6a57-4c39-9a52-0c8f2f6f4a11"})


def test_another_version_of_the_api_is_refused() -> None:
    with pytest.raises(ContractBroken, match="Stripe-Version is 2024-06-20"):
        post("/v1/customers", {"name": "1"}, {**HEADERS, "Stripe-Version": "2024-06-20"})


def test_a_name_in_a_customer_never_reaches_the_transport() -> None:
    client = make_client(SIMULATED_KEY, Wall(), retries=0)
    call = Call("create_customer", {"name": "株式会社サンプル", "metadata": {"intent_id": str(INTENT.id)}}, INTENT.key)

    with pytest.raises(ContractBroken, match="free text may not leave"):
        gateway.send(client, call)


def test_a_filter_of_a_list_is_walked_like_a_body() -> None:
    with pytest.raises(ContractBroken, match="unknown key group"):
        contract.check("get", f"https://api.stripe.com/v1/transfers?group={FEE}", HEADERS, None)


def test_lines_that_do_not_add_up_are_refused_before_anything_is_built() -> None:
    with pytest.raises(ValueError, match="do not add up to 1100000"):
        calls.build_invoice(
            INTENT,
            customer_id="cus_sim000000000001",
            fee_id=FEE,
            introduction_no="CR-2027-000123",
            lines=[InvoiceLine("referral-fee", 1_000_000)],
            total_yen=1_100_000,
            days_until_due=30,
        )


def test_a_form_is_read_back_as_it_was_written() -> None:
    form = "a=1&b[c]=x&b[d][0]=y&b[d][1]=z&lines[0][amount]=5&lines[1][amount]=-6"
    assert wire.decode(form) == {
        "a": "1",
        "b": {"c": "x", "d": ["y", "z"]},
        "lines": [{"amount": "5"}, {"amount": "-6"}],
    }


def test_a_form_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(ContractBroken, match="a value and a branch"):
        post("/v1/customers", {"metadata": "1", "metadata[intent_id]": "2"})
