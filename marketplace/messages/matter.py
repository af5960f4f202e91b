"""What a mail is about: whether it is still true at this moment, and the values its text needs. None names a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from uuid import UUID

from domain import company as companies
from domain import fee_state
from domain import hire as hires
from domain import introduction as introductions
from domain import privacy_request as privacy_requests
from domain import recovery as recoveries
from domain.calendar import end_of_jst_day
from domain.fee_evolve import evolve as evolve_fee
from domain.hire import HireStatus, SixMonthResult
from domain.ids import OPERATOR, CompanyId, recovery_of
from domain.introduction import SHARED, Status
from domain.job import JobConditionsChanged, JobOpened
from domain.recovery import RecoveryStatus
from marketplace.links import LOGIN_LINK_MINUTES
from marketplace.messages import digest, links
from marketplace.messages.outbox import To
from marketplace.messages.post import Post, Reader, Waiting, Withheld
from marketplace.messages.templates import day, moment, until, yen
from marketplace.store.database import Connection
from marketplace.texts.catalogue import Language
from marketplace.texts.translation import word
from projections import gate


class Matter:
    """The streams behind one message, each loaded when it is first asked for."""

    def __init__(self, post: Post, waiting: Waiting, now: datetime) -> None:
        self.post = post
        self.waiting = waiting
        self.now = now

    @cached_property
    def hire(self) -> hires.Hire:
        """The hire."""
        return self.post.log.load(self.waiting.named("hire"), hires.INITIAL, hires.evolve).state

    @cached_property
    def fee(self) -> fee_state.Fee:
        """The fee."""
        return self.post.log.load(self.waiting.named("fee"), fee_state.INITIAL, evolve_fee).state

    @cached_property
    def introduction(self) -> introductions.Introduction:
        """The introduction, named itself or by its hire."""
        named = self.waiting.about.get("introduction")
        key = UUID(named) if named else self.hire.introduction
        return self.post.log.load(key, introductions.INITIAL, introductions.evolve).state

    @cached_property
    def request(self) -> privacy_requests.PrivacyRequest:
        """The request of a person about their data."""
        key = self.waiting.named("request")
        return self.post.log.load(key, privacy_requests.INITIAL, privacy_requests.evolve).state

    @cached_property
    def recovery(self) -> recoveries.Recovery:
        """Who shall administer the company."""
        key = recovery_of(CompanyId(self.waiting.named("company")))
        return self.post.log.load(key, recoveries.INITIAL, recoveries.evolve).state

    @property
    def number(self) -> str:
        """The public 紹介番号."""
        if "fee" in self.waiting.about and self.fee.accrual is not None:
            return self.fee.accrual.number
        return self.introduction.number

    def company(self, key: UUID) -> companies.Company:
        """A company."""
        return self.post.log.load(key, companies.INITIAL, companies.evolve).state

    def called(self, key: UUID, language: Language) -> str:
        """What a company is called in this language."""
        state = self.company(key)
        return state.name_en if language == "en" and state.name_en else state.name

    def of_company(self, language: Language) -> str:
        """The company that the message names, or the one it is for."""
        about = self.waiting.about
        named = about.get("company") or about.get("for_company")
        return self.called(UUID(named) if named else self.waiting.recipient, language)


def check(connection: Connection, matter: Matter) -> None:
    """Is there still something to say? Raises Withheld."""
    if (still := _STILL.get(matter.waiting.template)) is not None:
        still(connection, matter)


def _asked(connection: Connection, matter: Matter) -> None:
    """The gate is asked too: a withdrawal holds before the introduction has heard of it (rule 3)."""
    ask = matter.introduction
    if ask.status is not Status.ASKED: raise Withheld("answered-already")
    if ask.expired(matter.now): raise Withheld("too-late")
    tokens = gate.tokens_of(connection, [ask.hiring])
    if not gate.may_see(connection, ask.candidate, tokens, matter.now): raise Withheld("not-permitted")


def _approved(_: Connection, matter: Matter) -> None:
    undo_until = matter.introduction.disclose_not_before
    if undo_until is None or matter.introduction.status is not Status.APPROVED: raise Withheld("answered-already")
    if matter.now >= undo_until: raise Withheld("too-late")


def _unanswered(_: Connection, matter: Matter) -> None:
    """Nothing was handed over by the day it could have been; a yes that is about to be is no silence."""
    if matter.introduction.disclosed_at is not None: raise Withheld("answered-already")
    if matter.introduction.status is Status.APPROVED: raise Withheld("answered-already")


def _still_in_selection(_: Connection, matter: Matter) -> None:
    if matter.introduction.status not in SHARED or matter.introduction.revoked: raise Withheld("selection-over")


def _question_open(connection: Connection, matter: Matter) -> None:
    """The company hears of a question while it may hear of the person; an answer by the person changes nothing for it."""
    ask = matter.introduction
    if ask.expired(matter.now): raise Withheld("too-late")
    if all(each.answer_ref for each in ask.questions): raise Withheld("answered-already")
    tokens = gate.tokens_of(connection, [ask.hiring])
    if not gate.may_see(connection, ask.candidate, tokens, matter.now): raise Withheld("not-permitted")


def _times_open(connection: Connection, matter: Matter) -> None:
    _still_in_selection(connection, matter)
    if not matter.introduction.interview.open_times(matter.now): raise Withheld("answered-already")


def _interview_agreed(connection: Connection, matter: Matter) -> None:
    _still_in_selection(connection, matter)
    agreed = matter.introduction.interview.agreed
    if agreed is None or agreed.starts_at <= matter.now: raise Withheld("answered-already")


def _still_unheard(connection: Connection, matter: Matter) -> None:
    """A company that reported meanwhile is not reminded; nor one whose copy a withdrawal has closed (rule 3)."""
    if matter.introduction.duties.close_on is None: raise Withheld("answered-already")
    _still_in_selection(connection, matter)
    _copy_open(connection, matter)


def _copy_open(connection: Connection, matter: Matter) -> None:
    ask = matter.introduction
    if not gate.is_open(connection, ask.introduction, "share", ask.hiring, now=matter.now):
        raise Withheld("copy-closed")
    if gate.is_barred(connection, ask.candidate, gate.tokens_of(connection, [ask.hiring])): raise Withheld("copy-closed")


def _hire_open(_: Connection, matter: Matter) -> None:
    if matter.hire.status is not HireStatus.REPORTED: raise Withheld("answered-already")


def _leave_open(_: Connection, matter: Matter) -> None:
    last = matter.hire.challenge_until
    if last is None or matter.hire.answer is not None or matter.hire.determined is not None:
        raise Withheld("answered-already")
    if matter.now >= end_of_jst_day(last): raise Withheld("too-late")


def _unchecked(_: Connection, matter: Matter) -> None:
    if matter.hire.six_month_result not in {None, SixMonthResult.UNKNOWN}: raise Withheld("answered-already")


def _invoice_open(_: Connection, matter: Matter) -> None:
    if matter.fee.invoice is None or not matter.fee.invoice.invoice_no: raise Withheld("invoice-gone")
    if matter.fee.open_yen <= 0: raise Withheld("paid-already")


def _may_know(connection: Connection, matter: Matter) -> None:
    """The source learns of a hire only as far as the candidate lets it, at this moment."""
    source = UUID(matter.waiting.about["for_company"])
    if not gate.is_open(connection, matter.hire.candidate, "outcome-to-source", source, now=matter.now):
        raise Withheld("not-for-the-source")


def _change_open(connection: Connection, matter: Matter) -> None:
    """Nobody has objected to the change of address, and it can still be objected to."""
    if matter.now >= _object_until(connection, matter): raise Withheld("too-late")


def _object_until(connection: Connection, matter: Matter) -> datetime:
    row = connection.execute(
        "SELECT object_until FROM address_change WHERE id = %s AND objected_at IS NULL", (matter.waiting.named("change"),)
    ).fetchone()
    if row is None: raise Withheld("objected-to")
    found: datetime = row[0]
    return found


def _session_open(connection: Connection, matter: Matter) -> None:
    """The session that asked for the link has not ended."""
    found = connection.execute(
        "SELECT FROM web_session WHERE id = %(id)s AND subject = %(who)s AND ended_at IS NULL"
        " AND least(idle_until, expires_at) > %(now)s",
        {"id": matter.waiting.named("session"), "who": matter.waiting.recipient, "now": matter.now},
    ).fetchone()
    if found is None: raise Withheld("session-over")


def _new_cards(connection: Connection, matter: Matter) -> None:
    digest.new_cards(matter.post, connection, matter.waiting, matter.now)


def _pending(_: Connection, matter: Matter) -> None:
    if matter.recovery.status is not RecoveryStatus.PENDING: raise Withheld("answered-already")


_STILL: Mapping[str, Callable[[Connection, Matter], None]] = {
    "address-changing": _change_open,
    "address-confirm": _change_open,
    "recovery-proposed": _pending,
    "ask": _asked,
    "saved-search": _new_cards,
    "share-approved": _approved,
    "company-reminded": _still_unheard,
    "conditions-changed": _still_in_selection,
    "copy-received": _copy_open,
    "hire-reported": _hire_open,
    "interview-agreed": _interview_agreed,
    "interview-cancelled": _still_in_selection,
    "interview-times": _times_open,
    "invoice-issued": _invoice_open,
    "leave-reported": _leave_open,
    "question-answered": _asked,
    "question-asked": _question_open,
    "request-unanswered": _unanswered,
    "six-month-check": _unchecked,
    "step-up": _session_open,
    "thanks-hired": _may_know,
}


def values(connection: Connection, matter: Matter, reader: Reader, names: frozenset[str]) -> dict[str, str]:
    """The value of each name. A link that opens something is minted here, for this one mail."""
    return {name: _VALUES[name](connection, matter, reader) for name in names}


def _link(connection: Connection, matter: Matter, _: Reader) -> str:
    post, waiting = matter.post, matter.waiting
    match waiting.template:
        case "invitation":
            return links.invitation(post.public_url, waiting.named("invitation"))
        case "verify-mailbox":
            return links.registration(post.public_url, post.mint_registration(waiting.named("registration")))
        case "ask" | "share-approved" | "question-answered":
            ask = matter.introduction
            opens_until = links.answer_until(ask.expires_at or matter.now, ask.disclose_not_before)
            return links.mint_share_link(
                connection, ask.introduction, ask.candidate, opens_until, site=post.public_url
            )
        case "saved-search":
            return links.saved_searches(post.public_url)
        case "contact-change":
            change = waiting.named("change")
            return links.mint_contact_link(connection, change, matter.now, site=post.public_url)
        case "erasure-certificate":
            return links.erasure(post.public_url, waiting.recipient)
        case "merge-request":
            return links.mint_merge_link(
                connection, waiting.named("survivor"), waiting.recipient, matter.now, site=post.public_url
            )
        case "address-confirm" | "address-changing":
            purpose: links.AddressPurpose = "confirm" if waiting.template == "address-confirm" else "object"
            return links.mint_address_link(connection, waiting.named("change"), purpose, matter.now, site=post.public_url)
        case "step-up":
            return links.mint_step_up_link(connection, waiting.named("session"), matter.now, site=post.public_url)
        case _:
            kind: links.Kind = "candidate" if waiting.to is To.CANDIDATE else "user"
            return links.mint_login_link(connection, kind, waiting.recipient, matter.now, site=post.public_url)


def _until(connection: Connection, matter: Matter, reader: Reader) -> str:
    match matter.waiting.template:
        case "leave-reported":
            return until(end_of_jst_day(matter.hire.challenge_until or matter.hire.started_on), reader.language)
        case "company-reminded":
            last = matter.introduction.duties.close_on
            return until(end_of_jst_day(last) if last else matter.now, reader.language)
        case "address-changing":
            return until(_object_until(connection, matter), reader.language)
        case "privacy-request":
            return until(end_of_jst_day(matter.request.due_on), reader.language)
        case "recovery-proposed":
            return until(matter.recovery.takes_effect_at or matter.now, reader.language)
        case "share-approved":
            return until(matter.introduction.disclose_not_before or matter.now, reader.language)
        case _:
            return until(matter.introduction.expires_at or matter.now, reader.language)


def _interview_at(_: Connection, matter: Matter, reader: Reader) -> str:
    agreed = matter.introduction.interview.agreed
    if agreed is None: return ""
    minutes = f"{agreed.minutes}分" if reader.language == "ja" else f"{agreed.minutes} minutes"
    return f"{moment(agreed.starts_at, reader.language)} ({minutes})"


def _prior_contact_until(_: Connection, matter: Matter, reader: Reader) -> str:
    last = matter.introduction.prior_contact_until
    return until(end_of_jst_day(last) if last else matter.now, reader.language)


def _total(_: Connection, matter: Matter, reader: Reader) -> str:
    return yen(matter.fee.invoice.total_yen if matter.fee.invoice else matter.fee.total_yen, reader.language)


def _due_on(_: Connection, matter: Matter, reader: Reader) -> str:
    return day(matter.fee.accrual.due_on, reader.language) if matter.fee.accrual else ""


def _changes(_: Connection, matter: Matter, reader: Reader) -> str:
    """The difference (労働条件の変更明示): each condition that changed, as it was and as it is."""
    job, version = matter.introduction.job, int(matter.waiting.about["version"])
    before = after = None
    changed: tuple[str, ...] = ()
    for entry in matter.post.log.history(job):
        match entry.event:
            case JobOpened(conditions=conditions, version=number):
                before, after = after, conditions
            case JobConditionsChanged(conditions=conditions, version=number, changed=names):
                before, after, changed = after, conditions, names
            case _:
                continue
        if number == version:
            break
    return "\n".join(
        f"{word(reader.language, 'condition', name)}: {getattr(before, name)} → {getattr(after, name)}"
        for name in changed
    )


_VALUES: Mapping[str, Callable[[Connection, Matter, Reader], str]] = {
    "name": lambda _c, _m, reader: reader.name,
    "legal": lambda _c, matter, _r: links.legal(matter.post.public_url),
    "home": lambda _c, matter, _r: links.home(matter.post.public_url),
    "stop": lambda _c, matter, _r: links.stop_digest(matter.post.public_url, matter.waiting.named("search")),
    "count": lambda connection, matter, _r: str(digest.new_cards(matter.post, connection, matter.waiting, matter.now)),
    "team": lambda _c, matter, _r: links.recovery(matter.post.public_url),
    "sign_in": lambda _c, matter, _r: links.sign_in(matter.post.public_url),
    "link": _link,
    "not_me": lambda _c, matter, _r: links.not_me(matter.post.public_url, matter.waiting.named("invitation")),
    "minutes": lambda _c, _m, _r: str(LOGIN_LINK_MINUTES),
    "operator": lambda _c, matter, reader: matter.called(OPERATOR, reader.language),
    "operator_address": lambda _c, matter, _r: matter.company(OPERATOR).address,
    "source": lambda _c, matter, reader: matter.of_company(reader.language),
    "source_address": lambda _c, matter, _r: matter.company(matter.waiting.named("company")).address,
    "company": lambda _c, matter, reader: matter.of_company(reader.language),
    "number": lambda _c, matter, _r: matter.number,
    "until": _until,
    "interview_at": _interview_at,
    "prior_contact_until": _prior_contact_until,
    "started_on": lambda _c, matter, reader: day(matter.hire.started_on, reader.language),
    "invoice_no": lambda _c, matter, _r: matter.fee.invoice.invoice_no if matter.fee.invoice else "",
    "total": _total,
    "due_on": _due_on,
    "changes": _changes,
}
