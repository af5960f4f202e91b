"""Words for codes that pages show: shared. Kind, then code, then the English sentence; its Japanese is in `locale`."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {}
