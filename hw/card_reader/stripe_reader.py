"""The magnetic-stripe reader, as a keyboard or on a serial line."""

from __future__ import annotations

from hw.card_reader import stripe
from hw.card_reader.contract import CardGone, CardRefused, CardSeen
from hw.device import Clock, DeviceError, Emit, Poll
from hw.line_source import LineSource, line_source
from hw.options import Options

LISTEN_S = 0.5
DISARMED_LOOK_S = 1.0


class StripeReader:
    """hw.card_reader.contract.CardReader over a LineSource."""

    def __init__(self, source: LineSource, clock: Clock, emit: Emit) -> None:
        self._source, self._clock, self._emit = source, clock, emit
        self._armed = False

    def open(self) -> str:
        self._armed = False
        return f"stripe reader, {self._source.open()}"

    def close(self) -> None:
        self._source.close()

    def arm(self, on: bool) -> None:
        """What was swiped before is not this guest's."""
        self._armed = on
        self._source.drop()

    def poll(self) -> Poll:
        if not self._armed:
            self._source.drop()
            return Poll(DISARMED_LOOK_S)
        for line in self._source.read(self._clock.monotonic() + LISTEN_S):
            try:
                self._emit(CardSeen(stripe.read(line)))
            except DeviceError as trouble:
                self._emit(CardRefused(trouble.code, trouble.detail))
            self._emit(CardGone())
        return Poll(0.0)


def make(options: Options, clock: Clock, emit: Emit) -> StripeReader:
    """Options: port (/dev/input/by-id/...-event-kbd, a serial device's path, or host:port), via (hid | serial), baud,
    gap_s (a pause that breaks a line off)."""
    return StripeReader(line_source(options, clock, 9600), clock, emit)
