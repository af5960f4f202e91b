"""What one tenant wrote stands in no answer to another: every page and list, asked by everybody who is signed in."""

from __future__ import annotations

import pytest

from tests.hostile.matrix_people import Visitor, everybody, probe
from tests.hostile.seeds import Place, Played

SECRETS: dict[str, set[str]] = {
    "弁護士の意見書": {"operator"},
    "2月の面談の記録": {"operator", "hiring", "by-page"},
    "最終選考まで進まれた方": {"aoi", "ren", "source"},
    "海外営業を十年": {"aoi"},
    "portfolio.example": {"aoi"},
    "aoi.mihon@": {"aoi", "source", "second-source"},
    "ren.mihon@": {"ren", "source", "second-source"},
    "never.mihon@": {"source", "second-source"},
    "waits-a.mihon@": {"source", "second-source"},
    "退社 者": {"source", "operator"},
    "見本 leaver": {"leaver", "hiring"},
    "見本 page-leaver": {"page-leaver", "by-page"},
    "見本 紬": {"aoi", "spare"},
    "小売業で需要予測": {"leaver", "stayer", "page-stayer", "page-leaver", "hiring", "by-page"},
    "株式会社かりの見本": {"leaver", "stayer", "page-stayer", "page-leaver"},
    "大阪府見本市3-3": {"leaver", "stayer", "page-stayer", "page-leaver"},
    "admin@source.example": {"operator", "source"},
    "5,400,000": {"operator", "hiring", "stayer"},
}
"""Words of the play, and who may read them: companies, and people by their names."""
ASKING = frozenset({
    "stranger", "left", "source:admin", "second-source:admin", "hiring:admin", "by-page:admin", "other:admin", "operator:admin",
    "operator:finance", "aoi", "ren", "spare", "leaver", "stayer", "page-stayer", "holder of page-leaver", "key of other: all",
    "key of second-source: all",
})  # fmt: skip
FEW = frozenset({"second-source:admin", "other:admin", "ren", "stayer"})
"""Stand for the others in plain `make test`."""
SEEN = {
    ("最終選考まで進まれた方", "aoi"), ("海外営業を十年", "aoi"), ("見本 leaver", "leaver"), ("小売業で需要予測", "hiring:admin"),
    ("株式会社かりの見本", "stayer"), ("admin@source.example", "source:admin"), ("5,400,000", "operator:admin"),
}  # fmt: skip
"""Found by those whom they concern, or the test would prove nothing."""


def test_no_answer_to_another_tenant_holds_what_one_wrote(place: Place, played: Played) -> None:
    look(place, played, FEW)


@pytest.mark.heavy
def test_no_answer_to_anybody_holds_what_is_not_theirs(place: Place, played: Played) -> None:
    look(place, played, ASKING)


def look(place: Place, played: Played, asking: frozenset[str]) -> None:
    """Every GET as each of them."""
    visitors = [each for each in everybody(place) if each.name in asking]
    leaks: set[tuple[str, str, str]] = set()
    seen: set[tuple[str, str]] = set()
    for (method, path), seed in played.seeds.items():
        if method != "GET" or path.startswith(("/dev/", "/static/")): continue  # the mailbox shows developers all mail, on loopback
        for visitor in visitors:
            text = place.call(probe(place, seed, visitor)).text
            for secret, readers in SECRETS.items():
                if secret not in text: continue
                seen.add((secret, visitor.name))
                if _who(visitor) not in readers: leaks.add((secret, visitor.name, path))
    assert leaks == set()
    assert seen >= {each for each in SEEN if each[1] in asking}


def _who(visitor: Visitor) -> str:
    return visitor.company or visitor.asked or visitor.name
