"""Words for codes that pages show: account. Kind, then code, then the English sentence; its Japanese is in `locale`."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "browser": {
        "chrome": "Chrome",
        "edge": "Edge",
        "firefox": "Firefox",
        "safari": "Safari",
        "opera": "Opera",
        "samsung": "Samsung Internet",
        "line": "LINE's own browser",
        "program": "A program over the API",
        "other": "A browser we do not know",
    },
    "system": {
        "iphone": "iPhone",
        "ipad": "iPad",
        "android": "Android",
        "windows": "Windows",
        "mac": "Mac",
        "chromeos": "ChromeOS",
        "linux": "Linux",
        "other": "A device we do not know",
    },
}
