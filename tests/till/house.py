"""A terminal's core on virtual time, beside a model central; and a journal that can die at any commit."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import apsw

from kiosk.journal import Journal, open_journal
from kiosk.journal.writer import Change, Commits, Job
from kiosk.keyfile import Cipher
from kiosk.till import Recovered, Till
from mqtt.heartbeat import LinkState
from mqtt.link import Message
from mqtt.messages.hold import HOLD_AUTHORISE, HOLD_CAPTURE, HoldAuthorise, HoldCapture
from mqtt.messages.outcome import Reply
from mqtt.messages.stay import STAY_CHECK_IN, STAY_PREPARE, StayCheckIn, StayPrepare
from mqtt.requests import Letterhead
from mqtt.timing import stamp
from mqtt.topics import Terminal
from tests.till.model_central import Central, Wire
from tests.till.virtual import VirtualClock

T = TypeVar("T")
PLACE = Terminal("lakeside", "lobby-1")
VISIT = "01900000-0000-7000-8000-00000000aaaa"
BOOKING = "01900000-0000-7000-8000-00000000bbbb"


class Frail:
    """kiosk.journal.writer.Writing without a thread, that dies before or after a chosen commit and is silent then."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._commits = Commits(connection)
        self.written = 0
        self.die_before = self.die_after = 0
        self.dead = False

    def submit(self, change: Change[T]) -> Future[T]:
        job = Job(change)
        if self.dead or self.written + 1 == self.die_before:
            self.dead = True
            return job.future
        self.written += 1
        if self.written == self.die_after:
            self.dead = True
            self._commits.commit([job])
            return Future()
        self._commits.commit([job])
        return job.future

    def close(self) -> None:
        self._commits.close()


class House:
    """One lobby terminal and one central. `boot` starts a program, `crash` ends it as a power cut would."""

    def __init__(self, directory: Path) -> None:
        self.clock = VirtualClock()
        self.central = Central(self.clock)
        self.wire = Wire(PLACE, self.central, self.clock)
        self.states: list[LinkState] = []
        self.phases: list[str] = []
        self.others: list[Message] = []
        self.frail: Frail
        self.journal: Journal
        self.till: Till
        self._path = directory / "journal.db"
        self._numbers = itertools.count(1)
        self._nonces = itertools.count(1)

    def id(self) -> str:
        return f"01900000-0000-7000-8000-{next(self._numbers):012x}"

    def writing(self, connection: apsw.Connection) -> Frail:
        connection.execute("PRAGMA synchronous = OFF")  # power is cut by Frail here, not by the disk (tests/journal)
        self.frail = Frail(connection)
        return self.frail

    async def boot(self, *, link: bool = True) -> Recovered:
        self.journal = open_journal(
            self._path, Cipher(b"k" * 32, lambda size: next(self._nonces).to_bytes(size, "big")), ids=self.id,
            at=stamp(self.clock.wall()), writing=self.writing)  # fmt: skip
        self.till = Till(
            PLACE, self.journal, self.clock, ids=self.id, chance=lambda: 0.5,
            letterhead=Letterhead("lobby", "front", self.id(), self.clock), on_other=self.others.append,
            on_link=self.states.append, on_up=lambda: None)  # fmt: skip
        self.wire.hear = self.till.heard
        self.wire.up = link
        found = await self.till.recover()
        self.till.start(self.wire)
        await self.clock.idle()
        return found

    async def crash(self) -> None:
        """Nothing more is written, sent or heard; what was committed stays."""
        self.frail.dead = True
        self.wire.up = False
        self.wire.hear = lambda message: None
        await self.till.stop()
        self.journal.close()

    async def shut(self) -> None:
        await self.till.stop()
        self.journal.close()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the journal's file says."""
        return list(self.frail._commits._connection.execute(sql))

    def deal(self, id_: str) -> str:
        return str(self.rows(f"SELECT state FROM deals WHERE id = '{id_}'")[0][0])

    @property
    def ops(self) -> dict[str, str]:
        """Kind -> state of every operation, the last of a kind."""
        return dict(self.rows("SELECT kind, state FROM operations ORDER BY seq"))

    @property
    def notes(self) -> list[str]:
        return [what for (what,) in self.rows("SELECT what FROM notes WHERE closed_by = '' ORDER BY id")]

    # what flows do

    async def authorise(self, amount: int = 50_000, *, capture: bool = False, ttl_s: int = 600) -> Any:
        body = (
            HoldAuthorise(instrument="sn", ref="r", count=amount, capture=True)
            if capture
            else HoldAuthorise(member="m_1", amount=amount, purpose="deposit", ttl_s=ttl_s)
        )
        return await self.till.request(HOLD_AUTHORISE, body, visit=VISIT, on_phase=self.phases.append)

    async def prepare(self) -> Any:
        body = StayPrepare(booking=BOOKING, identities=("i_1",))
        return await self.till.request(STAY_PREPARE, body, visit=VISIT, on_phase=self.phases.append)

    async def capture(self, hold: str, amount: int = 50_000) -> Any:
        body = HoldCapture(hold=hold, amount=amount, final=True, tenders=(), delivered_at=stamp(self.clock.wall()))
        return await self.till.delivered(hold, HOLD_CAPTURE, body, b"slip")

    async def check_in(self, stay: str, hold: str) -> Any:
        body = StayCheckIn(stay=stay, hold=hold, identities=("i_1",), keys=(), delivered_at=stamp(self.clock.wall()))
        return await self.till.delivered(hold, STAY_CHECK_IN, body, b"slip")

    async def held(self) -> str:
        """A hold at P2."""
        outcome = await self.clock.run(self.authorise())
        assert isinstance(outcome, Reply), outcome
        return outcome.id

    async def handing_over(self) -> str:
        """A hold at P3."""
        hold = await self.held()
        assert await self.clock.run(self.till.fulfilling(hold))
        return hold

    async def quiet(self, seconds: float = 300.0) -> None:
        """Faults over: long enough for every back-off."""
        await self.clock.pass_(seconds)


Boot = Callable[[], House]
