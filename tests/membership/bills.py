"""Bills, guests, coupons and houses for the tests of pricing, and strategies that draw them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from membership.bill import Bill, Guest, Line, Offer, Wishes
from membership.hotel_time import DateRange, Holidays
from membership.preset import CategoryPrice, Preset, Tier
from membership.preset_values import HOTEL, LADDER

TODAY = date(2026, 3, 5)
HOLIDAY = date(2026, 10, 1)
HOLIDAYS = Holidays(DateRange(date(2026, 1, 1), date(2026, 12, 31)), frozenset({HOLIDAY}))
PERCENTS = {Tier.BRONZE: 99, Tier.SILVER: 97, Tier.GOLD: 90, Tier.TWO_DIAMOND: 85, Tier.FIVE_DIAMOND: 75}


def house(
    stacking: bool = True, balance: bool = True, percents: dict[Tier, int] | None = None, random: int = 0,
    base: Preset = HOTEL,
) -> Preset:
    """A house with tier discounts (carried upward), the balance tier on, and stacking as told."""
    wanted = PERCENTS if percents is None else percents
    ladder, percent = [], 100
    for rung in LADDER:
        percent = wanted.get(rung.tier, percent)
        ladder.append(replace(rung, pay_percent=percent))
    return replace(
        base,
        tiers=replace(base.tiers, ladder=tuple(ladder)),
        stored_value=replace(base.stored_value, enabled=True, balance_discount_enabled=balance),
        pricing=replace(base.pricing, stack_with_all=stacking, random_up_to=random),
    )


def bill(*prices: int, category: str = "dining", **more: object) -> Bill:
    """A bill with one line a price, in fen."""
    lines = tuple(Line(f"sku{n}", category, 1, price) for n, price in enumerate(prices))
    return replace(Bill(lines), **more)     # type: ignore[arg-type]


def cash(name: str, value: int, threshold: int = 0, last: date = date(2026, 12, 31), **more: object) -> Offer:
    """A coupon of so many fen off."""
    return replace(Offer(name, "cash", value, last, threshold), **more)      # type: ignore[arg-type]


CATEGORIES = ["dining", "room", "spa", "tip", "new_product"]
SKUS = ["rice", "suite", "massage", "breakfast", "tea"]
CLASSES = st.sampled_from(["coupon", "tier", "balance_tier", "points", "group_buy"])

lines = st.builds(
    Line, st.sampled_from(SKUS), st.sampled_from(CATEGORIES), st.integers(1, 4),
    st.one_of(st.integers(0, 60_000), st.sampled_from([1, 99, 100, 10_000, 20_000, 22_000])),
)
bills = st.builds(
    Bill, st.lists(lines, min_size=1, max_size=4).map(tuple), st.sampled_from(["", "wechat"]), st.booleans(),
)
guests = st.builds(
    Guest, st.just("li"), st.one_of(st.none(), st.sampled_from(list(Tier))),
    st.sampled_from([None, "old_member", "new_member"]), st.sampled_from([0, 9_999, 10_000, 50_000, 10**7]),
    st.sampled_from([0, 9, 205, 3_000, 10**6, -5]),
)
excluding = st.frozensets(CLASSES, max_size=2)
offers = st.lists(
    st.one_of(
        st.builds(Offer, st.just(""), st.just("cash"), st.integers(0, 9_000), st.dates(TODAY, date(2026, 12, 31)),
                  st.sampled_from([0, 0, 5_000, 10_000, 20_000]), excludes=excluding, stackable=st.booleans()),
        st.builds(Offer, st.just(""), st.just("discount"), st.integers(1, 100), st.dates(TODAY, date(2026, 12, 31)),
                  st.sampled_from([0, 10_000]), most=st.sampled_from([None, 3_000]), excludes=excluding,
                  categories=st.sampled_from([None, frozenset({"dining"}), frozenset({"spa", "room"})]),
                  stackable=st.booleans()),
        st.builds(Offer, st.just(""), st.just("goods"), st.integers(1, 2), st.dates(TODAY, date(2026, 12, 31)),
                  st.sampled_from([0, 0, 10_000]), excludes=excluding,
                  skus=st.sampled_from([frozenset({"rice"}), frozenset({"breakfast"}), frozenset({"rice", "tea"})])),
    ),
    max_size=4,
).map(lambda found: [replace(one, id=f"c{n}") for n, one in enumerate(found)])
wishes = st.builds(
    Wishes, st.none(), st.sampled_from([0, 0, 10, 205, 3_000]), st.booleans(),
)
category_prices = st.lists(
    st.builds(CategoryPrice, st.just(""), st.integers(50, 100), st.sampled_from([(), ("dining",), ("new_product",)]),
              st.sampled_from([(), ("spa",)]), min_bill=st.sampled_from([0, 20_000]),
              excludes=st.sampled_from([(), ("coupon",), ("tier",)])),
    max_size=2,
).map(lambda found: tuple(replace(one, name=f"p{n}") for n, one in enumerate(found)))


@st.composite
def houses(draw: st.DrawFn) -> Preset:
    """A house with anything in it that a price depends on."""
    preset = house(draw(st.booleans()), draw(st.booleans()))
    pricing = replace(
        preset.pricing,
        category_prices=draw(category_prices),
        threshold_on=draw(st.sampled_from(["running", "running", "original"])),
        max_money_coupons=draw(st.sampled_from([1, 1, 1, 0, 2])),
        random_up_to=draw(st.sampled_from([0, 500])),
    )
    order = draw(st.sampled_from([preset.pricing.stack_order, preset.pricing.stack_order,
                                  ("points", "member_tier", "coupon", "balance_tier", "random_cut"),
                                  ("coupon", "balance_tier", "points", "member_tier", "random_cut")]))
    points = replace(preset.points, max_share_percent=draw(st.sampled_from([100, 50, 0])))
    return replace(preset, pricing=replace(pricing, stack_order=order), points=points)
