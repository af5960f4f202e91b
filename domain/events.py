"""Every kind of fact there is, over all streams."""

from __future__ import annotations

from typing import get_args

from domain.account import AccountEvent
from domain.applicant import ApplicantEvent
from domain.books import BooksEvent
from domain.candidate import CandidateEvent
from domain.company import CompanyEvent
from domain.consent import ConsentEvent
from domain.event import Event
from domain.fee import FeeEvent
from domain.glass import GlassEvent
from domain.hire import HireEvent
from domain.introduction import IntroductionEvent
from domain.job import JobEvent
from domain.partnership import PartnershipEvent, SharingPolicyEvent
from domain.privacy_request import PrivacyRequestEvent
from domain.recovery import RecoveryEvent
from domain.referral import ReferralEvent
from domain.transfer_run import TransferRunEvent
from domain.treasury import TreasuryEvent

AnyEvent = (
    AccountEvent
    | ApplicantEvent
    | BooksEvent
    | CandidateEvent
    | CompanyEvent
    | ConsentEvent
    | FeeEvent
    | GlassEvent
    | HireEvent
    | IntroductionEvent
    | JobEvent
    | PartnershipEvent
    | SharingPolicyEvent
    | PrivacyRequestEvent
    | RecoveryEvent
    | ReferralEvent
    | TransferRunEvent
    | TreasuryEvent
)

ALL_EVENTS: tuple[type[Event], ...] = get_args(AnyEvent)
BY_NAME: dict[str, type[Event]] = {str(kind.__struct_config__.tag): kind for kind in ALL_EVENTS}
