"""A source's imports by hand: rows put right in place by the reader's own rules, rows as CSV, and undoing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from domain.calendar import jst_date, next_decent_moment
from marketplace.holidays import HOLIDAYS
from marketplace.run import postgres
from tests.api.pages.browser import Browser
from tests.api.pages.town import Town
from tests.api.pages.walking import empty

ABOUT = {"system": "ats", "basis": "application-notice", "notice_version": "2025-04"}
HEAD = "応募ID,氏名,メールアドレス,電話番号,応募日,不採用日,選考結果,選考段階,職種,評価コメント,備考,生年月日\n"


@pytest.fixture(scope="module")
def town(server: postgres.Server, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Companies, and nobody else."""
    with empty(server, template, tmp_path_factory.mktemp("imports"), "imports") as opened:
        opened.open_companies()
        yield opened


def brought_in(town: Town, *rows: str, coding: str = "utf-8", system: str = "ats") -> tuple[Browser, str]:
    """The source brings in these rows; its browser, and where the import is."""
    source = town.browsers["source"]
    data = (HEAD + "".join(f"{row}\n" for row in rows)).encode(coding)
    there = source.do("/source/imports", "/source/imports", file=("応募者.csv", data), look="false", **ABOUT | {"system": system})
    town.settle()
    return source, there


def cells_of(source: Browser, path: str) -> list[str]:
    """What the form of a row holds, cell by cell."""
    return next(form.fields["cells"] for form in source.get(path).forms if form.action == path)


def counted(text: str) -> str:
    """How many rows were read, are invitable, withdrew, are set aside."""
    found = re.search(r"読み込み\d+行、招待できる\d+、辞退\d+、保留\d+", text)
    assert found
    return found[0]


def test_a_row_of_a_cp932_file_is_put_right_and_is_part_of_its_import(town: Town) -> None:
    source, there = brought_in(
        town,
        "R-1,見本 一,one@example.jp,,2026/03/01,2026/04/01,不採用,最終面接,営業職,,,",
        "R-2,,two@example.jp,,2026/03/01,2026/04/01,不採用,最終面接,営業職,,,",
        coding="cp932",
        system="cp",
    )
    assert counted(source.get(there).text) == "読み込み2行、招待できる1、辞退0、保留1"
    row = f"{there}/rows/3"
    assert row in source.get(there).links
    page = source.get(row)
    assert "氏名" in page.text
    assert "3 行目：氏名（氏名）が空です" in page.text
    cells = cells_of(source, row)
    assert cells[:3] == ["R-2", "", "two@example.jp"]
    wrong = source.send(row, row, cells=[cells[0], "見本 二", "two@", *cells[3:]])
    assert wrong.status_code == 422
    assert 'value="two@"' in wrong.text, "what was typed is still there"
    assert "メールアドレス（メールアドレス）の形が正しくありません" in wrong.text
    assert counted(source.get(there).text) == "読み込み2行、招待できる1、辞退0、保留1"
    cells[1] = "見本 二"
    assert source.do(row, row, cells=cells) == there
    town.settle()
    after = source.get(there).text
    assert counted(after) == "読み込み2行、招待できる2、辞退0、保留0"
    assert "氏名（氏名）が空です" not in after
    assert "見本 二" in source.get("/source/applicants").text
    assert source.send(there, f"{there}/invitations").text.count("2件のご案内を予約しました") == 1


def test_a_repaired_row_keeps_its_cells_no_longer(town: Town) -> None:
    source, there = brought_in(town, "K-1,,k@example.jp,,2026/03/01,2026/04/01,不採用,最終面接,営業職,,,", system="keep")
    row = f"{there}/rows/2"
    cells = cells_of(source, row)
    batch = there.rpartition("/")[2]
    with town.house.database.transaction() as connection:
        ref = connection.execute("SELECT ref FROM import_row WHERE batch = %s", (batch,)).fetchone()
        assert connection.execute("SELECT count(*) FROM vault_record WHERE ref = %s", ref).fetchone() == (1,)
    cells[1] = "見本 残らず"
    source.do(row, row, cells=cells)
    with town.house.database.transaction() as connection:
        assert connection.execute("SELECT count(*) FROM vault_record WHERE ref = %s", ref).fetchone() == (0,)
    again = source.get(row)
    assert "修正して取り込み済み" in again.text
    assert not [form for form in again.forms if form.action == row]


