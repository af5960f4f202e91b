"""Files that somebody might hand in to do harm, or by mistake: each with its name, and the code of its refusal."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from marketplace.run.examples.hidamari import workbook
from tests.hostile.uploads_zips import central_entries, full_overlap, lying, nested, quine_like, zipped

MEGABYTE = 1024 * 1024
HEADINGS = "応募ID,氏名,メールアドレス,応募日,不採用日,選考結果\n"
ROW = "A-1,見本 葵,aoi.mihon@example.jp,2026/03/01,2026/04/01,不採用\n"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@dataclass(frozen=True)
class Hostile:
    """A file; `code` is what its refusal is called (one of several where the memory runs out sooner or later)."""

    name: str
    code: str
    make: Callable[[], bytes]
    filename: str = "export.csv"
    big: bool = False
    """Takes seconds or megabytes: only among the heavy tests."""


def sheet(xml: str, **parts: bytes) -> bytes:
    """A good workbook whose sheet is replaced and which has these parts more (`__` in a name stands for `/`)."""
    with zipfile.ZipFile(io.BytesIO(workbook([("ID", "氏名"), (1, "見本")]))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    more = {name.replace("__", "/"): body for name, body in parts.items()}
    return zipped({**files, "xl/worksheets/sheet1.xml": xml.encode(), **more})


def cells(text: str) -> str:
    return f'<worksheet {MAIN}><sheetData><row r="1"><c t="inlineStr"><is><t>{text}</t></is></c></row></sheetData></worksheet>'


def laughs() -> bytes:
    """A billion laughs, as a part of a workbook."""
    steps = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return sheet(f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "lol">{steps}]>{cells("&l9;")}')


def laughs_in_shared_strings() -> bytes:
    steps = '<!DOCTYPE l [<!ENTITY a "' + Random(1).randbytes(25_000).hex() + '">]>'
    return sheet(cells("x"), xl__sharedStrings__xml=f"{steps}<sst {MAIN}><si><t>{'&a;' * 1_000}</t></si></sst>".encode())


def outside(kind: str) -> bytes:
    return sheet(f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY {kind}>]>{cells("&e;")}')


def damaged(name: str) -> bytes:
    """A workbook that is cut off in its middle."""
    whole = sheet(cells(name))
    return whole[: len(whole) // 2]


def wide_sheet() -> bytes:
    """Headings a thousand wide."""
    row = "".join(f'<c t="inlineStr"><is><t>c{n}</t></is></c>' for n in range(1_000))
    return sheet(f'<worksheet {MAIN}><sheetData><row r="1"><c t="inlineStr"><is><t>ID</t></is></c>'
                 f'<c t="inlineStr"><is><t>name</t></is></c>{row}</row></sheetData></worksheet>')  # fmt: skip


def last_corner() -> bytes:
    return sheet(f'<worksheet {MAIN}><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
                 '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>')  # fmt: skip


def million_rows() -> bytes:
    """As many rows as the unpacked size allows."""
    rows = "<row><c><v>1</v></c></row>" * 700_000
    return sheet(f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>")


def text(table: str, encoding: str) -> Callable[[], bytes]:
    return lambda: table.encode(encoding)


def encrypted() -> bytes:
    packed = bytearray(zipped({"a.json": b"[]"}))
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    return bytes(packed)


def twice() -> bytes:
    packed = zipped({"a.json": b"[]", "b.json": b"[]"})
    return packed.replace(b"b.json", b"a.json")


TABLE = HEADINGS + ROW * 5
SMALL = (
    Hostile("nothing at all", "file-empty", lambda: b""),
    Hostile("only spaces", "file-empty", lambda: b" \t\r\n" * 500),
    Hostile("only a mark of order", "file-empty", lambda: b"\xef\xbb\xbf"),
    # wrong magic
    Hostile("a PDF called CSV", "file-of-wrong-type", lambda: b"%PDF-1.7\n" + TABLE.encode()),
    Hostile("an old Excel, or one with a password", "file-of-wrong-type",
            lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "a.xlsx"),
    Hostile("a picture called Excel", "file-of-wrong-type", lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "a.xlsx"),
    Hostile("a page called CSV", "file-of-wrong-type", lambda: b"<!DOCTYPE html><script>alert(1)</script>"),
    Hostile("gzip", "file-of-wrong-type", lambda: b"\x1f\x8b\x08" + bytes(60), "a.csv.gz"),
    Hostile("a program", "file-has-nul", lambda: b"\x7fELF\x02\x01\x01" + bytes(200)),
    Hostile("XML as text", "file-of-wrong-type",
            lambda: b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "a">]><l>&a;</l>', "a.xlsx"),
    # encodings
    Hostile("UTF-16 with its mark", "text-encoding-unknown", text(TABLE, "utf-16")),
    Hostile("UTF-16, big end first", "text-encoding-unknown", lambda: b"\xfe\xff" + TABLE.encode("utf-16-be")),
    Hostile("UTF-16 without a mark", "file-has-nul", text(TABLE, "utf-16-le")),
    Hostile("UTF-32", "text-encoding-unknown", text(TABLE, "utf-32")),
    Hostile("EUC-JP", "text-encoding-unknown", text(TABLE, "euc-jp")),
    Hostile("ISO-2022-JP", "id-column-missing", text(TABLE, "iso2022_jp")),
    Hostile("UTF-7", "id-column-missing", text(TABLE, "utf-7")),
    Hostile("Shift_JIS with bytes that are none", "text-encoding-unknown",
            lambda: TABLE.encode("cp932") + b"\x81\xff\xfd\xfe\n"),
    Hostile("UTF-8 and Shift_JIS in one file", "text-encoding-unknown",
            lambda: HEADINGS.encode() + ROW.encode("cp932")),
    Hostile("UTF-8 opened as Shift_JIS", "text-garbled", lambda: TABLE.encode().decode("cp932", "replace").encode()),
    Hostile("UTF-8 opened as Western text", "text-garbled",
            lambda: (HEADINGS * 2).encode().decode("latin-1").encode()),
    Hostile("signs of replacement", "text-garbled", (HEADINGS + "\ufffd\ufffd," * 40).encode),
    Hostile("a NUL among the cells", "file-has-nul", lambda: TABLE.replace("見本", "見\x00本").encode()),
    Hostile("half a pair in UTF-8", "text-encoding-unknown", lambda: HEADINGS.encode() + b"A-1,\xed\xa0\x80\n"),
    # tables
    Hostile("a quotation mark that never closes", "quotation-never-closed",
            (HEADINGS + 'A-1,"見本\n' + ROW).encode),
    Hostile("nothing but quotation marks", "id-column-missing", lambda: b'"' * 4_000),
    Hostile("one cell of a megabyte", "table-unreadable", f"ID,name\n1,{'x' * MEGABYTE}\n".encode),
    Hostile("a million columns", "too-many-columns", lambda: b"ID,name" + b",c" * 1_000_000 + b"\n1,x\n"),
    Hostile("a million rows", "too-many-rows", lambda: b"ID,name\n" + b"1,x\n" * 1_000_000),
    Hostile("a million line ends of old spreadsheets", "too-many-rows", lambda: b"ID,name\r" + b"1\r" * 1_000_000),
    Hostile("more than five megabytes of text", "file-too-big",
            lambda: b"ID,name\n" + b"1,x\n" * (5 * MEGABYTE // 4)),
    Hostile("headings and no people", "file-has-no-rows", HEADINGS.encode),
    Hostile("prose", "id-column-missing", "これは応募者の表ではありません。".encode),
    # JSON
    Hostile("JSON that breaks off", "json-malformed", lambda: b'{"candidates": [{"id": 1}', "a.json"),
    Hostile("JSON a hundred thousand deep", "json-malformed", lambda: b"[" * 100_000, "a.json"),
    Hostile("a number without end", "json-malformed", lambda: b'[{"id": 1e999}]', "a.json"),
    Hostile("half a pair in JSON", "json-malformed", lambda: b'[{"first_name": "\\ud800"}]', "a.json"),
    Hostile("JSON of something else", "json-not-a-greenhouse-dump", lambda: b'{"price": 1}', "a.json"),
    Hostile("too many applications", "too-many-rows",
            lambda: b'{"candidates":[{"id":1}],"applications":[' + b"{}," * 20_000 + b"{}]}", "a.json"),
    # archives
    Hostile("a zip cut off", "archive-damaged", lambda: damaged("x"), "a.xlsx"),
    Hostile("the first four bytes of a zip", "archive-damaged", lambda: b"PK\x03\x04", "a.zip"),
    Hostile("an empty zip", "file-of-wrong-type", lambda: b"PK\x05\x06" + bytes(18), "a.zip"),
    Hostile("a bomb by ratio", "archive-unpacks-too-large", lambda: zipped({"a.json": bytes(2 * MEGABYTE)}), "a.zip"),
    Hostile("a bomb by size", "archive-unpacks-too-large",
            lambda: zipped({"xl/workbook.xml": bytes(21 * MEGABYTE)}), "a.xlsx"),
    Hostile("a bomb in a zip in a zip", "file-of-wrong-type",
            lambda: nested(4, zipped({"a.json": bytes(MEGABYTE)})), "a.zip"),
    Hostile("a zip that holds itself, called JSON", "json-malformed", quine_like, "a.zip"),
    Hostile("51 files", "archive-too-many-files", lambda: zipped({f"{n}.json": b"[]" for n in range(51)}), "a.zip"),
    Hostile("sixty thousand entries", "archive-too-many-files", lambda: central_entries(60_000), "a.zip"),
    Hostile("entries that share one body", "archive-damaged", lambda: full_overlap(40), "a.zip"),
    Hostile("a size that lies low", "archive-damaged",
            lambda: lying(zipped({"a.json": b"x" * MEGABYTE}, zipfile.ZIP_STORED), MEGABYTE, 1_000), "a.zip"),
    Hostile("a size that lies high", "archive-unpacks-too-large",
            lambda: lying(zipped({"a.json": b"[1]"}), 3, 2**31), "a.zip"),
    Hostile("a zip with a password", "archive-encrypted", encrypted, "a.zip"),
    Hostile("a method nobody uses", "archive-damaged", lambda: zipped({"a.json": b"[]"}, zipfile.ZIP_LZMA), "a.zip"),
    Hostile("two entries of one name", "archive-damaged", twice, "a.zip"),
    Hostile("paths that lead out", "file-of-wrong-type",
            lambda: zipped({"../../../../etc/cron.d/x": b"x", "/etc/passwd": b"x"}), "a.zip"),
    Hostile("a document called Excel", "file-of-wrong-type",
            lambda: zipped({"word/document.xml": b"<w/>"}), "a.xlsx"),
    # workbooks
    Hostile("a billion laughs", "workbook-unreadable", laughs, "a.xlsx"),
    Hostile("laughs among the shared strings", "workbook-unreadable", laughs_in_shared_strings, "a.xlsx"),
    Hostile("an entity out of a file", "workbook-unreadable",
            lambda: outside('e SYSTEM "file:///etc/passwd"'), "a.xlsx"),
    Hostile("an entity out of the network", "workbook-unreadable",
            lambda: outside('% e SYSTEM "http://127.0.0.1:9/x.dtd"'), "a.xlsx"),
    Hostile("entities that are declared and not used", "workbook-unreadable",
            lambda: sheet(f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "e">]>{cells("x")}'), "a.xlsx"),
    Hostile("macros", "workbook-has-active-parts", lambda: sheet(cells("x"), xl__vbaProject=b"x"), "a.xlsm"),
    Hostile("a link to another workbook", "workbook-has-active-parts",
            lambda: sheet(cells("x"), xl__externalLinks__1=b"x"), "a.xlsx"),
    Hostile("a cell in the last corner", "workbook-unreadable", last_corner, "a.xlsx"),
    Hostile("headings a thousand wide", "too-many-columns", wide_sheet, "a.xlsx"),
    Hostile("a workbook of nothing", "workbook-unreadable", lambda: zipped({"xl/workbook.xml": b"<x/>"}), "a.xlsx"),
    # names
    Hostile("a name that leads out", "file-name-wrong", TABLE.encode, "../../etc/passwd"),
    Hostile("a name with a drive", "file-name-wrong", TABLE.encode, "C:\\relay\\x.csv"),
    Hostile("a name shown backwards", "file-name-wrong", TABLE.encode, "export\u202efdp.csv"),
)  # fmt: skip
BIG = (
    Hostile("twenty megabytes of empty lists", "json-not-a-greenhouse-dump|file-takes-too-much",
            lambda: b"[" + b"[]," * 6_500_000 + b"[]]", "a.json", big=True),
    Hostile("twenty megabytes of empty people", "file-has-no-rows|file-takes-too-much",
            lambda: b'{"candidates":[' + b"{}," * 6_500_000 + b"{}]}", "a.json", big=True),
    Hostile("twenty megabytes of empty applications", "too-many-rows|file-takes-too-much",
            lambda: b'{"candidates":[{"id":1}],"applications":[' + b"{}," * 6_500_000 + b"{}]}", "a.json", big=True),
    Hostile("twenty megabytes of pairs", "file-takes-too-much",
            lambda: b"[" + b'{"":{}},' * 2_600_000 + b"1]", "a.json", big=True),
    Hostile("four megabytes of commas", "file-has-no-rows", lambda: b"ID,name" + b"," * (4 * MEGABYTE), big=True),
    Hostile("a sheet of a million rows", "archive-unpacks-too-large", million_rows, "a.xlsx", big=True),
    Hostile("more than twenty megabytes of JSON", "body-too-large|file-too-big",
            lambda: b"[" + b" " * (20 * MEGABYTE), "a.json", big=True),
)  # fmt: skip
HOSTILE = (*SMALL, *BIG)
