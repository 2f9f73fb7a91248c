"""What a coupon is worth on a bill, and the coupon as the pricing chain sees it: judged, then priced (CP-4, CP-12)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from membership.bill import Offer
from membership.coupons import Batch, Coupon, For, Kind, judge_use
from membership.hotel_time import Holidays
from membership.money import MAX_FEN, Fen
from membership.occasion import Occasion
from membership.preset import OfferClass, Prize
from membership.reasons import Reason
from membership.verdict import BadInput, whole


@dataclass(frozen=True, slots=True)
class Worth:
    """The money side of a batch. `value`: fen off (cash), per cent paid (discount), units given (goods); `threshold` in
    fen on the lines it fits; `most` the most a discount takes off; `excludes` what may not be beside it (CP-23)."""

    value: int
    threshold: Fen = 0
    most: Fen | None = None
    except_categories: frozenset[str] = frozenset()
    excludes: frozenset[OfferClass] = frozenset()
    stackable: bool = False

    def __post_init__(self) -> None:
        whole("value", self.value, least=1, most=MAX_FEN)
        whole("threshold", self.threshold, most=MAX_FEN)
        if self.most is not None:
            whole("most", self.most, least=1, most=MAX_FEN)


def offer_of(
    batch: Batch,
    worth: Worth,
    coupon: Coupon,
    occasion: Occasion,
    holidays: Holidays,
    nights: Collection[date] = (),
) -> Offer:
    """The coupon for the chain, barred with its reason where it may not be used now and here.

    `nights` are the evenings of a stay on the bill (X-123). The owner goes with it whoever shows the code: the chain
    compares him with the guest of the bill (X-48); a printed coupon has none (CP-15, X-47). A ticket takes nothing off
    a bill, and a discount of 100 per cent or more is none: `BadInput`.
    """
    kind = _kind(batch)
    if kind == "discount":
        whole("value", worth.value, least=1, most=99)
    purpose = For(goods=batch.goods or frozenset(), nights=tuple(sorted(nights)))
    verdict = judge_use(batch, coupon, occasion, holidays, purpose)
    return Offer(
        id=coupon.sn,
        kind=kind,
        value=worth.value,
        last_day=batch.valid.last,
        threshold=worth.threshold,
        most=worth.most,
        skus=batch.goods,
        categories=batch.goods,
        except_categories=worth.except_categories,
        excludes=worth.excludes,
        stackable=worth.stackable,
        owner=coupon.owner or None,
        shared=batch.friend_shared,
        barred=verdict if isinstance(verdict, Reason) else None,
    )


def _kind(batch: Batch) -> Literal["cash", "discount", "goods"]:
    match batch.kind:
        case Kind.CASH:
            return "cash"
        case Kind.DISCOUNT:
            return "discount"
        case Kind.GOODS:
            return "goods"
        case Kind.TICKET:
            raise BadInput("coupon.ticket_on_bill", rule="TK-1", name=batch.name)


def worth_of_prize(prize: Prize) -> Worth:
    """What a voucher won in a game is worth, with what it excludes (GM-5, X-53); not a voucher: `BadInput`."""
    if prize.kind != "voucher":
        raise BadInput("game.no_voucher", rule="GM-5", prize=prize.key)
    return Worth(prize.worth, excludes=frozenset(prize.excludes))
