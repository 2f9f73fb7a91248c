"""Four devices at once, as a terminal runs them: awaited from asyncio, failing alone, coming back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any

from hw.clock import MonotonicClock
from hw.device import Done, Fault, Health, HealthState, NotDone, Outcome
from hw.id_reader.contract import CardDown, CardRead, CardRemoved
from hw.printer.document import Cut, Document, Text
from hw.registry import worker
from hw.scanner.contract import Code
from hw.standins.camera import CameraStandIn
from hw.standins.id_reader import IdReaderStandIn, citizen
from hw.standins.key_encoder import KeyEncoderStandIn
from hw.standins.printer import PrinterStandIn
from hw.worker import Limits, Worker

LI = citizen("李建华", date(1990, 3, 7))
START, END = datetime(2026, 11, 22, 15, 6), datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 - wall clock
SLIP = Document((Text("入住凭证"), Cut()))
SAFETY_S = 20.0


class Lobby:
    """The devices of one lobby terminal and what they told, on the loop."""

    def __init__(self) -> None:
        self.camera, self.printer, self.encoder = CameraStandIn(), PrinterStandIn(), KeyEncoderStandIn()
        self.reader = IdReaderStandIn({"李建华": LI})
        self.workers: dict[str, Worker[Any]] = {}
        self.health: dict[str, asyncio.Queue[Health]] = {}
        self.events: asyncio.Queue[object] = asyncio.Queue()

    def start(self) -> None:
        lines = {
            "scanner": ("camera", self.camera.start(), {}),
            "id_reader": ("sdt", self.reader.start(), {}),
            "printer": ("escpos", self.printer.start(), {"look_s": "0.05"}),
            "key_encoder": ("salto", self.encoder.start(), {}),
        }
        loop = asyncio.get_running_loop()
        for kind, (driver, port, more) in lines.items():
            told: asyncio.Queue[Health] = asyncio.Queue()
            self.health[kind] = told
            self.workers[kind] = worker(
                kind, driver, {"port": port, **more}, clock=MonotonicClock(),
                on_event=lambda event: loop.call_soon_threadsafe(self.events.put_nowait, event),
                on_health=lambda health, told=told: loop.call_soon_threadsafe(told.put_nowait, health),  # type: ignore[misc]
                limits=Limits(grace_s=0.2),
            )  # fmt: skip
            self.workers[kind].start()

    def stop(self) -> None:
        assert all(one.close() for one in self.workers.values())
        for standin in (self.camera, self.printer, self.encoder, self.reader):
            standin.stop()

    async def ask(self, kind: str, job_id: str, job: Callable[[Any], Outcome[Any]]) -> Outcome[Any]:
        return await asyncio.wrap_future(self.workers[kind].submit(job_id, job, SAFETY_S))

    async def until(self, kind: str, state: HealthState, code: Fault | None = None) -> None:
        while True:
            health = await asyncio.wait_for(self.health[kind].get(), SAFETY_S)
            if (health.state, health.code) == (state, code):
                return

    async def event(self) -> object:
        return await asyncio.wait_for(self.events.get(), SAFETY_S)


@asynccontextmanager
async def lobby() -> AsyncIterator[Lobby]:
    one = Lobby()
    one.start()
    try:
        for kind in one.workers:
            await one.until(kind, HealthState.OK)
        yield one
    finally:
        await asyncio.to_thread(one.stop)


async def test_a_guest_passes_all_four() -> None:
    async with lobby() as one:
        one.workers["scanner"].arm()
        one.camera.show("YK1BOOKING")
        seen = await one.event()
        assert isinstance(seen, Code) and seen.text == "YK1BOOKING"
        one.workers["scanner"].disarm()
        one.workers["id_reader"].arm()
        one.reader.set("card", "李建华")
        assert [await one.event(), await one.event()] == [CardDown(), CardRead(LI)]
        one.reader.set("card", "none")
        assert await one.event() == CardRemoved()
        cut = await one.ask("key_encoder", "j1", lambda encoder: encoder.cut("j1", "1206", START, END))
        printed = await one.ask("printer", "j2", lambda printer: printer.print("j2", SLIP))
        assert isinstance(cut, Done) and isinstance(printed, Done)
        assert [key.room for key in one.encoder.keys] == ["1206"]
        assert [slip.text for slip in one.printer.slips] == ["入住凭证\n"]


async def test_each_fails_alone_and_comes_back() -> None:
    async with lobby() as one:
        one.workers["id_reader"].arm()
        one.reader.set("plugged", "no")
        one.printer.set("paper", "out")
        await one.until("printer", HealthState.FAULTY, Fault.PAPER_OUT)
        while one.workers["id_reader"].health.state is not HealthState.ABSENT:
            await asyncio.wait_for(one.health["id_reader"].get(), SAFETY_S)
        refused = await one.ask("printer", "j1", lambda printer: printer.print("j1", SLIP))
        assert isinstance(refused, NotDone) and refused.code is Fault.PAPER_OUT
        cut = await one.ask("key_encoder", "j2", lambda encoder: encoder.cut("j2", "1206", START, END))
        assert isinstance(cut, Done)
        one.reader.set("card", "李建华")
        one.reader.set("plugged", "yes")
        one.printer.set("paper", "plenty")
        await one.until("printer", HealthState.OK)
        await one.until("id_reader", HealthState.OK)
        assert isinstance(await one.ask("printer", "j3", lambda printer: printer.print("j3", SLIP)), Done)
        assert [await one.event(), await one.event()] == [CardDown(), CardRead(LI)], "still armed, the card lies there"
