"""Disputes: both sides' statements beside each other, the frozen terms, and the decision, by the commands that settle them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath
from msgspec import Meta

from api.pages.operator_dispute_view import Dispute, of_hire, of_leave, of_ownership, of_prior_contact
from api.pages.showing import carry_out, filled, same, show, wait_for
from api.reading import At, viewer_of
from api.route import Done, ThisVisit, form, page
from api.text_types import Body
from api.v1 import hires, leaves, prior_contacts
from api.v1.facts import hire_facts, introduction_facts
from api.v1.hires import OPERATOR as DECIDERS
from api.visit import Visit
from domain.hiring import CANCEL_CAUSES
from domain.ids import HireId, IntroductionId
from domain.refusal import Refused
from marketplace.commands import evidence
from projections import disputes

PATH = "/operator/disputes"
READS = ("disputes", "placements", "introduction_board")


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list."""

    kind: str
    about: UUID
    opened_at: datetime
    settled_at: datetime | None = None


class OwnershipForm(Body, frozen=True):
    """How much of the fee is owed, and each source's part of it, in the order in which the page names them."""

    fee_percent: Annotated[int, Meta(ge=0, le=100)]
    source: Annotated[tuple[UUID, ...], Meta(max_length=20)] = ()
    share_percent: Annotated[tuple[Annotated[int, Meta(ge=0, le=100)], ...], Meta(max_length=20)] = ()


@page(PATH, policy=DECIDERS)
def list_disputes(visit: ThisVisit, at: At = None) -> Response[str]:
    """What waits for a decision, and what was decided last."""
    wait_for(visit, at, *READS)
    with visit.house.database.transaction() as connection:
        waiting = [_line(each) for each in disputes.open_ones(connection)]
        settled = [_line(each) for each in disputes.settled(connection)]
        contested = connection.execute(
            "SELECT stream, at FROM refusal WHERE wanted = 'resolve-ownership' AND code = 'ownership-contested' ORDER BY at"
        ).fetchall()
    known = {each.about for each in waiting}
    waiting += [
        Opened(kind="ownership", about=hire, opened_at=since)
        for hire, since in contested
        if visit.house.office.hire(HireId(hire)).state.introduction not in known
    ]
    return show(visit, "operator_disputes.html", waiting=waiting, settled=settled)


@page(PATH + "/hire/{hire:uuid}", policy=DECIDERS, facts=hire_facts)
def hire_page(visit: ThisVisit, hire: FromPath[UUID], at: At = None) -> Response[str]:
    """One side reported a hire, the other says otherwise."""
    wait_for(visit, at, *READS)
    return _show(visit, of_hire(visit, hire))


@form(PATH + "/hire/{hire:uuid}/confirmation", policy=DECIDERS, facts=hire_facts)
def confirm_hire(visit: ThisVisit, hire: FromPath[UUID]) -> Response[str]:
    """The hire stands as it was reported."""
    return _decide(visit, f"{PATH}/hire/{hire}", of_hire, hire, lambda: same(hires.confirm)(visit, hire))


@form(PATH + "/hire/{hire:uuid}/cancelling", policy=DECIDERS, facts=hire_facts)
def cancel_hire(visit: ThisVisit, hire: FromPath[UUID]) -> Response[str]:
    """There was no such hire."""
    there = f"{PATH}/hire/{hire}"
    return _decide(visit, there, of_hire, hire, lambda: same(hires.cancel)(visit, hire, filled(visit, hires.Cause)))


@page(PATH + "/leave/{hire:uuid}", policy=DECIDERS, facts=hire_facts)
def leave_page(visit: ThisVisit, hire: FromPath[UUID], at: At = None) -> Response[str]:
    """Both sides said when and why the person left, and not the same."""
    wait_for(visit, at, *READS)
    return _show(visit, of_leave(visit, hire))


