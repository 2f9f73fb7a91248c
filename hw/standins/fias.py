"""A lock system's FIAS interface on a TCP port, that keeps the physical truth apart from what it says."""

from __future__ import annotations

from datetime import UTC, datetime

from hw.key_encoder import fias
from hw.standins.control import Control
from hw.standins.server import PLUGGED, Port, Served, TcpPort

FIELDS = "K#KCKTRNWSDADTG#GAGDTIKO"
PLANS = ("ok", "late", "lost_after", "lost_before", "mute", "ends", *fias.STATUSES, "ZZ")
NEXT = Control("next", "each request: ok; cut and its answer late or lost; neither; silence; LE; a status", PLANS)
LINK = Control("link", "what it lists when the link begins", ("keys", "no_keys", "mute"))
THEN = datetime(2026, 11, 22, 15, 6, tzinfo=UTC)


class FiasStandIn(Served):
    """`keys` are the requests whose cards exist in the world, in the order they were cut."""

    name = "fias"
    controls = (NEXT, LINK, PLUGGED)

    def __init__(self, port: Port | None = None) -> None:
        super().__init__(port or TcpPort())
        self.keys: list[fias.Record] = []
        self.records: list[fias.Record] = []
        self._late: fias.Record | None = None
        self._greeted = False
        self._parser = fias.Parser()

    def connected(self) -> None:
        self._parser, self._greeted = fias.Parser(), False

    def keep_alive(self) -> None:
        """Ask the other side whether it is there."""
        with self._lock:
            self._say(fias.stamped("LS", THEN))

    def received(self, data: bytes) -> None:
        for record in self._parser.feed(data):
            if isinstance(record, fias.Record) and self.setting("link") != "mute":
                self.records.append(record)
                self._record(record)

    def _record(self, record: fias.Record) -> None:
        if record.kind == "LS" and not self._greeted:
            self._greeted = True
            self._say(fias.stamped("LD", THEN, ("V#", "2.1"), ("IF", "KS")))
            if self.setting("link") == "keys":
                self._say(fias.Record("LR", (("RI", "KR"), ("FL", FIELDS))))
                self._say(fias.Record("LR", (("RI", "KA"), ("FL", "ASCTKCWSDATIG#"))))
            self._say(fias.stamped("LA", THEN))
        elif record.kind == "LS" and self.setting("next") != "mute":
            self._say(fias.stamped("LA", THEN))
        elif record.kind == "KR":
            self._key(record)

    def _key(self, record: fias.Record) -> None:
        plan = self.setting("next")
        if self._late is not None:
            self._say(self._late)
            self._late = None
        if plan in ("mute", "lost_before"):
            return
        if plan == "ends":
            self._say(fias.stamped("LE", THEN))
            return
        if plan in ("ok", "late", "lost_after"):
            self.keys.append(record)
        status = "OK" if plan in ("ok", "late") else plan
        same = tuple((name, record.field(name)) for name in ("KC", "WS", "G#"))
        answer = fias.stamped("KA", THEN, ("AS", status), ("CT", "text"), *same)
        if plan == "late":
            self._late = answer
        elif plan != "lost_after":
            self._say(answer)

    def _say(self, record: fias.Record) -> None:
        self.send(fias.pack(record))
