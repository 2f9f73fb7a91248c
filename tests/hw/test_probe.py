"""Every finding that a probe names: brought about on a stand-in or a port, and found."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date

import pytest
import serial

from hw.clock import MonotonicClock
from hw.findings import FINDINGS, is_unstable
from hw.probe import Probe
from hw.standins.camera import CameraStandIn
from hw.standins.id_reader import IdReaderStandIn, citizen
from hw.standins.key_encoder import KeyEncoderStandIn
from hw.standins.line_device import ScannerStandIn
from hw.standins.printer import PrinterStandIn
from hw.standins.server import PtyPort, Served

LI = citizen("李建华", date(1990, 3, 7))
QUICK = {
    "printer": {"answer_s": "0.1", "font": "x"},
    "key_encoder": {"ack_s": "0.1", "read_s": "0.2"},
    "id_reader": {"command_s": "0.1", "read_s": "0.1"},
}
Situation = Callable[[ExitStack, pytest.MonkeyPatch], tuple[str, Mapping[str, str], float]]
"""Sets a device up; returns driver, options, and how long to watch."""


def found(kind: str, situation: Situation, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    with ExitStack() as stack:
        driver, options, watch = situation(stack, monkeypatch)
        given = QUICK.get(kind, {}) | dict(options)
        if driver not in ("escpos", "salto", "sdt"):
            given = dict(options)
        given = {name: value for name, value in given.items() if value != "-"}
        probe = Probe(kind, driver, given, MonotonicClock(), lambda _said: None)
        return [finding.name for finding in probe.run(watch)]


def on(standin: Served, stack: ExitStack) -> str:
    address = standin.start()
    stack.callback(standin.stop)
    return address


def at(driver: str, port: str, **options: str) -> Situation:
    return lambda _stack, _patch: (driver, {"port": port, **options}, 0.0)


def forbidden(driver: str, port: str = "/dev/ttyS99") -> Situation:
    def situation(_stack: ExitStack, patch: pytest.MonkeyPatch) -> tuple[str, Mapping[str, str], float]:
        def refuse(_line: object) -> None:
            raise serial.SerialException(errno.EACCES, "Permission denied")

        patch.setattr(serial.Serial, "open", refuse)
        return driver, {"port": port}, 0.0

    return situation


def vanishing(
    driver: str, make: Callable[[], Served], patch_at: type, method: str, control: str = "plugged", value: str = "no"
) -> Situation:
    """Goes away, or goes wrong, between opening and the first look."""

    def situation(stack: ExitStack, patch: pytest.MonkeyPatch) -> tuple[str, Mapping[str, str], float]:
        standin = make()
        address = on(standin, stack)
        before = getattr(patch_at, method)

        def then_gone(device: object) -> object:
            standin.set(control, value)
            return before(device)

        patch.setattr(patch_at, method, then_gone)
        return driver, {"port": address}, 0.0

    return situation


def turned(make: Callable[[], Served], driver: str, watch: float = 0.0, **settings: str) -> Situation:
    def situation(stack: ExitStack, _patch: pytest.MonkeyPatch) -> tuple[str, Mapping[str, str], float]:
        standin = make()
        address = on(standin, stack)
        for control, value in settings.items():
            standin.set(control, value)
        return driver, {"port": address}, watch

    return situation


def held(driver: str, make: Callable[[], Served]) -> Situation:
    """Another program has the serial port."""

    def situation(stack: ExitStack, _patch: pytest.MonkeyPatch) -> tuple[str, Mapping[str, str], float]:
        address = on(make(), stack)
        other = serial.Serial(address, exclusive=True)
        stack.callback(other.close)
        return driver, {"port": address}, 0.0

    return situation


@contextmanager
def talker() -> Iterator[str]:
    """A TCP port where something else answers everything."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            line, _ = listening.accept()
            with line:
                while line.recv(4096):
                    line.sendall(b"\xffHTTP/1.0 400 no\xff" * 64)
        except OSError:
            return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5.0)


def strange(driver: str) -> Situation:
    def situation(stack: ExitStack, _patch: pytest.MonkeyPatch) -> tuple[str, Mapping[str, str], float]:
        return driver, {"port": stack.enter_context(talker())}, 0.0

    return situation


def no_frames(stack: ExitStack, _patch: pytest.MonkeyPatch) -> tuple[str, Mapping[str, str], float]:
    camera = CameraStandIn()
    address = on(camera, stack)
    camera.set("frames", "garbled")
    return "camera", {"port": address}, 3.0


def dying(_stack: ExitStack, patch: pytest.MonkeyPatch) -> tuple[str, Mapping[str, str], float]:
    from hw.scanner.driver import CameraScanner

    made = CameraScanner.__init__

    def broken(self: CameraScanner, *rest: object) -> None:
        made(self, *rest)  # type: ignore[arg-type]
        self._command = ["/bin/false"]

    patch.setattr(CameraScanner, "__init__", broken)
    return "camera", {"port": "tcp:127.0.0.1:1"}, 0.0


