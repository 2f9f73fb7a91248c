"""The kernel's files of a terminal's board, in a folder: the real driver reads and writes them."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hw.standins.control import Control

BATTERY, BACKLIGHT = "class/power_supply/BAT0", "class/backlight/panel"
LIGHT, BUZZER = "class/leds/ring", "class/leds/buzzer"
TEMPERATURE, TAMPER = "class/thermal/thermal_zone0/temp", "gpio/lid"
UNDER_VOLTAGE = "class/hwmon/hwmon1/in0_lcrit_alarm"
OPTIONS = {
    "battery": BATTERY, "light": LIGHT, "buzzer": BUZZER, "backlight": BACKLIGHT, "temperature": TEMPERATURE,
    "under_voltage": UNDER_VOLTAGE, "tamper": TAMPER,
}  # fmt: skip
_FILES = {
    f"{BATTERY}/capacity": "80", f"{BATTERY}/status": "Charging", TEMPERATURE: "45123", UNDER_VOLTAGE: "0", TAMPER: "0",
    f"{BACKLIGHT}/brightness": "200", f"{BACKLIGHT}/max_brightness": "200", f"{LIGHT}/multi_index": "red green blue",
    f"{LIGHT}/multi_intensity": "0 0 0", f"{LIGHT}/brightness": "0", f"{LIGHT}/max_brightness": "255",
    f"{BUZZER}/trigger": "none", f"{BUZZER}/delay_on": "0", f"{BUZZER}/shot": "0",
}  # fmt: skip
_CONTROLS = {
    "battery": f"{BATTERY}/capacity", "mains": f"{BATTERY}/status", "temperature": TEMPERATURE,
    "under_voltage": UNDER_VOLTAGE, "lid": TAMPER,
}  # fmt: skip


class BoardStandIn:
    """`OPTIONS` are the driver's, with `port` as `start` returns it; `text` reads a file back."""

    name = "board"
    controls = (
        Control("mains", "the battery's supply", ("Charging", "Discharging", "Full")),
        Control("battery", "per cent"),
        Control("temperature", "thousandths of a degree"),
        Control("under_voltage", "the supply", ("0", "1")),
        Control("lid", "the tamper switch", ("0", "1")),
        Control("plugged", "the kernel's files", ("yes", "no")),
    )

    def __init__(self) -> None:
        self._root: Path | None = None
        self._plugged = True

    def start(self) -> str:
        self._root = self._root or Path(tempfile.mkdtemp(prefix="standin-"))
        for name, text in _FILES.items():
            path = self._root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text + "\n", "ascii")
        return str(self._root)

    def stop(self) -> None:
        if self._root is not None:
            shutil.rmtree(self._root, ignore_errors=True)

    def set(self, control: str, value: str) -> None:
        known = next((known for known in self.controls if known.name == control), None)
        if known is None or self._root is None:
            names = ", ".join(known.name for known in self.controls)
            raise ValueError(f"{self.name} has no control {control!r}; it has: {names}")
        if known.values and value not in known.values:
            raise ValueError(f"{self.name}.{control} takes one of: {', '.join(known.values)}")
        if control == "plugged":
            self._plugged = value == "yes"
            if self._plugged:
                self.start()
            else:
                self.stop()
        else:
            (self._root / _CONTROLS[control]).write_text(value + "\n", "ascii")

    def settings(self) -> dict[str, str]:
        """Every control and where it stands."""
        found = {name: self.text(path) if self._plugged else "" for name, path in _CONTROLS.items()}
        return found | {"plugged": "yes" if self._plugged else "no"}

    def text(self, name: str) -> str:
        assert self._root is not None
        return (self._root / name).read_text("ascii").split("\n")[0]
