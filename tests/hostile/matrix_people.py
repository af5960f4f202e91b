"""Every kind of visitor, what the table expects of each at each handler, and whose things the seeds are about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from api import keys
from api.session import begin, find, stand_for
from domain.ids import JobId, UserId
from domain.job import JobAssigned
from marketplace import clock
from marketplace.links import mint_login_link, mint_merge_link, mint_share_link
from marketplace.store.database import Connection
from marketplace.store.log import Command
from tests.hostile.matrix_table import Term
from tests.hostile.seeds import Handler, Place, Seed
from tests.hostile.seeds_place import TOKEN, Answer, Asked

ROLES = ("admin", "recruiter", "hiring-manager", "finance", "viewer")
KINDS = {
    "hiring": {"hiring"}, "other": {"hiring", "source"}, "by-page": {"hiring", "source"}, "source": {"source"},
    "second-source": {"source"}, "operator": {"operator"},
}  # fmt: skip
"""Which kinds each company of the play is."""
UUID_IN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

HIDDEN = re.compile(r'name="(?:csrf|key)" value="[^"]*"')


@dataclass(frozen=True)
class Visitor:
    """Somebody who knocks. `name` is what the place knows them by; no kind: nobody, whatever they show."""

    name: str
    kind: str = ""
    company: str = ""
    role: str = ""
    scopes: frozenset[str] = frozenset()
    asked: str = ""
    """Of a link's holder: for whom the ask is."""
    assigned: bool = False
    """Of a hiring manager: they look after every job of their company, not after none."""
    shows_nothing_good: bool = False
    """They show something as if it were a session or a key."""


@dataclass(frozen=True)
class Owners:
    """Whose thing it is: companies and a candidate, by the names of the play."""

    companies: frozenset[str] = frozenset()
    candidate: str = ""
    by_address: bool = False
    """The address itself holds the link: whoever has it is its holder."""


def may(terms: tuple[Term, ...], visitor: Visitor, owners: Owners, door: str) -> bool:
    """What the table says: whether this visitor is let in. Whoever shows the API what is no key is told so, wherever."""
    if visitor.shows_nothing_good and door in {"query", "command"}: return False
    if visitor.kind in {"key", "link"} and door in {"page", "form"}: visitor = Visitor("stranger")  # no cookie opens by them
    return any(_fits(term, visitor, owners) for term in terms)


def _fits(term: Term, visitor: Visitor, owners: Owners) -> bool:
    match term.who:
        case "all": return True
        case "person": return visitor.kind in {"user", "candidate"}
        case "candidate": return visitor.kind == "candidate" and (not term.own or visitor.name == owners.candidate)
        case "holder": return owners.by_address or (visitor.kind == "link" and visitor.asked == owners.candidate)
        case "operator": return visitor.kind == "user" and visitor.company == "operator" and _role(term, visitor)
    if visitor.kind not in {"user", "key"} or not visitor.company: return False
    if term.who != "company" and term.who not in KINDS[visitor.company]: return False
    if term.own and visitor.company not in owners.companies: return False
    if term.own and term.who == "hiring" and visitor.role == "hiring-manager" and not visitor.assigned: return False
    return term.scope in visitor.scopes if visitor.kind == "key" else _role(term, visitor)


def _role(term: Term, visitor: Visitor) -> bool:
    return not term.roles or visitor.role in term.roles


def owners_of(place: Place, seed: Seed) -> Owners:
    """Told by the id in the path and the play's own names, never by what the product says of it."""
    named = {str(held): f"company {name}" for name, held in place.companies.items()}
    named |= {held: name for name, held in place.ids.items()}
    found = next((named[each] for each in UUID_IN.findall(seed.path) if each in named), "")
    if seed.path.startswith(f"/share/{TOKEN}"): return Owners(by_address=True)
    company, _, which = found.partition(" ")
    if company == "company": return Owners(frozenset({which}))
    person = found.removeprefix("hire-")
    if person in place.people and place.people[person][0] == "candidate":
        return Owners(frozenset({"by-page" if person.startswith("page-") else "hiring"}), person)
    owners = _OWNERS.get(found)
    if owners is not None: return owners
    kind = place.people.get(seed.who, ("", ""))[0]
    if kind == "candidate": return Owners(frozenset({"source"}), seed.who)
    return Owners(frozenset({_EMPLOYER.get(seed.who, seed.who)}))


