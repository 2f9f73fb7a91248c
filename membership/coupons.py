"""Coupons: who may take one, who may use it when and where, and passing it on (docs/rules.md, CP).

A `Batch` is what head office set up, a `Coupon` one piece of it. What a coupon takes off a bill stands in `worth.py`
and the pricing chain; here stands only whether it may be used.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from membership.hotel_time import DateRange, Holidays, Slot, aware, hotel_date
from membership.money import MAX_FEN, Fen
from membership.occasion import EVERY_MEMBER, Audience, Occasion, Person, Surface
from membership.reasons import Reason
from membership.verdict import BadInput, Verdict, first, refuse, whole


class Access(StrEnum):
    """How a coupon is come by (CP-1): taken by oneself, given by a campaign, given as care."""

    SELF = "self"
    CAMPAIGN = "campaign"
    CARE = "care"

    @property
    def channels(self) -> frozenset[Channel]:
        """The channels through which such a coupon may be given."""
        match self:
            case Access.SELF:
                return frozenset({Channel.SELF})
            case Access.CARE:
                return frozenset({Channel.CARE})
            case Access.CAMPAIGN:
                return frozenset(Channel) - {Channel.SELF, Channel.CARE}


class Kind(StrEnum):
    """What a coupon is (CP-2, CP-3 in the one list of X-44)."""

    CASH = "cash"
    DISCOUNT = "discount"
    GOODS = "goods"
    TICKET = "ticket"


class Channel(StrEnum):
    """Through what a coupon reaches a person: himself, the six kinds of campaign (X-45), or a care rule (X-46)."""

    SELF = "self"
    CARD_OPEN = "card_open"
    RECHARGE = "recharge"
    SPEND = "spend"
    EXCHANGE = "exchange"
    POST_PAYMENT = "post_payment"
    GAME = "game"
    CARE = "care"


class State(StrEnum):
    """Where a coupon stands. Expired is no state: it follows from the batch's days."""

    TAKEN = "taken"
    HELD = "held"
    USED = "used"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Batch:
    """A coupon as head office entered it (CP-4; the card-open coupon CP-21 and the attendance coupon CP-22 are such).

    None means no restriction; `per_person` is 1 unless set (X-143). `goods` are skus or categories of which one must be
    on the bill; `blackout` excludes statutory holidays (CP-24); `attended` lets a lobby terminal complete a goods
    coupon, because a person stands by (X-47). `points_price` and `price` are what it costs to take (CP-11). `drops`
    release the stock piece by piece (CP-32): (moment, quantity), together the whole stock; empty: all at once.
    """

    id: str
    name: str
    access: Access
    kind: Kind
    valid: DateRange
    stock: int
    per_person: int = 1
    audience: Audience = EVERY_MEMBER
    stores: frozenset[str] | None = None
    slots: tuple[Slot, ...] = ()
    goods: frozenset[str] | None = None
    blackout: bool = False
    transferable: bool = False
    friend_shared: bool = False
    attended: bool = False
    points_price: int = 0
    price: Fen = 0
    drops: tuple[tuple[datetime, int], ...] = ()
    enabled: bool = True

    def __post_init__(self) -> None:
        whole("stock", self.stock, least=1)
        whole("per_person", self.per_person, least=1)
        whole("points_price", self.points_price)
        whole("price", self.price, most=MAX_FEN)
        if self.drops and sum(whole("drop", count, least=1) for _, count in self.drops) != self.stock:
            raise BadInput("coupon.drops", rule="CP-32", name=self.name, n=self.stock)
        if self.access is Access.SELF and self.kind in (Kind.GOODS, Kind.TICKET):
            raise BadInput("coupon.self_kind", rule="CP-1", kind=self.kind)
        if self.stores is not None and not self.stores:
            raise BadInput("coupon.no_stores", rule="CP-5", batch=self.id)

    def released(self, now: datetime) -> int:
        """How many have been released by now (CP-32)."""
        if not self.drops:
            return self.stock
        return sum(count for moment, count in self.drops if aware(moment) <= aware(now))


