"""What a chip-card driver needs of the hardware that radiates, whatever wire it is on."""

from __future__ import annotations

from typing import Protocol


class Antenna(Protocol):
    """All of it raises DeviceError."""

    def open(self) -> str:
        """Connect and return the reader's identity."""

    def close(self) -> None:
        """May be called twice, and before `open`."""

    def uid(self) -> bytes | None:
        """The UID of the card that lies there now; None: no card."""

    def block(self, number: int, key: bytes) -> bytes:
        """The 16 bytes of a block of the card whose UID was read last. Raises card_format where the key is not its,
        read_failed where the card moved."""
