"""The screens of the lobby terminal (K.. in docs/ux.md). One class a screen; what it shows are its fields."""

from __future__ import annotations

from typing import ClassVar

from kiosk.models.say import Say, Value
from kiosk.models.screen import Idle, Screen
from kiosk.models.stay import BillLine, StayView


class Attract(Screen, frozen=True):
    """K00: nobody's visit. The whole screen starts; a code or a card starts the right journey at once."""

    hotel: Say
    offers: tuple[str, ...] = ("check_in", "check_out")
    part_of_day: str = "afternoon"
    """Which picture hangs there: morning, noon, afternoon or evening."""
    actions: ClassVar[tuple[str, ...]] = ("start",)
    reads: ClassVar[tuple[str, ...]] = ("code", "document")
    idle: ClassVar[Idle] = Idle.FOREVER


class Home(Screen, frozen=True):
    """K01: what this terminal can do right now. `offers` are the journeys that readiness allows; `missing` says why
    the others are not."""

    hotel: Say
    part_of_day: str
    """morning, noon, afternoon or evening: the greeting."""
    offers: tuple[str, ...] = ("check_in", "check_out")
    missing: tuple[Say, ...] = ()
    actions: ClassVar[tuple[str, ...]] = ("check_in", "check_out", "redeem_coupon")
    reads: ClassVar[tuple[str, ...]] = ("code", "document")


class FindBooking(Screen, frozen=True):
    """K02: readers are armed; nothing needs typing. `hint` says what the last read was, if it was not a booking."""

    hint: Say | None = None
    slots: tuple[str, ...] = ("scanner", "id_reader")
    """The readers that work right now."""
    actions: ClassVar[tuple[str, ...]] = ()
    reads: ClassVar[tuple[str, ...]] = ("code", "document")
    backable: ClassVar[bool] = True
    step: ClassVar[tuple[str, int] | None] = ("check_in", 0)


class PickBooking(Screen, frozen=True):
    """K04: several bookings of this guest today. Answers `pick_0` .. `pick_3`."""

    stays: tuple[StayView, ...]
    actions: ClassVar[tuple[str, ...]] = ("pick_0", "pick_1", "pick_2", "pick_3")
    backable: ClassVar[bool] = True
    step: ClassVar[tuple[str, int] | None] = ("check_in", 0)


class VerifyId(Screen, frozen=True):
    """K05: place the ID card. `guest` of `guests`; `hint` says why the last read was not enough."""

    guest: int = 1
    guests: int = 1
    hint: Say | None = None
    reads: ClassVar[tuple[str, ...]] = ("document",)
    backable: ClassVar[bool] = True
    step: ClassVar[tuple[str, int] | None] = ("check_in", 1)


class ConfirmStay(Screen, frozen=True):
    """K07: the guest agrees to the stay and to the amount to be held. Nothing is held before this. Amounts in fen."""

    stay: StayView
    room_rate: int
    prepaid: int
    deposit: int
    available: int
    available_after: int
    paper: bool = True
    """False: the printer has no paper, said before the money step (d.paper.before)."""
    actions: ClassVar[tuple[str, ...]] = ("agree", "other_way")
    backable: ClassVar[bool] = True
    step: ClassVar[tuple[str, int] | None] = ("check_in", 2)


class Working(Screen, frozen=True):
    """Something is being done and the guest waits: `title` says what, `body` what is safe meanwhile.
    After 5 s the screen adds that it is slower than usual."""

    title: Say
    body: Say | None = None
    on: tuple[str, int] | None = None
    """The step bar, if a journey has one."""
    picture: str = ""
    """key, hold, search, receipt: a quiet drawing of what is happening."""
    idle: ClassVar[Idle] = Idle.WORKING


class CheckedIn(Screen, frozen=True):
    """K09: the room number, and three things to take. The key comes last, so that nobody walks off without the card."""

    stay: StayView
    keys: int
    deposit: int
    slip: str
    """printed, saving (no paper: number and code on screen) or to_follow."""
    number: str
    wifi: str
    id_in_reader: bool = False
    """The ID card still lies there: taking it is then all that the screen is about."""
    taken: tuple[str, ...] = ()
    """What a sensor says was taken: id, key, slip. Only that has a tick."""
    actions: ClassVar[tuple[str, ...]] = ("finish",)
    idle: ClassVar[Idle] = Idle.DONE
    step: ClassVar[tuple[str, int] | None] = ("check_in", 3)


