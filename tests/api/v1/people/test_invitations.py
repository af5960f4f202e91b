"""From a file to an invitation: the dry run, the import, cooling-off, decent hours, and 「心当たりがない」."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

import psycopg
import pytest

from domain.calendar import JST
from domain.ids import CompanyId
from marketplace.commands import importing
from marketplace.run.examples import MINATO
from marketplace.store.log import Command
from tests.api.v1.people.village import Village, refused

QUERY = {"filename": MINATO.name, "basis": "application-notice", "notice_version": "2026-01"}
COUNTS = {"rows_read": 65, "eligible": 53, "withdrawn": 2, "quarantined": 6}


def counts(shown: dict[str, object]) -> dict[str, object]:
    return {name: shown[name] for name in COUNTS}


def test_the_dry_run_tells_what_would_come_and_keeps_nothing(village: Village) -> None:
    look = village.ok(village.send_file("source", "/imports/dry-run", MINATO.read_bytes(), **QUERY))
    assert counts(look) == COUNTS
    assert (look["form"], look["segments"]["held_back"]["applicant-withdrew"]) == ("csv", 2)
    fault = next(row for row in look["problems"] if row["code"] == "mail-missing")
    assert (fault["row"], fault["column"], fault["severity"]) == (53, "メールアドレス", "quarantined")
    assert "メール" in fault["sentence"]
    assert village.saw("source", "/imports")["items"] == []
    assert village.rows("SELECT count(*) FROM vault_record WHERE subject_kind = 'applicant'") == [(0,)]


def test_of_a_file_full_of_faults_the_first_thousand_are_answered_and_kept_and_the_rest_counted(village: Village) -> None:
    rows = "".join(f"R-{n},,,\n" for n in range(1_200))
    data = f"応募ID,氏名,メールアドレス,応募日\n{rows}".encode()
    look = village.ok(village.send_file("source", "/imports/dry-run", data, filename="faults.csv"))
    assert (look["quarantined"], len(look["problems"])) == (1_200, 1_001)
    first = look["problems"][0]
    assert (first["code"], first["row"], first["count"]) == ("more-problems-not-listed", 0, 3_800)
    assert "3800" in first["sentence"].replace(",", "")
    done = village.ok(village.send_file("source", "/imports", data, filename="faults.csv", system="ats"))
    assert village.rows("SELECT count(*) FROM import_problem") == [(1_001,)]
    assert village.saw("source", f"/imports/{done['id']}")["problems"] == look["problems"]


def test_a_file_that_cannot_be_read_is_refused_whole_with_a_sentence_in_either_language(village: Village) -> None:
    answer = village.send_file("source", "/imports/dry-run", b"", filename="empty.csv")
    refused(answer, 409, "file-empty")
    headers = {**village._headers("source"), "Accept-Language": "en", "Idempotency-Key": uuid4().hex}
    english = village.client.post("/api/v1/imports/dry-run?filename=empty.csv", content=b"", headers=headers).json()
    assert english["detail"].isascii()
    assert english["detail"] != answer.json()["detail"]


def test_the_file_goes_in_once_and_is_undone_whole(village: Village) -> None:
    batch = village.import_minato()
    shown = village.saw("source", f"/imports/{batch}")
    assert counts(shown["batch"]) == COUNTS
    assert (shown["batch"]["rows_done"], shown["batch"]["finished_at"] is not None) == (58, True)
    assert village.saw("source", "/applicants/summary") == {"kept": 58}
    village.import_minato()
    assert village.saw("source", "/applicants/summary") == {"kept": 58}

    tsumugi = village.record_of("source", "tsumugi.mihon@example.jp")
    assert (tsumugi["name"], tsumugi["record_id"], tsumugi["comments"]) == (
        "見本　紬", "M-0001", ["交渉の進め方がよい。"],
    )  # fmt: skip
    village.did("source", f"/imports/{batch}/undoing")
    assert village.saw("source", "/applicants/summary") == {"ended": 58}
    refused(village.post("source", f"/imports/{batch}/undoing"), 409, "import-already-undone")
    kept = "SELECT count(*) FROM vault_record r JOIN {} WHERE r.subject_kind = 'applicant'"
    assert village.rows(kept.format("applicant_pool a ON a.applicant = r.subject_id")) == [(0,)]
    assert village.rows(kept.format(f"import_row i ON i.subject = r.subject_id AND i.batch = '{batch}'")) == [(0,)]
    village.import_minato()
    assert village.saw("source", "/applicants/summary") == {"kept": 58}


def test_an_undoing_that_broke_off_lets_the_words_go_when_it_is_sent_again(village: Village) -> None:
    batch, company = UUID(village.import_minato()), CompanyId(village.companies["source"])
    people = [row[0] for row in village.rows("SELECT applicant FROM applicant_pool")]
    command = Command(id=uuid4(), actor="user:test", now=village.now())
    with psycopg.connect(village.owner_url, autocommit=True) as owner:
        owner.execute("REVOKE DELETE ON vault_record FROM relay_app")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            importing.undo(village.house.office, command, company=company, batch=batch, applicants=people)
        owner.execute("GRANT DELETE ON vault_record TO relay_app")
    importing.undo(village.house.office, command, company=company, batch=batch, applicants=people)
    assert village.rows("SELECT count(*) FROM vault_record WHERE subject_kind = 'applicant'") == [(0,)]
    assert village.rows("SELECT count(*) FROM blind_address WHERE subject_kind = 'applicant'") == [(0,)]


def test_invitations_wait_for_cooling_off_and_go_out_at_a_decent_hour(village: Village) -> None:
    batch = village.import_minato()
    done = village.ok(village.post("source", f"/imports/{batch}/invitations"))
    assert (done["scheduled"], done["refused"], done["left"]) == (53, {"no-basis-for-channel": 1}, 0)
    village.worker.drain()
    # On 1 June the ninety days are over for who was rejected by 2 March.
    assert village.saw("source", "/applicants/summary") == {"invited": 4, "kept": 5, "scheduled": 49}
    assert "キャリアリレー" in village.mails("tsumugi.mihon@example.jp")[0]
    assert village.mails("himari.zukai.052@example.com") == []

    # M-0052 was rejected on 17 April: quiet through 16 July. Thursday 16 July at nine says nothing, Friday does.
    village.move_to(datetime(2026, 7, 16, 19, 59, tzinfo=JST))
    assert village.mails("himari.zukai.052@example.com") == []
    village.move_to(datetime(2026, 7, 17, 8, 59, tzinfo=JST))
    assert village.mails("himari.zukai.052@example.com") == []
    village.move_to(datetime(2026, 7, 17, 9, 0, tzinfo=JST))
    assert len(village.mails("himari.zukai.052@example.com")) == 1


def test_a_landing_names_the_source_and_nobody_else(village: Village) -> None:
    village.ok(village.post("source", f"/imports/{village.import_minato()}/invitations"))
    village.worker.drain()
    invitation = village.link("tsumugi.mihon@example.jp", "/i/")
    source = {
        "company": str(village.companies["source"]),
        "name": "source見本株式会社",
        "name_en": "Source Mihon",
    }
    assert village.saw(None, f"/invitations/{invitation}") == source
    assert village.saw(None, f"/neutral-links/{village.companies['source']}") == source
    refused(village.get(None, f"/invitations/{uuid4()}"), 404, "not-found")
    refused(village.get(None, f"/neutral-links/{village.companies['hiring']}"), 404, "not-found")


def test_a_stranger_taps_that_they_know_nothing_of_it(village: Village) -> None:
    village.ok(village.post("source", f"/imports/{village.import_minato()}/invitations"))
    village.worker.drain()
    invitation = village.link("tsumugi.mihon@example.jp", "/i/")
    answers = [village.did(None, f"/invitations/{which}/disowning") for which in (invitation, invitation, uuid4())]
    assert answers == [{"noted": True}] * 3

    record = village.record_of("source", "tsumugi.mihon@example.jp")
    assert record["record"]["status"] == "disowned"
    assert "心当たりがない" in village.mails("admin@source.example")[0]
    begun = {"email": "tsumugi.mihon@example.jp", "entrance": "invitation", "invitation": invitation}
    refused(village.post(None, "/registrations", begun), 422, "invitation-unknown")

    # The address is suppressed for everyone: another source's invitation is refused before it is scheduled.
    data = MINATO.read_bytes()
    done = village.send_file("second-source", "/imports", data, system="minato-ats", **QUERY)
    village.worker.drain()
    batch = village.ok(done)["id"]
    asked = village.ok(village.post("second-source", f"/imports/{batch}/invitations"))
    assert (asked["scheduled"], asked["refused"]) == (52, {"no-basis-for-channel": 1, "opted-out": 1})


def test_an_invitation_can_be_taken_back_and_a_record_let_go_for_good(village: Village) -> None:
    village.import_minato()
    record = village.record_of("source", "himari.zukai.052@example.com")["record"]["applicant"]
    village.did("source", f"/applicants/{record}/invitation")
    refused(village.post("source", f"/applicants/{record}/invitation"), 409, "invitation-already-made")
    village.did("source", f"/applicants/{record}/invitation-cancelling")
    village.did("source", f"/applicants/{record}/erasing", {"cause": "retention-over"})
    refused(village.get("source", f"/applicants/{record}"), 404, "not-found")
    where = "SELECT count(*) FROM vault_record WHERE subject_id = %s"
    assert village.rows(where, UUID(record)) == [(0,)]
    village.import_minato()
    assert village.saw("source", "/applicants/summary") == {"kept": 57}


def test_another_tenant_finds_nothing_byte_for_byte(village: Village) -> None:
    batch = village.import_minato()
    record = village.record_of("source", "tsumugi.mihon@example.jp")["record"]["applicant"]
    for path, nobody in ((f"/imports/{batch}", f"/imports/{uuid4()}"), (f"/applicants/{record}", f"/applicants/{uuid4()}")):
        theirs, none = village.get("second-source", path), village.get("second-source", nobody)
        refused(theirs, 404, "not-found")
        assert theirs.content == none.content
    refused(village.post("second-source", f"/applicants/{record}/invitation"), 404, "not-found")
    refused(village.post("second-source", f"/imports/{batch}/undoing"), 404, "not-found")
    refused(village.get("hiring", "/applicants"), 403, "not-permitted")
    assert village.saw("second-source", "/applicants")["items"] == []
