"""A house to measure in: a broker, certificates, a furnished central in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from demo.broker import HOST, Broker, free_port
from demo.ca import Ca
from mqtt.link import Endpoint

WORKER = "w1"
FLOOR = "floor"
"""The worker that answers for the floor of a measurement."""


@dataclass(frozen=True)
class House:
    """Where everything is. `central` is the data directory of the one that serves."""

    directory: Path
    ca: Ca
    broker: Broker
    central: Path

    def endpoint(self, common_name: str) -> Endpoint:
        """What a link of `common_name` needs."""
        files = self.ca.client(common_name)
        return Endpoint(HOST, self.broker.port, files.ca, files.cert, files.key)


def central(data: Path, *words: str) -> str:
    """What a command of central says. Raises CalledProcessError."""
    command = [sys.executable, "-m", "central", *words, "--data", str(data)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@contextmanager
def house(directory: Path) -> Iterator[House]:
    """A house that serves; everything that it started ends with it."""
    ca = Ca(directory / "ca", lambda: datetime.now(UTC))
    broker = Broker(directory / "broker", free_port(), ca.server(HOST), (WORKER, FLOOR))
    data = directory / "central"
    broker.start()
    try:
        _settle(data, ca, broker)
        with _serving(data):
            yield House(directory, ca, broker, data)
    finally:
        broker.stop()


def _settle(data: Path, ca: Ca, broker: Broker) -> None:
    files = ca.client(f"central/{WORKER}")
    data.mkdir(mode=0o700)
    lines = [f'worker = "{WORKER}"', "[broker]", f'host = "{HOST}"', f"port = {broker.port}"]
    lines += [f'{name} = "{path}"' for name, path in (("ca", files.ca), ("cert", files.cert), ("key", files.key))]
    (data / "central.toml").write_text("\n".join(lines) + "\n", "utf-8")
    central(data, "furnish")


@contextmanager
def _serving(data: Path) -> Iterator[None]:
    with (data / "serve.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "central", "serve", "--data", str(data)],
            stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip
    try:
        assert process.stdout is not None
        if "serving" not in process.stdout.readline():
            raise RuntimeError(f"central did not start: {(data / 'serve.log').read_text()[-500:]}")
        yield
    finally:
        process.terminate()
        process.wait()
