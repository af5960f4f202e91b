"""Sending over real SMTP: who gets what, who gets nothing, and never twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from domain.candidate import CandidateErasureStarted, CandidatesMerged
from domain.company import MemberRole
from domain.consent import ConsentWithdrawn, OutcomeLevel, Paused, WithdrawalCause
from domain.duties import RevokeCause
from domain.fee_events import InvoiceIssued, InvoiceRequested
from domain.hire import HireConfirmed, LeaveReported, Side
from domain.ids import CandidateId, consent_of, fee_of
from domain.introduction import ShareRevoked
from marketplace.messages.outbox import To, write
from marketplace.messages.send import Later, send
from marketplace.messages.sink import Mail
from marketplace.messages.templates import TEMPLATES
from marketplace.vault.blind_index import FROM_NOBODY, AddressKind, Basis
from marketplace.vault.erasure import erase_subjects
from marketplace.vault.subject import Subject, SubjectKind
from tests.domain import money_examples, people_examples
from tests.domain import share_examples as shares
from tests.marketplace.messages.town import APPLICANT, CANDIDATE, HIRING, INVITATION, NOON, SITE, SOURCE, Town

NOT_THERE = "smtp://127.0.0.1:1"


def the_one(town: Town) -> Mail:
    (mail,) = town.mails()
    return mail


def invited(town: Town, *emails: str) -> UUID:
    town.applicant(*emails)
    return town.queue("invitation", To.APPLICANT, APPLICANT, invitation=INVITATION, company=SOURCE)


def test_an_ask_says_by_when_and_what_silence_means_and_its_link_opens_that_share(town: Town) -> None:
    town.candidate()
    town.consented()
    ask = town.introduction()
    message = town.queue("ask", To.CANDIDATE, CANDIDATE, introduction=ask)
    assert send(town.post, message, shares.ASKED_AT) is None
    mail = the_one(town)
    assert mail.to == "hoshino@example.jp"
    assert mail.subject == "ご確認が必要な紹介の依頼があります（紹介番号 R-2027-0001）"
    assert mail.text.startswith("星野つむぎ 様\n")
    assert "お返事の期限は 2027年4月8日(木) 23:59 です。" in mail.text
    assert "期限までに何もされなければ、お断りとして扱われ、何も渡りません。" in mail.text
    assert "運営：リレー舎" in mail.text
    assert "あおぞら" not in mail.text
    assert town.ask("SELECT introduction, candidate, expires_at FROM share_link") == (ask, CANDIDATE, shares.EXPIRES_AT)
    assert town.row(message) == (True, None)


def test_a_reader_is_written_to_in_their_language(town: Town) -> None:
    town.candidate(language="en")
    town.consented()
    message = town.queue("ask", To.CANDIDATE, CANDIDATE, introduction=town.introduction())
    assert send(town.post, message, shares.ASKED_AT) is None
    mail = the_one(town)
    assert mail.subject == "A request for an introduction needs your answer (R-2027-0001)"
    assert "Please answer by Thursday 8 April 2027, 23:59 JST." in mail.text
    assert "run by Relaysha" in mail.text


def test_an_approval_says_until_when_it_can_be_undone(town: Town) -> None:
    town.candidate()
    message = town.queue("share-approved", To.CANDIDATE, CANDIDATE, introduction=town.introduction("approved"))
    assert send(town.post, message, shares.APPROVED_AT) is None
    assert "2027年4月2日(金) 12:10 までは" in the_one(town).text
    late = town.queue("share-approved", To.CANDIDATE, CANDIDATE, introduction=shares.asked().introduction)
    assert send(town.post, late, shares.DISCLOSED_AT) is None
    assert town.row(late) == (False, "too-late")


def test_an_ask_that_was_answered_or_is_over_is_not_sent(town: Town) -> None:
    town.candidate()
    town.consented()
    ask = town.introduction()
    late = town.queue("ask", To.CANDIDATE, CANDIDATE, introduction=ask)
    assert send(town.post, late, shares.EXPIRES_AT) is None
    assert town.row(late) == (False, "too-late")
    town.tell(ask, shares.approval(shares.asked()), version=2)
    answered = town.queue("ask", To.CANDIDATE, CANDIDATE, introduction=ask)
    assert send(town.post, answered, shares.APPROVED_AT) is None
    assert town.row(answered) == (False, "answered-already")
    assert town.mails() == []


def test_an_invitation_goes_out_in_the_sources_name_and_names_nobody(town: Town) -> None:
    assert send(town.post, invited(town, "tsukioka@example.jp"), NOON) is None
    mail = the_one(town)
    assert mail.subject == "みなと光学より、次の選考の機会についてのご案内"
    assert f"\n{SITE}/i/{INVITATION}\n" in mail.text
    assert f"\n{SITE}/i/{INVITATION}/not-me\n" in mail.text
    assert "送信者：みなと光学\n所在地：東京都架空区1-1\n" in mail.text
    for hidden in ("月岡", "tsukioka", "sales", "営業", "面接"):
        assert hidden not in mail.text


def test_an_invitation_waits_for_a_decent_hour(town: Town) -> None:
    message = invited(town, "tsukioka@example.jp")
    late = NOON.replace(hour=21)
    assert send(town.post, message, late) == Later(NOON.replace(day=7, hour=9), "not-a-decent-hour")
    assert town.mails() == []
    assert send(town.post, message, NOON.replace(day=7, hour=9)) is None
    assert len(town.mails()) == 1


@pytest.mark.parametrize("company", [SOURCE, FROM_NOBODY])
def test_a_suppressed_address_gets_nothing(town: Town, company: UUID) -> None:
    message = invited(town, "Tsukioka@Example.jp")
    with town.pool.transaction() as connection:
        write(connection, town.vault.blind.suppress(
            AddressKind.EMAIL, "tsukioka@example.jp", Basis.OPT_OUT, company=company, now=NOON,  # type: ignore[arg-type]
        ))
    assert send(town.post, message, NOON) is None
    assert town.row(message) == (False, "suppressed")
    assert town.mails() == []


def test_not_even_a_sign_in_link_goes_to_an_address_that_disowned_us(town: Town) -> None:
    town.candidate()
    with town.pool.transaction() as connection:
        write(connection, town.vault.blind.suppress(AddressKind.EMAIL, "hoshino@example.jp", Basis.DISOWNED, now=NOON))
    message = town.queue("login", To.CANDIDATE, CANDIDATE)
    assert send(town.post, message, NOON) is None
    assert town.row(message) == (False, "suppressed")
    assert town.ask("SELECT count(*) FROM login_link") == (0,)


def test_an_erased_person_gets_nothing(town: Town) -> None:
    town.candidate()
    message = town.queue("login", To.CANDIDATE, CANDIDATE)
    town.tell(CANDIDATE, CandidateErasureStarted(), version=1)
    assert send(town.post, message, NOON) is None
    assert town.row(message) == (False, "erased")
    assert town.mails() == []


def test_the_last_mail_goes_while_the_address_is_there_and_never_after(town: Town) -> None:
    town.candidate()
    town.tell(CANDIDATE, CandidateErasureStarted(), version=1)
    before = town.queue("erasure-certificate", To.CANDIDATE, CANDIDATE)
    assert send(town.post, before, NOON) is None
    assert "これがお送りする最後のメールです" in the_one(town).text
    erase(town, SubjectKind.CANDIDATE, CANDIDATE)
    after = town.queue("erasure-certificate", To.CANDIDATE, CANDIDATE)
    assert send(town.post, after, NOON) is None
    assert town.row(after) == (False, "address-gone")


def erase(town: Town, kind: SubjectKind, who: UUID) -> None:
    with town.pool.transaction() as connection:
        erase_subjects(town.vault.keyring, connection, [Subject(kind, who)], now=NOON)


def test_a_merged_registration_gets_nothing(town: Town) -> None:
    town.candidate()
    town.tell(CANDIDATE, CandidatesMerged(survivor=CandidateId(UUID(int=5)), absorbed=CANDIDATE), version=1)
    message = town.queue("welcome", To.CANDIDATE, CANDIDATE)
    assert send(town.post, message, NOON) is None
    assert town.row(message) == (False, "merged")


def test_what_others_want_of_a_person_needs_their_live_consent_to_mail(town: Town) -> None:
    town.candidate()
    ask = town.introduction()

    def outcome() -> tuple[bool, str | None]:
        message = town.queue("ask", To.CANDIDATE, CANDIDATE, introduction=ask)
        assert send(town.post, message, shares.ASKED_AT) is None
        return town.row(message)

    assert outcome() == (False, "no-consent-to-mail")
    town.consented()
    assert outcome() == (True, None)
    town.tell(consent_of(CANDIDATE), Paused(candidate=CANDIDATE), version=2)
    assert outcome() == (False, "paused")


def test_a_withdrawn_consent_to_mail_still_lets_the_confirmation_through(town: Town) -> None:
    town.candidate()
    town.consented()
    withdrawn = ConsentWithdrawn(candidate=CANDIDATE, permissions=(people_examples.EMAIL,), cause=WithdrawalCause.PERSON)
    town.tell(consent_of(CANDIDATE), withdrawn, version=2)
    asked = town.queue("recommendation-written", To.CANDIDATE, CANDIDATE)
    confirmed = town.queue("consent-withdrawn", To.CANDIDATE, CANDIDATE)
    assert [send(town.post, each, NOON) for each in (asked, confirmed)] == [None, None]
    assert town.row(asked) == (False, "no-consent-to-mail")
    assert the_one(town).subject == "同意の撤回を受け付けました"


def test_a_company_is_reached_through_each_of_its_people_who_read_this_kind(town: Town) -> None:
    town.introduction("disclosed")
    wanted = {town.member(HIRING, MemberRole.ADMIN, "a@example.jp"), town.member(HIRING, MemberRole.RECRUITER, "r@example.jp")}
    town.member(HIRING, MemberRole.FINANCE, "f@example.jp")
    gone = town.member(HIRING, MemberRole.RECRUITER, "gone@example.jp")
    town.ask("UPDATE member SET left_at = now() WHERE user_id = %s RETURNING 1", gone)
    message = town.queue("copy-received", To.COMPANY, HIRING, introduction=shares.asked().introduction)
    assert send(town.post, message, NOON) is None
    assert send(town.post, message, NOON) is None
    several = [row[0] for row in each_of(town, "SELECT id FROM message WHERE recipient_kind = 'user'")]
    assert {row[0] for row in each_of(town, "SELECT subject FROM task")} == {message, *several}
    for each in several:
        assert send(town.post, each, NOON) is None
    assert {row[0] for row in each_of(town, "SELECT recipient FROM message WHERE recipient_kind = 'user'")} == wanted
    assert {mail.to for mail in town.mails()} == {"a@example.jp", "r@example.jp"}
    assert "2027年4月9日(金) 23:59 までに証拠" in town.mails()[0].text
    assert "星野" not in town.mails()[0].text


def each_of(town: Town, query: str) -> list[tuple[UUID]]:
    with town.pool.transaction() as connection:
        return connection.execute(query.encode()).fetchall()


def test_who_left_the_company_in_the_meantime_gets_nothing(town: Town) -> None:
    user = town.member(HIRING, MemberRole.ADMIN, "a@example.jp")
    shared = {"introduction": town.introduction("disclosed"), "for_company": HIRING}
    message = town.queue("share-revoked", To.USER, user, **shared)
    town.ask("UPDATE member SET left_at = now() WHERE user_id = %s RETURNING 1", user)
    assert send(town.post, message, NOON) is None
    assert town.row(message) == (False, "left")


def test_nobody_hears_of_a_copy_that_is_closed_again(town: Town) -> None:
    user = town.member(HIRING, MemberRole.ADMIN, "a@example.jp")
    ask = town.introduction("disclosed")
    town.tell(ask, ShareRevoked(candidate=CANDIDATE, hiring=HIRING, cause=RevokeCause.PERSON), version=6)
    message = town.queue("copy-received", To.USER, user, introduction=ask, for_company=HIRING)
    closed = town.queue("share-revoked", To.USER, user, introduction=ask, for_company=HIRING)
    assert [send(town.post, each, NOON) for each in (message, closed)] == [None, None]
    assert town.row(message) == (False, "copy-closed")
    assert "削除の完了をご報告ください" in the_one(town).text


def test_a_company_whose_people_all_left_is_noted_as_such(town: Town) -> None:
    message = town.queue("share-revoked", To.COMPANY, HIRING, introduction=town.introduction("disclosed"))
    assert send(town.post, message, NOON) is None
    assert town.row(message) == (False, "nobody-reads-it")


def test_a_source_learns_of_a_hire_only_as_far_as_the_candidate_lets_it(town: Town) -> None:
    user = town.member(SOURCE, MemberRole.RECRUITER, "s@example.jp")
    hire = town.hire(HireConfirmed(confirmed_by=Side.CANDIDATE))
    before = town.queue("thanks-hired", To.USER, user, hire=hire, for_company=SOURCE)
    assert send(town.post, before, NOON) is None
    assert town.row(before) == (False, "not-for-the-source")
    given = replace(people_examples.given(people_examples.OUTCOME, OutcomeLevel.HIRED), candidate=CANDIDATE)
    town.tell(consent_of(CANDIDATE), given)
    after = town.queue("thanks-hired", To.USER, user, hire=hire, for_company=SOURCE)
    assert send(town.post, after, NOON) is None
    assert "みなと光学がキャリアリレーにつないだ方" in the_one(town).text
    assert "あおぞら" not in the_one(town).text


def test_a_leave_says_by_when_the_other_side_must_speak(town: Town) -> None:
    town.candidate(language="en")
    town.introduction("disclosed")
    left = LeaveReported(reported_by=Side.HIRING, left_on=date(2027, 6, 20), fault="own-wish", challenge_until=date(2027, 6, 28))
    hire = town.hire(HireConfirmed(confirmed_by=Side.CANDIDATE), left)
    message = town.queue("leave-reported", To.CANDIDATE, CANDIDATE, hire=hire)
    assert send(town.post, message, NOON) is None
    assert the_one(town).subject == "A leave was reported; please check by Monday 28 June 2027, 23:59 JST (R-2027-0001)"
    assert "own-wish" not in the_one(town).text


def test_an_invoice_says_how_much_and_by_when(town: Town) -> None:
    user = town.member(HIRING, MemberRole.FINANCE, "f@example.jp")
    fee = fee_of(money_examples.HIRE)
    intent = UUID(int=91)
    town.tell(fee, money_examples.accrual(), InvoiceRequested(intent=intent, total_yen=1_100_000))
    early = town.queue("invoice-issued", To.USER, user, fee=fee, for_company=HIRING)
    assert send(town.post, early, NOON) is None
    assert town.row(early) == (False, "invoice-gone")
    issued = InvoiceIssued(
        intent=intent, invoice_no="2027-000042", provider_invoice="in_1", total_yen=1_100_000, due_on=date(2027, 5, 1)
    )
    town.tell(fee, issued, version=2)
    message = town.queue("invoice-issued", To.USER, user, fee=fee, for_company=HIRING)
    assert send(town.post, message, NOON) is None
    assert the_one(town).subject == "請求書 2027-000042 のお支払いのお願い（紹介番号 27-000123）"
    assert "金額（税込）：1,100,000円" in the_one(town).text
    assert "お支払い期限：2027年5月1日(土)" in the_one(town).text


def test_a_registration_is_confirmed_at_the_address_that_was_given(town: Town) -> None:
    town.candidate("new@example.jp", name="")
    ref = town.ask("SELECT ref FROM vault_record")[0]
    registration = UUID(int=78)
    town.ask(
        "INSERT INTO registration (id, candidate, contact_ref, entrance, language, started_at)"
        " VALUES (%s, %s, %s, 'neutral-link', 'en', now()) RETURNING 1", registration, CANDIDATE, ref,
    )
    message = town.queue("verify-mailbox", To.CANDIDATE, CANDIDATE, registration=registration)
    assert send(town.post, message, NOON) is None
    assert f"\n{SITE}/register/token-for-78\n" in the_one(town).text
    assert "for 10 minutes" in the_one(town).text
    town.ask("UPDATE registration SET used_at = now() RETURNING 1")
    again = town.queue("verify-mailbox", To.CANDIDATE, CANDIDATE, registration=registration)
    assert send(town.post, again, NOON) is None
    assert town.row(again) == (False, "answered-already")


def test_two_workers_send_once(town: Town) -> None:
    town.candidate()
    message = town.queue("welcome", To.CANDIDATE, CANDIDATE)
    with ThreadPoolExecutor(2) as workers:
        outcomes = list(workers.map(lambda _: send(town.post, message, NOON), range(2)))
    assert len(town.mails()) == 1
    assert set(outcomes) <= {None, Later(NOON + timedelta(minutes=5), "being-sent")}
    assert send(town.post, message, NOON + timedelta(hours=1)) is None
    assert len(town.mails()) == 1


def test_a_worker_that_died_while_sending_is_followed_by_one_mail_with_the_same_id(town: Town) -> None:
    town.candidate()
    message = town.queue("welcome", To.CANDIDATE, CANDIDATE)
    assert send(town.post, message, NOON) is None
    died = "UPDATE message SET sent_at = NULL, sending_until = %s WHERE id = %s RETURNING 1"
    town.ask(died, NOON + timedelta(minutes=5), message)
    assert send(town.post, message, NOON) == Later(NOON + timedelta(minutes=5), "being-sent")
    assert send(town.post, message, NOON + timedelta(minutes=5)) is None
    assert len(town.mails()) == 2


def test_a_server_that_is_away_is_tried_again_later_and_later(town: Town) -> None:
    town.candidate()
    message = town.queue("welcome", To.CANDIDATE, CANDIDATE)
    away = replace(town.post, smtp_url=NOT_THERE)
    assert send(away, message, NOON) == Later(NOON + timedelta(seconds=10), "ConnectionRefusedError")
    assert send(away, message, NOON) == Later(NOON + timedelta(seconds=20), "ConnectionRefusedError")
    assert town.row(message) == (False, None)
    assert send(town.post, message, NOON) is None
    assert len(town.mails()) == 1


@pytest.mark.parametrize("email", ["no address", "a@example.jp\r\nBcc: other@example.jp", "a@b@c", ""])
def test_an_address_that_is_none_gets_nothing(town: Town, email: str) -> None:
    message = invited(town, email)
    assert send(town.post, message, NOON) is None
    assert town.row(message) == (False, "address-not-understood")
    assert town.mails() == []


def test_a_name_cannot_begin_a_header_or_a_line(town: Town) -> None:
    town.candidate(name="星野\r\nBcc: other@example.jp\r\n\r\nhttps://elsewhere.example/")
    message = town.queue("login", To.CANDIDATE, CANDIDATE)
    assert send(town.post, message, NOON) is None
    mail = the_one(town)
    assert mail.to == "hoshino@example.jp"
    assert mail.text.startswith("星野 Bcc: other@example.jp https://elsewhere.example/ 様\n")
    assert 'href="https://elsewhere' not in mail.html


def test_no_address_and_no_name_is_ever_logged(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    town.candidate()
    message = town.queue("welcome", To.CANDIDATE, CANDIDATE)
    send(replace(town.post, smtp_url=NOT_THERE), message, NOON)
    send(town.post, message, NOON)
    assert len(town.mails()) == 1
    assert "hoshino" not in caplog.text
    assert "星野" not in caplog.text


def test_the_outbox_holds_no_word_about_a_person(town: Town) -> None:
    town.candidate()
    town.queue("login", To.CANDIDATE, CANDIDATE, language="ja")
    assert town.ask("SELECT about, recipient FROM message") == ({"language": "ja"}, CANDIDATE)


def test_each_kind_of_mail_is_known_to_the_room(town: Town) -> None:
    message = town.queue("made-up", To.CANDIDATE, CANDIDATE)
    with pytest.raises(KeyError):
        send(town.post, message, NOON)
    assert town.row(message) == (False, None)
    assert "made-up" not in TEMPLATES


def test_a_message_nobody_knows_is_settled(town: Town) -> None:
    assert send(town.post, uuid4(), NOON) is None
