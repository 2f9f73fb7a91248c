"""The composition root of a terminal: everything that is given to everything else is made here, and nowhere else.

`build` makes a terminal around any view; `run` puts it behind a real window. Central is never here.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import os
import random
import resource
import secrets
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hw.device import Done
from hw.device import Health as DeviceState
from hw.device import Outcome as DeviceOutcome
from hw.device import Unknown as StillUnknown
from kiosk import keyfile, readiness
from kiosk.counter import Counter, Devices
from kiosk.desk import Desk
from kiosk.journal import Journal, open_journal
from kiosk.models.say import say
from kiosk.models.screen import Answer
from kiosk.paper import Letterhead as PaperHead
from kiosk.paper import Paper
from kiosk.readiness import Link as LinkName
from kiosk.session import Session
from kiosk.settings import Settings, faults
from kiosk.terminal import Terminal
from kiosk.terminal_file import TerminalFile
from kiosk.texts import Texts, load_catalogues
from kiosk.till import Recovered, Till
from kiosk.view import View
from mqtt import codes
from mqtt.fleet import Fleet, Store
from mqtt.heartbeat import LinkState
from mqtt.link import Endpoint, Link, Message, Publication
from mqtt.messages import wire
from mqtt.messages.fleet import Command
from mqtt.messages.link import DeviceHealth, Health, State
from mqtt.messages.service import SERVICE_CALL, ServiceCall
from mqtt.requests import Letterhead
from mqtt.timing import Clock, stamp, within
from mqtt.topics import Terminal as Place

if TYPE_CHECKING:
    from hw.printer.document import Document
    from hw.worker import Worker
    from kiosk.models.slips import Slip, SlipHead

log = logging.getLogger(__name__)

APP = "0.1.0"
Visit = Callable[[Desk, Answer], Awaitable[None]]
TEXTS = Path(__file__).parent.parent / "assets" / "texts"
FONTS = Path(__file__).parent.parent / "assets" / "fonts"
HEALTH_S = 60.0
DEVICES_S = 1.0


@dataclass
class House:
    """A terminal and all that was made for it. `close` puts it away in order."""

    place: Place
    role: str
    terminal: Terminal
    till: Till
    journal: Journal
    link: Link
    workers: dict[str, Worker[Any]]
    open_devices: Callable[[], None]
    recovered: Recovered
    clock: Clock
    texts: Texts
    data: Path
    background: Background

    def answered(self, answer: Answer) -> None:
        """From the view: a screen's answer, or a dialog's button."""
        if self.terminal.session is not None:
            self.terminal.session.from_view(answer)

    def chrome_touched(self, name: str) -> None:
        if self.terminal.session is not None:
            self.terminal.session.chrome_touched(name)

    def touched(self) -> None:
        if self.terminal.session is not None:
            self.terminal.session.touch()

    async def serve(self) -> None:
        """Until `stop`: devices, link, guests."""
        self.till.start(self.link)
        self.till.retry_parked()    # this start may be of a newer program
        self.link.start()
        self.background.start(self._report_health())
        self.background.start(self._start_devices())
        await self.terminal.serve()

    def stop(self) -> None:
        self.terminal.stop()

    async def close(self) -> None:
        """After `serve` has ended: nothing is sent any more, the journal is whole."""
        await self.background.stop()
        await self.till.stop()
        loop = asyncio.get_running_loop()
        closing = [loop.run_in_executor(None, worker.close) for worker in self.workers.values()]
        await asyncio.gather(*closing, loop.run_in_executor(None, self.link.stop))
        self.journal.close()

    async def _start_devices(self) -> None:
        """After the first screen: opening them takes a core for a moment, and nobody has a card out yet."""
        with contextlib.suppress(TimeoutError):
            await within(self.clock, DEVICES_S, self.terminal.opened.wait())
        self.open_devices()
        front_door(self.role)

    async def _report_health(self) -> None:
        while True:
            with contextlib.suppress(wire.TooLarge, OSError):
                self.link.publish(self.place.topic("health"), wire.encode(self.health()), retain=True)
            await self.clock.sleep(HEALTH_S)

    def health(self) -> Health:
        """Facts for whoever looks after 2,000 boards."""
        facts = self.till.facts()
        devices = tuple(
            DeviceHealth(kind=d.kind, driver=d.driver, state=d.state.value, code=str(d.code or ""))
            for d in self.terminal.facts.devices.values()
        )
        return Health(
            devices=devices, parked=facts.parked, in_doubt=facts.in_doubt,
            rss_kb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
            disk_free_kb=_free_kb(self.data),
            clock_trusted=self.till.pulse.trusted_now is not None,
        )  # fmt: skip


async def build(file: TerminalFile, base: Path, view: View, clock: Clock) -> House:
    """A terminal around `view`, recovered and not yet serving. `base` is the folder of its file. Raises JournalFailed,
    CatalogueMissing, OSError."""
    loop = asyncio.get_running_loop()
    place = Place(file.place.property, file.place.terminal)
    zone = ZoneInfo(file.place.zone)
    data = base / file.place.data
    chance = random.SystemRandom()
    new_id = uuid7_source(clock, secrets.token_bytes)
    texts = Texts(load_catalogues(TEXTS), zone, lambda *missing: log.warning("text.missing %s %s", *missing))
    cipher = keyfile.load(data / "journal.key", secrets.token_bytes)
    journal = await loop.run_in_executor(
        None, lambda: open_journal(data / "journal.db", cipher, ids=new_id, at=stamp(clock.wall())))  # fmt: skip
    boot = str(uuid.uuid4())

    def other(message: Message) -> None:
        if message.topic == place.topic("config/desired"):
            fleet.desired(message.payload)
            terminal.on_configuration()
        elif message.topic == place.topic("cmd"):
            background.start(fleet.command(message.payload))

    def link_state(state: LinkState) -> None:
        name: LinkName = state.value
        log.info("link.state state=%s", name)
        terminal.on_link(name)

    def link_up() -> None:
        born = State(online=True, boot=boot, app=APP, config=fleet.version)
        link.publish(place.topic("state"), wire.encode(born), retain=True)
        fleet.report()

    till = Till(
        place, journal, clock, ids=new_id, chance=chance.random,
        letterhead=Letterhead(file.place.role, file.place.store, boot, clock),
        on_other=other, on_link=link_state, on_up=link_up, on_broken=lambda code: terminal.on_journal_fault(code),
    )  # fmt: skip
    will = State(online=False, boot=boot, app=APP, config=0)
    link = Link(
        _endpoint(file, base), place.scope, clock, subscriptions=place.reads, on_message=till.heard, on_up=till.link_up,
        on_down=till.link_down, will=Publication(place.topic("state"), wire.encode(will), True), session=True,
    )  # fmt: skip
    background = Background()

    async def perform(command: Command) -> str:
        """What a signed command asks of this terminal; answers why not, in words."""
        if command.name == "restart":
            terminal.stop_after_visit()
            return ""
        return f"{command.name} is not something this terminal does"

    fleet = Fleet(
        place, link, clock, keys={"config": _key(file.keys.config), "commands": _key(file.keys.commands)},
        store=Store(data / "fleet"), validate=faults, perform=perform, now=lambda: till.pulse.trusted_now,
    )  # fmt: skip
    hotel = say("central.wording", zh=file.hotel.name_zh, en=file.hotel.name_en)
    devices = Devices()
    codes_key = _key(file.keys.codes)
    workers: dict[str, Worker[Any]] = {}
    paper = Paper(
        head=PaperHead(
            hotel, say("central.wording", zh=file.hotel.address_zh, en=file.hotel.address_en), file.hotel.phone,
            file.place.terminal.upper(),
        ),
        printer=None,
        render=lambda slip, head, language, columns: _rendered(slip, head, texts, language, columns),
        columns=lambda: 32 if terminal.configured.current.text("slip.paper") == "58" else 48,
    )  # fmt: skip

    def call_staff(about: str, operation: str) -> bool:
        """Written down in any case; False: nobody hears of it before the link is back."""
        visit_id = terminal.session.visit if terminal.session is not None else ""
        number = till.number(operation) if operation else ""
        body = ServiceCall(what="staff", about=about, number=number, of=operation or None)
        till.advise(SERVICE_CALL, body, visit=visit_id)
        return not readiness.out_of_service(terminal.facts)

    def open_counter(session: Session) -> Counter:
        return Counter(
            session=session, till=till, paper=paper, devices=devices,
            facts=lambda: terminal.facts, on_call=call_staff, clock=clock, zone=zone, hotel=hotel, role=file.place.role,
        )  # fmt: skip

    terminal = Terminal(
        view=view, clock=clock, configured=Configured(fleet, background, lambda: terminal.faults), hotel=hotel,
        visit=lambda desk, first: front_door(file.place.role)(desk, first), open_counter=open_counter,
        verify_code=lambda code: named(code, codes_key, clock), new_id=new_id, recover=till.recover,
        on_call=call_staff, devices=devices,
    )  # fmt: skip

    terminal.facts = replace(terminal.facts, expected=frozenset(file.devices))

    def on_loop(call: Callable[[Any], None]) -> Callable[[Any], None]:
        def hand_over(value: Any) -> None:
            with contextlib.suppress(RuntimeError):     # the loop has ended: nobody is there to hear it
                loop.call_soon_threadsafe(call, value)

        return hand_over

    def key_was_late(ended: tuple[str, DeviceOutcome[Any]]) -> None:
        """The encoder says after its deadline what became of a key: the sensor that settles a doubt."""
        job, outcome = ended
        if not isinstance(outcome, StillUnknown):
            background.start(till.settle(job.split(":")[0], isinstance(outcome, Done), by="sensor"))

    def open_devices() -> None:
        from hw import registry
        from hw.clock import MonotonicClock

        events: dict[str, Callable[[object], None]] = {"scanner": terminal.on_code, "id_reader": terminal.on_card}
        for kind, options in file.devices.items():
            health: Callable[[DeviceState], None] = terminal.on_health
            rest = {name: value for name, value in options.items() if name != "driver"}
            if kind == "printer":
                rest.setdefault("font", str(FONTS / "UI-Regular.otf"))
                rest.setdefault("bold_font", str(FONTS / "UI-Bold.otf"))
            workers[kind] = registry.worker(
                kind, options["driver"], rest, clock=MonotonicClock(),
                on_event=on_loop(events.get(kind, lambda _: None)), on_health=on_loop(health),
                on_late=lambda job, outcome: on_loop(key_was_late)((job, outcome)),
            )  # fmt: skip
            workers[kind].start()
        paper.printer = workers.get("printer")
        devices.scanner, devices.id_reader = workers.get("scanner"), workers.get("id_reader")
        devices.encoder = workers.get("key_encoder")
        devices.arm_again()

    recovered = await till.recover()
    terminal.resumed = recovered.any
    return House(
        place, file.place.role, terminal, till, journal, link, workers, open_devices, recovered, clock, texts, data,
        background,
    )  # fmt: skip


def front_door(role: str) -> Visit:
    """The journey that begins every visit of a role; a terminal loads only its own role's."""
    found: Visit = importlib.import_module(f"kiosk.flows.{role}.front_door").visit
    return found


