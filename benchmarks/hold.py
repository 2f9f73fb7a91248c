"""How long a deposit takes to be held, from P1 to P2, against the least that it can cost.

The real till, journal, link, broker and central; the floor is one bare request and reply over the same broker and three
fsynced commits on the same disk. Both are taken in turns, so that whatever slows the machine slows both. The loop is a
bare asyncio one: behind a window each step also waits for the end of the frame that is being drawn.
"""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from benchmarks._floor import Floor, floor
from benchmarks._house import FLOOR, House, house
from central.cast import CAST
from central.furnish import PROPERTY, document_of
from central.ids import millis, uuid7
from demo.clock import SystemClock
from kiosk import keyfile
from kiosk.journal import open_journal
from kiosk.till import Till
from mqtt.heartbeat import LinkState
from mqtt.link import Link
from mqtt.messages.hold import HOLD_AUTHORISE, HoldAuthorise
from mqtt.messages.identity import IDENTITY_PRESENT, MEMBER_IDENTIFY, IdentityPresent, MemberIdentify
from mqtt.messages.outcome import Reply
from mqtt.requests import Letterhead
from mqtt.timing import stamp
from mqtt.topics import Terminal

AT_MOST = {"ratio_p50": 2.0}
WARM_UP = 20
ROUNDS = 200
SIZE = 640
"""Bytes of the floor's message: about what a request for a hold has."""
PATIENCE_S = 20.0
_PLACE, _BARE = Terminal(PROPERTY, "k01"), Terminal(PROPERTY, "t01")


def measure() -> dict[str, float]:
    """`ratio_p50`: the median hold over the median floor; `p50_ms`, `p99_ms` of the hold, `floor_ms` of the floor."""
    with tempfile.TemporaryDirectory() as directory, house(Path(directory)) as ours:
        worker = f"central/{FLOOR}"
        with floor(
            ours.directory, ours.broker.port, ours.ca.client(_BARE.scope), _BARE.scope, ours.ca.client(worker), worker,
            SIZE,
        ) as bare:  # fmt: skip
            holds, floors = asyncio.run(_in_turns(ours, bare))
    middle = median(holds)
    return {
        "ratio_p50": round(middle / median(floors), 2),
        "p50_ms": round(middle * 1000, 2),
        "p99_ms": round(quantiles(holds, n=100)[98] * 1000, 2),
        "floor_ms": round(median(floors) * 1000, 2),
    }


async def _in_turns(ours: House, bare: Floor) -> tuple[list[float], list[float]]:
    """Seconds of each hold and of each floor."""
    clock = SystemClock()
    chance = random.SystemRandom()

    def ids() -> str:
        return uuid7(millis(clock.wall()), chance)

    cipher = keyfile.load(ours.directory / "journal.key", os.urandom)
    journal = open_journal(ours.directory / "journal.db", cipher, ids=ids, at=stamp(clock.wall()))
    online = asyncio.Event()
    till = Till(
        _PLACE, journal, clock, ids=ids, chance=chance.random, letterhead=Letterhead("lobby", "lobby", ids(), clock),
        on_other=_unheard, on_link=lambda state: online.set() if state is LinkState.ONLINE else None,
        on_up=lambda: None,
    )  # fmt: skip
    link = Link(
        ours.endpoint(_PLACE.scope), _PLACE.scope, clock, subscriptions=_PLACE.reads, on_message=till.heard,
        on_up=till.link_up, on_down=till.link_down, session=True,
    )  # fmt: skip
    await till.recover()
    till.start(link)
    link.start()
    try:
        await asyncio.wait_for(online.wait(), PATIENCE_S)
        visit = ids()
        member = await _member(till, visit)
        holds, floors = [], []
        for round_ in range(WARM_UP + ROUNDS):
            took = await _hold(till, visit, member)
            least = bare.seconds()
            if round_ >= WARM_UP:
                holds.append(took)
                floors.append(least)
        return holds, floors
    finally:
        await till.stop()
        link.stop()
        journal.close()


async def _member(till: Till, visit: str) -> str:
    """A handle of somebody who has money."""
    seen = await till.read(IDENTITY_PRESENT, IdentityPresent(document=document_of(CAST["li"])), visit=visit)
    if not isinstance(seen, Reply):
        raise RuntimeError(f"no identity: {seen}")
    found = await till.read(MEMBER_IDENTIFY, MemberIdentify("identity", seen.body.identity), visit=visit)
    if not isinstance(found, Reply):
        raise RuntimeError(f"no member: {found}")
    return found.body.member


async def _hold(till: Till, visit: str, member: str) -> float:
    """Seconds from the touch to P2; then it is given back, and the outbox is empty again."""
    body = HoldAuthorise(member=member, amount=30_000, purpose="deposit", ttl_s=600)
    start = perf_counter()
    outcome = await till.request(HOLD_AUTHORISE, body, visit=visit, on_phase=_unheard)
    took = perf_counter() - start
    if not isinstance(outcome, Reply):
        raise RuntimeError(f"no hold: {outcome}")
    before = till.facts().seq
    till.leave(outcome.id, "left")
    while till.facts().seq == before or till.facts().outbox:
        await asyncio.sleep(0.002)
    await till.listed()     # behind the release's own commit in the journal: the next one finds the house quiet
    return took


def _unheard(_what: object) -> None:
    """Nobody listens here."""
