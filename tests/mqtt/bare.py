"""A client without manners, for what a broker must refuse."""

from __future__ import annotations

import queue
from collections.abc import Iterable

from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from demo.broker import HOST, Broker
from demo.ca import Ca

PATIENCE_S = 20.0


class Bare:
    """A client that goes on whatever it is refused, as a stolen terminal would."""

    def __init__(self, broker: Broker, ca: Ca, name: str, *, session: bool = False) -> None:
        files = ca.client(name)
        self._heard: queue.Queue[str] = queue.Queue()
        self._granted: queue.Queue[list[bool]] = queue.Queue()
        self._up: queue.Queue[None] = queue.Queue()
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5)
        self._client.tls_set(str(files.ca), str(files.cert), str(files.key))
        self._client.on_connect = lambda *_: self._up.put(None)
        self._client.on_subscribe = lambda _c, _u, _m, reasons, _p: self._granted.put(
            [not reason.is_failure for reason in reasons]
        )
        self._client.on_message = lambda _c, _u, message: self._heard.put(message.topic)
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = 3600 if session else 0
        self._client.connect(HOST, broker.port, clean_start=not session, properties=properties)
        self._client.loop_start()
        self._up.get(timeout=PATIENCE_S)

    def may_hear(self, topics: Iterable[str]) -> list[str]:
        """The subscriptions that are granted."""
        topics = list(topics)
        self._client.subscribe([(topic, 1) for topic in topics])
        answers = self._granted.get(timeout=PATIENCE_S)
        return [topic for topic, granted in zip(topics, answers, strict=True) if granted]

    def heard(self, last: str = "") -> list[str]:
        """The topics that came, up to `last` if one is named."""
        topics: list[str] = []
        while not self._heard.empty() or (last and last not in topics):
            topics.append(self._heard.get(timeout=PATIENCE_S))
        return topics

    def leave(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