@dataclass(frozen=True, slots=True)
class Coupon:
    """One coupon. `taker` took it first, `owner` has it now (CP-7), empty: whoever shows it, as with a printed serial
    number (CP-15); `via` is the terminal or channel (CP-13)."""

    sn: str
    batch: str
    taker: str
    owner: str
    via: str
    taken_at: datetime
    state: State = State.TAKEN
    used_at: datetime | None = None
    used_by: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of the batch were ever given out, in all and to this person; coupons that were returned or have expired
    still count (X-143). Only central knows both (X-54)."""

    issued: int
    to_person: int


@dataclass(frozen=True, slots=True)
class For:
    """What a coupon is to be used for: skus and categories of the bill; for a stay its evenings (X-123)."""

    goods: frozenset[str] = frozenset()
    nights: tuple[date, ...] = ()


def judge_claim(batch: Batch, person: Person, channel: Channel, tally: Tally, occasion: Occasion) -> Verdict:
    """May this person have one more, through this channel, now (CP-1, CP-4, CP-29)?"""
    return first(
        _functions(batch, occasion),
        None if channel in batch.access.channels else refuse("coupon.not_this_way", "CP-1", name=batch.name),
        None if batch.audience.includes(person) else refuse("coupon.not_for_you", "CP-4", name=batch.name),
        None if tally.issued < batch.stock else refuse("coupon.all_taken", "CP-4", name=batch.name),
        None if tally.issued < batch.released(occasion.now) else refuse("coupon.next_drop", "CP-32", name=batch.name),
        None if tally.to_person < batch.per_person else refuse("coupon.limit", "X-143", n=batch.per_person),
    )


def judge_payment(batch: Batch, points: int, paid: Fen) -> Verdict:
    """Is the coupon paid for: its points owned, its price paid (CP-11)? In points debt free ones only (X-114)."""
    missing = batch.points_price - points
    return first(
        refuse("points.short", "X-114", n=missing) if batch.points_price and missing > 0 else None,
        refuse("coupon.to_pay", "CP-11", diff=batch.price - paid) if whole("paid", paid) < batch.price else None,
    )


def claim(batch: Batch, sn: str, person: str, via: str, now: datetime) -> Coupon:
    """A coupon in that person's hands, stamped with the channel it came through (CP-13)."""
    return Coupon(sn, batch.id, taker=person, owner=person, via=via, taken_at=now)


def judge_use(
    batch: Batch, coupon: Coupon, occasion: Occasion, holidays: Holidays, purpose: For | None = None
) -> Verdict:
    """May this coupon be used now, here, for this? `purpose` None asks about the coupon only, before a bill exists."""
    nights = purpose.nights if purpose else ()
    day = _day_of_use(batch, occasion, holidays, nights)
    return first(
        _same_batch(batch, coupon),
        _unused(coupon),
        _presenter(batch, coupon, occasion),
        _in_days(batch, day),
        _here(batch, occasion),
        _in_slot(batch, occasion),
        None if purpose is None else _for_this(batch, purpose),
        _no_blackout(batch, holidays, nights or (day,)),
        _staffed(batch, occasion),
    )


def use(coupon: Coupon, now: datetime, by: str) -> Coupon:
    """The coupon used up. Twice is `BadInput`: the caller judged it, and one redemption is all there is (X-48)."""
    if coupon.state not in (State.TAKEN, State.HELD):
        raise BadInput("coupon.used", rule="X-48", at=coupon.used_at.isoformat() if coupon.used_at else "")
    return replace(coupon, state=State.USED, used_at=now, used_by=by)


def judge_hand_over(batch: Batch, occasion: Occasion) -> Verdict:
    """Is this coupon still good to be given now? Asked again at the moment of giving (CP-29)."""
    return first(_functions(batch, occasion))


def judge_transfer(batch: Batch, coupon: Coupon, receiver: str, occasion: Occasion) -> Verdict:
    """May the coupon be passed on (CP-7, X-48)?"""
    return first(
        _same_batch(batch, coupon),
        None if batch.transferable else refuse("coupon.not_transferable", "X-48"),
        _unused(coupon),
        None if occasion.presenter == coupon.owner else refuse("coupon.not_yours", "X-48"),
        None if receiver != coupon.owner else refuse("coupon.to_oneself", "CP-7"),
        None if occasion.today <= batch.valid.last else _expired(batch),
    )


def transfer(coupon: Coupon, receiver: str) -> Coupon:
    """The coupon in the receiver's hands; who took it first stays known, for the reward."""
    return replace(coupon, owner=receiver)


def forwarder_to_reward(coupon: Coupon) -> str | None:
    """The member to reward: he took the coupon, another redeemed it (X-48, RF-5). None before the redemption."""
    passed_on = coupon.used_by is not None and coupon.used_by != coupon.taker
    return coupon.taker if coupon.state is State.USED and passed_on else None


