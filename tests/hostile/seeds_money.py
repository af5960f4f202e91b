"""The play, last part: accounts, fees, refunds, reconciliation, six months later; and every page and list once more."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import stripe

import api
from domain import fee as fees
from domain.ids import CandidateId, HireId, card_of, fee_of
from marketplace.commands import account
from marketplace.settlement.stripe.wire import API_VERSION
from marketplace.store.log import Command
from tests.hostile.seeds_people import merging_of
from tests.hostile.seeds_place import TOKEN, Seed
from tests.hostile.seeds_shares import make_people, share_of
from tests.hostile.seeds_walk import Walk


def open_accounts(walk: Walk) -> None:
    """Sources open the accounts that they are paid to."""
    walk.do("source", "/accounts/connected")
    walk.form("by-page", "/source/account")


def pay_and_refund(walk: Walk) -> None:
    """A fee is paid, comes back after an early leave, and the refund has to be asked for once more."""
    place = walk.place
    fee = place.ids["fee"] = str(fee_of(HireId(UUID(place.ids["hire-leaver"]))))
    ((refund,),) = place.rows("SELECT id FROM stripe_simulator.object WHERE id LIKE 're_%%' AND body->>'status' = 'pending'")
    place.world.fail_refund(refund)
    walk.settle()
    walk.do("finance", f"/fees/{fee}/refund")


def pay(walk: Walk, hire: str = "hire-leaver") -> None:
    """The hiring company's bank transfers what the invoice for a hire, the leaver's, says."""
    invoice = _fee(walk, str(fee_of(HireId(UUID(walk.place.ids[hire]))))).invoice
    assert invoice is not None
    ((number,),) = walk.place.rows("SELECT body->>'number' FROM stripe_simulator.object WHERE id = %s", invoice.provider_invoice)
    walk.place.world.customer_pays(walk.get("hiring", "/account")["customer"], invoice.total_yen, number)
    walk.settle()


def _fee(walk: Walk, fee: str) -> fees.Fee:
    return walk.place.house.log.load(UUID(fee), fees.INITIAL, fees.evolve).state


def settle_books(walk: Walk) -> None:
    """Reconciliation by either way, and a change of bank account that a second person lets through."""
    place, source = walk.place, walk.place.companies["source"]
    walk.do("finance", "/reconciliations")
    walk.form("finance", "/finance/reconciliations")
    command = Command(id=UUID(int=7), actor="operator:test", now=place.now())
    account.change_payout_account(place.house.office, command, company=source, by="provider:stripe")
    walk.later(timedelta(days=7))
    walk.do("finance", f"/accounts/{source}/resumption")
    again = Command(id=UUID(int=8), actor="operator:test", now=place.now())
    account.change_payout_account(place.house.office, again, company=source, by="provider:stripe")
    walk.later(timedelta(days=7))
    walk.form("finance", f"/finance/accounts/{source}/resumption")


def half_a_year(walk: Walk) -> None:
    """Six months after the start."""
    walk.later(timedelta(days=190))
    ids = walk.place.ids
    walk.do("hiring", f"/hires/{ids['hire-stayer']}/six-month-result", {"result": "employed"})
    walk.form("by-page", f"/hiring/introductions/{ids['page-stayer']}/hire/six-month-result", result="unknown")


def knock_by_machine(walk: Walk) -> None:
    """Stripe's two doors."""
    for n, path in enumerate(("/webhooks/stripe", "/webhooks/stripe-connect")):
        body = (
            b'{"id":"evt_seed_%d","object":"event","type":"invoice.paid","api_version":"%s","livemode":false,'
            b'"data":{"object":{"id":"in_unknown","object":"invoice"}}}' % (n, API_VERSION.encode())
        )
        at = int(walk.place.now().timestamp())
        signed = stripe.WebhookSignature.generate_signature_header(body.decode(), walk.place.house.webhook_secrets[0], at)
        walk.raw("stranger", path, "webhook", body, {"Stripe-Signature": signed, "Content-Type": "application/json"})