_OWNERS = {
    "job": Owners(frozenset({"hiring"})), "page-job": Owners(frozenset({"by-page"})), "fee": Owners(frozenset({"hiring"})),
    "page-job-closed": Owners(frozenset({"by-page"})), "batch": Owners(frozenset({"source"})),
    "page-batch": Owners(frozenset({"second-source"})), "applicant": Owners(frozenset({"source"})),
    "referral-aoi": Owners(frozenset({"source"}), "aoi"), "referral-ren": Owners(frozenset({"source"}), "ren"),
    "request": Owners(frozenset({"source"})),
}  # fmt: skip
_EMPLOYER = {"recruiter": "hiring", "viewer": "source", "finance": "operator", "both": "hiring", "key": "hiring"}


def everybody(place: Place) -> list[Visitor]:
    """All visitors, each made known to the place."""
    return [*_strangers(place), *_people(place), *_keys(place), *_candidates(place)]


def _strangers(place: Place) -> list[Visitor]:
    """Nobody at all, and whoever shows what is no session: links of other kinds, ids, a session that is over."""
    with place.house.database.transaction() as connection:
        now, source, aoi, ren = clock.now(connection), *(place.people[name][1] for name in ("source", "aoi", "ren"))
        over = begin(connection, "user", source, now - timedelta(days=2))
        shown = {
            "expired session": over,
            "bearer of a sign-in link": mint_login_link(connection, "user", source, now).rpartition("/")[2],
            "bearer of a merge link": mint_merge_link(connection, aoi, ren, now).rpartition("/")[2],
            "bearer of a neutral link": str(place.companies["source"]),
            "bearer of an invitation": place.ids["invitation"],
            "bearer of nothing": "A" * 43,
        }
    place.bearers.update(shown)
    return [Visitor("stranger"), *(Visitor(name, shows_nothing_good=True) for name in shown)]


def _people(place: Place) -> list[Visitor]:
    found = []
    with place.house.database.transaction() as connection:
        for company, which in place.companies.items():
            for role in ROLES:
                user, name = uuid4(), f"{company}:{role}"
                connection.execute("INSERT INTO member (user_id, company, role) VALUES (%s, %s, %s)", (user, which, role))
                place.people[name] = ("user", user)
                found.append(Visitor(name, "user", company, role))
        left, now = uuid4(), clock.now(connection)
        connection.execute(
            "INSERT INTO member (user_id, company, role, left_at) VALUES (%s, %s, 'admin', %s)",
            (left, place.companies["hiring"], now),
        )
        place.people["left"] = ("user", left)
        found += [_serves_two(place, connection, standing, now) for standing in ("hiring", "second-source")]
    managers = [_looks_after_all(place, company) for company in ("hiring", "by-page")]
    return [*found, *managers, Visitor("left", shows_nothing_good=True)]


def _looks_after_all(place: Place, company: str) -> Visitor:
    """A hiring manager to whom every job of the company is assigned."""
    user, name = uuid4(), f"{company}:hiring-manager of all"
    with place.house.database.transaction() as connection:
        member = (user, place.companies[company])
        connection.execute("INSERT INTO member (user_id, company, role) VALUES (%s, %s, 'hiring-manager')", member)
        found = connection.execute("SELECT job FROM jobs WHERE company = %s", (place.companies[company],)).fetchall()
    streams = {JobId(job): (place.house.office.job(JobId(job)).version, [JobAssigned(user=UserId(user))]) for (job,) in found}
    place.house.log.append(Command(id=uuid4(), actor="operator:test", now=place.now()), streams)  # type: ignore[arg-type]
    place.people[name] = ("user", user)
    return Visitor(name, "user", company, "hiring-manager", assigned=True)


