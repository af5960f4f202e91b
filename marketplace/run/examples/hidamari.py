"""ひだまり雛形合同会社: a small Excel list, written by hand as the few parts a workbook needs, with real date cells."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from typing import Final
from xml.sax.saxutils import escape

from marketplace.run.examples.people import invented

Cell = str | date | int
_EXCEL_ZERO: Final = date(1899, 12, 30)
_FIRST_DAY: Final = date(2026, 3, 2)
_HEADINGS: Final = (
    "応募番号",
    "姓",
    "名",
    "E-mail",
    "携帯電話",
    "応募日",
    "不採用日",
    "ステータス",
    "選考フェーズ",
    "応募職種",
    "スキル",
    "年齢",
    "総合評価",
)
_MAIN: Final = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS: Final = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="応募者" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet {_MAIN}><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
}


def hidamari() -> bytes:
    """The workbook: a title above the headings, nine rejected, one withdrawn, one with a serial number for a date."""
    return workbook([("ひだまり雛形合同会社　応募者一覧",), (), _HEADINGS, *(_row(number) for number in range(1, 12))])


def workbook(rows: list[tuple[Cell, ...]]) -> bytes:
    """A workbook of one sheet. Texts lie in their cells, dates are numbers with a date format."""
    body = "".join(f'<row r="{at}">{"".join(map(_cell, row))}</row>' for at, row in enumerate(rows, 1))
    sheet = f"<worksheet {_MAIN}><sheetData>{body}</sheetData></worksheet>"
    target = io.BytesIO()
    # Stored, with a fixed date: the same bytes on every machine.
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, xml in {**_PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            archive.writestr(zipfile.ZipInfo(name), f'<?xml version="1.0" encoding="UTF-8"?>{xml}')
    return target.getvalue()


def _cell(value: Cell) -> str:
    if isinstance(value, date):
        return f'<c s="1"><v>{(value - _EXCEL_ZERO).days}</v></c>'
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def _row(number: int) -> tuple[Cell, ...]:
    family, given, address = invented(170 + number, "example.jp")
    applied_on = _FIRST_DAY + timedelta(days=number)
    rejected_on = applied_on + timedelta(days=21)
    withdrew, by_serial, rare = number == 10, number == 11, number == 3  # noqa: PLR2004
    return (
        4000 + number,
        "𠮷例" if rare else family,
        given,
        address,
        8000007000 + number,
        (applied_on - _EXCEL_ZERO).days if by_serial else applied_on,
        "" if withdrew else rejected_on,
        "辞退" if withdrew else "不採用",
        ("書類選考", "一次面接", "最終面接")[number % 3],
        ("事務職", "Webデザイナー", "カスタマーサポート職")[number % 3],
        ("Excel、簿記", "Figma、Webデザイン", "コールセンター、英語")[number % 3],
        f"例示年齢{number}",
        3 + number % 3,
    )
