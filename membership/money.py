"""Integer money. One unit everywhere: the fen, a hundredth of a yuan."""

from __future__ import annotations

Fen = int
"""An amount in fen. Never a float, never a bool (docs/protocol.md, Wire)."""

MAX_FEN: Fen = 10**12
"""The largest amount the contract carries (docs/protocol.md, Details)."""


def half_up(numerator: int, denominator: int) -> int:
    """Divide and round half up, away from zero (X-32). `denominator` > 0."""
    if numerator < 0:
        return -half_up(-numerator, denominator)
    return (2 * numerator + denominator) // (2 * denominator)


def share(amount: Fen, percent: int) -> Fen:
    """`percent` per cent of `amount`, rounded half up to the fen (X-32)."""
    return half_up(amount * percent, 100)