def _serves_two(place: Place, connection: Connection, standing: str, now: datetime) -> Visitor:
    """A recruiter of two companies whose session stands for one of them."""
    user, name = uuid4(), f"serves two, for {standing}"
    for company in ("hiring", "second-source"):
        connection.execute(
            "INSERT INTO member (user_id, company, role) VALUES (%s, %s, 'recruiter')", (user, place.companies[company])
        )
    token = begin(connection, "user", user, now)
    found = find(connection, token, now)
    assert found is not None
    stand_for(connection, found.id, user, place.companies[standing])
    place.bearers[name] = token
    return Visitor(name, "user", standing, "recruiter")


def _keys(place: Place) -> list[Visitor]:
    """A key with every scope of three companies, and one with each scope alone."""
    wanted = [("hiring", keys.SCOPES), ("other", keys.SCOPES), ("source", keys.SCOPES), ("second-source", keys.SCOPES)]
    wanted += [(company, frozenset({scope})) for scope in sorted(keys.SCOPES) for company in ("hiring", "source")]
    found = []
    with place.house.database.transaction() as connection:
        now = clock.now(connection)
        for company, scopes in wanted:
            name = f"key of {company}: {'all' if len(scopes) > 1 else next(iter(scopes))}"
            made = keys.make(
                connection, uuid4(), company=place.companies[company], label="matrix", scopes=frozenset(scopes),
                by=place.people[f"{company}:admin"][1], now=now, expires_at=now + timedelta(days=900),
            )  # fmt: skip
            place.bearers[name] = str(made)
            found.append(Visitor(name, "key", company, scopes=frozenset(scopes)))
    return found


def _candidates(place: Place) -> list[Visitor]:
    """Everybody who still has a registration, and holders of the links to two asks."""
    alive = [
        name for name, (kind, _) in place.people.items()
        if kind == "candidate" and name not in {"gone", "page-gone", "absorbed", "page-absorbed"}
    ]  # fmt: skip
    holders = []
    for who in ("leaver", "page-leaver"):
        with place.house.database.transaction() as connection:
            until = clock.now(connection) + timedelta(days=7)
            link = mint_share_link(connection, UUID(place.ids[who]), place.people[who][1], until)
        place.bearers[f"holder of {who}"] = link.rpartition("/")[2]
        holders.append(Visitor(f"holder of {who}", "link", asked=who))
    return [*(Visitor(name, "candidate") for name in alive), *holders]


def probe(place: Place, seed: Seed, visitor: Visitor) -> Asked:
    """The seed as this visitor sends it; what would change something is spoilt behind the door, where only those see it
    who were let in."""
    asked = place.asked(seed, visitor.name)
    if seed.door == "command": return asked.with_header("content-encoding", b"gzip")
    if seed.door == "form": return replace(asked, body=b"?").with_header("content-type", b"text/plain")
    return asked


def let_in(answer: Answer) -> bool:
    """Whether the door opened. What changes something was spoilt behind it: 415."""
    if answer.status == 303 and answer.headers.get("location") == "/sign-in": return False
    return answer.status not in {401, 403, 404, 410}


def elsewhere(seed: Seed) -> Seed:
    """The same about something that is not there."""
    return replace(seed, path=UUID_IN.sub(lambda _: str(uuid4()), seed.path))


def by_handler(seeds: Mapping[Handler, Seed]) -> dict[tuple[str, str], Seed]:
    """Seeds by the lines of the table."""
    return {(method, line_of(path)): seed for (method, path), seed in seeds.items()}


def line_of(path: str) -> str:
    """A route's path as the table has it: without the types of its parts and the version of a library."""
    return re.sub(r":\w+}", "}", re.sub(r"/htmx-[0-9a-f]+/", "/htmx-VERSION/", path))
