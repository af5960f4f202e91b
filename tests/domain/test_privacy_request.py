from __future__ import annotations

from datetime import date
from uuid import UUID

from domain import privacy_request
from domain.ids import PrivacyRequestId
from domain.privacy_request import IdentityChecked, PrivacyRequest, RequestDecided, RequestKind, RequestReceived
from tests.domain.people_examples import CANDIDATE, SOURCE, refused


def _received() -> RequestReceived:
    return privacy_request.receive(
        privacy_request.INITIAL,
        request_id=PrivacyRequestId(UUID(int=5)),
        kind=RequestKind.ERASE,
        controller=SOURCE,
        candidate=CANDIDATE,
        applicant=None,
        today=date(2027, 4, 1),
    )


def _request(*events: privacy_request.PrivacyRequestEvent) -> PrivacyRequest:
    state = privacy_request.INITIAL
    for event in (_received(), *events):
        state = privacy_request.evolve(state, event)
    return state


IDENTIFIED = IdentityChecked(method="session")
GRANTED = RequestDecided(granted=True, reason="")


def test_a_request_is_answered_within_two_weeks() -> None:
    assert _received().due_on == date(2027, 4, 15)
    assert not _request().overdue(date(2027, 4, 15))
    assert _request().overdue(date(2027, 4, 16))
    assert not _request(IDENTIFIED, GRANTED).overdue(date(2027, 4, 16))


def test_nothing_is_decided_before_the_person_is_known() -> None:
    with refused("privacy-request-not-identified"):
        privacy_request.decide(_request(), granted=True, reason="")
    assert privacy_request.check_identity(_request(), method="session") == IDENTIFIED
    assert privacy_request.decide(_request(IDENTIFIED), granted=True, reason="") == GRANTED


def test_a_refusal_tells_its_reason() -> None:
    with refused("privacy-request-reason-missing"):
        privacy_request.decide(_request(IDENTIFIED), granted=False, reason="")


def test_only_what_was_decided_is_completed_and_each_step_comes_once() -> None:
    with refused("privacy-request-not-decided"):
        privacy_request.complete(_request(IDENTIFIED))
    done = _request(IDENTIFIED, GRANTED, privacy_request.complete(_request(IDENTIFIED, GRANTED)))
    with refused("privacy-request-not-decided"):
        privacy_request.complete(done)
    with refused("privacy-request-not-waiting-for-identity"):
        privacy_request.check_identity(done, method="session")
    with refused("privacy-request-already-received"):
        privacy_request.receive(
            done,
            request_id=done.id,
            kind=RequestKind.STOP,
            controller=SOURCE,
            candidate=CANDIDATE,
            applicant=None,
            today=date(2027, 4, 1),
        )
