"""Rule 4: no history sends a source's invitation early, at night, without a basis, or after the person said no.

Sources bring records in, change them, invite and take back; addresses are disowned, companies suspended, the worker and
the clock go as they like. Every mail that left is judged by what the log said at that moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from domain import applicant as a
from domain import applying
from domain import company as f
from domain.calendar import JST
from domain.ids import ApplicantId
from marketplace.commands import applicant, company
from marketplace.commands.office import Office
from marketplace.holidays import HOLIDAYS
from marketplace.store.log import Unreadable
from marketplace.vault.companion import companions
from marketplace.vault.records import ApplicantRecord
from marketplace.vault.subject import Subject, SubjectKind
from tests.domain.people_examples import a_row
from tests.laws.interleave import Step, at_once, between, quietly
from tests.laws.machines import brief, long, play
from tests.laws.street import SOURCES, Street

PLAIN = brief(examples=10, steps=20)
LONG = long(examples=60, steps=40)

WHICH = st.integers(0, 2)
REJECTED = st.sampled_from([date(2027, 1, 4), date(2027, 1, 5), date(2027, 3, 1), date(2027, 4, 1)])


@dataclass
class Record:
    """What is known of one record, as the log tells it."""

    source: str
    email: str
    rejected_on: date | None = None
    may_email: bool = False
    invitable: bool = False
    over: bool = False
    sent: bool = False


class Invitations(RuleBasedStateMachine):
    """Two sources, three records; the first two are of the same person, with the same address."""

    def __init__(self, street: Street) -> None:
        super().__init__()
        self.street = street
        self.records: dict[ApplicantId, Record] = {}
        self.position = 0
        self.sent: set[Any] = set()
        self.quiet_days: dict[UUID, int] = {}
        self.suspended: set[UUID] = set()
        self.suppressed: set[str] = set()

    @initialize()
    def bring_in(self) -> None:
        self.street.start_again()
        for name in SOURCES:
            key = self.street.companies[name]
            company.set_cooling_off(self.street.office, self.street.by(), company_id=key, days=90)
            self.quiet_days[key] = 90
        self.position = self.street.house.log.position()
        self.sent = {message for message, _ in self._sent()}
        both, alone = (f"{uuid4().hex}@mail.example" for _ in range(2))
        for source, email in zip(("mountain", "river", "mountain"), (both, both, alone), strict=True):
            self.records[ApplicantId(uuid4())] = Record(source, email)
        for which in range(3):
            self.import_row(which, date(2027, 1, 4), True, True)
            self.act(which, "invite")

    def key(self, which: int) -> ApplicantId:
        return list(self.records)[which]

    def do(self, step: Step) -> None:
        quietly(step, self.street.office)

    # What sources, people and the operator do.

    def updated(self, which: int, rejected_on: date, may_email: bool, rejected: bool) -> Step:
        key = self.key(which)
        of = self.records[key]
        outcome = a.Outcome.REJECTED if rejected else a.Outcome.UNKNOWN

        def step(office: Office) -> object:
            loaded = applicant.load(office, key)
            words = ApplicantRecord(name="見本", emails=(of.email,))
            sealed = office.vault.sealer.seal(Subject(SubjectKind.APPLICANT, key), words)
            row = a_row(rejected_on=rejected_on, may_email=may_email, outcome=outcome, batch=uuid4())
            row = replace(row, ref=sealed.ref, commit=sealed.commit)
            company_id = self.street.companies[of.source]
            events = applying.import_row(loaded.state, row, applicant_id=key, company=company_id)
            return office.log.append(
                self.street.by(), {key: (loaded.version, list(events))}, also=companions(sealed.row)
            )

        return step

    @rule(which=WHICH, rejected_on=REJECTED, may_email=st.booleans(), rejected=st.booleans())
    def import_row(self, which: int, rejected_on: date, may_email: bool, rejected: bool) -> None:
        self.do(self.updated(which, rejected_on, may_email, rejected))

    def step(self, which: int, how: str) -> Step:
        key = self.key(which)
        source = self.street.companies[self.records[key].source]
        steps: dict[str, Step] = {
            "invite": lambda o: applicant.invite(o, self.street.by(), applicant=key, company=source),
            "cancel": lambda o: applicant.cancel_invitation(o, self.street.by(), applicant=key, company=source),
            "send": lambda o: applicant.send_invitation(o, self.street.by(), applicant=key),
            "disown": lambda o: applicant.disown(
                o, self.street.by(), applicant=key, invitation=_invitation(o, key)
            ),
            "erase": lambda o: applicant.erase(o, self.street.by(), applicant=key, company=source, cause="source"),
            "suspend": lambda o: company.suspend(o, self.street.by(), company_id=source, cause="check"),
            "reinstate": lambda o: company.reinstate(o, self.street.by(), company_id=source),
            "longer": lambda o: company.set_cooling_off(o, self.street.by(), company_id=source, days=200),
            "shorter": lambda o: company.set_cooling_off(o, self.street.by(), company_id=source, days=30),
            "without basis": self.updated(which, date(2027, 1, 4), False, True),
            "rejected anew": self.updated(which, date(2027, 4, 1), True, True),
        }
        return steps[how]

    HOW = st.sampled_from(
        ["invite", "invite", "cancel", "disown", "erase", "suspend", "reinstate", "longer", "shorter", "without basis",
         "rejected anew"]
    )  # fmt: skip

    @rule(which=WHICH, how=HOW)
    def act(self, which: int, how: str) -> None:
        self.do(self.step(which, how))

    @rule(which=WHICH, how=HOW, threads=st.booleans())
    def sending_meets(self, which: int, how: str, threads: bool) -> None:
        meet = at_once if threads else between
        meet(self.street.office, self.step(which, "send"), self.step(which, how))

    @rule(which=WHICH, at=st.sampled_from([time(8, 59), time(9), time(12), time(19, 59), time(20), time(23)]))
    def the_quiet_is_over(self, which: int, at: time) -> None:
        """The day after the cooling-off period of this record, if that is still to come."""
        of = self.records[self.key(which)]
        days = self.quiet_days[self.street.companies[of.source]]
        day = (of.rejected_on or date(2027, 1, 4)) + timedelta(days=days)
        for moment in (datetime.combine(day + timedelta(days=n), at, JST) for n in (0, 1)):
            if moment > self.street.now():
                self.street.move_to(moment)
                self.street.catch_up()
                self.street.room("sweep")

    @rule(by=st.sampled_from([{"hours": 3}, {"hours": 11}, {"days": 1}, {"days": 30}]))
    def time_goes_by(self, by: dict[str, int]) -> None:
        self.street.move_to(self.street.now() + timedelta(**by))

    @rule(room=st.sampled_from(["project", "react", "sweep", "tasks", "tasks", "everything"]))
    def work(self, room: str) -> None:
        if room == "everything":
            self.street.settle()
        while room != "everything" and self.street.room(room):
            pass

    # What must hold after every step.

    @invariant()
    def nothing_left_that_should_not_have(self) -> None:
        if not self.records:
            return
        self.learn()
        now = self.street.now()
        for message, recipient in self._sent():
            if message in self.sent:
                continue
            self.sent.add(message)
            key = ApplicantId(recipient)
            assert (why := self.objection(key, now)) is None, (why, self.records[key], now)

    def learn(self) -> None:
        while entries := self.street.house.log.read(self.position, 500):
            for entry in entries:
                assert not isinstance(entry, Unreadable), entry
                self.position = entry.position
                if isinstance(entry.event, a.InvitationSent):
                    of = self.records[ApplicantId(entry.stream)]
                    why = self.objection(ApplicantId(entry.stream), entry.meta.recorded_at)
                    assert why in {None, "the address said no"}, (why, of)  # said again when the mail leaves
                    assert not of.sent, "invited twice"
                    of.sent = True
                self.hear(entry.stream, entry.event)

    def hear(self, stream: UUID, event: Any) -> None:
        of = self.records.get(ApplicantId(stream))
        match event:
            case a.ApplicantImported() | a.ApplicantUpdated() if of:
                of.rejected_on, of.may_email, of.invitable = event.rejected_on, event.may_email, event.invitable
            case a.InvitationDisowned() if of:
                of.over = True
                self.suppressed.add(of.email)
            case a.ApplicantErased() | a.RetentionEnded() | a.ReappliedAt() if of:
                of.over = True
            case f.CoolingOffSet(days=days):
                self.quiet_days[stream] = days
            case f.CompanySuspended():
                self.suspended.add(stream)
            case f.CompanyReinstated():
                self.suspended.discard(stream)

    def objection(self, key: ApplicantId, at: datetime) -> str | None:
        """Why nothing may be pushed to this person now."""
        of = self.records[key]
        source = self.street.companies[of.source]
        here = at.astimezone(JST)
        first = (of.rejected_on or here.date()) + timedelta(days=self.quiet_days[source] + 1)
        wrong = {
            "still quiet": here.date() < first,
            "not a decent hour": not 9 <= here.hour < 20 or here.weekday() > 4 or here.date() in HOLIDAYS.days,
            "no basis": not of.may_email,
            "not to be invited": not of.invitable,
            "frozen or gone": of.over,
            "the address said no": of.email in self.suppressed,
            "the source is suspended": source in self.suspended,
        }
        return next((why for why, is_so in wrong.items() if is_so), None)

    def _sent(self) -> list[tuple[Any, Any]]:
        return self.street.rows(  # type: ignore[return-value]
            "SELECT id, recipient FROM message WHERE sent_at IS NOT NULL AND template = 'invitation'"
        )


def _invitation(office: Office, key: ApplicantId) -> UUID:
    sent = applicant.load(office, key).state.invitation
    return sent.id if sent else uuid4()


def test_no_history_invites_early_at_night_without_a_basis_or_after_a_no(street: Street) -> None:
    play(partial(Invitations, street), PLAIN)


@pytest.mark.heavy
def test_no_long_history_invites_early_at_night_without_a_basis_or_after_a_no(street: Street) -> None:
    play(partial(Invitations, street), LONG)


def test_an_invitation_leaves_once_its_time_has_come(street: Street) -> None:
    played = Invitations(street)
    played.bring_in()
    played.the_quiet_is_over(0, time(12))
    played.work("tasks")
    played.nothing_left_that_should_not_have()
    assert played.records[played.key(0)].sent
    assert played.key(0) in {recipient for _, recipient in played._sent()}


@pytest.mark.parametrize("how", ["without basis", "rejected anew", "suspend", "erase", "disown"])
def test_an_invitation_that_waits_in_the_outbox_is_withheld_when_its_ground_falls_away(street: Street, how: str) -> None:
    played = Invitations(street)
    played.bring_in()
    played.the_quiet_is_over(0, time(12))
    played.act(0, how)
    played.work("tasks")
    assert played.key(0) not in {recipient for _, recipient in played._sent()}


def test_who_said_no_to_one_source_is_written_to_by_no_other(street: Street) -> None:
    """The first two records are of one person; the third is somebody else's, and shows that the mails do leave."""
    played = Invitations(street)
    played.bring_in()
    played.the_quiet_is_over(0, time(12))
    played.act(0, "disown")
    played.work("tasks")
    left = {recipient for _, recipient in played._sent()}
    assert [played.key(which) in left for which in range(3)] == [False, False, True]
