"""Field tools: `python -m hw list`, `python -m hw probe KIND --driver D --port P`."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

import typer

from hw.advice import ADVICE
from hw.caller_id.contract import CallerKnown
from hw.card_reader.contract import CardRefused, CardSeen
from hw.clock import MonotonicClock
from hw.device import Device, DeviceError, Fault, HealthState
from hw.id_reader.contract import CardFailed, CardRead
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


@app.command()
def probe(
    kind: Annotated[str, typer.Argument(help="as `list` shows it")],
    driver: Annotated[str, typer.Option(help="as `list` shows it; empty: the kind's usual one")] = "",
    port: Annotated[str, typer.Option(help="the driver's port option")] = "",
    option: Annotated[list[str] | None, typer.Option("--option", "-o", help="another option, name=value")] = None,
    watch: Annotated[float, typer.Option(help="seconds to wait for cards or codes afterwards")] = 0.0,
) -> None:
    """Open one device, say what it is and how it is, and what to try. Exit 0: it works. 1: it does not."""
    clock = MonotonicClock()
    device: Device | None = None
    try:
        options = _options(port, option or [])
        device = build(kind, driver or USUAL_DRIVERS.get(kind, ""), options, clock=clock, on_event=_say)
        typer.echo(f"found: {device.open()}")
        look = device.poll()
        if look.state is not HealthState.OK and look.code is not None:
            _explain(look.code, look.detail)
            if look.state is HealthState.FAULTY:
                raise typer.Exit(1)
        typer.echo(f"condition: {look.state}")
        _watch(device, clock, watch)
    except DeviceError as trouble:
        _explain(trouble.code, trouble.detail)
        raise typer.Exit(1) from trouble
    finally:
        if device is not None:
            device.close()


def _watch(device: Device, clock: MonotonicClock, seconds: float) -> None:
    until = clock.monotonic() + seconds
    if seconds > 0:
        typer.echo(f"waiting {seconds:g} s for cards or codes")
        device.arm(True)
    pause = threading.Condition()
    while (left := until - clock.monotonic()) > 0:
        again_s = device.poll().again_s
        with pause:
            clock.wait(pause, left if again_s is None else min(left, again_s))


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
        case CardFailed():
            _explain(event.code, event.detail)
        case CardSeen():
            typer.echo(f"card read: {event.card.medium}, {len(event.card.number)} characters")
        case CardRefused():
            _explain(event.code, event.detail)
        case CallerKnown():
            typer.echo(f"call: {'a number' if event.caller.number else event.caller.withheld}")
        case Code():
            typer.echo(f"code read: {event.kind}, {len(event.raw)} bytes, by {event.engine}")
        case _:
            typer.echo(type(event).__name__)


def _explain(code: Fault, detail: str) -> None:
    typer.echo(f"{code}: {detail}" if detail else str(code))
    typer.echo(f"  {ADVICE[code]}")


if __name__ == "__main__":
    app()
