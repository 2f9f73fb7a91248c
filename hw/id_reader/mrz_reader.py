"""The swipe reader of machine-readable zones, on a serial line or as a keyboard: it sends the lines it read, and has no
sensor for a document."""

from __future__ import annotations

from hw.device import Clock, DeviceError, Emit, Fault, Poll
from hw.id_reader import mrz
from hw.id_reader.contract import CardDown, CardFailed, CardRead, CardRemoved
from hw.line_source import LineSource, line_source
from hw.options import Options

LISTEN_S = 0.5
DISARMED_LOOK_S = 1.0
HALF_S = 1.0
"""A zone whose other lines do not come within this time was swiped too fast, or crookedly."""


class MrzReader:
    """hw.id_reader.contract.IdReader over a LineSource."""

    def __init__(self, source: LineSource, clock: Clock, emit: Emit) -> None:
        self._source, self._clock, self._emit = source, clock, emit
        self._collector = mrz.Collector()
        self._last_at = 0.0
        self._armed = False

    def open(self) -> str:
        self._armed = False
        self._collector.clear()
        return f"MRZ reader, {self._source.open()}"

    def close(self) -> None:
        self._collector.clear()
        self._source.close()

    def arm(self, on: bool) -> None:
        """What was swiped before is not this guest's."""
        self._armed = on
        self._collector.clear()
        self._source.drop()

    def poll(self) -> Poll:
        if not self._armed:
            self._source.drop()
            return Poll(DISARMED_LOOK_S)
        now = self._clock.monotonic()
        for line in self._source.read(now + LISTEN_S):
            self._last_at = now
            self._take(line)
        if self._collector.waiting and now - self._last_at > HALF_S:
            self._collector.clear()
            self._tell(CardFailed(Fault.READ_FAILED, "only a part of the zone was read"))
        return Poll(0.0)

    def _take(self, line: bytes) -> None:
        try:
            zone = self._collector.feed(line)
            if zone is not None:
                self._tell(CardRead(mrz.document(zone, self._clock.now().date())))
        except DeviceError as trouble:
            self._tell(CardFailed(trouble.code, trouble.detail))

    def _tell(self, end: CardRead | CardFailed) -> None:
        for event in (CardDown(), end, CardRemoved()):
            self._emit(event)


def make(options: Options, clock: Clock, emit: Emit) -> MrzReader:
    """Options: port (a serial device's path, host:port, or /dev/input/...), via (hid | serial), baud, gap_s (a pause
    that breaks a line off)."""
    return MrzReader(line_source(options, clock, 9600), clock, emit)
