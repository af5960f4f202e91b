"""`relay explain` tells what happened from the events alone, in both languages."""

from __future__ import annotations

from enum import Enum
from string import Formatter
from typing import TYPE_CHECKING, Any, get_args, get_type_hints
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain import vocabulary
from domain.event import Event, Meta, Recorded
from domain.events import ALL_EVENTS, BY_NAME
from domain.ids import card_of, consent_of
from domain.refusal import Refused
from domain.rules.ledger_accounts import ALL_ACCOUNTS
from marketplace.run import explain, telling
from marketplace.vault.master import MasterKeys
from marketplace.vault.vault import open_vault
from tests.domain.share_examples import CANDIDATE, HIRING, JOB, SOURCE
from tests.marketplace.run.history import FEE, HIRE, INTRODUCTION, NUMBER, START

if TYPE_CHECKING:
    from marketplace.texts.catalogue import Language
    from tests.marketplace.run.conftest import House


def story(house: House, ident: object, language: Language = "ja") -> explain.Story:
    with house.office.database.transaction() as connection:
        return explain.explain(house.office, connection, str(ident), language)


def kinds(told: explain.Story) -> list[str]:
    return [each.kind.removesuffix(".v1") for each in told.told]


INTRODUCED = [
    "introduction-requested",
    "candidate-asked",
    "share-approved",
    "consent-exercised",
    "identity-disclosed",
    "provision-recorded",
    "provision-recorded",
    "stage-reached",
    "introduction-closed",
    "hire-reported",
    "hire-confirmed",
    "ownership-resolved",
    "employment-started",
    "fee-accrued",
    "payment-settled",
    "release-scheduled",
    "transfer-requested",
    "transfer-posted",
]


@pytest.mark.parametrize("ident", [INTRODUCTION, NUMBER, NUMBER.lower(), f" {NUMBER} ", HIRE, FEE])
def test_an_introduction_its_hire_and_its_fee_have_one_story_in_order(house: House, ident: object) -> None:
    assert kinds(story(house, ident)) == INTRODUCED


def test_a_story_says_when_who_what_and_how_much_in_japanese(house: House) -> None:
    lines = explain.as_text(story(house, INTRODUCTION)).splitlines()
    assert lines[0] == (
        "2027年4月1日 12:00　会社の利用者：れいわ物産株式会社が紹介を依頼しました（紹介番号CR-7K3M9-2QX4T、"
        "求人の条件第1版、希望項目：氏名、メールアドレス、回答期限2027年4月8日 12:00）。"
    )
    assert lines[2] == (
        "2027年4月1日 14:00　候補者：この会社への情報提供を承認しました"
        "（項目：氏名、メールアドレス、2027年4月1日 14:10までは取り消せます）。"
    )
    money = next(n for n, line in enumerate(lines) if "紹介手数料が発生" in line)
    assert lines[money] == (
        "2027年4月1日 10:00　自動処理：入社により紹介手数料が発生しました。1,000,000円と消費税100,000円、合計1,100,000円"
        "（紹介番号CR-7K3M9-2QX4T、支払期日2027年5月1日、配分：みほん商事株式会社 770,000円、運営の手数料300,000円）。"
    )
    assert lines[money + 1 : money + 5] == [
        "　　借方　売掛金（れいわ物産株式会社）　1,100,000円",
        "　　貸方　紹介元への未払金（みほん商事株式会社）　770,000円",
        "　　貸方　運営手数料収入　300,000円",
        "　　貸方　仮受消費税　30,000円",
    ]


def test_a_story_says_the_same_in_english(house: House) -> None:
    lines = explain.as_text(story(house, FEE, "en")).splitlines()
    assert lines[0] == (
        "1 April 2027 12:00 JST  a company's user: Reiwa Bussan asked for an introduction (CR-7K3M9-2QX4T; version 1 of"
        " the job's conditions; items: name, e-mail; to be answered before 8 April 2027 12:00 JST)."
    )
    assert "1 April 2027 10:00 JST  automatic: ¥770,000 was transferred to Mihon Trading (tr_1)." in lines
    assert lines[-2:] == [
        "      debit   transfer in flight (Mihon Trading)  ¥770,000",
        "      credit  clearing  ¥770,000",
    ]


def test_the_ledger_lines_of_a_story_are_there_as_values_too(house: House) -> None:
    paid = next(each for each in story(house, FEE).told if each.kind == "payment-settled.v1")
    assert [(line.account, line.amount_yen) for line in paid.ledger] == [
        ("clearing", 1_083_500),
        ("stripe-fees", 16_500),
        ("receivable:hiring", -1_100_000),
    ]


@pytest.mark.parametrize("ident", [CANDIDATE, card_of(CANDIDATE)])
def test_a_candidates_story_begins_with_their_registration(house: House, ident: UUID) -> None:
    told = story(house, ident)
    assert told.subject == CANDIDATE
    assert kinds(told)[:5] == [
        "candidate-registered",
        "adulthood-declared",
        "profile-saved",
        "seeker-record-sealed",
        "consent-given",
    ]
    assert kinds(told)[-18:] == INTRODUCED
    assert told.told[4].sentence == "「匿名での掲載」に同意しました（文面v1、2027年9月28日 10:00まで）。"


def test_a_companys_story_is_of_its_own_matters_only(house: House) -> None:
    assert kinds(story(house, HIRING)) == ["company-admitted", "job-opened", *INTRODUCED]
    assert kinds(story(house, SOURCE))[:2] == ["company-admitted", "referral-made"]
    assert "share-approved" not in kinds(story(house, SOURCE))


