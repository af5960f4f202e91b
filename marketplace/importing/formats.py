"""What a file is, told by its content and never by its name, and how large each kind may be."""

from __future__ import annotations

import codecs
import re
from typing import Final

from domain.refusal import Refused
from marketplace.importing.archive import contents
from marketplace.importing.reading import Form

MEGABYTE: Final = 1024 * 1024
TEXT_LIMIT_BYTES: Final = 5 * MEGABYTE
JSON_LIMIT_BYTES: Final = 20 * MEGABYTE
ROWS_LIMIT: Final = 20_000
COLUMNS_LIMIT: Final = 100

# How files begin that people upload by mistake: PDF, old Excel, pictures, RTF, HTML and XML, gzip, 7z, RAR.
_OTHER_KINDS = re.compile(
    rb"%PDF|\xd0\xcf\x11\xe0|\x89PNG|\xff\xd8\xff|GIF8|\{\\rtf"
    rb"|\s*<(?:!doctype|html|\?xml|table)|\x1f\x8b|7z\xbc\xaf|Rar!",
    re.IGNORECASE,
)
# What Japanese in UTF-8 looks like after it was opened as CP932, and after it was opened as Western text.
_GARBLED = re.compile(r"[縺繧繝][\u0080-\uffff]|ã[\u0080-\u00bf\u2010-\u203a\u0152-\u02dc]|\ufffd|ï¿½")
_NAMED_AS = (
    (".json", Form.GREENHOUSE_JSON),
    (".zip", Form.GREENHOUSE_ZIP),
    (".csv", Form.CSV),
    (".xlsx", Form.XLSX),
)


def detect(data: bytes) -> Form:
    """The form of a file. Raises Refused for nothing at all, for other kinds of file, and beyond the size limits."""
    head = data[:64].removeprefix(codecs.BOM_UTF8).lstrip()
    if not data[:TEXT_LIMIT_BYTES].removeprefix(codecs.BOM_UTF8).strip():
        raise Refused("file-empty")
    if data.startswith(b"PK"):
        _limit(data, TEXT_LIMIT_BYTES)
        return _form_of_archive(data)
    if _OTHER_KINDS.match(head):
        raise Refused("file-of-wrong-type")
    if head[:1] in {b"{", b"["}:
        _limit(data, JSON_LIMIT_BYTES)
        return Form.GREENHOUSE_JSON
    _limit(data, TEXT_LIMIT_BYTES)
    return Form.CSV


def named_otherwise(form: Form, filename: str) -> bool:
    """The name ends like another kind of file than this is."""
    return any(filename.lower().endswith(ending) and form is not meant for ending, meant in _NAMED_AS)


def text_of(data: bytes) -> str:
    """The text of a CSV: UTF-8 with or without its mark, else CP932. Raises Refused where neither gives text."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Refused("text-encoding-unknown")
    if b"\x00" in data:
        raise Refused("file-has-nul")
    text = _decoded(data)
    not_ascii = len(text) - len(text.encode("ascii", "ignore"))
    if _was_read_as_cp932(text) or len(_GARBLED.findall(text)) > max(3, not_ascii // 20):
        raise Refused("text-garbled")
    return text


def _was_read_as_cp932(text: str) -> bool:
    """The first line turns into other Japanese when the mistake is undone: UTF-8, opened as CP932 and saved again."""
    line = text.lstrip().partition("\n")[0]
    try:
        return line.encode("cp932").decode("utf-8") != line
    except UnicodeError:
        return False


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("text-encoding-unknown")


def _limit(data: bytes, limit_bytes: int) -> None:
    if len(data) > limit_bytes:
        raise Refused("file-too-big", limit_megabytes=limit_bytes // MEGABYTE)


def _form_of_archive(data: bytes) -> Form:
    names = contents(data).keys()
    if "xl/workbook.xml" in names:
        return Form.XLSX
    if any(name.lower().endswith(".json") for name in names):
        return Form.GREENHOUSE_ZIP
    raise Refused("file-of-wrong-type")
