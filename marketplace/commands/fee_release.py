"""The source's part comes free: scheduled on collection, released when its day has come, sent by a run of two people.

Cash is released under a licence valid on the day, to an account that may be paid, after what the source owes back for
other fees was netted; then it waits for a transfer run (`commands/transfer_run.py`). Credit and slots are granted once
nothing can take them back. What cannot go yet is tried again.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from domain.calendar import jst_date, start_of_jst_day
from domain.company import RewardMode
from domain.fee import Fee, Leg, Progress, TransferRequested
from domain.ids import CompanyId, FeeId
from domain.refusal import Refused
from domain.rules import clawback_netting, fee_release, reward_grant, transfer_approval
from domain.rules.fee_parts import accrued, asked_back_yen
from marketplace.commands.draft import Draft, fees_with, nothing_to_do
from marketplace.commands.fee_return import Moved
from marketplace.commands.fee_steps import asked, release_again, schedule_if_collected
from marketplace.commands.office import Office, once
from marketplace.settlement import movements
from marketplace.settlement.movements import Posted
from marketplace.store.log import Appended, Command

TRY_AGAIN_AFTER = timedelta(hours=1)
CLAWBACK_EVENTS = ("return-determined.v1", "dispute-lost.v1")
NEVER_AGAIN = frozenset(
    {
        *("reward-fell-away", "nothing-payable", "credit-already-granted", "slot-already-granted"),
        "waits-for-transfer-run",
    }
)
"""Refusals after which this part of the fee has nothing left to wait for here."""


@once
def schedule_release(office: Office, command: Command, /, *, fee: FeeId) -> Appended:
    """The fee is collected: when may the sources' parts go? Refuses `fee-not-collected` while a part is open."""
    draft = Draft(office, command)
    state = draft.fee(fee)
    if state.release_on is not None and state.held_for is None:
        return nothing_to_do(office)
    if state.open_yen: raise Refused("fee-not-collected", open_yen=state.open_yen)
    schedule_if_collected(draft, fee, office.hire(accrued(state).hire).state)
    return draft.append() if draft.decided else nothing_to_do(office)


@once
def hold(office: Office, command: Command, /, *, fee: FeeId, cause: str) -> Appended:
    """A person stops the release of a fee."""
    draft = Draft(office, command)
    draft.of_fee(fee, fee_release.hold(draft.fee(fee), cause=cause))
    return draft.append()


@once
def resume(office: Office, command: Command, /, *, fee: FeeId) -> Appended:
    """A person lets it go on: the release is scheduled again. Refuses `fee-not-on-hold`."""
    draft = Draft(office, command)
    state = draft.fee(fee)
    if state.held_for is None: raise Refused("fee-not-on-hold")
    hire = office.hire(accrued(state).hire).state
    draft.of_fee(fee, fee_release.schedule_release(state, hire.terms, started_on=hire.started_on))
    return draft.append()


@once
def release(office: Office, command: Command, /, *, fee: FeeId) -> Appended:
    """Release, or grant, each source what may go today; another attempt follows for what may not.

    Refuses, with the first reason, when nothing may go.
    """
    draft, today = Draft(office, command), jst_date(command.now)
    check_free(draft, fee, today)
    refusals = []
    for leg in _legs(draft.fee(fee)):
        try:
            _send(draft, fee, leg, today)
        except Refused as refused:
            refusals.append(refused)
    waiting = [refused for refused in refusals if refused.code not in NEVER_AGAIN]
    if waiting and not draft.decided: raise waiting[0]
    if waiting:
        draft.do(release_again(fee, command, command.now + TRY_AGAIN_AFTER))
    # Nothing left to send: the command is stored all the same, so that its timer is done.
    return draft.append()


@once
def transfer_posted(office: Office, command: Command, /, *, fee: FeeId, intent: UUID, moved: Moved) -> Appended:
    """Stripe moved it. What the source came to owe while it was in flight is asked back in the same append."""
    draft = Draft(office, command)
    sent = draft.fee(fee).transfers.get(intent)
    if sent is not None and sent.progress is Progress.DONE:
        return nothing_to_do(office)
    events = fee_release.transfer_posted(
        draft.fee(fee),
        intent=intent,
        transfer=moved.object_id,
        balance_transaction=moved.balance_transaction,
        on=moved.on,
    )
    asked(draft, fee, events)
    draft.post(fee, Posted(moved.object_id, movements.TRANSFER, moved.balance_transaction, moved.net_yen))
    return draft.append()


