"""A second, small telling of rules 1 to 5: folded from the log in order, without a line of the product's own deciding.

Only what a person permits and forbids, who belongs to whom, and what was answered to which ask. What may be shown,
counted, disclosed or sent is asked of this, and held against what the product showed, counted, disclosed and sent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from domain import candidate as c
from domain import company as f
from domain import consent as p
from domain import introduction as i
from domain import job as j
from domain import partnership as s
from domain import referral as r
from domain.applicant import Channel
from domain.calendar import JST
from domain.event import Recorded
from domain.ids import OPERATOR
from domain.introduction import Item

UNDO = timedelta(minutes=10)


@dataclass
class Person:
    """What one person permits and forbids."""

    until: dict[Any, datetime] = field(default_factory=dict)
    blocked: set[UUID] = field(default_factory=set)
    paused: bool = False
    gone: bool = False
    listed: bool = False
    profile: int = 0


@dataclass
class Firm:
    """A company: its own token, its group as it says, and whether it may act."""

    token: UUID | None = None
    group: frozenset[UUID] = frozenset()
    suspended: bool = False


@dataclass
class Ask:
    """One company asking one person for one job."""

    who: UUID
    hiring: UUID
    job: UUID
    job_version: int
    items: frozenset[Item]
    expires_at: datetime
    hidden: bool = False
    over: bool = False
    seen: i.Seen | None = None
    yes: frozenset[Item] | None = None
    yes_at: datetime | None = None
    given: frozenset[Item] | None = None
    revoked: bool = False


@dataclass
class Model:
    """Everything that was said so far."""

    position: int = 0
    people: dict[UUID, Person] = field(default_factory=dict)
    firms: dict[UUID, Firm] = field(default_factory=dict)
    licences: list[tuple[date, date]] = field(default_factory=list)
    jobs: dict[UUID, tuple[bool, int]] = field(default_factory=dict)
    policies: dict[UUID, tuple[str, frozenset[UUID]]] = field(default_factory=dict)
    referrals: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    asks: dict[UUID, Ask] = field(default_factory=dict)

    def person(self, who: UUID) -> Person:
        return self.people.setdefault(who, Person())

    def firm(self, which: UUID) -> Firm:
        return self.firms.setdefault(which, Firm())

    # What may be.

    def reach(self, companies: set[UUID]) -> set[UUID]:
        """The tokens of these companies and of all that are one group with them, whoever declared it."""
        circles = [firm.group | {firm.token} for firm in self.firms.values() if firm.token is not None]
        found: set[UUID] = set()
        for firm in (self.firm(key) for key in companies):
            found |= firm.group | ({firm.token} if firm.token is not None else set())
        grown = True
        while grown:
            grown = False
            for circle in circles:
                if circle & found and not circle <= found:
                    found |= circle
                    grown = True
        return found

    def barred(self, who: UUID, companies: set[UUID]) -> bool:
        """Rule 5, and whoever is being erased."""
        person = self.person(who)
        return person.gone or bool(person.blocked & self.reach(companies))

    def may_see(self, who: UUID, companies: set[UUID], now: datetime) -> bool:
        """Rules 1, 3 and 5: a live consent to be listed, no pause, no block, no erasure."""
        person = self.person(who)
        return not self.barred(who, companies) and not person.paused and self.permits(who, p.LIST, now)

    def permits(self, who: UUID, permission: p.Permission, now: datetime) -> bool:
        until = self.person(who).until.get(permission)
        return until is not None and now < until

    def may_mail(self, who: UUID, now: datetime) -> bool:
        person = self.person(who)
        mail = p.Permission(scope=p.Scope.CHANNEL, channel=Channel.EMAIL)
        return not person.gone and not person.paused and self.permits(who, mail, now)

    def recommended(self, who: UUID, hiring: UUID) -> bool:
        """A source stands behind the person, who read this very text, and shares it with this company."""
        for each in self.referrals.values():
            mode, named = self.policies.get(each["source"], ("open", frozenset())) if "source" in each else ("open", frozenset())
            shared = {"open": True, "only": hiring in named, "never": hiring not in named}[mode]
            read = 0 < each.get("written", 0) == each.get("read", 0)
            if each.get("who") == who and not each.get("ended") and read and shared:
                return True
        return False

    def copy_open(self, key: UUID, companies: set[UUID]) -> bool:
        """Rule 3: it outlives the listing, but no revoke, block or erasure."""
        ask = self.asks[key]
        return ask.given is not None and not ask.revoked and not self.barred(ask.who, companies | {ask.hiring})

    def objection(self, key: UUID, told: i.IdentityDisclosed, at: datetime) -> str | None:
        """Why this disclosure should not have been (rule 2); None if the person said yes to exactly this."""
        ask = self.asks[key]
        items = frozenset(told.items)
        day = at.astimezone(JST).date()
        is_open, material = self.jobs[ask.job]
        wrong = {
            "nobody said yes": ask.yes is None or ask.yes_at is None or ask.over,
            "another person or company": (told.candidate, told.hiring) != (ask.who, ask.hiring),
            "it could still be undone": ask.yes_at is None or at < ask.yes_at + UNDO,
            "more than was approved": not items <= (ask.yes or frozenset()),
            "more than was asked for": not items <= ask.items,
            "not what was shown": ask.seen is None or ask.seen.profile_version != self.person(ask.who).profile,
            "the person does not permit it": not self.may_see(ask.who, {ask.hiring}, at),
            "the company is suspended": self.firm(ask.hiring).suspended,
            "no licence": not any(first <= day <= last for first, last in self.licences),
            "the job is closed": not is_open,
            "other conditions": material > ask.job_version,
            "not shared": Item.RECOMMENDATION in items and not self.recommended(ask.who, ask.hiring),
        }
        return next((why for why, is_so in wrong.items() if is_so), None)

    # What was said.

    def learn(self, entry: Recorded[Any]) -> None:
        self.position = entry.position
        for hear in (self._of_people, self._of_firms, self._of_referrals, self._of_asks):
            hear(entry.stream, entry.event, entry.meta.recorded_at)

    def _of_people(self, stream: UUID, event: Any, _at: datetime) -> None:
        match event:
            case p.ConsentGiven(candidate=who, permission=what, expires_at=until):
                self.person(who).until[what] = until
            case p.ConsentRenewed(candidate=who, permission=what, expires_at=until):
                self.person(who).until[what] = until
            case p.ConsentExpired(candidate=who, permission=what):
                self.person(who).until.pop(what, None)
            case p.ConsentWithdrawn(candidate=who, permissions=several):
                for what in several:
                    self.person(who).until.pop(what, None)
            case p.CompanyBlocked(candidate=who, token=token):
                self.person(who).blocked.add(token)
            case p.CompanyUnblocked(candidate=who, token=token):
                self.person(who).blocked.discard(token)
            case p.Paused(candidate=who):
                self.person(who).paused = True
            case p.Resumed(candidate=who):
                self.person(who).paused = False
            case c.ProfileSaved(version=version):
                self.person(stream).profile = version
            case c.CandidateErasureStarted():
                self.person(stream).gone = True

    def _of_firms(self, stream: UUID, event: Any, _at: datetime) -> None:
        match event:
            case f.CompanyAdmitted(company=company, token=token):
                self.firm(company).token = token
            case f.GroupDeclared(tokens=tokens):
                self.firm(stream).group = frozenset(tokens)
            case f.CompanySuspended():
                self.firm(stream).suspended = True
            case f.CompanyReinstated():
                self.firm(stream).suspended = False
            case f.LicenceRecorded(granted_on=first, valid_until=last) if stream == OPERATOR:
                self.licences.append((first, last))
            case j.JobOpened():
                self.jobs[stream] = (True, 1)
            case j.JobConditionsChanged(version=version, material=True):
                self.jobs[stream] = (self.jobs[stream][0], version)
            case j.JobClosed():
                self.jobs[stream] = (False, self.jobs[stream][1])
            case s.SharingPolicySet(source=source, mode=mode, companies=named):
                self.policies[source] = (mode.value, frozenset(named))

    def _of_referrals(self, stream: UUID, event: Any, _at: datetime) -> None:
        row = self.referrals.setdefault(stream, {}) if isinstance(event, r.ReferralEvent) else {}
        match event:
            case r.ReferralMade(candidate=who, source=source):
                row.update(who=who, source=source, ended=False)
            case r.RecommendationWritten(version=version):
                row.update(written=version)
            case r.RecommendationRead(version=version):
                row.update(read=version)
            case r.ReferralEnded():
                row.update(ended=True)
            case r.CardPublished(candidate=who):
                self.person(who).listed = True
            case r.CardSuspended(candidate=who):
                self.person(who).listed = False

    def _of_asks(self, stream: UUID, event: Any, at: datetime) -> None:
        if isinstance(event, i.IntroductionRequested):
            self.asks[stream] = Ask(
                who=event.candidate, hiring=event.hiring, job=event.job, job_version=event.job_version,
                items=frozenset(event.items), expires_at=event.expires_at,
            )  # fmt: skip
        ask = self.asks.get(stream)
        if ask is None:
            return
        match event:
            case i.IntroductionBlocked():
                ask.hidden = True
            case i.CandidateAsked(seen=seen):
                ask.seen, ask.yes, ask.yes_at = seen, None, None
            case i.ShareApproved(items=items):
                ask.yes, ask.yes_at = frozenset(items), at
            case i.ShareUndone():
                ask.yes = ask.yes_at = None
            case i.ShareDeclined() | i.ShareExpired() | i.ShareCancelled():
                ask.over, ask.yes = True, None
            case i.IdentityDisclosed(items=items):
                ask.given = frozenset(items)
            case i.ShareRevoked():
                ask.revoked = True
