"""The scanner: what is read, what is believed, and what happens when a camera, its process or libzbar dies."""

from __future__ import annotations

import itertools
import os
import queue
import random
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import zxingcpp

from hw.clock import MonotonicClock
from hw.device import DeviceError, Fault, Health, HealthState
from hw.registry import build, worker
from hw.scanner.accept import Acceptance, well_formed
from hw.scanner.camera import Rung, Scanner, decode
from hw.scanner.child import Child, Newest
from hw.scanner.contract import Code, CodeKind, CodeReader, text_of
from hw.scanner.driver import DISARMED_LOOK_S, SILENT_S, CameraScanner
from hw.scanner.engines import Grey, Zbar, zxing
from hw.scanner.frames import FolderSource, SocketSource, picture
from hw.scanner.regions import likely, regions
from hw.scanner.sim import SimScanner
from hw.standins.camera import CameraStandIn, draw
from hw.worker import Limits, Worker

BOOKING = "YK1B" + "A7Q%" * 30
FINE = "YK1B" + "A7" * 110
NO_PHONE = draw("", 0.0, 8.0, np.random.default_rng(7))


def framed(form: str, text: str, scale: int = 3) -> Grey:
    kind = getattr(zxingcpp.BarcodeFormat, form)
    bars = np.asarray(zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(text, kind), scale=scale))
    return np.pad(bars, 60, constant_values=255).astype(np.uint8)


def code(kind: CodeKind, text: str) -> Code:
    return Code(kind, text, text.encode(), (), "test")


class TestReading:
    @pytest.mark.parametrize("tilt", [0.0, 0.06, 0.14])
    def test_a_phone_in_a_trembling_hand(self, tilt: float) -> None:
        frame = draw(BOOKING, tilt, 8.0, np.random.default_rng(3))
        assert [found.text for found in decode(frame)] == [BOOKING]

    def test_a_phone_in_the_dark_needs_the_second_look(self) -> None:
        frames = [draw(FINE, 0.06, 22.0, np.random.default_rng(seed)) for seed in range(8)]
        found = [one for frame in frames for one in decode(frame)]
        assert {one.text for one in found} == {FINE} and len(found) >= 6
        assert {one.engine for one in found} > {"zxing"}

    def test_a_lobby_without_a_phone_holds_no_code(self) -> None:
        assert decode(NO_PHONE) == []

    @pytest.mark.parametrize(
        ("form", "kind", "text"),
        [
            ("Code128", CodeKind.CODE128, "SN-8831-ABCD"),
            ("Code39", CodeKind.CODE39, "MEMBER42"),
            ("ITF", CodeKind.ITF, "12345678"),
            ("EAN13", CodeKind.EAN13, "5901234123457"),
            ("EAN8", CodeKind.EAN8, "12345670"),
        ],
    )
    def test_every_kind_that_we_honour(self, form: str, kind: CodeKind, text: str) -> None:
        found = decode(framed(form, text[:-1] if kind in (CodeKind.EAN13, CodeKind.EAN8) else text))
        assert [(one.kind, one.text) for one in found] == [(kind, text)]

    def test_a_slanted_bar_code_is_turned_upright(self) -> None:
        upright = framed("Code128", "SN-8831-ABCD")
        rows, columns = upright.shape
        side = int(np.hypot(rows, columns))
        turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), 40, 1.0)
        turn[:, 2] += (side / 2 - columns / 2, side / 2 - rows / 2)
        slanted = np.asarray(cv2.warpAffine(upright, turn, (side, side), borderValue=(255,)), dtype=np.uint8)
        assert [found.text for found in decode(slanted)] == ["SN-8831-ABCD"]

    def test_colour_frames_are_read(self) -> None:
        frame = draw(BOOKING, 0.0, 0.0, np.random.default_rng(3))
        assert decode(np.asarray(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR), dtype=np.uint8))[0].text == BOOKING

    def test_chinese_payloads_whatever_their_coding(self) -> None:
        assert text_of("房卡".encode()) == "房卡" and text_of("房卡".encode("gb18030")) == "房卡"
        assert text_of(b"\xff\xfe\xfd") != ""

    @pytest.mark.parametrize("shape", [(1, 1), (3, 2000), (2000, 3), (0, 0)])
    def test_odd_frames_hold_nothing(self, shape: tuple[int, int]) -> None:
        frame = np.full(shape, 128, np.uint8)
        assert decode(frame) == []
        scanner = Scanner()
        assert scanner.feed(frame, 0.0) == []
        scanner.close()


