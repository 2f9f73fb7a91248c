"""An ID card, from the reader's last byte to its parsed record, and from being laid down to the event."""

from __future__ import annotations

import queue
from datetime import date
from statistics import median
from time import perf_counter, sleep

from hw.clock import MonotonicClock
from hw.id_reader import wire
from hw.id_reader.contract import CardRead
from hw.id_reader.driver import FIND_EVERY_S
from hw.registry import worker
from hw.standins.id_reader import IdReaderStandIn, citizen

AT_MOST = {"parse_ms": 5.0, "total_over_floor_ms": 5.0}
LI = citizen("李建华", date(1990, 3, 7))
READS, LAYS = 200, 15


def parse_ms() -> float:
    """The median of many answers: all but the last byte is in, then it comes."""
    body = bytes([0, 0, wire.OK]) + bytes.fromhex("01000400") + wire.text_record(LI) + LI.photo
    answer, taken = wire.frame(body), []
    for _ in range(READS):
        parser = wire.FrameParser()
        parser.feed(answer[:-1])
        began = perf_counter()
        (found,) = parser.feed(answer[-1:])
        if isinstance(found, wire.Spoilt) or isinstance(read := wire.answer(found), wire.Spoilt):
            raise RuntimeError("the measurement's own answer does not parse")
        wire.document(*wire.split_record(read.data))
        taken.append(perf_counter() - began)
    return median(taken) * 1000


def total_over_floor_ms() -> float:
    """The slowest of lays at every phase of the poll, from card down to record, less one whole poll. The
    stand-in's wire takes no time."""
    events: queue.SimpleQueue[object] = queue.SimpleQueue()
    standin = IdReaderStandIn({"李建华": LI})
    reader = worker(
        "id_reader", "sdt", {"port": standin.start()}, clock=MonotonicClock(), on_event=events.put,
        on_health=lambda _health: None,
    )  # fmt: skip
    reader.start()
    reader.arm()
    taken = []
    try:
        for lay in range(LAYS):
            sleep(2.5 * FIND_EVERY_S + lay * FIND_EVERY_S / LAYS)
            standin.set("card", "李建华")
            began = perf_counter()
            while not isinstance(events.get(timeout=10.0), CardRead):
                pass
            taken.append(perf_counter() - began)
            standin.set("card", "none")
    finally:
        reader.close()
        standin.stop()
    return (max(taken) - FIND_EVERY_S) * 1000


def measure() -> dict[str, float]:
    """`parse_ms` and `total_over_floor_ms`; the second is negative where no lay met the worst phase of the poll."""
    return {"parse_ms": round(parse_ms(), 3), "total_over_floor_ms": round(total_over_floor_ms(), 1)}
