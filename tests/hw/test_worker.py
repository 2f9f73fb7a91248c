"""The worker, on virtual time: every job ends and acts at most once; a device lost, stuck or replaced is told truly."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hw.device import DeviceError, Done, Fault, Health, HealthState, NotDone, Outcome, Poll, State, Unknown
from hw.registry import DRIVERS, find, worker
from hw.worker import Limits, Worker
from tests.hw.virtual import SAFETY_S, VirtualClock

LIMITS = Limits(open_s=10.0, poll_s=5.0, grace_s=3.0, first_retry_s=0.5, longest_retry_s=10.0, abandoned=2, memory=4)


class FakeDevice:
    """Opens, polls and acts as the test says. A `gate` holds a call until the test lets it go."""

    def __init__(self, emit: Callable[[object], None]) -> None:
        self.emit = emit
        self.calls: queue.Queue[str] = queue.Queue()
        self.open_fault: DeviceError | None = None
        self.poll_fault: DeviceError | None = None
        self.look = Poll(None)
        self.armed: list[bool] = []
        self.closed = 0
        self.identity = "fake 1"

    def open(self) -> str:
        self.calls.put("open")
        if self.open_fault is not None:
            raise self.open_fault
        return self.identity

    def close(self) -> None:
        self.closed += 1

    def arm(self, on: bool) -> None:
        self.armed.append(on)
        self.calls.put(f"arm {on}")

    def poll(self) -> Poll:
        self.calls.put("poll")
        if self.poll_fault is not None:
            raise self.poll_fault
        return self.look


class House:
    """One worker over fake devices, its callbacks in queues."""

    def __init__(self, expect_identity: str = "") -> None:
        self.clock = VirtualClock()
        self.devices: list[FakeDevice] = []
        self.health: queue.Queue[Health] = queue.Queue()
        self.events: queue.Queue[object] = queue.Queue()
        self.late: queue.Queue[tuple[str, Outcome[Any]]] = queue.Queue()
        self.prepare: Callable[[FakeDevice], None] = lambda _device: None
        self.worker: Worker[FakeDevice] = Worker(
            "printer", "fake", self._make, clock=self.clock, on_event=self.events.put, on_health=self.health.put,
            on_late=lambda job_id, outcome: self.late.put((job_id, outcome)), expect_identity=expect_identity,
            limits=LIMITS,
        )  # fmt: skip
        self.gates: list[threading.Event] = []

    def _make(self, emit: Callable[[object], None]) -> FakeDevice:
        device = FakeDevice(emit)
        self.prepare(device)
        self.devices.append(device)
        return device

    @property
    def device(self) -> FakeDevice:
        return self.devices[-1]

    def start(self) -> None:
        self.worker.start()
        self.told(HealthState.OK)
        self.clock.settle(2)

    def told(self, state: HealthState, code: Fault | None = None) -> Health:
        health = self.health.get(timeout=SAFETY_S)
        assert (health.state, health.code) == (state, code), health
        return health

    def nothing_told(self) -> None:
        assert self.health.empty()

    def called(self, call: str) -> None:
        while self.device.calls.get(timeout=SAFETY_S) != call:
            pass

    def stuck_job(self) -> tuple[Callable[[FakeDevice], Outcome[str]], threading.Event, threading.Event]:
        begun, gate = threading.Event(), threading.Event()
        self.gates.append(gate)

        def act(_device: FakeDevice) -> Outcome[str]:
            begun.set()
            gate.wait(SAFETY_S * 3)
            return Done("at last")

        return act, begun, gate


@pytest.fixture
def house() -> Iterator[House]:
    one = House()
    yield one
    for gate in one.gates:
        gate.set()
    one.worker.close()


def done(_device: FakeDevice) -> Outcome[str]:
    return Done("ok")


class TestJobs:
    def test_a_job_is_done(self, house: House) -> None:
        house.start()
        assert house.worker.submit("j1", done, 5.0).result(SAFETY_S) == Done("ok")
        assert house.worker.state is State.READY

    def test_a_job_waits_for_the_device_to_open(self, house: House) -> None:
        future = house.worker.submit("j1", done, 5.0)
        house.start()
        assert future.result(SAFETY_S) == Done("ok")

    def test_the_same_id_answers_and_does_not_act_again(self, house: House) -> None:
        house.start()
        acts: list[int] = []

        def act(_device: FakeDevice) -> Outcome[int]:
            acts.append(1)
            return Done(len(acts))

        first = house.worker.submit("j1", act, 5.0).result(SAFETY_S)
        again = house.worker.submit("j1", act, 5.0).result(SAFETY_S)
        assert first == again == Done(1) and len(acts) == 1
        assert house.worker.recall("j1") == Done(1) and house.worker.recall("j9") is None

    def test_the_memory_is_bounded_and_keeps_the_newest(self, house: House) -> None:
        house.start()
        for number in range(9):
            house.worker.submit(f"j{number}", done, 5.0).result(SAFETY_S)
        assert house.worker.recall("j0") is None and house.worker.recall("j8") == Done("ok")

    def test_a_job_that_cannot_be_cancelled(self, house: House) -> None:
        act, begun, gate = house.stuck_job()
        house.start()
        future = house.worker.submit("j1", act, 5.0)
        assert begun.wait(SAFETY_S) and not future.cancel()
        gate.set()
        assert future.result(SAFETY_S) == Done("at last")

    def test_a_bug_in_a_job_is_unknown_and_the_device_is_opened_again(self, house: House) -> None:
        def act(_device: FakeDevice) -> Outcome[str]:
            raise ZeroDivisionError

        house.start()
        ended = house.worker.submit("j1", act, 5.0).result(SAFETY_S)
        assert isinstance(ended, Unknown) and ended.code is Fault.CRASHED
        house.told(HealthState.FAULTY, Fault.CRASHED)
        house.clock.settle(2)
        house.clock.advance(0.5)
        house.told(HealthState.OK)

    def test_what_is_queued_when_the_worker_closes_is_not_done(self, house: House) -> None:
        act, begun, gate = house.stuck_job()
        house.start()
        first = house.worker.submit("j1", act, 5.0)
        begun.wait(SAFETY_S)
        second = house.worker.submit("j2", done, 5.0)
        closing = threading.Thread(target=house.worker.close)
        closing.start()
        assert isinstance(second.result(SAFETY_S), NotDone)
        gate.set()
        closing.join(SAFETY_S)
        assert first.result(SAFETY_S) == Done("at last")
        assert isinstance(house.worker.submit("j3", done, 5.0).result(SAFETY_S), NotDone)
        assert house.device.closed


class TestDeadlines:
    def test_a_missed_deadline_is_unknown_and_its_true_end_is_told_later(self, house: House) -> None:
        act, begun, gate = house.stuck_job()
        house.start()
        future = house.worker.submit("j1", act, 5.0)
        assert begun.wait(SAFETY_S)
        house.clock.settle(1)
        house.clock.advance(5.0)
        assert future.result(SAFETY_S) == Unknown(Fault.MUTE, "no end within 5 s")
        house.told(HealthState.DEGRADED, Fault.MUTE)
        gate.set()
        assert house.late.get(timeout=SAFETY_S) == ("j1", Done("at last"))
        house.told(HealthState.OK)
        assert house.worker.submit("j1", done, 5.0).result(SAFETY_S) == Done("at last")

    def test_a_job_whose_turn_does_not_come_was_never_begun(self, house: House) -> None:
        act, begun, gate = house.stuck_job()
        house.start()
        house.worker.submit("j1", act, 60.0)
        assert begun.wait(SAFETY_S)
        second = house.worker.submit("j2", done, 5.0)
        house.clock.settle(1)
        house.clock.advance(5.0)
        ended = second.result(SAFETY_S)
        assert isinstance(ended, NotDone) and ended.code is Fault.BUSY
        gate.set()

    def test_two_missed_deadlines_abandon_the_device_and_make_another(self, house: House) -> None:
        act, begun, gate = house.stuck_job()
        house.start()
        stuck = house.device
        house.worker.submit("j1", act, 5.0)
        assert begun.wait(SAFETY_S)
        house.clock.settle(1)
        house.clock.advance(5.0)
        house.told(HealthState.DEGRADED, Fault.MUTE)
        house.clock.settle(1)
        house.clock.advance(5.0)
        house.told(HealthState.FAULTY, Fault.MUTE)
        house.told(HealthState.OK)
        assert len(house.devices) == 2 and house.device is not stuck
        assert house.worker.submit("j2", done, 5.0).result(SAFETY_S) == Done("ok")
        stuck.emit("a ghost")
        gate.set()
        assert house.late.get(timeout=SAFETY_S) == ("j1", Done("at last"))
        house.worker.arm()
        house.device.emit("real")
        assert house.events.get(timeout=SAFETY_S) == "real"

    def test_a_poll_that_hangs_is_abandoned_too(self, house: House) -> None:
        house.start()
        gate, begun = threading.Event(), threading.Event()
        house.gates.append(gate)

        def hang() -> Poll:
            begun.set()
            gate.wait(SAFETY_S * 3)
            return Poll(None)

        house.device.poll = hang  # type: ignore[method-assign]
        house.worker.submit("j1", done, 5.0).result(SAFETY_S)
        assert begun.wait(SAFETY_S)
        house.clock.settle(1)
        house.clock.advance(5.0)
        house.told(HealthState.DEGRADED, Fault.MUTE)
        house.clock.settle(1)
        house.clock.advance(5.0)
        house.told(HealthState.FAULTY, Fault.MUTE)
        house.told(HealthState.OK)


class TestLoss:
    def lose(self, house: House, code: Fault = Fault.UNPLUGGED) -> None:
        """The device goes at its next look, and stays away."""
        house.device.open_fault = DeviceError(Fault.ABSENT, "gone")
        house.device.poll_fault = DeviceError(code, "gone")
        house.worker.submit("look", done, 5.0).result(SAFETY_S)  # a look follows every job
        house.called("poll")
        house.clock.settle(2)

    def test_unplugged_and_back_within_three_seconds_nobody_hears(self, house: House) -> None:
        house.start()
        self.lose(house)
        house.clock.advance(0.5)
        house.called("open")
        house.clock.settle(2)
        waiting = house.worker.submit("j1", done, 5.0)
        house.device.open_fault = house.device.poll_fault = None
        house.clock.advance(1.0)
        assert waiting.result(SAFETY_S) == Done("ok")
        house.nothing_told()

    def test_after_three_seconds_the_loss_is_told_and_jobs_are_refused(self, house: House) -> None:
        house.start()
        self.lose(house)
        waiting = house.worker.submit("j1", done, 60.0)
        for seconds in (0.5, 1.0, 1.5):
            house.clock.advance(seconds)
            house.clock.settle(2)
        health = house.told(HealthState.ABSENT, Fault.ABSENT)
        assert health.since == house.clock.monotonic() and health.identity == "fake 1"
        assert waiting.result(SAFETY_S) == NotDone(Fault.ABSENT, "gone")
        assert house.worker.submit("j2", done, 60.0).result(SAFETY_S) == NotDone(Fault.ABSENT, "gone")
        house.device.open_fault = house.device.poll_fault = None
        house.clock.advance(10.0)
        house.told(HealthState.OK)
        assert house.worker.submit("j3", done, 5.0).result(SAFETY_S) == Done("ok")

    def test_a_crash_is_told_at_once(self, house: House) -> None:
        house.start()
        self.lose(house, Fault.CRASHED)
        house.told(HealthState.FAULTY, Fault.CRASHED)

    def test_opening_again_backs_off_from_half_a_second_to_ten(self, house: House) -> None:
        house.start()
        self.lose(house)
        for pause in (0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0):
            while not house.device.calls.empty():
                house.device.calls.get()
            house.clock.advance(pause - 0.01)
            house.clock.settle(2)
            assert house.device.calls.empty(), f"opened before {pause} s"
            house.clock.advance(0.01)
            house.called("open")
            house.clock.settle(2)

    def test_another_device_on_the_port_is_not_taken(self) -> None:
        house = House(expect_identity="fake 7")
        house.worker.start()
        house.told(HealthState.FAULTY, Fault.WRONG_DEVICE)
        assert isinstance(house.worker.submit("j1", done, 5.0).result(SAFETY_S), NotDone)
        house.worker.close()

    def test_what_the_device_reports_of_itself(self, house: House) -> None:
        house.prepare = lambda device: setattr(device, "look", Poll(5.0))
        house.start()
        house.device.look = Poll(5.0, HealthState.FAULTY, Fault.PAPER_OUT)
        house.clock.advance(5.0)
        house.told(HealthState.FAULTY, Fault.PAPER_OUT)
        assert house.worker.submit("j1", done, 5.0).result(SAFETY_S) == Done("ok"), "the driver decides, not the worker"
        house.clock.settle(2)
        house.device.look = Poll(5.0, HealthState.DEGRADED, Fault.PAPER_LOW)
        house.clock.advance(5.0)
        house.told(HealthState.DEGRADED, Fault.PAPER_LOW)


class TestArming:
    def test_a_device_looks_as_soon_as_it_is_armed(self, house: House) -> None:
        house.prepare = lambda device: setattr(device, "look", Poll(60.0))
        house.start()
        house.called("poll")
        house.worker.arm()
        house.called("arm True")
        house.called("poll")

    def test_events_pass_only_while_armed_and_over_a_loss(self, house: House) -> None:
        house.start()
        house.device.emit("early")
        house.worker.arm()
        house.called("arm True")
        house.clock.settle(2)
        house.device.poll_fault = DeviceError(Fault.CRASHED)
        house.worker.submit("look", done, 5.0).result(SAFETY_S)
        house.told(HealthState.FAULTY, Fault.CRASHED)
        house.device.poll_fault = None
        house.clock.settle(2)
        house.clock.advance(0.5)
        house.told(HealthState.OK)
        house.called("arm True")
        house.device.emit("seen")
        assert house.events.get(timeout=SAFETY_S) == "seen"
        house.worker.disarm()
        house.called("arm False")
        house.device.emit("late")
        assert house.events.empty()


class TestRegistry:
    def test_every_driver_can_be_found(self) -> None:
        for kind, drivers in DRIVERS.items():
            for driver in drivers:
                assert callable(find(kind, driver))
            assert "sim" in drivers

    @pytest.mark.parametrize(("kind", "driver"), [("toaster", "sim"), ("printer", "laser")])
    def test_an_unknown_driver_is_named_with_what_there_is(self, kind: str, driver: str) -> None:
        with pytest.raises(DeviceError) as trouble:
            find(kind, driver)
        assert trouble.value.code is Fault.UNKNOWN_DRIVER and "there are:" in trouble.value.detail

    @pytest.mark.parametrize(
        ("driver", "options", "code"),
        [
            ("escpos", {}, Fault.BAD_OPTION),
            ("escpos", {"port": "10.0.0.9", "wdith": "58"}, Fault.BAD_OPTION),
            ("escpos", {"port": "10.0.0.9:99999"}, Fault.BAD_OPTION),
            ("escpos", {"port": "10.0.0.9", "width": "76"}, Fault.BAD_OPTION),
            ("escpos", {"port": "10.0.0.9", "answer_s": "nan"}, Fault.BAD_OPTION),
            ("escpos", {"port": "/dev/null/nothing", "baud": "-1"}, Fault.BAD_OPTION),
            ("laser", {"port": "10.0.0.9"}, Fault.UNKNOWN_DRIVER),
        ],
    )
    def test_a_wrong_line_of_the_terminals_file_is_one_faulty_device(
        self, driver: str, options: dict[str, str], code: Fault
    ) -> None:
        told: queue.Queue[Health] = queue.Queue()
        clock = VirtualClock()
        one = worker("printer", driver, options, clock=clock, on_event=lambda _e: None, on_health=told.put)
        one.start()
        health = told.get(timeout=SAFETY_S)
        assert (health.state, health.code) == (HealthState.FAULTY, code)
        one.close()

    def test_the_whole_through_a_sim(self) -> None:
        told: queue.Queue[Health] = queue.Queue()
        clock = VirtualClock()
        one = worker("printer", "sim", {"width": "58"}, clock=clock, on_event=lambda _e: None, on_health=told.put)
        one.start()
        assert told.get(timeout=SAFETY_S).identity == "simulated printer, 32 columns"
        ended = one.submit("j1", lambda printer: printer.status(), 5.0).result(SAFETY_S)
        assert isinstance(ended, Done)
        one.close()
