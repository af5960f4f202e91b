"""Nothing leaves for Stripe that the pinned API does not know, and no free text leaves at all.

A transport around any other: every request is matched to a call we make, its form read back, and walked against the
SDK's own TypedDicts: unknown or missing keys, wrong types, and enum values that mypy lets through (`Literal[…] | str`).
Every other string must be an id, a number, a 紹介番号 or a word of our vocabulary: a name, a mail address or a phone
number has no way out. Used with the simulator and the network alike; it raises before anything is sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin
from urllib.parse import urlsplit

import stripe
import typing_extensions

from marketplace.settlement.stripe import wire
from marketplace.settlement.stripe.calls import LineCode
from marketplace.settlement.stripe.wire import API_VERSION

_CALLS: tuple[tuple[str, str, str], ...] = (
    ("post", r"/v1/customers", "CustomerCreateParams"),
    ("get", r"/v1/customers", "CustomerListParams"),
    ("post", r"/v1/invoices", "InvoiceCreateParams"),
    ("get", r"/v1/invoices", "InvoiceListParams"),
    ("get", r"/v1/invoices/ID", "InvoiceRetrieveParams"),
    ("post", r"/v1/invoices/ID/add_lines", "InvoiceAddLinesParams"),
    ("post", r"/v1/invoices/ID/finalize", "InvoiceFinalizeInvoiceParams"),
    ("post", r"/v1/invoices/ID/void", "InvoiceVoidInvoiceParams"),
    ("get", r"/v1/invoice_payments", "InvoicePaymentListParams"),
    ("get", r"/v1/charges/ID", "ChargeRetrieveParams"),
    ("get", r"/v1/disputes/ID", "DisputeRetrieveParams"),
    ("post", r"/v1/accounts", "AccountCreateParams"),
    ("get", r"/v1/accounts", "AccountListParams"),
    ("get", r"/v1/accounts/ID", "AccountRetrieveParams"),
    ("post", r"/v1/transfers", "TransferCreateParams"),
    ("get", r"/v1/transfers", "TransferListParams"),
    ("get", r"/v1/transfers/ID", "TransferRetrieveParams"),
    ("post", r"/v1/transfers/ID/reversals", "TransferReversalCreateParams"),
    ("get", r"/v1/transfers/ID/reversals", "TransferReversalListParams"),
    ("post", r"/v1/refunds", "RefundCreateParams"),
    ("get", r"/v1/refunds", "RefundListParams"),
    ("get", r"/v1/refunds/ID", "RefundRetrieveParams"),
    ("post", r"/v1/payouts", "PayoutCreateParams"),
    ("get", r"/v1/payouts", "PayoutListParams"),
    ("get", r"/v1/payouts/ID", "PayoutRetrieveParams"),
    ("get", r"/v1/balance", "BalanceRetrieveParams"),
    ("get", r"/v1/balance_transactions", "BalanceTransactionListParams"),
    ("post", r"/v1/test_helpers/customers/ID/fund_cash_balance", "test_helpers.CustomerFundCashBalanceParams"),
)
_ID = r"[a-z]{2,6}(?:_(?:test|sim|live))?_[A-Za-z0-9]{6,64}"
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_PUBLIC_NO = r"[A-Z]{1,4}(?:-[0-9A-Z]*[0-9][0-9A-Z]*){1,3}"
_SMALL_NUMBER = r"\d{1,6}"
_TOKEN = re.compile(rf"(?:{_ID}|{_UUID}|{_PUBLIC_NO}|{_SMALL_NUMBER})\Z")
_KEY = re.compile(rf"{_UUID}:\d{{1,4}}(?::[a-z_]{{1,20}})?\Z")
_VOCABULARY = frozenset(
    {
        *("JP", "jpy", "customer_balance", "bank_transfer", "jp_bank_transfer", "paid"),
        *("balance_transaction", "data.payment.payment_intent"),
        *get_args(LineCode),
    }
)
_LABELS = frozenset({"intent_id", "fee_id", "company_id", "introduction_no"})
_NOT_PARAMS = frozenset(stripe.RequestOptions.__annotations__)
_NAMES_THE_SDK_LEAVES_OUT = {"StripeContext": str, "Mapping": Mapping}


class ContractBroken(Exception):
    """A request that must not leave. A fault of the program, never of the person: nothing was sent."""


class ContractTransport(stripe.HTTPClient):
    """Checks every request, then hands it to the transport inside."""

    name = "career-relay-contract"

    def __init__(self, inside: stripe.HTTPClient) -> None:
        super().__init__()
        self._inside = inside

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: str | bytes | None = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Check and pass on. Raises `ContractBroken`."""
        check(method, url, headers or {}, post_data)
        return self._inside.request(method, url, headers, post_data)

    def close(self) -> None:
        """Close the transport inside."""
        self._inside.close()  # type: ignore[no-untyped-call]


