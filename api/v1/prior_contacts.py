"""Prior contact: the company proves that it knew the person already, and the operator decides (rule 7)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from litestar.params import FromPath, JSONBody

from api.policies import operator
from api.route import Done, ThisVisit, command, done
from api.text_types import Body, Text
from api.v1.facts import introduction_facts
from api.v1.introductions import ASKER
from domain.company import MemberRole
from domain.ids import CompanyId, IntroductionId, UserId
from marketplace.commands import introduction as introductions

TAGS = ["prior contacts"]


class PriorContact(Body, frozen=True):
    """The last contact before the request (JST), and the proof of it."""

    last_contact_on: date
    evidence: Text


class Decision(Body, frozen=True):
    """Whether the claim holds; the frozen terms say what of the fee remains."""

    upheld: bool


@command("/introductions/{introduction:uuid}/prior-contact", policy=ASKER, facts=introduction_facts, tags=TAGS)
def claim(visit: ThisVisit, introduction: FromPath[UUID], data: JSONBody[PriorContact]) -> Done:
    """Within five business days of the disclosure, with proof."""
    appended = introductions.claim_prior_contact(
        visit.house.office,
        visit.command,
        introduction=IntroductionId(introduction),
        hiring=CompanyId(visit.company),
        by=UserId(visit.id),
        last_contact_on=data.last_contact_on,
        evidence=data.evidence,
    )
    return done(appended, introduction)


@command(
    "/introductions/{introduction:uuid}/prior-contact-decision",
    policy=operator(MemberRole.ADMIN, MemberRole.RECRUITER),
    facts=introduction_facts,
    tags=TAGS,
)
def decide(visit: ThisVisit, introduction: FromPath[UUID], data: JSONBody[Decision]) -> Done:
    """A person of the operator decides."""
    appended = introductions.decide_prior_contact(
        visit.house.office, visit.command, introduction=IntroductionId(introduction), upheld=data.upheld
    )
    return done(appended, introduction)


ROUTES = [claim, decide]
