"""What a slip costs a printer: bytes and time at 58 and 80 mm, as font and as raster. For information."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from hw.clock import MonotonicClock
from hw.device import Done
from hw.printer.document import Document
from hw.printer.paper import Face
from hw.printer.render import Abilities, escpos
from hw.printer.trial import trial_slip
from hw.registry import build
from hw.standins.printer import PrinterStandIn

FONTS = Path(__file__).parents[1] / "assets" / "fonts"
SLIPS = 20


def print_ms(document: Document, columns: int) -> float:
    """The whole job on a stand-in's socket: status, handshake, bytes, end."""
    standin = PrinterStandIn(columns)
    options = {"port": standin.start(), "width": "58" if columns == 32 else "80"}
    printer = build("printer", "escpos", options, clock=MonotonicClock(), on_event=lambda _event: None)
    try:
        printer.open()
        began = perf_counter()
        for slip in range(SLIPS):
            if not isinstance(printer.print(f"slip-{slip}", document), Done):  # type: ignore[attr-defined]
                raise RuntimeError("a slip of the measurement did not come out")
        return (perf_counter() - began) / SLIPS * 1000
    finally:
        printer.close()
        standin.stop()


def measure() -> dict[str, float]:
    """`bytes_*` of one slip by width and way, `ms_*` of its job without the paper's own time."""
    face = Face(FONTS / "UI-Regular.otf", FONTS / "UI-Bold.otf") if (FONTS / "UI-Regular.otf").exists() else None
    figures: dict[str, float] = {}
    for columns, width in ((32, 58), (48, 80)):
        document = trial_slip(columns)
        figures[f"bytes_font_{width}"] = len(escpos(document, Abilities(columns, face=face)))
        if face is not None:
            figures[f"bytes_raster_{width}"] = len(escpos(document, Abilities(columns, False, False, face)))
        figures[f"ms_{width}"] = round(print_ms(document, columns), 1)
    return figures
