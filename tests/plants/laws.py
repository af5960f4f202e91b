"""What the laws hold against: the gate, the rules that are said twice, who may be written to, money, and every race."""

from __future__ import annotations

from tests.plants.plant import Edit, Plant, plant

GATE = "projections/gate.py"
WRITES_GATE = "marketplace/store/gate.py"
SHARE = "domain/rules/share.py"
COOLING_OFF = "domain/rules/cooling_off.py"
MATTER = "marketplace/messages/matter.py"
READERS = "marketplace/messages/readers.py"
BOARD = "projections/referral_board.py"
DUE = "projections/due.py"
LEDGER = "domain/rules/ledger_fee.py"

_SHOWN_AND_PERMITTED: tuple[Plant, ...] = (
    plant(
        "a consent does not end in the gate",
        GATE,
        "g.what = 'list' AND g.open AND g.expires_at > %(now)s)",
        "g.what = 'list' AND g.open)",
        "test_the_gate_lets_be_seen_exactly_who_the_rules_let_be_seen",
    ),
    plant(
        "a paused person is shown",
        GATE,
        "g.what IN ('paused', 'erased', 'merged') AND g.open)",
        "g.what IN ('erased', 'merged') AND g.open)",
        "test_the_gate_lets_be_seen_exactly_who_the_rules_let_be_seen_at_length",
        "test_no_long_history_shows_discloses_counts_or_sends_what_the_person_does_not_permit",
    ),
    plant(
        "a search does not ask the gate",
        "projections/catalogue.py",
        'clauses = ["c.listed", VISIBLE]',
        'clauses = ["c.listed"]',
        "test_a_tiny_round_of_visible_shows_every_command_and_nobody_who_withdrew",
        "test_of_a_thousand_withdrawals_raced_by_readers_none_is_visible_once_acknowledged",
        "test_no_history_shows_discloses_counts_or_sends_what_the_person_does_not_permit",
        "test_no_long_history_shows_discloses_counts_or_sends_what_the_person_does_not_permit",
    ),
    plant(
        "a yes is acted upon at once",
        SHARE,
        "max(at + timedelta(minutes=policy.undo_minutes), now.rest_until or at)",
        "now.rest_until or at",
        "test_nothing_is_disclosed_before_the_tenth_minute",
        "test_a_yes_undone_at_minute_nine_leaves_nothing_and_a_second_yes_is_handed_over_after_ten_minutes",
    ),
    plant(
        "a block is not asked by the rule",
        "domain/rules/withdrawal.py",
        "return consent.allows(LIST, now) and not consent.blocks(tokens)",
        "return consent.allows(LIST, now)",
        "test_the_gate_lets_be_seen_exactly_who_the_rules_let_be_seen_at_length",
    ),
    plant(
        "a consent lasts one moment too long",
        "domain/consent.py",
        "if grant is None or self.ended or now >= grant.expires_at:",
        "if grant is None or self.ended or now > grant.expires_at:",
        "test_nothing_is_disclosed_from_the_very_moment_on_at_which_the_consent_ends",
        "test_a_consent_expires_exactly_when_its_timer_rings",
        "test_each_row_of_the_gate_stands_open_exactly_while_its_consent_is_live",
        "test_each_row_of_the_gate_stands_open_exactly_while_its_consent_is_live_at_length",
    ),
    plant(
        "of several permissions only the first is closed",
        WRITES_GATE,
        "for permission in permissions:",
        "for permission in permissions[:1]:",
        "test_each_row_of_the_gate_stands_open_exactly_while_its_consent_is_live_at_length",
    ),
    plant(
        "a group reaches only to its first company",
        GATE,
        "other.what = 'belongs' AND other.open",
        "other.what = 'belongs' AND NOT other.open",
        "test_who_is_one_group_is_the_same_to_the_rule_the_gate_and_the_check",
        "test_who_is_one_group_is_the_same_to_the_rule_the_gate_and_the_check_at_length",
        "test_a_group_that_is_declared_at_the_moment_of_disclosure_opens_nothing",
    ),
    plant(
        "a company opens what another one was handed over",
        "marketplace/vault/disclosure.py",
        "g.what = 'share' AND g.object = %(company)s",
        "g.what = 'share' ",
        "test_a_copy_opens_exactly_while_the_rules_leave_it_open",
    ),
    plant(
        "a copy that was taken back stays open",
        "domain/rules/withdrawal.py",
        "ask.disclosed_at is not None and not ask.revoked and",
        "ask.disclosed_at is not None and",
        "test_a_copy_opens_exactly_while_the_rules_leave_it_open_at_length",
    ),
    plant(
        "a block leaves open what was handed over before",
        GATE,
        "WHERE n.what = 'erased' OR (n.what = 'block' AND n.object = ANY(%(tokens)s))",
        "WHERE n.what = 'erased'",
        "test_a_copy_opens_exactly_while_the_rules_leave_it_open_at_length",
        "test_a_group_that_is_declared_at_the_moment_of_disclosure_opens_nothing",
        "test_no_company_is_told_of_a_copy_that_a_block_has_closed_though_no_projection_has_heard_of_it",
    ),
)

