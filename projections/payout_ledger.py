"""The payout ledger: per source, what it earned, what was transferred to it, taken back, and paid out to its bank."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from domain import account, fee
from domain.company import RewardMode
from domain.event import Recorded
from domain.events import AnyEvent
from domain.ids import account_of
from domain.viewer import Viewer
from projections.projection import Projection


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One movement in a source's favour (positive) or against it. `kind`: earned, transferred, returned, taken-back, …

    `account` is the source's account stream; a payout names no company in its event, only its account does.
    """

    id: str
    position: int
    account: UUID
    fee: UUID | None
    kind: str
    amount_yen: int
    provider_id: str | None
    on: date


Item = tuple[UUID, UUID | None, str, int, str | None]


def _items(entry: Recorded[AnyEvent]) -> list[Item]:
    """Account, fee, kind, amount and provider's id of what an event does to sources."""
    stream = entry.stream
    match entry.event:
        case fee.FeeAccrued(legs=legs) | fee.SharesAllocated(legs=legs):
            return [
                (account_of(leg.source), stream, "earned", leg.amount_yen, None)
                for leg in legs
                if leg.mode is RewardMode.CASH
            ]
        case fee.TransferRequested(beneficiary=who, amount_yen=yen):
            return [(account_of(who), stream, "transfer-requested", yen, None)]
        case fee.TransferPosted(beneficiary=who, amount_yen=yen, transfer=transfer):
            return [(account_of(who), stream, "transferred", yen, transfer)]
        case fee.TransferVoided(beneficiary=who, amount_yen=yen):
            return [(account_of(who), stream, "transfer-voided", -yen, None)]
        case fee.ReturnDetermined(legs=parts):
            return [
                (account_of(part.source), stream, "returned", -(part.from_payable_yen + part.from_clawback_yen), None)
                for part in parts
            ]
        case fee.DisputeLost(legs=parts):
            return [
                (account_of(part.source), stream, "dispute-lost", -(part.from_payable_yen + part.from_clawback_yen), None)
                for part in parts
            ]
        case fee.FeeWrittenOff(legs=legs):
            return [(account_of(leg.source), stream, "written-off", -leg.amount_yen, None) for leg in legs]
        case fee.FeeRecovered(legs=legs):
            return [(account_of(leg.source), stream, "recovered", leg.amount_yen, None) for leg in legs]
        case fee.TransferReversed(source=who, amount_yen=yen, reversal=reversal):
            return [(account_of(who), stream, "taken-back", -yen, reversal)]
        case account.ClawbackNetted(company=who, amount_yen=yen, paid_from=paid_from):
            return [(account_of(who), paid_from, "netted", -yen, None)]
        case account.CreditGranted(company=who, amount_yen=yen, fee=fee_id):
            return [(account_of(who), fee_id, "credit-granted", yen, None)]
        case account.CreditApplied(company=who, amount_yen=yen, fee=fee_id):
            return [(account_of(who), fee_id, "credit-applied", -yen, None)]
        case account.CreditExpired(company=who, amount_yen=yen):
            return [(account_of(who), None, "credit-expired", -yen, None)]
        case account.PayoutPaid(payout=payout, amount_yen=yen):
            return [(stream, None, "paid-out", yen, payout)]
        case account.PayoutFailed(payout=payout, amount_yen=yen):
            return [(stream, None, "payout-failed", -yen, payout)]
        case _:
            return []


def touches(entry: Recorded[AnyEvent]) -> Iterable[str]:
    """One row per movement."""
    return (f"{entry.position}:{n}" for n, _ in enumerate(_items(entry)))


def fold(key: str, _row: Entry | None, entry: Recorded[AnyEvent]) -> Entry:
    """A row is written once."""
    of, fee_id, kind, yen, provider_id = _items(entry)[int(key.partition(":")[2])]
    return Entry(
        id=key,
        position=entry.position,
        account=of,
        fee=fee_id,
        kind=kind,
        amount_yen=yen,
        provider_id=provider_id,
        on=entry.meta.effective_on,
    )


PROJECTION = Projection(name="payout_ledger", row=Entry, key="id", touches=touches, fold=fold, adds_only=True)


def of_company(connection: psycopg.Connection[Any], viewer: Viewer) -> list[Entry]:
    """The viewer's company's movements as a source, oldest first."""
    row = connection.execute(
        "SELECT coalesce(json_agg(p ORDER BY p.position, p.id), '[]')::text FROM payout_ledger p WHERE p.account = %s",
        (account_of(viewer.company),),
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Entry])


def everything(connection: psycopg.Connection[Any]) -> list[Entry]:
    """Every source's movements, oldest first; for the operator's finance."""
    row = connection.execute(
        "SELECT coalesce(json_agg(p ORDER BY p.position, p.id), '[]')::text FROM payout_ledger p"
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Entry])
