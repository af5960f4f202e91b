"""Files that cannot be used are refused whole, with a code for the sentence, before they can do harm."""

from __future__ import annotations

import io
import random
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from datetime import date

import pytest

from domain.refusal import Refused
from marketplace.importing.reading import Reading
from marketplace.run.examples import HIDAMARI
from marketplace.run.examples.hidamari import Cell, workbook

Reads = Callable[..., Reading]
Writes = Callable[..., bytes]
MEGABYTE = 1024 * 1024


def _zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return target.getvalue()


def _with_sheet(sheet: bytes, **others: bytes) -> bytes:
    """A workbook whose only sheet is replaced."""
    with zipfile.ZipFile(HIDAMARI) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return _zipped(files | {"xl/worksheets/sheet1.xml": sheet} | others)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file-empty"),
        (b" \r\n\t ", "file-empty"),
        (b"\xef\xbb\xbf", "file-empty"),
        (b"%PDF-1.7 ...", "file-of-wrong-type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "file-of-wrong-type"),
        (b"\x89PNG\r\n\x1a\n", "file-of-wrong-type"),
        (b"\xff\xd8\xff\xe0JFIF", "file-of-wrong-type"),
        (b"<html><table><tr><td>ID</td></tr></table></html>", "file-of-wrong-type"),
        (b'  <?xml version="1.0"?><Workbook/>', "file-of-wrong-type"),
        (b"\x1f\x8b\x08\x00", "file-of-wrong-type"),
        (b"\xff\xfeI\x00D\x00", "text-encoding-unknown"),
        (b"ID,\x00\x00", "file-has-nul"),
        (b"ID,name\n\x81\xff\xfe\xfd", "text-encoding-unknown"),
        ("応募ID,氏名\n".encode().decode("cp932", "replace").encode() * 3, "text-garbled"),
        ("応募ID,氏名,メール\n".encode().decode("latin-1").encode() * 3, "text-garbled"),
        ("応募ID,\ufffd\ufffd\ufffd\ufffd\ufffd\n".encode(), "text-garbled"),
        (b"just some text", "id-column-missing"),
        ("氏名,メール\n見本,a@example.jp\n".encode(), "id-column-missing"),
        (b"ID\n1\n", "id-column-missing"),
        ("応募ID,氏名\n".encode(), "file-has-no-rows"),
        ('応募ID,氏名\n1,"見本\n2,例示\n'.encode(), "quotation-never-closed"),
        (b"ID,name\n1," + b"x" * 200_000 + b"\n", "table-unreadable"),
        (b"ID,name\n" + b"1,x\n" * 20_001, "too-many-rows"),
        (b"ID,name" + b",c" * 99 + b"\n1,x\n", "too-many-columns"),
        (b"ID,name\n" + b"1,x\n" * (5 * MEGABYTE // 4), "file-too-big"),
        (b"[" + b" " * (20 * MEGABYTE), "file-too-big"),
        (b"{", "json-malformed"),
        (b'{"candidates": [}', "json-malformed"),
        (b'[{"first_name": "\xff"}]', "json-malformed"),
        (b'[{"id": 1e999}]', "json-malformed"),
        (b'[{"first_name": "\\ud800"}]', "json-malformed"),
        (b"[" * 100_000, "json-malformed"),
        (b'{"candidates":' * 100_000, "json-malformed"),
        (b"PK\x03\x04 not a zip", "archive-damaged"),
        (b"PK\x05\x06" + bytes(18), "file-of-wrong-type"),
        (_zipped({"photo.jpg": b"x"}), "file-of-wrong-type"),
        (_zipped({"word/document.xml": b"<x/>"}), "file-of-wrong-type"),
        (_zipped({f"{number}.json": b"[]" for number in range(51)}), "archive-too-many-files"),
        (_zipped({"xl/workbook.xml": bytes(21 * MEGABYTE)}), "archive-unpacks-too-large"),
        (_zipped({"candidates.json": b" " * MEGABYTE}), "archive-unpacks-too-large"),
        (_zipped({"xl/workbook.xml": b"<x/>"}), "workbook-unreadable"),
        (_zipped({"a.json": b"[1"}), "json-malformed"),
        (_zipped({"a.json": b"[]"}, zipfile.ZIP_BZIP2), "archive-damaged"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_whole_with_its_reason(data: bytes, code: str, reading: Reads) -> None:
    with pytest.raises(Refused) as refused:
        reading(data)
    assert refused.value.code == code


def test_an_entry_that_lies_about_its_size_is_not_unpacked_further(reading: Reads) -> None:
    body = b"x" * (5 * MEGABYTE)
    packed = _zipped({"candidates.json": body})
    lying = packed.replace(struct.pack("<L", len(body)), struct.pack("<L", 1000))
    assert lying != packed
    with pytest.raises(Refused, match="archive-damaged"):
        reading(lying)


def test_an_entry_that_lies_about_size_and_checksum_yields_no_more_than_it_declares(reading: Reads) -> None:
    body = b"[]" + b" " * (5 * MEGABYTE)
    packed = _zipped({"candidates.json": body})
    lying = packed.replace(struct.pack("<L", len(body)), struct.pack("<L", 20_000))
    lying = lying.replace(struct.pack("<L", zlib.crc32(body)), struct.pack("<L", zlib.crc32(body[:20_000])))
    with pytest.raises(Refused, match="json-not-a-greenhouse-dump"):
        reading(lying)


def test_a_locked_zip_is_refused(reading: Reads) -> None:
    packed = bytearray(_zipped({"a.json": b"[]"}))
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Refused, match="archive-encrypted"):
        reading(bytes(packed))


def test_an_external_entity_is_refused_and_reads_no_file(reading: Reads) -> None:
    sheet = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row r="1">'
        b'<c t="inlineStr"><is><t>&e;</t></is></c></row></sheetData></worksheet>'
    )
    with pytest.raises(Refused, match="workbook-unreadable"):
        reading(_with_sheet(sheet))


def test_an_external_entity_hidden_in_another_encoding_still_reads_no_file(reading: Reads) -> None:
    sheet = (
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet>'
        '<sheetData><row r="1"><c t="inlineStr"><is><t>&e;</t></is></c></row></sheetData></worksheet>'
    )
    with pytest.raises(Refused) as refused:
        reading(_with_sheet(sheet.encode("utf-16")))
    assert "root:" not in repr(refused.value.values)


def test_a_cell_in_the_last_corner_of_the_sheet_does_not_take_the_memory(reading: Reads) -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row>'
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    with pytest.raises(Refused, match=r"workbook-unreadable|id-column-missing|too-many"):
        reading(_with_sheet(sheet))


def test_a_long_text_that_many_cells_share_does_not_take_the_memory(reading: Reads) -> None:
    main = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    shared = b"<sst %b><si><t>%b</t></si></sst>" % (main, random.Random(1).randbytes(200_000).hex().encode())
    related = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId1" Type="%b/worksheet" Target="worksheets/sheet1.xml"/>'
        b'<Relationship Id="rId2" Type="%b/sharedStrings" Target="sharedStrings.xml"/></Relationships>' % (kind, kind)
    )
    rows = b"".join(b'<row r="%d"><c t="s"><v>0</v></c></row>' % number for number in range(1, 101))
    sheet = b"<worksheet %b><sheetData>%b</sheetData></worksheet>" % (main, rows)
    parts = {"xl/sharedStrings.xml": shared, "xl/_rels/workbook.xml.rels": related}
    with pytest.raises(Refused, match="workbook-unreadable"):
        reading(_with_sheet(sheet, **parts))


def test_a_workbook_with_too_many_rows_is_refused(reading: Reads) -> None:
    rows: list[tuple[Cell, ...]] = [("応募ID", "氏名", "メール")]
    rows += [(number, "見本", "a@example.jp") for number in range(1, 20_002)]
    with pytest.raises(Refused, match="too-many-rows"):
        reading(workbook(rows))


def test_twenty_thousand_rows_are_read_in_seconds(reading: Reads, table: Writes) -> None:
    data = table(*[{}] * 20_000)
    started = time.monotonic()
    assert len(reading(data).eligible) == 20_000
    assert time.monotonic() - started < 60


@pytest.mark.parametrize("text", ["1" * 100_000, "a" * 100_000 + "@", "2026-" * 20_000, "（" * 100_000, "健" * 100_000])
def test_a_long_cell_does_not_hold_up_the_reading(text: str, reading: Reads, table: Writes) -> None:
    changes = {
        "応募日": text,
        "評価コメント": text,
        "求人名": text,
        "メールアドレス": text,
        "電話番号": text,
        "スキル": text,
        "選考結果": text,
    }
    started = time.monotonic()
    assert reading(table(changes, {})).rows_read == 2
    assert time.monotonic() - started < 30


def test_a_workbook_of_real_dates_is_read_to_the_day(reading: Reads) -> None:
    rows: list[tuple[Cell, ...]] = [
        ("応募ID", "氏名", "メール", "応募日", "不採用日"),
        (1, "見本", "a@example.jp", date(2026, 2, 28), date(2026, 3, 1)),
    ]
    [person] = reading(workbook(rows)).applicants
    assert (person.applied_on, person.rejected_on) == (date(2026, 2, 28), date(2026, 3, 1))
