"""The board through sysfs: every file is named in the terminal's file, and what is not named is not there."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from hw.board import wire
from hw.board.contract import BoardChanged, Light, Reading
from hw.device import Clock, DeviceError, Done, Emit, Fault, HealthState, NotDone, Outcome, Poll, Unknown
from hw.options import Options

LOOK_S = 5.0
ARMED_LOOK_S = 1.0


@dataclass(frozen=True, slots=True)
class Files:
    """Where each thing is, below the root; empty: this terminal has none. `opened_when`: the switch's value with the
    case open."""

    battery: str = ""
    temperature: str = ""
    under_voltage: str = ""
    tamper: str = ""
    opened_when: bool = True
    backlight: str = ""
    light: str = ""
    buzzer: str = ""


class SysfsBoard:
    """hw.board.contract.Board over files. `low` percent of battery without mains, and `hot` degrees, degrade it."""

    def __init__(self, root: Path, files: Files, low: int, hot: int, emit: Emit) -> None:
        self._root, self._files, self._low, self._hot, self._emit = root, files, low, hot, emit
        self._armed = False
        self._last: Reading | None = None

    def open(self) -> str:
        files = self._files
        folders = [name for name in (files.battery, files.backlight, files.light, files.buzzer) if name]
        single = [name for name in (files.temperature, files.under_voltage, files.tamper) if name]
        for name in (*folders, *single):
            if not (self._root / name).exists():
                raise DeviceError(Fault.ABSENT, f"{self._root / name}: no such file of the kernel")
        self._last = None
        self._look()
        if files.buzzer:
            self._write(f"{files.buzzer}/trigger", "oneshot")
        return f"board with {len(folders) + len(single)} parts"

    def close(self) -> None:
        """No file is held open."""

    def arm(self, on: bool) -> None:
        self._armed = on

    def poll(self) -> Poll:
        now = self._look()
        still = replace(now, temperature=None)
        if self._armed and self._last is not None and still != self._last:
            self._emit(BoardChanged(now))
        self._last = still
        again_s = ARMED_LOOK_S if self._armed else LOOK_S
        trouble = self._trouble(now)
        return Poll(again_s) if trouble is None else Poll(again_s, HealthState.DEGRADED, trouble)

    def reading(self) -> Outcome[Reading]:
        try:
            return Done(self._look())
        except DeviceError as trouble:
            return NotDone(trouble.code, trouble.detail)

    def set_brightness(self, job_id: str, percent: int) -> Outcome[None]:  # noqa: ARG002 - see Worker
        if not self._files.backlight or not 1 <= percent <= 100:
            return NotDone(Fault.BAD_REQUEST, "no backlight, or not 1 to 100 per cent")
        folder = self._files.backlight
        return self._act(lambda: [(f"{folder}/brightness", str(wire.scaled(percent, self._most(folder))))])

    def light(self, job_id: str, colour: Light) -> Outcome[None]:  # noqa: ARG002 - see Worker
        if not self._files.light:
            return NotDone(Fault.BAD_REQUEST, "no light ring")
        folder = self._files.light

        def lines() -> list[tuple[str, str]]:
            intensity = wire.intensities(self._read(f"{folder}/multi_index"), colour)
            most = 0 if colour is Light.OFF else self._most(folder)
            return [(f"{folder}/multi_intensity", intensity), (f"{folder}/brightness", str(most))]

        return self._act(lines)

    def beep(self, job_id: str, milliseconds: int) -> Outcome[None]:  # noqa: ARG002 - see Worker
        if not self._files.buzzer or not 10 <= milliseconds <= 2000:
            return NotDone(Fault.BAD_REQUEST, "no buzzer, or not 10 to 2,000 ms")
        folder = self._files.buzzer
        return self._act(lambda: [(f"{folder}/delay_on", str(milliseconds)), (f"{folder}/shot", "1")])

    def _trouble(self, now: Reading) -> Fault | None:
        hot = now.temperature is not None and now.temperature >= self._hot
        empty = now.battery is not None and now.battery <= self._low and now.charging is False
        found = (
            (now.opened, Fault.TAMPERED), (now.under_voltage, Fault.UNDER_VOLTAGE), (hot, Fault.OVERHEATED),
            (empty, Fault.BATTERY_LOW),
        )  # fmt: skip
        return next((fault for is_so, fault in found if is_so), None)

    def _look(self) -> Reading:
        files = self._files
        return Reading(
            wire.whole(self._read(f"{files.battery}/capacity"), 0, 100) if files.battery else None,
            wire.charging(self._read(f"{files.battery}/status")) if files.battery else None,
            wire.degrees(self._read(files.temperature)) if files.temperature else None,
            wire.on(self._read(files.under_voltage)) if files.under_voltage else None,
            (wire.on(self._read(files.tamper)) == files.opened_when) if files.tamper else None,
        )

    def _most(self, folder: str) -> int:
        return wire.whole(self._read(f"{folder}/max_brightness"), 1, 1 << 20)

    def _act(self, lines: Callable[[], list[tuple[str, str]]]) -> Outcome[None]:
        written = False
        try:
            for name, value in lines():
                self._write(name, value)
                written = True
        except DeviceError as trouble:
            ended = Unknown if written else NotDone
            return ended(trouble.code, trouble.detail)
        return Done(None)

    def _read(self, name: str) -> str:
        try:
            with (self._root / name).open("rb") as file:
                return file.read(256).decode("ascii", "replace")
        except OSError as trouble:
            raise self._file_trouble(name, trouble) from trouble

    def _write(self, name: str, value: str) -> None:
        try:
            with (self._root / name).open("r+b", buffering=0) as file:
                file.write(value.encode("ascii"))
        except OSError as trouble:
            raise self._file_trouble(name, trouble) from trouble

    def _file_trouble(self, name: str, trouble: OSError) -> DeviceError:
        code = Fault.PERMISSION if trouble.errno in (errno.EACCES, errno.EPERM) else Fault.UNPLUGGED
        return DeviceError(code, f"{self._root / name}: {trouble.strerror}")


def make(options: Options, clock: Clock, emit: Emit) -> SysfsBoard:  # noqa: ARG001 - every factory takes the same three
    """Options: port (the root, /sys), and below it the folders battery (class/power_supply/...), backlight
    (class/backlight/...), light and buzzer (class/leds/...), the files temperature, under_voltage and tamper;
    opened_when (1 | 0: the tamper switch's value with the case open), low (per cent), hot (degrees)."""
    root = Path(options.text("port", "/sys"))
    files = Files(
        battery=options.text("battery", ""),
        temperature=options.text("temperature", ""),
        under_voltage=options.text("under_voltage", ""),
        tamper=options.text("tamper", ""),
        opened_when=options.choice("opened_when", "1", ("1", "0")) == "1",
        backlight=options.text("backlight", ""),
        light=options.text("light", ""),
        buzzer=options.text("buzzer", ""),
    )
    return SysfsBoard(root, files, options.whole("low", 15, 1, 99), options.whole("hot", 80, 30, 120), emit)
