"""A form with a file is read strictly: whatever is malformed is refused with a 4xx before anything sees it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import multipart
from api.body import BadField
from api.multipart import File
from domain.refusal import Refused

TYPE = "multipart/form-data; boundary=xYzZY"


def a_form(*parts: tuple[str, bytes]) -> bytes:
    return b"".join(
        b"--xYzZY\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + data + b"\r\n" for head, data in parts
    ) + b"--xYzZY--\r\n"


def test_fields_are_text_and_files_are_bytes() -> None:
    body = a_form(
        ('name="system"', b"ats"),
        ('name="items"', b"a"),
        ('name="items"', "𠮷".encode()),
        ('name="file"; filename="C:\\\\x\\\\応募%22者.csv"\r\nContent-Type: text/csv', b"\x00\xff\r\n--xYz"),
        ('name="empty"; filename=""\r\nContent-Type: application/octet-stream', b""),
    )
    found = multipart.read(body, TYPE)
    assert found.fields == {"system": ["ats"], "items": ["a", "𠮷"]}
    assert found.files == {"file": File('応募"者.csv', b"\x00\xff\r\n--xYz")}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--xYzZY",
        b"--xYzZY--\r\nrest",
        b"before" + a_form(('name="a"', b"1")),
        a_form(('name="a"', b"1")).replace(b"--xYzZY--\r\n", b""),
        a_form(('name="a"', b"\xff")),
        a_form(("", b"1")),
        a_form(("name=a", b"1")),
        a_form(('name="a"\r\nContent-Transfer-Encoding: base64', b"MQ==")),
        a_form(('name="a"\r\nX: ' + "y" * 3000, b"1")),
        a_form(*[('name="a"', b"1")] * 600),
    ],
)
def test_what_is_no_form_is_refused(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        multipart.read(body, TYPE)
    assert refused.value.code == "body-not-a-form"


def test_two_files_in_one_input_are_refused() -> None:
    one = ('name="file"; filename="a"', b"1")
    with pytest.raises(Refused) as refused:
        multipart.read(a_form(one, one), TYPE)
    assert refused.value.code == "field-twice"


def test_a_control_character_in_a_field_is_refused_and_in_a_file_is_data() -> None:
    with pytest.raises(BadField):
        multipart.read(a_form(('name="a"', b"\x00")), TYPE)
    assert multipart.read(a_form(('name="a"; filename="b"', b"\x00")), TYPE).files["a"].data == b"\x00"


@given(st.binary(max_size=300))
def test_any_bytes_are_a_form_or_refused(body: bytes) -> None:
    for sent in (body, b"--xYzZY\r\n" + body, b"--xYzZY\r\nContent-Disposition: form-data; " + body + b"\r\n--xYzZY--"):
        try:
            multipart.read(sent, TYPE)
        except (Refused, BadField):
            continue
