"""Someone at the door: signs in by a mailed link and speaks to the API as anybody would."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import httpx

from marketplace.run.demo.stage import NotAsTold, Stage

MAILS = 200


class Person:
    """One visitor, with an own session."""

    def __init__(self, stage: Stage, name: str, email: str) -> None:
        self.stage = stage
        self.name = name
        self.email = email
        self.client = httpx.Client(base_url=f"{stage.url}/api/v1", timeout=60, headers={"Accept-Language": "ja"})

    def sign_in(self) -> Person:
        """Ask for a link, open the mail, use the link."""
        self.post("/sign-in-links", {"email": self.email})
        self.stage.settle()
        token = self.token_in(r"/sign-in/([\w-]{43})")
        self.bear(self.post("/sessions", {"token": token})["token"])
        return self

    def bear(self, token: str) -> None:
        """Go on with this session."""
        self.client.headers["Authorization"] = f"Bearer {token}"

    def token_in(self, pattern: str) -> str:
        """What the newest mail to this person that holds such a link leads to."""
        mailbox = self.stage.house.mailbox
        for mail in mailbox.mails(MAILS) if mailbox else ():
            if mail.to.casefold() == self.email.casefold() and (found := re.search(pattern, mail.text)):
                return found[1]
        raise NotAsTold(f"{self.name} got no mail with {pattern}")

    def get(self, path: str, **params: Any) -> Any:  # noqa: ANN401  JSON
        """Read."""
        return self._answer(self.client.get(path, params={k: v for k, v in params.items() if v is not None}))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:  # noqa: ANN401  JSON
        """Carry out one command."""
        sent = {"Idempotency-Key": str(uuid4()), **headers}
        return self._answer(self.client.post(path, json={} if body is None else body, headers=sent))

    def upload(self, path: str, data: bytes, **params: str) -> Any:  # noqa: ANN401  JSON
        """Send a file."""
        sent = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/octet-stream"}
        return self._answer(self.client.post(path, params=params, content=data, headers=sent))

    def refused(self, path: str, body: Any) -> str:  # noqa: ANN401  JSON
        """Carry out a command that is refused; answers the code."""
        answer = self.client.post(path, json=body, headers={"Idempotency-Key": str(uuid4())})
        if answer.is_success:
            raise NotAsTold(f"{self.name}: {path} was not refused")
        return str(answer.json()["code"])

    def _answer(self, answer: httpx.Response) -> Any:  # noqa: ANN401  JSON
        if not answer.is_success:
            raise NotAsTold(
                f"{self.name}: {answer.request.method} {answer.request.url.path} → {answer.status_code} {answer.text}"
            )
        return answer.json() if answer.content else None
