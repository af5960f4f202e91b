"""What harms an erasure: what is left of a person, keys that come back or lie elsewhere, a last mail that is too late."""

from __future__ import annotations

from tests.plants.plant import Plant, plant

HOME = "marketplace/run/keyring_home.py"
SETTINGS = "marketplace/run/settings.py"

_NOWHERE: tuple[Plant, ...] = (
    plant(
        "what a person is searched by is not erased",
        "marketplace/vault/erasure.py",
        '    "DELETE FROM vault_lexemes WHERE subject_kind = %(kind)s AND subject_id = %(id)s",\n',
        "",
        "test_an_erased_person_is_nowhere",
        "test_an_erased_person_is_nowhere_where_web_and_worker_are_processes",
    ),
    plant(
        "an event has room for a person's words",
        "domain/consent.py",
        '"""The card is gone until the person resumes; shares not yet disclosed are cancelled."""\n',
        '"""The card is gone until the person resumes; shares not yet disclosed are cancelled."""\n\n    why: str = ""\n',
        "test_no_event_has_a_field_for_a_persons_text[Paused]",
    ),
    plant(
        "the vault has a field of which the canary knows nothing",
        "marketplace/vault/records.py",
        '    record_id: str = ""\n    links',
        '    record_id: str = ""\n    remark: str = ""\n    links',
        "test_every_text_field_of_the_vault_is_driven_or_declared",
    ),
    plant(
        "a form has a field of which the canary knows nothing",
        "api/v1/profile.py",
        "    headline: Line\n    career: Text\n",
        '    headline: Line\n    remark: Text = ""\n    career: Text\n',
        "test_every_text_field_that_the_door_reads_is_driven_or_declared",
    ),
)
_KEYS: tuple[Plant, ...] = (
    plant(
        "keys are looked for beside the records whatever is set",
        "marketplace/run/database.py",
        "return self.keyring_url or self.app_url",
        "return self.app_url",
        "test_keys_are_made_in_their_own_database_and_none_lies_with_the_records",
    ),
    plant(
        "keys move home without the tombstones beside them",
        HOME,
        "            cursor.executemany(_BURY, records.execute(_TOMBSTONES).fetchall())\n",
        "",
        "test_keys_that_lay_with_the_records_move_home_with_their_tombstones",
    ),
    plant(
        "an erased key comes home with a restored database",
        HOME,
        "    WHERE NOT EXISTS (SELECT FROM vault_tombstone t WHERE t.subject_kind = k.kind AND t.subject_id = k.id)\n",
        "",
        "test_an_erased_key_does_not_come_home",
    ),
    plant(
        "nobody looks whether keys still lie with the records",
        HOME,
        "    if addresses.keyring_url is not None and keys_here:",
        "    if addresses.keyring_url is None and keys_here and not records_here:",
        "test_keys_in_the_wrong_place_stop_the_process_with_a_sentence",
    ),
    plant(
        "records without any key are opened all the same",
        HOME,
        '    if records_here and keyring.execute("SELECT FROM vault_key LIMIT 1").fetchone() is None:',
        "    if records_here and keyring.closed:",
        "test_a_keyring_that_is_not_named_any_more_stops_the_process_with_a_sentence",
    ),
    plant(
        "the keyring's own tables let the application change what was erased",
        "marketplace/run/migrations/keyring/0001_keyring.sql",
        "GRANT SELECT, INSERT ON vault_tombstone TO relay_app;",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON vault_tombstone TO relay_app;",
        "test_the_keyrings_own_tables_are_those_of_the_vault",
    ),
    plant(
        "a keyring may be named without its records",
        SETTINGS,
        "    if settings.keyring_url and not settings.database_url:",
        "    if settings.keyring_url and not settings.data:",
        "test_a_keyring_is_named_beside_its_records[environ0-DATABASE_URL: is not set though KEYRING_URL is]",
    ),
    plant(
        "the keyring is migrated by nobody in particular",
        HOME,
        "    if addresses.keyring_owner_url is None:\n        raise BadSetting(",
        "    if addresses.keyring_owner_url is None:\n        return applied\n        raise BadSetting(",
        "test_migrating_the_keyring_wants_its_owner",
    ),
)
_LAST_MAIL: tuple[Plant, ...] = (
    plant(
        "the address goes before the last mail",
        "marketplace/commands/privacy.py",
        "        if _parting_waits(connection, candidate, now):",
        "        if False and _parting_waits(connection, candidate, now):",
        "test_the_address_is_not_destroyed_before_the_last_mail_has_gone_out",
        "test_a_mail_server_that_never_takes_it_holds_the_erasure_up_for_a_day_at_most",
        "test_two_workers_at_once_do_not_overtake_the_mail",
        "test_the_last_mail_is_waited_for_and_then_the_erasure_goes_on",
    ),
    plant(
        "who was erased would have to sign in to see the certificate",
        "api/v1/erasure.py",
        '@query("/erasures/{erasure:uuid}", policy=public,',
        '@query("/erasures/{erasure:uuid}", policy=candidate,',
        "test_the_last_mail_leads_to_the_certificate_without_signing_in",
    ),
)
_RACES: tuple[Plant, ...] = (
    plant(
        "only the keys of a person go, and their rows stay",
        "marketplace/vault/erasure.py",
        '    "DELETE FROM vault_record WHERE subject_kind = %(kind)s AND subject_id = %(id)s",\n',
        "",
        "test_what_races_an_erasure_leaves_nothing",
        "test_what_races_an_erasure_leaves_nothing_however_often",
    ),
)
PLANTS = (*_NOWHERE, *_KEYS, *_LAST_MAIL, *_RACES)
NEEDS_NONE = {
    "test_a_new_text_field_would_be_seen_wherever_it_hides": "it tries the search for text fields on structs of its own",
}
