"""The serving process: one link to the broker, one thread for the store, a tick a second.

The link's thread only queues; what does not fit is told `overloaded` at once. A terminal whose answer is lost asks
again, so nothing is kept for a broker that is away.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from central import fleet
from central.ledger.sqlite import SqliteStore
from central.worker import Central, Out
from mqtt.link import Endpoint, Link, Message
from mqtt.messages import wire
from mqtt.messages.link import CentralState
from mqtt.timing import Clock
from mqtt.topics import CENTRAL_STATE, ROOT, SHARED_REQUESTS

SUBSCRIPTIONS = (
    SHARED_REQUESTS, f"$share/central/{ROOT}/+/+/hb", f"$share/central/{ROOT}/+/+/log", f"{ROOT}/+/+/state",
    f"{ROOT}/+/+/health", f"{ROOT}/+/+/config/reported", f"{ROOT}/+/+/cmd/result",
)  # fmt: skip
BACKLOG = 2_000
ANSWER_LIFE_S = 60
TICK_S = 1.0
LOOK_S = 0.1
DRAIN = 500
"""How many queued messages are still answered after SIGTERM."""

log = logging.getLogger(__name__)


class Server:
    """Runs a `Central` behind a broker until it is told to stop."""

    def __init__(
        self, central: Central, store: SqliteStore, endpoint: Endpoint, worker: str, clock: Clock,
        on_ready: Callable[[], None],
    ) -> None:  # fmt: skip
        self._central, self._store, self._clock = central, store, clock
        self._on_ready = on_ready
        self._queue: queue.Queue[Message] = queue.Queue(BACKLOG)
        self._came_up = threading.Event()
        self._stopping = threading.Event()
        self._seen_by_others = -1
        self._link = Link(
            endpoint, f"central/{worker}", clock, subscriptions=SUBSCRIPTIONS, on_message=self._arrived,
            on_up=self._came_up.set, on_down=lambda why: log.warning("broker.away why=%s", why),
            will=None, session=False,
        )  # fmt: skip

    def run(self) -> None:
        """Serve on this thread until `stop`; then answer what is queued and close."""
        with self._store.transaction() as tx:
            at = self._central.now(tx, keep=True)
            for (scope,) in tx.rows("SELECT scope FROM terminals"):
                fleet.desire(tx, self._central.keys, scope, at)
        self._link.start()
        next_tick = self._clock.monotonic()
        while not self._stopping.is_set():
            if self._came_up.is_set():
                self._came_up.clear()
                self._guarded(self._tell_again)
            self._take(min(LOOK_S, max(0.01, next_tick - self._clock.monotonic())))
            if self._clock.monotonic() >= next_tick:
                next_tick = self._clock.monotonic() + TICK_S
                self._guarded(self._tick)
        for _ in range(DRAIN):
            if self._queue.empty():
                break
            self._take(0.01)
        self._link.stop()
        self._store.close()

    def stop(self) -> None:
        """May be called from a signal handler."""
        self._stopping.set()

    def _arrived(self, message: Message) -> None:
        try:
            self._queue.put_nowait(message)
        except queue.Full:
            self._publish(self._central.later(message.topic, message.payload, message.correlation, "overloaded"))

    def _take(self, timeout: float) -> None:
        try:
            item = self._queue.get(timeout=timeout)
        except queue.Empty:
            return
        self._answer(item)

    def _answer(self, message: Message) -> None:
        """A fault of ours decides nothing: its transaction is gone, and the terminal is asked to come again."""
        try:
            answers = self._central.handle(message.topic, message.payload, message.correlation)
        except Exception:
            log.exception("central.fault topic=%s", message.topic)
            answers = self._central.later(message.topic, message.payload, message.correlation, "not_ready")
        self._publish(answers)

    def _publish(self, answers: list[Out]) -> None:
        for topic, payload, correlation in answers:
            if not self._link.publish(topic, payload, correlation=correlation, expiry_s=ANSWER_LIFE_S):
                log.warning("answer.unsent topic=%s", topic)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:
            log.exception("central.fault in=%s", getattr(work, "__name__", "?"))

    def _tick(self) -> None:
        self._central.tick()
        others = self._store.changes_by_others()
        if self._link.up and others != self._seen_by_others:
            self._send_outgoing()
            self._seen_by_others = others

    def _send_outgoing(self) -> None:
        """What the fleet's commands left to be published."""
        with self._store.transaction() as tx:
            at = self._central.now(tx, keep=False)
            for n, topic, payload, retain, expiry_s, made in tx.rows(
                "SELECT n, topic, payload, retain, expiry_s, at FROM outgoing WHERE sent_at IS NULL ORDER BY n"
            ):
                dead = expiry_s is not None and at - made > expiry_s * 1000
                if dead or self._link.publish(topic, payload, retain=bool(retain), expiry_s=expiry_s):
                    tx.run("UPDATE outgoing SET sent_at = ? WHERE n = ?", at, n)

    def _tell_again(self) -> None:
        """Retained words, for a broker that may have lost them."""
        with self._store.transaction() as tx:
            documents, epoch = fleet.desired_documents(tx), tx.epoch()
        self._send_outgoing()
        self._link.publish(CENTRAL_STATE, wire.encode(CentralState(maintenance=False, ledger_epoch=epoch)), retain=True)
        for topic, signed in documents:
            self._link.publish(topic, signed, retain=True)
        self._on_ready()
