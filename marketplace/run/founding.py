"""The first steps of a new installation: the operator's own company and the person who admits everybody else."""

from __future__ import annotations

from uuid import uuid4

from domain.company import CompanyRole, MemberRole
from domain.ids import OPERATOR
from marketplace import clock
from marketplace.commands import company
from marketplace.commands.office import Office
from marketplace.store.log import Command


def found(
    office: Office,
    *,
    name: str,
    name_en: str,
    corporate_number: str,
    address: str,
    representative: str,
    admin_name: str,
    email: str,
) -> None:
    """Admit the operator to its own relay, with one admin. Refuses `company-already-admitted` a second time."""
    with office.database.transaction() as connection:
        now = clock.now(connection)

    def command() -> Command:
        return Command(id=uuid4(), actor="operator:founding", now=now)

    company.admit(
        office,
        command(),
        company_id=OPERATOR,
        name=name,
        name_en=name_en,
        corporate_number=corporate_number,
        address=address,
        representative=representative,
        roles=frozenset({CompanyRole.OPERATOR}),
    )
    company.join(office, command(), company_id=OPERATOR, name=admin_name, email=email, role=MemberRole.ADMIN)