def check(method: str, url: str, headers: Mapping[str, str], body: str | bytes | None) -> None:
    """Refuse a request that is unknown, malformed, unpinned, unkeyed or that says too much."""
    parts = urlsplit(url)
    shape = _params_of(method.lower(), parts.path)
    if headers.get("Stripe-Version") != API_VERSION:
        message = f"Stripe-Version is {headers.get('Stripe-Version')}, not {API_VERSION}"
        raise ContractBroken(message)
    if method.lower() == "post" and not _KEY.match(headers.get("Idempotency-Key", "")):
        message = f"{parts.path}: the Idempotency-Key is not made from an intent and its generation"
        raise ContractBroken(message)
    form = body.decode() if isinstance(body, bytes) else body or ""
    try:
        params = wire.decode(parts.query or form)
    except ValueError as unreadable:
        raise ContractBroken(str(unreadable)) from unreadable
    walk(params, shape, at=parts.path)


def walk(params: Mapping[str, object], shape: type, *, at: str) -> None:
    """Walk `params`, as read from the wire or before encoding, against one of the SDK's TypedDicts."""
    hints = _hints(shape)
    for key in params.keys() - hints.keys():
        message = f"{at}: unknown key {key}"
        raise ContractBroken(message)
    for key in _required(shape) - params.keys():
        message = f"{at}: missing key {key}"
        raise ContractBroken(message)
    for key, value in params.items():
        _walk_value(value, _options(hints[key]), f"{at}[{key}]")


def _params_of(method: str, path: str) -> type:
    for verb, pattern, name in _CALLS:
        if verb == method and re.fullmatch(pattern.replace("ID", _ID), path):
            package, _, shape = f"stripe.params.{name}".rpartition(".")
            found: type = getattr(import_module(package), shape)
            return found
    message = f"{method} {path} is not a call we make"
    raise ContractBroken(message)


@lru_cache
def _hints(shape: type) -> dict[str, Any]:
    hints = typing_extensions.get_type_hints(shape, localns=_NAMES_THE_SDK_LEAVES_OUT)
    return {key: hint for key, hint in hints.items() if key not in _NOT_PARAMS}


@lru_cache
def _required(shape: type) -> frozenset[str]:
    optional: frozenset[str] = getattr(shape, "__optional_keys__", frozenset())
    return frozenset(key for key in _hints(shape) if key not in optional)


def _options(hint: object) -> tuple[Any, ...]:
    """The members of a union, however deep; a plain hint is a union of one."""
    if get_origin(hint) in {Union, UnionType}:
        return tuple(option for member in get_args(hint) for option in _options(member))
    return (hint,)


def _walk_value(value: object, options: tuple[Any, ...], at: str) -> None:
    if isinstance(value, Mapping):
        _walk_mapping(value, options, at)
    elif isinstance(value, list):
        inner = [get_args(option)[0] for option in options if get_origin(option) is list]
        if not inner:
            message = f"{at}: a list has no place here"
            raise ContractBroken(message)
        for index, each in enumerate(value):
            _walk_value(each, _options(inner[0]), f"{at}[{index}]")
    else:
        _walk_leaf(value, options, at)


def _walk_mapping(value: Mapping[str, object], options: tuple[Any, ...], at: str) -> None:
    for option in options:
        if typing_extensions.is_typeddict(option):
            walk(value, option, at=at)
            return
        if get_origin(option) is dict:
            _walk_labels(value, at)
            return
    message = f"{at}: an object has no place here"
    raise ContractBroken(message)


def _walk_labels(value: Mapping[str, object], at: str) -> None:
    """Metadata: known labels, and tokens for values."""
    for name, text in value.items():
        if name not in _LABELS:
            message = f"{at}: {name} is not one of our labels"
            raise ContractBroken(message)
        _walk_leaf(text, (str,), f"{at}[{name}]")


def _walk_leaf(value: object, options: tuple[Any, ...], at: str) -> None:
    """A leaf fits when one option takes it; where the SDK names the values, `str` beside them does not help."""
    named = {name for option in options if get_origin(option) is Literal for name in get_args(option)}
    if bool in options and (isinstance(value, bool) or value in {"true", "false"}):
        return
    if int in options and not isinstance(value, bool) and re.fullmatch(r"-?\d{1,15}", str(value), re.ASCII):
        return
    if named - {""}:
        if value not in named:
            message = f"{at}: {value!r} is not one of {sorted(named)}"
            raise ContractBroken(message)
        return
    if str not in options or not isinstance(value, str):
        message = f"{at}: {type(value).__name__} of the wrong type"
        raise ContractBroken(message)
    if value not in _VOCABULARY and not _TOKEN.match(value):
        # The text itself stays out of the message: it may be just what must not travel.
        message = f"{at}: free text may not leave; send an id, a number or a code"
        raise ContractBroken(message)