def look_everywhere(walk: Walk) -> None:
    """Every GET, with everything there is to see."""
    make_people(walk, ("fresh",))  # the cards of all others are stale by now
    ids, companies = walk.place.ids, walk.place.companies
    shown = str(card_of(CandidateId(walk.place.people["fresh"][1])))
    for who, paths in LISTS.items():
        for path in paths: walk.get(who, path.format(**ids, company=companies.get(who, "")))
    walk.get("hiring", "/catalogue", q="SQL", skill="sql", limit=5)
    walk.get("hiring", f"/catalogue/{shown}")
    walk.get("hiring", "/introductions/quote", card=shown, job=ids["job"])
    walk.get("stranger", "/consent-texts", scope="list", language="ja")
    walk.get("stranger", f"/neutral-links/{companies['source']}")
    walk.get("source", "/applicants", limit=10)
    for who, paths in PAGES.items():
        for path in paths: walk.page(who, path.format(**ids, source=companies["source"], card=shown))
    walk.page("stranger", f"/share/{TOKEN}", mint=share_of("page-leaver"))
    walk.page("spare", f"/me/merging/{TOKEN}", mint=merging_of("spare", "ren"))
    walk.send(Seed(("GET", ""), "stranger", "/api/v1/openapi.json", "asset"))
    for route in walk.place.app.routes:
        if not route.path_format.endswith("/{file_path}"): continue
        there = route.path_format.replace("{file_path}", "htmx.min.js" if "htmx" in route.path_format else STYLE)
        for method in ("GET", "HEAD"): walk.send(Seed((method, route.path_format), "stranger", there, "asset"))
    roles = walk.place.house.demo_roles()
    walk.form("stranger", f"/dev/roles/{roles[0].key}")


STYLE = next((Path(api.__file__).parent / "static").glob("*.css")).name
LISTS = {
    "source": ["/session", "/sessions", "/companies/{company}", "/companies/{company}/members", "/sharing-policy", "/imports",
               "/imports/{batch}", "/applicants/summary", "/applicants/{applicant}", "/referrals", "/privacy-requests",
               "/payout-ledger", "/account", "/provision-records"],
    "hiring": ["/api-keys", "/jobs", "/jobs/{job}", "/introductions", "/introductions/{stayer}", "/hires", "/fees",
               "/introductions/{stayer}/person"],
    "aoi": ["/me", "/me/profile", "/me/consents", "/me/blocks", "/me/referrals", "/me/card", "/me/data", "/me/erasure", "/me/asks",
            "/me/seen-by", "/me/access-log"],
    "stayer": ["/me/asks/{stayer}", "/me/hires"],
    "finance": ["/fees/{fee}", "/ledger", "/ledger/balances", "/reconciliations"],
    "operator": ["/companies", "/stories/{stayer}"],
    "stranger": ["/invitations/{invitation}", "/erasures/{erasure}"],
}  # fmt: skip
PAGES = {
    "stranger": ["/", "/erasures/{erasure}", "/dev/mailbox", "/dev/roles", "/i/{invitation}", "/about", "/rules", "/legal",
                 "/consent-kit"],
    "ren": ["/me", "/me/profile", "/me/consents", "/me/blocks", "/me/seen-by", "/me/data", "/me/merging", "/sessions"],
    "source": ["/source", "/source/imports/{batch}"],
    "by-page": ["/hiring", "/hiring/jobs/new", "/hiring/jobs/{page-job}", "/hiring/search?q=SQL",
                "/hiring/introductions/{page-stayer}"],
    "hiring": ["/hiring/cards/{card}?job={job}"],
    "finance": ["/finance", "/finance/ledger"],
    "operator": ["/operator", "/operator/companies/{source}", "/operator/stories?ident={stayer}"],
}  # fmt: skip
