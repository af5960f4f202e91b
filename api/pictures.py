"""The pictures of the companies', finance's and the operator's pages, drawn out of what their pages read and no other number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import accumulate
from statistics import median

from api import charts
from api.charts import Moment, Part, Picture, Step
from api.reading import viewer_of
from api.v1.fees import FeeShown
from api.visit import Visit
from domain.calendar import jst_date
from domain.policy import Policy
from domain.rules.ledger_accounts import JPY
from marketplace.texts.translation import say, word
from projections import applicant_pool, candidate_inbox, fees, introduction_board, ledger, referral_board
from projections.ledger import Running
from projections.payout_ledger import Entry
from projections.referral_board import Hired

EARNED = frozenset({"earned", "returned", "dispute-lost", "written-off", "recovered"})
SENT = frozenset({"transferred", "taken-back"})

Line = list[tuple[date, int]]


def source_funnel(visit: Visit, hired: Sequence[Hired]) -> Picture | None:
    """From the invitation to the hire, a hire only where the person lets the source know; None before anybody was invited.

    Whether somebody is listed, asked or introduced is theirs alone, so no step between shows it, not even as a count.
    """
    viewer, language = viewer_of(visit), visit.language
    with visit.house.database.transaction() as connection:
        invited = applicant_pool.invited(connection, viewer)
        came = referral_board.registered(connection, viewer)
    if not invited and not came.registered: return None
    waited = [(each.hired_on - jst_date(each.referred_at)).days for each in hired]
    steps = [
        Step(name=say(language, "Invited by you"), count=invited),
        Step(
            name=say(language, "Registered, also by the neutral link"),
            count=came.registered,
            median_days=came.days,
            href="#referrals",
        ),
        Step(
            name=say(language, "Hired, where the person lets you know"),
            count=len(waited),
            median_days=median(waited) if waited else None,
            href="#referrals",
        ),
    ]
    return charts.funnel(language, say(language, "From the invitation to the hire"), steps)


def source_return(visit: Visit, moved: Sequence[Entry]) -> Picture | None:
    """What was earned over time, less what returned, beside what was transferred; None before anything was earned."""
    language = visit.language
    # By the month and not by the day: beside the day of a hire, an amount would be that person's salary.
    today = jst_date(visit.now).replace(day=1)
    earned = _growing(((each.on.replace(day=1), each.amount_yen) for each in moved if each.kind in EARNED), today)
    if not earned: return None
    sent = _growing(((each.on.replace(day=1), each.amount_yen) for each in moved if each.kind in SENT), today)
    title = say(language, "What recommending earned")
    return charts.step_line(language, title, say(language, "Earned"), earned, say(language, "Transferred to you"), sent)


def hiring_funnel(visit: Visit) -> Picture | None:
    """From the request to the hire; None before anybody was asked."""
    with visit.house.database.transaction() as connection:
        came = introduction_board.passage(connection, viewer_of(visit))
    if not came.asked: return None
    language = visit.language
    steps = [
        Step(name=say(language, "Asked"), count=came.asked, href="#board"),
        Step(name=say(language, "Approved, details received"), count=came.received, median_days=came.received_days),
        Step(name=say(language, "Selection begun"), count=came.begun, median_days=came.begun_days),
        Step(name=say(language, "Hired, confirmed by both sides"), count=came.hired, median_days=came.hired_days),
    ]
    return charts.funnel(language, say(language, "From the request to the hire"), steps)


def hiring_cost(visit: Visit, owed: Sequence[FeeShown], agency_yen: int | None) -> Picture | None:
    """What hiring cost over time, beside what the reader says an agency takes for each hire; None before the first fee."""
    language, today = visit.language, jst_date(visit.now)
    with visit.house.database.transaction() as connection:
        ours = _growing(ledger.owed_by(connection, viewer_of(visit)), today)
    if not ours: return None
    theirs = _growing(((each.accrued_on, agency_yen) for each in owed), today) if agency_yen else []
    title = say(language, "What hiring cost, with tax")
    return charts.step_line(language, title, say(language, "Here"), ours, say(language, "With an agency, by your number"), theirs)


def fee_of(visit: Visit, owed: Sequence[fees.Fee]) -> Picture | None:
    """What the hire of one introduction costs its company: fee and tax; None before it is owed."""
    if not owed: return None
    language = visit.language
    parts = [
        Part(name=say(language, "Fee"), amount_yen=sum(each.fee_yen for each in owed)),
        Part(name=say(language, "Consumption tax"), amount_yen=sum(each.tax_yen for each in owed)),
    ]
    return charts.fee_flow(language, say(language, "What this hire costs"), say(language, "Total with tax"), parts)


def fees_shared(visit: Visit) -> Picture | None:
    """Where the fees that accrued go, before returns; None before the first."""
    language = visit.language
    with visit.house.database.transaction() as connection:
        shared = ledger.shared_out(connection)
    if not shared: return None
    parts = [Part(name=word(language, "fee-share", account), amount_yen=yen) for account, yen in shared.items()]
    return charts.fee_flow(language, say(language, "Where the fees go"), say(language, "Total with tax"), parts)


def account_moved(visit: Visit, account: str, lines: Sequence[Running]) -> Picture | None:
    """One introduction's moves on one account with the balance after each; None where there was none."""
    language = visit.language
    moments = [
        Moment(
            on=each.effective_on,
            what=word(language, "fee-event", each.kind),
            amount_yen=each.amount_yen,
            balance_yen=each.balance_yen,
            href=f"/operator/stories?ident={each.stream}",
        )
        for each in lines
        if each.account == account and each.currency == JPY
    ]
    title = say(language, "%(account)s of this introduction", account=word(language, "ledger-account", account))
    return charts.ledger_timeline(language, title, moments) if moments else None


def answers(visit: Visit, policy: Policy) -> Picture | None:
    """After how many days people answered; None before the first answer."""
    with visit.house.database.transaction() as connection:
        counts = candidate_inbox.answer_days(connection)
    if not counts: return None
    title = say(visit.language, "How soon people answer")
    return charts.histogram(visit.language, title, counts, mark=policy.answer_days)


def _growing(moves: Iterable[tuple[date, int]], today: date) -> Line:
    """The sum after each day with a move, carried on to today."""
    by_day: dict[date, int] = {}
    for on, yen in sorted(moves):
        by_day[on] = by_day.get(on, 0) + yen
    sums = list(zip(by_day, accumulate(by_day.values()), strict=True))
    return [*sums, (today, sums[-1][1])] if sums and sums[-1][0] < today else sums