class TestBelief:
    def test_one_frame_is_enough_for_a_qr_code(self) -> None:
        assert len(Acceptance().offer([code(CodeKind.QR, "YK1B")], 0.0)) == 1

    @pytest.mark.parametrize(
        ("kind", "text"),
        [(CodeKind.EAN13, "5901234123457"), (CodeKind.ITF, "12345678"), (CodeKind.CODE39, "MEMBER42")],
    )
    def test_weak_codes_need_two_frames_that_agree(self, kind: CodeKind, text: str) -> None:
        acceptance = Acceptance()
        assert acceptance.offer([code(kind, text)], 0.0) == []
        assert acceptance.offer([code(kind, text)], 0.0) == [], "the same frame is not a second one"
        assert len(acceptance.offer([code(kind, text)], 0.1)) == 1
        acceptance = Acceptance()
        acceptance.offer([code(kind, text)], 0.0)
        assert acceptance.offer([code(kind, text)], 1.5) == [], "too long ago to agree"

    @pytest.mark.parametrize(
        ("kind", "text"),
        [
            (CodeKind.EAN13, "5901234123458"),
            (CodeKind.EAN8, "12345671"),
            (CodeKind.UPCA, "012345678900"),
            (CodeKind.ITF, "1234"),
            (CodeKind.CODE39, "AB"),
            (CodeKind.QR, ""),
            (CodeKind.QR, "A" * 1025),
            (CodeKind.EAN13, "٥٩٠١٢٣٤١٢٣٤٥٧"),
        ],
    )
    def test_malformed_payloads_are_not_believed(self, kind: CodeKind, text: str) -> None:
        assert not well_formed(code(kind, text))

    def test_a_code_counts_once_until_it_was_out_of_sight(self) -> None:
        acceptance, one = Acceptance(), code(CodeKind.QR, "YK1B")
        seen = [len(acceptance.offer([one], at / 2)) for at in range(10)]
        assert seen == [1] + [0] * 9
        assert len(acceptance.offer([one], 7.0)) == 1

    def test_a_new_guest_starts_afresh(self) -> None:
        scanner = Scanner()
        frame = draw(BOOKING, 0.0, 0.0, np.random.default_rng(3))
        assert len(scanner.feed(frame, 0.0)) == 1
        assert scanner.feed(frame, 0.1) == []
        scanner.reset()
        assert len(scanner.feed(frame, 0.2)) == 1
        scanner.close()


class TestBudget:
    def test_the_second_look_carries_on_in_the_next_frame(self) -> None:
        ticks = iter(range(1000))
        scanner = Scanner(stopwatch=lambda: float(next(ticks)))  # every reading is over the budget: one rung a frame
        frame = draw(FINE, 0.06, 22.0, np.random.default_rng(3))  # which the sharpened rung reads
        found = [scanner.feed(frame, at / 15) for at in range(8)]
        scanner.close()
        first = [bool(codes) for codes in found].index(True)
        assert first > 0 and found[first][0].engine == "zxing sharpened"

    def test_places_that_look_like_no_code_get_what_is_left_over(self, monkeypatch: pytest.MonkeyPatch) -> None:
        spent = 0.0

        def slow(_crop: Grey, _zbar: Zbar) -> list[Code]:
            nonlocal spent
            spent += 0.001
            return []

        monkeypatch.setattr("hw.scanner.camera.RUNGS", (Rung(slow, 1.0, 1 << 30),) * 50)
        monkeypatch.setattr("hw.scanner.camera.zxing", lambda *_a: [])
        costs = {}
        frames = [draw(BOOKING, 0.06, 8.0, np.random.default_rng(seed)) for seed in range(4)]
        monkeypatch.setattr("hw.scanner.camera.STILL_DIFFERENCE", -1.0)
        for hopeful in (True, False):
            monkeypatch.setattr("hw.scanner.camera.likely", lambda _crop, so=hopeful: so)
            scanner = Scanner(stopwatch=lambda: spent)
            before = spent
            for at in range(40):
                scanner.feed(frames[at % 4], at / 15)
            costs[hopeful] = spent - before
            scanner.close()
        assert costs[False] < 0.3 * costs[True]

    def test_what_a_code_looks_like(self) -> None:
        frame = draw(BOOKING, 0.06, 8.0, np.random.default_rng(3))
        assert any(likely(place.crop(frame)) for place in regions(frame))
        assert likely(framed("Code128", "SN-8831-ABCD")[60:-60, 60:-60])
        blank = np.full((200, 200), 180, np.uint8)
        cv2.putText(blank, "WELCOME", (10, 100), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 40, 1)
        assert not likely(blank) and not likely(NO_PHONE) and not likely(blank[:4, :4])

    def test_noisy_bars_are_averaged_along_their_length(self) -> None:
        bars = np.pad(framed("Code128", "SN-8831-ABCD", scale=3), ((100, 100), (40, 40)), mode="edge")
        far = cv2.resize(bars, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA).astype(np.float32)
        dim = cv2.GaussianBlur(far * 0.35 + 90, (0, 0), 1.0)
        noise = np.random.default_rng(5).normal(0, 8, dim.shape)
        noisy = np.clip(dim + noise, 0, 255).astype(np.uint8)
        assert zxing(noisy) == []
        assert [(found.text, found.engine) for found in decode(noisy)] == [("SN-8831-ABCD", "along bars")]

    def test_a_still_scene_is_looked_at_less_and_a_moving_one_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        looks: list[int] = []
        monkeypatch.setattr("hw.scanner.camera.zxing", lambda *_a: looks.append(1) or [])
        scanner = Scanner(stopwatch=lambda: 0.0)
        for at in range(40):
            scanner.feed(NO_PHONE, at / 15)
        before = len(looks)
        assert before < 40 and scanner.resting
        scanner.feed(255 - NO_PHONE, 3.0)
        assert len(looks) > before and not scanner.resting
        scanner.close()


