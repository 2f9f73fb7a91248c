"""Whatever arrives, central answers or counts it; it never falls over, and the books stay in order.

Seeded by hand, not by hypothesis: each message meets what the ones before it left behind.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

from central.audit import audit
from central.ids import uuid7
from mqtt.messages import wire
from mqtt.messages.envelope import Answer
from mqtt.messages.hold import HOLD_AUTHORISE, HoldAuthorise
from mqtt.messages.kinds import KINDS
from tests.central.house import House

SAMPLES = Path(__file__).parent.parent / "contract"
REQUESTS = [json.loads(path.read_bytes()) for path in sorted(SAMPLES.glob("*.request.json"))]
REPORTS = {
    "hb": "hb", "state": "state", "health": "health", "config/reported": "config.reported", "cmd/result": "cmd.result",
}  # fmt: skip
FIELDS = sorted({name for kind in KINDS.values() for name in kind.body.__struct_fields__})
VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 100, 10**12, 10**12 + 1, 2**53, 2**70, 1.5, float("nan"), "", "x", "deposit", "sn",
    "identity", "slip", "qr", "9999-99-99", "2026-02-30", "01a20000-0000-7000-8000-000000000001", "\ud800", "李",
    "a" * 500, [], {}, [[]], {"a": {}}, "hold.authorise", "hold.capture", "stay.prepare",
]  # fmt: skip
MESSAGES = 1_500


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(*path, key) for key, _ in inner] + [p for key, part in inner for p in places(part, (*path, key))]


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(copy[path[0]], path[1:], new)
    return copy


@dataclass
class Bender:
    """Bends good messages about people, bookings and holds that the house knows."""

    house: House
    chance: Random
    said: Counter[str] = field(default_factory=Counter)

    def message(self) -> tuple[str, bytes]:
        message = self._fresh(self.chance.choice(REQUESTS))
        kind = message["kind"]
        if self.chance.random() < 0.4:
            message["body"][self.chance.choice(FIELDS)] = self.chance.choice(VALUES)
        for _ in range(self.chance.randrange(3)):
            message = put(message, self.chance.choice(places(message)), self.chance.choice(VALUES))
        return kind, self._torn(json.dumps(message).encode())

    def _torn(self, payload: bytes) -> bytes:
        if self.chance.random() < 0.85:
            return payload
        cut = self.chance.randrange(len(payload))
        return payload[:cut] + self.chance.randbytes(2) + payload[cut + self.chance.randrange(3) :]

    def _fresh(self, message: dict[str, Any]) -> dict[str, Any]:
        k = self.house.k
        k.new_visit()
        known: dict[str, Callable[[], Any]] = {
            "member": lambda: self.house.member(k, "test3"), "hold": self._hold, "of": self._hold,
            "identities": lambda: [self.house.identity(k, "li").identity],
            "booking": lambda: self.house.booking("li").id,
            "stay": lambda: self.house.rows("SELECT id FROM stays ORDER BY locked_until DESC LIMIT 1")[0][0],
        }  # fmt: skip
        body = {name: known[name]() if name in known else value for name, value in message["body"].items()}
        self.house.wait(self.chance.choice([0.001, 1, 400]))
        place = {}
        if "seq" in message:
            k.seq += 1
            place = {"seq": k.seq, "journal": k.journal}
        return {**message, "id": uuid7(self.house.at, self.chance), "visit": k.visit, "body": body, **place}

    def _hold(self) -> str:
        member = self.house.member(self.house.k, "test3")
        return self.house.k.must(HOLD_AUTHORISE, HoldAuthorise(member=member, amount=100, purpose="deposit"))[0]


@pytest.mark.parametrize("seed", [1, 2])
def test_bent_messages(house: House, seed: int) -> None:
    bender = Bender(house, Random(seed))
    for _ in range(MESSAGES):
        kind, payload = bender.message()
        try:
            answers = house.central.handle(f"yk/v1/yunqi/k01/req/{kind}", payload, None)
        except Exception as error:
            raise AssertionError(f"central fell over {payload!r}") from error
        for topic, said, correlation in answers:
            answer = wire.decode(said, Answer)
            assert (topic, correlation) == ("yk/v1/yunqi/k01/rsp", answer.id.encode())
            bender.said[answer.code or "ok"] += 1
    assert bender.said["ok"] > 100, bender.said
    assert len(bender.said) > 8, bender.said
    house.central.tick()
    with house.store.transaction() as tx:
        assert audit(tx, house.keys).violations == ()


def test_bent_reports(house: House) -> None:
    chance = Random(3)
    for _ in range(MESSAGES):
        leaf = chance.choice(sorted(REPORTS))
        said = json.loads((SAMPLES / f"{REPORTS[leaf]}.json").read_bytes())
        bent = put(said, chance.choice(places(said)), chance.choice(VALUES))
        house.central.handle(f"yk/v1/yunqi/k01/{leaf}", json.dumps(bent).encode(), None)
    assert house.central.counted["malformed hb"] > 50
