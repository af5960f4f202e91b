"""One whole relay told over the API while others do the work: asked, hired, paid, left early, paused, erased."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from domain.calendar import JST
from marketplace.settlement.stripe.simulator import World
from tests.api.v1.introductions.test_hire import started
from tests.api.v1.introductions.town import Town
from tests.faults.working_site import LEASE_OVER, Site, consents_to_mail
from tests.marketplace.settlement.relay import send_run

AOI = "aoi@mail.example"
LAST_MAIL = "情報の消去についてのお知らせ"
TOLD_ONCE = {
    "identity-disclosed": 1, "hire-confirmed": 1, "ownership-resolved": 1, "candidate-placed": 1,
    "employment-started": 1, "fee-accrued": 1, "invoice-requested": 1, "invoice-issued": 1, "payment-settled": 1,
    "release-scheduled": 1, "payable-released": 1, "transfer-run-drafted": 1, "transfer-run-approved": 1,
    "planned-transfer-sent": 1, "transfer-requested": 1, "transfer-posted": 1, "leave-determined": 1,
    "return-determined": 1, "reversal-requested": 1, "transfer-reversed": 1, "refund-requested": 1, "refund-settled": 1,
    "candidate-erasure-started": 1, "candidate-erased": 1, "connected-account-opened": 1,
}  # fmt: skip
"""How often each fact of the relay may be told, whoever died on the way."""
OF_A_HIRE = frozenset({
    "identity-disclosed", "hire-confirmed", "ownership-resolved", "candidate-placed", "employment-started",
    "fee-accrued", "invoice-requested", "invoice-issued", "candidate-erasure-started", "candidate-erased",
    "connected-account-opened",
})  # fmt: skip


def settle(site: Site) -> None:
    """Let the workers finish, with the webhooks that come of it."""
    site.drain()
    while site.deliver():
        site.drain()


def a_hire(site: Site, town: Town) -> None:
    """From an open account to an invoice, then an erasure."""
    consents_to_mail(town)
    town.company("source").post("/accounts/connected")
    settle(site)
    started(town)
    settle(site)
    erased(site, town)


def whole_relay(site: Site, town: Town) -> None:
    """From an open account to an erasure, through a fee, its payment and an early leave."""
    consents_to_mail(town)
    world = World(site.house.addresses.app_url)
    town.company("source").post("/accounts/connected")
    settle(site)
    world.complete_onboarding(town.company("source").get("/account")["account"])
    settle(site)
    _made, hire = started(town)
    settle(site)
    pay(site, world, town.company("hiring").get("/account")["customer"])
    settle(site)
    assert send_run(site.house.office, site.now())
    settle(site)
    site.later(timedelta(days=1))
    settle(site)
    town.move_to(datetime.combine(datetime(2027, 6, 15).date(), time(10), JST))  # noqa: DTZ001  a business day
    hiring, aoi = town.company("hiring"), town.candidate(town.aoi)
    said = {"left_on": "2027-06-14", "fault": "own-wish"}
    hiring.post(f"/hires/{hire}/leave", said)
    aoi.post(f"/hires/{hire}/leave", said)
    settle(site)
    for (refund,) in site.rows("SELECT id FROM stripe_simulator.object WHERE kind = 'refund'"):
        world.settle_refund(refund)
    settle(site)
    site.later(timedelta(hours=2))
    settle(site)
    town.candidate(town.aoi).post("/me/pause")
    settle(site)
    erased(site, town)
    world.close()


def erased(site: Site, town: Town) -> None:
    """The person goes. Whoever died with the last mail in hand is waited for, so the end may come a lease later."""
    town.candidate(town.aoi).post("/me/erasure", {"confirm": True})
    settle(site)
    for _ in range(2):
        site.later(LEASE_OVER)
        settle(site)


def pay(site: Site, world: World, customer: str) -> None:
    """The hiring company transfers what its invoice says."""
    ((number, total),) = site.rows(
        "SELECT body->>'number', (body->>'total')::int FROM stripe_simulator.object WHERE kind = 'invoice'"
    )
    world.customer_pays(customer, total, number)


def comes_out_clean(site: Site, *, of_a_hire: bool, unseen: int = 0) -> None:
    """What holds of the relay, however often its workers were killed; `unseen`: kills that were not at a seam."""
    assert site.check() == []
    expected = {topic: times if not of_a_hire or topic in OF_A_HIRE else 0 for topic, times in TOLD_ONCE.items()}
    assert {topic: site.events(topic) for topic in TOLD_ONCE} == expected
    assert site.never_arrived() == []
    died_with_a_mail_out = sum(seam.where.endswith("hand_over") for seam in site.died) + unseen
    assert sum(site.sent_twice().values()) <= died_with_a_mail_out
    assert max(site.sent_twice().values(), default=0) <= 1
    assert site.post.to(AOI)[-1].subject == LAST_MAIL, "and nothing after it"
    assert set(site.asked_of_stripe().values()) == {(1, 1, 1)}, "one generation, one key, one object"
