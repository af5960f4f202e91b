"""Small files to read, and what every reading here is asked with."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from domain.applicant import RetentionBasis
from marketplace.importing.check import read
from marketplace.importing.reading import Reading, Retention

TODAY = date(2026, 11, 24)
NOTICE = Retention(basis=RetentionBasis.APPLICATION_NOTICE, notice_version="2026-01")

Row = dict[str, str]
GOOD: Row = {
    "応募ID": "A-1", "氏名": "見本 一", "メールアドレス": "ichi@example.jp", "応募日": "2026/03/01",
    "不採用日": "2026/04/01", "選考結果": "不採用",
}  # fmt: skip


@pytest.fixture(name="reading")
def reading_() -> Callable[..., Reading]:
    """Read bytes as the test's company would, with a recorded basis unless told otherwise."""

    def reads(data: bytes, *, retention: Retention | None = NOTICE, filename: str = "") -> Reading:
        return read(data, filename, today=TODAY, retention=retention)

    return reads


@pytest.fixture(name="table")
def table_() -> Callable[..., bytes]:
    """A CSV of good rows with these changes each; ids and addresses differ unless given."""

    def writes(*changes: Row) -> bytes:
        rows = [
            GOOD | {"応募ID": f"A-{number}", "メールアドレス": f"person{number}@example.jp"} | change
            for number, change in enumerate(changes, 1)
        ]
        target = io.StringIO()
        writer = csv.DictWriter(target, list(dict.fromkeys(key for row in rows for key in row)), restval="")
        writer.writeheader()
        writer.writerows(rows)
        return target.getvalue().encode()

    return writes


@pytest.fixture(name="dump")
def dump_() -> Callable[..., bytes]:
    """A Greenhouse dump of one candidate per given application, changed as told; `_person` changes the candidate."""

    def writes(*changes: dict[str, Any], **parts: list[Any]) -> bytes:
        candidates, applications = [], []
        for number, change in enumerate(changes, 1):
            person = {
                "id": number,
                "first_name": "Mihon",
                "last_name": f"Number{number}",
                "email_addresses": [{"value": f"person{number}@example.jp", "type": "personal"}],
                "can_email": True,
                "tags": [],
            }
            candidates.append(person | change.get("_person", {}))
            application = {
                "id": 100 + number,
                "candidate_id": number,
                "prospect": False,
                "applied_at": "2026-03-01T05:00:00.000Z",
                "rejected_at": "2026-04-01T05:00:00.000Z",
                "status": "rejected",
                "rejection_reason": {"id": 1, "name": "Too junior", "type": {"id": 9, "name": "We rejected them"}},
                "jobs": [{"id": 5, "name": "Data Analyst"}],
                "current_stage": {"id": 3, "name": "Executive Interview"},
                "source": {"id": 4, "public_name": "Jobs page on your website"},
            }
            applications.append(application | {key: value for key, value in change.items() if key != "_person"})
        return json.dumps({"candidates": candidates, "applications": applications} | parts).encode()

    return writes
