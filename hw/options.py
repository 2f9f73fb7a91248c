"""A driver's options: the plain strings of the terminal's file, taken out by name and checked, with a named error
for each mistake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hw.device import DeviceError, Fault


class Options:
    """Reads options once each; `finish` then complains about any that nobody asked for. Raises
    DeviceError(bad_option)."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._left = dict(given)

    def text(self, name: str, default: str | None = None) -> str:
        """A string; without a default it must be given and not be empty."""
        value = self._left.pop(name, default)
        if value is None or (default is None and not value):
            raise DeviceError(Fault.BAD_OPTION, f"option {name!r} is missing")
        return value

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number within [low, high]."""
        value = self._left.pop(name, None)
        if value is None:
            return default
        if not value.isascii() or not value.isdigit() or not low <= int(value[:12]) <= high:
            raise _wrong(name, value, f"a number, {low} to {high}")
        return int(value)

    def seconds(self, name: str, default: float, low: float, high: float) -> float:
        """A span in seconds within [low, high], decimals allowed."""
        value = self._left.pop(name, None)
        if value is None:
            return default
        try:
            span = float(value)
        except ValueError:
            span = float("nan")
        if not low <= span <= high:
            raise _wrong(name, value, f"{low:g} to {high:g} seconds")
        return span

    def choice(self, name: str, default: str, allowed: Sequence[str]) -> str:
        """One of `allowed`."""
        value = self._left.pop(name, default)
        if value not in allowed:
            raise _wrong(name, value, f"one of {', '.join(allowed)}")
        return value

    def finish(self) -> None:
        """Every option given must have been taken."""
        if self._left:
            raise DeviceError(Fault.BAD_OPTION, f"no such option: {', '.join(sorted(self._left))}")


def _wrong(name: str, value: str, takes: str) -> DeviceError:
    return DeviceError(Fault.BAD_OPTION, f"option {name!r} is {value[:20]!r}; it takes {takes}")
