"""The arithmetic of the chain: each step on the sum of its lines, rounded once, its reduction spread over them.

Amounts are lists of fen, one per piece of the bill, changed in place; `on` are the pieces that a step works on. No fen
is lost or made: every function returns what it took off, and the pieces are lower by exactly that.
"""

from __future__ import annotations

from collections.abc import Sequence

from membership.money import Fen


def spread(off: Fen, amounts: list[Fen], on: Sequence[int], total: Fen) -> Fen:
    """Take `off` from the pieces, of `total` together, by largest remainder, the earlier piece first (X-118)."""
    if off == 0:
        return 0
    if len(on) == 1:
        amounts[on[0]] -= off
        return off
    if off == total:
        for n in on:
            amounts[n] = 0
        return off
    left, remainders = off, []
    for n in on:
        part, remainder = divmod(off * amounts[n], total)
        amounts[n] -= part
        left -= part
        remainders.append((-remainder, n))
    if left:
        remainders.sort()
        for _, n in remainders[:left]:
            amounts[n] -= 1
    return off


def percent_off(pay_percent: int, amounts: list[Fen], on: Sequence[int], most: Fen | None = None) -> Fen:
    """Let `pay_percent` of the sum be paid, rounded half up to the fen (X-32, X-118); at most `most` off."""
    total = sum([amounts[n] for n in on])
    off = total - (2 * total * pay_percent + 100) // 200
    return spread(off if most is None else min(off, most), amounts, on, total)


def cash_off(value: Fen, amounts: list[Fen], on: Sequence[int]) -> Fen:
    """Take `value` off the sum, never below zero (X-32)."""
    total = sum([amounts[n] for n in on])
    return spread(min(value, total), amounts, on, total)


def unit_off(units: int, amounts: list[Fen], left: list[int], order: Sequence[int]) -> Fen:
    """Give `units` units away, the dearest first; `left` counts the units of each piece not given yet (CP-3, X-119)."""
    off = 0
    for n in order:
        while units and left[n]:
            share = (2 * amounts[n] + left[n]) // (2 * left[n])
            amounts[n] -= share
            left[n] -= 1
            units -= 1
            off += share
    return off


def points_off(
    asked: int, owned: int, running: Fen, step: int, per_yuan_value: int, max_share_percent: int
) -> tuple[int, Fen]:
    """Points taken and their worth: the largest whole step within the wish, the account and the share (PT-16, X-111).

    The share is of the running amount when the points' step is reached; points in debt buy nothing (X-114).
    """
    worth = step * 100 // per_yuan_value
    steps = min(asked // step, max(owned, 0) // step, running * max_share_percent // 100 // worth)
    return steps * step, steps * worth
