"""A command that is sent again while its first sending is still under way: one effect, and both are told of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from domain.company import CompanyRole
from domain.ids import CompanyId
from domain.refusal import Refused
from marketplace.commands import company
from marketplace.commands.office import Office
from marketplace.store.log import Appended, Command, Log
from tests.marketplace.settlement.relay import Relay


class UnderWay(Log):
    """The real log; right after it was asked for a command for the first time, that command's first sending ends."""

    def __init__(self, log: Log, ends: Any) -> None:
        self.__dict__.update(vars(log))
        self._ends = [ends]

    def carried_out(self, command: UUID) -> int | None:
        found = super().carried_out(command)
        if self._ends: self._ends.pop()()
        return found


def admit(office: Office, command: Command, who: CompanyId) -> Appended:
    return company.admit(
        office, command, company_id=who, name="見本", name_en="Sample", corporate_number="5010401067252",
        address="東京都", representative="見本花子", roles=frozenset({CompanyRole.SOURCE}),
    )  # fmt: skip


def test_a_command_is_not_refused_for_what_its_own_first_sending_did_meanwhile(relay: Relay) -> None:
    command, who, first = Command(id=uuid4(), actor="operator:1", now=relay.now()), CompanyId(uuid4()), list[Appended]()
    log = UnderWay(relay.office.log, lambda: first.append(admit(relay.office, command, who)))
    again = admit(replace(relay.office, log=log), command, who)
    assert (first[0].outcome, again) == ("done", Appended("again", first[0].position))


def test_a_command_that_another_one_makes_impossible_is_refused(relay: Relay) -> None:
    who = CompanyId(uuid4())
    one, other = (Command(id=uuid4(), actor="operator:1", now=relay.now()) for _ in range(2))
    log = UnderWay(relay.office.log, lambda: admit(relay.office, one, who))
    with pytest.raises(Refused, match="company-already-admitted"):
        admit(replace(relay.office, log=log), other, who)
    assert relay.office.log.carried_out(other.id) is None