def test_a_jobs_story_holds_the_introductions_for_it(house: House) -> None:
    assert kinds(story(house, JOB)) == ["job-opened", *INTRODUCED]


def test_a_story_needs_no_key_of_the_vault_and_names_no_person(house: House) -> None:
    keyless = replace(house.office, vault=open_vault(house.office.database, MasterKeys.from_key(bytes(32))))
    with house.office.database.transaction() as connection:
        told = explain.explain(keyless, connection, str(CANDIDATE))
    assert told == story(house, CANDIDATE)
    assert "見本" not in explain.as_text(told)
    assert "example.com" not in explain.as_text(told)


@pytest.mark.parametrize("ident", [UUID(int=999), "CR-XXXXX-XXXXX", "", "何か", "x" * 5000])
def test_an_id_that_nobody_knows_is_refused(house: House, ident: object) -> None:
    with pytest.raises(Refused, match="story-unknown"):
        story(house, ident)


def test_an_event_that_cannot_be_read_is_told_as_such(house: House) -> None:
    house.plant("UPDATE relay_events SET topic = 'unheard-of.v9' WHERE originator_id = %s", consent_of(CANDIDATE))
    sentences = [each.sentence for each in story(house, CANDIDATE, "en").told]
    assert "This event cannot be read (position 8)." in sentences


def test_a_long_story_is_read_whole(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = story(house, CANDIDATE)
    monkeypatch.setattr(explain, "_AT_ONCE", 2)
    assert story(house, CANDIDATE) == whole


def test_a_story_is_told_page_by_page_from_its_end(house: House) -> None:
    pages: list[list[str]] = []
    before = None
    while before is not None or not pages:
        with house.office.database.transaction() as connection:
            told = explain.explain(house.office, connection, str(INTRODUCTION), before=before, most=7)
        pages.insert(0, kinds(told))
        before = told.earlier
    assert [len(page) for page in pages] == [4, 7, 7]
    assert [kind for page in pages for kind in page] == INTRODUCED


def test_before_its_first_event_a_story_is_unknown(house: House) -> None:
    with house.office.database.transaction() as connection, pytest.raises(Refused, match="story-unknown"):
        explain.explain(house.office, connection, str(INTRODUCTION), before=1, most=7)


def test_a_company_with_very_much_is_told_by_what_names_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = story(house, HIRING)
    assert whole.follows
    assert "stage-reached" in kinds(whole)
    monkeypatch.setattr(explain, "BELONGS_MOST", 5)
    told = story(house, HIRING)
    assert not told.follows
    assert "introduction-requested" in kinds(told)
    assert "stage-reached" not in kinds(told)


def test_every_kind_of_event_has_both_sentences_and_no_sentence_is_left_over() -> None:
    events = telling.texts()["event"]
    assert set(events) == set(BY_NAME)
    assert {lang for text in events.values() for lang in text} == {"ja", "en"}
    assert [name for name, text in events.items() if not text["ja"].strip() or not text["en"].strip()] == []


def test_every_account_has_a_name() -> None:
    assert set(telling.texts()["account"]) == ALL_ACCOUNTS


def codes(hint: Any) -> set[str]:
    """The values of every enumeration in a type."""
    own = {str(value) for value in hint} if isinstance(hint, type) and issubclass(hint, Enum) else set()
    return own.union(*map(codes, get_args(hint)))


def test_every_code_in_an_event_has_a_word() -> None:
    every = set().union(*(codes(hint) for kind in ALL_EVENTS for hint in get_type_hints(kind).values()))
    assert len(every) > 60
    assert {code for code in every if code not in telling.texts()["word"] and vocabulary.kind_of(code) is None} == set()


@pytest.mark.parametrize("kind", ALL_EVENTS, ids=lambda kind: kind.__name__)
def test_a_sentence_uses_only_the_fields_of_its_event(kind: type[Event]) -> None:
    fields = named(kind)
    for text in telling.texts()["event"][str(kind.__struct_config__.tag)].values():
        used = {field for _, field, _, _ in Formatter().parse(text) if field}
        assert used - fields == set()


def named(kind: type[Any]) -> set[str]:
    """The fields of a struct, and those of the structs in it under both names."""
    found: set[str] = set()
    for name, hint in get_type_hints(kind).items():
        if name not in kind.__struct_fields__:
            continue
        found.add(name)
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            found |= {f"{name}_{inner}" for inner in hint.__struct_fields__}
    return found


@pytest.mark.parametrize("kind", ALL_EVENTS, ids=lambda kind: kind.__name__)
def test_any_event_can_be_told(kind: type[Event]) -> None:
    @settings(max_examples=3, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.builds(kind))
    def check(event: Event) -> None:
        meta = Meta(actor="x", command=UUID(int=1), recorded_at=START, effective_on=START.date(), policy_version=1)
        entry: Recorded[Any] = Recorded(position=1, stream=UUID(int=2), version=1, meta=meta, event=event)
        for language in ("ja", "en"):
            teller = telling.Teller({}, language)
            assert teller.values(event).keys() >= set(kind.__struct_fields__)
            text = telling.texts()["event"][str(kind.__struct_config__.tag)][language]
            assert text.format_map(teller.values(event))
            assert telling.companies_in([entry]) is not None

    check()
