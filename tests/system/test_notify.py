"""What systemd hears, on a real datagram socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.notify import Notifier


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ears:
        ears.bind(str(tmp_path / "notify"))
        ears.settimeout(2)
        yield ears


def test_each_word_is_one_datagram(systemd: socket.socket) -> None:
    notifier = Notifier(systemd.getsockname())
    notifier.ready()
    notifier.watchdog()
    notifier.status("in a visit")
    notifier.stopping()
    assert [systemd.recv(200) for _ in range(4)] == [b"READY=1", b"WATCHDOG=1", b"STATUS=in a visit", b"STOPPING=1"]


def test_a_status_cannot_say_more_than_a_status(systemd: socket.socket) -> None:
    Notifier(systemd.getsockname()).status("closed\nREADY=1\n")
    assert systemd.recv(200) == b"STATUS=closed READY=1"


def test_an_abstract_socket(tmp_path: Path) -> None:
    name = f"@{tmp_path}/notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ears:
        ears.bind("\0" + name[1:])
        ears.settimeout(2)
        Notifier(name).ready()
        assert ears.recv(200) == b"READY=1"


@pytest.mark.parametrize("path", [None, ""])
def test_without_systemd_nothing_is_said(path: str | None) -> None:
    Notifier(path).ready()


def test_a_socket_that_is_gone_or_full_neither_raises_nor_blocks(tmp_path: Path, systemd: socket.socket) -> None:
    Notifier(str(tmp_path / "nobody")).watchdog()
    busy = Notifier(systemd.getsockname())
    for _ in range(2000):       # far more than a socket's queue holds; nobody reads
        busy.watchdog()
    assert systemd.recv(200) == b"WATCHDOG=1"
