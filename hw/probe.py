"""Looks at one device as an integrator would: opens it, asks how it is, waits for cards or codes, and says what is
wrong. Nothing is printed, cut or written."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from hw.card_reader.contract import CardRefused
from hw.device import Clock, Device, DeviceError, Done, Fault, HealthState
from hw.findings import FINDINGS, Finding, is_unstable
from hw.id_reader.contract import CardFailed
from hw.registry import build
from hw.scanner.contract import Code

OTHER_RATES = (115200, 57600, 38400, 19200, 9600)
WAKES_PER_S = 20


class Probe:
    """One device's findings. `say` takes events as they come, and the identity as a string."""

    def __init__(
        self, kind: str, driver: str, options: Mapping[str, str], clock: Clock, say: Callable[[object], None]
    ) -> None:
        self._kind, self._driver, self._options = kind, driver, dict(options)
        self._clock, self._say = clock, say
        self._events: list[object] = []

    def run(self, watch_s: float) -> Iterator[Finding]:
        """What is found, in the order it is found; a finding that stops is the last one."""
        if is_unstable(self._options.get("port", "")):
            yield Finding(self._kind, "unstable_name", self._options["port"], stops=False)
        device: Device | None = None
        try:
            device = build(self._kind, self._driver, self._options, clock=self._clock, on_event=self._heard)
            self._say(device.open())
            look = device.poll()
            if look.state is not HealthState.OK and look.code is not None:
                yield Finding(self._kind, look.code, look.detail, look.state is HealthState.FAULTY)
            yield from self._further(device)
            yield from self._watch(device, watch_s)
        except DeviceError as trouble:
            yield self._explained(trouble, device)
        finally:
            if device is not None:
                device.close()

    def _further(self, device: Any) -> Iterator[Finding]:
        """What a kind can be asked without harm."""
        if self._kind == "printer" and self._driver == "escpos" and "font" not in self._options:
            yield Finding(self._kind, "no_face", stops=False)
        if self._kind == "key_encoder":
            read = device.read_back("probe")
            if not isinstance(read, Done) and read.code not in (Fault.NO_CARD, Fault.OTHER_KEY, Fault.BAD_REQUEST):
                yield Finding(self._kind, read.code, read.detail)
            elif not isinstance(read, Done) and read.code is not Fault.BAD_REQUEST:
                yield Finding(self._kind, read.code, "read from the encoder", stops=False)

    def _watch(self, device: Device, watch_s: float) -> Iterator[Finding]:
        until, pause = self._clock.monotonic() + watch_s, threading.Condition()
        if watch_s > 0:
            device.arm(True)
        while (left := until - self._clock.monotonic()) > 0:
            again_s = device.poll().again_s
            with pause:
                self._clock.wait(pause, min(left, left if again_s is None else max(again_s, 1 / WAKES_PER_S)))
        for event in self._events:
            if isinstance(event, Code) and "\ufffd" in event.text:
                yield Finding(self._kind, "wrong_charset", f"{len(event.raw)} bytes", stops=False)
            elif isinstance(event, CardFailed | CardRefused):
                yield Finding(self._kind, event.code, event.detail, stops=False)
        if watch_s > 0 and not self._events and "nothing_read" in FINDINGS.get(self._kind, {}):
            yield Finding(self._kind, "nothing_read", f"within {watch_s:g} s", stops=False)

    def _explained(self, trouble: DeviceError, device: Device | None) -> Finding:
        quiet = trouble.code in (Fault.MUTE, Fault.GARBLED, Fault.WRONG_DEVICE)
        serial = self._options.get("port", "").startswith("/") and self._options.get("via", "serial") == "serial"
        if device is not None and quiet and (self._kind, self._driver) == ("id_reader", "sdt") and serial:
            device.close()
            rate = self._answering_rate()
            if rate is not None:
                return Finding(self._kind, "wrong_baud", f"it answers at baud={rate}")
        return Finding(self._kind, trouble.code, trouble.detail)

    def _answering_rate(self) -> int | None:
        for rate in OTHER_RATES:
            options = self._options | {"baud": str(rate)}
            device = build(self._kind, self._driver, options, clock=self._clock, on_event=lambda _event: None)
            try:
                with suppress(DeviceError):
                    device.open()
                    return rate
            finally:
                device.close()
        return None

    def _heard(self, event: object) -> None:
        self._events.append(event)
        self._say(event)