class TestNewest:
    @pytest.mark.parametrize(("resting", "reads"), [(False, 12), (True, 4)])
    def test_before_a_still_scene_few_frames_are_unpacked(self, resting: bool, reads: int) -> None:
        done: list[str] = []

        class Source(FolderSource):
            def __init__(self) -> None:
                super().__init__("", lambda: None)

            def _turn_on(self, what: str) -> None:
                if len(done) == 12:
                    raise DeviceError(Fault.UNPLUGGED)
                done.append(what)

            def read(self) -> Grey | None:
                self._turn_on("read")
                return NO_PHONE

            def skip(self) -> None:
                self._turn_on("skip")

        newest = Newest(Source(), lambda: True, lambda: resting, lambda: 0.0)
        newest.fill()
        assert done.count("read") == reads and newest.count == 12
        with pytest.raises(DeviceError):
            newest.take(0.0)


class TestFrames:
    def test_a_frame_that_is_no_picture_is_named(self) -> None:
        chance = random.Random(2026)
        good = b"G\x00\x04\x00\x03" + bytes(12)
        assert picture(good).shape == (3, 4)
        for _ in range(5_000):
            bad = bytearray(good)
            bad[chance.randrange(5)] = chance.randrange(256)
            try:
                picture(bytes(bad[: chance.randrange(len(bad))]))
            except DeviceError as trouble:
                assert trouble.code is Fault.GARBLED

    def test_a_folder_of_pictures(self, tmp_path: Path) -> None:
        cv2.imwrite(str(tmp_path / "1.png"), draw(BOOKING, 0.0, 0.0, np.random.default_rng(3)))
        source = FolderSource(str(tmp_path), lambda: None)
        assert source.open() == "1 pictures"
        frame = source.read()
        assert frame is not None and decode(frame)[0].text == BOOKING
        with pytest.raises(DeviceError):
            FolderSource(str(tmp_path / "nothing"), lambda: None).open()


    def test_frames_over_a_unix_socket(self, tmp_path: Path) -> None:
        place, frame = str(tmp_path / "camera"), np.arange(12, dtype=np.uint8).reshape(3, 4)
        body = b"G" + struct.pack(">HH", 4, 3) + frame.tobytes()
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
            listening.bind(place)
            listening.listen()
            source = SocketSource(f"unix:{place}")
            source.open()
            service = listening.accept()[0]
            for piece in (struct.pack(">I", len(body))[:2], struct.pack(">I", len(body))[2:] + body[:7], body[7:]):
                service.sendall(piece)
            assert np.array_equal(source.read(), frame)
            service.sendall(struct.pack(">I", 1 << 30))
            with pytest.raises(DeviceError) as trouble:
                source.read()
            assert trouble.value.code is Fault.GARBLED
            service.close()
            with pytest.raises(DeviceError) as trouble:
                source.read()
            assert trouble.value.code is Fault.UNPLUGGED
            source.close()

    def test_a_camera_without_frames_is_mute(self) -> None:
        over = threading.Event()

        class Stalled(FolderSource):
            def open(self) -> str:
                return "stalled"

            def skip(self) -> None:
                over.wait()
                raise DeviceError(Fault.UNPLUGGED)

        seconds = itertools.count()
        told: list[dict[str, object]] = []
        child = Child(Stalled("", lambda: None), lambda: float(next(seconds)), told.append, list)
        with pytest.raises(DeviceError) as trouble:
            child.run()
        child.close()
        over.set()
        assert trouble.value.code is Fault.MUTE and told[0] == {"opened": "stalled"}

    def test_the_promise_of_two_seconds(self) -> None:
        assert SILENT_S + DISARMED_LOOK_S < 2.0