def grabbed(_stack: ExitStack, patch: pytest.MonkeyPatch) -> tuple[str, Mapping[str, str], float]:
    import evdev

    class Keyboard:
        def __init__(self, _path: str, readonly: bool) -> None:
            self.fd, self.name = -1, "keyboard"

        def grab(self) -> None:
            raise OSError(errno.EBUSY, "busy")

        def close(self) -> None:
            """Nothing is held."""

    patch.setattr(evdev, "InputDevice", Keyboard)
    return "hid", {"port": "/dev/null"}, 0.0


def lost_wedge(stack: ExitStack, patch: pytest.MonkeyPatch) -> tuple[str, Mapping[str, str], float]:
    from hw.scanner.line_scanner import LineScanner

    return vanishing("serial", ScannerStandIn, LineScanner, "poll")(stack, patch)


def mute_engine(stack: ExitStack, _patch: pytest.MonkeyPatch) -> tuple[str, Mapping[str, str], float]:
    engine = ScannerStandIn(trigger="gm65")
    address = on(engine, stack)
    engine.set("delivery", "mute")
    return "serial", {"port": address, "trigger": "gm65", "answer_s": "0.1"}, 0.0


def strange_bytes(stack: ExitStack, patch: pytest.MonkeyPatch) -> tuple[str, Mapping[str, str], float]:
    from hw.scanner.line_scanner import LineScanner

    engine = ScannerStandIn()
    address, armed = on(engine, stack), LineScanner.arm

    def then_scanned(device: LineScanner, on: bool) -> None:
        armed(device, on)
        engine.scan(b"\xff\xfe\xfd")

    patch.setattr(LineScanner, "arm", then_scanned)
    return "serial", {"port": address}, 0.1


def garbling_reader(stack: ExitStack, patch: pytest.MonkeyPatch) -> tuple[str, Mapping[str, str], float]:
    from hw.id_reader.driver import SdtReader

    return vanishing("sdt", reader, SdtReader, "poll", "reply", "bad_check")(stack, patch)


def lost_reader(stack: ExitStack, patch: pytest.MonkeyPatch) -> tuple[str, Mapping[str, str], float]:
    from hw.id_reader.driver import SdtReader

    return vanishing("sdt", reader, SdtReader, "poll")(stack, patch)


def lost_printer(stack: ExitStack, patch: pytest.MonkeyPatch) -> tuple[str, Mapping[str, str], float]:
    from hw.printer.driver import EscPosPrinter

    return vanishing("escpos", PrinterStandIn, EscPosPrinter, "poll")(stack, patch)


def lost_encoder(stack: ExitStack, patch: pytest.MonkeyPatch) -> tuple[str, Mapping[str, str], float]:
    from hw.key_encoder.driver import SaltoEncoder

    return vanishing("salto", KeyEncoderStandIn, SaltoEncoder, "poll")(stack, patch)


def reader() -> IdReaderStandIn:
    return IdReaderStandIn({"李建华": LI})


class ScriptedEncoder(KeyEncoderStandIn):
    """A lock system that answers ENQ and read-backs with set bytes."""

    def __init__(self, enquiry: bytes, read: tuple[str, ...] = (), spoil: bool = False) -> None:
        super().__init__()
        self._enquiry, self._said, self._spoil = enquiry, read, spoil

    def received(self, data: bytes) -> None:
        from hw.key_encoder import wire

        if data == bytes([wire.ENQ]):
            self.send(self._enquiry)
        elif self._said:
            answer = wire.pack(self._said)
            self.send(bytes([wire.ACK]) + (answer[:-1] + b"\xff" if self._spoil else answer))


class BadCard(IdReaderStandIn):
    """Its card's record contradicts the standard."""

    def _status(self, status: int, data: bytes = b"") -> None:
        super()._status(status, data.replace("19900307".encode("utf-16-le"), "19901399".encode("utf-16-le")))


def unauthorised() -> IdReaderStandIn:
    class Locked(IdReaderStandIn):
        def _status(self, status: int, data: bytes = b"") -> None:
            super()._status(0x66)

    return Locked({"李建华": LI})


def bad_card() -> IdReaderStandIn:
    return BadCard({"李建华": LI})


def encoder(read: tuple[str, ...], enquiry: bytes = b"\x06", spoil: bool = False) -> Situation:
    return turned(lambda: ScriptedEncoder(enquiry, read, spoil), "salto")