def test_what_may_not_be_collected_is_in_no_form_and_in_no_csv(town: Town) -> None:
    source, there = brought_in(
        town,
        "D-1,,d@example.jp,,2026/03/01,2026/04/01,不採用,最終面接,営業職,妊娠中とのこと,趣味は登山,1994-05-06",
        "D-2,見本 ずれ,x@example.jp,,2026/03/01,2026/04/01,不採用,最終面接,営業職,,,1971-01-02,余り",
        system="deny",
    )
    page = source.get(f"{there}/rows/2").text
    assert "d@example.jp" in page
    for forbidden in ("1994", "妊娠", "生年月日", "登山", "備考"):
        assert forbidden not in page, forbidden
    shifted = source.get(f"{there}/rows/3").text
    assert "列がずれていた" in shifted
    assert "1971" not in shifted
    assert "x@example.jp" not in shifted
    answer = source.client.get(f"{there}/rows.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert not [word for word in ("1994", "妊娠", "登山", "1971") if word in answer.text]
    with town.house.database.transaction() as connection:
        kept = connection.execute("SELECT string_agg(column_name || code, ' ') FROM import_problem").fetchone()
    assert kept
    assert "妊娠" not in kept[0]


def test_a_row_that_was_shifted_is_typed_anew(town: Town) -> None:
    source, there = brought_in(
        town, "S-1,見本 横,y@example.jp,,2026/03/01,2026/04/01,不採用,最終面接,営業職,,,,余り", system="shift"
    )
    row = f"{there}/rows/2"
    assert set(cells_of(source, row)) == {""}
    typed = ["S-1", "見本 横", "y@example.jp", "", "2026/03/01", "2026/04/01", "不採用", "最終面接", "営業職", ""]
    assert source.do(row, row, cells=typed) == there


def test_a_cell_that_looks_like_a_formula_is_text_in_the_csv_and_itself_when_it_comes_back(town: Town) -> None:
    source, there = brought_in(
        town, 'F-1,"=HYPERLINK(""http://x"")",f@,+81312345678,2026/03/01,2026/04/01,不採用,最終面接,営業職,,,', system="formula"
    )
    text = source.client.get(f"{there}/rows.csv").text
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[1][1] == "'=HYPERLINK(\"http://x\")"
    assert rows[1][3] == "'+81312345678"
    rows[1][2] = "f@example.jp"
    back = io.StringIO()
    csv.writer(back).writerows(rows)
    about = ABOUT | {"system": "formula"}
    again = source.do("/source/imports", "/source/imports", file=("直した.csv", back.getvalue().encode()), look="false", **about)
    town.settle()
    assert counted(source.get(again).text) == "読み込み1行、招待できる1、辞退0、保留0"
    shown = source.get("/source/applicants").text
    assert "=HYPERLINK(&#34;http://x&#34;)" in shown
    assert "&#39;=HYPERLINK" not in shown


def test_a_repair_invites_nobody_whom_the_rest_of_the_file_holds_back(town: Town) -> None:
    source, there = brought_in(
        town,
        "H-1,見本 選考中,h@example.jp,,2026/03/01,,選考中,一次面接,営業職,,,",
        "H-2,,h2@,,2026/03/01,2026/04/01,不採用,一次面接,営業職,,,",
        "H-3,見本 別,h3@,,2026/03/01,2026/04/01,不採用,一次面接,営業職,,,",
        system="held",
    )
    for number, mailbox in ((3, "h@example.jp"), (4, "h3@example.jp")):
        row = f"{there}/rows/{number}"
        cells = cells_of(source, row)
        source.do(row, row, cells=[cells[0], "見本 直し", mailbox, *cells[3:]])
    town.settle()
    assert counted(source.get(there).text) == "読み込み3行、招待できる1、辞退0、保留0"
    assert "1件のご案内を予約しました" in source.send(there, f"{there}/invitations").text


def test_an_id_that_the_import_has_already_is_refused_and_changes_nothing(town: Town) -> None:
    source, there = brought_in(
        town,
        "T-1,見本 元,t@example.jp,,2026/03/01,2026/04/01,不採用,一次面接,営業職,,,",
        ",見本 後,t2@example.jp,,2026/03/01,2026/04/01,不採用,一次面接,営業職,,,",
        system="taken",
    )
    row = f"{there}/rows/3"
    answer = source.send(row, row, cells=["T-1", *cells_of(source, row)[1:]])
    assert answer.status_code == 409
    assert "この取り込みですでに使われています" in answer.text
    assert f"{there}/rows/3" in source.get(there).links


@pytest.mark.parametrize("cells", [[], ["x"], ["x"] * 11, ["=" * 4001] + [""] * 9, ["\u202e"] * 10], ids=repr)
def test_cells_that_no_form_of_ours_sends_are_refused(town: Town, cells: list[str]) -> None:
    source, there = brought_in(
        town, f"N-{len(cells)}{len(''.join(cells))},,n@example.jp,,2026/03/01,2026/04/01,不採用,一次面接,営業職,,,", system="no"
    )
    row = f"{there}/rows/2"
    answer = source.send(row, row, cells=cells)
    assert 400 <= answer.status_code < 500
    assert 'role="alert"' in answer.text
    assert counted(source.get(there).text) == "読み込み1行、招待できる0、辞退0、保留1"


def test_a_row_that_is_left_out_is_destroyed(town: Town) -> None:
    source, there = brought_in(town, "L-1,,l@example.jp,,2026/03/01,2026/04/01,不採用,一次面接,営業職,,,", system="left")
    row = f"{there}/rows/2"
    assert source.do(row, f"{row}/leaving-out") == there
    assert "取り込まないことにした行" in source.get(row).text
    assert "l@example.jp" not in source.get(row).text
    assert source.client.get(f"{there}/rows.csv").status_code == 404


def test_undoing_says_first_what_stays_and_why_and_erases_the_rest(town: Town) -> None:
    lately = jst_date(town.now() - timedelta(days=3))
    source, there = brought_in(
        town,
        "U-1,見本 送信済,sent@example.jp,,2026/01/01,2026/01/10,不採用,最終面接,営業職,,,",
        f"U-2,見本 予約中,wait@example.jp,,2026/01/01,{lately},不採用,最終面接,営業職,,,",
        f"U-3,,aside@example.jp,,2026/01/01,{lately},不採用,最終面接,営業職,,,",
        system="undo",
    )
    source.send(there, f"{there}/invitations")
    town.settle()
    town.move_to(next_decent_moment(town.now() + timedelta(minutes=1), town.house.office.policy, HOLIDAYS) + timedelta(minutes=1))
    page = source.get(f"{there}/undoing").text
    assert "1件の記録" in page
    assert "ご案内済み" in page
    assert "届いたメールのリンク" in page
    assert source.do(f"{there}/undoing", f"{there}/undoing") == there
    town.settle()
    pool = source.get(f"/source/applicants?batch={there.rpartition('/')[2]}").text
    assert "見本 送信済" in pool
    assert "見本 予約中" not in pool
    assert "取り込みとともに消去" in source.get(there).text
    assert 400 <= source.status(f"{there}/rows.csv") < 500


def test_rows_that_nobody_puts_right_are_forgotten_after_thirty_days(town: Town) -> None:
    source, there = brought_in(town, "G-1,,g@example.jp,,2026/03/01,2026/04/01,不採用,一次面接,営業職,,,", system="forget")
    assert "g@example.jp" in source.get(f"{there}/rows/2").text
    town.move_to(town.now() + timedelta(days=31))
    assert "期限が過ぎたため消去済み" in source.get(f"{there}/rows/2").text
    assert "g@example.jp" not in source.get(f"{there}/rows/2").text


def test_another_company_finds_no_row_of_it(town: Town) -> None:
    _, there = brought_in(town, "O-1,,o@example.jp,,2026/03/01,2026/04/01,不採用,一次面接,営業職,,,", system="other")
    hiring = town.browsers["hiring"]
    assert [hiring.status(f"{there}{rest}") for rest in ("", "/rows/2", "/rows.csv", "/undoing")] == [404, 404, 404, 404]