def _functions(batch: Batch, occasion: Occasion) -> Reason | None:
    if not batch.enabled:
        return refuse("coupon.off", "CP-29", name=batch.name)
    return _expired(batch) if occasion.today > batch.valid.last else None


def _expired(batch: Batch) -> Reason:
    return refuse("coupon.expired", "CP-6", date=batch.valid.last.isoformat())


def _same_batch(batch: Batch, coupon: Coupon) -> Reason | None:
    if coupon.batch != batch.id:
        raise BadInput("coupon.other_batch", rule="CP-4", coupon=coupon.batch, batch=batch.id)
    return None


def _unused(coupon: Coupon) -> Reason | None:
    match coupon.state:
        case State.USED:
            return refuse("coupon.used", "X-48", at=coupon.used_at.isoformat() if coupon.used_at else "")
        case State.RETURNED:
            return refuse("coupon.returned", "X-26")
        case State.HELD:
            return refuse("coupon.held", "X-48")
        case State.TAKEN:
            return None


def _presenter(batch: Batch, coupon: Coupon, occasion: Occasion) -> Reason | None:
    """An identified person owns it or is a friend (CP-8, RF-7). A bare serial number is for staff to compare (CP-15,
    CP-16), but not once it was passed on: whoever did so still knows it (CP-7, X-48). On a bill the owner is asked for
    in every case, see `worth.offer_of`."""
    if not coupon.owner or batch.friend_shared or occasion.presenter == coupon.owner:
        return None
    if occasion.presenter is None and coupon.owner == coupon.taker:
        return None
    return refuse("coupon.not_yours", "X-48")


def _day_of_use(batch: Batch, occasion: Occasion, holidays: Holidays, nights: tuple[date, ...]) -> date:
    """The hotel date that a use now counts for: of a slot over midnight the day it began (X-124). Where slots overlap,
    the first whose day permits it."""
    days = [_slot_day(slot, occasion) for slot in batch.slots if slot.holds(occasion.local)] or [occasion.today]
    permitted = (
        day
        for day in days
        if _in_days(batch, day) is None and _no_blackout(batch, holidays, nights or (day,)) is None
    )
    return next(permitted, days[0])


def _slot_day(slot: Slot, occasion: Occasion) -> date:
    local = occasion.local
    if slot.start < slot.end:
        return occasion.today
    begun = local.date() if local.time() >= slot.start else local.date() - timedelta(days=1)
    return hotel_date(datetime.combine(begun, slot.start, occasion.zone), occasion.zone, occasion.day_start)


def _in_days(batch: Batch, day: date) -> Reason | None:
    if day < batch.valid.first:
        return refuse("coupon.early", "CP-6", date=batch.valid.first.isoformat())
    return _expired(batch) if day > batch.valid.last else None


def _here(batch: Batch, occasion: Occasion) -> Reason | None:
    if batch.stores is None or occasion.store in batch.stores:
        return None
    return refuse("coupon.not_here", "CP-5", stores=", ".join(sorted(batch.stores)))


def _in_slot(batch: Batch, occasion: Occasion) -> Reason | None:
    if not batch.slots or any(slot.holds(occasion.local) for slot in batch.slots):
        return None
    times = ", ".join(f"{slot.start:%H:%M}–{slot.end:%H:%M}" for slot in batch.slots)
    return refuse("coupon.not_now", "CP-5", times=times)


def _for_this(batch: Batch, purpose: For) -> Reason | None:
    if batch.goods is None or not batch.goods.isdisjoint(purpose.goods):
        return None
    return refuse("coupon.not_for_this", "CP-3", goods=", ".join(sorted(batch.goods)))


def _no_blackout(batch: Batch, holidays: Holidays, days: tuple[date, ...]) -> Reason | None:
    for day in days if batch.blackout else ():
        match holidays.is_holiday(day):
            case None:
                return refuse("coupon.calendar_unknown", "CP-24", date=day.isoformat())
            case True:
                return refuse("coupon.holiday", "CP-24", date=day.isoformat())
            case False:
                continue
    return None


def _staffed(batch: Batch, occasion: Occasion) -> Reason | None:
    """A goods coupon is handed over by a person (CP-15, X-47)."""
    if batch.kind is not Kind.GOODS or occasion.surface is Surface.HANDHELD or batch.attended:
        return None
    return refuse("coupon.staff_only", "X-47")
