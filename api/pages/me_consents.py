"""The candidate's consents, each apart with its exact words; pausing; and the companies that never see them."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response

from api.pages.showing import carry_out, filled, same, show, wait_for
from api.policies import candidate
from api.reading import At
from api.route import Done, Route, ThisVisit, form, page
from api.text_types import NoBody
from api.v1 import blocks, cards, consents, profile
from api.visit import Visit
from domain.applicant import Channel
from domain.consent import OutcomeLevel, Scope
from marketplace.commands import takeout

READS = ("referral_board", "directory", "candidate_inbox", "catalogue")


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
def blocks_page(visit: ThisVisit, at: At = None) -> Response[str]:
    """Who never sees the person, and the pause."""
    wait_for(visit, at, *READS)
    return _blocks(visit)


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
    wanted: list[tuple[consents.Which, OutcomeLevel | None]] = [
        (consents.Which(scope=Scope.LIST), None),
        (consents.Which(scope=Scope.CHANNEL, channel=Channel.EMAIL), None),
    ]
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


def _blocks(visit: Visit) -> Response[str]:
    mine = same(blocks.list_blocks)(visit).items
    return show(visit, "me_blocks.html", blocks=mine, me=same(profile.read_me)(visit))


ROUTES = [
    consents_page,
    give,
    withdraw,
    blocks_page,
    _form("/me/blocks", blocks.block, blocks.Blocked),
    _form("/me/blocks/lifting", blocks.lift, blocks.Lifted),
    _form("/me/pause", consents.pause, NoBody),
    _form("/me/resumption", consents.resume, NoBody),
]