@dataclass
class Configured:
    """What is applied is on trial, and undoes itself if it does no good."""

    fleet: Fleet
    background: Background
    faults: Callable[[], int]

    @property
    def current(self) -> Settings:
        return Settings(self.fleet.settings, self.fleet.version)

    @property
    def waiting(self) -> bool:
        return self.fleet.waiting

    def apply(self) -> None:
        if self.fleet.apply():
            before = self.faults()
            self.background.start(self.fleet.trial(lambda: self.faults() == before))


class Background:
    """Work that nobody waits for, kept until it is done."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def named(code: codes.Code, key: Ed25519PublicKey, clock: Clock) -> str:
    """The kind of a code of ours, or forged, or expired. Central has the last word; this spares the guest a wait."""
    content = codes.verify(code, key) if code.kind != "member" else {}
    if content is None:
        return "forged"
    until = content.get("exp")
    if isinstance(until, int) and until < clock.wall().timestamp():
        return "expired"
    return code.kind


def uuid7_source(clock: Clock, entropy: Callable[[int], bytes]) -> Callable[[], str]:
    """Makes UUIDs of version 7 from the given time and chance."""

    def fresh() -> str:
        raw = int(clock.wall().timestamp() * 1000).to_bytes(6, "big") + entropy(10)
        value = int.from_bytes(raw, "big")
        value = value & ~(0xF << 76) | (0x7 << 76)
        value = value & ~(0x3 << 62) | (0x2 << 62)
        return str(uuid.UUID(int=value))

    return fresh


def _rendered(slip: Slip, head: SlipHead, texts: Texts, language: str, columns: int) -> Document:
    from kiosk.slips import render

    return render(slip, head, texts, language, columns)


def _free_kb(place: Path) -> int:
    room = os.statvfs(place)
    return room.f_bavail * room.f_frsize // 1024


def _key(text: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text))


def _endpoint(file: TerminalFile, base: Path) -> Endpoint:
    return Endpoint(file.link.host, file.link.port, base / file.link.ca, base / file.link.cert, base / file.link.key)
