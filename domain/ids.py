"""The names of things. Random ones are made at the edge; derived ones make a uniqueness rule out of the stream's id."""

from __future__ import annotations

from typing import NewType
from uuid import UUID, uuid5

CompanyId = NewType("CompanyId", UUID)
UserId = NewType("UserId", UUID)
JobId = NewType("JobId", UUID)
ApplicantId = NewType("ApplicantId", UUID)
CandidateId = NewType("CandidateId", UUID)
ConsentId = NewType("ConsentId", UUID)
ReferralId = NewType("ReferralId", UUID)
CardId = NewType("CardId", UUID)
PartnershipId = NewType("PartnershipId", UUID)
SharingPolicyId = NewType("SharingPolicyId", UUID)
IntroductionId = NewType("IntroductionId", UUID)
HireId = NewType("HireId", UUID)
FeeId = NewType("FeeId", UUID)
AccountId = NewType("AccountId", UUID)
MovementId = NewType("MovementId", UUID)
BooksId = NewType("BooksId", UUID)
TransferRunId = NewType("TransferRunId", UUID)
PrivacyRequestId = NewType("PrivacyRequestId", UUID)
RecoveryId = NewType("RecoveryId", UUID)
GlassId = NewType("GlassId", UUID)
CompanyToken = NewType("CompanyToken", UUID)
"""Keyed digest of a corporate number (法人番号): a block can mean a company that is not on the relay, unnamed."""
VaultRef = NewType("VaultRef", UUID)
"""Random reference to a record in the vault; never derived from what it refers to."""

_RELAY = UUID("7d1f5a0e-6a57-4c39-9a52-0c8f2f6f4a11")


def _derived(kind: str, *parts: UUID | str | int) -> UUID:
    return uuid5(_RELAY, "\x1f".join((kind, *map(str, parts))))


def consent_of(candidate: CandidateId) -> ConsentId:
    """One stream holds all that a person permits or forbids."""
    return ConsentId(_derived("consent", candidate))


def card_of(candidate: CandidateId) -> CardId:
    """The public number of a person's one anonymous card."""
    return CardId(_derived("card", candidate))


def referral_of(candidate: CandidateId, source: CompanyId) -> ReferralId:
    """A source refers a person once."""
    return ReferralId(_derived("referral", candidate, source))


def partnership_of(source: CompanyId, hiring: CompanyId) -> PartnershipId:
    """Two companies have one partnership, from source to hiring."""
    return PartnershipId(_derived("partnership", source, hiring))


def sharing_policy_of(source: CompanyId) -> SharingPolicyId:
    """A source has one sharing policy."""
    return SharingPolicyId(_derived("sharing-policy", source))


def introduction_of(candidate: CandidateId, hiring: CompanyId, job: JobId, round_no: int) -> IntroductionId:
    """A company asks for a person once per job and round; a second ask after a decline is a new round."""
    return IntroductionId(_derived("introduction", candidate, hiring, job, round_no))


def hire_of(candidate: CandidateId, hiring: CompanyId, employment_no: int) -> HireId:
    """One employment of a person by a company is one hire (rule 7); a rehire years later has the next number."""
    return HireId(_derived("hire", candidate, hiring, employment_no))


def fee_of(hire: HireId) -> FeeId:
    """One hire, one fee (rule 7)."""
    return FeeId(_derived("fee", hire))


def account_of(company: CompanyId) -> AccountId:
    """A company has one account with the relay."""
    return AccountId(_derived("account", company))


def movement_of(provider: str, balance_transaction: str) -> MovementId:
    """A movement of money at the provider is told once."""
    return MovementId(_derived("movement", provider, balance_transaction))


def books_of(month: str) -> BooksId:
    """The books of one month, `2027-03`."""
    return BooksId(_derived("books", month))


def transfer_run_of(number: int) -> TransferRunId:
    """Transfer runs are numbered from 1: two people who begin one at the same moment begin the same one."""
    return TransferRunId(_derived("transfer-run", number))


def recovery_of(company: CompanyId) -> RecoveryId:
    """How a company gets an administrator again whose last one is gone."""
    return RecoveryId(_derived("recovery", company))


NIL = UUID(int=0)
"""The id of nothing: what an empty stream's state has where a fact would have put an id."""


OPERATOR = CompanyId(_derived("operator"))
"""The company that runs the relay; there is one."""
