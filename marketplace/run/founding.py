"""The first steps of a new installation: the operator's own company and the person who admits everybody else."""

from __future__ import annotations

from uuid import uuid4

from domain.company import CompanyRole
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
    """Admit the operator to its own relay with one admin: both or neither. Refuses `company-already-admitted` later."""
    with office.database.transaction() as connection:
        now = clock.now(connection)
    company.admit(
        office,
        Command(id=uuid4(), actor="operator:founding", now=now),
        company_id=OPERATOR,
        name=name,
        name_en=name_en,
        corporate_number=corporate_number,
        address=address,
        representative=representative,
        roles=frozenset({CompanyRole.OPERATOR}),
        admin=company.FirstAdmin(admin_name, email),
    )
