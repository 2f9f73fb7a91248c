"""The process that libzbar lives in, alone, because it may abort on a hostile code. A picture in, a line of
findings out.

In: width and height (four bytes each, high first) and the grey pixels. Out: a length (four bytes) and JSON.
"""

from __future__ import annotations

import json
import struct
import sys

from pyzbar import pyzbar

from hw.scanner.lifeline import hold_on_to_parent

SYMBOLS = [
    pyzbar.ZBarSymbol.QRCODE,
    pyzbar.ZBarSymbol.EAN13,
    pyzbar.ZBarSymbol.EAN8,
    pyzbar.ZBarSymbol.UPCA,
    pyzbar.ZBarSymbol.CODE128,
    pyzbar.ZBarSymbol.CODE39,
    pyzbar.ZBarSymbol.I25,
]
MOST_PIXELS = 64_000_000


def main() -> None:
    """Until standard input ends."""
    hold_on_to_parent()
    while len(head := sys.stdin.buffer.read(8)) == 8:
        width, height = struct.unpack(">II", head)
        if not 0 < width * height <= MOST_PIXELS:
            return
        pixels = sys.stdin.buffer.read(width * height)
        found = pyzbar.decode((pixels, width, height), symbols=SYMBOLS)
        answer = json.dumps(
            [
                {"kind": one.type, "raw": one.data.hex(), "corners": [[point.x, point.y] for point in one.polygon]}
                for one in found
            ]
        ).encode()
        sys.stdout.buffer.write(struct.pack(">I", len(answer)) + answer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