class TestZbar:
    def test_it_reads_dies_rests_and_comes_back(self) -> None:
        now = [0.0]
        zbar = Zbar(lambda: now[0], answer_s=1e9, rest_s=0.5)
        frame = framed("QRCode", BOOKING)
        assert [found.text for found in zbar.read(frame)] == [BOOKING]
        first = zbar.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        assert zbar.read(frame) == []
        assert zbar.read(frame) == [], "it rests"
        now[0] = 1.0
        assert [found.text for found in zbar.read(frame)] == [BOOKING]
        assert zbar.pid not in (None, first)
        zbar.close()


class TestWiring:
    def test_the_terminal_never_imports_opencv(self) -> None:
        script = (
            "import sys; from hw.registry import find; find('scanner', 'camera');"
            "print(sorted({'cv2', 'zxingcpp', 'pyzbar', 'numpy'} & set(sys.modules)))"
        )
        root = Path(__file__).parents[2]
        ended = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
        assert ended.stdout.strip() == "[]"

    def test_the_port_is_checked(self, clock: MonotonicClock) -> None:
        with pytest.raises(DeviceError) as trouble:
            build("scanner", "camera", {"port": "video0"}, clock=clock, on_event=lambda _e: None)
        assert trouble.value.code is Fault.BAD_OPTION


class Watched:
    """A worker over the real driver, with queues for what it tells."""

    def __init__(self, standin: CameraStandIn, clock: MonotonicClock) -> None:
        self.events: queue.Queue[object] = queue.Queue()
        self.health: queue.Queue[Health] = queue.Queue()
        self.drivers: list[CameraScanner] = []

        def make(emit: Callable[[object], None]) -> CameraScanner:
            made = build("scanner", "camera", {"port": standin.address}, clock=clock, on_event=emit)
            assert isinstance(made, CameraScanner)
            self.drivers.append(made)
            return made

        self.worker: Worker[CameraScanner] = Worker(
            "scanner", "camera", make, clock=clock, on_event=self.events.put, on_health=self.health.put,
            limits=Limits(grace_s=0.3),
        )  # fmt: skip

    def until(self, state: HealthState) -> Health:
        while True:
            health = self.health.get(timeout=20.0)
            if health.state is state:
                return health

    def code(self) -> str:
        seen = self.events.get(timeout=20.0)
        assert isinstance(seen, Code)
        return seen.text


@pytest.fixture(scope="module")
def standin() -> Iterator[CameraStandIn]:
    standin = CameraStandIn()
    standin.start()
    yield standin
    standin.stop()


@pytest.fixture
def watched(standin: CameraStandIn, clock: MonotonicClock) -> Iterator[Watched]:
    standin.hide()
    one = Watched(standin, clock)
    one.worker.arm()
    one.worker.start()
    one.until(HealthState.OK)
    yield one
    pids = [one.drivers[-1].child_pid, one.drivers[-1].zbar_pid]
    assert one.worker.close()
    assert not any(pid and _lives(pid) for pid in pids), "a process was left behind"


