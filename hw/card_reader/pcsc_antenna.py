"""A PC/SC reader (pcscd, ccid; ACR122 and its like) as an antenna.

The package pyscard is optional: it has no wheels, and few terminals need it. Without it the device is faulty with
`not_installed`, and says what to install.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol

from hw.device import DeviceError, Fault

GET_UID = bytes.fromhex("FFCA000000")
OK = (0x90, 0x00)


class Transport(Protocol):
    """One reader. `power` wakes the card that lies there; False: there is none."""

    name: str

    def power(self) -> bool: ...

    def transmit(self, apdu: bytes) -> tuple[bytes, int, int]:
        """(data, SW1, SW2). Raises DeviceError(read_failed) when the card has gone, unplugged when the reader has."""

    def close(self) -> None: ...


class PcscAntenna:
    """hw.card_reader.antenna.Antenna over PC/SC's pseudo-APDUs (part 3)."""

    def __init__(self, connect: Callable[[], Transport]) -> None:
        self._connect = connect
        self._reader: Transport | None = None

    def open(self) -> str:
        self.close()
        self._reader = self._connect()
        return f"PC/SC reader {self._reader.name}"

    def close(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    def uid(self) -> bytes | None:
        reader = self._open_reader()
        if not reader.power():
            return None
        try:
            data, *status = reader.transmit(GET_UID)
        except DeviceError as trouble:
            if trouble.code is not Fault.READ_FAILED:
                raise
            return None
        return data if tuple(status) == OK and data else None

    def block(self, number: int, key: bytes) -> bytes:
        self._require(bytes.fromhex("FF82000006") + key, Fault.REFUSED, "the reader does not take the key")
        login = bytes.fromhex("FF860000050100") + bytes([number, 0x60, 0x00])
        self._require(login, Fault.CARD_FORMAT, "the key is not this card's")
        data = self._require(bytes([0xFF, 0xB0, 0x00, number, 0x10]), Fault.READ_FAILED, "the block was not read")
        if len(data) != 16:
            raise DeviceError(Fault.READ_FAILED, "the block was not read")
        return data

    def _require(self, apdu: bytes, code: Fault, detail: str) -> bytes:
        data, *status = self._open_reader().transmit(apdu)
        if tuple(status) != OK:
            raise DeviceError(code, detail)
        return data

    def _open_reader(self) -> Transport:
        if self._reader is None:
            raise DeviceError(Fault.UNPLUGGED, "not open")
        return self._reader


class _Pyscard:
    """Transport over pyscard. Every card needs a connection of its own."""

    def __init__(self, reader: Any, no_card: tuple[type[Exception], ...], trouble: type[Exception]) -> None:
        self.name = str(reader)
        self._reader, self._no_card, self._trouble = reader, no_card, trouble
        self._connection: Any | None = None

    def power(self) -> bool:
        self.close()
        connection = self._reader.createConnection()
        try:
            connection.connect()
        except self._no_card:
            return False
        except self._trouble as lost:
            raise DeviceError(Fault.UNPLUGGED, f"{self.name}: went away") from lost
        self._connection = connection
        return True

    def transmit(self, apdu: bytes) -> tuple[bytes, int, int]:
        if self._connection is None:
            raise DeviceError(Fault.READ_FAILED, "no card")
        try:
            data, first, second = self._connection.transmit(list(apdu))
        except self._trouble as lost:
            raise DeviceError(Fault.READ_FAILED, "the card moved") from lost
        return bytes(data), first, second

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.disconnect()
            except self._trouble:  # the card has gone already
                pass


def pyscard(name: str) -> Transport:
    """The first reader whose name holds `name`. Raises DeviceError: not_installed, absent."""
    try:
        system, errors = import_module("smartcard.System"), import_module("smartcard.Exceptions")
    except ImportError as missing:
        raise DeviceError(Fault.NOT_INSTALLED, "the package pyscard is not installed") from missing
    no_card = (errors.NoCardException, errors.CardConnectionException)
    try:
        readers = system.readers()
    except errors.SmartcardException as trouble:
        raise DeviceError(Fault.ABSENT, "pcscd is not running") from trouble
    for reader in readers:
        if name in str(reader):
            return _Pyscard(reader, no_card, errors.SmartcardException)
    raise DeviceError(Fault.ABSENT, f"no PC/SC reader named {name[:40]!r} among {len(readers)}")
