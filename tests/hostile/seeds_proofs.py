"""The play's part of proving oneself: fresh proofs, passkeys, and a company user's changed address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from api.session import find
from domain.ids import UserId
from marketplace.commands import member_address
from marketplace.links import AddressPurpose, mint_address_link, mint_step_up_link
from tests.authenticator import Authenticator
from tests.hostile.seeds_place import TOKEN, Place, Seed
from tests.hostile.seeds_walk import Walk

PHONE = Authenticator(counts=False)
"""The viewer's, which stays."""


def proof_of(who: str) -> Callable[[Place], str]:
    """Mints a step-up link's token for the session this person has."""

    def mint(place: Place) -> str:
        bearer, now = place.bearer(who), place.now()
        with place.house.database.transaction() as connection:
            here = find(connection, bearer, now)
            assert here is not None
            return mint_step_up_link(connection, here.id, now).rpartition("/")[2]

    return mint


def change_of(who: str, purpose: AddressPurpose) -> Callable[[Place], str]:
    """Mints the token of one of the mails about this person's newest change of address that stands; asks for one if none does."""
    newest = "SELECT id FROM address_change WHERE user_id = %s AND objected_at IS NULL ORDER BY asked_at DESC LIMIT 1"

    def mint(place: Place) -> str:
        user = UserId(place.people[who][1])
        if not place.rows(newest, user):
            member_address.ask(place.house.office, user, "moved@other.example", language="ja", now=place.now())
        [(change,)] = place.rows(newest, user)
        with place.house.database.transaction() as connection:
            return mint_address_link(connection, change, purpose, place.now()).rpartition("/")[2]

    return mint


def quoted(text: str) -> str:
    """An authenticator's answer where a seed's body has the token: inside a JSON string."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def ask(place: Place, who: str, path: str) -> Any:
    """The options of a ceremony, as this person's browser or program gets them."""
    return place.call(place.asked(Seed(("POST", ""), who, path, "command"))).json()["public_key"]


def fresh_passkey(who: str) -> Callable[[Place], str]:
    """Makes another passkey of this person each time."""
    return lambda place: quoted(Authenticator().make(ask(place, who, "/api/v1/passkeys/options")))


def proof_by_passkey(who: str) -> Callable[[Place], str]:
    """Signs with the phone each time."""
    return lambda place: quoted(PHONE.sign(ask(place, who, "/api/v1/step-ups/challenges")))


def signing_in(place: Place, *, in_browser: bool) -> dict[str, str]:
    """What answers a sign-in challenge: in a browser one that is bound to what the browser holds."""
    asked = place.asked(Seed(("POST", ""), "stranger", "/api/v1/sign-in-challenges", "command"))
    if in_browser: asked = asked.with_header("cookie", place.held_by_a_stranger)
    said = place.call(asked).json()
    return {"ceremony": said["ceremony"], "credential": PHONE.sign(said["public_key"])}


def play_proofs(walk: Walk) -> None:
    """Asking for a link and pressing it, in the browser and over the API; passkeys; another address and back."""
    walk.do("viewer", "/step-up-links")
    walk.do("viewer", "/step-ups", {"token": TOKEN}, mint=proof_of("viewer"))
    for page in ("/step-up?back=/source", "/step-up/sent"): walk.page("viewer", page)
    walk.form("viewer", "/step-up/link", back="/source")
    walk.page("viewer", f"/step-up/{TOKEN}", mint=proof_of("viewer"))
    walk.form("viewer", f"/step-up/{TOKEN}", mint=proof_of("viewer"))
    play_passkeys(walk)
    play_addresses(walk)


def play_passkeys(walk: Walk) -> None:
    """Made, named, used and removed."""
    options = walk.do("viewer", "/passkeys/options")["public_key"]
    kept = walk.do("viewer", "/passkeys", {"name": "電話", "credential": PHONE.make(options)})["id"]
    made = walk.do("viewer", "/passkeys", {"name": "ノート", "credential": TOKEN}, mint=fresh_passkey("viewer"))["id"]
    walk.do("viewer", f"/passkeys/{made}/name", {"name": "会社のノート"})
    walk.get("viewer", "/passkeys")
    walk.page("viewer", "/passkeys")
    walk.form("viewer", f"/passkeys/{made}/name", name="家のノート")
    walk.form("viewer", f"/passkeys/{made}/removal")
    more = walk.do("viewer", "/passkeys", {"name": "予備", "credential": TOKEN}, mint=fresh_passkey("viewer"))["id"]
    walk.do("viewer", f"/passkeys/{more}/removal")
    walk.form("viewer", "/passkeys/not-now")
    walk.place.ids["passkey"] = kept
    walk.do("viewer", "/step-ups/challenges")
    walk.do("viewer", "/step-ups/by-passkey", {"credential": TOKEN}, mint=proof_by_passkey("viewer"))
    walk.do("stranger", "/sign-in-challenges")
    walk.do("stranger", "/sessions/by-passkey", signing_in(walk.place, in_browser=False))
    walk.form("stranger", "/sign-in/passkey", **signing_in(walk.place, in_browser=True))
    answer = PHONE.sign(ask(walk.place, "viewer", "/api/v1/step-ups/challenges"))
    walk.form("viewer", "/step-up/passkey", credential=answer, back="/source")
    text = Authenticator().make(ask(walk.place, "viewer", "/api/v1/passkeys/options"))
    walk.form("viewer", "/passkeys", name="机", credential=text)
    walk.form("recruiter", "/sessions/end-all")
    walk.place.forget("recruiter")


def play_addresses(walk: Walk) -> None:
    """Another address, and back."""
    walk.get("recruiter", "/member-address")
    walk.page("recruiter", "/account/email")
    for number, door in enumerate(("api", "page")):
        address = f"recruiter-{number}@other.example"
        if door == "api": walk.do("recruiter", "/member-address", {"email": address})
        else: walk.form("recruiter", "/account/email", email=address)
        yes, no = (cast("Any", change_of("recruiter", purpose)) for purpose in ("confirm", "object"))
        if door == "api": walk.do("stranger", "/member-address/confirming", {"token": TOKEN}, mint=yes)
        else:
            for purpose, mint in (("confirm", yes), ("object", no)):
                walk.page("stranger", f"/account/email/{purpose}/{TOKEN}", mint=mint)
            walk.form("stranger", f"/account/email/confirm/{TOKEN}", mint=yes)
        if door == "api": walk.do("stranger", "/member-address/objecting", {"token": TOKEN}, mint=no)
        else: walk.form("stranger", f"/account/email/object/{TOKEN}", mint=no)
        walk.place.forget("recruiter")
    walk.page("recruiter", "/account/email/sent")
