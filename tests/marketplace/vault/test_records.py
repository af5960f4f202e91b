"""Every reference of every event has a record, and records say nothing in logs."""

from __future__ import annotations

import importlib
import pkgutil
import typing
from collections.abc import Iterator

import domain
from domain.event import Event
from domain.ids import VaultRef
from marketplace.vault import records
from marketplace.vault.records import EVENT_RECORDS, ContactRecord, Lexemes, Party, Record


def events() -> Iterator[type[Event]]:
    for module in pkgutil.walk_packages(domain.__path__, "domain."):
        importlib.import_module(module.name)
    waiting = [Event]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        if kind.__module__.startswith("domain."):
            yield kind


def references() -> set[str]:
    return {
        f"{kind.__name__}.{name}"
        for kind in events()
        for name, annotation in typing.get_type_hints(kind).items()
        if annotation is VaultRef or VaultRef in typing.get_args(annotation) or name == "ref" or name.endswith("_ref")
    }


def test_every_reference_in_every_event_has_a_record_type() -> None:
    assert references() == set(EVENT_RECORDS)


def test_a_lexemes_reference_and_only_that_names_no_record() -> None:
    assert {name for name, kind in EVENT_RECORDS.items() if kind is Lexemes} == {
        name for name in EVENT_RECORDS if name.endswith(".lexemes_ref")
    }


def test_every_record_type_is_used_or_known_to_have_no_event() -> None:
    kinds = {kind for kind in vars(records).values() if isinstance(kind, type) and issubclass(kind, Record)} - {Record}
    without_event = {
        *(records.MemberRecord, records.AddressChange, records.PasskeyName),
        *(records.MailRecord, records.UploadedFile, records.SetAsideRow),
    }
    assert kinds == ({kind for kind in EVENT_RECORDS.values() if kind is not Lexemes} | without_event)


def test_a_record_does_not_tell_its_values_to_a_log() -> None:
    contact = ContactRecord(email="mizuki@example.jp", name="架空 みずき")
    party = Party(name="架空商事", address="東京都架空町", representative="架空 代表")
    assert (repr(contact), str(contact), repr(party)) == ("ContactRecord(…)", "ContactRecord(…)", "Party(…)")


def test_a_record_type_is_frozen_and_has_a_stable_name() -> None:
    kinds = {kind for kind in EVENT_RECORDS.values() if issubclass(kind, Record)}
    assert all(kind.__struct_config__.frozen for kind in kinds)
    assert all(str(kind.__struct_config__.tag).endswith(".v1") for kind in kinds)
