"""Slips: what a guest takes away on paper. A frozen model in, a neutral document out (R1, R4, R8 in docs/ux.md)."""

from __future__ import annotations

from hw.printer.document import Document
from kiosk.models.slips import CheckInSlip, CheckOutSlip, Slip, SlipHead
from kiosk.slips.check_in import check_in
from kiosk.slips.check_out import check_out
from kiosk.slips.coupon import coupon
from kiosk.slips.pen import Pen
from kiosk.texts import Texts


def render(slip: Slip, head: SlipHead, texts: Texts, language: str, columns: int) -> Document:
    """The slip on paper of `columns` half-width columns (32 or 48), in Chinese and the guest's `language`."""
    pen = Pen(texts, language, columns)
    if isinstance(slip, CheckInSlip):
        return check_in(pen, slip, head)
    if isinstance(slip, CheckOutSlip):
        return check_out(pen, slip, head)
    return coupon(pen, slip, head)


__all__ = ["render"]
