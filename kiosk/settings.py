"""THE table of settings: each one's type, range, default, scope, and what it is for.

Values come signed from central, are validated all together, pinned when a visit starts and applied between visits
(docs/protocol.md, Fleet). A setting nobody reads fails a test by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Value = bool | int | str


@dataclass(frozen=True, slots=True)
class Setting:
    """`scope` is the narrowest layer that may set it: global, property, terminal. `one_way` never turns back (SV-2)."""

    key: str
    default: Value
    says: str
    low: int = 0
    high: int = 0
    choices: tuple[str, ...] = ()
    scope: str = "terminal"
    one_way: bool = False

    def wrong(self, value: Value) -> str:
        """Why `value` cannot be this setting's, in words for the operator; empty if it can."""
        if type(value) is not type(self.default):
            return f"{self.key}: expected {type(self.default).__name__}, got {type(value).__name__}"
        if isinstance(value, int) and not isinstance(value, bool) and not self.low <= value <= self.high:
            return f"{self.key}: {value} is outside {self.low}..{self.high}"
        if isinstance(value, str) and self.choices and value not in self.choices:
            return f"{self.key}: must be one of {', '.join(self.choices)}"
        if isinstance(value, str) and not self.choices and len(value) > 80:
            return f"{self.key}: longer than 80 characters"
        return ""


SETTINGS: dict[str, Setting] = {s.key: s for s in (
    Setting("idle.guest_s", 60, "Seconds without a touch before the guest is asked.", 20, 600),
    Setting("idle.warn_s", 30, "Seconds the question stays before the visit ends.", 20, 120),
    Setting("idle.done_s", 15, "Seconds a done page stays.", 5, 60),
    Setting("lobby.attended", False, "Staff stand by: coupons may be redeemed here (X-47)."),
    Setting("language.default", "zh-Hans", "Language of a fresh visit.", choices=("zh-Hans", "en")),
    Setting("slip.room_no", True, "Print the room number on the check-in slip.", scope="property"),
    Setting("slip.paper", "80", "Width of the printer's paper in mm.", choices=("58", "80")),
    Setting("keys.count", 1, "Room keys cut at check-in.", 1, 4, scope="property"),
    Setting("identity.tries", 3, "Documents that may be shown before staff take over.", 1, 5, scope="property"),
    Setting("desk.phone", "0", "How to reach the front desk.", scope="property"),
    Setting("notice.home", "", "One line of news on the home screen; empty: none."),
)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one visit, pinned. Reading a key that the table lacks raises KeyError."""

    values: Mapping[str, Value]
    version: int = 0

    def flag(self, key: str) -> bool:
        return bool(self._of(key))

    def number(self, key: str) -> int:
        value = self._of(key)
        assert isinstance(value, int)
        return value

    def text(self, key: str) -> str:
        return str(self._of(key))

    def _of(self, key: str) -> Value:
        return self.values.get(key, SETTINGS[key].default)


def faults(values: Mapping[str, Value], current: Mapping[str, Value]) -> tuple[str, ...]:
    """What is wrong with `values` as the next settings after `current`, in words; empty: they may be applied."""
    found = []
    for key, value in sorted(values.items()):
        setting = SETTINGS.get(key)
        if setting is None:
            found.append(f"{key}: no such setting")
        elif reason := setting.wrong(value):
            found.append(reason)
        elif setting.one_way and current.get(key, setting.default) is True and value is False:
            found.append(f"{key}: a one-way switch is never turned back")
    return tuple(found)
