"""A hotel to try things in: its own broker, central in its own process, stand-ins that speak bytes.

Everything lives in one directory and ends with `stop`. No system service is touched.
"""

from __future__ import annotations

import contextlib
import json
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from central.cast import CAST, Person
from central.running import READY, end
from demo.broker import HOST, Broker, free_port
from demo.ca import Ca
from hw.id_reader.contract import Document, DocumentKind, Sex
from hw.printer.paper import Face
from hw.standins.camera import CameraStandIn
from hw.standins.id_reader import IdReaderStandIn, citizen
from hw.standins.key_encoder import KeyEncoderStandIn
from hw.standins.printer import PrinterStandIn

FONTS = Path(__file__).parent.parent / "assets" / "fonts"

PROPERTY = "yunqi"
TERMINAL = "k01"
OUTSIDE = ("t01", "t02", "t03")
WORKERS = ("w1", "w2")
"""The second one has the broker's word, and nobody works under it: for attacks."""

TERMINAL_FILE = """\
[place]
property = "{property}"
terminal = "{terminal}"
role = "lobby"
store = "lobby"
data = "{data}"

[hotel]
name_zh = "云栖酒店"
name_en = "Yunqi Hotel"
address_zh = "杭州西湖区云栖路88号"
address_en = "88 Yunqi Road, Hangzhou"
phone = "0571-8888 8888"

[link]
host = "{host}"
port = {port}
ca = "{ca}"
cert = "{cert}"
key = "{key}"

[keys]
codes = "{codes}"
config = "{config}"
commands = "{commands}"

[devices.scanner]
driver = "camera"
port = "{scanner}"

[devices.id_reader]
driver = "sdt"
port = "{id_reader}"

[devices.printer]
driver = "escpos"
port = "{printer}"

[devices.key_encoder]
driver = "salto"
port = "{key_encoder}"
answer_s = "3"
read_s = "2"
"""

CENTRAL_FILE = """\
test_mode = true

[broker]
host = "{host}"
port = {port}
ca = "{ca}"
cert = "{cert}"
key = "{key}"

[house]
certs = "{certs}"
restart_broker = "{restart_broker}"
"""


class HotelFailed(RuntimeError):
    """A part of the hotel did not start: says which, and its last words."""


