"""Birth, will, heartbeat, health: whether the other end is there and well."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from mqtt.messages.values import Body, Instant, Key, Seq, Text, Uuid, always

Number = Annotated[int, Meta(ge=0, le=2**53)]


class State(Body, frozen=True, omit_defaults=False):
    """Retained: birth after the subscriptions are granted, will on loss."""

    online: bool
    boot: Uuid
    app: Text
    config: Number


class Heartbeat(Body, frozen=True, omit_defaults=False):
    """Every 20 s. `seq` is the last place given in `journal`, `skipped` the places that will never be sent."""

    journal: Uuid
    seq: Number
    outbox: Number
    oldest_s: Number
    skipped: tuple[Seq, ...] = ()


class HeartbeatAck(Body, frozen=True):
    """Proves thread, broker and central together. `now` is central's time, `gaps` are places it has not seen."""

    now: Instant
    durable_seq: Number
    gaps: tuple[tuple[Number, Number], ...]
    ledger_epoch: Number
    quarantined: bool
    config_version: Number
    maintenance: bool = False
    listed: Number = always(0)


class DeviceHealth(Body, frozen=True):
    """One device of a terminal."""

    kind: Key
    driver: Key
    state: Literal["ok", "degraded", "absent", "faulty"]
    code: Text = ""


class Health(Body, frozen=True, omit_defaults=False):
    """Retained, every 60 s: facts for the engineer who looks after 2,000 boards. No personal data."""

    devices: tuple[DeviceHealth, ...]
    parked: Number
    in_doubt: Number
    rss_kb: Number
    disk_free_kb: Number
    clock_trusted: bool
    frame_p99_ms: Number = 0
    temperature_c: int | None = None
    under_voltage: bool | None = None


class CentralState(Body, frozen=True, omit_defaults=False):
    """Retained at yk/v1/central/state."""

    maintenance: bool
    ledger_epoch: Number
    until: Instant | None = None
