"""Someone at the door: signs in by a mailed link and speaks to the API as anybody would."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx

from marketplace.run.demo.stage import NotAsTold, Stage

MAILS = 200
MAIL_SECONDS = 20.0
POLL_SECONDS = 0.02


class Person:
    """One visitor, with an own session."""

    def __init__(self, stage: Stage, name: str, email: str) -> None:
        self.stage = stage
        self.name = name
        self.email = email
        self.client = httpx.Client(base_url=f"{stage.url}/api/v1", timeout=60, headers={"Accept-Language": "ja"})

    def sign_in(self) -> Person:
        """Ask for a link, open the mail, use the link. A session from before is left behind."""
        self.client.headers.pop("Authorization", None)
        token = self.mailed(r"/sign-in/([\w-]{43})", lambda: self.post("/sign-in-links", {"email": self.email}))
        self.bear(self.post("/sessions", {"token": token})["token"])
        return self

    def mailed(self, pattern: str, ask: Callable[[], object]) -> str:
        """Ask for something and wait for the new mail that holds such a link; answers its token.

        Such mails are queued after the answer, so that the answer takes as long for an unknown address.
        """
        old = self.newest(pattern)
        ask()
        deadline = time.monotonic() + MAIL_SECONDS
        while (token := self.newest(pattern)) == old or token is None:
            if time.monotonic() > deadline:
                raise NotAsTold(f"{self.name} got no new mail with {pattern}")
            self.stage.settle()
            time.sleep(POLL_SECONDS)
        return token

    def bear(self, token: str) -> None:
        """Go on with this session."""
        self.client.headers["Authorization"] = f"Bearer {token}"

    def token_in(self, pattern: str) -> str:
        """What the newest mail to this person that holds such a link leads to."""
        found = self.newest(pattern)
        if found is None:
            raise NotAsTold(f"{self.name} got no mail with {pattern}")
        return found

    def newest(self, pattern: str) -> str | None:
        """The same, or None while there is no such mail."""
        mailbox = self.stage.house.mailbox
        for mail in mailbox.mails(MAILS) if mailbox else ():
            if mail.to.casefold() == self.email.casefold() and (found := re.search(pattern, mail.text)):
                return found[1]
        return None

    def get(self, path: str, **params: Any) -> Any:  # noqa: ANN401  JSON
        """Read."""
        wanted = {name: value for name, value in params.items() if value is not None}
        return self._answer(lambda: self.client.get(path, params=wanted))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:  # noqa: ANN401  JSON
        """Carry out one command."""
        sent = {"Idempotency-Key": str(uuid4()), **headers}
        return self._answer(lambda: self.client.post(path, json={} if body is None else body, headers=sent))

    def upload(self, path: str, data: bytes, **params: str) -> Any:  # noqa: ANN401  JSON
        """Send a file."""
        sent = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/octet-stream"}
        return self._answer(lambda: self.client.post(path, params=params, content=data, headers=sent))

    def refused(self, path: str, body: Any) -> str:  # noqa: ANN401  JSON
        """Carry out a command that is refused; answers the code."""
        answer = self.client.post(path, json=body, headers={"Idempotency-Key": str(uuid4())})
        if answer.is_success:
            raise NotAsTold(f"{self.name}: {path} was not refused")
        return str(answer.json()["code"])

    def look(self, path: str) -> httpx.Response:
        """Read, whatever the answer is; who was signed out meanwhile signs in again."""
        self.get("/session")
        return self.client.get(path)

    def close(self) -> None:
        """Leave."""
        self.client.close()

    def _answer(self, send: Callable[[], httpx.Response]) -> Any:  # noqa: ANN401  JSON
        """The answer; who was signed out by the time that passed signs in again and repeats the request."""
        answer = send()
        if answer.status_code == httpx.codes.UNAUTHORIZED and "Authorization" in self.client.headers:
            del self.client.headers["Authorization"]
            self.sign_in()
            answer = send()
        if not answer.is_success:
            request = answer.request
            raise NotAsTold(f"{self.name}: {request.method} {request.url.path} → {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None
