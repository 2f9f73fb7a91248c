"""R8, the check-out bill."""

from __future__ import annotations

from hw.printer.document import Block, Document, Pair, Qr, Rule, Text
from kiosk.models.say import say
from kiosk.models.slips import CheckOutSlip, SlipHead
from kiosk.models.stay import BillLine
from kiosk.slips.pen import Pen, masked
from kiosk.texts import money


def check_out(pen: Pen, slip: CheckOutSlip, head: SlipHead) -> Document:
    """What was used, what the deposit paid, what is free again."""
    stay = slip.stay
    rest = slip.due - slip.from_deposit
    return pen.document("slip.check_out", head, [
        pen.fact("slip.room_guest", f"{stay.room} {masked(stay.guest_masked)}"),
        pen.fact("slip.dates", f"{stay.arrival:%m-%d} - {stay.departure:%m-%d}"),
        pen.fact("slip.number", head.number), _receipt(pen, head), Rule(),
        *(block for line in slip.lines for block in _line(pen, line)), Rule(),
        pen.fact("slip.due", ""), pen.large(money(slip.due)),
        pen.sum("slip.from_deposit", slip.from_deposit),
        pen.sum("slip.rest", rest) if rest > 0 else None,
        pen.sum("slip.released", slip.released, bold=True),
        *(pen.sentences("slip.released.where") if slip.released else []),
        _available(pen, slip), Rule(),
        *_invoice(pen, slip), *pen.middle(say("slip.again")),
    ])  # fmt: skip


def _receipt(pen: Pen, head: SlipHead) -> Block:
    """Central's number, or that it follows: it is never invented here."""
    return pen.fact("slip.receipt", head.receipt_no or pen.own(say("slip.to_follow")))


def _line(pen: Pen, line: BillLine) -> list[Block]:
    """Chinese beside the amount, the guest's own words under it."""
    first, *others = pen.sentences(line.what.key, indent=0, **dict(line.what.values))
    what = first.text if line.qty == 1 else f"{first.text} x{line.qty}"
    return [Pair(what, money(line.amount)), *(Text(f"  {other.text}") for other in others)]


def _available(pen: Pen, slip: CheckOutSlip) -> Pair:
    if slip.available is None:
        return pen.fact("slip.available", pen.own(say("slip.to_follow")))
    return pen.sum("slip.available", slip.available)


def _invoice(pen: Pen, slip: CheckOutSlip) -> list[Block]:
    return [Qr(slip.invoice_code), *pen.middle(say("slip.invoice"))] if slip.invoice_code else []
