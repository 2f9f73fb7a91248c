"""Scanners that read by themselves and send the payload as a line: serial scan engines, and keyboard wedges."""

from __future__ import annotations

from hw.device import Clock, DeviceError, Emit, Fault, Poll
from hw.line_source import LineSource, keyboard_source, serial_source
from hw.options import Options
from hw.scanner.accept import Acceptance
from hw.scanner.contract import Code, CodeKind, text_of
from hw.scanner.wire import SELF, TRIGGERS, EngineLines, Trigger

LISTEN_S = 0.5
DISARMED_LOOK_S = 1.0
TRIGGER_EVERY_S = 4.0
"""An engine that is triggered by command stops looking after some seconds, or after one code."""


class LineScanner:
    """hw.scanner.contract.CodeReader over a LineSource. `engine`: what the codes say has read them. `answer_s`: how
    long an engine may take to answer its trigger, which shows that it is there."""

    def __init__(
        self, source: LineSource, engine: str, clock: Clock, emit: Emit, trigger: Trigger = SELF, answer_s: float = 1.0
    ) -> None:
        self._source, self._engine, self._clock, self._emit = source, engine, clock, emit
        self._trigger, self._answer_s = trigger, answer_s
        self._acceptance = Acceptance()
        self._armed = False
        self._triggered_at = 0.0

    def open(self) -> str:
        identity = self._source.open()
        self._armed = False
        if self._trigger.off:
            self._command(self._trigger.off)
            self._require_answer()
        return identity

    def close(self) -> None:
        self._armed = False
        self._source.close()

    def arm(self, on: bool) -> None:
        """What was scanned before is not this guest's."""
        self._armed = on
        self._acceptance = Acceptance()
        if on:
            self._source.drop()
        self._command(self._trigger.on if on else self._trigger.off)
        self._triggered_at = self._clock.monotonic()

    def poll(self) -> Poll:
        if not self._armed:
            self._source.drop()
            return Poll(DISARMED_LOOK_S)
        now = self._clock.monotonic()
        lines = self._source.read(now + LISTEN_S)
        for line in lines:
            code = Code(CodeKind.UNKNOWN, text_of(line), line, (), self._engine)
            for accepted in self._acceptance.offer([code], now):
                self._emit(accepted)
        if lines or now - self._triggered_at >= TRIGGER_EVERY_S:
            self._command(self._trigger.on)
            self._triggered_at = now
        return Poll(0.0)

    def _command(self, data: bytes) -> None:
        if data:
            self._source.link.send(data, self._clock.monotonic() + self._answer_s)

    def _require_answer(self) -> None:
        """Raises DeviceError: mute, or wrong_device where something else talks."""
        lines = self._source.parser
        if not self._trigger.answer or not isinstance(lines, EngineLines):
            return
        before, until = lines.answers, self._clock.monotonic() + self._answer_s
        noise = False
        while self._clock.monotonic() < until and lines.answers == before:
            noise = bool(self._source.read(until)) or noise
        if lines.answers == before:
            code = Fault.WRONG_DEVICE if noise else Fault.MUTE
            raise DeviceError(code, f"{self._source.link.name}: no answer to the trigger command")


def make_serial(options: Options, clock: Clock, emit: Emit) -> LineScanner:
    """Options: port (a serial device's path, or host:port of a serial server), baud, gap_s (a pause that breaks a
    line off), trigger (none | gm65 | honeywell | zkb200), answer_s (how long an engine may take to answer its
    trigger)."""
    name = options.choice("trigger", "none", tuple(TRIGGERS))
    trigger = TRIGGERS[name]
    source = serial_source(options, clock, 9600, lambda gap_s: EngineLines(gap_s, trigger.answer))
    answer_s = options.seconds("answer_s", 1.0, 0.05, 10.0)
    return LineScanner(source, "serial" if name == "none" else name, clock, emit, trigger, answer_s)


def make_hid(options: Options, clock: Clock, emit: Emit) -> LineScanner:
    """Options: port (/dev/input/by-id/...-event-kbd), gap_s (a pause that breaks a line off). Printable ASCII only:
    for Chinese payloads set the scanner to its serial mode."""
    return LineScanner(keyboard_source(options, clock), "hid", clock, emit)
