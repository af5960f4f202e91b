"""Example exports of three invented companies, and what each shows. `make_examples.py` makes them anew, byte for byte.

No person in them exists: family names are words such as 見本 (sample) and 仮名 (alias), addresses lie under example.jp
and example.com, telephone numbers are of the shape 080-0000-NNNN.

- `aozora_greenhouse.json`, 株式会社あおぞら見本: a Greenhouse Harvest dump with scorecards and EEOC answers.
- `minato_ats_cp932.csv`, みなと例示株式会社: a Japanese ATS export in CP932 with every trap we know.
- `hidamari.xlsx`, ひだまり雛形合同会社: a small Excel list with real date cells.

The main story's people:
- 見本 葵 (aoi.mihon@example.jp), application 9000001 of aozora: final interview, data analyst with SQL and Python;
- 見本 蓮 (ren.mihon@example.jp), application 9000002 of aozora: final interview, software engineer;
- 見本 紬 (tsumugi.mihon@example.jp), application 9000003 of aozora and M-0001 of minato: two sources, one person.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
AOZORA = FOLDER / "aozora_greenhouse.json"
MINATO = FOLDER / "minato_ats_cp932.csv"
HIDAMARI = FOLDER / "hidamari.xlsx"
