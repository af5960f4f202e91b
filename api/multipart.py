"""Forms with a file (`multipart/form-data`, RFC 7578), read strictly and within bounds: fields are text, files are bytes."""

from __future__ import annotations

import re
from urllib.parse import unquote

import msgspec

from api.body import FORM_FIELDS_MOST, BadField
from api.text_types import clean
from domain.refusal import Refused

HEADERS_MOST_BYTES = 2_048
FILE_NAME_MOST = 255

_CONTENT_TYPE = re.compile(r"multipart/form-data\s*;\s*boundary=(\"?)([0-9A-Za-z'()+_,./:=?-]{1,70})\1\s*\Z", re.IGNORECASE)
_DISPOSITION = re.compile(r'form-data\s*;\s*name="([^"]*)"(?:\s*;\s*filename="([^"]*)")?\s*\Z', re.IGNORECASE)


class File(msgspec.Struct, frozen=True):
    """A file as the browser sent it. `name` is what the person's machine calls it; nothing is opened by it."""

    name: str
    data: bytes


class Form(msgspec.Struct, frozen=True):
    """All fields with their values, and all files; an input left empty gives no file."""

    fields: dict[str, list[str]]
    files: dict[str, File]


def is_multipart(content_type: str) -> bool:
    """A form with a boundary that the standard allows."""
    return _CONTENT_TYPE.fullmatch(content_type.strip()) is not None


def read(body: bytes, content_type: str) -> Form:
    """The form in `body`. Raises BadField, and Refused `body-not-a-form`, `field-twice` (one file for each input)."""
    boundary = _CONTENT_TYPE.fullmatch(content_type.strip())
    if boundary is None: raise Refused("body-not-a-form")
    mark = b"\r\n--" + boundary[2].encode("ascii")
    first, *parts = (b"\r\n" + body).split(mark, FORM_FIELDS_MOST + 2)
    if first or not parts or parts.pop() not in {b"--", b"--\r\n"}: raise Refused("body-not-a-form")
    fields: dict[str, list[str]] = {}
    files: dict[str, File] = {}
    for part in parts:
        name, file_name, data = _part(part)
        if file_name is None:
            fields.setdefault(name, []).append(_text(data, name))
        elif file_name or data:
            if name in files: raise Refused("field-twice")
            files[name] = File(file_name[:FILE_NAME_MOST], data)
    return Form(fields, files)


def _part(part: bytes) -> tuple[str, str | None, bytes]:
    """Name, file name (None for a field) and content of what stands between two boundaries."""
    head, found, data = part.partition(b"\r\n\r\n")
    if not found or not head.startswith(b"\r\n") or len(head) > HEADERS_MOST_BYTES: raise Refused("body-not-a-form")
    headers: dict[str, str] = {}
    for line in head[2:].split(b"\r\n"):
        name, _, value = _decoded(line).partition(":")
        headers[name.strip().lower()] = value.strip()
    said = _DISPOSITION.fullmatch(headers.get("content-disposition", ""))
    if said is None or "content-transfer-encoding" in headers: raise Refused("body-not-a-form")
    file_name = None if said[2] is None else _named(said[2])
    return _text(said[1].encode(), "$"), file_name, data


def _named(sent: str) -> str:
    """Browsers write a quotation mark or a line break in a name as %22, %0D, %0A. Folders are left out."""
    name = clean(unquote(sent).replace("\r", " ").replace("\n", " "))
    if name is None: raise BadField("$", "A file's name holds a character that is not allowed")
    return re.split(r"[/\\]", name)[-1].strip()


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("body-not-a-form") from None


def _text(raw: bytes, name: str) -> str:
    cleaned = clean(_decoded(raw))
    if cleaned is None: raise BadField(name, "Text holds a character that is not allowed")
    return cleaned
