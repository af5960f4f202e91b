"""The calls settlement makes and the things it reads, each a small function over the StripeClient.

`send` performs a frozen Call and says what is known afterwards; `look_up` finds what an unanswered one left behind.
Reads raise `StripeUnavailable` when Stripe does not answer; nothing of the SDK gets out, its exceptions included.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from marketplace.settlement.stripe import results
from marketplace.settlement.stripe.results import Done, Later, Outcome, Refused, Result, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    import stripe

    from marketplace.settlement.stripe.calls import Call

PAGE_SIZE = 100

Labelled = TypeVar("Labelled")


class StripeUnavailable(Exception):
    """Stripe could not be read just now; `code` says why. Nothing changed; read again later."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NoSuchObject(Exception):
    """Stripe does not know the id, or the connected account was taken away from us."""


class _TotalDiffers(Exception):
    """Stripe's total of the draft is not ours; the draft is left unfinalized, so it can never be due."""


def send(client: stripe.StripeClient, call: Call) -> Outcome:
    """Perform the call and say what is known.

    No answer, a 409 or a 5xx: Unknown. A 429, or our own key refused: Later. Any other 4xx: Refused.
    Raises `ContractBroken`, before anything is sent, for a call that must not leave.
    """
    import stripe  # noqa: PLC0415  slow to import; whoever has a client has it already

    try:
        return Done(_PERFORM[call.method_name](client, call))
    except _TotalDiffers as differs:
        return Refused("invoice-total-differs", str(differs))
    except stripe.APIConnectionError:
        return Unknown("no-answer")
    except stripe.IdempotencyError:
        return Unknown("idempotency_error")
    except stripe.RateLimitError as refused:
        return Later(_code(refused) or "rate_limit")
    except (stripe.AuthenticationError, stripe.PermissionError) as refused:
        return Later(_code(refused) or "key-refused")
    except (stripe.InvalidRequestError, stripe.CardError) as refused:
        return Refused(_code(refused) or "invalid_request_error", refused.user_message or "")
    except stripe.StripeError as failed:
        return Unknown(_code(failed) or f"http-{failed.http_status}")


def look_up(client: stripe.StripeClient, call: Call) -> Result | None:
    """What the call left at Stripe, found on a list endpoint by the intent's label; None when nothing is there."""
    with _reading():
        return _FIND[call.method_name](client, call)


def fund_cash_balance(client: stripe.StripeClient, customer_id: str, amount_yen: int, key: str) -> None:
    """Let the customer's bank send money: Stripe's test helper, the same over the simulator and with a test key."""
    with _reading():
        client.v1.test_helpers.customers.fund_cash_balance(
            customer_id, {"amount": amount_yen, "currency": "jpy"}, {"idempotency_key": key}
        )


def get_invoice(client: stripe.StripeClient, invoice_id: str) -> results.Invoice:
    """The invoice as it is now, with its paid payments, their charges and movements."""
    with _reading():
        invoice = client.v1.invoices.retrieve(invoice_id)
        paid = client.v1.invoice_payments.list(
            {"invoice": invoice_id, "status": "paid", "limit": PAGE_SIZE, "expand": ["data.payment.payment_intent"]}
        )
        intents = [each.payment.payment_intent for each in paid.auto_paging_iter()]
        charges = [results.id_of(getattr(intent, "latest_charge", None)) for intent in intents]
        return results.invoice(invoice, tuple(get_charge(client, charge) for charge in charges if charge))


def get_charge(client: stripe.StripeClient, charge_id: str) -> results.Charge:
    """The charge as it is now, with its movement."""
    with _reading():
        return results.charge(client.v1.charges.retrieve(charge_id, {"expand": ["balance_transaction"]}))


def get_account(client: stripe.StripeClient, account_id: str) -> results.Account:
    """The connected account as it is now, with whether it may receive transfers."""
    with _reading():
        return results.account(client.v1.accounts.retrieve(account_id))


def get_transfer(client: stripe.StripeClient, transfer_id: str) -> results.Transfer:
    """The transfer as it is now."""
    with _reading():
        return results.transfer(client.v1.transfers.retrieve(transfer_id))


def list_reversals(client: stripe.StripeClient, transfer_id: str) -> list[results.Reversal]:
    """Everything taken back from a transfer."""
    with _reading():
        page = client.v1.transfers.reversals.list(transfer_id, {"limit": PAGE_SIZE})
        return [results.reversal(each) for each in page.auto_paging_iter()]


