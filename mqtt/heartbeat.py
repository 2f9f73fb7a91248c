"""The heartbeat proves thread, broker and central together and gives the link its state (docs/protocol.md, Wire)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum

from mqtt.messages import wire
from mqtt.messages.link import CentralState, Heartbeat, HeartbeatAck
from mqtt.requests import Bell, Port
from mqtt.timing import Clock
from mqtt.topics import Terminal

BEAT_S = 20.0
ONLINE_S = 45.0
DOUBTFUL_S = 60.0
HARD_S = 24 * 3600.0


class LinkState(Enum):
    """How it stands with central, from `hb/ack` alone."""

    ONLINE = "online"
    DOUBTFUL = "doubtful"
    OFFLINE = "offline"
    OFFLINE_HARD = "offline_hard"
    QUARANTINED = "quarantined"
    MAINTENANCE = "maintenance"


class Pulse:
    """Beats every 20 s and at once when asked to, and keeps what the acknowledgements say.

    `facts` makes a beat, `on_ack` hears each acknowledgement, `on_state` each change of state; all on the loop.
    """

    def __init__(
        self,
        place: Terminal,
        clock: Clock,
        facts: Callable[[], Heartbeat],
        on_ack: Callable[[Heartbeat, HeartbeatAck], None],
        on_state: Callable[[LinkState], None],
        hard_s: float = HARD_S,
    ) -> None:
        self.malformed = 0
        self.config_version = 0
        self._place = place
        self._clock = clock
        self._facts = facts
        self._on_ack = on_ack
        self._on_state = on_state
        self._hard_s = hard_s
        self._port: Port | None = None
        self._began = clock.monotonic()
        self._acked_at: float | None = None
        self._central_now: datetime | None = None
        self._unknown = False
        self._quarantined = False
        self._maintenance = False
        self._last: Heartbeat | None = None
        self._told = self.state
        self._bell = Bell(clock)

    @property
    def state(self) -> LinkState:
        now = self._clock.monotonic()
        age = now - (self._began if self._acked_at is None else self._acked_at)
        if self._acked_at is None or age >= DOUBTFUL_S:
            return LinkState.OFFLINE_HARD if age >= self._hard_s else LinkState.OFFLINE
        if self._maintenance:
            return LinkState.MAINTENANCE
        if self._quarantined:
            return LinkState.QUARANTINED
        return LinkState.DOUBTFUL if age >= ONLINE_S or self._unknown else LinkState.ONLINE

    @property
    def trusted_now(self) -> datetime | None:
        """Central's time, carried on by the monotonic clock; None before it was heard in this program start."""
        if self._central_now is None or self._acked_at is None:
            return None
        return self._central_now + timedelta(seconds=self._clock.monotonic() - self._acked_at)

    def connect(self, port: Port) -> None:
        self._port = port

    def beat(self) -> None:
        """Beat now."""
        if self._port is not None and self._port.up:
            self._last = self._facts()
            self._port.publish(self._place.topic("hb"), wire.encode(self._last), expiry_s=int(BEAT_S))

    def acknowledged(self, payload: bytes) -> None:
        """What came on hb/ack."""
        try:
            ack = wire.decode(payload, HeartbeatAck)
            now = datetime.fromisoformat(ack.now)
        except (wire.Malformed, ValueError):
            self.malformed += 1
            return
        self._acked_at, self._central_now = self._clock.monotonic(), now
        self._unknown = False
        self._quarantined, self._maintenance = ack.quarantined, ack.maintenance
        self.config_version = ack.config_version
        self._tell()
        if self._last is not None:
            self._on_ack(self._last, ack)

    def central_said(self, payload: bytes) -> None:
        """What came on central's own state topic."""
        try:
            self._maintenance = wire.decode(payload, CentralState).maintenance
        except wire.Malformed:
            self.malformed += 1
        self._tell()

    def went_unknown(self) -> None:
        """A request has just gone unknown: doubtful until the next acknowledgement, which is asked for."""
        self._unknown = True
        self._tell()
        self.beat()

    async def run(self) -> None:
        """Beat for ever, and notice when acknowledgements stay away."""
        while True:
            self.beat()
            beat_at = self._clock.monotonic() + BEAT_S
            while self._clock.monotonic() < beat_at:
                await self._bell.wait(min(beat_at, self._next_change(beat_at)))
                self._tell()

    def _next_change(self, beat_at: float) -> float:
        now, since = self._clock.monotonic(), self._began if self._acked_at is None else self._acked_at
        moments = (since + ONLINE_S, since + DOUBTFUL_S, since + self._hard_s)
        return min((moment for moment in moments if moment > now), default=beat_at)

    def _tell(self) -> None:
        state = self.state
        if state is not self._told:
            self._told = state
            self._on_state(state)