@form(PATH + "/leave/{hire:uuid}/decision", policy=DECIDERS, facts=hire_facts)
def decide_leave(visit: ThisVisit, hire: FromPath[UUID]) -> Response[str]:
    """The day and the code that count; the frozen ladder says the rest."""
    there = f"{PATH}/leave/{hire}"
    return _decide(visit, there, of_leave, hire, lambda: same(leaves.decide)(visit, hire, filled(visit, leaves.Leave)))


@page(PATH + "/ownership/{hire:uuid}", policy=DECIDERS, facts=hire_facts)
def ownership_page(visit: ThisVisit, hire: FromPath[UUID], at: At = None) -> Response[str]:
    """The ladder does not say who earned the fee."""
    wait_for(visit, at, *READS)
    return _show(visit, of_ownership(visit, hire))


@form(PATH + "/ownership/{hire:uuid}/decision", policy=DECIDERS, facts=hire_facts)
def decide_ownership(visit: ThisVisit, hire: FromPath[UUID]) -> Response[str]:
    """Who earned which part; parts of nothing are left out."""

    def act() -> Done:
        given = filled(visit, OwnershipForm)
        if len(given.source) != len(given.share_percent): raise Refused("shares-do-not-add-up")
        shares = tuple(
            hires.SourceShare(source=source, share_bps=part * 100)
            for source, part in zip(given.source, given.share_percent, strict=True)
            if part
        )
        data = hires.Ownership(shares=shares, fee_bps=given.fee_percent * 100)
        done: Done = same(hires.decide_ownership)(visit, hire, data)
        return done

    return _decide(visit, f"{PATH}/ownership/{hire}", of_ownership, hire, act)


@page(PATH + "/prior-contact/{introduction:uuid}", policy=DECIDERS, facts=introduction_facts)
def prior_contact_page(visit: ThisVisit, introduction: FromPath[UUID], at: At = None) -> Response[str]:
    """The company says that it knew the person already."""
    wait_for(visit, at, *READS)
    return _show(visit, of_prior_contact(visit, introduction))


@form(PATH + "/prior-contact/{introduction:uuid}/evidence", policy=DECIDERS, facts=introduction_facts)
def read_evidence(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """The company's proof. The look is written down for the person first, so this is no link."""
    read: list[str] = []

    def act() -> None:
        key = IntroductionId(introduction)
        read.append(evidence.read(visit.house.office, viewer_of(visit), key, now=visit.now))

    there = f"{PATH}/prior-contact/{introduction}"
    refused = carry_out(visit, act, then=there, again=lambda: _show(visit, of_prior_contact(visit, introduction)))
    return _show(visit, of_prior_contact(visit, introduction), read[0]) if read else refused


@form(PATH + "/prior-contact/{introduction:uuid}/decision", policy=DECIDERS, facts=introduction_facts)
def decide_prior_contact(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """Whether the claim holds."""

    def act() -> Done:
        done: Done = same(prior_contacts.decide)(visit, introduction, filled(visit, prior_contacts.Decision))
        return done

    return _decide(visit, f"{PATH}/prior-contact/{introduction}", of_prior_contact, introduction, act)


def _line(found: disputes.Dispute) -> Opened:
    return Opened(kind=found.kind, about=found.about, opened_at=found.opened_at, settled_at=found.settled_at)


def _decide(
    visit: Visit, there: str, view: Callable[[Visit, UUID], Dispute], about: UUID, act: Callable[[], Done]
) -> Response[str]:
    return carry_out(visit, act, then=there, again=lambda: _show(visit, view(visit, about)))


def _show(visit: Visit, dispute: Dispute, evidence: str | None = None) -> Response[str]:
    visit.back = dispute.there
    values: dict[str, Any] = {"dispute": dispute, "evidence": evidence, "causes": sorted(CANCEL_CAUSES)}
    return show(visit, "operator_dispute.html", **values)


ROUTES = [
    list_disputes,
    hire_page,
    confirm_hire,
    cancel_hire,
    leave_page,
    decide_leave,
    ownership_page,
    decide_ownership,
    prior_contact_page,
    read_evidence,
    decide_prior_contact,
]
