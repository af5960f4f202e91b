"""Forms that lie about themselves: parts without number or end, edges that are none, names that lead elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from marketplace.importing import check
from tests.conftest import Database
from tests.hostile.uploads_files import TABLE
from tests.hostile.uploads_place import Desk, opened

EDGE = "relay-edge"
KIND = f"multipart/form-data; boundary={EDGE}"
PART = f'--{EDGE}\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'.encode()
FILE = f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'.encode()
END = f"--{EDGE}--\r\n".encode()
SERVER_PEAK_MIB = 320


@pytest.fixture(scope="module")
def desk(server: Any, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    name = f"{template}_forms"
    server.create_database(name, template=template)
    database = Database(name, server.app_url(name), server.owner_url(name), server.superuser_url_of(name))
    with opened(database, tmp_path_factory.mktemp("forms")) as desk:
        yield desk
    server.drop_database(name)


def whole(desk: Desk) -> bytes:
    return desk.form("a.csv", TABLE.encode())[0]


BENT: dict[str, tuple[Callable[[Desk], bytes], str, int]] = {
    "half a million parts": (lambda _: PART * 300_000 + END, KIND, 400),
    "more than five hundred parts": (lambda _: PART * 510 + END, KIND, 400),
    "no end": (lambda desk: whole(desk).removesuffix(END), KIND, 400),
    "an end in the middle": (lambda desk: whole(desk) + whole(desk), KIND, 400),
    "another edge than it says": (whole, "multipart/form-data; boundary=elsewhere", 400),
    "no edge at all": (whole, "multipart/form-data", 415),
    "an edge of nothing": (whole, 'multipart/form-data; boundary=""', 415),
    "an edge too long": (whole, "multipart/form-data; boundary=" + "x" * 71, 415),
    "an edge with a line end": (whole, "multipart/form-data; boundary=a\tb", 415),
    "another kind of multipart": (whole, f"multipart/mixed; boundary={EDGE}", 415),
    "line ends of Unix": (lambda desk: whole(desk).replace(b"\r\n", b"\n"), KIND, 400),
    "a part without a name": (lambda _: f"--{EDGE}\r\n\r\nx\r\n".encode() + END, KIND, 400),
    "a part without headers": (lambda _: f"--{EDGE}\r\nx\r\n".encode() + END, KIND, 400),
    "headers of a megabyte": (lambda _: f"--{EDGE}\r\nX: {'x' * 1_000_000}\r\n\r\nx\r\n".encode() + END, KIND, 400),
    "a coded part": (lambda desk: whole(desk).replace(b'"a.csv"', b'"a.csv"\r\nContent-Transfer-Encoding: base64'), KIND, 400),
    "two files for one input": (lambda desk: FILE + TABLE.encode() + b"\r\n" + whole(desk), KIND, 400),
    "a form within the form": (lambda _: FILE + b"Content-Type: multipart/mixed\r\n" * 3, KIND, 400),
    "a name with a NUL": (lambda desk: whole(desk).replace(b"a.csv", b"a%00.csv"), KIND, 400),
    "a name shown backwards": (lambda desk: whole(desk).replace(b"a.csv", "a\u202evsc.exe".encode()), KIND, 422),
    "a name that is no UTF-8": (lambda desk: whole(desk).replace(b"a.csv", b"\x82\xa0.csv"), KIND, 400),
    "no file": (lambda desk: whole(desk).replace(b'name="file"', b'name="other"'), KIND, 422),
    "no token": (lambda desk: whole(desk).replace(desk.csrf.encode(), b"0" * 64), KIND, 403),
    "more than it may weigh": (lambda _: FILE + b"x" * (21 * 1024 * 1024), KIND, 413),
    "nothing": (lambda _: b"", KIND, 400),
}  # fmt: skip


@pytest.mark.parametrize("name", BENT)
def test_a_form_that_lies_is_refused_with_a_page_and_changes_nothing(desk: Desk, name: str) -> None:
    make, kind, status = BENT[name]
    body, before = make(desk), desk.state()
    desk.forget_peaks()
    began = time.monotonic()
    answer = desk.to_page(body, kind)
    assert time.monotonic() - began < 20
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"].startswith("text/html")
    assert "Traceback" not in answer.text
    assert desk.peak_mib() < SERVER_PEAK_MIB
    assert desk.state() == before


def test_a_folder_in_a_name_is_left_out_and_opens_nothing(desk: Desk) -> None:
    """Old browsers send the whole path; only its last part is kept, and nothing is opened by it."""
    body, kind = desk.form("..%2F..%2Fetc/passwd", TABLE.encode())
    answer = desk.to_page(body.replace(b"\r\n\r\nfalse", b"\r\n\r\ntrue"), kind)
    assert answer.status_code == 200
    assert "passwd" in answer.text
    assert "etc/passwd" not in answer.text


def test_cells_that_are_formulas_come_in_as_the_text_they_are(desk: Desk) -> None:
    table = TABLE.splitlines()[0] + '\nA-1,"=HYPERLINK(""http://x.example"")",aoi@example.jp,2026/03/01,2026/04/01,不採用\n'
    answer = desk.to_api("/imports/dry-run", table.encode(), filename="a.csv")
    assert (answer.status_code, answer.json()["rows_read"]) == (200, 1)
    [person] = check.read(table.encode(), "a.csv", today=date(2027, 3, 1), retention=None).applicants
    assert person.name == '=HYPERLINK("http://x.example")'


@pytest.mark.parametrize(
    ("head", "first"),
    [
        (b"Content-Length: 99999999999", b"413"),
        (b"Content-Length: -1", b"400"),
        (b"Content-Length: 5\r\nTransfer-Encoding: chunked", b"400"),
        (b"Transfer-Encoding: chunked, gzip", b"400"),
    ],
)
def test_a_length_that_lies_is_no_way_in(desk: Desk, head: bytes, first: bytes) -> None:
    """What is smuggled behind a wrong length is not taken for a request of its own."""
    smuggled = b"GET /source HTTP/1.1\r\nHost: x\r\n\r\n"
    path = b"POST /api/v1/imports/dry-run?filename=a.csv HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
    came = desk.raw(path + desk.token.encode() + b"\r\n" + head + b"\r\n\r\n" + smuggled, 3.0)
    assert came.count(b"HTTP/1.1 ") == 1, came[:400]
    assert came.split(b" ", 2)[1] == first, came[:200]
    assert desk.client.get("/api/v1/openapi.json").status_code == 200