def _lives(pid: int) -> bool:
    """Whether a process still runs; one that is going has a moment to go."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    try:
        return not select.select([handle], [], [], 20.0)[0]
    finally:
        os.close(handle)


class TestDying:
    def test_a_killed_camera_process_is_told_and_comes_back(self, standin: CameraStandIn, watched: Watched) -> None:
        standin.show("BEFORE-1")
        assert watched.code() == "BEFORE-1"
        standin.hide()
        pid = watched.drivers[-1].child_pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert watched.until(HealthState.FAULTY).code is Fault.CRASHED
        watched.until(HealthState.OK)
        standin.show("AFTER-1")
        assert watched.code() == "AFTER-1", "still armed"

    def test_a_stopped_camera_process_is_told_and_replaced(self, watched: Watched) -> None:
        pid = watched.drivers[-1].child_pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        assert watched.until(HealthState.FAULTY).code is Fault.CRASHED
        watched.until(HealthState.OK)

    def test_a_killed_libzbar_leaves_the_scanner_working(self, standin: CameraStandIn, watched: Watched) -> None:
        standin.show("BEFORE-2")
        assert watched.code() == "BEFORE-2"
        while watched.drivers[-1].zbar_pid is None:
            subprocess.run(["true"], check=True)
        pid = watched.drivers[-1].zbar_pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        health = watched.until(HealthState.DEGRADED)
        assert health.code is Fault.CRASHED and "libzbar" in health.detail
        watched.until(HealthState.OK)
        standin.show("AFTER-2")
        assert watched.code() == "AFTER-2"

    def test_an_unplugged_camera_comes_back(self, standin: CameraStandIn, watched: Watched) -> None:
        standin.set("plugged", "no")
        assert watched.until(HealthState.ABSENT).code in (Fault.ABSENT, Fault.UNPLUGGED)
        standin.set("plugged", "yes")
        watched.until(HealthState.OK)
        standin.show("AFTER-3")
        assert watched.code() == "AFTER-3"

    def test_the_children_go_when_the_terminal_is_killed(self, standin: CameraStandIn) -> None:
        script = (
            "import sys; from hw.registry import build; from hw.clock import MonotonicClock\n"
            f"d = build('scanner', 'camera', {{'port': {standin.address!r}}}, clock=MonotonicClock(), on_event=print)\n"
            "d.open()\n"
            "while d.zbar_pid is None: d.poll()\n"
            "print(d.child_pid, d.zbar_pid, flush=True); sys.stdin.read()"
        )
        root = Path(__file__).parents[2]
        with subprocess.Popen(
            [sys.executable, "-c", script], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as terminal:
            assert terminal.stdout is not None
            pids = [int(pid) for pid in terminal.stdout.readline().split()]
            assert len(pids) == 2 and all(Path(f"/proc/{pid}").exists() for pid in pids)
            terminal.kill()
        assert not any(_lives(pid) for pid in pids)


class TestContract:
    @pytest.fixture(params=["camera", "sim"])
    def scanner(
        self, request: pytest.FixtureRequest, standin: CameraStandIn, clock: MonotonicClock
    ) -> Iterator[tuple[CodeReader, list[object], Callable[[str], None]]]:
        events: list[object] = []
        if request.param == "sim":
            sim = SimScanner(events.append)
            yield sim, events, sim.show
            return
        standin.hide()
        made = build("scanner", "camera", {"port": standin.address}, clock=clock, on_event=events.append)
        yield made, events, standin.show
        made.close()

    def test_a_code_is_pushed_once_while_armed(
        self, scanner: tuple[CodeReader, list[object], Callable[[str], None]]
    ) -> None:
        device, events, show = scanner
        assert device.open()
        show("ONCE")
        for _ in range(3):
            device.poll()
        assert events == [], "not armed"
        device.arm(True)
        for _ in range(200):
            device.poll()
            if events:
                break
        device.poll()
        assert [seen.text for seen in events if isinstance(seen, Code)] == ["ONCE"]

    def test_open_again_after_close(self, scanner: tuple[CodeReader, list[object], Callable[[str], None]]) -> None:
        device, _, _ = scanner
        identity = device.open()
        device.close()
        device.close()
        assert device.open() == identity


def test_a_line_of_the_terminals_file_that_is_wrong_is_a_device_that_is_faulty(clock: MonotonicClock) -> None:
    told: queue.Queue[Health] = queue.Queue()
    one = worker("scanner", "camera", {"port": "?"}, clock=clock, on_event=lambda _e: None, on_health=told.put)
    one.start()
    health = told.get(timeout=5)
    assert (health.state, health.code) == (HealthState.FAULTY, Fault.BAD_OPTION)
    assert one.close()
