"""Rule 7: one hire, one fee, and who earned it follows the ownership ladder.

1. A prior contact that the operator upheld reduces or cancels the fee by the frozen terms.
2. Of the referrals that the candidate had confirmed when the introduction was requested, that the frozen terms name, and
   in whose window (both ends inclusive, JST) the offer was accepted, the one confirmed first earned the source's side.
   (The terms do not name a source that was suspended then, or came by a later merge of two registrations.)
3. No such referral: no source earned anything, the fee is owed all the same.
Two confirmed at the same moment, or an undecided claim of prior contact, go to a person (`ownership-contested`).
The company proves a prior contact within five business days after disclosure; it lies at most 180 days back from the
request (both numbers from the frozen terms).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec

from domain.calendar import Holidays, add_business_days, jst_date
from domain.frozen_terms import Terms
from domain.hire import OwnershipResolved, Share, Side
from domain.ids import CompanyId, UserId, VaultRef
from domain.introduction import Introduction, PriorContactClaimed, PriorContactDecided
from domain.money import WHOLE_BPS
from domain.prior_contact import PriorContact
from domain.refusal import Refused


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """The candidate confirmed that this source passed them on; as in the referral's `OwnershipConfirmed`."""

    source: CompanyId
    confirmed_at: datetime
    window_until: datetime


def resolve(
    claims: Sequence[Claim], introduction: Introduction, *, offer_accepted_on: date, today: date
) -> OwnershipResolved:
    """Who earned it, and which part of the fee is owed (`fee_bps`).

    Refuses `not-disclosed`, `prior-contact-window-open` and `ownership-contested`.
    """
    if introduction.requested_at is None or introduction.prior_contact_until is None: raise Refused("not-disclosed")
    if introduction.prior_contact is PriorContact.CLAIMED: raise Refused("ownership-contested", cause="prior-contact")
    if introduction.prior_contact is PriorContact.NOT_CLAIMED and today <= introduction.prior_contact_until:
        raise Refused("prior-contact-window-open", prior_contact_until=introduction.prior_contact_until)
    fee_bps = introduction.prior_contact_fee_bps
    if fee_bps == 0: return OwnershipResolved(shares=(), reason="prior-contact", fee_bps=0)
    named = _named(introduction.terms)
    made_before = [claim for claim in claims if claim.source in named and claim.confirmed_at <= introduction.requested_at]
    live = sorted((claim for claim in made_before if _covers(claim, offer_accepted_on)), key=_age)
    if not live:
        return OwnershipResolved(shares=(), reason="window-lapsed" if made_before else "no-claim", fee_bps=fee_bps)
    if len(live) > 1 and live[0].confirmed_at == live[1].confirmed_at and live[0].source != live[1].source:
        raise Refused("ownership-contested", cause="confirmed-at-once")
    first = Share(source=live[0].source, share_bps=WHOLE_BPS)
    reason = "sole-claim" if len(live) == 1 else "first-confirmed"
    return OwnershipResolved(shares=(first,), reason=reason, fee_bps=fee_bps)


def decide(
    claims: Sequence[Claim], shares: tuple[Share, ...], terms: Terms, *, by: Side, fee_bps: int
) -> OwnershipResolved:
    """A person of the operator settles a contested case among those who claimed and whom the frozen terms name.

    Refuses `operator-must-decide`, `fee-part-out-of-range`, `share-without-claim`, `source-not-in-terms`, and
    `shares-do-not-add-up`: they sum to 10,000 basis points of a fee that is owed, or there is none.
    """
    if by is not Side.OPERATOR: raise Refused("operator-must-decide")
    if not 0 <= fee_bps <= WHOLE_BPS: raise Refused("fee-part-out-of-range", fee_bps=fee_bps)
    sources = [share.source for share in shares]
    whole = sum(share.share_bps for share in shares) == WHOLE_BPS and all(share.share_bps > 0 for share in shares)
    if shares and (not whole or len(set(sources)) != len(sources)): raise Refused("shares-do-not-add-up")
    if not set(sources) <= {claim.source for claim in claims}: raise Refused("share-without-claim")
    if not set(sources) <= _named(terms): raise Refused("source-not-in-terms")
    if shares and fee_bps == 0: raise Refused("shares-do-not-add-up")
    return OwnershipResolved(shares=shares, reason="decided", fee_bps=fee_bps)


def claim_prior_contact(
    introduction: Introduction, *, by: UserId, last_contact_on: date, evidence_ref: VaultRef, today: date
) -> PriorContactClaimed:
    """The company says, within its days, that it knew the person already, and hands in the proof.

    Refuses `not-disclosed`, `prior-contact-already-claimed`, `prior-contact-window-closed`,
    `prior-contact-after-request`, `prior-contact-too-old`.
    """
    if introduction.requested_at is None or introduction.prior_contact_until is None: raise Refused("not-disclosed")
    if introduction.prior_contact is not PriorContact.NOT_CLAIMED: raise Refused("prior-contact-already-claimed")
    if today > introduction.prior_contact_until:
        raise Refused("prior-contact-window-closed", prior_contact_until=introduction.prior_contact_until)
    requested_on = jst_date(introduction.requested_at)
    if last_contact_on > requested_on: raise Refused("prior-contact-after-request", requested_on=requested_on)
    days = introduction.terms.prior_contact_days
    if last_contact_on < requested_on - timedelta(days=days): raise Refused("prior-contact-too-old", days=days)
    return PriorContactClaimed(claimed_by=by, last_contact_on=last_contact_on, evidence_ref=evidence_ref)


def decide_prior_contact(introduction: Introduction, *, by: Side, upheld: bool) -> PriorContactDecided:
    """The operator looks at the proof and at what the candidate answered (`known_to_company`); the terms say the rest.

    Refuses `operator-must-decide`, `prior-contact-not-claimed`.
    """
    if by is not Side.OPERATOR: raise Refused("operator-must-decide")
    if introduction.prior_contact is not PriorContact.CLAIMED: raise Refused("prior-contact-not-claimed")
    fee_bps = introduction.terms.prior_contact_fee_bps if upheld else WHOLE_BPS
    return PriorContactDecided(upheld=upheld, fee_bps=fee_bps)


def prior_contact_until(terms: Terms, *, disclosed_on: date, holidays: Holidays) -> date:
    """The last day, inclusive, on which the company may prove a prior contact."""
    return add_business_days(disclosed_on, terms.prior_contact_proof_business_days, holidays)


def _named(terms: Terms) -> frozenset[CompanyId]:
    return frozenset(reward.source for reward in terms.rewards)


def _covers(claim: Claim, day: date) -> bool:
    return jst_date(claim.confirmed_at) <= day <= jst_date(claim.window_until)


def _age(claim: Claim) -> datetime:
    return claim.confirmed_at
