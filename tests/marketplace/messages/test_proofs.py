"""Mails that prove: a link for one session, and a change of address that asks the new mailbox and tells the old one."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from domain.company import MemberRole
from marketplace.messages import send
from marketplace.messages.outbox import To
from tests.domain.share_examples import HIRING
from tests.marketplace.messages.town import NOON, Town

OLD, NEW = "s@example.jp", "neu@example.jp"


def sent_to(town: Town, message: UUID) -> list[str]:
    assert send.send(town.post, message, NOON) is None
    return [mail.to for mail in town.mails()]


def test_a_link_to_confirm_goes_out_while_its_session_lasts(town: Town) -> None:
    user = town.member(HIRING, MemberRole.VIEWER, "v@example.jp")
    here = town.session("user", user)
    assert sent_to(town, town.queue("step-up", To.USER, user, session=here)) == ["v@example.jp"]
    assert town.ask("SELECT session FROM step_up_link") == (here,)


def test_a_link_to_confirm_is_withheld_where_the_session_is_over_or_somebody_elses(town: Town) -> None:
    user = town.member(HIRING, MemberRole.VIEWER, "v@example.jp")
    other = town.member(HIRING, MemberRole.VIEWER, "w@example.jp")
    here = town.session("user", user)
    wrong = town.queue("step-up", To.USER, other, session=here)
    assert sent_to(town, wrong) == []
    late = town.queue("step-up", To.USER, user, session=here)
    assert send.send(town.post, late, NOON + timedelta(minutes=31)) is None
    assert [town.row(each) for each in (wrong, late)] == [(False, "session-over")] * 2
    assert town.ask("SELECT count(*) FROM step_up_link") == (0,)


@pytest.mark.parametrize(("mail", "reads"), [("address-confirm", NEW), ("address-changing", OLD)])
def test_the_new_mailbox_is_asked_and_the_old_one_told(town: Town, mail: str, reads: str) -> None:
    user = town.member(HIRING, MemberRole.VIEWER, OLD)
    change = town.changed_address(user, OLD, NEW)
    assert sent_to(town, town.queue(mail, To.USER, user, change=change)) == [reads]
    assert town.ask("SELECT change, purpose FROM address_link") == (change, "confirm" if reads == NEW else "object")


def test_nobody_is_asked_about_a_change_that_was_objected_to(town: Town) -> None:
    user = town.member(HIRING, MemberRole.VIEWER, OLD)
    change = town.changed_address(user, OLD, NEW)
    town.ask("UPDATE address_change SET objected_at = asked_at WHERE id = %s RETURNING 1", change)
    message = town.queue("address-confirm", To.USER, user, change=change)
    assert sent_to(town, message) == []
    assert town.row(message) == (False, "objected-to")
