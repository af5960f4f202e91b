"""Step-up: what moves money, opens a door for others or destroys asks for a proof of a moment ago that it is still this person.

Signing in is one (a mailed link, or a passkey), and counts for `session.FRESH`; later a passkey or a single-use mailed link,
which works in the session that asked for it alone. A handler calls `demand(visit)` before it does anything. An API client is
refused with the problem `step-up-needed`; a browser is led to `/step-up` and from there back to its page. Nothing that was
refused is sent again by itself: the person presses the button once more.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote
from uuid import uuid4

from api import session
from api.visit import Visit
from domain.refusal import Refused
from marketplace.links import session_of_step_up_link, use_step_up_link
from marketplace.messages.outbox import Message, To, rows, write
from marketplace.store.database import Connection

NEEDED = "step-up-needed"
_LONGEST_BACK = 2000


def demand(visit: Visit) -> None:
    """Raises Refused `step-up-needed` unless the session has a fresh proof."""
    if not visit.proved: raise Refused(NEEDED)


def way(back: str) -> str:
    """The page where one proves oneself, and from there comes back to `back`."""
    return f"/step-up?back={quote(back, safe='/')}"


def fresh_until(visit: Visit) -> datetime | None:
    """Until when the session's last proof counts; None if that is over."""
    if visit.session is None or visit.session.proved_at is None or not visit.proved: return None
    return visit.session.proved_at + session.FRESH


def send_link(connection: Connection, visit: Visit, back: str = "/") -> None:
    """Have a link mailed to the session's person, which leads back to `back`."""
    here = of(visit)
    session.ask_for_proof(connection, here.id, back if len(back) <= _LONGEST_BACK else "/")
    to = To.CANDIDATE if here.kind == "candidate" else To.USER
    about = {"session": str(here.id), "language": visit.language}
    message = Message(template="step-up", to=to, recipient=here.subject, about=about)
    write(connection, *rows(uuid4(), [message], visit.now))


def works_here(connection: Connection, visit: Visit, token: str) -> bool:
    """Whether a mailed link may be pressed in this browser. One that is over may: pressing it says so."""
    belongs_to = session_of_step_up_link(connection, token, visit.now)
    return visit.session is not None and belongs_to in {None, visit.session.id}


def use_link(connection: Connection, visit: Visit, token: str) -> str:
    """Take a mailed link; answers the page to go back to. Raises Refused `step-up-elsewhere`, `step-up-link-not-valid`."""
    if not works_here(connection, visit, token): raise Refused("step-up-elsewhere")
    here = of(visit)
    if not use_step_up_link(connection, token, here.id, visit.now): raise Refused("step-up-link-not-valid")
    return session.prove(connection, here.id, visit.now)


def of(visit: Visit) -> session.Session:
    """The visit's session, where the route's policy lets in only who has one."""
    if visit.session is None: raise LookupError("the route's policy lets in people without a session")
    return visit.session
