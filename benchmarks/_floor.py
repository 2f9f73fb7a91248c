"""The least that an operation can cost: one bare MQTT request and reply, and three fsynced commits.

Terminal and responder are raw paho clients, each in a process of its own like terminal and central. Nothing is typed,
checked or remembered; the bytes are as many as the real ones.
"""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import apsw
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from demo.broker import HOST
from demo.ca import Credentials
from mqtt.topics import ROOT

PATIENCE_S = 10.0
_PRAGMAS = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
_TABLE = "CREATE TABLE row (id INTEGER PRIMARY KEY, payload BLOB) STRICT;"


def client(files: Credentials, port: int, name: str) -> Client:
    """A paho client with nothing around it, TCP_NODELAY as on both real ends; its network thread runs."""
    made = Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTProtocolVersion.MQTTv5)
    context = ssl.create_default_context(cafile=str(files.ca))
    context.load_cert_chain(str(files.cert), str(files.key))
    made.tls_set_context(context)
    made.on_socket_open = _no_delay
    made.connect(HOST, port, clean_start=True)
    made.loop_start()
    return made


def _no_delay(_client: Client, _userdata: Any, sock: Any) -> None:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def subscribed(to: Client, topic: str) -> None:
    """Subscribe and wait for the grant."""
    granted = threading.Event()
    to.on_subscribe = lambda *_: granted.set()
    to.subscribe(topic, 1)
    if not granted.wait(PATIENCE_S):
        raise RuntimeError(f"no grant for {topic}")


class Commits:
    """A table in a file of its own, with the journal's durability: each call is one fsynced commit."""

    def __init__(self, path: Path) -> None:
        self._connection = apsw.Connection(str(path))
        self._connection.execute(_PRAGMAS + _TABLE).fetchall()

    def __call__(self, payload: bytes) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("INSERT INTO row (payload) VALUES (?)", (payload,))
        self._connection.execute("COMMIT")


class Floor:
    """One end: `seconds()` is one request, its reply, and three commits around them."""

    def __init__(self, terminal: Client, scope: str, size: int, commits: Commits) -> None:
        self._terminal, self._scope, self._payload, self._commit = terminal, scope, b"x" * size, commits
        self._answered = threading.Event()
        terminal.on_message = lambda *_: self._answered.set()
        subscribed(terminal, f"{ROOT}/{scope}/rsp")
        self._n = 0

    def seconds(self) -> float:
        self._answered.clear()
        self._n += 1
        correlation = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        correlation.CorrelationData = str(self._n).encode()
        start = perf_counter()
        for _ in range(2):
            self._commit(self._payload)
        self._terminal.publish(f"{ROOT}/{self._scope}/req/floor", self._payload, qos=1, properties=correlation)
        if not self._answered.wait(PATIENCE_S):
            raise RuntimeError("the responder did not answer")
        self._commit(self._payload)
        return perf_counter() - start


@contextmanager
def floor(
    directory: Path, port: int, terminal: Credentials, scope: str, worker: Credentials, worker_name: str, size: int
) -> Iterator[Floor]:
    """A floor at work on the broker at `port`, as terminal `scope`, with a responder of its own process."""
    words = [str(path) for path in (worker.ca, worker.cert, worker.key)]
    responder = subprocess.Popen(
        [sys.executable, "-m", "benchmarks._floor", *words, str(port), worker_name, scope],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    ours = None
    try:
        assert responder.stdout is not None
        if responder.stdout.readline().strip() != "ready":
            raise RuntimeError("the responder did not start")
        ours = client(terminal, port, scope)
        yield Floor(ours, scope, size, Commits(directory / "floor.db"))
    finally:
        if ours is not None:
            ours.disconnect()
            ours.loop_stop()
        responder.terminate()
        responder.wait()


def respond(files: Credentials, port: int, name: str, scope: str) -> None:
    """Answer every request of `scope` with its own bytes, until the process is ended."""
    worker = client(files, port, name)

    def answer(_client: Client, _userdata: Any, message: Any) -> None:
        correlation = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        correlation.CorrelationData = message.properties.CorrelationData
        worker.publish(f"{ROOT}/{scope}/rsp", message.payload, qos=1, properties=correlation)

    worker.on_message = answer
    subscribed(worker, f"{ROOT}/{scope}/req/floor")
    print("ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    ca, cert, key, at, who, for_whom = sys.argv[1:]
    respond(Credentials(Path(ca), Path(cert), Path(key)), int(at), who, for_whom)