class FindStay(Screen, frozen=True):
    """Check-out: place the ID card or show the code on the slip."""

    hint: Say | None = None
    slots: tuple[str, ...] = ("scanner", "id_reader")
    reads: ClassVar[tuple[str, ...]] = ("code", "document")
    backable: ClassVar[bool] = True
    step: ClassVar[tuple[str, int] | None] = ("check_out", 0)


class CheckOutBill(Screen, frozen=True):
    """K10: the bill. What the deposit covers and what goes back. Amounts in fen."""

    stay: StayView
    lines: tuple[BillLine, ...]
    total: int
    paid: int
    due: int
    deposit: int
    from_deposit: int
    released: int
    actions: ClassVar[tuple[str, ...]] = ("agree", "dispute")
    backable: ClassVar[bool] = True
    step: ClassVar[tuple[str, int] | None] = ("check_out", 1)


class CheckedOut(Screen, frozen=True):
    """K12: done. What was taken from the deposit and what is free again, in fen."""

    stay: StayView
    charged: int
    released: int
    available: int
    slip: str
    number: str
    total: int = 0
    """What the stay came to, and of it `paid` beforehand; 0: not said here."""
    paid: int = 0
    actions: ClassVar[tuple[str, ...]] = ("finish",)
    idle: ClassVar[Idle] = Idle.DONE
    step: ClassVar[tuple[str, int] | None] = ("check_out", 2)


class EnterSn(Screen, frozen=True):
    """Attended mode: a colleague scans the coupon's code or types its SN (digits)."""

    hint: Say | None = None
    types: ClassVar[bool] = True
    reads: ClassVar[tuple[str, ...]] = ("code",)
    backable: ClassVar[bool] = True
    step: ClassVar[tuple[str, int] | None] = ("coupon", 0)


class ConfirmSn(Screen, frozen=True):
    """What the coupon gives, before it is used up."""

    name: Say
    sn_tail: str
    gives: Say
    valid_to: str
    actions: ClassVar[tuple[str, ...]] = ("redeem",)
    backable: ClassVar[bool] = True
    step: ClassVar[tuple[str, int] | None] = ("coupon", 1)


class CouponUsed(Screen, frozen=True):
    """Verified: hand over what it gives."""

    name: Say
    gives: Say
    slip: str
    number: str
    actions: ClassVar[tuple[str, ...]] = ("finish",)
    idle: ClassVar[Idle] = Idle.DONE
    step: ClassVar[tuple[str, int] | None] = ("coupon", 2)


class Notice(Screen, frozen=True):
    """What happened, what is safe, one next step, the way out (docs/ux.md, Errors). `key` names the state in the error
    table; its sentences are `{key}.title` and `{key}.body`, its buttons `{key}.{action}` or `action.{action}`."""

    key: str
    values: tuple[tuple[str, Value], ...] = ()
    choices: tuple[str, ...] = ("staff",)
    """What the guest may press, primary first: staff, retry, other_id, other_way, home, finish, keep_going ...
    Staff that are not the first choice are called in the footer, where they are on every screen."""
    severity: str = "warn"
    """info, warn, stop or staff (the shell has already called them)."""
    code: str = ""
    """Small, bottom left: K-H04."""
    on: tuple[str, int] | None = None
    reads_again: tuple[str, ...] = ()
    done: bool = False
    """True where it closes the journey: it leaves by itself after 15 s, like a done page."""

    def offered(self) -> tuple[str, ...]:
        return self.choices


class OutOfService(Screen, frozen=True):
    """K99: this terminal cannot serve right now. `key` says why, in the guest's words."""

    key: str
    code: str = ""
    idle: ClassVar[Idle] = Idle.FOREVER


class StillThere(Screen, frozen=True):
    """K90, over the screen: more time? Only the button continues. `seconds` left."""

    seconds: int
    actions: ClassVar[tuple[str, ...]] = ("continue", "finish")


class CallStaff(Screen, frozen=True):
    """K91, over the screen: call a member of staff? `state` is ask, sent or none."""

    state: str = "ask"
    phone: str = ""
    actions: ClassVar[tuple[str, ...]] = ("call", "cancel")


class Cleared(Screen, frozen=True):
    """g.cleared: the guest's details are gone; shown for 3 s."""

    idle: ClassVar[Idle] = Idle.WORKING
