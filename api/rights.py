"""What each role of a company may do, asked of the policies of the very routes: a table that cannot say what is not so."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec

from api.policies import Actor, Allow, Resource
from api.route import Route
from api.rule import OPT, Rule
from api.v1 import (
    applicants,
    catalogue,
    companies,
    disclosures,
    fees,
    hires,
    imports,
    introductions,
    jobs,
    keys,
    ledger,
    members,
    partnerships,
    payout_ledger,
    prior_contacts,
    privacy_requests,
    recoveries,
    referrals,
    stages,
    stories,
)
from api.v1.facts import hire_facts, introduction_facts
from api.v1.jobs import job_facts
from domain.company import CompanyRole, MemberRole
from domain.ids import NIL

Answer = Literal["yes", "assigned", "no"]
"""`assigned`: for the jobs that the person looks after, and for nothing that hangs on another."""

OF: dict[CompanyRole, dict[str, Route]] = {
    CompanyRole.SOURCE: {
        "import": imports.bring_in,
        "applicants": applicants.summary,
        "applicant": applicants.read_applicant,
        "invite": applicants.invite,
        "recommend": referrals.recommend,
        "sharing": partnerships.set_sharing_policy,
        "answer-request": privacy_requests.decide,
        "earnings": payout_ledger.list_movements,
    },
    CompanyRole.HIRING: {
        "search": catalogue.search,
        "open-job": jobs.open_job,
        "see-job": jobs.read_job,
        "ask": introductions.request,
        "see-introduction": introductions.read_introduction,
        "open-person": disclosures.open_person,
        "report-stage": stages.reach,
        "report-hire": hires.confirm,
        "see-fees": fees.read_fee,
    },
    CompanyRole.OPERATOR: {
        "stories": stories.read_story,
        "admit": companies.admit,
        "dispute": prior_contacts.decide,
        "ledger": ledger.list_lines,
        "recover": recoveries.propose,
    },
}
OF_ALL: dict[str, Route] = {"team": members.join, "keys": keys.make_key, "object": recoveries.object_to}
"""What a company's people may do, by the kind of company; its words are `deed` of `marketplace/texts/words`."""

_OF_A_JOB = frozenset({job_facts, introduction_facts, hire_facts})
"""Of routes about what hangs on a job."""
_SOMEBODY, _SOMEWHERE = UUID(int=1), UUID(int=2)


class Row(msgspec.Struct, frozen=True):
    """One deed, and what each role of `MemberRole` may, in that order."""

    deed: str
    answers: tuple[Answer, ...]


def table(kinds: frozenset[CompanyRole]) -> list[Row]:
    """The rows for a company of these kinds."""
    several = [deeds for kind, deeds in OF.items() if kind in kinds]
    return [
        Row(deed, tuple(_may(route, role, kinds) for role in MemberRole))
        for deeds in (*several, OF_ALL)
        for deed, route in deeds.items()
    ]


def _may(route: Route, role: MemberRole, kinds: frozenset[CompanyRole]) -> Answer:
    rule: Rule = route.opt[OPT]
    actor = Actor(kind="user", id=_SOMEBODY, company=_SOMEWHERE, role=role, company_roles=kinds)
    own = Resource(companies=frozenset({_SOMEWHERE}), candidate=NIL)
    if not isinstance(rule.policy(actor, own), Allow): return "no"
    if rule.facts not in _OF_A_JOB: return "yes"
    another = msgspec.structs.replace(own, assigned=frozenset())
    return "yes" if isinstance(rule.policy(actor, another), Allow) else "assigned"
