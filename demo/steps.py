"""The verbs of a journey: what a guest, a device, the network and the desk do, and what must then be seen.

Each public method of `Steps` is a verb, `_` read as `-`. What must hold is waited for (20 s of real time), never slept
for; a step that does not come true names the file, the line and what was there instead.
"""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from demo.attack import Attacker
from demo.books import Books
from demo.clock import TourClock
from demo.hotel import PROPERTY, TERMINAL, Hotel
from hw.standins.control import StandIn
from kiosk.app import House
from kiosk.models.screen import Pressed, Screen, Typed
from mqtt.messages.fleet import Setting

PATIENCE_S = 20.0


class StepFailed(AssertionError):
    """What should have come true did not."""


@dataclass
class Passed:
    """What went over the screen, in order. `on_show` is told of each."""

    shown: list[Screen] = field(default_factory=list)
    overlay: Screen | None = None
    on_show: Callable[[Screen], None] = lambda _: None

    @property
    def now(self) -> Screen | None:
        return self.overlay or (self.shown[-1] if self.shown else None)


def name_of(screen: Screen | None) -> str:
    """`CheckedIn`; `Notice h.short` for the pages of failures; `Working c.finding`."""
    if screen is None:
        return "nothing"
    key = getattr(screen, "key", "") or getattr(getattr(screen, "title", None), "key", "").removesuffix(".title")
    return f"{type(screen).__name__} {key}".strip()


