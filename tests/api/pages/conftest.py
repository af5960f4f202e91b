"""One walked town for all tests of the pages: they look at it, and leave it as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from marketplace.run import postgres
from tests.api.pages.town import Town
from tests.api.pages.walking import walk


@pytest.fixture(scope="session")
def walked(server: postgres.Server, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with walk(server, template, tmp_path_factory.mktemp("walked")) as town:
        yield town
