"""What anybody may read: what this is, the rule-book, what the law asks to be published, and texts for source companies.

Every number comes from the policy in force and every name, licence and contact from the operator's record: what is not
recorded is said to be missing, and nothing stands in its place.
"""

from __future__ import annotations

from litestar import Response

from api.menu import parts
from api.pages.showing import show
from api.policies import public
from api.route import ThisVisit, page
from api.visit import Visit
from api.wording import yen
from domain import money
from domain.calendar import jst_date
from domain.company import COOLING_OFF_DAYS_LEAST, COOLING_OFF_DAYS_MOST, Company, CompanyRole
from domain.frozen_terms import Fault
from domain.ids import CompanyId
from domain.policy import Policy
from domain.rules.terms import all_in_yen
from domain.vocabulary import Kind, is_prohibited, terms
from marketplace.texts.translation import say, word

EXAMPLE_BASES_YEN = (4_000_000, 6_000_000, 8_000_000)
"""Yearly pay for which the fee table works an example."""


@page("/about", policy=public)
def about(visit: ThisVisit) -> Response[str]:
    """What this is, for candidates and for companies, and one's rights in five lines."""
    return show(visit, "public_about.html", policy=visit.house.office.policy)


@page("/rules", policy=public)
def rules(visit: ThisVisit) -> Response[str]:
    """The twelve rules in plain words, with the numbers in force."""
    return show(
        visit,
        "public_rules.html",
        policy=visit.house.office.policy,
        cooling_least=COOLING_OFF_DAYS_LEAST,
        cooling_most=COOLING_OFF_DAYS_MOST,
    )


@page("/legal", policy=public)
def legal(visit: ThisVisit) -> Response[str]:
    """Who runs this under which licence, the fee table, the refund scheme, and where complaints go."""
    office, today = visit.house.office, jst_date(visit.now)
    operator, policy = office.operator(), office.policy
    tax_bps = money.tax_rate_on(policy.tax_rates, today)
    return show(
        visit,
        "public_legal.html",
        policy=policy,
        operator=operator,
        licence=operator.licence_on(today),
        lapsed=max(operator.licences, key=lambda held: held.valid_until, default=None),
        prohibited=[term.code for term in terms(Kind.OCCUPATION) if is_prohibited(term.code)],
        tax_bps=tax_bps,
        examples=_examples(visit, policy, tax_bps),
        faults=[_fault(visit, each) for each in policy.faults],
        contact=visit.house.settings.complaint_contact,
    )


@page("/consent-kit", policy=public)
def consent_kit(visit: ThisVisit) -> Response[str]:
    """Texts for source companies; with the reader's own name and link when they are signed in for one."""
    office, source = visit.house.office, _own_source(visit)
    return show(
        visit,
        "public_consent_kit.html",
        operator=office.operator(),
        source=source,
        quiet_days=(source and source.cooling_off_days) or office.policy.cooling_off_days,
        site=office.public_url,
        link=f"{office.public_url}/n/{source.id}" if source else None,
    )


def _own_source(visit: Visit) -> Company | None:
    """The source company for which the reader is signed in, unless its link leads nowhere now."""
    if "source" not in parts(visit.actor) or visit.actor.company is None: return None
    state = visit.house.office.company(CompanyId(visit.actor.company)).state
    return state if CompanyRole.SOURCE in state.roles and not state.suspended else None


def _examples(visit: Visit, policy: Policy, tax_bps: int) -> list[list[dict[str, object]]]:
    """The fee for a few bases, computed as the quote of an ask is (rule 6)."""
    rows = []
    for base_yen in EXAMPLE_BASES_YEN:
        fee_yen = money.portion(base_yen, policy.fee_rate_bps)
        tax_yen = all_in_yen(base_yen, policy.fee_rate_bps, tax_bps) - fee_yen
        amounts = (base_yen, fee_yen, tax_yen, fee_yen + tax_yen)
        rows.append([{"text": yen(visit.language, each), "href": "", "is_number": True} for each in amounts])
    return rows


def _fault(visit: Visit, fault: Fault) -> list[str]:
    """A line of the fault table: the reason, and whether a part of the fee returns for it."""
    returns = say(visit.language, "Returns") if fault.ladder_applies else say(visit.language, "Does not return")
    return [word(visit.language, "fault", fault.code), returns]


ROUTES = [about, rules, legal, consent_kit]
