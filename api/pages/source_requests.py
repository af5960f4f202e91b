"""What people asked of a source about their own record: what it is, by when it has to be answered, and the answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from api.pages.showing import carry_out, filled, same, show, wait_for
from api.reading import At
from api.route import Done, Route, ThisVisit, form, page
from api.text_types import NoBody
from api.v1 import privacy_requests
from api.visit import Visit
from domain.privacy_request import FEEDBACK_REASONS

PATH = "/source/requests"
REASONS = ("identity-not-proven", "no-record-found", "law-obliges-to-keep", "others-rights-affected")


@page(PATH, policy=privacy_requests.ANSWER)
def requests(visit: ThisVisit, at: At = None) -> Response[str]:
    """The most urgent first, those that are done last."""
    wait_for(visit, at, "privacy_requests")
    return _show(visit)


def _of_request(name: str, handler: Route, kind: type[Any]) -> Route:
    def said(visit: ThisVisit, request_id: FromPath[UUID]) -> Response[str]:
        def act() -> Done:
            done: Done = same(handler)(visit, request_id, filled(visit, kind))
            return done

        return carry_out(visit, act, then=PATH, again=lambda: _show(visit))

    path = f"/source/privacy-requests/{{request_id:uuid}}/{name}"
    return form(path, policy=privacy_requests.ANSWER, facts=privacy_requests.request_facts)(said)


def _show(visit: Visit) -> Response[str]:
    visit.back = PATH
    return show(
        visit,
        "source_requests.html",
        requests=same(privacy_requests.list_requests)(visit).items,
        reasons=REASONS,
        feedback=FEEDBACK_REASONS,
    )


ROUTES = [
    requests,
    _of_request("decision", privacy_requests.decide, privacy_requests.Decided),
    _of_request("completion", privacy_requests.complete, NoBody),
]