_RACES: tuple[Plant, ...] = (
    plant(
        "an append does not look at the streams it was decided on",
        "marketplace/run/migrations/0070_group_append.sql",
        "WHERE v.version <> coalesce(",
        "WHERE false AND v.version <> coalesce(",
        "test_nothing_is_disclosed_when_it_is_forbidden_between_the_decision_and_the_append[change]",
        "test_nobody_is_asked_when_it_is_forbidden_between_the_decision_and_the_append[suspend]",
        "test_no_yes_is_taken_when_it_is_forbidden_between_the_decision_and_the_append[change]",
        "test_a_recommendation_that_is_no_longer_given_is_not_handed_over",
        "test_nobody_is_asked_for_a_recommendation_that_is_no_longer_given",
        "test_what_was_sealed_before_the_key_went_is_not_written_after_it",
    ),
    plant(
        "a company is told that it is blocked",
        SHARE,
        "    round_no = previous.round_no + 1\n",
        "    round_no = previous.round_no + 1\n    if blocked is not None: raise Refused(str(blocked))\n",
        "test_a_request_that_a_block_overtook_looks_like_any_other",
    ),
    plant(
        "a yes that was taken back still counts",
        "domain/introduction.py",
        "            return _unapproved(state)\n",
        "            return state\n",
        "test_an_undo_in_the_last_moment_is_before_the_disclosure_or_refused",
    ),
    plant(
        "disclosed while it can be undone",
        SHARE,
        '    if at < ask.disclose_not_before: raise Refused("undo-still-possible")\n',
        "",
        "test_nothing_is_disclosed_while_it_can_still_be_undone",
        "test_a_share_is_disclosed_and_expires_exactly_when_its_timers_ring",
        "test_every_timer_rings_exactly_when_its_rule_first_lets_it_at_length",
    ),
    plant(
        "a recommendation that is being opened is shown, whatever was said meanwhile",
        "marketplace/vault/disclosure.py",
        '        if not may_see(connection, candidate, viewer.tokens, now): raise Refused("copy-not-open")\n    return text',
        "    return text",
        "test_a_recommendation_that_is_being_opened_is_not_shown_once_the_person_has_withdrawn",
    ),
    plant(
        "the mail that asks does not ask the gate",
        MATTER,
        '    if not gate.may_see(connection, ask.candidate, tokens, matter.now): raise Withheld("not-permitted")\n\n\n'
        "def _approved",
        "\n\ndef _approved",
        "test_no_ask_is_mailed_after_it_was_forbidden_though_no_projection_has_heard_of_it",
    ),
    plant(
        "no mail for whom it was agreed with, and mail for whom it was not",
        READERS,
        'if not gate.is_open(connection, who, "channel-email", now=now)',
        'if gate.is_open(connection, who, "channel-email", now=now)',
        "test_an_ask_is_mailed_where_nothing_forbids_it",
    ),
    plant(
        "a company is told of a copy that a block has closed",
        MATTER,
        "    if gate.is_barred(connection, ask.candidate, gate.tokens_of(connection, [ask.hiring])): raise"
        ' Withheld("copy-closed")\n',
        "",
        "test_no_company_is_told_of_a_copy_that_a_block_has_closed_though_no_projection_has_heard_of_it",
    ),
    plant(
        "of a company only those who left are written to",
        READERS,
        "WHERE company = %s AND left_at IS NULL AND role = ANY(%s)",
        "WHERE company = %s AND left_at IS NOT NULL AND role = ANY(%s)",
        "test_a_company_is_told_of_the_copy_that_it_may_open",
    ),
)

_INVITATIONS: tuple[Plant, ...] = (
    plant(
        "an invitation goes at night",
        COOLING_OFF,
        '    if decent != now: raise Refused("not-a-decent-hour", next_moment=decent)\n',
        "",
        "test_no_long_history_invites_early_at_night_without_a_basis_or_after_a_no",
    ),
    Plant(
        "whoever has not registered yet is written to at any time, again and again",
        (
            Edit(
                COOLING_OFF,
                '    if opted_out: raise Refused("opted-out")\n',
                "    if applicant.candidate is None: return\n",
            ),
            Edit(
                "domain/applying.py",
                '    if waiting.status is not InvitationStatus.SCHEDULED: raise Refused("invitation-not-waiting")\n',
                "",
            ),
        ),
        (
            "test_no_history_invites_early_at_night_without_a_basis_or_after_a_no",
            "test_no_long_history_invites_early_at_night_without_a_basis_or_after_a_no",
        ),
    ),
    plant(
        "the source's days of quiet are not counted",
        COOLING_OFF,
        "end_of_jst_day((applicant.rejected_on or jst_date(now)) + timedelta(days=days))",
        "end_of_jst_day(applicant.rejected_on or jst_date(now))",
        "test_an_invitation_that_waits_in_the_outbox_is_withheld_when_its_ground_falls_away",
    ),
    Plant(
        "who opted out is invited",
        (
            Edit(COOLING_OFF, '    if opted_out: raise Refused("opted-out")\n', ""),
            Edit(READERS, '        raise Withheld("suppressed")\n    return normal', "        pass\n    return normal"),
        ),
        ("test_who_said_no_to_one_source_is_written_to_by_no_other",),
    ),
    plant(
        "an invitation has no timer",
        DUE,
        'return (Change(stream, "send-invitation", moment),)',
        'return (Change(stream, "send-invitation", None),)',
        "test_an_invitation_leaves_once_its_time_has_come",
    ),
)