def list_transfers(client: stripe.StripeClient, transfer_group: str) -> list[results.Transfer]:
    """Every transfer of a group; a group is a fee."""
    with _reading():
        page = client.v1.transfers.list({"transfer_group": transfer_group, "limit": PAGE_SIZE})
        return [results.transfer(each) for each in page.auto_paging_iter()]


def get_refund(client: stripe.StripeClient, refund_id: str) -> results.Refund:
    """The refund as it is now."""
    with _reading():
        return results.refund(client.v1.refunds.retrieve(refund_id))


def get_dispute(client: stripe.StripeClient, dispute_id: str) -> results.Dispute:
    """The dispute as it is now."""
    with _reading():
        return results.dispute(client.v1.disputes.retrieve(dispute_id))


def get_payout(client: stripe.StripeClient, payout_id: str, account_id: str = "") -> results.Payout:
    """A payout of the platform, or of a connected account."""
    with _reading():
        return results.payout(client.v1.payouts.retrieve(payout_id, None, _of(account_id)))


def list_payouts(client: stripe.StripeClient, since: datetime, account_id: str = "") -> list[results.Payout]:
    """Payouts created at or after `since`, oldest first."""
    with _reading():
        page = client.v1.payouts.list({"created": {"gte": int(since.timestamp())}, "limit": PAGE_SIZE}, _of(account_id))
        return [results.payout(each) for each in page.auto_paging_iter()][::-1]


def list_movements(client: stripe.StripeClient, since: datetime, account_id: str = "") -> list[results.Movement]:
    """Balance transactions created at or after `since`, oldest first, read page by page."""
    with _reading():
        page = client.v1.balance_transactions.list(
            {"created": {"gte": int(since.timestamp())}, "limit": PAGE_SIZE}, _of(account_id)
        )
        return [results.movement(each) for each in page.auto_paging_iter()][::-1]


def get_balance(client: stripe.StripeClient, account_id: str = "") -> results.Balance:
    """What Stripe holds in yen for the platform, or for a connected account."""
    with _reading():
        held = client.v1.balance.retrieve(None, _of(account_id))
        return results.Balance(
            sum(part.amount for part in held.available if part.currency == "jpy"),
            sum(part.amount for part in held.pending if part.currency == "jpy"),
        )


def _of(account_id: str) -> stripe.RequestOptions | None:
    return {"stripe_account": account_id} if account_id else None


@contextmanager
def _reading() -> Iterator[None]:
    """Turn the SDK's exceptions into ours."""
    import stripe  # noqa: PLC0415

    try:
        yield
    except stripe.StripeError as failed:
        if _code(failed) in {"resource_missing", "account_invalid"}:
            raise NoSuchObject(failed.user_message or "") from failed
        raise StripeUnavailable(_code(failed) or type(failed).__name__) from failed


def _code(failed: stripe.StripeError) -> str:
    """Stripe's code; most of the SDK's exceptions leave it in the body."""
    return failed.code or str(getattr(failed.error, "code", None) or "")


def _keyed(call: Call, step: str = "") -> stripe.RequestOptions:
    return {"idempotency_key": f"{call.idempotency_key}:{step}" if step else call.idempotency_key}


def _create_customer(client: stripe.StripeClient, call: Call) -> results.Customer:
    params: Any = call.params
    return results.customer(client.v1.customers.create(params, _keyed(call)))


def _issue_invoice(client: stripe.StripeClient, call: Call) -> results.Invoice:
    """Three requests, each under its own key, so that the whole can be sent again from any point."""
    invoices, params = client.v1.invoices, call.params
    draft = invoices.create(params["create"], _keyed(call, "create"))
    filled = invoices.add_lines(draft.id, params["add_lines"], _keyed(call, "add_lines"))
    if filled.total != params["total_yen"]:
        message = f"Stripe's total is {filled.total}, ours is {params['total_yen']}; draft {draft.id} is left open"
        raise _TotalDiffers(message)
    return results.invoice(invoices.finalize_invoice(draft.id, params["finalize"], _keyed(call, "finalize")))


def _void_invoice(client: stripe.StripeClient, call: Call) -> results.Invoice:
    return results.invoice(client.v1.invoices.void_invoice(call.target, None, _keyed(call)))


