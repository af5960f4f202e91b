"""Sign in as anybody of the demo, on loopback only: one button a role, each mints a fresh link."""

from __future__ import annotations

from litestar import Response
from litestar.params import FromPath

from api import policies
from api.rendering import render
from api.route import ThisVisit, form, page, see_other
from api.session import mint_login_link
from domain.refusal import Refused


@page("/dev/roles", policy=policies.public, near_only=True)
def roles(visit: ThisVisit) -> Response[str]:
    """One button a role."""
    return render(visit, "dev_roles.html", roles=visit.house.demo_roles())


@form("/dev/roles/{key:str}", policy=policies.public, near_only=True)
def take_role(visit: ThisVisit, key: FromPath[str]) -> Response[str]:
    """A fresh link for the role; its page has the button that signs in."""
    role = next((role for role in visit.house.demo_roles() if role.key == key), None)
    if role is None: raise Refused("not-found")
    with visit.house.database.transaction() as connection:
        link = mint_login_link(connection, role.kind, role.subject, visit.now)
    return see_other(visit, link)


ROUTES = [roles, take_role]
