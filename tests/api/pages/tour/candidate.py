"""The candidate's pages, as the walked town has them; a new page is a new line."""

from __future__ import annotations

WHO = "person"
PATHS = [
    "/",
    "/me",
    "/me/asks/{introduction}",
    "/me/profile",
    "/me/consents",
    "/me/blocks",
    "/me/blocks?search=つばさ",
    "/me/pace",
    "/me/channels",
    "/me/requests",
    "/me/erasure",
    "/line/return",
    "/me/seen-by",
    "/me/data",
]
