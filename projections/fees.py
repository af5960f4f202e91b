"""Every fee: what is owed, collected, sent to sources, returned and refunded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec.structs import replace

from domain import fee
from domain.event import Recorded
from domain.events import AnyEvent
from domain.viewer import Viewer
from projections.projection import Projection


class Fee(msgspec.Struct, frozen=True, kw_only=True):
    """One fee, in yen with tax. `status`: accrued, invoiced, collected, returned, written-off."""

    fee: UUID
    hire: UUID
    introduction: UUID
    number: str
    hiring: UUID
    sources: tuple[UUID, ...]
    model: str
    fee_yen: int
    tax_yen: int
    total_yen: int
    commission_yen: int
    due_on: date
    guarantee_ends_on: date
    accrued_on: date
    status: str = "accrued"
    invoice_no: str | None = None
    provider_invoice: str | None = None
    collected_yen: int = 0
    provider_fee_yen: int = 0
    transferred_yen: int = 0
    reversed_yen: int = 0
    returned_yen: int = 0
    refunded_yen: int = 0
    release_on: date | None = None


def touches(entry: Recorded[AnyEvent]) -> Iterable[UUID]:
    """A fee's events touch the fee."""
    if isinstance(entry.event, fee.FeeEvent):
        yield entry.stream


def fold(key: UUID, row: Fee | None, entry: Recorded[AnyEvent]) -> Fee | None:
    """The fee after the event."""
    match entry.event:
        case fee.FeeAccrued() as accrued:
            return _accrued(key, accrued)
        case fee.FeeAdjusted(new=accrued) if row:
            new = _accrued(key, accrued)
            return replace(
                row,
                fee_yen=new.fee_yen,
                tax_yen=new.tax_yen,
                total_yen=new.total_yen,
                commission_yen=new.commission_yen,
                sources=new.sources,
            )
        case fee.InvoiceIssued(invoice_no=number, provider_invoice=invoice) if row:
            return replace(row, status="invoiced", invoice_no=number, provider_invoice=invoice)
        case fee.PaymentSettled(gross_yen=yen, provider_fee_yen=kept) if row:
            return _collected(row, yen, kept)
        case fee.FeeRecovered(amount_yen=yen, provider_fee_yen=kept) if row:
            return _collected(row, yen, kept)
        case (fee.PrepaymentApplied(amount_yen=yen) | fee.CreditCounted(amount_yen=yen)) if row:
            return _collected(row, yen, 0)
        case fee.ReleaseScheduled(release_on=day) if row:
            return replace(row, release_on=day)
        case fee.TransferPosted(amount_yen=yen) if row:
            return replace(row, transferred_yen=row.transferred_yen + yen)
        case fee.TransferReversed(amount_yen=yen) if row:
            return replace(row, reversed_yen=row.reversed_yen + yen)
        case fee.ReturnDetermined(total_yen=yen) if row:
            return replace(row, status="returned", returned_yen=row.returned_yen + yen)
        case fee.RefundSettled(amount_yen=yen) if row:
            return replace(row, refunded_yen=row.refunded_yen + yen)
        case fee.RefundFailed(amount_yen=yen) if row:
            return replace(row, refunded_yen=row.refunded_yen - yen)
        case fee.FeeWrittenOff() if row:
            return replace(row, status="written-off")
        case _:
            return row


def _collected(row: Fee, yen: int, kept_yen: int) -> Fee:
    """Money, prepayment or credit arrived; `collected` only once nothing is open."""
    collected_yen = row.collected_yen + yen
    is_whole = collected_yen + row.returned_yen >= row.total_yen
    return replace(
        row,
        status="collected" if is_whole else row.status,
        collected_yen=collected_yen,
        provider_fee_yen=row.provider_fee_yen + kept_yen,
    )


def _accrued(key: UUID, accrued: fee.FeeAccrued) -> Fee:
    return Fee(
        fee=key,
        hire=accrued.hire,
        introduction=accrued.introduction,
        number=accrued.number,
        hiring=accrued.hiring,
        sources=tuple(leg.source for leg in accrued.legs),
        model=accrued.model,
        fee_yen=accrued.fee_yen,
        tax_yen=accrued.tax_yen,
        total_yen=accrued.total_yen,
        commission_yen=accrued.commission_yen,
        due_on=accrued.due_on,
        guarantee_ends_on=accrued.guarantee_ends_on,
        accrued_on=accrued.effective_on,
    )


PROJECTION = Projection(name="fees", row=Fee, key="fee", touches=touches, fold=fold)


def of_company(connection: psycopg.Connection[Any], viewer: Viewer) -> list[Fee]:
    """What the viewer's company owes and paid as the hiring side, newest first."""
    row = connection.execute(
        "SELECT coalesce(json_agg(f ORDER BY f.accrued_on DESC, f.fee), '[]')::text FROM fees f WHERE f.hiring = %s",
        (viewer.company,),
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Fee])


def of_introduction(connection: psycopg.Connection[Any], viewer: Viewer, introduction: UUID) -> list[Fee]:
    """What the viewer's company owes for the hires of one introduction; another company's is as if it were not there."""
    row = connection.execute(
        "SELECT coalesce(json_agg(f ORDER BY f.accrued_on, f.fee), '[]')::text FROM fees f"
        " WHERE f.hiring = %s AND f.introduction = %s",
        (viewer.company, introduction),
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Fee])


def everything(connection: psycopg.Connection[Any]) -> list[Fee]:
    """Every fee, newest first; for the operator's finance."""
    row = connection.execute(
        "SELECT coalesce(json_agg(f ORDER BY f.accrued_on DESC, f.fee), '[]')::text FROM fees f"
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Fee])


def named(connection: psycopg.Connection[Any], keys: list[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """The introduction and its number (紹介番号) of each of these fees; for the operator's finance."""
    found = connection.execute("SELECT fee, introduction, number FROM fees WHERE fee = ANY(%s)", (keys,))
    return {fee: (introduction, number) for fee, introduction, number in found.fetchall()}


def one(connection: psycopg.Connection[Any], fee_id: UUID) -> Fee | None:
    """One fee."""
    row = connection.execute("SELECT row_to_json(f)::text FROM fees f WHERE f.fee = %s", (fee_id,)).fetchone()
    return msgspec.json.decode(row[0], type=Fee) if row else None
