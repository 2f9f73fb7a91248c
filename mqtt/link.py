"""The link to the broker, supervised; nothing else imports paho (docs/reliability.md, Facts to build on).

A paho client lives for one connection. paho queues what it reports as not sent, repeats it at a reconnect, and keeps
saying that it is connected after a callback killed its thread: none of that outlives a client that is made anew.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from mqtt.timing import Clock

KEEPALIVE_S = 30
SESSION_S = 7 * 24 * 3600
NOBODY = 0x10
"""The acknowledgement of a message that matched no subscription: central is absent."""
FAILURE = 0x80
"""Acknowledgements from here on are failures: not authorised, quota exceeded, ..."""

_CHECK_S = 1.0
_SILENT_CHECKS = round(2.5 * KEEPALIVE_S / _CHECK_S)
_SETTLED_S = 30.0
_WINDOW = 64
_QUEUED = 10_000
_WITH_WILL = 0x04

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A broker and what proves each end to the other: TLS with a client certificate."""

    host: str
    port: int
    ca: Path
    cert: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Publication:
    """What a will says."""

    topic: str
    payload: bytes
    retain: bool


@dataclass(frozen=True, slots=True)
class Message:
    """What came in. `correlation` is the id of the request that an answer belongs to."""

    topic: str
    payload: bytes
    correlation: bytes | None


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits between connections: doubling from `first_s` to `most_s`, each times a quarter to five quarters."""

    first_s: float = 1.0
    most_s: float = 60.0

    def wait_s(self, name: str, attempt: int) -> float:
        """Scattered by the client's name, so that a thousand terminals do not come back in one second."""
        scatter = zlib.crc32(f"{name} {attempt}".encode()) / 2**32
        return float(min(self.most_s, self.first_s * 2 ** min(attempt, 16)) * (0.25 + scatter))


