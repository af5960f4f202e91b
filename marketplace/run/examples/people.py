"""Invented people. Family names are words for samples and drafts, so nobody takes them for anyone."""

from __future__ import annotations

from typing import Final

FAMILY: Final = (
    ("見本", "mihon", "ミホン"),
    ("例示", "reiji", "レイジ"),
    ("仮名", "kamei", "カメイ"),
    ("架空", "kaku", "カクウ"),
    ("模擬", "mogi", "モギ"),
    ("雛形", "hinagata", "ヒナガタ"),
    ("凡例", "hanrei", "ハンレイ"),
    ("試作", "shisaku", "シサク"),
    ("想定", "sotei", "ソウテイ"),
    ("図解", "zukai", "ズカイ"),
    ("空想", "kuuso", "クウソウ"),
    ("練習", "renshu", "レンシュウ"),
)
GIVEN: Final = (
    ("葵", "aoi", "アオイ"),
    ("蓮", "ren", "レン"),
    ("紬", "tsumugi", "ツムギ"),
    ("湊", "minato", "ミナト"),
    ("陽葵", "himari", "ヒマリ"),
    ("律", "ritsu", "リツ"),
    ("凛", "rin", "リン"),
    ("朔", "saku", "サク"),
    ("芽依", "mei", "メイ"),
    ("颯", "hayate", "ハヤテ"),
    ("結", "yui", "ユイ"),
    ("灯", "akari", "アカリ"),
)


def invented(number: int, domain: str) -> tuple[str, str, str]:
    """Family name, given name and an address that no other number has. 見本 is kept for the people of the story."""
    family = FAMILY[1 + number % 11]
    given = GIVEN[(number // 11) % 12]
    return family[0], given[0], f"{given[1]}.{family[1]}.{number:03}@{domain}"


def kana(number: int) -> str:
    """The reading of the same name."""
    return f"{FAMILY[1 + number % 11][2]} {GIVEN[(number // 11) % 12][2]}"
