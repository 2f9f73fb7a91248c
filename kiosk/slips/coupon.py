"""R4, the coupon slip."""

from __future__ import annotations

from hw.printer.document import Document, Rule
from kiosk.models.say import say
from kiosk.models.slips import CouponSlip, SlipHead
from kiosk.slips.pen import Pen


def coupon(pen: Pen, slip: CouponSlip, head: SlipHead) -> Document:
    """What was used up and what it gave; only the tail of its code."""
    return pen.document("slip.coupon", head, [
        pen.fact("slip.number", head.number),
        pen.fact("slip.time", pen.when(head.at)),
        pen.fact("slip.receipt", head.receipt_no or pen.own(say("slip.to_follow"))), Rule(),
        pen.fact("slip.coupon.name", pen.own(slip.name)),
        pen.fact("slip.coupon.gives", pen.own(slip.gives), bold=True),
        pen.fact("slip.coupon.tail", slip.sn_tail), Rule(),
        *pen.middle(say("slip.coupon.once")),
    ])  # fmt: skip
