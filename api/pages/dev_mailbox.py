"""The mails that the loopback sink caught, with links that work. On a site that others can reach it is not there."""

from __future__ import annotations

from litestar import Response

from api import policies
from api.rendering import render
from api.route import ThisVisit, page
from domain.refusal import Refused

SHOWN = 50


@page("/dev/mailbox", policy=policies.public, near_only=True)
def mailbox(visit: ThisVisit) -> Response[str]:
    """The newest mails first."""
    box = visit.house.mailbox
    if box is None: raise Refused("not-found")
    return render(visit, "dev_mailbox.html", mails=box.mails(SHOWN), site=visit.house.settings.public_url)


ROUTES = [mailbox]
