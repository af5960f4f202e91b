"""The loopback sink: what it catches lies sealed under its reader's key and falls with them."""

from __future__ import annotations

import smtplib
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from uuid import UUID

import pytest
from msgspec.structs import replace

from domain.company import MemberRole
from domain.refusal import Refused
from marketplace.messages.outbox import To
from marketplace.messages.reception import Reception
from marketplace.messages.send import Later, send
from marketplace.messages.sink import Sink
from marketplace.store.database import Database as Pool
from marketplace.vault.erasure import erase_candidate, erase_subjects
from marketplace.vault.master import MasterKeys
from marketplace.vault.subject import Subject, SubjectKind
from marketplace.vault.vault import open_vault
from tests.marketplace.messages.town import APPLICANT, CANDIDATE, INVITATION, NOON, SOURCE, Town


def post_a_mail(town: Town, to: str, text: str = "こんにちは") -> None:
    """Straight to the sink, as any program would."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "someone@example.jp", to, "件名"
    mail.set_content(text)
    host, _, port = town.post.smtp_url.removeprefix("smtp://").partition(":")
    with smtplib.SMTP(host, int(port)) as line:
        line.send_message(mail)


def reader_of(town: Town) -> UUID:
    found: UUID = town.ask("SELECT reader FROM dev_mail ORDER BY n DESC LIMIT 1")[0]
    return found


def test_the_newest_mail_comes_first_with_its_text_and_html(town: Town) -> None:
    town.candidate()
    for template in ("welcome", "login"):
        send(town.post, town.queue(template, To.CANDIDATE, CANDIDATE), NOON)
    newest, older = town.mails()
    assert (newest.subject, older.subject) == ("サインイン用のリンク", "ご登録ありがとうございます")
    assert newest.text.startswith("星野つむぎ 様\n\n次のページを開いて")
    assert "<p>星野つむぎ 様</p>" in newest.html
    assert newest.at > datetime(2026, 1, 1, tzinfo=UTC)


def test_a_mail_falls_with_its_reader(town: Town) -> None:
    town.candidate()
    post_a_mail(town, "Hoshino@example.jp")
    assert reader_of(town) == CANDIDATE
    with town.pool.transaction() as connection:
        erase_candidate(town.vault.keyring, connection, CANDIDATE, now=NOON)
    assert town.mails() == []
    assert town.ask("SELECT count(*) FROM dev_mail") == (0,)
    assert town.ask("SELECT count(*) FROM vault_record WHERE subject_kind = 'dev-mail'") == (0,)


def test_nothing_more_is_kept_of_one_who_was_erased(town: Town) -> None:
    town.applicant("tsukioka@example.jp")
    message = town.queue("invitation", To.APPLICANT, APPLICANT, invitation=INVITATION, company=SOURCE)
    with town.pool.transaction() as connection:
        erase_subjects(town.vault.keyring, connection, [Subject(SubjectKind.DEV_MAIL, APPLICANT)], now=NOON)
    assert send(town.post, message, NOON) is None
    assert town.row(message) == (True, None)
    assert town.mails() == []


def test_an_applicants_mail_lies_under_the_record_it_was_sent_for(town: Town) -> None:
    town.applicant("tsukioka@example.jp")
    send(town.post, town.queue("invitation", To.APPLICANT, APPLICANT, invitation=INVITATION, company=SOURCE), NOON)
    assert reader_of(town) == APPLICANT


def test_a_members_mail_lies_under_the_member(town: Town) -> None:
    user = town.member(SOURCE, MemberRole.ADMIN, "s@example.jp")
    post_a_mail(town, "s@example.jp")
    assert reader_of(town) == user


def test_a_stranger_is_stood_for_by_a_digest_that_says_nothing(town: Town) -> None:
    post_a_mail(town, "stranger@example.jp")
    first = reader_of(town)
    post_a_mail(town, "STRANGER@example.jp")
    assert reader_of(town) == first
    post_a_mail(town, "other@example.jp")
    assert reader_of(town) != first
    assert [mail.to for mail in town.mails()] == ["other@example.jp", "STRANGER@example.jp", "stranger@example.jp"]


def test_no_word_of_a_mail_lies_readable_in_the_database(town: Town) -> None:
    post_a_mail(town, "stranger@example.jp", text="himitsu")
    stored = town.ask("SELECT string_agg(v::text, '') || string_agg(d::text, '') FROM vault_record v JOIN dev_mail d USING (ref)")
    for word in ("stranger", "himitsu", b"himitsu".hex(), b"stranger".hex()):
        assert word not in stored[0]


@pytest.mark.parametrize("site", ["https://relay.example.co.jp", "http://10.0.0.5:8000", "https://127.0.0.1.example.jp"])
def test_it_does_not_open_where_others_reach_the_site(town: Town, site: str) -> None:
    with pytest.raises(Refused, match="mail-sink-only-on-loopback"):
        Sink(town.pool, town.vault, public_url=site)


def test_it_listens_on_loopback_only_and_is_gone_when_stopped(town: Town) -> None:
    sink = Sink(town.pool, town.vault, public_url="http://localhost:8000")
    url = sink.start()
    assert url.startswith("smtp://127.0.0.1:")
    host, _, port = url.removeprefix("smtp://").partition(":")
    talking = smtplib.SMTP(host, int(port))
    sink.stop()
    sink.stop()
    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP(host, int(port))
    talking.close()


def test_a_mail_that_could_not_be_kept_is_sent_again(town: Town) -> None:
    town.candidate()
    message = town.queue("welcome", To.CANDIDATE, CANDIDATE)
    keys = Pool(town.pool.url, size=1)
    broken = Sink(town.pool, open_vault(keys, MasterKeys.from_key(bytes(range(32)))), public_url="http://127.0.0.1")
    keys.close()
    away = replace(town.post, smtp_url=broken.start())
    assert send(away, message, NOON) == Later(NOON + timedelta(seconds=10), "SMTPDataError")
    broken.stop()
    assert send(town.post, message, NOON + timedelta(seconds=10)) is None
    assert len(town.mails()) == 1


def test_who_asks_for_a_sign_in_link_gets_one_for_each_part_they_play(town: Town) -> None:
    town.candidate("both@example.jp")
    user = town.member(SOURCE, MemberRole.ADMIN, "both@example.jp")
    with town.pool.transaction() as connection:
        Reception(town.vault.blind).send_login_links(connection, "BOTH@example.jp", "en", NOON)
        Reception(town.vault.blind).send_login_links(connection, "nobody@example.jp", "en", NOON)
        Reception(town.vault.blind).send_login_links(connection, "not an address", "en", NOON)
        found = connection.execute("SELECT id, recipient_kind, recipient FROM message ORDER BY recipient_kind").fetchall()
        tasks = {row[0] for row in connection.execute("SELECT subject FROM task WHERE kind = 'send-message'").fetchall()}
    assert [row[1:] for row in found] == [("candidate", CANDIDATE), ("user", user)]
    assert tasks == {row[0] for row in found}
    for message, *_ in found:
        assert send(town.post, message, NOON) is None
    assert [mail.subject for mail in town.mails()] == ["Your link to sign in", "Your link to sign in"]
    assert town.ask("SELECT array_agg(kind ORDER BY kind) FROM login_link") == (["candidate", "user"],)
