"""Whose key it is: one subject for each pair of controller and person, so that each can be erased alone."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import msgspec


class SubjectKind(StrEnum):
    """Who controls the record. The same person has one subject of each kind that knows them."""

    APPLICANT = "applicant"
    """A source's record of an applicant; the id is the applicant's."""
    CANDIDATE = "candidate"
    """The operator's record of a candidate; the id is the candidate's."""
    RECEIVED = "received"
    """What a hiring company received; the id is the introduction's."""
    COMPANY_USER = "company-user"
    """A person who works for a company here; the id is the user's."""
    COMPANY = "company"
    """A company's own words and its representative; the id is the company's."""
    STATUTORY = "statutory"
    """What the law makes us keep; one subject for each record, so that each dies on its own date."""
    DEV_MAIL = "dev-mail"
    """Mail caught on a developer's machine; the id is the reader's."""


class Subject(msgspec.Struct, frozen=True):
    """A holder of a data key."""

    kind: SubjectKind
    id: UUID

    def __str__(self) -> str:
        return f"{self.kind}/{self.id}"