@once
def transfer_voided(office: Office, command: Command, /, *, fee: FeeId, intent: UUID, cause: str) -> Appended:
    """Stripe definitely did not: it is payable again, and due for the next transfer run."""
    draft = Draft(office, command)
    sent = draft.fee(fee).transfers.get(intent)
    if sent is not None and sent.progress is Progress.VOID:
        return nothing_to_do(office)
    voided = fee_release.transfer_voided(draft.fee(fee), intent=intent, cause=cause, on=jst_date(command.now))
    draft.of_fee(fee, voided)
    return draft.append()


def waits_until(office: Office, fee: FeeId, now: datetime) -> datetime:
    """When it is worth trying again: the first day after the report window for what waits for it, else tomorrow."""
    draft = Draft(office, Command(id=uuid5(fee, "look"), actor="look", now=now))
    release_on = accrued(draft.fee(fee)).release_on
    only_rewards = not any(part.payable_yen for part in draft.fee(fee).parts.values())
    if only_rewards and release_on is not None and start_of_jst_day(release_on) > now:
        return start_of_jst_day(release_on)
    return now + timedelta(days=1)


def _legs(fee: Fee) -> list[Leg]:
    """Every source with a part: the cash of `parts`, credit and slots as accrued."""
    cash = [Leg(source=source, mode=RewardMode.CASH, amount_yen=part.payable_yen) for source, part in fee.parts.items()]
    others = (leg for leg in accrued(fee).legs if leg.mode in (RewardMode.CREDIT, RewardMode.SLOT))
    return [*cash, *others]


def _send(draft: Draft, fee: FeeId, leg: Leg, today: date) -> None:
    match leg.mode:
        case RewardMode.CASH:
            net(draft, fee, leg.source, today)
            asked_now = payable_now(draft, fee, leg.source, today)
            draft.of_fee(fee, transfer_approval.release_payable(draft.fee(fee), asked=asked_now))
        case RewardMode.CREDIT:
            granted = reward_grant.grant_credit(
                draft.account(leg.source),
                draft.fee(fee),
                source=leg.source,
                credit=uuid5(fee, f"credit:{leg.source}"),
                expires_days=draft.office.policy.credit_expires_days,
                on=today,
            )
            draft.of_account(leg.source, granted)
        case RewardMode.SLOT:
            slot, account = uuid5(fee, f"slot:{leg.source}"), draft.account(leg.source)
            granted_slot = reward_grant.grant_slot(account, draft.fee(fee), source=leg.source, slot=slot, on=today)
            draft.of_account(leg.source, granted_slot)
        case RewardMode.NONE:
            return


def check_free(draft: Draft, fee: FeeId, today: date) -> None:
    """Parts of the fee may move: it is collected, released, undisputed, and no leave is open."""
    fee_release.check_released(draft.fee(fee), on=today)
    hire = accrued(draft.fee(fee)).hire
    loaded = draft.office.hire(hire)
    fee_release.check_settled(draft.fee(fee), loaded.state)
    # A leave reported at this moment must not be overtaken: whoever comes second decides again.
    draft.bind(hire, loaded.version)


def net(draft: Draft, fee: FeeId, source: CompanyId, today: date) -> None:
    """What the source owes back for other fees is taken out of this one first."""
    owing = [fee, *fees_with(draft.office, "clawback:source", source, CLAWBACK_EVENTS)]
    for owed_for in dict.fromkeys(owing):
        owed = draft.fee(owed_for).parts.get(source)
        payable = draft.fee(fee).parts[source].payable_yen
        if owed is None or not payable or owed.clawback_yen <= asked_back_yen(draft.fee(owed_for), source): continue
        netted, paid, settled = clawback_netting.net_clawback(
            draft.fee(owed_for), draft.fee(fee), source=source, on=today
        )
        draft.of_account(source, netted)
        draft.of_fee(fee, paid)
        draft.of_fee(owed_for, settled)


def payable_now(draft: Draft, fee: FeeId, source: CompanyId, today: date) -> TransferRequested:
    """What could be sent to the source of this fee at this moment; nothing is written. Refuses what stands in the way."""
    company, account = draft.office.company(source).state, draft.account(source)
    if source not in draft.fee(fee).parts: raise Refused("not-a-beneficiary")
    if not draft.fee(fee).parts[source].payable_yen: raise Refused("nothing-payable")
    return fee_release.request_transfer(
        draft.fee(fee),
        account,
        beneficiary=source,
        licence_valid=company.licence_on(today) is not None,
        suspended=company.suspended,
        on=today,
        tranche=_tranche(draft.fee(fee), source),
    )


def _tranche(fee: Fee, source: CompanyId) -> int:
    """What came to be payable after a tranche was sent (a recovered part, say) is the next one."""
    mine = (sent for sent in fee.transfers.values() if sent.beneficiary == source)
    return 1 + max((sent.tranche for sent in mine if sent.progress is not Progress.VOID), default=0)
