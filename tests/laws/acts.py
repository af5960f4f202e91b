"""What people and companies do in the laws: each is a real command, as somebody who may send it sends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from domain.consent import LIST, BlockCause, Permission
from domain.ids import CandidateId, CompanyId, IntroductionId, JobId
from domain.introduction import Item
from domain.job import JobCloseCause
from domain.partnership import SharingMode
from domain.refusal import Refused
from marketplace.commands import candidate, company, consent, disclosure, introduction, job, privacy, referral
from marketplace.commands.candidate import ProfileWords
from marketplace.commands.office import Office
from tests.laws.interleave import Step
from tests.laws.street import FACTS, NUMBERS, Street

ASKED_FOR = frozenset({Item.NAME, Item.EMAIL, Item.CAREER, Item.RECOMMENDATION})


class Acts:
    """Each answers a step: who does it, and with what, is fixed; when it happens, and over which office, is not."""

    def __init__(self, street: Street) -> None:
        self.street = street

    # The person.

    def give(self, who: CandidateId, permission: Permission = LIST) -> Step:
        return lambda o: consent.give(
            o, self.street.by(), candidate=who, permission=permission, level=None, text_version="v1", language="ja"
        )

    def renew(self, who: CandidateId) -> Step:
        return lambda o: consent.renew(o, self.street.by(), candidate=who, permission=LIST)

    def withdraw(self, who: CandidateId, *permissions: Permission) -> Step:
        return lambda o: consent.withdraw(o, self.street.by(), candidate=who, permissions=frozenset(permissions))

    def pause(self, who: CandidateId) -> Step:
        return lambda o: consent.pause(o, self.street.by(), candidate=who)

    def resume(self, who: CandidateId) -> Step:
        return lambda o: consent.resume(o, self.street.by(), candidate=who)

    def block(self, who: CandidateId, name: str) -> Step:
        return lambda o: consent.block(
            o, self.street.by(), candidate=who, corporate_number=NUMBERS[name], cause=BlockCause.CHOSEN
        )

    def unblock(self, who: CandidateId, name: str) -> Step:
        token = self.street.office.vault.blind.company_token(NUMBERS[name])
        return lambda o: consent.unblock(o, self.street.by(), candidate=who, token=token)

    def erase(self, who: CandidateId) -> Step:
        return lambda o: privacy.start_erasure(o, self.street.by(), candidate=who)

    def save_profile(self, who: CandidateId) -> Step:
        version = self.street.office.candidate(who).state.profile_version
        words = ProfileWords(headline=f"{version}", career="需要予測", employer="かりの見本", salary_wish_yen=6_000_000)
        return lambda o: candidate.save_profile(
            o, self.street.by(), candidate=who, expected_version=version, words=words, facts=FACTS
        )

    def publish(self, who: CandidateId, source: str) -> Step:
        key = self.street.referral(who, source)
        return lambda o: referral.publish_card(o, self.street.by(), referral=key, candidate=who)

    def suspend_card(self, who: CandidateId, source: str) -> Step:
        key = self.street.referral(who, source)
        return lambda o: referral.suspend_card(o, self.street.by(), referral=key, candidate=who)

    def read(self, who: CandidateId, source: str) -> Step:
        key = self.street.referral(who, source)
        version = self.street.office.referral(key).state.recommendation_version
        return lambda o: referral.read_recommendation(o, self.street.by(), referral=key, candidate=who, version=version)

    def approve(self, ask: IntroductionId, items: frozenset[Item]) -> Step:
        state = self.street.office.introduction(ask).state

        def step(office: Office) -> object:
            if state.seen is None: raise Refused("introduction-unknown")
            return introduction.approve(
                office, self.street.by(), introduction=ask, by=state.candidate, items=items, seen=state.seen,
                known_to_company=False,
            )  # fmt: skip

        return step

    def decline(self, ask: IntroductionId) -> Step:
        who = self.street.office.introduction(ask).state.candidate
        return lambda o: introduction.decline(o, self.street.by(), introduction=ask, by=who)

    def undo(self, ask: IntroductionId) -> Step:
        who = self.street.office.introduction(ask).state.candidate
        return lambda o: introduction.undo(o, self.street.by(), introduction=ask, by=who)

    def revoke(self, ask: IntroductionId) -> Step:
        who = self.street.office.introduction(ask).state.candidate
        return lambda o: introduction.revoke(o, self.street.by(), introduction=ask, by=who)

    def show_anew(self, ask: IntroductionId) -> Step:
        who = self.street.office.introduction(ask).state.candidate
        return lambda o: introduction.show_anew(o, self.street.by(), introduction=ask, by=who)

    # The source.

    def recommend(self, who: CandidateId, source: str) -> Step:
        key, by = self.street.referral(who, source), self.street.companies[source]
        return lambda o: referral.recommend(o, self.street.by(), referral=key, source=by, text="論理的な方でした。")

    def step_back(self, who: CandidateId, source: str) -> Step:
        key, by = self.street.referral(who, source), self.street.companies[source]
        return lambda o: referral.end(o, self.street.by(), referral=key, source=by)

    def share_with(self, source: str, mode: SharingMode, *names: str) -> Step:
        by = self.street.companies[source]
        named = frozenset[CompanyId]() if mode is SharingMode.OPEN else frozenset(map(self.street.companies.get, names))
        return lambda o: company.set_sharing_policy(
            o, self.street.by(), source=by, mode=mode, companies=named  # type: ignore[arg-type]
        )

    # The hiring company, and the operator.

    def request(self, who: CandidateId, name: str, wanted: JobId, *also: str) -> Step:
        viewer = self.street.viewer(name, *also)
        version = self.street.office.job(wanted).state.version
        return lambda o: introduction.request(
            o, self.street.by(), candidate=who, hiring=viewer.company, tokens=viewer.tokens, job=wanted,
            job_version=version, by=viewer.user, items=ASKED_FOR,
        )  # fmt: skip

    def disclose(self, ask: IntroductionId, at: datetime | None = None) -> Step:
        return lambda o: disclosure.disclose(o, self.street.by("timer:disclose", at=at), introduction=ask)

    def declare(self, name: str, *others: str) -> Step:
        key = self.street.companies[name]
        numbers = tuple(NUMBERS[each] for each in sorted(set(others) - {name}))
        return lambda o: company.declare_group(o, self.street.by(), company_id=key, corporate_numbers=numbers)

    def suspend(self, name: str) -> Step:
        return lambda o: company.suspend(o, self.street.by(), company_id=self.street.companies[name], cause="check")

    def reinstate(self, name: str) -> Step:
        return lambda o: company.reinstate(o, self.street.by(), company_id=self.street.companies[name])

    def close_job(self, name: str, wanted: JobId) -> Step:
        key = self.street.companies[name]
        return lambda o: job.close(o, self.street.by(), company=key, job_id=wanted, cause=next(iter(JobCloseCause)))

    def change_job(self, name: str, wanted: JobId) -> Step:
        from msgspec.structs import replace

        key, state = self.street.companies[name], self.street.office.job(wanted).state
        less = replace(state.conditions, annual_salary_from_yen=state.conditions.annual_salary_from_yen - 1_000)
        return lambda o: job.change_conditions(
            o, self.street.by(), company=key, job_id=wanted, conditions=less, expected_version=state.version
        )


Choice = Callable[[int], UUID]
