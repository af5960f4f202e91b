"""A zip is measured before it is unpacked: number of entries, unpacked size and ratio (OWASP ASVS 5.2.3)."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Final

from domain.refusal import Refused

ENTRIES_LIMIT: Final = 50
UNPACKED_LIMIT_BYTES: Final = 20 * 1024 * 1024
RATIO_LIMIT: Final = 100
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED: Final = 0x1
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
    OverflowError,
    LookupError,
)


def contents(data: bytes) -> dict[str, bytes]:
    """Every entry by name. Raises Refused for a bomb, for encryption, for a damaged zip; unpacks nothing before."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _measure(entries)
            # Reading ends at the declared size and the checksum must fit: an entry that lies about its size is damaged.
            return {entry.filename: archive.read(entry) for entry in entries}
    except _DAMAGED as error:
        raise Refused("archive-damaged") from error


def packed(files: dict[str, bytes]) -> bytes:
    """The same entries as one plain zip: what reads it later sees just what was measured, whatever the first hid."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, body in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), body)
    return target.getvalue()


def packed_folder(folder: Path) -> bytes:
    """A folder of JSON files as one upload. Raises Refused when there is none or too much."""
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise Refused("file-empty")
    if len(paths) > ENTRIES_LIMIT:
        raise Refused("archive-too-many-files", limit=ENTRIES_LIMIT)
    if sum(path.stat().st_size for path in paths) > UNPACKED_LIMIT_BYTES:
        raise Refused("archive-unpacks-too-large", limit_megabytes=UNPACKED_LIMIT_BYTES // 1024**2)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            archive.writestr(zipfile.ZipInfo(path.name), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _measure(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > ENTRIES_LIMIT:
        raise Refused("archive-too-many-files", limit=ENTRIES_LIMIT)
    if sum(entry.file_size for entry in entries) > UNPACKED_LIMIT_BYTES:
        raise Refused("archive-unpacks-too-large", limit_megabytes=UNPACKED_LIMIT_BYTES // 1024**2)
    if any(entry.file_size > RATIO_LIMIT * max(entry.compress_size, 1) for entry in entries):
        raise Refused("archive-unpacks-too-large", limit_megabytes=UNPACKED_LIMIT_BYTES // 1024**2)
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise Refused("archive-encrypted")
    names = {entry.filename for entry in entries}
    if len(names) < len(entries) or any(entry.compress_type not in _METHODS for entry in entries):
        raise Refused("archive-damaged")
