"""Which request is answered by what: the simulator's table of routes, its lists, its pages and its expansions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from marketplace.settlement.stripe.simulator import collecting, returning, sharing
from marketplace.settlement.stripe.simulator.memory import PLATFORM, Failure, invalid

if TYPE_CHECKING:
    from collections.abc import Callable

    from marketplace.settlement.stripe.simulator.memory import Body, Memory

_WRITES: tuple[tuple[str, Callable[..., Body]], ...] = (
    (r"/v1/customers", collecting.create_customer),
    (r"/v1/invoices", collecting.create_invoice),
    (r"/v1/invoices/(\w+)/add_lines", collecting.add_lines),
    (r"/v1/invoices/(\w+)/finalize", collecting.finalize_invoice),
    (r"/v1/invoices/(\w+)/void", collecting.void_invoice),
    (r"/v1/test_helpers/customers/(\w+)/fund_cash_balance", collecting.fund_cash_balance),
    (r"/v1/accounts", sharing.create_account),
    (r"/v1/transfers", sharing.create_transfer),
    (r"/v1/transfers/(\w+)/reversals", sharing.reverse_transfer),
    (r"/v1/payouts", sharing.create_payout),
    (r"/v1/refunds", returning.create_refund),
)
_KINDS = {
    "customers": "customer",
    "invoices": "invoice",
    "invoice_payments": "invoice_payment",
    "charges": "charge",
    "disputes": "dispute",
    "accounts": "account",
    "transfers": "transfer",
    "reversals": "transfer_reversal",
    "refunds": "refund",
    "payouts": "payout",
    "balance_transactions": "balance_transaction",
}
_FILTERS = frozenset(
    {"customer", "invoice", "status", "transfer_group", "charge", "source", "type", "destination", "transfer"}
)


def write(memory: Memory, path: str, params: Body, account: str) -> Body:
    """Answer a POST. Everything we write is written for the platform."""
    if account:
        raise invalid("The simulator writes for the platform alone.")
    for pattern, answer in _WRITES:
        if found := re.fullmatch(pattern, path):
            return answer(memory, params, *found.groups())
    raise Failure(404, None, f"Unrecognized request URL (POST: {path}).", kept=False)


def read(memory: Memory, path: str, params: Body, account: str) -> Body:
    """Answer a GET: the balance, one object, or a page of a list."""
    if account:
        memory.get("account", account)
    parts = path.removeprefix("/v1/").split("/")
    if parts == ["balance"]:
        return _balance(memory, account)
    if parts[-1] in _KINDS:
        if len(parts) == 3:  # noqa: PLR2004  transfers/:id/reversals
            params = {**params, "transfer": memory.get("transfer", parts[1])["id"]}
        return _page(memory, path, params, account)
    if len(parts) == 2 and parts[0] in _KINDS:  # noqa: PLR2004  kind/:id
        # Accounts are the platform's to see, whoever they belong to.
        found = memory.get(_KINDS[parts[0]], parts[1], account)
        for way in params.get("expand", []):
            _expand(memory, found, way.split("."))
        return found
    raise Failure(404, None, f"Unrecognized request URL (GET: {path}).", kept=False)


def _balance(memory: Memory, account: str) -> Body:
    available, pending = memory.balance_yen(account or PLATFORM)
    return {
        "object": "balance",
        "available": [{"amount": available, "currency": "jpy", "source_types": {"card": available}}],
        "livemode": False,
        "pending": [{"amount": pending, "currency": "jpy", "source_types": {"card": pending}}],
    }


def _page(memory: Memory, path: str, params: Body, account: str) -> Body:
    """Newest first, `starting_after` a cursor, at most 100."""
    where = {name: value for name, value in params.items() if name in _FILTERS}
    found = memory.all(_KINDS[path.rsplit("/", 1)[-1]], account, **where)
    created = params.get("created", {})
    found = [each for each in found if each["created"] >= int(created.get("gte", 0))]
    if cursor := params.get("starting_after"):
        ids = [each["id"] for each in found]
        if cursor not in ids:
            raise Failure(404, "resource_missing", f"No such cursor: '{cursor}'", kept=False)
        found = found[ids.index(cursor) + 1 :]
    limit = int(params.get("limit", 10))
    page = found[:limit]
    for way in params.get("expand", []):
        for each in page:
            _expand(memory, each, way.removeprefix("data.").split("."))
    return {"object": "list", "data": page, "has_more": len(found) > limit, "url": path}


def _expand(memory: Memory, body: object, way: list[str]) -> None:
    """Put the object where its id stands."""
    if not isinstance(body, dict) or body.get(way[0]) is None:
        return
    if isinstance(body[way[0]], str):
        body[way[0]] = memory.find(body[way[0]])
    if len(way) > 1:
        _expand(memory, body[way[0]], way[1:])
