"""What harms us from outside: mail servers, Stripe, restored backups and clocks that jump."""

from __future__ import annotations

from tests.plants.plant import Edit, Plant, plant

GATEWAY = "marketplace/settlement/stripe/gateway.py"
READERS = "marketplace/messages/readers.py"
SMTP = "marketplace/messages/smtp.py"

ANOTHER_KEY = Edit(
    GATEWAY,
    'return {"idempotency_key": f"{call.idempotency_key}:{step}" if step else call.idempotency_key}',
    'key = call.idempotency_key[:37] + str(__import__("secrets").randbelow(10_000))\n'
    '    return {"idempotency_key": f"{key}:{step}" if step else key}',
)
"""As well formed as the right one: another kind of key would be refused before it is sent."""

_MAIL: tuple[Plant, ...] = (
    plant(
        "a line that broke is never tried again",
        SMTP,
        "        raise NotTaken(type(error).__name__) from None\n\n\ndef _open",
        "        raise NotTaken(type(error).__name__, forever=True) from None\n\n\ndef _open",
        "test_a_server_that_is_down_gets_each_mail_once_when_it_is_back",
        "test_the_last_mail_is_waited_for_and_then_the_erasure_goes_on",
        "test_a_server_that_keeps_a_mail_and_is_cut_before_it_says_so_gets_it_once_more_and_no_more",
    ),
    plant(
        "a dead address is tried again and again",
        SMTP,
        "_PERMANENT = range(500, 600)",
        "_PERMANENT = range(600, 700)",
        "test_a_recipient_who_is_refused_is_marked_and_the_others_get_theirs",
    ),
    Plant(
        "a mail that is tried again is not looked at any more",
        (
            Edit(
                READERS,
                '    if gate.is_open(connection, who, "erased", now=now) and not kind.after_erasure:',
                '    if waiting.attempts == 1 and gate.is_open(connection, who, "erased", now=now) and not kind.after_erasure:',
            ),
            Edit(
                READERS,
                "    if kind.nature is Nature.CONSENTED:\n",
                "    if waiting.attempts == 1 and kind.nature is Nature.CONSENTED:\n",
            ),
            Edit(
                "marketplace/messages/matter.py",
                "    if (still := _STILL.get(matter.waiting.template)) is not None:",
                "    if matter.waiting.attempts == 1 and (still := _STILL.get(matter.waiting.template)) is not None:",
            ),
        ),
        ("test_a_mail_whose_answer_was_lost_is_not_sent_again_to_who_was_erased_meanwhile",),
    ),
)
_STRIPE: tuple[Plant, ...] = (
    plant(
        "a lost answer is taken for a refusal",
        GATEWAY,
        '        return Unknown("no-answer")',
        '        return Refused("no-answer", "")',
        "test_whatever_stripe_answers_on_the_way_there_is_one_effect_and_the_poll_finds_it[answer-lost]",
    ),
    plant(
        "an answer in other words is taken for a refusal",
        GATEWAY,
        '        return Unknown(_code(failed) or f"http-{failed.http_status}")',
        '        return Refused(_code(failed) or f"http-{failed.http_status}", "")',
        "test_an_answer_in_other_words_is_no_answer_and_what_was_done_is_found[html-200]",
    ),
    plant(
        "nobody asks for a payment that no notice told of",
        "marketplace/work/poll.py",
        "    for invoice_id in _unpaid_invoices(office, now):\n"
        "        _fold(office, gateway.get_invoice(client, invoice_id), now)\n",
        "",
        "test_whatever_stripe_answers_on_the_way_there_is_one_effect_and_the_poll_finds_it[answer-lost]",
        "test_an_answer_in_other_words_is_no_answer_and_what_was_done_is_found[html-200]",
    ),
    Plant("each try at Stripe has a key of its own", (ANOTHER_KEY,), ("test_nothing_is_charged_or_paid_twice[jumps0]",)),
    plant(
        "a notice that comes again is an error of ours",
        "marketplace/settlement/inbox.py",
        " ON CONFLICT DO NOTHING RETURNING id",
        " RETURNING id",
        "test_a_storm_of_notices_moves_money_as_if_each_had_come_once",
        "test_a_great_storm_of_notices_moves_money_as_if_each_had_come_once",
    ),
    plant(
        "a notice from the future is believed",
        "marketplace/settlement/stripe/webhooks.py",
        "    if age_seconds < -TOLERANCE_SECONDS:\n",
        "    if age_seconds < -TOLERANCE_SECONDS * 60:\n",
        "test_a_storm_of_notices_moves_money_as_if_each_had_come_once",
    ),
)
_RESTORED: tuple[Plant, ...] = (
    plant(
        "a restored database keeps whom it erased",
        "marketplace/run/restoring.py",
        "        return erasure.replay(",
        "        return 0 and erasure.replay(",
        "test_a_log_that_ends_before_an_erasure_says_it_again",
        "test_after_a_restore_money_is_moved_once_and_the_erased_stay_erased",
    ),
    plant(
        "a restored log does not say again who was erased",
        "marketplace/run/restoring.py",
        "    _tell_erasures(house)\n    with",
        "    with",
        "test_a_log_that_ends_before_an_erasure_says_it_again",
        "test_after_a_restore_money_is_moved_once_and_the_erased_stay_erased",
    ),
    plant(
        "what was asked without an answer is not looked for after a restore",
        "marketplace/settlement/intents.py",
        " WHERE state IN ('pending', 'sending', 'unknown') RETURNING id",
        " WHERE state IN ('pending', 'sending') RETURNING id",
        "test_after_a_restore_money_is_moved_once_and_the_erased_stay_erased",
    ),
)
_CLOCK: tuple[Plant, ...] = (
    plant(
        "a link from the future lives",
        "marketplace/links.py",
        '"expires_at > %(now)s AND expires_at <= %(now)s + interval \'15 minutes\'"',
        '"expires_at > %(now)s"',
        "test_no_link_comes_back_to_life",
    ),
    plant(
        "a consent never runs out by itself",
        "marketplace/work/sweep.py",
        "WHERE d.due_at <= %s AND",
        "WHERE d.due_at <= %s AND d.kind <> 'expire-consent' AND",
        "test_a_deadline_fires_once_and_the_order_stays_that_of_the_log[jumps0]",
    ),
    plant(
        "somebody asks the host for the time",
        "domain/calendar.py",
        "    return moment.astimezone(JST).date()",
        "    return datetime.now().date() if moment is None else moment.astimezone(JST).date()",
        "test_nothing_of_the_product_reads_the_hosts_clock",
    ),
    plant(
        "a day ends where the machine stands",
        "domain/calendar.py",
        "    return moment.astimezone(JST).date()",
        "    return moment.astimezone().date()",
        "test_a_day_in_japan_ends_when_it_ends_there_whatever_zone_the_machine_keeps",
    ),
)
PLANTS = (*_MAIL, *_STRIPE, *_RESTORED, *_CLOCK)
