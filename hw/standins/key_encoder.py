"""A lock system with one key encoder, on a TCP port, that keeps the physical truth apart from what it says."""

from __future__ import annotations

from collections.abc import Callable

from hw.key_encoder import wire
from hw.key_encoder.contract import Key
from hw.standins.control import Control
from hw.standins.server import PLUGGED, Port, Served, TcpPort

PLANS = ("ok", "late", "lost_after", "lost_before", "garbled_after", "nak", "nak_once", "mute", *wire.ERRORS)
NEXT = Control("next", "each cut: ok; cut and its answer late or lost; neither; not acknowledged; an error", PLANS)
CARD = Control("card", "what lies on the encoder when it is read back", ("last", "other", "staff", "none"))
READS = Control("reads", "whether read-backs are answered", ("yes", "no"))


class KeyEncoderStandIn(Served):
    """`keys` are the keys that exist in the world, in the order they were cut. `on_key` hears of each one."""

    name = "key_encoder"
    controls = (NEXT, CARD, READS, PLUGGED)

    def __init__(self, port: Port | None = None, on_key: Callable[[Key], None] = lambda _key: None) -> None:
        super().__init__(port or TcpPort())
        self.keys: list[Key] = []
        self.requests: list[tuple[str, ...]] = []
        self._on_key = on_key
        self._late: tuple[str, ...] = ()
        self._parser = wire.Parser()

    def connected(self) -> None:
        self._parser = wire.Parser()

    def received(self, data: bytes) -> None:
        for token in self._parser.feed(data):
            if self.setting("next") == "mute":
                continue
            if token == wire.ENQ:
                self.send(bytes([wire.ACK]))
            elif isinstance(token, wire.Spoilt):
                self.send(bytes([wire.NAK]))
            elif isinstance(token, wire.Message):
                self._request(token)

    def _request(self, message: wire.Message) -> None:
        self.requests.append(message.fields)
        command = message.field(0)
        if command in ("CN", "CC"):
            self._cut(message)
        elif command == "LT":
            self._read(message)
        else:
            self._answer("ES", message.field(1))

    def _cut(self, message: wire.Message) -> None:
        plan = self.setting("next")
        if plan.startswith("nak"):
            if plan == "nak_once":
                self._settings["next"] = "ok"
            self.send(bytes([wire.NAK]))
            return
        self.send(bytes([wire.ACK]))
        if plan in wire.ERRORS:
            self._answer(plan, message.field(1))
            return
        if plan == "lost_before":
            return
        self._write(message)
        if plan == "garbled_after":
            self.send(wire.pack((message.field(0), message.field(1)))[:-1] + b"\xff")
        elif plan == "late":
            self._late = (message.field(0), message.field(1))
        elif plan == "ok":
            self._answer(message.field(0), message.field(1))

    def _write(self, message: wire.Message) -> None:
        start, end = wire.unstamp(message.field(9)), wire.unstamp(message.field(10))
        key = Key(message.field(3), start, end, message.field(0) == "CC", message.field(11))
        self.keys.append(key)
        self._on_key(key)

    def _read(self, message: wire.Message) -> None:
        encoder, card = message.field(1), self.setting("card")
        if self.setting("reads") == "no":
            return
        self.send(bytes([wire.ACK]))
        if self._late:
            self._answer(*self._late)
            self._late = ()
        if card == "none" or (card == "last" and not self.keys):
            self._answer("EP", encoder)
        elif card == "staff":
            self._answer("LT", encoder, "LM")
        elif card == "other":
            self._answer("LT", encoder, "9999", "", "", "", "CI", "0", "", "1400010126", "1200020126", "DESK")
        else:
            key = self.keys[-1]
            copy = "1" if key.copy else "0"
            start, end = wire.stamp(key.valid_from), wire.stamp(key.valid_to)
            self._answer("LT", encoder, key.room, "", "", "", "CI", copy, "", start, end, key.mark)

    def _answer(self, *fields: str) -> None:
        self.send(wire.pack(fields))
