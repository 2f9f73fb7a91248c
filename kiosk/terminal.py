"""A terminal at work: boot, attract, one visit after another, configuration in between.

Everything here runs on one asyncio loop, the UI thread's. Devices and the link hand over with call_soon_threadsafe.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from hw.device import Health
from kiosk import readiness
from kiosk.counter import Counter, Devices
from kiosk.desk import Desk, Left
from kiosk.errors import OUT_OF_SERVICE
from kiosk.journal import JournalFailed
from kiosk.models.chrome import Chrome
from kiosk.models.document import Document
from kiosk.models.lobby import Attract, Cleared, OutOfService, Working
from kiosk.models.say import Say, say
from kiosk.models.screen import Answer, Presented, ReaderTrouble, Scanned
from kiosk.session import Session
from kiosk.settings import Settings
from kiosk.till import Recovered
from kiosk.view import View
from mqtt import codes
from mqtt.timing import Clock

if TYPE_CHECKING:
    from hw.id_reader.contract import Document as ReadDocument

log = logging.getLogger(__name__)

CLEARED_S = 3.0
TAKE_CARD_S = 60.0
ERROR_S = 10.0
RETRY_S = 10.0
GREET_S = 3.0
NEEDS_RESTART = frozenset({"io", "corrupt"})
"""What only a fresh start of the program can clear."""

_DOCUMENT_KINDS = {
    "resident": "resident_id", "residence_permit": "residence_permit", "foreigner_2017": "foreigner_id",
    "foreigner_2023": "foreigner_id", "passport": "passport",
}  # fmt: skip
"""A reader's kind of document -> the contract's."""


class Configured(Protocol):
    """Where settings come from: pinned for a visit, moved on only between visits."""

    @property
    def current(self) -> Settings: ...

    @property
    def waiting(self) -> bool:
        """Whether a newer configuration is there to be applied."""
        ...

    def apply(self) -> None: ...


@dataclass
class Terminal:
    """Serves one guest after another until `stop`. `visit` is the role's front door, `open_counter` makes its desk."""

    view: View
    clock: Clock
    configured: Configured
    hotel: Say
    visit: Callable[[Desk, Answer], Awaitable[None]]
    open_counter: Callable[[Session], Counter]
    verify_code: Callable[[codes.Code], str]
    """Names what a parsed code of ours is: its kind, or expired or forged."""
    new_id: Callable[[], str]
    recover: Callable[[], Awaitable[Recovered]]
    """The way out of a broken journal: read it anew. Raises JournalFailed while it is still broken."""
    on_call: Callable[[str, str], bool]
    """Calls a member of staff about a failure and perhaps an operation; False: nobody can hear it now."""
    devices: Devices
    facts: readiness.Facts = field(default_factory=readiness.Facts)
    session: Session | None = None
    visits: int = 0
    resumed: bool = False
    """A transaction was open when the last start ended: said until the next visit, to nobody in particular
    (g.resume.txn)."""
    faults: int = 0
    """Visits that ended by a fault of ours: a configuration under which there are any undoes itself."""
    unclean: bool = False
    """The journal can only be read again by a fresh start of the program."""
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    """Set with the first screen that a guest can use."""
    _counter: Counter | None = None
    _closing: bool = False
    _in_visit: bool = False
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _card_lifted: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self) -> None:
        """Until `stop`: out of service with a reason, or the attract screen, or a visit."""
        await self._greet()
        while not self._closing:
            self._changed.clear()
            if self.configured.waiting:
                self.configured.apply()
            session = self._fresh_session()
            session.begin()
            try:
                reason = readiness.out_of_service(self.facts)
                if reason:
                    await self._closed(reason)
                else:
                    await self._open(session)
            except JournalFailed as failure:
                # What cannot be written down is not done; what was half done is settled when the journal is read again.
                log.error("journal.failed code=%s", failure.code)
                self.on_journal_fault(failure.code)
            except Exception:
                # A fault of ours: nothing is lost (it is in the journal), the guest is told, the next one is served.
                log.exception("visit.fault visit=%s", session.visit)
                self.faults += 1
                await self._say_sorry()
            finally:
                await session.end()
                self.session, self._counter, self._in_visit, self.devices.unread = None, None, False, None
            if session.cleared:
                await self._cleared(session)
            await self._card_taken(session)

    async def _greet(self) -> None:
        """A link takes a moment after the start; nobody is shown a page about it before that."""
        until = self.clock.monotonic() + GREET_S
        while not self._closing and readiness.out_of_service(self.facts) == "g.offline.kiosk":
            self._changed.clear()
            if not await self._happens(self._changed, until - self.clock.monotonic()):
                return

    async def _happens(self, event: asyncio.Event, seconds: float) -> bool:
        """Whether `event` is set within `seconds` on the clock."""
        waits = {asyncio.ensure_future(event.wait()), asyncio.ensure_future(self.clock.sleep(max(0.0, seconds)))}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return event.is_set()

    def stop(self) -> None:
        """End after the current step: the guest is told nothing was lost, what was open is in the journal."""
        self._closing = True
        self._changed.set()
        self._card_lifted.set()
        if self.session is not None:
            self.session.leave()

    def stop_after_visit(self) -> None:
        """End when nobody is being served."""
        self._closing = True
        if not self._in_visit:
            self.stop()

    @property
    def in_visit(self) -> bool:
        """Whether a guest is being served: no configuration, update or restart now."""
        return self._in_visit

    # what the devices and the link report

    def on_health(self, health: Health) -> None:
        self._now_known(self.facts.with_device(health))

    def on_link(self, state: readiness.Link) -> None:
        self._now_known(replace(self.facts, link=state))

    def on_journal_fault(self, code: str) -> None:
        """`code` of a JournalFailed; empty: it can be written again."""
        self._now_known(replace(self.facts, journal_fault=code))

    def on_configuration(self) -> None:
        """A newer configuration waits; it is applied at once if nobody is being served."""
        self._changed.set()

    def on_code(self, event: object) -> None:
        """The scanner accepted a code; it is hostile until it is parsed."""
        from hw.scanner.contract import Code

        if isinstance(event, Code):
            self._answer("code", self._named(event.text))

    def on_card(self, event: object) -> None:
        """The ID reader's events."""
        from hw.id_reader import contract as id_reader

        if isinstance(event, id_reader.CardDown):
            self._card_moved(True)
            if self.session is not None:
                self.session.touch()
        elif isinstance(event, id_reader.CardRead):
            kind = _DOCUMENT_KINDS.get(event.document.kind.value)
            trouble = ReaderTrouble("id_reader", "i.passport")     # staff check what we cannot register
            self._answer("document", Presented(_as_model(event.document, kind)) if kind else trouble)
        elif isinstance(event, id_reader.CardFailed):
            self._answer("document", ReaderTrouble("id_reader", "d.id.fail"))
        elif isinstance(event, id_reader.CardRemoved):
            self.devices.unread = None
            self._card_moved(False)
            self._card_lifted.set()

    # one visit

    def _fresh_session(self) -> Session:
        settings = self.configured.current
        self.session = Session(
            visit=self.new_id(), view=self.view, clock=self.clock, settings=settings,
            chrome=Chrome(language=settings.text("language.default"), banner=self._banner(settings)),
            on_staff=lambda: self.on_call("guest.asked", ""),
        )  # fmt: skip
        self.view.chrome(self.session.chrome)
        return self.session

    async def _open(self, session: Session) -> None:
        self._counter = self.open_counter(session)
        first = await self._first_answer(session)
        if first is None:
            return
        self._in_visit = True
        self.visits += 1
        self.resumed = False
        log.info("visit.begin visit=%s settings=%s", session.visit, session.settings.version)
        with contextlib.suppress(Left):
            await self.visit(self._counter, first)
        log.info("visit.end visit=%s cleared=%s", session.visit, session.cleared)

    async def _first_answer(self, session: Session) -> Answer | None:
        """What somebody does first; None when the terminal's facts or settings moved before that."""
        assert self._counter is not None
        attract = Attract(self.hotel, part_of_day=self._counter.house.part_of_day)
        asked = asyncio.ensure_future(self._counter.show(attract))
        self.opened.set()
        changed = asyncio.ensure_future(self._changed.wait())
        try:
            await asyncio.wait({asked, changed}, return_when=asyncio.FIRST_COMPLETED)
            if asked.done():
                return asked.result()
            session.leave()
            with contextlib.suppress(Left):
                return await asked
            return None
        except Left:
            return None
        finally:
            changed.cancel()

    async def _closed(self, reason: str) -> None:
        self.view.show(OutOfService(reason, OUT_OF_SERVICE[reason]))
        log.warning("out_of_service reason=%s", reason)
        if not self.facts.journal_fault:
            await self._changed.wait()
            return
        await self._happens(self._changed, RETRY_S)
        try:
            self.resumed = (await self.recover()).any
            self.on_journal_fault("")
        except JournalFailed as failure:
            if failure.code in NEEDS_RESTART:
                self.unclean = True
                self.stop()

    async def _say_sorry(self) -> None:
        self.view.overlay(None)
        self.view.show(Working(say("g.fault.title"), say("g.fault.body")))
        self.on_call("g.fault", "")
        await self.clock.sleep(ERROR_S)

    async def _cleared(self, session: Session) -> None:
        self.view.chrome(session.chrome)
        self.view.show(Cleared())
        await self.clock.sleep(CLEARED_S)

    async def _card_taken(self, session: Session) -> None:
        """Nobody's card stays on the reader: wait for it, then tell staff (g.take.id, g.left.item)."""
        if not self.devices.card_down or self._closing:
            return
        self._card_lifted.clear()
        self.view.chrome(session.chrome)
        self.view.show(Working(say("g.take.id.title"), say("g.take.id.body"), picture="card"))
        if not await self._happens(self._card_lifted, TAKE_CARD_S):
            log.warning("card.left")
            self.on_call("g.left.item", "")
            self.devices.card_down = False

    # small things

    def _answer(self, reads: str, answer: Answer) -> None:
        session = self.session
        if session is not None and session.screen is not None and reads in session.screen.reads and session.listening:
            session.answer(answer)
        elif reads == "document" and self._in_visit:
            self.devices.unread = answer

    def _card_moved(self, down: bool) -> None:
        self.devices.card_down = down
        if self._counter is not None:
            self._counter.card_moved()

    def _named(self, text: str) -> Scanned:
        try:
            code = codes.parse(text)
        except codes.NotOurs as what:
            return Scanned("forged" if what.kind == "broken" else what.kind)
        kind = self.verify_code(code)
        return Scanned(kind, code.token if kind not in ("expired", "forged") else "")

    def _now_known(self, facts: readiness.Facts) -> None:
        """A terminal that nobody is using looks again; a guest being served is not disturbed."""
        before, self.facts = readiness.out_of_service(self.facts), facts
        if not self._in_visit and readiness.out_of_service(facts) != before:
            self._changed.set()

    def _banner(self, settings: Settings) -> Say | None:
        if self.resumed:
            return say("g.resume.txn.title")
        return say("notice.home", text=settings.text("notice.home")) if settings.text("notice.home") else None


def _as_model(document: ReadDocument, kind: str) -> Document:
    return Document(
        kind=kind, name=document.name, number=document.number, birth=document.birth,
        valid_to=document.valid_to, name_latin=document.latin_name, nationality=document.nationality or "CHN",
    )  # fmt: skip

