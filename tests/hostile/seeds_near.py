"""LINE's stand-in where no socket is open: what is said to it goes into the same application, as it is."""

from __future__ import annotations

from typing import Any

import httpx
from litestar import Litestar
from litestar.testing import TestClient
from msgspec.structs import replace

from marketplace.run.wiring import House


class Near(httpx.BaseTransport):
    """Carries LINE's requests into `app`."""

    app: Litestar

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        client: TestClient[Any] = TestClient(self.app, base_url="http://127.0.0.1:8000")
        headers = {name: value for name, value in request.headers.items() if name != "host"}
        answer = client.request(request.method, str(request.url), content=request.read(), headers=headers)
        return httpx.Response(answer.status_code, content=answer.content)


def near(house: House) -> tuple[House, Near]:
    """The house with LINE at hand; the caller gives it the application."""
    there = Near()
    assert house.line is not None
    return replace(house, line=replace(house.line, transport=there)), there
