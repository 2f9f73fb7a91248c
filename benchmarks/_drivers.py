"""The workers of `benchmarks.drivers` in a process of their own: lines on standard input, per cent out."""

from __future__ import annotations

import json
import sys
from time import monotonic, process_time, sleep
from typing import Any

from hw.clock import MonotonicClock
from hw.device import HealthState
from hw.registry import worker
from hw.worker import Worker

READY_S, SETTLE_S, LOOK_S = 20.0, 1.0, 10.0


def main() -> None:
    lines = json.loads(sys.stdin.readline())
    workers: list[Worker[Any]] = []
    for kind, driver, options in lines:
        one = worker(
            kind, driver, options, clock=MonotonicClock(), on_event=lambda _event: None, on_health=lambda _health: None
        )
        one.start()
        one.arm()
        workers.append(one)
    until = monotonic() + READY_S
    while not all(one.health.state is HealthState.OK for one in workers):
        if monotonic() > until:
            down = [f"{one.kind} {one.driver}: {one.health.detail}" for one in workers if one.health.state != "ok"]
            raise SystemExit(f"not ready: {down}")
        sleep(0.1)
    sleep(SETTLE_S)
    began, busy = monotonic(), process_time()
    sleep(LOOK_S)
    print(json.dumps(100 * (process_time() - busy) / (monotonic() - began)), flush=True)
    for one in workers:
        one.close()


if __name__ == "__main__":
    main()
