"""A magnetic-stripe reader as a keyboard or on a pty, and cards to swipe, a bank card's test number among them."""

from __future__ import annotations

from hw.standins.control import Control
from hw.standins.line_device import DELIVERY, LineStandIn
from hw.standins.server import PLUGGED, PipePort, Port

MEMBER = ";88310042=7788?"
HOTEL = "%YUNQI 88310042?;88310042?+A1B2?"
UNREADABLE = "%E?;E?+E?"
BANK = "%B4111111111111111^EXAMPLE/CARD^30121010000?;4111111111111111=30121010000?"
SWIPES = {"none": "", "member": MEMBER, "hotel": HOTEL, "unreadable": UNREADABLE, "bank": BANK}
SWIPE = Control("swipe", "what is pulled through; `swipe` in a program takes any line", tuple(SWIPES))


class StripeStandIn(LineStandIn):
    """`swipe` sends any line as the reader would."""

    name = "stripe"
    controls = (SWIPE, DELIVERY, PLUGGED)

    def __init__(self, port: Port | None = None) -> None:
        super().__init__(port or PipePort())

    def swipe(self, line: str) -> None:
        self.line(line.encode("ascii"))

    def turned(self, control: str, value: str) -> None:
        if control == SWIPE.name and SWIPES[value]:
            self.swipe(SWIPES[value])
