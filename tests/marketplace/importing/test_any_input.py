"""Whatever comes in: the answer is a Reading whose rows add up, or a Refused; never anything else."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.applicant import RetentionBasis
from domain.refusal import Refused
from marketplace.importing import check
from marketplace.importing.reading import PROBLEMS, HeldBack, Outcome, Reading, Retention, Severity

RETENTION = Retention(basis=RetentionBasis.EXPLICIT_CONSENT, notice_version="1")
HEADINGS = (
    "応募ID,候補者ID,氏名,姓,名,メール,電話番号,応募日,不採用日,辞退日,入社日,選考結果,選考段階,"
    "スキル,総合評価,評価コメント,保管の根拠,連絡可否,生年月日"
)
BEGINNINGS = (b"", b"[", b"{", b"PK\x03\x04", b"PK", b"\xef\xbb\xbf", b"ID,name\n", f"{HEADINGS}\n".encode("cp932"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
    | st.sampled_from(["We rejected them", "rejected", "active", "2026-03-01T00:00:00Z", "a@example.jp", "5"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
APPLICATION_KEYS = (
    *("id", "candidate_id", "prospect", "applied_at", "rejected_at", "status", "rejection_reason", "jobs"),
    *("current_stage", "source", "custom_fields", "keyed_custom_fields", "answers"),
)
CANDIDATE_KEYS = (
    *("id", "first_name", "last_name", "email_addresses", "phone_numbers", "tags", "can_email", "is_private"),
    *("applications", "custom_fields", "keyed_custom_fields", "photo_url"),
)
SCORECARD_KEYS = ("application_id", "overall_recommendation", "attributes", "questions", "interview")
TYPED = (
    *("", "'", "1", "A-1", "見本 葵", "a@example.jp", "2026/03/01", "2026/04/01", "2099-01-01", "不採用", "辞退"),
    *("選考中", "入社", "同意", "可", "Ａ", "最終面接", "4\n5", 'x"y', "持病", "080-0000-0001"),
)
CELL = st.sampled_from(TYPED) | st.text(max_size=12)


def _record(keys: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=dict.fromkeys(keys, JSON))


def _read(data: bytes) -> Reading | None:
    try:
        return check.read(data, "file", today=date(2026, 11, 24), retention=RETENTION)
    except Refused:
        return None


def _adds_up(reading: Reading) -> None:
    repeated = sum(fault.code == "row-repeated" for fault in reading.problems)
    assert reading.rows_read == len(reading.applicants) + len(reading.quarantined) + repeated
    assert all(fault.severity is PROBLEMS[fault.code] for fault in reading.problems)
    assert len({person.record_id for person in reading.applicants}) == len(reading.applicants)
    for person in reading.eligible:
        assert (person.outcome, person.can_contact, person.rejected_on is not None) == (Outcome.REJECTED, True, True)
        assert person.basis is not None
        assert person.emails


@given(beginning=st.sampled_from(BEGINNINGS), rest=st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_arbitrary_bytes_are_read_or_refused(beginning: bytes, rest: bytes) -> None:
    if reading := _read(beginning + rest):
        _adds_up(reading)


@given(rows=st.lists(st.lists(CELL, min_size=1, max_size=20), max_size=6))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_arbitrary_cells_are_read_or_refused(rows: list[list[str]]) -> None:
    lines = [",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in rows]
    if reading := _read("\n".join([HEADINGS, *lines]).encode("utf-8", "replace")):
        _adds_up(reading)


@given(
    candidates=st.lists(_record(CANDIDATE_KEYS) | JSON, max_size=3),
    applications=st.lists(_record(APPLICATION_KEYS) | JSON, max_size=3),
    scorecards=st.lists(_record(SCORECARD_KEYS) | JSON, max_size=2),
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_dump_of_arbitrary_records_is_read_or_refused(
    candidates: list[Any], applications: list[Any], scorecards: list[Any]
) -> None:
    document = {"candidates": candidates, "applications": applications, "scorecards": scorecards}
    if reading := _read(json.dumps(document).encode()):
        _adds_up(reading)


def test_reading_the_same_file_twice_gives_the_same(table: Callable[..., bytes]) -> None:
    data = table({}, {"メールアドレス": ""}, {"選考結果": "辞退"})
    assert _read(data) == _read(data)


def test_every_code_has_a_sentence_in_both_languages() -> None:
    root = Path(check.__file__).parents[1]
    sentences = tomllib.loads((root / "texts/refusals/importing.toml").read_text(encoding="utf-8"))
    source = "".join(path.read_text(encoding="utf-8") for path in (root / "importing").glob("*.py"))
    refusals = set(re.findall(r'Refused\("([a-z-]+)"', source))
    assert sentences.keys() == refusals | PROBLEMS.keys() | {str(reason) for reason in HeldBack}
    for code, sentence in sentences.items():
        assert sentence.keys() == {"ja", "en"}
        for text in sentence.values():
            given_values = {"row", "column", "count"} if code in PROBLEMS else {"limit", "limit_megabytes"}
            assert set(re.findall(r"\{(\w+)\}", text)) <= given_values
            if (
                PROBLEMS.get(code) in {Severity.QUARANTINED, Severity.DROPPED_FIELD}
                and code != "forbidden-item-in-more-rows"
            ):
                assert "{row}" in text
