"""How the play speaks: each step sends a seed, must be accepted, and is remembered under the handler that answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.hostile.seeds_place import Answer, Handler, Mint, Place, Seed

OPENING_NUMBERS = {
    "source": "6010001000001", "second-source": "4010001000003", "hiring": "5010001000002", "other": "3010001000004",
    "by-page": "9010001000007",
}  # fmt: skip


def nothing(_seed: Seed) -> None:
    """What happens before a step, unless somebody listens."""


@dataclass
class Walk:
    """Sends seeds. `before` is called with each one while it is due and was not sent yet."""

    place: Place
    before: Callable[[Seed], None] = nothing
    seeds: dict[Handler, Seed] = field(default_factory=dict)
    due: bool = False
    """Something was done that the worker has not worked on yet."""

    def settle(self) -> None:
        """Whatever follows from what was done."""
        self.place.settle()
        self.due = False

    def later(self, by: timedelta) -> None:
        """Time passes, and everything happens that is due."""
        self.settle()
        self.place.later(by)

    def mail(self, address: str, path: str) -> str:
        """What follows `path` in the newest mail to the address that has such a link."""
        if self.due: self.settle()
        return self.place.mail(address, path)

    def send(self, seed: Seed) -> Answer:
        """The seed is accepted; the test fails where it is not."""
        self.before(seed)
        answer = self.place.call(self.place.asked(seed))
        assert 200 <= answer.status < 400, (seed.who, seed.path, answer.status, _said(answer))
        ended = seed.path in {"/sign-out", "/sessions/end-all"}
        assert answer.headers.get("location") != "/sign-in" or ended, (seed.who, seed.path, "signed out")
        handler = answer.handler or seed.handler
        self.seeds[handler] = replace(seed, handler=handler, status=answer.status)
        self.due = self.due or seed.handler[0] == "POST"
        return answer

    def get(self, who: str, path: str, **query: Any) -> Any:
        """Read of the API."""
        asked = tuple((name, str(value)) for name, value in query.items())
        return self.send(Seed(("GET", ""), who, f"/api/v1{path}", "query", query=asked)).json()

    # `mint` and `file` are Any here: a mapping of fields that is spread into the call may not clash with their types.
    def do(self, who: str, path: str, body: Any = None, *, mint: Any = None, **more: Any) -> Any:
        """Command of the API, and whatever follows from it."""
        asked = tuple((name, str(value)) for name, value in more.pop("query", {}).items())
        headers = tuple((name, str(value)) for name, value in more.items())
        seed = Seed(("POST", ""), who, f"/api/v1{path}", "command", query=asked, body=body, mint=mint, headers=headers)
        return self.send(seed).json()

    def page(self, who: str, path: str, *, mint: Mint | None = None) -> str:
        """A page."""
        name, _, query = path.partition("?")
        asked = tuple(tuple(each.split("=", 1)) for each in query.split("&") if each)
        return self.send(Seed(("GET", ""), who, name, "page", query=asked, mint=mint)).text  # type: ignore[arg-type]

    def form(self, who: str, path: str, *, mint: Any = None, file: Any = None, **fields: Any) -> Answer:
        """A page's form, and whatever follows from it. A list is a field with several values."""
        filled = tuple(
            (name, str(each)) for name, value in fields.items() for each in (value if isinstance(value, list) else [value])
        )
        return self.send(Seed(("POST", ""), who, path, "form", fields=filled, mint=mint, file=file))

    def raw(self, who: str, path: str, door: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Bytes under headers of their own."""
        return self.send(Seed(("POST", ""), who, path, door, body=body, headers=tuple(headers.items())))

    def comes(self, name: str, kind: Any, subject: str | UUID) -> None:
        """Somebody of this name can send from now on."""
        self.place.people[name] = (kind, UUID(str(subject)))


def _said(answer: Answer) -> str:
    """What a refusal says: the problem, or the page's alert."""
    return answer.text.partition('role="alert"')[2][:400] or answer.text[:800]
