"""The candidate's profile: their own words, the codes of their card, and the record that the law asks for."""

from __future__ import annotations

from typing import Annotated

from litestar import Response
from msgspec import Meta

from api.body import convert
from api.pages.showing import carry_out, filled, same, show, wait_for
from api.policies import candidate
from api.reading import At
from api.route import Done, ThisVisit, form, page
from api.text_types import Body, Code, Count, Line, Text, Yen
from api.v1 import cards, profile
from api.visit import Visit

Codes = Annotated[tuple[Code, ...], Meta(max_length=30)]


class ProfileForm(Body, frozen=True):
    """The profile as one form; an input that was left empty says nothing."""

    expected_version: Count
    headline: Line
    career: Text
    employer: Annotated[str, Meta(max_length=200)] = ""
    salary_wish_yen: Yen | None = None
    links: Annotated[str, Meta(max_length=5_000)] = ""
    skills: Codes = ()
    occupations: Codes = ()
    prefecture: Code | None = None
    seniority: Code | None = None
    salary_band: Code | None = None
    languages: Codes = ()

    def saved(self) -> profile.Saved:
        """As the API takes it. Raises BadField for what is no link."""
        facts = profile.Facts(
            skills=self.skills,
            occupations=self.occupations,
            prefecture=self.prefecture or "",
            seniority=self.seniority or "",
            salary_band=self.salary_band or "",
            languages=self.languages,
        )
        return profile.Saved(
            expected_version=self.expected_version,
            headline=self.headline,
            career=self.career,
            employer=self.employer,
            salary_wish_yen=self.salary_wish_yen,
            links=convert(self.links.split(), tuple[profile.Link, ...]),
            facts=facts,
        )


@page("/me/profile", policy=candidate)
def profile_page(visit: ThisVisit, at: At = None) -> Response[str]:
    """The form, filled with what is known."""
    wait_for(visit, at, "catalogue")
    return _show(visit)


@form("/me/profile", policy=candidate)
def save(visit: ThisVisit) -> Response[str]:
    """The next version."""

    def act() -> Done:
        done: Done = same(profile.save_profile)(visit, filled(visit, ProfileForm).saved())
        return done

    return carry_out(visit, act, then="/me/profile", again=lambda: _show(visit))


@form("/me/profile/confirmation", policy=candidate)
def confirm(visit: ThisVisit) -> Response[str]:
    """Still true."""

    def act() -> Done:
        done: Done = same(profile.confirm_profile)(visit, filled(visit, profile.Confirmed))
        return done

    return carry_out(visit, act, then="/me/profile", again=lambda: _show(visit))


@form("/me/seeker-record", policy=candidate)
def seal_seeker_record(visit: ThisVisit) -> Response[str]:
    """Name, address and birth date for the seeker ledger."""

    def act() -> Done:
        done: Done = same(profile.seal_seeker_record)(visit, filled(visit, profile.SeekerRecord))
        return done

    return carry_out(visit, act, then="/me/profile#seeker", again=lambda: _show(visit))


def _show(visit: Visit) -> Response[str]:
    return show(
        visit,
        "me_profile.html",
        me=same(profile.read_me)(visit),
        mine=same(profile.read_profile)(visit).content,
        card=same(cards.read_card)(visit),
    )


ROUTES = [profile_page, save, confirm, seal_seeker_record]
