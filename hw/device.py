"""The words every device shares: how it fails, how a job ends, how it is doing, and what a driver offers its
worker."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Fault(StrEnum):
    """Every way a device can fail. Library exceptions become one of these (docs/hardware.md, Faults)."""

    # The connection
    ABSENT = "absent"  # nothing at that port, node or address
    PERMISSION = "permission"  # it is there, we may not open it
    BUSY = "busy"  # another program holds it, or it is still at an earlier job
    WRONG_DEVICE = "wrong_device"  # something answers, but it is not what was configured
    UNPLUGGED = "unplugged"  # it was there and went away
    MUTE = "mute"  # open, but no answer within the deadline
    GARBLED = "garbled"  # an answer that breaks the protocol, or fails its checksum
    CRASHED = "crashed"  # a process or thread of the driver died
    NOT_INSTALLED = "not_installed"  # the driver needs a package that is not there
    # The request
    BAD_OPTION = "bad_option"  # the terminal's file holds a value the driver cannot use
    UNKNOWN_DRIVER = "unknown_driver"  # no such kind or driver
    BAD_REQUEST = "bad_request"  # what was asked cannot be put on this wire
    REFUSED = "refused"  # the device understood and declined, no better code known
    # The board
    BATTERY_LOW = "battery_low"
    OVERHEATED = "overheated"
    UNDER_VOLTAGE = "under_voltage"
    TAMPERED = "tampered"  # the case is open
    # Printers
    PAPER_OUT = "paper_out"
    PAPER_LOW = "paper_low"
    COVER_OPEN = "cover_open"
    CUTTER = "cutter"
    HEAD_HOT = "head_hot"  # recovers by itself
    PRINTER_ERROR = "printer_error"  # mechanical or unrecoverable
    OFFLINE = "offline"  # off line without saying why
    # ID readers
    READ_FAILED = "read_failed"  # card moved, worn, or lifted too early; lay it down again
    CARD_REJECTED = "card_rejected"  # the security module does not accept the card
    BAD_DOCUMENT = "bad_document"  # read in full, but its fields contradict the standard
    SELF_TEST = "self_test"
    NOT_AUTHORISED = "not_authorised"
    # Card readers
    PAYMENT_CARD = "payment_card"  # a bank card where a member's was awaited; nothing of it is kept
    # Card dispensers
    CARD_JAM = "card_jam"
    STOCK_LOW = "stock_low"  # the stack of blanks is nearly used up
    STOCK_OUT = "stock_out"
    BIN_FULL = "bin_full"  # the bin for captured cards
    # Key encoders
    NO_CARD = "no_card"  # no blank on the encoder
    CARD_FORMAT = "card_format"  # the blank is of the wrong kind, or worn
    STAFF_CARD = "staff_card"  # a staff card lies on the encoder
    UNKNOWN_ROOM = "unknown_room"
    ROOM_CHECKED_OUT = "room_checked_out"
    OTHER_KEY = "other_key"  # read back: the card on the encoder is not the one that was cut
    ENCODER_SILENT = "encoder_silent"  # the lock system cannot reach its encoder
    OUT_OF_SERVICE = "out_of_service"


class DeviceError(Exception):
    """One exception for every device: `code` for programs, `detail` in words for staff; no guest's data in either."""

    def __init__(self, code: Fault, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else str(code))
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Done(Generic[T_co]):
    """The job was carried out, and the device said so."""

    value: T_co


@dataclass(frozen=True, slots=True)
class NotDone:
    """The job had no effect, and never will have one under this id."""

    code: Fault
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The job may have been carried out. Never treated as failure: a sensor, a read-back or staff must say (P3 ->
    in doubt)."""

    code: Fault
    detail: str = ""


Outcome = Done[T] | NotDone | Unknown


class HealthState(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"  # works, with something staff should see to
    ABSENT = "absent"  # not connected
    FAULTY = "faulty"  # connected, and cannot work


class State(StrEnum):
    """The worker's own state machine: CLOSED -> OPENING -> READY -> FAULT -> OPENING ..."""

    CLOSED = "closed"
    OPENING = "opening"
    READY = "ready"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Health:
    """How a device is doing, in one shape for all. `since` is the given clock's reading, in seconds, when
    `state`/`code` last changed."""

    kind: str
    driver: str
    state: HealthState
    code: Fault | None
    detail: str
    since: float
    identity: str


@dataclass(frozen=True, slots=True)
class Poll:
    """What a look at an idle device found: when to look again (seconds; None: only after the next job) and its
    condition.

    `state` is OK, DEGRADED or FAULTY: a FAULTY device (paper out) is open and answers, and gets better without
    being re-opened.
    """

    again_s: float | None
    state: HealthState = HealthState.OK
    code: Fault | None = None
    detail: str = ""


Emit = Callable[[object], None]
"""Takes an event of the device (each contract names its own). Called on the device's thread: hand over, do not work
in it."""


class Clock(Protocol):
    """Time, given by the composition root; a test gives its own."""

    def monotonic(self) -> float:
        """Seconds since some fixed moment."""

    def now(self) -> datetime:
        """The property's wall clock, with its zone: what a record is stamped with, which century a document's year
        belongs to. Never used to measure."""

    def wait(self, wake: threading.Condition, timeout_s: float | None) -> None:
        """Wait on a held condition until notified or until `timeout_s` have passed by this clock; None: until
        notified."""


class Device(Protocol):
    """What every driver and every sim offers its worker. All calls come from one thread, the worker's."""

    def open(self) -> str:
        """Connect, make sure it is the right kind of device, and return its identity in a few words. Raises
        DeviceError."""

    def close(self) -> None:
        """Let go of everything, processes included. Never raises; may be called twice; `open` may follow."""

    def arm(self, on: bool) -> None:
        """Let events through, or not. A disarmed reader or camera looks at nothing. Devices without events do
        nothing."""

    def poll(self) -> Poll:
        """A short look between jobs: pushes events, reads conditions. Raises DeviceError when the connection is
        lost."""