def _open_account(client: stripe.StripeClient, call: Call) -> results.Account:
    params: Any = call.params
    return results.account(client.v1.accounts.create(params, _keyed(call)))


def _create_transfer(client: stripe.StripeClient, call: Call) -> results.Transfer:
    params: Any = call.params
    return results.transfer(client.v1.transfers.create(params, _keyed(call)))


def _reverse_transfer(client: stripe.StripeClient, call: Call) -> results.Reversal:
    params: Any = call.params
    return results.reversal(client.v1.transfers.reversals.create(call.target, params, _keyed(call)))


def _create_refund(client: stripe.StripeClient, call: Call) -> results.Refund:
    params: Any = call.params
    return results.refund(client.v1.refunds.create(params, _keyed(call)))


def _create_payout(client: stripe.StripeClient, call: Call) -> results.Payout:
    params: Any = call.params
    return results.payout(client.v1.payouts.create(params, _keyed(call)))


def _labelled(found: Iterable[Labelled], call: Call) -> Labelled | None:
    """The object that carries the call's intent."""
    params = call.params.get("create", call.params)
    intent = params["metadata"]["intent_id"]
    return next((each for each in found if results.label(each, "intent_id") == intent), None)


def _find_customer(client: stripe.StripeClient, call: Call) -> results.Customer | None:
    found = _labelled(client.v1.customers.list({"limit": PAGE_SIZE}).auto_paging_iter(), call)
    return None if found is None else results.customer(found)


def _find_invoice(client: stripe.StripeClient, call: Call) -> results.Invoice | None:
    """A draft does not count: it was never issued and is never due."""
    page = client.v1.invoices.list({"customer": call.params["create"]["customer"], "limit": PAGE_SIZE})
    found = _labelled((each for each in page.auto_paging_iter() if each.status != "draft"), call)
    return None if found is None else results.invoice(found)


def _find_void_invoice(client: stripe.StripeClient, call: Call) -> results.Invoice | None:
    invoice = client.v1.invoices.retrieve(call.target)
    return results.invoice(invoice) if invoice.status == "void" else None


def _find_account(client: stripe.StripeClient, call: Call) -> results.Account | None:
    found = _labelled(client.v1.accounts.list({"limit": PAGE_SIZE}).auto_paging_iter(), call)
    return None if found is None else results.account(found)


def _find_transfer(client: stripe.StripeClient, call: Call) -> results.Transfer | None:
    page = client.v1.transfers.list({"transfer_group": call.params["transfer_group"], "limit": PAGE_SIZE})
    found = _labelled(page.auto_paging_iter(), call)
    return None if found is None else results.transfer(found)


def _find_reversal(client: stripe.StripeClient, call: Call) -> results.Reversal | None:
    page = client.v1.transfers.reversals.list(call.target, {"limit": PAGE_SIZE})
    found = _labelled(page.auto_paging_iter(), call)
    return None if found is None else results.reversal(found)


def _find_refund(client: stripe.StripeClient, call: Call) -> results.Refund | None:
    page = client.v1.refunds.list({"charge": call.params["charge"], "limit": PAGE_SIZE})
    found = _labelled(page.auto_paging_iter(), call)
    return None if found is None else results.refund(found)


def _find_payout(client: stripe.StripeClient, call: Call) -> results.Payout | None:
    found = _labelled(client.v1.payouts.list({"limit": PAGE_SIZE}).auto_paging_iter(), call)
    return None if found is None else results.payout(found)


_PERFORM: dict[str, Callable[[stripe.StripeClient, Call], Result]] = {
    "create_customer": _create_customer,
    "issue_invoice": _issue_invoice,
    "void_invoice": _void_invoice,
    "open_account": _open_account,
    "create_transfer": _create_transfer,
    "reverse_transfer": _reverse_transfer,
    "create_refund": _create_refund,
    "create_payout": _create_payout,
}
_FIND: dict[str, Callable[[stripe.StripeClient, Call], Result | None]] = {
    "create_customer": _find_customer,
    "issue_invoice": _find_invoice,
    "void_invoice": _find_void_invoice,
    "open_account": _find_account,
    "create_transfer": _find_transfer,
    "reverse_transfer": _find_reversal,
    "create_refund": _find_refund,
    "create_payout": _find_payout,
}
