"""No field in which a person's text could stand is forgotten: the canary drives it, or it is said why not."""

from __future__ import annotations

from typing import Annotated

import msgspec
import pytest

from api.text_types import Body, Line
from domain.event import Event
from domain.events import ALL_EVENTS
from domain.rules import personal_data
from tests.erasure import fields


def test_every_text_field_of_the_vault_is_driven_or_declared() -> None:
    declared = [fields.DRIVEN_IN_THE_VAULT, fields.GONE_BEFORE, fields.NEVER_FILLED, fields.NOT_OF_THE_PERSON]
    assert sum(map(len, declared)) == len(frozenset().union(*declared)), "a field stands in two lists"
    assert fields.vault_fields() == frozenset().union(*declared)


def test_every_text_field_that_the_door_reads_is_driven_or_declared() -> None:
    found = {field for field in fields.body_fields() if not field.startswith(fields.PUBLIC_STRUCTS)}
    assert set(fields.SAME_AS_FORMS.values()) <= fields.DRIVEN_BODIES
    assert found == fields.DRIVEN_BODIES | fields.SAME_AS_FORMS.keys() | fields.OF_COMPANIES | fields.OF_DEVICES


@pytest.mark.parametrize("kind", ALL_EVENTS, ids=lambda kind: kind.__name__)
def test_no_event_has_a_field_for_a_persons_text(kind: type[Event]) -> None:
    assert personal_data.personal_fields(kind) == frozenset()


class _Within(msgspec.Struct):
    remark: str


class _Forgetful(Body, frozen=True):
    code: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]*\Z")]
    note: Line
    several: tuple[_Within, ...] = ()
    maybe: str | None = None
    pairs: tuple[tuple[str, str], ...] = ()
    raw: bytes = b""
    count: int = 0


def test_a_new_text_field_would_be_seen_wherever_it_hides() -> None:
    found = {field for kind in fields.nested(_Forgetful) for field in fields.text_fields(kind)}
    assert found == {"_Forgetful.note", "_Within.remark", "_Forgetful.maybe", "_Forgetful.pairs", "_Forgetful.raw"}
