"""Points and stored value a second time, from the sentences alone, in yuan and fractions, one coin after the other."""

from __future__ import annotations

from fractions import Fraction
from math import floor

COUNTS = {"cash", "card", "wechat", "alipay", "nfc", "transfer", "room", "principal"}
EARNS_NOT = {"tip", "recharge", "gift_card_purchase", "coupon_purchase"}


def points(tenders: list[tuple[str, int]], lines: list[tuple[str, int]], birthday: bool, speed: Fraction) -> int:
    """Whole yuan of money really collected, less tips and value bought for later; x2 from 200, x3 from 1 000, x2 on the
    birthday, the larger; the tier's speed on top; floored once."""
    money = sum(fen for kind, fen in tenders if kind in COUNTS) - sum(fen for what, fen in lines if what in EARNS_NOT)
    net = Fraction(sum(fen for what, fen in lines if what not in EARNS_NOT), 100)
    by_amount = 3 if net >= 1_000 else 2 if net >= 200 else 1
    times = max(by_amount, 2 if birthday else 1)
    return floor(floor(Fraction(max(money, 0), 100)) * times * speed)


def bonus(fen: int) -> int:
    """200 gives 20, 500 gives 100, 1 000 gives 300: the highest step, once."""
    for pay, gives in ((1_000, 300), (500, 100), (200, 20)):
        if fen >= pay * 100:
            return gives * 100
    return 0


def refund(asked: int, recharges: list[int], bonus_left: int) -> tuple[int, int] | None:
    """Money paid out and bonus taken for `asked` fen of principal, the last recharge first, coin by coin of each.

    None where nothing is left to pay out.
    """
    stays, gone = list(recharges), 0
    while gone < asked:
        last = max(n for n, fen in enumerate(stays) if fen)
        part = min(asked - gone, stays[last])
        stays[last] -= part
        gone += part
    too_much = sum(bonus(before) - bonus(after) for before, after in zip(recharges, stays, strict=True))
    from_bonus = min(too_much, bonus_left)
    paid_out = asked - (too_much - from_bonus)
    return (paid_out, from_bonus) if paid_out > 0 else None
