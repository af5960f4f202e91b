"""Whatever file is handed in at whichever door: a refusal with its sentence, nothing changed, memory and time bounded."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar.routes import HTTPRoute

from api.app import handlers
from api.body import MOST_BYTES
from api.rule import OPT
from marketplace.importing import bounded
from tests.conftest import Database
from tests.hostile.uploads_files import BIG, HOSTILE, SMALL, TABLE, Hostile
from tests.hostile.uploads_place import Desk, opened

SERVER_PEAK_MIB = 320
"""No process of the site ever holds more while files of up to 20 MB come in one at a time."""
READER_PEAK_MIB = 600
"""What a process holds that reads one file: its limit of 512 MiB, and what the system counts beside it."""
PATIENCE_S = 45.0
FEW = (
    "nothing at all", "a PDF called CSV", "UTF-16 with its mark", "UTF-16 without a mark", "EUC-JP",
    "UTF-8 and Shift_JIS in one file",
    "a quotation mark that never closes", "one cell of a megabyte", "a million columns", "a million rows",
    "JSON a hundred thousand deep", "too many applications", "a bomb by ratio", "a bomb by size", "a size that lies low",
    "sixty thousand entries", "a zip with a password", "a billion laughs", "an entity out of a file",
    "entities that are declared and not used", "macros",
    "a cell in the last corner", "a name that leads out", "a name shown backwards",
)  # fmt: skip
"""Stand for the others in plain `make test`."""


@pytest.fixture(scope="module")
def desk(server: Any, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    name = f"{template}_uploads"
    server.create_database(name, template=template)
    database = Database(name, server.app_url(name), server.owner_url(name), server.superuser_url_of(name))
    with opened(database, tmp_path_factory.mktemp("uploads")) as desk:
        yield desk
    server.drop_database(name)


def named(cases: tuple[Hostile, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.name)


few = tuple(case for case in SMALL if case.name in FEW)
rest = tuple(case for case in HOSTILE if case.name not in FEW)


def refused(answer: httpx.Response, case: Hostile) -> None:
    """A 4xx with its code and a sentence that says what to do."""
    assert 400 <= answer.status_code < 500, (case.name, answer.status_code, answer.text[:300])
    problem = answer.json()
    assert problem["code"] in case.code.split("|"), case.name
    assert len(problem["detail"]) > 30, problem
    assert problem["detail"].endswith("."), problem
    assert "Traceback" not in answer.text


def at_both_doors_of_the_api(desk: Desk, case: Hostile) -> None:
    data, before = case.make(), desk.state()
    desk.forget_peaks()
    began = time.monotonic()
    refused(desk.to_api("/imports/dry-run", data, filename=case.filename), case)
    refused(desk.to_api("/imports", data, filename=case.filename, system="ats"), case)
    assert time.monotonic() - began < PATIENCE_S
    assert desk.peak_mib() < SERVER_PEAK_MIB
    assert desk.state() == before


@named(few)
def test_a_hostile_file_is_refused_by_the_api_and_changes_nothing(desk: Desk, case: Hostile) -> None:
    at_both_doors_of_the_api(desk, case)


@pytest.mark.heavy
@named(rest)
def test_every_hostile_file_is_refused_by_the_api_and_changes_nothing(desk: Desk, case: Hostile) -> None:
    at_both_doors_of_the_api(desk, case)


def through_the_page(desk: Desk, case: Hostile) -> None:
    before = desk.state()
    answer = desk.to_page(*desk.form(case.filename, case.make()))
    assert 400 <= answer.status_code < 500, (case.name, answer.status_code)
    assert answer.headers["content-type"].startswith("text/html")
    assert desk.state() == before


@named(tuple(case for case in few if case.name in {"UTF-16 without a mark", "a billion laughs", "a name shown backwards"}))
def test_a_hostile_file_is_refused_by_the_page_and_changes_nothing(desk: Desk, case: Hostile) -> None:
    through_the_page(desk, case)


@pytest.mark.heavy
@named(tuple(case for case in HOSTILE if "leads out" not in case.name and "drive" not in case.name))
def test_every_hostile_file_is_refused_by_the_page_and_changes_nothing(desk: Desk, case: Hostile) -> None:
    through_the_page(desk, case)


def in_the_terminal(desk: Desk, case: Hostile, folder: Path) -> None:
    file = folder / case.filename
    file.write_bytes(case.make())
    before = desk.state()
    status, said, most_mib = desk.terminal("import", str(file), "--company", str(desk.company))
    assert (status, "Traceback" in said) == (1, False), (case.name, said)
    assert len(said.strip()) > 30, said
    assert most_mib < READER_PEAK_MIB, case.name
    assert desk.state() == before


@named(tuple(case for case in few if case.name in {"a million columns", "a cell in the last corner"}))
def test_a_hostile_file_is_refused_in_the_terminal_within_bounds(desk: Desk, case: Hostile, tmp_path: Path) -> None:
    in_the_terminal(desk, case, tmp_path)


@pytest.mark.heavy
@named(tuple(case for case in (*BIG, *SMALL[::5]) if "name" not in case.name))
def test_every_big_file_is_refused_in_the_terminal_within_bounds(desk: Desk, case: Hostile, tmp_path: Path) -> None:
    in_the_terminal(desk, case, tmp_path)


def test_what_never_ends_is_not_read_to_its_end_in_the_terminal(desk: Desk) -> None:
    status, said, most_mib = desk.terminal("import", "/dev/zero", "--company", str(desk.company), "--dry-run")
    assert (status, "Traceback" in said) == (1, False), said
    assert most_mib < READER_PEAK_MIB


@contextmanager
def watched(desk: Desk) -> Iterator[list[list[int]]]:
    """What the readers held, each of them, time and again while the block lasts."""
    seen: list[list[int]] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.02): seen.append(desk.readers_mib())

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield seen
    finally:
        over.set()
        watching.join()


def test_a_file_that_eats_memory_ends_its_reader_and_not_the_site(desk: Desk) -> None:
    """The bound is the reader's own: seen from outside while it reads."""
    [bomb] = [case for case in BIG if case.name == "twenty megabytes of pairs"]
    data = bomb.make()
    desk.forget_peaks()
    with watched(desk) as seen:
        refused(desk.to_api("/imports/dry-run", data, filename="a.json"), bomb)
    assert 100 < max(mib for readers in seen for mib in readers) < READER_PEAK_MIB
    assert desk.peak_mib() < SERVER_PEAK_MIB
    assert desk.to_api("/imports/dry-run", TABLE.encode(), filename="a.csv").status_code == 200


