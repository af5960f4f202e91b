"""Where a session was opened, in words coarse enough to say nothing of a person: a kind of browser, a kind of system.

What a browser says of itself (its User-Agent) is read once and never kept. Browsers name each other in it, so the order counts.
"""

from __future__ import annotations

import msgspec

_BROWSERS = (
    ("edg", "edge"),
    ("opr/", "opera"),
    ("samsungbrowser", "samsung"),
    ("line/", "line"),
    ("firefox", "firefox"),
    ("fxios", "firefox"),
    ("crios", "chrome"),
    ("chrom", "chrome"),
    ("safari", "safari"),
)
_SYSTEMS = (
    ("iphone", "iphone"),
    ("ipad", "ipad"),
    ("android", "android"),
    ("windows", "windows"),
    ("mac os", "mac"),
    ("cros", "chromeos"),
    ("linux", "linux"),
)


class Device(msgspec.Struct, frozen=True):
    """Two codes; `program` is what does not call itself a browser, `other` what is not known."""

    browser: str = "other"
    system: str = "other"


UNKNOWN = Device()


def device_of(user_agent: str) -> Device:
    """The words for what a browser says of itself."""
    said = user_agent[:400].casefold()
    if not said.startswith("mozilla/"): return Device("program" if said else "other")
    return Device(_first(said, _BROWSERS), _first(said, _SYSTEMS))


def _first(said: str, known: tuple[tuple[str, str], ...]) -> str:
    return next((word for part, word in known if part in said), "other")