@dataclass
class Hotel:
    """One hotel in `directory`. `now` gives the time; `face` whether the printer's slips are drawn."""

    directory: Path
    now: Callable[[], datetime]
    draw_slips: bool = True
    broker: Broker = field(init=False)
    camera: CameraStandIn = field(init=False)
    id_reader: IdReaderStandIn = field(init=False)
    printer: PrinterStandIn = field(init=False)
    encoder: KeyEncoderStandIn = field(init=False)
    _central: subprocess.Popen[str] | None = None

    @property
    def terminal_file(self) -> Path:
        return self.directory / "terminal.toml"

    @property
    def books(self) -> Path:
        """Central's data directory."""
        return self.directory / "central"

    def start(self, central: bool = True) -> None:
        """Broker, central and stand-ins, furnished if new; then the terminal's file is there. Raises HotelFailed."""
        self.directory.mkdir(parents=True, exist_ok=True)
        authority = Ca(self.directory / "certs", self.now)
        for name in (TERMINAL, *OUTSIDE):
            authority.client(f"{PROPERTY}/{name}")
        worker, mine = authority.client("central/w1"), authority.client(f"{PROPERTY}/{TERMINAL}")
        self.broker = Broker(self.directory / "broker", self._port(), authority.server("localhost", HOST), WORKERS)
        self.broker.start()
        self._furnish(worker.ca, worker.cert, worker.key)
        if central:
            self.start_central()
        self._devices()
        keys = json.loads(self.ask_central("keys", "--public"))
        self.terminal_file.write_text(TERMINAL_FILE.format(
            property=PROPERTY, terminal=TERMINAL, data="terminal", host=HOST, port=self.broker.port,
            ca=mine.ca, cert=mine.cert, key=mine.key, scanner=self.camera.address, id_reader=self.id_reader.address,
            printer=self.printer.address, key_encoder=self.encoder.address, **keys,
        ), encoding="utf-8")  # fmt: skip

    def stop(self) -> None:
        """Everything ends; nothing is left running."""
        for device in ("camera", "id_reader", "printer", "encoder"):
            with contextlib.suppress(AttributeError):
                getattr(self, device).stop()
        self.stop_central()
        with contextlib.suppress(AttributeError):
            self.broker.stop()

    # central

    def start_central(self) -> None:
        """Start it and wait until it serves. Raises HotelFailed."""
        log = (self.directory / "central.log").open("a", encoding="utf-8")
        with log:
            self._central = subprocess.Popen(
                [sys.executable, "-m", "central", "serve", "--data", str(self.books)],
                cwd=_root(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True,
                start_new_session=True,
            )  # fmt: skip
        assert self._central.stdout is not None
        for line in self._central.stdout:
            if line.strip() == READY:
                return
        self._central.wait()
        self._central = None
        raise HotelFailed(f"central ended: {_last_line(self.directory / 'central.log')}")

    def stop_central(self) -> None:
        self._end_central(signal.SIGTERM)

    def kill_central(self) -> None:
        """As a power cut would."""
        self._end_central(signal.SIGKILL)

    def freeze_central(self, frozen: bool) -> None:
        """It is there and says nothing; or it goes on."""
        if self._central is not None:
            self._central.send_signal(signal.SIGSTOP if frozen else signal.SIGCONT)

    def ask_central(self, *command: str) -> str:
        """One of central's own commands, as an operator would type it. Raises HotelFailed with what it said."""
        done = subprocess.run(
            [sys.executable, "-m", "central", *command, "--data", str(self.books)],
            cwd=_root(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise HotelFailed(f"central {' '.join(command)}: {(done.stderr or done.stdout).strip()[-300:]}")
        return done.stdout.strip()

    def _end_central(self, how: signal.Signals) -> None:
        process, self._central = self._central, None
        if process is None:
            return
        process.send_signal(signal.SIGCONT)
        process.send_signal(how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
        # Somebody may have started another by the commands of `central facts`.
        end(self.books, how, time.sleep)

    def _furnish(self, ca: Path, cert: Path, key: Path) -> None:
        self.books.mkdir(parents=True, exist_ok=True)
        restart = ("env", f"PYTHONPATH={_root()}", sys.executable, "-m", "demo.restart", str(self.directory.absolute()))
        (self.books / "central.toml").write_text(CENTRAL_FILE.format(
            host=HOST, port=self.broker.port, ca=ca, cert=cert, key=key, certs=self.directory / "certs",
            restart_broker=shlex.join(restart),
        ))  # fmt: skip
        if not (self.books / "central.db").exists():
            self.ask_central("furnish")

    # devices

    def _devices(self) -> None:
        cards = {key: card_of(person) for key, person in CAST.items() if not person.passport}
        self.camera = CameraStandIn()
        self.id_reader = IdReaderStandIn(cards)
        face = Face(FONTS / "UI-Regular.otf", FONTS / "UI-Bold.otf") if self.draw_slips else None
        self.printer = PrinterStandIn(face=face)
        self.encoder = KeyEncoderStandIn()
        for device in (self.camera, self.id_reader, self.printer, self.encoder):
            device.start()

    def _port(self) -> int:
        """The same port each time, so that a terminal that is running finds its broker again."""
        kept = self.directory / "broker.port"
        if not kept.exists():
            kept.write_text(str(free_port()))
        return int(kept.read_text())


def card_of(person: Person) -> Document:
    """A person's card as the reader's chip holds it."""
    if person.kind == "resident_id":
        return citizen(person.name, person.born, number=person.number, valid_to=person.valid_to)
    return Document(
        kind=DocumentKind.RESIDENCE_PERMIT, name=person.name, latin_name=person.latin, number=person.number,
        sex=Sex.FEMALE if person.woman else Sex.MALE, birth=person.born, nation="", nationality="",
        address="云栖市虚构路1号", issuer="云栖市", valid_from=person.born, valid_to=person.valid_to,
    )  # fmt: skip


@contextlib.contextmanager
def furnished(now: Callable[[], datetime], template: Path | None = None, **options: Any) -> Any:
    """A hotel of one's own in a directory that goes away; `template` is one that was furnished before."""
    with tempfile.TemporaryDirectory(prefix="hotel-") as place:
        directory = Path(place)
        if template is not None:
            shutil.copytree(template, directory, dirs_exist_ok=True)
        hotel = Hotel(directory, now, **options)
        try:
            hotel.start()
            yield hotel
        finally:
            hotel.stop()


def _root() -> Path:
    return Path(__file__).absolute().parent.parent


def _last_line(path: Path) -> str:
    with contextlib.suppress(OSError, IndexError):
        return path.read_text(encoding="utf-8").strip().splitlines()[-1]
    return "it said nothing"


__all__ = ["Hotel", "HotelFailed", "card_of", "furnished"]
