"""The people a source referred: its recommendation, whether they read it, and what came of it as far as they let it know."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from api.pages.showing import carry_out, filled, same, show, wait_for
from api.reading import AfterId, At, found
from api.route import Done, Route, ThisVisit, form, page
from api.text_types import NoBody
from api.v1 import referrals
from api.visit import Visit
from domain.ids import CompanyId, ReferralId
from marketplace.commands import applicant as applicants

LIST = "/source/referrals"
PAGE = 50
PATH = LIST + "/{referral:uuid}"
READS = ("referral_board", "placements", "directory")


@page(LIST, policy=referrals.READ)
def all_referrals(visit: ThisVisit, after: AfterId = None, at: At = None) -> Response[str]:
    """Everybody the company referred, the newest first, page by page."""
    wait_for(visit, at, *READS)
    visit.back = LIST
    page_of = same(referrals.list_referrals)(visit, after=after, limit=PAGE)
    following = f"{LIST}?after={page_of.next}" if page_of.next else ""
    return show(
        visit, "source_referrals.html", referrals=page_of.items, writes=_writes(visit), first=LIST if after else "",
        following=following,
    )  # fmt: skip


@page(PATH, policy=referrals.READ, facts=referrals.referral_facts)
def referral_page(visit: ThisVisit, referral: FromPath[UUID], at: At = None) -> Response[str]:
    """One of them, with the recommendation's way and its outcome."""
    wait_for(visit, at, *READS)
    return _show(visit, referral)


def _of_referral(name: str, handler: Route, kind: type[Any]) -> Route:
    def said(visit: ThisVisit, referral: FromPath[UUID]) -> Response[str]:
        def act() -> Done:
            done: Done = same(handler)(visit, referral, filled(visit, kind))
            return done

        return carry_out(visit, act, then=f"{LIST}/{referral}", again=lambda: _show(visit, referral))

    return form(f"{PATH}/{name}", policy=referrals.WRITE, facts=referrals.referral_facts)(said)


def _show(visit: Visit, referral: UUID) -> Response[str]:
    office = visit.house.office
    row = found(next(iter(referrals.told(visit, only=referral)), None))
    state = office.referral(ReferralId(referral)).state
    words = applicants.words(office, state.applicant) if _writes(visit) else None
    visit.back = f"{LIST}/{referral}"
    return show(
        visit,
        "source_referral.html",
        each=row,
        state=state,
        name=words.name if words else "",
        sharing=office.sharing_policy(CompanyId(visit.company)).state.mode,
        writes=_writes(visit),
    )


def _writes(visit: Visit) -> bool:
    return visit.actor.role in referrals.WRITERS


ROUTES = [
    all_referrals,
    referral_page,
    _of_referral("recommendation", referrals.recommend, referrals.Recommended),
    _of_referral("ending", referrals.end, NoBody),
]
