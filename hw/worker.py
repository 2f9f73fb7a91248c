"""One thread a device: an inbox, a deadline for every call, a memory of job ids, re-opening with back-off.

Two threads serve a worker. The *hand* touches the device and may hang in it. The *watch* touches nothing but the
clock: it answers jobs whose deadline has passed, reports a loss when its grace is over, and abandons a hand that
stays silent past two deadlines (docs/hardware.md, Workers). Callbacks and futures are called from these threads:
hand over at once (`loop.call_soon_threadsafe`).
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

from hw.device import (
    Clock,
    Device,
    DeviceError,
    Emit,
    Fault,
    Health,
    HealthState,
    NotDone,
    Outcome,
    Poll,
    State,
    Unknown,
)

D = TypeVar("D", bound=Device)
T = TypeVar("T")
R = TypeVar("R")

GRACED = frozenset({Fault.UNPLUGGED, Fault.ABSENT, Fault.PERMISSION, Fault.BUSY})
"""What a device may go through while it is unplugged and back: nobody hears of it for `Limits.grace_s`."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, all of them but `abandoned` and `memory` (counts)."""

    open_s: float = 10.0
    poll_s: float = 5.0
    grace_s: float = 3.0
    first_retry_s: float = 0.5
    longest_retry_s: float = 10.0
    abandoned: int = 3  # hands left hanging at a time before no new one is made
    memory: int = 512  # finished job ids remembered


USUAL = Limits()


@dataclass(slots=True)
class _Job:
    job_id: str
    act: Callable[[Any], Outcome[Any]]
    deadline_at: float
    deadline_s: float
    future: Future[Outcome[Any]]
    answered: bool = False


@dataclass(slots=True)
class _Call:
    """What the hand is in. `miss_at` moves on by `deadline_s` at each miss."""

    miss_at: float
    deadline_s: float
    job: _Job | None
    missed: bool = False


@dataclass(slots=True)
class _Notices:
    """Callbacks gathered under the lock, to be made outside it."""

    calls: list[Callable[[], object]] = field(default_factory=list)

    def make(self) -> None:
        for call in self.calls:
            call()


def _fresh_future() -> Future[Outcome[Any]]:
    future: Future[Outcome[Any]] = Future()
    future.set_running_or_notify_cancel()  # a job that acts on the world cannot be cancelled, only waited for
    return future


def ignore_late(_job_id: str, _outcome: Outcome[Any]) -> None:
    """The default for `on_late`."""


