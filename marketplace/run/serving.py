"""How the web listens: who is slow, silent or many keeps nobody else waiting.

A connection is one of `CONNECTIONS`; what it asks must begin and its headers end within `HEADERS_SECONDS`, also the next
time on the same line. Bodies have their own pace, held in `api/pace.py`.
"""

from __future__ import annotations

import resource
from typing import Any, Final

HEADERS_SECONDS: Final = 10
CONNECTIONS: Final = 4_096
"""Held at once; who comes then waits in the queue of the system, which holds `BACKLOG`."""
BACKLOG: Final = 1_024
BUFFER_BYTES: Final = 64 * 1024
"""What one connection may make the server hold before anybody has read it: its headers, or a piece of its body."""

_OTHER_FILES: Final = 512


def limits() -> dict[str, Any]:
    """What the server is given, `relay web`'s and any other that stands for it."""
    from granian.constants import HTTPModes  # noqa: PLC0415
    from granian.http import HTTP1Settings  # noqa: PLC0415  only who serves pays for it

    return {
        # Where the version is found out first, a connection that says nothing is waited for without an end.
        "http": HTTPModes.http1,
        "websockets": False,
        "backlog": BACKLOG,
        "backpressure": CONNECTIONS,
        "http1_settings": HTTP1Settings(header_read_timeout=HEADERS_SECONDS * 1_000, max_buffer_size=BUFFER_BYTES),
    }


def serve(application: str, host: str, port: int) -> None:
    """Serve the application that this import string makes, until SIGTERM."""
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.server import Server  # noqa: PLC0415

    _allow_files()
    Server(
        application,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        factory=True,
        log_enabled=True,
        log_access=False,
        **limits(),
    ).serve()


def _allow_files() -> None:
    """Each connection is an open file, and the usual limit is 1,024: as many more as the system lets us have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
