"""One person, two registrations: a link goes to the other mailbox, and its button unites them."""

from __future__ import annotations

from litestar import Response
from litestar.background_tasks import BackgroundTask
from litestar.params import FromPath

from api import limits
from api.pages.showing import carry_out, filled, same, show
from api.policies import candidate
from api.route import Done, ThisVisit, form, page
from api.v1 import merging


@page("/me/merging", policy=candidate)
def ask_page(visit: ThisVisit) -> Response[str]:
    """The form for the other mailbox."""
    return show(visit, "me_merging.html", token=None, sent=False)


@form("/me/merging", policy=candidate, limit=limits.ASK_FOR_LINK)
def ask(visit: ThisVisit) -> Response[str]:
    """The same answer for every mailbox; the mail goes out after it."""
    wanted: list[str] = []

    def act() -> None:
        wanted.append(filled(visit, merging.Asked).email)

    answer = carry_out(
        visit, act, then="/me/merging/sent", again=lambda: show(visit, "me_merging.html", token=None, sent=False)
    )
    if wanted: answer.background = BackgroundTask(merging.ask_later, visit, wanted[0])
    return answer


@page("/me/merging/sent", policy=candidate)
def sent(visit: ThisVisit) -> Response[str]:
    """Look into the other mailbox."""
    return show(visit, "me_merging.html", token=None, sent=True)


@page("/me/merging/{token:str}", policy=candidate)
def link_page(visit: ThisVisit, token: FromPath[str]) -> Response[str]:
    """One button; opening the page changes nothing."""
    return show(visit, "me_merging.html", token=token, sent=False)


@form("/me/merging/{token:str}", policy=candidate, limit=limits.OPEN_LINK)
def merge(visit: ThisVisit, token: FromPath[str]) -> Response[str]:
    """Both registrations become this one."""

    def act() -> Done:
        done: Done = same(merging.merge)(visit, merging.Merged(token=token))
        return done

    return carry_out(visit, act, then="/me", again=lambda: show(visit, "me_merging.html", token=token, sent=False))


ROUTES = [ask_page, ask, sent, link_page, merge]
