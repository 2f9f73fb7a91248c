"""A card dispenser's adapter on a TCP port: a stack, an encoder's place, a gate, a bin, and sensors that tell the
truth."""

from __future__ import annotations

from dataclasses import replace

from hw.card_dispenser import wire
from hw.card_dispenser.contract import DispenserStatus, Place, Stock
from hw.device import Fault
from hw.lines import Lines
from hw.standins.control import Control
from hw.standins.server import PLUGGED, Port, Served, TcpPort

STOCK = Control("stock", "the stack of blanks", ("plenty", "low", "empty"))
BIN = Control("bin", "the bin for captured cards", ("ok", "full"))
JAM = Control("jam", "whether a card is stuck", ("no", "yes"))
GUEST = Control("guest", "taken: the guest takes the card from the gate", ("waits", "taken"))
NEXT = Control(
    "next", "each move: ok; done and its answer lost; neither; an answer with a wrong check; silence to everything",
    ("ok", "lost_after", "lost_before", "bad_check", "mute"),
)  # fmt: skip


class DispenserStandIn(Served):
    """`now` is the physical truth; `moves` what was carried out."""

    name = "card_dispenser"
    controls = (STOCK, BIN, JAM, GUEST, NEXT, PLUGGED)

    def __init__(self, port: Port | None = None) -> None:
        super().__init__(port or TcpPort())
        self.now = DispenserStatus(Place.NONE, Stock.PLENTY, False, None, 0, 0)
        self.moves: list[str] = []
        self._lines = Lines(60.0)
        self._answered: dict[str, wire.Said] = {}

    def connected(self) -> None:
        self._lines.clear()

    def turned(self, control: str, value: str) -> None:
        if control == "stock":
            self.now = replace(self.now, stock=Stock(value))
        elif control == "bin":
            self.now = replace(self.now, bin_full=value == "full")
        elif control == "jam":
            self.now = replace(self.now, trouble=Fault.CARD_JAM if value == "yes" else None)
        elif control == "guest" and value == "taken" and self.now.place is Place.GATE:
            self.now = replace(self.now, place=Place.NONE, taken=self.now.taken + 1)
            self.send(wire.say(wire.Said("0", wire.TAKEN, "", self.now)))
            self._settings["guest"] = "waits"

    def received(self, data: bytes) -> None:
        for line in self._lines.feed(data, 0.0):
            request = wire.asked(line)
            if request is not None and self.setting("next") != "mute":
                self._request(*request)

    def _request(self, job: str, verb: str) -> None:
        plan = self.setting("next")
        if verb == wire.STATUS:
            self.send(wire.say(wire.Said(job, wire.OK, "", self.now)))
            return
        if job not in self._answered:
            if plan == "lost_before":
                return
            self._answered[job] = self._act(job, verb)
        answer = wire.say(self._answered[job])
        if plan == "bad_check":
            answer = answer[:-2] + b"?\r"
        if plan != "lost_after":
            self.send(answer)

    def _act(self, job: str, verb: str) -> wire.Said:
        reason = self._reason(verb)
        if reason:
            return wire.Said(job, wire.NO, reason, self.now)
        self.moves.append(verb)
        captured = self.now.captured + (verb == wire.CAPTURE)
        place = {wire.FEED: Place.ENCODER, wire.EJECT: Place.GATE, wire.CAPTURE: Place.NONE}[verb]
        self.now = replace(self.now, place=place, captured=captured)
        return wire.Said(job, wire.OK, "", self.now)

    def _reason(self, verb: str) -> str:
        now = self.now
        if now.trouble is Fault.CARD_JAM:
            return "JAM"
        if verb == wire.FEED:
            return "EMPTY" if now.stock is Stock.EMPTY else "WAY" if now.place is not Place.NONE else ""
        if verb == wire.EJECT:
            return "" if now.place is Place.ENCODER else "CARD"
        if verb == wire.CAPTURE:
            return "CARD" if now.place is Place.NONE else "BIN" if now.bin_full else ""
        return "VERB"
