"""The town of the API's tests, and browsers in it for whoever of the operator looks."""

from __future__ import annotations

from tests.api.v1.introductions.conftest import built, town  # noqa: F401  fixtures
