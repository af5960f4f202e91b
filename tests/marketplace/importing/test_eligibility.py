"""Who may be invited: only whom the source itself rejected, with nothing active there, on a recorded basis."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.applicant import Outcome, RetentionBasis
from domain.refusal import Refused
from marketplace.importing.reading import HeldBack, Reading, Retention

Reads = Callable[..., Reading]
Writes = Callable[..., bytes]


def _held_back(reading: Reading) -> list[HeldBack | None]:
    return [person.held_back for person in reading.applicants]


def test_a_rejected_person_with_a_basis_is_eligible(reading: Reads, table: Writes) -> None:
    [person] = reading(table({})).applicants
    assert person.eligible
    assert (person.basis, person.notice_version) == (RetentionBasis.APPLICATION_NOTICE, "2026-01")


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("不採用", Outcome.REJECTED), ("不合格", Outcome.REJECTED), ("お見送り", Outcome.REJECTED),
        ("Rejected", Outcome.REJECTED),
        ("一次面接 不合格", Outcome.REJECTED), ("辞退", Outcome.WITHDRAWN), ("内定辞退", Outcome.WITHDRAWN),
        ("Withdrawn", Outcome.WITHDRAWN),
        ("選考中", Outcome.ACTIVE), ("一次面接 合格", Outcome.ACTIVE), ("二次面接予定", Outcome.ACTIVE),
        ("内定", Outcome.ACTIVE),
        ("採用", Outcome.HIRED), ("入社", Outcome.HIRED), ("内定承諾", Outcome.HIRED), ("Hired", Outcome.HIRED),
        ("終了", Outcome.UNKNOWN), ("???", Outcome.UNKNOWN),
    ],
)  # fmt: skip
def test_the_words_of_exports_are_told_apart(said: str, outcome: Outcome, reading: Reads, table: Writes) -> None:
    [person] = reading(table({"選考結果": said})).applicants
    assert person.outcome is outcome
    assert person.eligible is (outcome is Outcome.REJECTED)


def test_a_filled_withdrawal_column_makes_a_withdrawal_of_a_rejection(reading: Reads, table: Writes) -> None:
    read = reading(table({"辞退理由": "他社に決定"}, {"辞退理由": "'"}))
    assert _held_back(read) == [HeldBack.WITHDREW, None]
    assert [person.record_id for person in read.withdrawn] == ["A-1"]


def test_without_a_status_column_a_rejection_date_says_it(reading: Reads) -> None:
    data = "応募ID,氏名,メール,応募日,不採用日\n1,見本,a@example.jp,2026/3/1,2026/4/1\n2,見本,b@example.jp,2026/3/1,\n"
    assert _held_back(reading(data.encode())) == [None, HeldBack.OUTCOME_UNKNOWN]


def test_a_person_with_an_active_application_elsewhere_in_the_file_is_held_back(reading: Reads, table: Writes) -> None:
    same = {"メールアドレス": "Same@Example.JP"}
    read = reading(table(same, same | {"選考結果": "選考中", "メールアドレス": "same@example.jp"}))
    assert _held_back(read) == [HeldBack.ACTIVE, HeldBack.ACTIVE]


def test_an_active_application_holds_back_even_when_its_own_row_is_quarantined(reading: Reads, table: Writes) -> None:
    same = {"メールアドレス": "same@example.jp"}
    read = reading(table(same, same | {"選考結果": "選考中", "応募日": "いつか"}))
    assert _held_back(read) == [HeldBack.ACTIVE]
    assert list(read.quarantined) == [3]


def test_a_person_the_source_hired_for_another_job_is_held_back(reading: Reads, table: Writes) -> None:
    same = {"候補者ID": "P-7"}
    read = reading(table(same, same | {"選考結果": "入社"}))
    assert _held_back(read) == [HeldBack.HIRED, HeldBack.HIRED]


def test_without_a_basis_nobody_is_eligible(reading: Reads, table: Writes) -> None:
    assert _held_back(reading(table({}), retention=None)) == [HeldBack.NO_BASIS]


def test_a_row_names_its_own_basis_and_a_no_beats_the_file(reading: Reads, table: Writes) -> None:
    read = reading(
        table(
            {"個人情報の同意": "同意"}, {"個人情報の同意": "なし"}, {"個人情報の同意": "たぶん"}, {"個人情報の同意": ""}
        )
    )
    assert [person.basis for person in read.applicants] == [
        RetentionBasis.EXPLICIT_CONSENT, None, None, RetentionBasis.APPLICATION_NOTICE,
    ]  # fmt: skip
    assert [(fault.row, fault.code) for fault in read.problems] == [(4, "basis-not-recognised")]


def test_a_basis_without_a_version_of_its_wording_is_none(reading: Reads, table: Writes) -> None:
    rows = table({"保管の根拠": "同意"}, {"保管の根拠": "同意", "通知の版": "2025-10"})
    read = reading(rows, retention=None)
    assert [(person.basis, person.notice_version) for person in read.applicants] == [
        (None, ""), (RetentionBasis.EXPLICIT_CONSENT, "2025-10"),
    ]  # fmt: skip


def test_a_declared_basis_must_name_its_wording(reading: Reads, table: Writes) -> None:
    with pytest.raises(Refused, match="notice-version-missing"):
        reading(table({}), retention=Retention(basis=RetentionBasis.EXPLICIT_CONSENT, notice_version=" "))


@pytest.mark.parametrize(("said", "can"), [("可", True), ("", True), ("不可", False), ("×", False), ("さあ", False)])
def test_who_does_not_want_contact_is_held_back(said: str, can: bool, reading: Reads, table: Writes) -> None:
    [person] = reading(table({"連絡可否": said})).applicants
    assert person.can_contact is can
    assert person.held_back is (None if can else HeldBack.NO_CONTACT)
