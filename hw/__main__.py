"""Field tools: `python -m hw list`, `probe`, `record`, `replay` and `print-test` (docs/hardware.md, Field tools)."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import typer

from hw.caller_id.contract import CallerKnown
from hw.card_reader.contract import CardRefused, CardSeen
from hw.clock import MonotonicClock
from hw.device import DeviceError, Done, Fault
from hw.findings import Finding
from hw.hid import open_hid
from hw.id_reader.contract import CardFailed, CardRead
from hw.line_source import open_keyboard
from hw.link import Link, open_file, open_serial, open_tcp
from hw.printer.trial import trial_slip
from hw.probe import Probe
from hw.recording import Recorder, Recording, Replayer, port_for, read, write
from hw.registry import DRIVERS, build
from hw.scanner.contract import Code

app = typer.Typer(add_completion=False, no_args_is_help=True, help="A terminal's devices.")
USUAL_DRIVERS: Mapping[str, str] = MappingProxyType(
    {
        "scanner": "camera",
        "id_reader": "sdt",
        "printer": "escpos",
        "key_encoder": "salto",
        "card_reader": "stripe",
        "card_dispenser": "adapter",
        "caller_id": "modem",
        "board": "sysfs",
        "display": "cd5220",
    }
)


@app.command("list")
def list_drivers() -> None:
    """Every kind, its drivers, and what they take."""
    for kind, drivers in DRIVERS.items():
        for driver, place in drivers.items():
            module, name = place.split(":")
            factory = getattr(importlib.import_module(module), name)
            options = " ".join((factory.__doc__ or "").split())
            typer.echo(f"{kind:12} {driver:8} {options}")


Kind = Annotated[str, typer.Argument(help="as `list` shows it")]
Driver = Annotated[str, typer.Option(help="as `list` shows it; empty: the kind's usual one")]
PortOption = Annotated[str, typer.Option("--port", help="the driver's port option")]
Others = Annotated[list[str] | None, typer.Option("--option", "-o", help="another option, name=value")]
Watch = Annotated[float, typer.Option(help="seconds to wait for cards or codes")]


@app.command()
def probe(kind: Kind, driver: Driver = "", port: PortOption = "", option: Others = None, watch: Watch = 0.0) -> None:
    """Open one device, say what it is and how it is, and what to try. Exit 0: it works. 1: it does not."""
    _probe(kind, driver or USUAL_DRIVERS.get(kind, ""), port, option or [], watch)


def _probe(kind: str, driver: str, port: str, others: list[str], watch: float) -> None:
    stops, condition = False, "ok"
    try:
        options = _options(port, others)
    except DeviceError as wrong:
        _found(Finding(kind, wrong.code, wrong.detail))
        raise typer.Exit(1) from wrong
    if watch > 0:
        typer.echo(f"waiting {watch:g} s for cards or codes")
    for finding in Probe(kind, driver, options, MonotonicClock(), _say).run(watch):
        _found(finding)
        stops = stops or finding.stops
        condition = "degraded" if finding.name in set(Fault) else condition
    if stops:
        raise typer.Exit(1)
    typer.echo(f"condition: {condition}")


@app.command()
def record(
    kind: Kind,
    out: Annotated[Path, typer.Option(help="the file to write")],
    driver: Driver = "",
    port: PortOption = "",
    option: Others = None,
    watch: Watch = 10.0,
) -> None:
    """Probe one device and write down every byte with its time. Use specimen cards: the file holds what was read."""
    name = driver or USUAL_DRIVERS.get(kind, "")
    clock = MonotonicClock()
    try:
        if (kind, name) == ("card_reader", "stripe"):
            raise DeviceError(Fault.BAD_REQUEST, "stripes are never recorded: a bank card might be among them")
        options = _options(port, option or [])
        wire, link = _recorded_link(port, options, clock)
    except DeviceError as wrong:
        _found(Finding(kind, wrong.code, wrong.detail))
        raise typer.Exit(1) from wrong
    recorder = Recorder(port_for(wire), link, clock)
    address = recorder.start()
    given = {key: value for key, value in options.items() if key not in ("port", "via")} | _via(kind, name, wire)
    try:
        _probe(kind, name, address, [f"{key}={value}" for key, value in given.items()], watch)
    finally:
        recorder.stop()
        link.close()
        out.write_text(write(Recording(kind, name, wire, given, tuple(recorder.pieces))), "ascii")
        typer.echo(f"{len(recorder.pieces)} pieces in {out}")


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="what `record` wrote")],
    speed: Annotated[float, typer.Option(min=0.1, help="times faster than it was")] = 1.0,
    watch: Watch = 10.0,
) -> None:
    """Let a recorded device answer the driver again. Exit 1 where the driver finds it faulty or sends other bytes."""
    try:
        recording = read(file.read_text("ascii", "replace"))
    except (DeviceError, OSError) as wrong:
        typer.echo(str(wrong))
        raise typer.Exit(1) from wrong
    replayer = Replayer(recording.pieces, port_for(recording.wire), MonotonicClock(), speed)
    address = replayer.start()
    try:
        others = [f"{key}={value}" for key, value in recording.options.items()]
        _probe(recording.kind, recording.driver, address, others, watch)
    finally:
        replayer.stop()
    typer.echo(f"differences: {len(replayer.differences)}, played to the end: {'yes' if replayer.done else 'no'}")
    if replayer.differences:
        raise typer.Exit(1)


@app.command("print-test")
def print_test(driver: Driver = "escpos", port: PortOption = "", option: Others = None) -> None:
    """Print a slip that shows width, Chinese, a rare character, sizes and a QR code. Exit 0: it came out whole."""
    clock = MonotonicClock()
    printer: Any = None
    try:
        printer = build("printer", driver, _options(port, option or []), clock=clock, on_event=_say)
        _say(printer.open())
        ended = printer.print("print-test", trial_slip(printer.columns))
    except DeviceError as trouble:
        _found(Finding("printer", trouble.code, trouble.detail))
        raise typer.Exit(1) from trouble
    finally:
        if printer is not None:
            printer.close()
    if not isinstance(ended, Done):
        _found(Finding("printer", ended.code, ended.detail))
        raise typer.Exit(1)
    typer.echo("printed" + ("" if ended.value.confirmed else ", and the printer does not say whether it came out"))
    typer.echo("On paper: the ruler ends at the edge; no ? and no 〓; a phone reads the code.")


def _recorded_link(port: str, options: Mapping[str, str], clock: MonotonicClock) -> tuple[str, Link]:
    """The kind of wire behind a port, and a link to it. Raises DeviceError."""
    if port.startswith("/dev/input/") or (options.get("via") == "hid" and not port.startswith("/dev/hidraw")):
        return "keyboard", open_keyboard(port, clock)[0]
    if port.startswith("/dev/hidraw"):
        return "hid", open_hid(port, False, clock)
    if port.startswith("/dev/usb/"):
        return "serial", open_file(port, clock)
    if port.startswith("/"):
        if not options.get("baud", "").isdigit():
            raise DeviceError(Fault.BAD_OPTION, "recording a serial line takes its rate: -o baud=9600")
        return "serial", open_serial(port, int(options["baud"]), clock)
    return "tcp", open_tcp(port, 9100, 3.0, clock)


def _via(kind: str, driver: str, wire: str) -> dict[str, str]:
    """What tells the driver which wire it is on, where its port's name does not."""
    if kind == "printer":
        return {"via": wire}
    return {"via": "hid"} if wire in ("hid", "keyboard") and driver != "hid" else {}


def _options(port: str, others: list[str]) -> dict[str, str]:
    options = {"port": port} if port else {}
    for other in others:
        name, equals, value = other.partition("=")
        if not equals:
            raise DeviceError(Fault.BAD_OPTION, f"{other!r} is not name=value")
        options[name] = value
    return options


def _say(event: object) -> None:
    """What came, without anybody's data."""
    match event:
        case CardRead():
            typer.echo(f"card read: {event.document.kind}")
        case str():
            typer.echo(f"found: {event}")
        case CardFailed() | CardRefused():
            pass  # a finding
        case CardSeen():
            typer.echo(f"card read: {event.card.medium}, {len(event.card.number)} characters")
        case CallerKnown():
            typer.echo(f"call: {'a number' if event.caller.number else event.caller.withheld}")
        case Code():
            typer.echo(f"code read: {event.kind}, {len(event.raw)} bytes, by {event.engine}")
        case _:
            typer.echo(type(event).__name__)


def _found(finding: Finding) -> None:
    typer.echo(str(finding))
    typer.echo(f"  {finding.advice}")


if __name__ == "__main__":
    app()