class Link:
    """A connection that is kept up.

    Callbacks arrive on the link's own threads and must not block. `on_up` follows the grant of every subscription;
    `on_down` says why. With `session` the broker keeps what it could not deliver for 7 days.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        name: str,
        clock: Clock,
        *,
        subscriptions: Iterable[str],
        on_message: Callable[[Message], None],
        on_up: Callable[[], None],
        on_down: Callable[[str], None],
        will: Publication | None = None,
        session: bool = False,
        backoff: Backoff | None = None,
    ) -> None:
        self.name = name
        self.faults = 0
        """Callbacks that raised: each is a fault of ours, logged and survived."""
        self._endpoint = endpoint
        self._clock = clock
        self._subscriptions = tuple(subscriptions)
        self._on_message, self._on_up, self._on_down = on_message, on_up, on_down
        self._will = will
        self._session = session
        self._backoff = backoff or Backoff()
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._connection: _Connection | None = None
        self._supervisor: threading.Thread | None = None

    @property
    def up(self) -> bool:
        """Connected and every subscription granted."""
        connection = self._connection
        return connection is not None and connection.up

    def start(self) -> None:
        """Connect and stay connected until `stop`."""
        if self._supervisor is not None:
            raise RuntimeError("a link starts once")
        self._supervisor = threading.Thread(target=self._supervise, name=f"link {self.name}", daemon=True)
        self._supervisor.start()

    def stop(self, deadline_s: float = 2.0) -> None:
        """Say good-bye, the will included, and wait for the threads at most `deadline_s`."""
        self._stopping.set()
        self._wake.set()
        if self._supervisor is not None and self._supervisor is not threading.current_thread():
            self._supervisor.join(deadline_s)

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        correlation: bytes | None = None,
        retain: bool = False,
        expiry_s: int | None = None,
        on_ack: Callable[[int], None] | None = None,
    ) -> bool:
        """Hand over one message, QoS 1. False when not connected: then it was not sent and is kept nowhere.

        `on_ack` hears the broker's reason code once: 0 taken, NOBODY for no subscriber, FAILURE and above refused. It
        may never be heard. An acknowledgement is not an answer: only central's closes anything.
        """
        connection = self._connection
        return connection is not None and connection.publish(topic, payload, correlation, retain, expiry_s, on_ack)

    def _supervise(self) -> None:
        attempt = 0
        while not self._stopping.is_set():
            since = self._clock.monotonic()
            self._wake.clear()
            try:
                self._hold_open()
            except Exception as error:
                log.warning("link.failed name=%s error=%s", self.name, error)
            attempt = 0 if self._clock.monotonic() - since > _SETTLED_S else attempt + 1
            self._stopping.wait(self._backoff.wait_s(self.name, max(attempt - 1, 0)))

    def _hold_open(self) -> None:
        """One connection from its opening to its end. Raises what the certificates or the socket raise."""
        connection = _Connection(self)
        self._connection = connection
        connection.open()
        try:
            while not self._stopping.is_set() and connection.alive():
                self._wake.wait(_CHECK_S)
        finally:
            connection.close()
            self._connection = None

    def _called(self, callback: Callable[..., None], *args: object) -> None:
        try:
            callback(*args)
        except Exception:
            self.faults += 1
            log.exception("link.callback name=%s", self.name)


class _Connection:
    """One paho client for one connection."""

    def __init__(self, link: Link) -> None:
        self.up = False
        self._link = link
        self._lock = threading.Lock()
        self._acks: dict[int, Callable[[int], None]] = {}
        self._early: dict[int, int] = {}
        self._told_up = False
        self._ended = ""
        self._last_byte = 0.0
        self._silent = 0
        self._client = self._made()

    def open(self) -> None:
        endpoint, session = self._link._endpoint, self._link._session
        self._client.connect_async(
            endpoint.host, endpoint.port, KEEPALIVE_S, clean_start=not session,
            properties=_properties(PacketTypes.CONNECT, SessionExpiryInterval=SESSION_S if session else 0))  # fmt: skip
        self._client.loop_start()

    def alive(self) -> bool:
        """Not ended, paho's thread lives, and bytes came within two and a half keepalives."""
        if self._ended:
            return False
        if self._client._thread is None or not self._client._thread.is_alive():
            self._end("its thread died")
            return False
        last_byte = self._client._last_bytes_received
        self._silent = 0 if last_byte != self._last_byte else self._silent + 1
        self._last_byte = last_byte
        if self._silent > _SILENT_CHECKS:
            self._end("nothing was heard")
        return not self._ended

    def close(self) -> None:
        """End it, saying why if nobody did; the broker then publishes the will. Leaves a stuck thread behind."""
        self._end("stopped")
        with contextlib.suppress(Exception):
            self._client.disconnect(ReasonCode(PacketTypes.DISCONNECT, identifier=_WITH_WILL))
        thread = self._client._thread
        self._client._thread_terminate = True
        if thread is not None:
            thread.join(1.0)
            if thread.is_alive():
                self._cut()

    def publish(
        self,
        topic: str,
        payload: bytes,
        correlation: bytes | None,
        retain: bool,
        expiry_s: int | None,
        on_ack: Callable[[int], None] | None,
    ) -> bool:
        if not self.up:
            return False
        properties = _properties(PacketTypes.PUBLISH, CorrelationData=correlation, MessageExpiryInterval=expiry_s)
        info = self._client.publish(topic, payload, qos=1, retain=retain, properties=properties)
        if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            return False
        with self._lock:
            code = self._early.pop(info.mid, None)
            if code is None:
                self._acks[info.mid] = on_ack or _unheard
        if code is not None and on_ack is not None:
            self._link._called(on_ack, code)
        return True

    def _made(self) -> Client:
        link = self._link
        client = Client(
            CallbackAPIVersion.VERSION2, client_id=link.name, protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False)  # fmt: skip
        client.suppress_exceptions = True
        client.tls_set_context(_context(link._endpoint))
        client.max_inflight_messages_set(_WINDOW)
        client.max_queued_messages_set(_QUEUED)
        if link._will is not None:
            client.will_set(link._will.topic, link._will.payload, qos=1, retain=link._will.retain)
        client.on_socket_open = self._socket_opened
        client.on_connect = self._connected
        client.on_connect_fail = lambda _client, _userdata: self._end("nobody answers")
        client.on_subscribe = self._subscribed
        client.on_message = self._received
        client.on_publish = self._acknowledged
        client.on_disconnect = lambda _client, _userdata, _flags, reason, _properties: self._end(str(reason))
        return client

    def _socket_opened(self, _client: Client, _userdata: Any, sock: Any) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _connected(self, client: Client, _userdata: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        if reason.is_failure:
            self._end(f"refused: {reason}")
            return
        if self._link._subscriptions:
            client.subscribe([(topic, 1) for topic in self._link._subscriptions])
        else:
            self._begin()

    def _subscribed(self, _client: Client, _userdata: Any, _mid: int, reasons: list[ReasonCode], _rest: Any) -> None:
        if any(reason.is_failure for reason in reasons):
            self._end("a subscription was refused")
        else:
            self._begin()

    def _received(self, _client: Client, _userdata: Any, message: Any) -> None:
        if self._ended:
            return
        correlation = getattr(message.properties, "CorrelationData", None)
        self._link._called(self._link._on_message, Message(message.topic, bytes(message.payload), correlation))

    def _acknowledged(self, _client: Client, _userdata: Any, mid: int, reason: ReasonCode, _properties: Any) -> None:
        with self._lock:
            on_ack = self._acks.pop(mid, None)
            if on_ack is None:
                self._early[mid] = reason.value
        if reason.value >= FAILURE:
            log.warning("link.refused name=%s reason=%s", self._link.name, reason)
        if on_ack is not None and not self._ended:
            self._link._called(on_ack, reason.value)

    def _begin(self) -> None:
        with self._lock:
            if self._ended or self.up:
                return
            self.up = self._told_up = True
        self._link._called(self._link._on_up)

    def _end(self, reason: str) -> None:
        """Once, whoever notices first."""
        with self._lock:
            if self._ended:
                return
            self._ended = reason
            self.up = False
        log.info("link.down name=%s reason=%s", self._link.name, reason)
        self._link._wake.set()
        if self._told_up:
            self._link._called(self._link._on_down, reason)

    def _cut(self) -> None:
        """A thread that does not come back loses its socket, so that it fails instead of living on."""
        with contextlib.suppress(OSError, AttributeError):
            self._client.socket().shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]


def _properties(packet: int, **values: object) -> Properties:
    properties = Properties(packet)  # type: ignore[no-untyped-call]
    for name, value in values.items():
        if value is not None:
            setattr(properties, name, value)
    return properties


def _unheard(_code: int) -> None:
    """For those who did not ask."""


def _context(endpoint: Endpoint) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(endpoint.ca))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(str(endpoint.cert), str(endpoint.key))
    return context
