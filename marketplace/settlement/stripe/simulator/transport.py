"""SIMULATED PAYMENTS: a stand-in for Stripe behind the real SDK, as a transport. No request leaves the machine.

One request is one transaction of its own connection, one at a time. Time is `relay_now()`. Idempotency keys behave as
at Stripe (docs.stripe.com/api/idempotent_requests): the first answer is kept for 24 hours, errors and 500s included;
failed validation is not; other parameters under the same key are refused. Faults come from rows.
"""

from __future__ import annotations

import hashlib
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from urllib.parse import urlsplit

import msgspec
import psycopg
import stripe

from marketplace.settlement.stripe import wire
from marketplace.settlement.stripe.simulator import answers
from marketplace.settlement.stripe.simulator.memory import DAY_SECONDS, Failure, Memory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Answer: TypeAlias = tuple[str, int, "Mapping[str, str]"]

BANNER = "SIMULATED PAYMENTS"
FAULTS = frozenset(
    {
        "never-arrives",
        "answer-lost",
        "error-after-effect",
        "rate-limited",
        "key-in-use",
        "balance-insufficient",
        "capability-off",
        "refund-pending",
        "refund-requires-action",
        "refund-fails",
    }
)


class Request(NamedTuple):
    """One request as it arrived; the form is the body of a POST and the query of a GET."""

    method: str
    path: str
    form: str
    headers: Mapping[str, str]

    @property
    def account(self) -> str:
        """The connected account it is made for; empty for the platform."""
        return self.headers.get("Stripe-Account", "")


class Database:
    """The simulator's own connection, opened when first needed and again when it was lost."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._turn = threading.RLock()
        self._connection: psycopg.Connection | None = None

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection]:
        """One at a time, in this process and among all."""
        with self._turn:
            if self._connection is None or self._connection.closed:
                self._connection = psycopg.connect(self._dsn, autocommit=True)
            with self._connection.transaction():
                self._connection.execute("SELECT pg_advisory_xact_lock(hashtext('stripe_simulator'))")
                yield self._connection

    def close(self) -> None:
        """Let the connection go."""
        with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


class SimulatedStripe(stripe.HTTPClient):
    """A transport for `make_client` that answers as Stripe would. SIMULATED."""

    name = "career-relay-stripe-simulator"

    def __init__(self, dsn: str) -> None:
        super().__init__()
        self.database = Database(dsn)

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: str | bytes | None = None,
        *,
        _usage: list[str] | None = None,
    ) -> Answer:
        """Answer one request. Raises `stripe.APIConnectionError` for the faults where no answer comes."""
        parts = urlsplit(url)
        form = post_data.decode() if isinstance(post_data, bytes) else post_data or parts.query
        request = Request(method.lower(), parts.path, form, headers or {})
        try:
            with self.database.transaction() as connection:
                fault = _next_fault(connection, request)
                answer = _answer(connection, Memory(connection, fault), request)
        except psycopg.OperationalError as lost:
            raise _no_answer("its database is away") from lost
        if answer is None:
            raise _no_answer(fault)
        return answer

    def close(self) -> None:
        """Let the connection go."""
        self.database.close()


def _no_answer(why: str) -> stripe.APIConnectionError:
    message = f"{BANNER}: {why}"
    return stripe.APIConnectionError(message, should_retry=True)  # type: ignore[no-untyped-call]


def _answer(connection: psycopg.Connection, memory: Memory, request: Request) -> Answer | None:
    """The answer, or None when it does not come. The effect stays in the transaction either way."""
    if memory.fault == "never-arrives":
        return None
    if memory.fault == "rate-limited":
        return _error(memory, Failure(429, "rate_limit", "Too many requests."))
    if memory.fault == "key-in-use":
        return _error(memory, Failure(409, "idempotency_key_in_use", "This key is being worked on."))
    if request.method == "get":
        try:
            answer = _ok(memory, answers.read(memory, request.path, wire.decode(request.form), request.account))
        except Failure as failure:
            answer = _error(memory, failure)
    else:
        answer = _write_once(connection, memory, request)
    return None if memory.fault == "answer-lost" else answer


def _write_once(connection: psycopg.Connection, memory: Memory, request: Request) -> Answer:
    """Answer a POST by its idempotency key: do it the first time, say the same again afterwards."""
    key, account = request.headers["Idempotency-Key"], request.account
    digest = hashlib.sha256(f"{request.path}\n{request.form}".encode()).digest()
    connection.execute("DELETE FROM stripe_simulator.remembered WHERE created <= %s", (memory.now - DAY_SECONDS,))
    kept = connection.execute(
        "SELECT request, status, answer FROM stripe_simulator.remembered WHERE key = %s AND account = %s",
        (key, account),
    ).fetchone()
    if kept is not None:
        if bytes(kept[0]) != digest:
            return _error(memory, Failure(400, None, f"Key {key} was used with other parameters."), "idempotency_error")
        return kept[2], kept[1], {**_headers(memory), "Idempotent-Replayed": "true"}
    try:
        with connection.transaction():
            answer = _ok(memory, answers.write(memory, request.path, wire.decode(request.form), account))
    except Failure as failure:
        answer = _error(memory, failure)
        if not failure.kept:
            return answer
    if memory.fault == "error-after-effect":
        answer = _error(memory, Failure(500, None, "An unknown error occurred."), "api_error")
    connection.execute(
        "INSERT INTO stripe_simulator.remembered (key, account, request, status, answer, created)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (key, account, digest, answer[1], answer[0], memory.now),
    )
    return answer


def _next_fault(connection: psycopg.Connection, request: Request) -> str:
    """The oldest fault that waits for this route; it is used up by one."""
    row = connection.execute(
        "UPDATE stripe_simulator.fault SET remaining = remaining - 1 WHERE ordinal = ("
        " SELECT ordinal FROM stripe_simulator.fault WHERE remaining > 0 AND %s ~ route ORDER BY ordinal LIMIT 1)"
        " RETURNING name",
        (f"{request.method} {request.path}",),
    ).fetchone()
    return str(row[0]) if row else ""


def _ok(memory: Memory, body: Mapping[str, Any]) -> Answer:
    return msgspec.json.encode(body).decode(), 200, _headers(memory)


def _error(memory: Memory, failure: Failure, kind: str = "invalid_request_error") -> Answer:
    body = {"error": {"type": kind, "message": failure.message, **({"code": failure.code} if failure.code else {})}}
    return msgspec.json.encode(body).decode(), failure.status, _headers(memory)


def _headers(memory: Memory) -> Mapping[str, str]:
    return {"Request-Id": memory.new_id("req"), "Simulated": BANNER}