SITUATIONS: Mapping[str, Mapping[str, Situation]] = {
    "scanner": {
        "absent": at("camera", "tcp:127.0.0.1:1"),
        "permission": forbidden("serial"),
        "wrong_device": at("serial", "/dev/null"),
        "unplugged": lost_wedge,
        "bad_option": at("serial", "/dev/null", trigger="laser"),
        "unstable_name": at("serial", "/dev/ttyUSB7"),
        "mute": mute_engine,
        "garbled": no_frames,
        "busy": grabbed,
        "crashed": dying,
        "wrong_charset": strange_bytes,
        "nothing_read": turned(CameraStandIn, "camera", watch=0.3),
    },
    "id_reader": {
        "absent": at("sdt", "/dev/nothing-here"),
        "permission": forbidden("sdt"),
        "wrong_device": at("sdt", "/dev/null"),
        "unplugged": lost_reader,
        "bad_option": at("sdt", "/dev/null", baud="1"),
        "unstable_name": at("sdt", "/dev/ttyUSB7"),
        "busy": held("sdt", reader),
        "garbled": garbling_reader,
        "read_failed": turned(reader, "sdt", watch=0.4, reply="41", card="李建华"),
        "card_rejected": turned(reader, "sdt", watch=0.4, reply="32", card="李建华"),
        "bad_document": turned(bad_card, "sdt", watch=0.4, card="李建华"),
        "self_test": turned(reader, "sdt", reply="60"),
        "not_authorised": turned(unauthorised, "sdt"),
        "wrong_baud": turned(reader, "sdt", baud="9600"),
        "mute": turned(reader, "sdt", reply="mute"),
        "nothing_read": turned(reader, "sdt", watch=0.2),
    },
    "printer": {
        "absent": at("escpos", "127.0.0.1:1"),
        "permission": forbidden("escpos"),
        "wrong_device": strange("escpos"),
        "unplugged": lost_printer,
        "bad_option": at("escpos", "127.0.0.1:1", width="70"),
        "unstable_name": at("escpos", "/dev/usb/lp7"),
        "busy": held("escpos", lambda: PrinterStandIn(port=PtyPort())),
        "mute": turned(PrinterStandIn, "escpos", speaks="no"),
        "paper_out": turned(PrinterStandIn, "escpos", paper="out"),
        "paper_low": turned(PrinterStandIn, "escpos", paper="low"),
        "cover_open": turned(PrinterStandIn, "escpos", cover="open"),
        "cutter": turned(PrinterStandIn, "escpos", cutter="jammed"),
        "head_hot": turned(PrinterStandIn, "escpos", head="hot"),
        "printer_error": turned(PrinterStandIn, "escpos", head="broken"),
        "no_face": lambda stack, patch: ("escpos", {"port": on(PrinterStandIn(), stack), "font": "-"}, 0.0),
    },
    "key_encoder": {
        "absent": at("salto", "127.0.0.1:1"),
        "permission": forbidden("salto"),
        "wrong_device": encoder((), enquiry=b"\x05"),
        "unplugged": lost_encoder,
        "bad_option": at("salto", "127.0.0.1:1", captive="perhaps"),
        "unstable_name": at("salto", "/dev/ttyACM3"),
        "mute": turned(KeyEncoderStandIn, "salto", next="mute"),
        "no_card": turned(KeyEncoderStandIn, "salto", card="none"),
        "card_format": encoder(("EF", "1")),
        "other_key": turned(KeyEncoderStandIn, "salto", card="other"),
        "encoder_silent": encoder(("NC", "1")),
        "out_of_service": encoder(("OS", "1")),
        "busy": encoder((), enquiry=b"\x15"),
        "garbled": encoder(("LT", "1", "1206"), spoil=True),
    },
}


@pytest.fixture(autouse=True)
def no_font(monkeypatch: pytest.MonkeyPatch) -> None:
    """A printer's face is asked for here, and never drawn with."""
    from hw.printer import driver

    monkeypatch.setattr(driver, "Face", lambda *_paths: None)


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in SITUATIONS.items() for name in names])
def test_each_finding_is_found(kind: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert name in found(kind, SITUATIONS[kind][name], monkeypatch)


@pytest.mark.parametrize("kind", FINDINGS)
def test_each_kind_names_a_dozen_and_each_is_brought_about(kind: str) -> None:
    assert set(FINDINGS[kind]) == set(SITUATIONS[kind]) and len(FINDINGS[kind]) >= 12
    assert all(len(advice) > 15 for advice in FINDINGS[kind].values())


def test_a_device_that_works_has_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found("printer", turned(PrinterStandIn, "escpos"), monkeypatch) == []
    assert found("id_reader", turned(reader, "sdt", watch=0.4, card="李建华"), monkeypatch) == []


@pytest.mark.parametrize(
    ("port", "unstable"),
    [("/dev/ttyUSB0", True), ("/dev/serial/by-id/usb-x", False), ("192.168.1.5:9100", False), ("/dev/video2", True)],
)
def test_names_that_change(port: str, unstable: bool) -> None:
    assert is_unstable(port) is unstable

