"""Who looks, for which company, in which role. Every query on a company's rows takes one."""

from __future__ import annotations

import msgspec

from domain.company import MemberRole
from domain.ids import CompanyId, CompanyToken, UserId


class Viewer(msgspec.Struct, frozen=True, kw_only=True):
    """`tokens` are those of every company the user serves, and of their groups (rule 5; `blocking.tokens_of`)."""

    user: UserId
    company: CompanyId
    role: MemberRole
    tokens: frozenset[CompanyToken]

    @property
    def only_assigned(self) -> UserId | None:
        """Whose jobs alone are shown and counted: a hiring manager's own. None: all of the company's."""
        return self.user if self.role is MemberRole.HIRING_MANAGER else None
