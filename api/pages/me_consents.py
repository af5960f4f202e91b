"""The candidate's consents, each apart with its exact words; and the companies that never see them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromQuery

from api.pages.showing import carry_out, filled, same, show, wait_for
from api.policies import candidate
from api.reading import At
from api.route import Done, Route, ThisVisit, form, page
from api.text_types import Query
from api.v1 import blocks, cards, consents, profile
from api.visit import Visit
from domain.applicant import Channel
from domain.consent import OutcomeLevel, Scope
from domain.ids import CandidateId, CompanyId
from marketplace.commands import takeout
from projections import directory
from projections.directory import normal
from projections.gate import tokens_of

SHORTEST_SEARCH = 2
MOST_FOUND = 20
READS = ("referral_board", "directory", "candidate_inbox", "catalogue")


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A company that can be blocked, and the names of those in its group."""

    corporate_number: str
    token: UUID
    name: str
    name_en: str
    group: tuple[tuple[str, str], ...]


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """One consent that can be given: which, its words of today, and as it stands if it was given."""

    which: consents.Which
    level: OutcomeLevel | None
    words: consents.Words
    given: takeout.ConsentView | None


@page("/me/consents", policy=candidate)
def consents_page(visit: ThisVisit, at: At = None) -> Response[str]:
    """Every consent with its words, and a button each."""
    wait_for(visit, at, *READS)
    return _consents(visit)


@form("/me/consents", policy=candidate)
def give(visit: ThisVisit) -> Response[str]:
    """Agree to exactly the words that were shown."""
    return _said(visit, "/me/consents", _consents, lambda: same(consents.give)(visit, filled(visit, consents.Given)))


@form("/me/consents/withdrawal", policy=candidate)
def withdraw(visit: ThisVisit) -> Response[str]:
    """Taken back; holds from the moment this is answered."""

    def act() -> Done:
        taken = consents.Withdrawn(scopes=(filled(visit, consents.Which),))
        done: Done = same(consents.withdraw)(visit, taken)
        return done

    return _said(visit, "/me/consents", _consents, act)


@page("/me/blocks", policy=candidate)
def blocks_page(visit: ThisVisit, at: At = None, search: FromQuery[Query] = "") -> Response[str]:
    """Who never sees the person; and finding a company by its name or number."""
    wait_for(visit, at, *READS)
    return _blocks(visit, search)


def _form(path: str, handler: Route, kind: type[Any]) -> Route:
    def said(visit: ThisVisit) -> Response[str]:
        return _said(visit, "/me/blocks", _blocks, lambda: same(handler)(visit, filled(visit, kind)))

    return form(path, policy=candidate)(said)


def _said(visit: Visit, then: str, again: Any, act: Any) -> Response[str]:  # noqa: ANN401  functions
    return carry_out(visit, act, then=then, again=lambda: again(visit))


def _consents(visit: Visit) -> Response[str]:
    referrals = same(cards.list_referrals)(visit).items
    names = {each.source: (each.source_name, each.source_name_en) for each in referrals}
    return show(
        visit, "me_consents.html", offers=_offers(visit, list(names)), names=names, me=same(profile.read_me)(visit)
    )


def _offers(visit: Visit, sources: list[Any]) -> list[Offer]:
    connected = visit.house.office.candidate(CandidateId(visit.id)).state.reach.line_ref is not None
    wanted: list[tuple[consents.Which, OutcomeLevel | None]] = [
        (consents.Which(scope=Scope.LIST), None),
        (consents.Which(scope=Scope.CHANNEL, channel=Channel.EMAIL), None),
    ]
    if connected: wanted.append((consents.Which(scope=Scope.CHANNEL, channel=Channel.LINE), None))
    for source in sources:
        wanted.append((consents.Which(scope=Scope.RETAIN, company=source), None))
        wanted += [(consents.Which(scope=Scope.OUTCOME_TO_SOURCE, company=source), level) for level in OutcomeLevel]
    standing = {(each.permission, each.level): each for each in same(consents.list_consents)(visit).items}
    return [
        Offer(
            which=which,
            level=level,
            words=same(consents.read_text)(visit, which.scope, level=level, channel=which.channel, company=which.company),
            given=standing.get((which.permission(), level)),
        )
        for which, level in wanted
    ]


def _blocks(visit: Visit, search: str = "") -> Response[str]:
    mine = same(blocks.list_blocks)(visit).items
    blocked = {each.token for each in mine}
    return show(visit, "me_blocks.html", blocks=mine, search=search, found=_found(visit, search), blocked=blocked)


def _found(visit: Visit, search: str) -> list[Found]:
    """Companies here by name or number, each with those of its group, which the block holds for too."""
    wanted = normal(search)
    if len(wanted) < SHORTEST_SEARCH: return []
    office = visit.house.office
    with visit.house.database.transaction() as connection:
        several = directory.named(connection, wanted, MOST_FOUND)
        groups = {
            each.company: directory.belonging(connection, tokens_of(connection, [CompanyId(each.company)]))
            for each in several
        }
        names = directory.names(connection, [other for group in groups.values() for other in group])
    return [
        Found(
            corporate_number=each.corporate_number,
            token=office.vault.blind.company_token(each.corporate_number),
            name=each.name,
            name_en=each.name_en,
            group=tuple(names[other] for other in groups[each.company] if other != each.company and other in names),
        )
        for each in several
    ]


ROUTES = [
    consents_page,
    give,
    withdraw,
    blocks_page,
    _form("/me/blocks", blocks.block, blocks.Blocked),
    _form("/me/blocks/lifting", blocks.lift, blocks.Lifted),
]
