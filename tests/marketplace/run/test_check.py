"""`relay check` finds what somebody did who could do everything, each alone, and finds nothing where nothing was done."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from domain.applicant import INITIAL, RetentionEnded
from domain.applying import import_row
from domain.calendar import jst_date
from domain.candidate import CandidateErasureStarted
from domain.company import GroupDeclared
from domain.consent import LIST, BlockCause, CompanyBlocked, ConsentWithdrawn, Paused, WithdrawalCause
from domain.event import Meta
from domain.fee import TransferRequested
from domain.ids import CompanyId, CompanyToken, consent_of, introduction_of
from domain.introduction import Direction, IdentityDisclosed, Item, ShareUndone
from marketplace.run import check
from marketplace.run.check import Finding
from marketplace.store import seal
from marketplace.store.mapper import EventMapper, Pending
from marketplace.texts.catalogue import FOLDER
from tests.domain import people_examples
from tests.domain.money_examples import AFTER_ON
from tests.domain.share_examples import CANDIDATE, HIRING, JOB, SOURCE
from tests.marketplace.run.history import (
    APPROVED_AT,
    DISCLOSED_AT,
    FEE,
    HIRING_TOKEN,
    INTRODUCTION,
    PERSON,
    START,
)

ADD_LINE = (
    "INSERT INTO ledger SELECT {}, stream, kind, account, company, 1, currency, effective_on FROM ledger"
    " ORDER BY id LIMIT 1"
)

if TYPE_CHECKING:
    from tests.marketplace.run.conftest import House


def found_in(house: House) -> dict[str, Finding]:
    return {finding.invariant: finding for finding in check.run(house.context).findings}


def test_a_clean_history_is_clean(house: House) -> None:
    report = check.run(house.context)
    assert report.findings == ()
    assert report.checked == (
        "log-unaltered",
        "nothing-parked",
        "disclosure-needs-approval",
        "gate-equals-events",
        "vault-complete",
        "one-hire-one-fee",
        "ledger-sums-to-zero",
        "projections-equal-fold",
    )
    assert [(left.invariant, left.en) for left in report.skipped] == [
        ("paid-equals-stripe", "not checked: no Stripe at hand")
    ]


def test_an_empty_database_is_clean(empty_house: House) -> None:
    assert check.run(empty_house.context).holds


def test_long_work_shows_how_far_it_has_come(house: House) -> None:
    heard: list[tuple[str, int, int]] = []
    check.run(house.context, lambda invariant, done, of: heard.append((invariant.name, done, of)))
    end = house.office.log.position()
    assert ("log-unaltered", end, end) in heard
    assert ("gate-equals-events", end, end) in heard


def test_an_event_altered_is_found(house: House) -> None:
    house.plant("UPDATE relay_events SET state = state || '\\x00'::bytea WHERE notification_id = 7")
    finding = found_in(house)["log-unaltered"]
    assert finding.id == "7"
    assert finding.en == (
        f"The event at position 7 (seeker-record-sealed.v1, version 4 of {CANDIDATE}) was altered. Compare with a backup."
    )
    assert finding.ja.startswith("記録番号7の出来事（")


def test_an_event_removed_from_the_middle_is_found(house: House) -> None:
    house.plant("DELETE FROM relay_events WHERE notification_id = 9")
    assert found_in(house)["log-unaltered"].id == "9"


def test_the_last_event_removed_is_found(house: House) -> None:
    end = house.office.log.position()
    house.plant("DELETE FROM relay_events WHERE notification_id = %s", end)
    finding = found_in(house)["log-unaltered"]
    assert (finding.id, "the end was removed" in finding.en) == (str(end), True)


def test_a_ledger_line_deleted_is_found(house: House) -> None:
    key, position = house.plant("DELETE FROM ledger WHERE id = (SELECT min(id) + 1 FROM ledger) RETURNING id, position")[0]
    found = found_in(house)
    assert set(found) == {"ledger-sums-to-zero", "projections-equal-fold"}
    assert found["ledger-sums-to-zero"].id == str(key)
    assert f"(position {position}, payable:source, ¥-770,000" in found["ledger-sums-to-zero"].en
    assert found["projections-equal-fold"].id == f"ledger/{key}"


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE ledger SET amount_yen = amount_yen - 1 WHERE id = (SELECT min(id) FROM ledger)", "is not its event's"),
        (ADD_LINE.format("id + 500, position"), "is the posting of no event"),
        (ADD_LINE.format("999999000, 999999"), "is the posting of no event"),
    ],
    ids=["altered", "added", "added-after-the-end"],
)
def test_a_ledger_line_that_is_no_posting_is_found(house: House, statement: str, sentence: str) -> None:
    house.plant(statement)
    assert sentence in found_in(house)["ledger-sums-to-zero"].en


def test_a_disclosure_without_approval_appended_with_a_valid_chain_is_found(house: House) -> None:
    key = house.history.ask(2)
    house.project()
    forge(house, key, house.history.disclosure(key)[0])
    house.project()
    found = found_in(house)
    assert "log-unaltered" not in found
    finding = found["disclosure-needs-approval"]
    assert finding.id == str(house.office.log.position())
    assert "without an approval that stands" in finding.en
    assert str(key) in finding.en


def forge(house: House, stream: UUID, event: object) -> None:
    """Write one event past the store, with a chain and a command as they should be."""
    assert isinstance(event, IdentityDisclosed)
    write_past_the_store(house.plant, stream, house.history.version(stream) + 1, event, DISCLOSED_AT)


def write_past_the_store(
    plant: Callable[..., object], stream: UUID, version: int, event: IdentityDisclosed, at: datetime
) -> None:
    """The same for any database: `plant` carries out a statement of somebody who is superuser."""
    command = uuid4()
    meta = Meta(
        actor="timer:disclose", command=command, recorded_at=at, effective_on=jst_date(at), policy_version=1,
    )  # fmt: skip
    stored = EventMapper().to_stored_event(Pending(stream, version, meta, event))
    plant(
        """
        WITH head AS (SELECT notification_id, chain FROM relay_events ORDER BY notification_id DESC LIMIT 1),
        written AS (INSERT INTO relay_events
            SELECT %s::uuid, %s::bigint, %s::text, %s::bytea, notification_id + 1,
                   relay_chain(chain, %s::uuid, %s::bigint, %s::text, %s::bytea) FROM head RETURNING notification_id)
        INSERT INTO command SELECT %s, 'timer:disclose', notification_id, %s FROM written
        """,
        *(stream, version, stored.topic, stored.state) * 2, command, at,
    )  # fmt: skip


def withdrawn(house: House) -> None:
    event = ConsentWithdrawn(candidate=CANDIDATE, permissions=(LIST,), cause=WithdrawalCause.PERSON)
    house.history.tell(consent_of(CANDIDATE), event)


def paused(house: House) -> None:
    house.history.tell(consent_of(CANDIDATE), Paused(candidate=CANDIDATE))


def blocked(house: House, token: CompanyToken = HIRING_TOKEN) -> None:
    event = CompanyBlocked(candidate=CANDIDATE, token=token, cause=BlockCause.CHOSEN)
    house.history.tell(consent_of(CANDIDATE), event)


def blocked_by_group(house: House) -> None:
    """A third company says that it and the hiring company are one group; the person blocked the third."""
    third, token = CompanyId(UUID(int=77)), CompanyToken(UUID(int=78))
    house.history.tell(third, house.history.admitted(third, token, "例示", "Reiji"))
    house.history.tell(third, GroupDeclared(corporate_numbers=("1",), tokens=(HIRING_TOKEN,), left=()))
    blocked(house, token)


def erasing(house: House) -> None:
    house.history.tell(CANDIDATE, CandidateErasureStarted())


def undone(house: House) -> None:
    house.history.tell(introduction_of(CANDIDATE, HIRING, JOB, 2), ShareUndone())


@pytest.mark.parametrize(
    ("before", "why"),
    [
        (withdrawn, "without a live consent to be listed"),
        (paused, "a person who had paused"),
        (blocked, "which they had blocked"),
        (blocked_by_group, "which they had blocked"),
        (erasing, "whose erasure had begun"),
        (undone, "without an approval that stands"),
    ],
)
def test_a_disclosure_after_the_person_said_no_is_found(
    house: House, before: Callable[[House], None], why: str
) -> None:
    key = house.history.ask(2)
    house.history.approve(key)
    before(house)
    position = house.history.disclose(key)
    finding = found_in(house)["disclosure-needs-approval"]
    assert (finding.id, why in finding.en) == (str(position), True)


def test_a_disclosure_before_the_undo_is_over_is_found(house: House) -> None:
    key = house.history.ask(2)
    house.history.approve(key)
    position = house.history.disclose(key, at=APPROVED_AT + timedelta(minutes=9, seconds=59))
    finding = found_in(house)["disclosure-needs-approval"]
    assert (finding.id, "could still be undone" in finding.en) == (str(position), True)


def test_a_disclosure_after_the_consent_ran_out_is_found(house: House) -> None:
    key = house.history.ask(2)
    house.history.approve(key)
    position = house.history.disclose(key, at=START + timedelta(days=180))
    finding = found_in(house)["disclosure-needs-approval"]
    assert (finding.id, "live consent" in finding.en) == (str(position), True)


def test_an_item_that_was_not_approved_is_found(house: House) -> None:
    key = house.history.ask(2)
    house.history.approve(key, items=(Item.NAME,))
    house.history.disclose(key, items=(Item.NAME, Item.EMAIL))
    assert "items were disclosed" in found_in(house)["disclosure-needs-approval"].en


@pytest.mark.parametrize("records", [(), (Direction.PROVIDED,), (Direction.RECEIVED,) * 2])
def test_a_disclosure_without_both_provision_records_is_found(
    house: House, records: tuple[Direction, ...]
) -> None:
    key = house.history.ask(2)
    house.history.approve(key)
    position = house.history.disclose(key, records=records)
    finding = found_in(house)["disclosure-needs-approval"]
    assert (finding.id, "not both provision records" in finding.en) == (str(position), True)


def test_the_same_share_disclosed_twice_is_found(house: House) -> None:
    position = house.history.disclose()
    assert found_in(house)["disclosure-needs-approval"].id == str(position)


def test_a_door_opened_without_an_event_is_found(house: House) -> None:
    paused(house)
    house.plant("UPDATE gate SET open = false WHERE what = 'paused'")
    assert "paused of" in found_in(house)["gate-equals-events"].id


def test_a_permission_that_no_event_gave_is_found(house: House) -> None:
    house.plant("INSERT INTO gate VALUES (%s, 'channel-line', %s, true, NULL, 1)", CANDIDATE, UUID(int=0))
    assert found_in(house)["gate-equals-events"].id == f"channel-line of {CANDIDATE} for {UUID(int=0)}"


def test_a_record_missing_from_the_vault_is_found(house: House) -> None:
    house.plant("DELETE FROM vault_record WHERE subject_kind = 'received'")
    finding = found_in(house)["vault-complete"]
    assert "IdentityDisclosed.ref" in finding.en
    assert str(INTRODUCTION) in finding.en


def test_lexemes_missing_from_the_vault_are_found(house: House) -> None:
    house.plant("DELETE FROM vault_lexemes")
    assert "ProfileSaved.lexemes_ref" in found_in(house)["vault-complete"].en


def test_an_erased_subject_needs_no_record_and_may_have_none(house: House) -> None:
    house.office.vault.keyring.destroy([PERSON], now=START)
    finding = found_in(house)["vault-complete"]
    assert (finding.id, "vault_record" in finding.en) == (str(PERSON), True)
    house.plant("DELETE FROM vault_record WHERE subject_kind = 'candidate'")
    assert "vault_lexemes" in found_in(house)["vault-complete"].en
    house.plant("DELETE FROM vault_lexemes")
    assert "vault-complete" not in found_in(house)


def test_a_statutory_record_may_go_when_its_time_is_over(house: House) -> None:
    house.plant("DELETE FROM vault_record WHERE subject_kind = 'statutory'")
    assert "SeekerRecordSealed.ref" in found_in(house)["vault-complete"].en
    later = replace(house.context, now=START + timedelta(days=5 * 366))
    assert "vault-complete" not in {finding.invariant for finding in check.run(later).findings}


def test_an_applicant_of_an_import_that_was_undone_needs_no_record(house: House) -> None:
    row = people_examples.a_row()
    (imported, *_) = import_row(INITIAL, row, applicant_id=people_examples.APPLICANT, company=SOURCE)
    house.history.tell(people_examples.APPLICANT, imported)
    assert "ApplicantImported.ref" in found_in(house)["vault-complete"].en
    house.history.tell(people_examples.APPLICANT, RetentionEnded(cause="import-undone"))
    assert "vault-complete" not in found_in(house)


def test_an_event_put_aside_is_found(house: House) -> None:
    house.plant("INSERT INTO parked VALUES ('fees', %s, 31, 'ValueError: no', %s)", FEE, START)
    assert found_in(house)["nothing-parked"].en == f"“fees” put the event at position 31 ({FEE}) aside: ValueError: no"


def test_an_event_that_cannot_be_read_is_found(house: House) -> None:
    house.plant("UPDATE relay_events SET topic = 'unheard-of.v9' WHERE notification_id = 5")
    assert found_in(house)["nothing-parked"].id == "5"


def test_the_same_tranche_sent_twice_is_found(house: House) -> None:
    again = TransferRequested(
        effective_on=AFTER_ON, intent=uuid4(), beneficiary=SOURCE, tranche=1, amount_yen=1, charge="py_1"
    )
    position = house.history.tell(FEE, again)
    assert found_in(house)["one-hire-one-fee"].id == str(position)


def test_a_second_fee_for_one_hire_is_found(house: House) -> None:
    first = next(e for e in house.office.log.history(FEE) if type(e.event).__name__ == "FeeAccrued")
    position = house.history.tell(uuid4(), first.event)
    assert found_in(house)["one-hire-one-fee"].id == str(position)


def test_a_payment_told_twice_is_found(house: House) -> None:
    first = next(e for e in house.office.log.history(FEE) if type(e.event).__name__ == "PaymentSettled")
    position = house.history.tell(FEE, first.event)
    finding = found_in(house)["one-hire-one-fee"]
    assert (finding.id, "txn_1" in finding.en) == (str(position), True)


def test_a_row_that_people_look_at_and_no_event_gave_is_found(house: House) -> None:
    house.plant("UPDATE introduction_board SET stage = 'offer'")
    assert found_in(house)["projections-equal-fold"].id == f"introduction_board/{INTRODUCTION}"


def test_a_yen_that_stripe_does_not_have_is_found(house: House) -> None:
    report = check.run(replace(house.context, difference_yen=lambda: -1))
    assert [(finding.invariant, "¥-1 " in finding.en) for finding in report.findings] == [("paid-equals-stripe", True)]
    assert check.run(replace(house.context, difference_yen=lambda: 0)).skipped == ()


def sign(house: House) -> int | None:
    signer = house.office.vault.signer
    with house.office.database.transaction() as connection:
        return seal.sign_head(connection, signer.sign, key_id=signer.kid, now=START)


def test_a_head_is_signed_once_and_holds_while_the_log_goes_on(house: House) -> None:
    head = house.office.log.position()
    assert (sign(house), sign(house)) == (head, None)
    house.history.tell(consent_of(CANDIDATE), Paused(candidate=CANDIDATE))
    assert sign(house) == head + 1
    house.project()
    assert found_in(house) == {}


def test_an_empty_log_has_no_head_to_sign(empty_house: House) -> None:
    assert sign(empty_house) is None


def test_an_end_removed_together_with_its_command_is_found_by_its_seal(house: House) -> None:
    head = sign(house)
    house.plant("DELETE FROM relay_events WHERE notification_id = %s", head)
    house.plant("DELETE FROM command WHERE position = %s", head)
    finding = found_in(house)["log-unaltered"]
    assert (finding.id, "was signed at position" in finding.en) == (str(head), True)


def test_a_past_rewritten_with_its_whole_chain_is_found_by_its_seal(house: House) -> None:
    head = sign(house)
    house.plant("UPDATE relay_events SET state = state || '\\x00'::bytea WHERE notification_id = 7")
    rows = house.plant(
        "SELECT notification_id, originator_id, originator_version, topic, state FROM relay_events ORDER BY 1"
    )
    chain = seal.FIRST_LINK
    for position, stream, version, topic, state in rows:
        chain = hashlib.sha256(
            chain + stream.bytes + version.to_bytes(8, "big") + topic.encode() + b"\x00" + state
        ).digest()
        house.plant("UPDATE relay_events SET chain = %s WHERE notification_id = %s", chain, position)
    finding = found_in(house)["log-unaltered"]
    assert (finding.id, "not the one that was signed" in finding.en) == (str(head), True)


def test_a_seal_that_is_not_ours_is_found(house: House) -> None:
    sign(house)
    house.plant("UPDATE log_seal SET signature = '\\x00'::bytea || substr(signature, 2)")
    assert "not this installation's" in found_in(house)["log-unaltered"].en


def test_events_that_no_command_wrote_are_found(house: House) -> None:
    end = house.office.log.position()
    house.plant("DELETE FROM command WHERE position = %s", end)
    assert found_in(house)["log-unaltered"].id == str(end)


def test_a_long_log_is_read_in_batches_without_losing_an_event(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (check.invariant, check.log_unaltered, check.ledger_sums_to_zero, check.vault_complete):
        monkeypatch.setattr(module, "BATCH", 2)
    assert check.run(house.context).holds
    house.plant("DELETE FROM ledger WHERE id = (SELECT max(id) FROM ledger)")
    assert "ledger-sums-to-zero" in found_in(house)


def test_every_sentence_is_there_in_both_languages_with_the_same_values() -> None:
    texts = tomllib.loads((FOLDER / "check.toml").read_text("utf-8"))
    assert set(texts) == {invariant.name for invariant in check.INVARIANTS}
    for name, kinds in texts.items():
        for kind, text in kinds.items():
            assert set(text) == {"ja", "en"}, (name, kind)
            named = [{field for _, field, _, _ in Formatter().parse(text[lang]) if field} for lang in ("ja", "en")]
            assert named[0] == named[1], (name, kind)


def test_every_sentence_that_a_check_says_is_written() -> None:
    texts = tomllib.loads((FOLDER / "check.toml").read_text("utf-8"))
    folder = Path(check.__file__).parent
    for name, kinds in texts.items():
        source = (folder / f"{name.replace('-', '_')}.py").read_text("utf-8")
        for kind in set(kinds) - {"title"}:
            word = 'f"seal-{broken.reason}"' if kind.startswith("seal-") else f'"{kind}"'
            assert word in source, (name, kind)
