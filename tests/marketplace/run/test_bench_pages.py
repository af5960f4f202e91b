"""What is measured as a page: every kind once, come to by links; a link that leads nowhere ends the bench."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from marketplace.run.bench import Effort, pages
from marketplace.run.bench.client import Answer
from marketplace.run.bench.ground import Ground
from marketplace.run.bench.table import Strayed

if TYPE_CHECKING:
    from marketplace.run.postgres import Server
    from tests.conftest import Database

FEW = Effort(rounds=1, looks=1, applicants=6, cards=3, introductions=3)
ID = "0f8e0c1e-5f43-4f62-a3c2-1c2f4f2d9a77"


class Book:
    """A site of pages that are written down."""

    def __init__(self, **pages: str) -> None:
        self.pages = {f"/{name}": text for name, text in pages.items()}
        self.asked: list[str] = []

    def get(self, target: str) -> Answer:
        self.asked.append(target)
        text = self.pages.get(target.partition("?")[0])
        return Answer(404, b"") if text is None else Answer(200, f"<!DOCTYPE html>{text}".encode())


def test_links_are_followed_within_the_site_and_files_are_left() -> None:
    book = Book(
        a='<a href="b">b</a><a href="https://elsewhere.example/x">x</a><a href="/c.csv" download>c</a><a href="#top">t</a>',
        b='<a href="/a?page=2">a</a>',
    )
    assert pages._walk(book, "/a", ()) == {"/a": "/a", "/b": "/b", "/a?page": "/a?page=2"}  # type: ignore[arg-type]


def test_of_pages_that_show_different_things_in_one_way_the_first_is_measured() -> None:
    assert pages._shape(f"/hiring/jobs/{ID}?at=4&q=") == "/hiring/jobs/{}?at"
    assert pages._shape("/operator/stories?ident=CR-48213-77102-30984") == "/operator/stories?ident"
    assert pages._shape("/me/seen-by") == "/me/seen-by"


def test_what_somebody_before_saw_is_not_measured_again() -> None:
    book = Book(a='<a href="/b">b</a>', b="")
    assert pages._walk(book, "/a", {"ours, /b"}) == {"/a": "/a"}  # type: ignore[arg-type]
    assert book.asked == ["/a"]


def test_of_one_page_no_more_ways_to_ask_are_measured_than_the_bound() -> None:
    ways = "".join(f'<a href="/a?{name}=1">{name}</a>' for name in "bcdefgh")
    assert len(pages._walk(Book(a=ways), "/a", ())) == pages.QUERIES_A_PAGE  # type: ignore[arg-type]


def test_a_link_that_leads_nowhere_ends_the_bench() -> None:
    with pytest.raises(Strayed, match="/gone: 404"):
        pages._walk(Book(a='<a href="/gone">gone</a>'), "/a", ())  # type: ignore[arg-type]


def test_a_tiny_round_of_pages_sees_everybodys_first_page_beside_the_bare_framework(
    server: Server, database: Database
) -> None:
    here = Ground(server=server, app_url=database.app_url, owner_url=database.owner_url)
    rows = {row.case: row for row in pages.measure(here, lambda _line: None, FEW)}
    first = {"ours, /", "ours, /me", "ours, /me/asks/{}", "ours, /source", "ours, /hiring", "ours, /operator", "ours, /finance"}
    assert first <= rows.keys()
    assert {row.yardstick for case, row in rows.items() if case in first} == {"bare, a page"}
    assert all(row.value > 0 and row.unit == "ms" for row in rows.values())