class Worker(Generic[D]):
    """Runs one device. `make` builds the driver (no input or output in it) and is called again for each abandoned
    one.

    `expect_identity`: what the device must call itself after opening; empty: anything. `on_late` hears the true end
    of a job that had been answered Unknown at its deadline; the memory then gives that end for the same id.
    """

    def __init__(
        self,
        kind: str,
        driver: str,
        make: Callable[[Emit], D],
        *,
        clock: Clock,
        on_event: Callable[[object], None],
        on_health: Callable[[Health], None],
        on_late: Callable[[str, Outcome[Any]], None] = ignore_late,
        expect_identity: str = "",
        limits: Limits = USUAL,
    ) -> None:
        self.kind, self.driver = kind, driver
        self._make, self._clock, self._limits = make, clock, limits
        self._on_event, self._on_health, self._on_late = on_event, on_health, on_late
        self._expect_identity = expect_identity
        self._wake = threading.Condition()
        self._inbox: deque[_Job] = deque()
        self._memory: OrderedDict[str, Future[Outcome[Any]]] = OrderedDict()
        self._call: _Call | None = None
        self._generation = 0
        self._missed = 0
        self._armed = False
        self._closing = False
        self._hurry = False
        self._state = State.CLOSED
        self._lost_at: float | None = None
        self._fault = DeviceError(Fault.ABSENT, "not opened yet")
        self._reported_down = False
        self._health = Health(kind, driver, HealthState.ABSENT, None, "opening", clock.monotonic(), "")
        self._untold: deque[Health] = deque()
        self._telling = threading.RLock()
        self._hand: threading.Thread | None = None
        self._abandoned: list[threading.Thread] = []
        self._watcher = threading.Thread(target=self._watch, name=f"{kind}-watch", daemon=True)

    # What the rest of the house calls

    @property
    def health(self) -> Health:
        """How the device is now."""
        with self._wake:
            return self._health

    @property
    def state(self) -> State:
        with self._wake:
            return self._state

    def start(self) -> None:
        """Begin; opening happens on the device's own thread, and jobs wait for it."""
        with self._wake:
            self._state = State.OPENING
            self._start_hand()
        self._watcher.start()

    def submit(self, job_id: str, job: Callable[[D], Outcome[T]], deadline_s: float) -> Future[Outcome[T]]:
        """Queue one job. The future always ends with an Outcome within about `deadline_s`, never with an exception.

        An id that was submitted before answers with its first job's end and does not act again. NotDone: the job
        was never begun (device down, busy, or the deadline passed before its turn). Unknown: begun, and no answer
        in time.
        """
        with self._wake:
            known = self._memory.get(job_id)
            if known is not None:
                return known
            future = _fresh_future()
            self._remember(job_id, future)
            refusal = self._refusal()
            if refusal is None:
                deadline_at = self._clock.monotonic() + deadline_s
                self._inbox.append(_Job(job_id, job, deadline_at, deadline_s, future))
                self._wake.notify_all()
        if refusal is not None:
            future.set_result(refusal)
        return future

    def recall(self, job_id: str) -> Outcome[Any] | None:
        """What became of a job as far as is known by now; None: not ended, or never heard of."""
        with self._wake:
            future = self._memory.get(job_id)
        return future.result() if future is not None and future.done() else None

    def arm(self) -> None:
        """Let the device's events through, across re-openings, until `disarm`."""
        self._set_armed(True)

    def disarm(self) -> None:
        self._set_armed(False)

    def look_again(self) -> None:
        """Something was plugged in: open at once if the device is being waited for (hw.hotplug). Else nothing."""
        with self._wake:
            self._hurry = self._state in (State.FAULT, State.OPENING)
            self._wake.notify_all()

    def close(self, timeout_s: float = 5.0) -> bool:
        """Stop. A job under way may run to its end within `timeout_s`; what is queued ends NotDone. True: the
        device is closed."""
        notices = _Notices()
        with self._wake:
            self._closing = True
            while self._inbox:
                self._end(self._inbox.popleft(), NotDone(Fault.ABSENT, "closing"), notices)
            hand = self._hand
            self._wake.notify_all()
        notices.make()
        if hand is not None:
            hand.join(timeout_s)
        with self._wake:
            self._state = State.CLOSED
            left, self._call = self._call, None
            self._wake.notify_all()
        if left is not None and left.job is not None:
            notices = _Notices()
            with self._wake:
                self._give_up(left.job, "closed during the job", notices)
            notices.make()
        if self._watcher.is_alive():
            self._watcher.join(timeout_s)
        return hand is None or not hand.is_alive()

    # The hand

    def _start_hand(self) -> None:
        name = f"{self.kind}-{self._generation}"
        self._hand = threading.Thread(target=self._serve, args=(self._generation,), name=name, daemon=True)
        self._hand.start()

    def _serve(self, generation: int) -> None:
        pause = self._limits.first_retry_s
        device: D | None = None
        while self._current(generation):
            try:
                if device is None:
                    device = self._make(partial(self._event, generation))
                identity = self._timed(generation, self._limits.open_s, device.open)
                self._check(identity)
                self._opened(generation, identity)
                pause = self._limits.first_retry_s
                self._attend(generation, device)
                continue
            except DeviceError as fault:
                lost = fault
            except Exception as bug:
                lost = DeviceError(Fault.CRASHED, f"{type(bug).__name__} in the driver")
            self._lose(generation, lost)
            if device is not None:
                self._timed(generation, self._limits.poll_s, device.close)
            self._rest(generation, pause)
            pause = min(2 * pause, self._limits.longest_retry_s)
        if device is not None:
            device.close()

    def _check(self, identity: str) -> None:
        if self._expect_identity and identity != self._expect_identity:
            raise DeviceError(Fault.WRONG_DEVICE, f"expected {self._expect_identity!r}, found {identity!r}")

    def _attend(self, generation: int, device: D) -> None:
        armed = False
        look_at: float | None = self._clock.monotonic()
        while True:
            job, wish = self._next(generation, armed, look_at)
            if not self._current(generation):
                if job is not None:
                    self._settle(job, NotDone(Fault.ABSENT, "closing"))
                return
            if job is not None:
                self._carry_out(generation, device, job)
                look_at = self._clock.monotonic()
            elif wish != armed:
                self._timed(generation, self._limits.poll_s, partial(device.arm, wish))
                armed = wish
                look_at = self._clock.monotonic()
            elif look_at is not None and self._clock.monotonic() >= look_at:
                look = self._timed(generation, self._limits.poll_s, device.poll)
                self._looked(generation, look)
                look_at = None if look.again_s is None else self._clock.monotonic() + look.again_s

    def _next(self, generation: int, armed: bool, look_at: float | None) -> tuple[_Job | None, bool]:
        """Wait for a job, a change of arming, the moment to look, or the end of this hand."""
        with self._wake:
            while generation == self._generation and not self._closing:
                now = self._clock.monotonic()
                job = next((job for job in self._inbox if job.deadline_at > now), None)
                if job is not None:
                    self._inbox.remove(job)
                    self._call = _Call(job.deadline_at, job.deadline_s, job)
                    self._wake.notify_all()
                    return job, self._armed
                if self._armed != armed or (look_at is not None and now >= look_at):
                    break
                self._clock.wait(self._wake, None if look_at is None else look_at - now)
            return None, self._armed

    def _carry_out(self, generation: int, device: D, job: _Job) -> None:
        """Run a job whose call `_next` has entered. An exception means that nobody knows: Unknown, and the device
        is re-opened."""
        trouble: DeviceError | None = None
        try:
            outcome = job.act(device)
        except DeviceError as fault:
            trouble, outcome = fault, Unknown(fault.code, fault.detail)
        except Exception as bug:
            trouble = DeviceError(Fault.CRASHED, f"{type(bug).__name__} in a job")
            outcome = Unknown(trouble.code, trouble.detail)
        self._leave(generation)
        self._settle(job, outcome)
        if trouble is not None:
            raise trouble

    def _settle(self, job: _Job, outcome: Outcome[Any]) -> None:
        notices = _Notices()
        with self._wake:
            self._end(job, outcome, notices)
        notices.make()

    def _timed(self, generation: int, deadline_s: float, act: Callable[[], R]) -> R:
        with self._wake:
            if generation == self._generation:
                self._call = _Call(self._clock.monotonic() + deadline_s, deadline_s, None)
                self._wake.notify_all()
        try:
            return act()
        finally:
            self._leave(generation)

    def _leave(self, generation: int) -> None:
        with self._wake:
            if generation == self._generation and self._call is not None:
                if not self._call.missed:
                    self._missed = 0
                self._call = None

    def _rest(self, generation: int, pause_s: float) -> None:
        with self._wake:
            until = self._clock.monotonic() + pause_s
            while generation == self._generation and not self._closing:
                left = until - self._clock.monotonic()
                if left <= 0 or self._hurry:
                    break
                self._clock.wait(self._wake, left)
            self._hurry = False
            if generation == self._generation and not self._closing:
                self._state = State.OPENING

    def _current(self, generation: int) -> bool:
        with self._wake:
            return generation == self._generation and not self._closing

    def _event(self, generation: int, event: object) -> None:
        with self._wake:
            through = generation == self._generation and self._armed and not self._closing
        if through:
            self._on_event(event)

    # What changes health

    def _opened(self, generation: int, identity: str) -> None:
        notices = _Notices()
        with self._wake:
            if generation == self._generation:
                self._state, self._lost_at, self._reported_down = State.READY, None, False
                self._report(HealthState.OK, None, "", identity, notices)
                self._wake.notify_all()
        notices.make()

    def _looked(self, generation: int, look: Poll) -> None:
        notices = _Notices()
        with self._wake:
            if generation == self._generation:
                self._state, self._reported_down = State.READY, False
                self._report(look.state, look.code, look.detail, self._health.identity, notices)
        notices.make()

    def _lose(self, generation: int, fault: DeviceError) -> None:
        notices = _Notices()
        with self._wake:
            if generation == self._generation:
                was_ready = self._state is State.READY
                self._state, self._fault = State.FAULT, fault
                if was_ready and fault.code in GRACED:
                    self._lost_at = self._clock.monotonic()
                if self._lost_at is None or fault.code not in GRACED:
                    self._report_down(notices)
                self._wake.notify_all()
        notices.make()

    def _report_down(self, notices: _Notices) -> None:
        self._reported_down, self._lost_at = True, None
        absent = self._fault.code in (Fault.ABSENT, Fault.UNPLUGGED)
        state = HealthState.ABSENT if absent else HealthState.FAULTY
        self._report(state, self._fault.code, self._fault.detail, self._health.identity, notices)
        while self._inbox:
            self._end(self._inbox.popleft(), NotDone(self._fault.code, self._fault.detail), notices)

    def _report(
        self, state: HealthState, code: Fault | None, detail: str, identity: str, notices: _Notices
    ) -> None:
        now, old = self._clock.monotonic(), self._health
        since = old.since if (old.state, old.code) == (state, code) else now
        self._health = Health(self.kind, self.driver, state, code, detail, since, identity)
        if self._health != old:
            self._untold.append(self._health)
            notices.calls.append(self._tell)

    def _tell(self) -> None:
        """Reports in the order they arose, whichever thread they arose on."""
        with self._telling:
            while True:
                with self._wake:
                    if not self._untold:
                        return
                    health = self._untold.popleft()
                self._on_health(health)

    # The watch

    def _watch(self) -> None:
        while True:
            notices = _Notices()
            with self._wake:
                if self._closing and self._call is None:
                    return
                now = self._clock.monotonic()
                self._sweep(now, notices)
                if not notices.calls:
                    self._clock.wait(self._wake, self._next_moment(now))
            notices.make()

    def _next_moment(self, now: float) -> float | None:
        moments = [job.deadline_at for job in self._inbox]
        if self._call is not None:
            moments.append(self._call.miss_at)
        if self._lost_at is not None:
            moments.append(self._lost_at + self._limits.grace_s)
        return max(0.0, min(moments) - now) if moments else None

    def _sweep(self, now: float, notices: _Notices) -> None:
        if self._lost_at is not None and now >= self._lost_at + self._limits.grace_s:
            self._report_down(notices)
        for job in [job for job in self._inbox if now >= job.deadline_at]:
            self._inbox.remove(job)
            self._end(job, NotDone(self._why_not_begun(), "its turn did not come within the deadline"), notices)
        if self._call is not None and now >= self._call.miss_at:
            self._miss(self._call, notices)

    def _why_not_begun(self) -> Fault:
        if self._call is not None and self._call.missed:
            return Fault.MUTE
        return Fault.BUSY if self._state is State.READY else self._fault.code

    def _miss(self, call: _Call, notices: _Notices) -> None:
        call.missed = True
        call.miss_at += call.deadline_s
        self._missed += 1
        if call.job is not None:
            self._give_up(call.job, f"no end within {call.deadline_s:g} s", notices)
        if self._missed >= 2:
            self._abandon(notices)
        elif self._state is State.READY:
            self._report(HealthState.DEGRADED, Fault.MUTE, "missed a deadline", self._health.identity, notices)
        else:
            self._fault = DeviceError(Fault.MUTE, "no end to opening")
            self._report_down(notices)

    def _abandon(self, notices: _Notices) -> None:
        self._abandoned = [thread for thread in self._abandoned if thread.is_alive()]
        self._fault, self._state = DeviceError(Fault.MUTE, "silent past two deadlines"), State.FAULT
        if len(self._abandoned) < self._limits.abandoned and not self._closing:
            if self._hand is not None:
                self._abandoned.append(self._hand)
            self._generation += 1
            self._call, self._missed = None, 0
            self._start_hand()
            self._state = State.OPENING
        self._report_down(notices)

    # Job ids

    def _refusal(self) -> NotDone | None:
        if self._closing:
            return NotDone(Fault.ABSENT, "closing")
        return NotDone(self._fault.code, self._fault.detail) if self._reported_down else None

    def _end(self, job: _Job, outcome: Outcome[Any], notices: _Notices) -> None:
        if not job.answered:
            job.answered = True
            notices.calls.append(partial(job.future.set_result, outcome))
            return
        late = _fresh_future()
        late.set_result(outcome)
        self._remember(job.job_id, late)
        notices.calls.append(partial(self._on_late, job.job_id, outcome))

    def _give_up(self, job: _Job, why: str, notices: _Notices) -> None:
        if not job.answered:
            job.answered = True
            notices.calls.append(partial(job.future.set_result, Unknown(Fault.MUTE, why)))

    def _remember(self, job_id: str, future: Future[Outcome[Any]]) -> None:
        self._memory[job_id] = future
        if len(self._memory) > self._limits.memory:
            for old, past in self._memory.items():
                if past.done():
                    del self._memory[old]
                    break

    def _set_armed(self, on: bool) -> None:
        with self._wake:
            self._armed = on
            self._wake.notify_all()
