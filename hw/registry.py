"""Kind -> driver -> factory: the one place that chooses a driver. Nothing of a driver is imported before it is
asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from hw.device import Clock, Device, DeviceError, Emit, Fault, Health, Outcome
from hw.options import Options
from hw.worker import USUAL, Limits, Worker, ignore_late

Factory = Callable[[Options, Clock, Emit], Device]
"""Builds a driver from its options without touching the device. Raises DeviceError(bad_option)."""

DRIVERS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "scanner": MappingProxyType(
            {
                "camera": "hw.scanner.driver:make",
                "serial": "hw.scanner.line_scanner:make_serial",
                "hid": "hw.scanner.line_scanner:make_hid",
                "sim": "hw.scanner.sim:make",
            }
        ),
        "id_reader": MappingProxyType(
            {
                "sdt": "hw.id_reader.driver:make",
                "mrz": "hw.id_reader.mrz_reader:make",
                "sim": "hw.id_reader.sim:make",
            }
        ),
        "printer": MappingProxyType({"escpos": "hw.printer.driver:make", "sim": "hw.printer.sim:make"}),
        "key_encoder": MappingProxyType(
            {
                "salto": "hw.key_encoder.driver:make",
                "fias": "hw.key_encoder.fias_encoder:make",
                "sim": "hw.key_encoder.sim:make",
            }
        ),
        "display": MappingProxyType({"cd5220": "hw.display.driver:make", "sim": "hw.display.sim:make"}),
        "board": MappingProxyType({"sysfs": "hw.board.driver:make", "sim": "hw.board.sim:make"}),
        "caller_id": MappingProxyType(
            {
                "modem": "hw.caller_id.driver:make_modem",
                "fsk": "hw.caller_id.driver:make_fsk",
                "sim": "hw.caller_id.sim:make",
            }
        ),
        "card_dispenser": MappingProxyType(
            {"adapter": "hw.card_dispenser.driver:make", "sim": "hw.card_dispenser.sim:make"}
        ),
        "card_reader": MappingProxyType(
            {
                "stripe": "hw.card_reader.stripe_reader:make",
                "mifare": "hw.card_reader.chip_reader:make_mifare",
                "pcsc": "hw.card_reader.chip_reader:make_pcsc",
                "sim": "hw.card_reader.sim:make",
            }
        ),
    }
)
"""Every kind, its drivers, and where each one's factory lives (docs/hardware.md, Kinds and drivers)."""


def find(kind: str, driver: str) -> Factory:
    """The factory of a driver. Raises DeviceError(unknown_driver) that names what there is."""
    drivers = DRIVERS.get(kind)
    if drivers is None:
        raise DeviceError(Fault.UNKNOWN_DRIVER, f"no kind {kind!r}; there are: {', '.join(DRIVERS)}")
    place = drivers.get(driver)
    if place is None:
        raise DeviceError(Fault.UNKNOWN_DRIVER, f"{kind} has no driver {driver!r}; there are: {', '.join(drivers)}")
    module, name = place.split(":")
    factory: Factory = getattr(importlib.import_module(module), name)
    return factory


def build(kind: str, driver: str, options: Mapping[str, str], *, clock: Clock, on_event: Emit) -> Device:
    """One driver, not opened. Raises DeviceError(unknown_driver | bad_option)."""
    taken = Options(options)
    device = find(kind, driver)(taken, clock, on_event)
    taken.finish()
    return device


def worker(
    kind: str,
    driver: str,
    options: Mapping[str, str],
    *,
    clock: Clock,
    on_event: Callable[[object], None],
    on_health: Callable[[Health], None],
    on_late: Callable[[str, Outcome[Any]], None] = ignore_late,
    limits: Limits = USUAL,
) -> Worker[Any]:
    """A worker for one line of the terminal's file, not started. Never raises: a line that is wrong is a device
    that is faulty.

    The option `identity`, where given, is what the device must call itself after opening.
    """
    rest = {name: value for name, value in options.items() if name != "identity"}

    def make(emit: Emit) -> Device:
        return build(kind, driver, rest, clock=clock, on_event=emit)

    return Worker[Any](
        kind,
        driver,
        make,
        clock=clock,
        on_event=on_event,
        on_health=on_health,
        expect_identity=options.get("identity", ""),
        limits=limits,
        on_late=on_late,
    )