_MONEY: tuple[Plant, ...] = (
    Plant(
        "an invoice is one yen too high, and nobody compares",
        (
            Edit(
                "domain/rules/fee_collection.py",
                '"invoice", fee.invoice_count), total_yen=fee.open_yen)',
                '"invoice", fee.invoice_count), total_yen=fee.open_yen + 1)',
            ),
            Edit("marketplace/commands/fee.py", "if state.open_yen != total_yen:", "if state.open_yen > total_yen:"),
        ),
        (
            "test_no_history_charges_or_pays_anybody_twice",
            "test_no_long_history_charges_or_pays_anybody_twice",
        ),
    ),
    plant(
        "a fee can accrue a second time",
        "domain/rules/fee_accrual.py",
        '    if fee.accrual is not None: raise Refused("fee-already-accrued", number=fee.accrual.number)\n',
        "",
        "test_every_command_again_every_notice_twice_and_every_step_at_once_moves_no_second_yen",
    ),
    plant(
        "what is paid beyond the fee pays the fee",
        "domain/rules/fee_collection.py",
        "settled_yen = min(gross_yen, fee.open_yen)",
        "settled_yen = gross_yen",
        "test_what_is_paid_too_much_waits_as_prepayment",
        "test_a_prepayment_pays_the_next_fee_of_the_same_company_once",
    ),
    plant(
        "a payment is booked one yen too high",
        LEDGER,
        "debit(to.CLEARING, None, event.gross_yen - event.provider_fee_yen)",
        "debit(to.CLEARING, None, event.gross_yen - event.provider_fee_yen + 1)",
        "test_every_command_again_every_notice_twice_and_every_step_at_once_moves_no_second_yen",
    ),
    plant(
        "an invoice that says too much is not taken back",
        "marketplace/commands/fee_steps.py",
        "    if draft.fee(fee).open_yen != had_open_yen:\n        void_invoice(draft, fee)\n",
        "    del had_open_yen\n",
        "test_a_leave_before_the_payment_takes_the_invoice_back_that_says_too_much",
    ),
)

_VIEWS: tuple[Plant, ...] = (
    plant(
        "a referral that ended goes on on the board",
        BOARD,
        "            return replace(row, ended=cause)\n",
        "            return row\n",
        "test_the_board_of_referrals_says_what_the_referral_says",
        "test_the_board_of_referrals_says_what_the_referral_says_at_length",
    ),
    plant(
        "who is referred again has lost on the board what was confirmed before",
        BOARD,
        "row = row or _of(key, made.candidate",
        "row = _of(key, made.candidate",
        "test_who_steps_back_and_refers_again_still_has_the_claim_that_the_person_confirmed",
        "test_the_board_of_referrals_says_what_the_referral_says_at_length",
    ),
    plant(
        "a claim that was carried over stands on the board as a referral",
        BOARD,
        ", ended=CLAIM_ONLY)",
        ")",
        "test_a_claim_that_a_merge_carried_over_without_a_referral_is_on_the_board",
    ),
    plant(
        "disclosed one moment too late",
        SHARE,
        '    if at < ask.disclose_not_before: raise Refused("undo-still-possible")',
        '    if at <= ask.disclose_not_before: raise Refused("undo-still-possible")',
        "test_a_share_is_disclosed_and_expires_exactly_when_its_timers_ring",
        "test_every_timer_rings_exactly_when_its_rule_first_lets_it_at_length",
    ),
    plant(
        "a leave is to be decided on the last day on which it can be challenged",
        DUE,
        'Change(stream, "determine-leave", start_of_jst_day(day + timedelta(days=1)))',
        'Change(stream, "determine-leave", start_of_jst_day(day))',
        "test_a_start_a_check_and_a_leave_are_decided_exactly_when_their_timers_ring",
        "test_every_timer_rings_exactly_when_its_rule_first_lets_it_at_length",
    ),
)

PLANTS: tuple[Plant, ...] = (*_SHOWN_AND_PERMITTED, *_RACES, *_INVITATIONS, *_MONEY, *_VIEWS)