class Steps:
    """One run of a journey. `press` is how a finger reaches the view: a real touch in a window, or a plain answer;
    `words` is all that the view holds as text."""

    def __init__(
        self, hotel: Hotel, house: House, passed: Passed, clock: TourClock, press: Callable[[str], None],
        words: Callable[[], str], language: str,
    ) -> None:  # fmt: skip
        self.hotel, self.house, self.passed, self.clock = hotel, house, passed, clock
        self.language = language
        self.books_of = Books(hotel.books, PROPERTY, clock.wall)
        self.slip_texts: list[str] = []
        self.attacker = Attacker(hotel)
        self._press, self._words = press, words
        self._sn = ""
        self._seen_from = 0
        self._slips_before = len(hotel.printer.slips)
        self._keys_before = len(hotel.encoder.keys)

    @classmethod
    def verbs(cls) -> frozenset[str]:
        return frozenset(
            name.replace("_", "-") for name, _ in inspect.getmembers(cls, inspect.isfunction)
            if not name.startswith("_") and name not in ("verbs", "do")
        )  # fmt: skip

    async def do(self, words: tuple[str, ...]) -> None:
        """One step. Raises StepFailed."""
        verb, *rest = words
        try:
            await getattr(self, verb.replace("-", "_"))(*rest)
        except TypeError as error:
            raise StepFailed(f"{verb}: {error}") from error

    # what must be seen

    async def see(self, screen: str, key: str = "") -> None:
        """The screen (or dialog) is shown, now or within 20 s."""
        wanted = f"{screen} {key}".strip()

        def there() -> bool:
            now = self.passed.now
            return name_of(now) == wanted or (not key and type(now).__name__ == screen)

        await self._until(there, lambda: f"{wanted}, not {name_of(self.passed.now)}")
        self.hotel.camera.hide()
        self._seen_from = len(self.passed.shown)
        if screen == "Attract" and self.language != "zh-Hans":
            await self._in_language()

    async def saw(self, screen: str, key: str = "") -> None:
        """The screen has gone by since the last `see`, or is there."""
        wanted = f"{screen} {key}".strip()

        def gone_by() -> bool:
            return any(name_of(s) == wanted for s in self.passed.shown[max(0, self._seen_from - 1):])

        await self._until(gone_by, lambda: f"{wanted} among {[name_of(s) for s in self.passed.shown[-6:]]}")

    async def never_saw(self, screen: str, key: str = "") -> None:
        """In the whole journey."""
        wanted = f"{screen} {key}".strip()
        if any(name_of(s) == wanted for s in self.passed.shown):
            raise StepFailed(f"{wanted} was shown")

    async def hinted(self, key: str) -> None:
        """The screen says what the last code was; the phone is put away after that."""
        def hint() -> str:
            return getattr(getattr(self.passed.now, "hint", None), "key", "")

        await self._until(lambda: hint().startswith(key), lambda: f"a hint {key}, not {hint()}")
        self.hotel.camera.hide()

    # what a guest does

    async def press(self, action: str) -> None:
        """Touch a control, as soon as it is there, and let go inside it."""
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                self._press(action)
                break
            except LookupError as missing:
                if time.monotonic() > end:
                    raise StepFailed(str(missing)) from missing
            await asyncio.sleep(0.02)
        await asyncio.sleep(0)

    async def double_tap(self, action: str) -> None:
        """Twice, as fast as a finger can."""
        self._press(action)
        self._press(action)
        await asyncio.sleep(0)

    async def type(self, digits: str) -> None:
        """On our keypad, key by key, then confirm; `@batch` types a coupon's SN."""
        text = self._sn = self.books_of.coupon(digits[1:]) if digits.startswith("@") else digits
        self.house.answered(Typed(text))
        await asyncio.sleep(0)

    async def show(self, what: str, which: str, *more: str) -> None:
        """Hold a phone before the camera: booking PERSON [N] [expired], slip PERSON, sn BATCH, text TEXT."""
        if what == "booking":
            nth = next((int(word) for word in more if word.isdigit()), 0)
            text = self.books_of.booking_code(which, nth, "expired" in more)
        elif what == "forged-booking":
            text = self.books_of.booking_code(which)
            text = text[:-12] + text[-12:][::-1]
        elif what == "slip":
            text = self.books_of.slip_code(which)
        elif what == "sn":
            self._sn = self.books_of.coupon(which)
            text = self.books_of.coupon_code(which)
        else:
            text = which
        await asyncio.to_thread(self.hotel.camera.show, text)

    async def lay(self, person: str) -> None:
        """Lay an ID card on the reader."""
        self.hotel.id_reader.set("card", person)

    async def lift(self) -> None:
        self.hotel.id_reader.lay(None)
        await self._until(lambda: not self.house.terminal.devices.card_down, lambda: "a reader that has seen it")

    async def walk_away(self, seconds: str) -> None:
        """Nobody touches anything for so long."""
        await self.clock.skip(float(seconds))

    wait = walk_away

    # what comes out

    async def slip(self, *has: str) -> None:
        """A slip has come out with all of these on it; `none`: none did."""
        slips = self.hotel.printer.slips
        if has == ("none",):
            if len(slips) > self._slips_before:
                raise StepFailed("a slip came out")
            return
        await self._until(lambda: len(slips) > self._slips_before, lambda: "a slip")
        text = slips[self._slips_before].text
        self._slips_before += 1
        self.slip_texts.append(text)
        for part in has:
            if part not in text:
                raise StepFailed(f"no {part!r} on the slip:\n{text}")

    async def keys(self, count: str, room: str = "") -> None:
        """So many keys exist in the world since the journey began, for this room."""
        cut = self.hotel.encoder.keys[self._keys_before:]
        if len(cut) != int(count) or any(room and key.room != room for key in cut):
            raise StepFailed(f"{count} keys of {room or 'no room'}, not {[key.room for key in cut]}")

    # central's books

    async def books(self, person: str, ledger: str, posted: str, held: str) -> None:
        """A member's balance in fen (or points), and how much of it is held, once central has it so."""
        wanted = (int(posted), int(held))
        await self._until(
            lambda: self.books_of.balance(person, ledger) == wanted,
            lambda: f"{person} {ledger} {wanted}, not {self.books_of.balance(person, ledger)}",
        )

    async def room(self, number: str, state: str) -> None:
        """Who has the room at central: free, prepared, in_house ..."""
        await self._until(
            lambda: self.books_of.room_state(number) == state,
            lambda: f"room {number} {state}, not {self.books_of.room_state(number)}",
        )

    async def outbox(self, _empty: str) -> None:
        """Everything that was written down has been answered; nothing is parked."""
        till = self.house.till
        await self._until(lambda: till.facts().outbox == 0, lambda: f"an empty outbox, not {till.facts()}")
        if till.facts().parked:
            raise StepFailed(f"parked: {till.facts()}")

    async def audit(self, _clean: str) -> None:
        """Central's own audit of everything finds nothing, faults being over."""
        self.house.till.pulse.beat()
        report = await asyncio.to_thread(self.books_of.audit, False)
        if report.violations:
            raise StepFailed(f"audit: {report.violations}")

    async def called(self, about: str) -> None:
        """The desk was called for this."""
        await self._until(lambda: about in self.books_of.calls(), lambda: f"{about} among {self.books_of.calls()}")

    async def listed(self, count: str) -> None:
        """So many things stand on the terminal's list for staff."""
        till = self.house.till
        await self._until(lambda: till.facts().listed == int(count), lambda: f"{count} listed, not {till.facts()}")

    async def settle(self, answer: str) -> None:
        """A member of staff says whether the key in doubt was handed over: `out` or `not-out`."""
        doubts = self.house.till.doubts()
        if len(doubts) != 1:
            raise StepFailed(f"{len(doubts)} in doubt")
        await self.house.till.settle(doubts[0], answer == "out", by="desk")

    async def coupon(self, _used: str) -> None:
        """The coupon that was shown or typed is used up at central."""
        await self._until(lambda: self.books_of.coupon_used(self._sn), lambda: "a used coupon")

    async def wiped(self, *canaries: str) -> None:
        """Nothing of the guest is left in the view (I16)."""
        found = [canary for canary in canaries if canary in self._words()]
        if found:
            raise StepFailed(f"still there: {found}")

    # the fleet

    async def configure(self, key: str, value: str) -> None:
        """An operator at central sets a setting of this terminal."""
        parsed: Setting = {"true": True, "false": False}.get(value, int(value) if value.isdigit() else value)
        await asyncio.to_thread(self.books_of.configure, f"{PROPERTY}/{TERMINAL}", key, parsed)

    async def setting(self, key: str, value: str) -> None:
        """What is in force on the terminal."""
        await self._until(lambda: self._in_force(key) == value, lambda: f"{key}={value}, not {self._in_force(key)}")

    async def setting_is_not(self, key: str, value: str) -> None:
        if self._in_force(key) == value:
            raise StepFailed(f"{key} is {value} already")

    async def reported(self, state: str) -> None:
        """What central last heard: applied, rejected, pending."""
        scope = f"{PROPERTY}/{TERMINAL}"
        await self._until(
            lambda: self.books_of.reported(scope).startswith(state), lambda: self.books_of.reported(scope))

    async def post(self, room: str, zh: str, en: str, amount: str) -> None:
        """The restaurant puts something on the room's bill, in fen."""
        await asyncio.to_thread(self.books_of.post, room, zh, en, int(amount))

    # what goes wrong

    async def central(self, what: str) -> None:
        """start, stop, kill, freeze (it is there and says nothing), thaw."""
        if what in ("freeze", "thaw"):
            self.hotel.freeze_central(what == "freeze")
        else:
            await asyncio.to_thread(getattr(self.hotel, f"{what}_central"))

    async def broker(self, what: str) -> None:
        """kill (as a power cut), start, wipe (kill, forget everything, start)."""
        broker = self.hotel.broker
        if what in ("kill", "wipe"):
            await asyncio.to_thread(broker.kill)
        if what == "wipe":
            broker.wipe_state()
        if what in ("start", "wipe"):
            await asyncio.to_thread(broker.start)

    async def link(self, state: str) -> None:
        """The terminal knows: online, offline ..."""
        pulse = self.house.till.pulse
        await self._until(lambda: pulse.state.value == state, lambda: f"link {state}, not {pulse.state.value}")

    async def reconnected(self) -> None:
        """The terminal's thread, the broker and central answer each other again."""
        pulse = self.house.till.pulse
        pulse.went_unknown()

        def back() -> bool:
            pulse.beat()
            return pulse.state.value == "online"

        await self._until(back, lambda: f"online again, not {pulse.state.value}")

    async def device(self, name: str, control: str, value: str = "") -> None:
        """Turn a control of a stand-in: printer, encoder, reader, camera."""
        standins: dict[str, StandIn] = {
            "printer": self.hotel.printer, "encoder": self.hotel.encoder,
            "reader": self.hotel.id_reader, "camera": self.hotel.camera,
        }  # fmt: skip
        standins[name].set(control, value)

    async def health(self, kind: str, what: str) -> None:
        """The terminal knows of a device: ok, or a fault's code."""
        def now() -> str:
            device = self.house.terminal.facts.devices.get(kind)
            return "unseen" if device is None else str(device.code or device.state.value)

        await self._until(lambda: now() == what, lambda: f"{kind} {what}, not {now()}")

    async def attack(self, what: str) -> None:
        """Send rubbish (demo/attack.py): it must be answered as the contract says, or not at all."""
        said = await asyncio.to_thread(self.attacker.send, what)
        if said:
            raise StepFailed(f"attack {what}: {said}")

    # inside

    def _in_force(self, key: str) -> str:
        return str(self.house.terminal.configured.current.values.get(key, "default")).lower()

    async def _until(self, holds: Callable[[], bool], wanted: Callable[[], str]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not holds():
            if time.monotonic() > end:
                raise StepFailed(f"wanted {wanted()}")
            await asyncio.sleep(0.02)

    async def _in_language(self) -> None:
        """The guest touches the other language first."""
        session = self.house.terminal.session
        assert session is not None
        if session.chrome.language != self.language:
            await self.press("chrome.language")
            await self._until(lambda: session.chrome.language == self.language, lambda: self.language)


def answer_directly(house: House) -> Callable[[str], None]:
    """How a finger reaches a terminal that has no window."""

    def press(action: str) -> None:
        if action.startswith("chrome."):
            house.chrome_touched(action.removeprefix("chrome."))
        else:
            house.touched()
            house.answered(Pressed(action))

    return press