@pytest.mark.heavy
def test_eight_bombs_at_once_leave_the_site_answering_and_its_memory_bounded(desk: Desk) -> None:
    data, answers = BIG[1].make(), []
    desk.forget_peaks()

    def send() -> None:
        answers.append(desk.to_api("/imports/dry-run", data, filename="a.json"))

    senders = [threading.Thread(target=send) for _ in range(8)]
    with watched(desk) as seen:
        for each in senders: each.start()
        began = time.monotonic()
        assert desk.client.get("/api/v1/openapi.json").status_code == 200
        assert time.monotonic() - began < 10
        for each in senders: each.join(180)
    assert {answer.json()["code"] for answer in answers} <= {"file-takes-too-much", "imports-busy", "file-has-no-rows"}
    assert desk.peak_mib() < SERVER_PEAK_MIB + 8 * 60
    assert max(map(len, seen)) == bounded.AT_ONCE == 2


def test_these_are_all_doors_that_take_a_file(desk: Desk) -> None:
    from api.app import create_app
    from marketplace.run.settings import load
    from marketplace.run.wiring import open_house

    app = create_app(open_house(load(desk.environ)))
    ours = set(handlers(app))
    rules = [
        (route.path, each, each.opt[OPT])
        for route in app.routes if isinstance(route, HTTPRoute)
        for each in route.route_handlers if each in ours
    ]  # fmt: skip
    files = {path for path, _, rule in rules if rule.body is bytes or rule.reads_files}
    large = {path for path, each, _ in rules if each.resolve_request_max_body_size() not in {None, MOST_BYTES}}
    assert files == large == {"/api/v1/imports", "/api/v1/imports/dry-run", "/source/imports"}
    app.state.house.close()
