"""A scanner without a camera: the contract alone."""

from __future__ import annotations

from hw.device import Clock, DeviceError, Emit, Fault, Poll
from hw.options import Options
from hw.scanner.contract import Code, CodeKind


class SimScanner:
    """`show` puts a code before it, `hide` takes it away; `absent` makes opening and polling fail."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._armed = False
        self._code: Code | None = None
        self._told = False
        self.absent = False

    def show(self, text: str, kind: CodeKind = CodeKind.QR) -> None:
        self._code, self._told = Code(kind, text, text.encode(), (), "sim"), False

    def hide(self) -> None:
        self._code = None

    def open(self) -> str:
        self._check()
        return "simulated scanner"

    def close(self) -> None:
        """Nothing is held."""

    def arm(self, on: bool) -> None:
        self._armed = on
        self._told = False

    def poll(self) -> Poll:
        self._check()
        if self._armed and self._code is not None and not self._told:
            self._told = True
            self._emit(self._code)
        return Poll(again_s=0.05)

    def _check(self) -> None:
        if self.absent:
            raise DeviceError(Fault.ABSENT, "the simulated scanner is unplugged")


def make(options: Options, clock: Clock, emit: Emit) -> SimScanner:  # noqa: ARG001 - every factory takes the same three
    """No options."""
    return SimScanner(emit)
