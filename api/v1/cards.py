"""The person's side of referrals: who passed them on, what is said of them, and the anonymous card."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from api.house import House
from api.policies import Resource, candidate
from api.reading import At, Listed, is_behind
from api.route import Done, ThisVisit, command, done, query
from api.text_types import Body, Count, NoBody
from domain.ids import CandidateId, ReferralId
from domain.refusal import Refused
from domain.rules.listing import may_list
from marketplace.commands import referral as commands
from marketplace.commands import takeout
from marketplace.texts.catalogue import sentence
from projections import catalogue

TAGS = ["card"]
PATH = "/me/referrals/{referral:uuid}"


class Read(Body, frozen=True):
    """The version of the recommendation that was read."""

    version: Count


class CardView(msgspec.Struct, frozen=True, kw_only=True):
    """The card exactly as a company finds it, or why nobody finds it; and the recommendation that goes along."""

    card: catalogue.Found | None
    hidden_because: str | None
    sentence: str | None
    recommendation: str | None
    updating: bool


def my_referral_facts(house: House, path: Mapping[str, Any]) -> Resource | None:
    """Whose referral it is: the person's."""
    state = house.office.referral(ReferralId(path["referral"])).state
    return Resource(candidate=state.candidate) if state.made else None


@query("/me/referrals", policy=candidate, tags=TAGS)
def list_referrals(visit: ThisVisit, at: At = None) -> Listed[takeout.ReferralView]:
    """Who stands behind the person, and each recommendation for them to read before anybody else does."""
    behind = is_behind(visit, at, "referral_board", "directory")
    return Listed(items=takeout.referrals(visit.house.office, CandidateId(visit.id)), updating=behind)


@command(PATH + "/ownership", policy=candidate, facts=my_referral_facts, tags=TAGS)
def confirm_ownership(visit: ThisVisit, referral: FromPath[UUID], data: JSONBody[NoBody]) -> Done:  # noqa: ARG001  read strictly
    """This source passed me on; a second yes adds nothing (rule 7)."""
    appended = commands.confirm_ownership(
        visit.house.office, visit.command, referral=ReferralId(referral), candidate=CandidateId(visit.id)
    )
    return done(appended, referral)


@command(PATH + "/recommendation-reading", policy=candidate, facts=my_referral_facts, tags=TAGS)
def read_recommendation(visit: ThisVisit, referral: FromPath[UUID], data: JSONBody[Read]) -> Done:
    """I read this version, it may be shown."""
    appended = commands.read_recommendation(
        visit.house.office,
        visit.command,
        referral=ReferralId(referral),
        candidate=CandidateId(visit.id),
        version=data.version,
    )
    return done(appended, referral)


@command(PATH + "/card", policy=candidate, facts=my_referral_facts, tags=TAGS)
def publish_card(visit: ThisVisit, referral: FromPath[UUID], data: JSONBody[NoBody]) -> Done:  # noqa: ARG001  read strictly
    """List the anonymous card of the profile as it stands (rule 1)."""
    appended = commands.publish_card(
        visit.house.office, visit.command, referral=ReferralId(referral), candidate=CandidateId(visit.id)
    )
    return done(appended, referral)


@command(PATH + "/card-suspension", policy=candidate, facts=my_referral_facts, tags=TAGS)
def suspend_card(visit: ThisVisit, referral: FromPath[UUID], data: JSONBody[NoBody]) -> Done:  # noqa: ARG001  read strictly
    """Take the card out of the catalogue."""
    appended = commands.suspend_card(
        visit.house.office, visit.command, referral=ReferralId(referral), candidate=CandidateId(visit.id)
    )
    return done(appended, referral)


@query("/me/card", policy=candidate, tags=TAGS)
def read_card(visit: ThisVisit, at: At = None) -> CardView:
    """The card as a company sees it."""
    behind = is_behind(visit, at, "catalogue", "referral_board")
    office, who = visit.house.office, CandidateId(visit.id)
    with visit.house.database.transaction() as connection:
        card = catalogue.own(connection, who, visit.now)
    why = None if card else _hidden_because(visit.house, who, visit.now)
    with_it = next(
        (each.recommendation for each in takeout.referrals(office, who) if each.card_published and each.recommendation_read),
        None,
    )
    return CardView(
        card=card,
        hidden_because=why,
        sentence=sentence(why, visit.language, {}) if why else None,
        recommendation=with_it if card and card.has_recommendation else None,
        updating=behind,
    )


def _hidden_because(house: House, who: CandidateId, now: datetime) -> str:
    try:
        may_list(house.office.candidate(who).state, house.office.consent(who).state, now)
    except Refused as refused:
        return refused.code
    return "card-not-published"


ROUTES = [
    list_referrals,
    confirm_ownership,
    read_recommendation,
    publish_card,
    suspend_card,
    read_card,
]
