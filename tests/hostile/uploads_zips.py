"""Archives that lie: nested, sharing bodies, holding themselves, with sizes and counts that are not so."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from random import Random


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, body in files.items():
            archive.writestr(zipfile.ZipInfo(name), body, method)
    return target.getvalue()


def nested(depth: int, inmost: bytes) -> bytes:
    """A zip of five zips of five zips …; what is inmost stands many times in the whole."""
    return inmost if depth == 0 else zipped({f"{n}.zip": nested(depth - 1, inmost) for n in range(5 if depth > 2 else 1)})


def quine_like() -> bytes:
    """A zip whose only entry begins with the zip itself: to unpack it and what comes out goes on for ever."""
    whole = zipped({"again.json": b"PK\x03\x04"})
    for _ in range(3): whole = zipped({"again.json": whole})
    return whole


def lying(packed: bytes, size: int, said: int) -> bytes:
    """Every header that says `size` says something else."""
    return packed.replace(struct.pack("<L", size), struct.pack("<L", said))


def central_entries(count: int) -> bytes:
    """A directory of so many entries, all of one empty body."""
    local = _local(b"a.json", b"")
    entries = b"".join(_central(b"%06x" % n, b"", 0) for n in range(count))
    return local + entries + _end(min(count, 0xFFFF), len(entries), len(local))


def full_overlap(count: int) -> bytes:
    """Entries of different names that all lead to the same body."""
    body = Random(1).randbytes(100_000).hex().encode()
    local = _local(b"000000.json", body)
    entries = b"".join(_central(b"%06d.json" % n, body, 0) for n in range(count))
    return local + entries + _end(count, len(entries), len(local))


def _packed(body: bytes) -> bytes:
    made = zlib.compressobj(9, zlib.DEFLATED, -15)
    return made.compress(body) + made.flush()


def _local(name: bytes, body: bytes) -> bytes:
    packed = _packed(body)
    head = struct.pack("<4s5HLLLHH", b"PK\x03\x04", 20, 0, 8, 0, 33, zlib.crc32(body), len(packed), len(body), len(name), 0)
    return head + name + packed


def _central(name: bytes, body: bytes, at: int) -> bytes:
    packed = _packed(body)
    head = struct.pack("<4s6HLLL5HLL", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, zlib.crc32(body), len(packed), len(body),
                       len(name), 0, 0, 0, 0, 0, at)  # fmt: skip
    return head + name


def _end(count: int, length: int, at: int) -> bytes:
    return struct.pack("<4s4HLLH", b"PK\x05\x06", 0, 0, count, count, length, at, 0)
