"""One client of the website: one connection that is kept, one request after the other."""

from __future__ import annotations

import http.client
import time
from typing import Any
from uuid import uuid4

import msgspec

from marketplace.run.bench.table import Strayed

PATIENCE_SECONDS = 60
FRESH_SECONDS = 5.0
"""A line that was silent for longer is not used again: the server hangs up on it after ten."""


class Answer(msgspec.Struct, frozen=True):
    """What came back."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401  JSON
        """The body of an answer of the API."""
        return msgspec.json.decode(self.body)


class Client:
    """Speaks to one server; with a token as somebody who is signed in. For one thread."""

    def __init__(self, host: str, port: int, token: str = "") -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=PATIENCE_SECONDS)
        self._headers = headers(token)
        self._spoke_at = time.monotonic()

    def get(self, target: str) -> Answer:
        """Read, whatever the answer is."""
        return self._send("GET", target, None, self._headers)

    def send(self, target: str, body: object) -> Answer:
        """Carry out a command under a key of its own, whatever the answer is."""
        own = {**self._headers, "Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
        return self._send("POST", target, msgspec.json.encode(body), own)

    def command(self, target: str, body: object) -> Any:  # noqa: ANN401  JSON
        """Carry out a command that is carried out. Raises Strayed."""
        answer = self.send(target, body)
        if answer.status not in {200, 201}:
            raise Strayed(f"{target}: {answer.status} {answer.body.decode(errors='replace')[:500]}")
        return answer.json

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _send(self, method: str, target: str, body: bytes | None, sent: dict[str, str]) -> Answer:
        if time.monotonic() - self._spoke_at > FRESH_SECONDS:
            self._connection.close()  # and is opened again by the request
        self._connection.request(method, target, body, sent)
        answer = self._connection.getresponse()
        said = Answer(answer.status, answer.read())
        self._spoke_at = time.monotonic()
        return said


def headers(token: str) -> dict[str, str]:
    """What goes along with each request of somebody with this session."""
    return {"Accept-Language": "ja", **({"Authorization": f"Bearer {token}"} if token else {})}
