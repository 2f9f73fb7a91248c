"""How long a million members' year-end evaluation takes, against a bare loop over the same rows."""

from __future__ import annotations

from array import array
from datetime import date
from random import Random
from time import process_time

from membership.preset import Tier
from membership.preset_values import HOTEL
from membership.tiers import Standing, after_year

MEMBERS = 1_000_000
GRANTED, END = date(2025, 1, 1), date(2025, 12, 31)


def rows(seed: int = 20251231) -> tuple[list[Standing], array[int], array[int]]:
    """A million members: their standing, their qualifying spend in fen, their order dates. Many small, few great."""
    draw = Random(seed)
    ladder = [Standing(tier, GRANTED, has_id=True, how="entry") for tier in Tier if tier >= Tier.BRONZE]
    keep = {rung.tier: rung.keep for rung in HOTEL.tiers.ladder}
    standings = [ladder[min(int(draw.expovariate(0.6)), len(ladder) - 1)] for _ in range(MEMBERS)]
    spends = array("q", (int(keep[one.tier] * draw.uniform(0.2, 2.2)) for one in standings))
    dates = array("q", (draw.randrange(4, 25) for _ in range(MEMBERS)))
    return standings, spends, dates


def measure() -> dict[str, float]:
    """Processor seconds of a million evaluations and of the bare loop, their ratio, members a second, how many fell."""
    standings, spends, dates = rows()
    start = process_time()
    touched = 0
    for standing, amount, days in zip(standings, spends, dates, strict=True):
        touched += standing.tier + amount + days
    bare = process_time() - start
    start = process_time()
    fell = 0
    for standing, amount, days in zip(standings, spends, dates, strict=True):
        fell += after_year(standing, END, amount, days, HOTEL.tiers).standing.tier < standing.tier
    evaluated = process_time() - start
    if not touched or not 0 < fell < MEMBERS:
        raise RuntimeError("the members of the measurement do not differ enough to measure anything")
    return {
        "seconds": round(evaluated, 2), "bare_seconds": round(bare, 3), "ratio": round(evaluated / bare, 1),
        "per_second": round(MEMBERS / evaluated), "fell": fell,
    }
