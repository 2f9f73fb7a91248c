"""One stand-in on its own: `python -m hw.standins NAME [--port N | --link PATH]`, turned by lines on standard input.

A line is `CONTROL VALUE`, or `settings`. It ends with standard input, or with Ctrl-C.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import date
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import typer

from hw.standins.control import StandIn
from hw.standins.server import Port, PtyPort, TcpPort

app = typer.Typer(add_completion=False)


def _id_reader(port: Port | None, _columns: int, _out: Path | None, _fonts: list[Path]) -> StandIn:
    from hw.standins.id_reader import IdReaderStandIn, citizen

    people = [citizen("李建华", date(1990, 3, 7)), citizen("王芳", date(1985, 12, 31), serial=2)]
    return IdReaderStandIn({card.name: card for card in people}, port)


def _key_encoder(port: Port | None, _columns: int, _out: Path | None, _fonts: list[Path]) -> StandIn:
    from hw.standins.key_encoder import KeyEncoderStandIn

    return KeyEncoderStandIn(port, on_key=lambda key: typer.echo(f"key cut: {key}"))


def _camera(port: Port | None, _columns: int, _out: Path | None, _fonts: list[Path]) -> StandIn:
    from hw.standins.camera import CameraStandIn

    return CameraStandIn(port)


def _printer(port: Port | None, columns: int, out: Path | None, fonts: list[Path]) -> StandIn:
    from hw.printer.paper import Face
    from hw.standins.escpos import Slip
    from hw.standins.printer import PrinterStandIn

    count = 0

    def came_out(slip: Slip) -> None:
        nonlocal count
        count += 1
        typer.echo(slip.text if slip.whole else slip.text + "(torn off)")
        if out is not None and slip.png:
            (out / f"slip-{count:03}.png").write_bytes(slip.png)

    face = Face(fonts[0], fonts[-1]) if fonts else None
    return PrinterStandIn(columns, face, port, came_out)


def _mrz(port: Port | None, _columns: int, _out: Path | None, _fonts: list[Path]) -> StandIn:
    from hw.standins.mrz import MrzStandIn, passport

    return MrzStandIn({"anna": passport("ERIKSSON ANNA MARIA", "X1234567", date(1974, 8, 12))}, port)


def _plain(module: str, name: str) -> Callable[[Port | None, int, Path | None, list[Path]], StandIn]:
    """Of a stand-in that takes nothing but its port."""

    def make(port: Port | None, _columns: int, _out: Path | None, _fonts: list[Path]) -> StandIn:
        standin: StandIn = getattr(import_module(f"hw.standins.{module}"), name)(port)
        return standin

    return make


STANDINS: Mapping[str, Callable[[Port | None, int, Path | None, list[Path]], StandIn]] = MappingProxyType(
    {
        "id_reader": _id_reader,
        "printer": _printer,
        "key_encoder": _key_encoder,
        "camera": _camera,
        "mrz": _mrz,
        "line_scanner": _plain("line_device", "ScannerStandIn"),
        "stripe": _plain("stripe", "StripeStandIn"),
        "mifare": _plain("mifare", "MifareStandIn"),
        "fias": _plain("fias", "FiasStandIn"),
        "card_dispenser": _plain("card_dispenser", "DispenserStandIn"),
        "caller_id": _plain("caller_id", "CallerIdStandIn"),
        "display": _plain("display", "DisplayStandIn"),
    }
)

ON_TCP = frozenset({"printer", "key_encoder", "camera", "fias", "card_dispenser"})
"""The others are on a pty or a pipe unless a TCP port is given."""


@app.command()
def main(
    name: Annotated[str, typer.Argument(help="one of them; a wrong one lists all")],
    port: Annotated[int, typer.Option(help="TCP port on the loopback; 0: any free one")] = 0,
    link: Annotated[Path | None, typer.Option(help="a pty behind this name instead of a TCP port")] = None,
    width: Annotated[int, typer.Option(help="the printer's paper, 58 or 80")] = 80,
    out: Annotated[Path | None, typer.Option(help="a folder for pictures of slips")] = None,
    font: Annotated[list[Path] | None, typer.Option(help="the face of slips: once, or regular and bold")] = None,
) -> None:
    """Serve one stand-in until standard input ends."""
    if name not in STANDINS or width not in (58, 80):
        raise typer.BadParameter(f"stand-ins are {', '.join(STANDINS)}; width is 58 or 80")
    given: Port | None = None
    if link is not None:
        given = PtyPort(link)
    elif name in ON_TCP or port:
        given = TcpPort(port)
    standin = STANDINS[name](given, 32 if width == 58 else 48, out, font or [])
    typer.echo(f"{name} at {standin.start()}")
    for control in standin.controls:
        typer.echo(f"  {control.name}: {control.what} [{' | '.join(control.values) or 'text'}]")
    try:
        for line in sys.stdin:
            _turn(standin, line.strip())
    except KeyboardInterrupt:
        pass
    finally:
        standin.stop()


def _turn(standin: StandIn, line: str) -> None:
    control, _, value = line.partition(" ")
    if not control or control == "settings":
        typer.echo(str(standin.settings()))
        return
    try:
        standin.set(control, value)
        typer.echo(f"{control} = {value}")
    except ValueError as refused:
        typer.echo(str(refused))


if __name__ == "__main__":
    app()
