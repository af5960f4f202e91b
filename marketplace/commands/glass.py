"""Breaking the glass to one person, closing it early, and looking through it while it is open."""

from __future__ import annotations

from datetime import datetime

from domain import glass as decide
from domain.company import MemberRole
from domain.glass import Glass, Reason
from domain.ids import CandidateId, GlassId, UserId, VaultRef
from domain.refusal import Refused
from marketplace.commands.candidate import own
from marketplace.commands.office import Office, new_id, once
from marketplace.store.log import Appended, Command, Loaded
from marketplace.vault.access_log import Viewer
from marketplace.vault.companion import companions
from marketplace.vault.disclosure import Behind, open_behind_glass
from marketplace.vault.records import GlassWords, open_own
from projections.glass import Breaking


def load(office: Office, glass: GlassId) -> Loaded[Glass]:
    """One breaking's stream."""
    return office.log.load(glass, decide.INITIAL, decide.evolve)


@once
def break_it(
    office: Office,
    command: Command,
    /,
    *,
    candidate: CandidateId,
    by: UserId,
    role: MemberRole | None,
    reason: Reason,
    words: str,
) -> Appended:
    """The values are open to `by` for a few minutes. The words die with the person's key; the code stays in the event."""
    person, ref = office.candidate(candidate), VaultRef(new_id(command, "words"))
    event = decide.break_it(person.state, by=by, role=role, reason=reason, words_ref=ref, now=command.now)
    sealed = office.vault.sealer.seal(own(candidate), GlassWords(text=words), ref=ref)
    # With the person's version: who is being erased meanwhile is opened to nobody.
    streams = {GlassId(new_id(command, "glass")): (0, [event]), candidate: (person.version, [])}
    return office.log.append(command, streams, also=companions(sealed.row))


@once
def mend(office: Office, command: Command, /, *, glass: GlassId, by: UserId) -> Appended:
    """Whoever broke it has seen enough."""
    loaded = load(office, glass)
    return office.log.append(command, {glass: (loaded.version, [decide.mend(loaded.state, by=by, now=command.now)])})


def look(office: Office, viewer: Viewer, candidate: CandidateId, *, now: datetime) -> Behind:
    """The person's values, each look written down for them. Refuses `glass-not-open`."""
    person = office.candidate(candidate).state
    profile = person.profile_ref if person.profile_version else None
    with office.database.transaction() as connection:
        return open_behind_glass(
            office.vault.keyring, connection, viewer, candidate, contact=person.contact_ref, profile=profile, now=now
        )


def words_of(office: Office, breaking: Breaking) -> str:
    """Why, in the words of whoever broke it; empty once the person is erased."""
    subject, ref = own(CandidateId(breaking.candidate)), VaultRef(breaking.words_ref)
    try:
        with office.database.transaction() as connection:
            return open_own(office.vault.keyring, connection, subject, ref, GlassWords).text
    except Refused:
        return ""
