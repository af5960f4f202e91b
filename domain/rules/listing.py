"""Rule 1: no live consent to be listed, no card in the catalogue (個人情報保護法27条, 職業安定法5条の5).

A card carries codes of our vocabulary and coarse bands, and a recommendation that the person has read: no name, age,
gender, nationality, school or photo. Only persons of 18 or older who are no pupils are listed.
"""

from __future__ import annotations

from datetime import datetime

from domain.candidate import Candidate, ProfileFacts
from domain.consent import LIST, Consent
from domain.referral import CardPublished, Referral
from domain.refusal import Refused
from domain.vocabulary import Kind, kind_of


def may_list(candidate: Candidate, consent: Consent, now: datetime) -> None:
    """Refuses, for the first reason there is, a card for this person at this moment."""
    if not candidate.registered: raise Refused("candidate-not-registered")
    if candidate.erasing or consent.ended: raise Refused("candidate-erased")
    if candidate.merged_into is not None: raise Refused("candidate-merged-away")
    if not candidate.adult: raise Refused("adulthood-not-declared")
    if candidate.facts is None: raise Refused("profile-missing")
    if consent.paused: raise Refused("listing-paused")
    if not consent.allows(LIST, now): raise Refused("listing-consent-not-live")


def is_listable(candidate: Candidate, consent: Consent, now: datetime) -> bool:
    """The same as an answer; the catalogue's SQL is held equal to this by a law test."""
    try:
        may_list(candidate, consent, now)
    except Refused:
        return False
    return True


def publish_card(referral: Referral, candidate: Candidate, consent: Consent, *, now: datetime) -> CardPublished:
    """The card of the current profile version enters the catalogue, or replaces the one of an older version.

    A recommendation goes along only if the person has read this very version of it.
    """
    may_list(candidate, consent, now)
    if not candidate.reach.reachable: raise Refused("no-way-to-reach-you")
    if not referral.made: raise Refused("not-referred")
    if referral.ended: raise Refused("referral-ended")
    if referral.candidate != candidate.id: raise Refused("referral-of-another-person")
    if candidate.facts is None: raise Refused("profile-missing")
    check_facts(candidate.facts)
    if referral.reached: _check(Kind.STAGE, referral.reached)
    card = CardPublished(
        candidate=candidate.id,
        profile_version=candidate.profile_version,
        facts=candidate.facts,
        reached=referral.reached,
        lexemes_ref=candidate.lexemes_ref,
        recommendation_version=referral.recommendation_version if referral.recommendation_is_read else None,
    )
    if _says_the_same(referral, card): raise Refused("card-already-published")
    return card


def check_facts(facts: ProfileFacts) -> None:
    """Refuses `code-not-on-a-card` for whatever is no code of its own list; what is not said is empty."""
    _check(Kind.SKILL, *facts.skills)
    _check(Kind.OCCUPATION, *facts.occupations)
    _check(Kind.LANGUAGE, *facts.languages)
    if facts.prefecture: _check(Kind.PREFECTURE, facts.prefecture)
    if facts.seniority: _check(Kind.SENIORITY, facts.seniority)
    if facts.salary_band: _check(Kind.SALARY, facts.salary_band)


def _check(kind: Kind, *codes: str) -> None:
    for code in codes:
        if kind_of(code) is not kind: raise Refused("code-not-on-a-card", kind=kind.value)


def _says_the_same(referral: Referral, card: CardPublished) -> bool:
    shown = referral.card
    return shown is not None and (shown.profile_version, shown.recommendation_version) == (
        card.profile_version,
        card.recommendation_version,
    )
