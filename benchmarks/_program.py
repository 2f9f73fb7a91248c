"""Programs that say when they are ready: started, timed, looked at, ended.

They tell it as to systemd, by a datagram READY=1 to NOTIFY_SOCKET, so that what is timed is what an operator gets.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

PATIENCE_S = 120.0
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Program:
    """One that runs and was ready after `ready_s`."""

    process: subprocess.Popen[bytes]
    ready_s: float

    def cpu_s(self, children: bool = True) -> float:
        """Processor seconds that it has used, its children with it or not."""
        return sum(_cpu_s(pid) for pid in (_family(self.process.pid) if children else [self.process.pid]))

    def rss_mb(self) -> float:
        """Resident memory of the program alone, in MB."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * _PAGE / 1e6

    def whole_mb(self) -> float:
        """Memory of it and its children in MB, what they share counted once (PSS)."""
        return sum(_pss_mb(pid) for pid in _family(self.process.pid))

    def busy(self, seconds: float) -> tuple[float, float]:
        """Per cent of one processor over some seconds: the program alone, and with its children."""
        alone, whole, start = self.cpu_s(False), self.cpu_s(), perf_counter()
        sleep(seconds)
        per_cent = 100 / (perf_counter() - start)
        return per_cent * (self.cpu_s(False) - alone), per_cent * (self.cpu_s() - whole)


@contextmanager
def ready(directory: Path, words: list[str], environment: Mapping[str, str] | None = None) -> Iterator[Program]:
    """A Python program that has said READY=1; it is ended afterwards. Raises RuntimeError with its last words."""
    path, log = directory / "notify", directory / "program.log"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ears, log.open("wb") as out:
        ears.bind(str(path))
        start = perf_counter()
        process = subprocess.Popen(
            [sys.executable, *words], env={**os.environ, **(environment or {}), "NOTIFY_SOCKET": str(path)},
            stdout=out, stderr=out, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _await_ready(ears, process, log)
            yield Program(process, perf_counter() - start)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            path.unlink()


def _await_ready(ears: socket.socket, process: subprocess.Popen[bytes], log: Path) -> None:
    ears.settimeout(0.2)
    until = perf_counter() + PATIENCE_S
    while perf_counter() < until and process.poll() is None:
        try:
            if b"READY=1" in ears.recv(4096).split(b"\n"):
                return
        except TimeoutError:
            continue
    raise RuntimeError(f"it was never ready: {log.read_text('utf-8', errors='replace')[-2000:]}")


def _family(pid: int) -> list[int]:
    """A process and all below it that still run."""
    found, left = [], [pid]
    while left:
        one = left.pop()
        found.append(one)
        for thread in Path(f"/proc/{one}/task").glob("*"):      # a child is its thread's, not the program's
            with contextlib.suppress(OSError):
                left += [int(child) for child in (thread / "children").read_text().split()]
    return found


def _cpu_s(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _pss_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6
