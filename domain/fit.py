"""Why an anonymous card fits a job: only what both of them state, and nothing weighed or ranked."""

from __future__ import annotations

import msgspec

from domain.vocabulary import BAND_STARTS_YEN


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a card states, in codes; empty where the person did not say."""

    skills: tuple[str, ...] = ()
    occupations: tuple[str, ...] = ()
    prefecture: str = ""
    salary_band: str = ""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a job states."""

    skills: tuple[str, ...]
    occupation: str
    prefecture: str
    salary_from_yen: int
    salary_to_yen: int


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """What meets, and which of the job's skills the card does not name. `salary`: the band meets the job's range."""

    skills: tuple[str, ...]
    missing_skills: tuple[str, ...]
    occupation: bool
    prefecture: bool
    salary: bool

    @property
    def points(self) -> int:
        """How many statements meet."""
        return len(self.skills) + self.occupation + self.prefecture + self.salary


def fit(card: Facts, job: Wanted) -> Fit:
    """What of the job's statements the card states too."""
    return Fit(
        skills=tuple(skill for skill in job.skills if skill in card.skills),
        missing_skills=tuple(skill for skill in job.skills if skill not in card.skills),
        occupation=job.occupation in card.occupations,
        prefecture=card.prefecture != "" and job.prefecture == card.prefecture,
        salary=_meets(card.salary_band, job.salary_from_yen, job.salary_to_yen),
    )


def _meets(band: str, from_yen: int, to_yen: int) -> bool:
    """Does the band, from its start to below the next one's, overlap the range?"""
    above = None
    for start_yen, code in BAND_STARTS_YEN:  # highest first
        if code == band: return to_yen >= start_yen and (above is None or from_yen < above)
        above = start_yen
    return False
