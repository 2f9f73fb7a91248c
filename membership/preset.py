"""The numbers of the house as types: what head office may set, section by section, each with the rule it comes from.

Amounts are fen, discounts are the per cent that is paid (8折 = 80), speeds are per cent (100 = as is). The values
stand in `preset_values.py`, what must not be set together in `preset_check.py`, reading a plain document in
`preset_read.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal

from membership.money import Fen
from membership.season import Days


class Tier(IntEnum):
    """The ten tiers, lowest first (TI-1, TI-2, TI-3, TI-4, TI-5, TI-6, TI-7, TI-8, TI-9, TI-10)."""

    REGISTERED = 1
    IRON = 2
    BRONZE = 3
    SILVER = 4
    GOLD = 5
    ONE_DIAMOND = 6
    TWO_DIAMOND = 7
    THREE_DIAMOND = 8
    FOUR_DIAMOND = 9
    FIVE_DIAMOND = 10


OfferClass = Literal["coupon", "group_buy", "tier", "balance_tier", "points", "random"]
StepName = Literal["member_tier", "balance_tier", "points", "coupon", "random_cut"]
SurfaceName = Literal["lobby", "handheld", "room", "phone", "central"]      # those of occasion.Surface
TenderKind = Literal[
    "cash", "card", "wechat", "alipay", "nfc", "transfer", "room", "principal", "bonus", "gift_bucket", "points",
    "coupon", "gift_card", "red_packet", "group_buy",
]


# -- tiers ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Rung:
    """One tier's terms. `enter` and `keep` are two tables on purpose: staying is easier than entering (X-1)."""

    tier: Tier
    enter: Fen                              # qualifying spend in 365 days (TI-7 .. TI-10, X-2)
    keep: Fen = 0                           # qualifying spend in the validity year (TI-12)
    order_dates: int = 0                    # distinct dates in the validity year (TI-13, X-4)
    needs_id: bool = False                  # TI-4, X-13
    individuals_only: bool = False
    expires: bool = True                    # TI-11: registered and iron never do
    pay_percent: int = 100                  # TI-18; no number is stated
    speed_percent: int = 100                # TI-17: higher tier, faster points
    points_price: int | None = None         # PT-14, X-25: not for sale by points where None
    benefits: tuple[str, ...] = ()          # TI-21, this rung's own; lower rungs' are inherited (X-9)
    places: tuple[str, ...] = ()            # TI-20: service places opened by this rung
    travel_home: int = 0                    # TI-21, trips a year
    travel_abroad: int = 0
    label: str = ""                         # TI-20, X-11: a display name; empty = the catalogue's


@dataclass(frozen=True, slots=True)
class Promotion:
    """A grant of a tier outside the ladder: 普卡立即升金卡, 金卡限30名 (TI-16, X-10, X-54)."""

    name: str
    tier: Tier
    cohort: str                             # who: "old_member" or "new_member" (BK-5, BK-6)
    days: Days | None = None
    limit: int | None = None                # places at central; None = unlimited


@dataclass(frozen=True, slots=True)
class TierRules:
    ladder: tuple[Rung, ...]
    rolling_days: int = 365
    validity_years: int = 1                 # TI-11
    cascade_below: Tier = Tier.TWO_DIAMOND  # from here on the bands rule, below it the cascade
    excluded_tenders: tuple[TenderKind, ...] = ()     # TI-15, X-12, X-103
    excluded_categories: tuple[str, ...] = ()         # X-12 tips, X-103 value bought to be spent later
    promotions: tuple[Promotion, ...] = ()
    pending_hours: int = 24                 # a limited place kept for the ID number
    warn_days: int = 30
    experience_ladder: tuple[tuple[Tier, int], ...] = ()      # off while empty
    delivery_free_from: Fen | None = None   # TI-21, RO-3, X-140; amount never given
    delivery_always_free_from: Tier = Tier.ONE_DIAMOND
    after_sales_days: int = 15              # TI-21, RO-4, X-141
    draw_days: tuple[str, ...] = ("06-18", "12-31")   # TI-21, GM-14
    draw_from: Tier = Tier.GOLD


# -- points -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Multiplier:
    at: Fen                                 # net amount of the earning lines
    times: int


@dataclass(frozen=True, slots=True)
class ReferralPeriod:
    days: Days
    points: int


@dataclass(frozen=True, slots=True)
class PointsRules:
    per_yuan: int = 1                       # PT-1
    per_yuan_value: int = 10                # PT-16: this many points are worth one yuan
    step: int = 10                          # points are spent in steps of this
    max_share_percent: int = 100            # PT-16, X-23, X-111
    multipliers: tuple[Multiplier, ...] = ()          # PT-2
    birthday_times: int = 2                 # PT-3
    birthday_gift: int = 300                # PT-4, X-22
    combine: Literal["max", "product"] = "max"
    excluded_tenders: tuple[TenderKind, ...] = ()
    excluded_categories: tuple[str, ...] = ()
    registration: int = 0                   # PT-6; no number is stated
    sign_in: int = 1                        # PT-7; no number is stated
    sign_in_per_day: int = 1                # PT-7, X-20
    share: int = 1                          # PT-8; no number is stated
    share_per_day: int = 5                  # PT-8, X-21
    share_follow: int = 10                  # PT-9
    referral: int = 10                      # PT-9, X-93
    referral_periods: tuple[ReferralPeriod, ...] = ()
    review: int = 10                        # PT-10
    content_min: int = 1                    # PT-10, judged by a person
    content_max: int = 50
    game_riddle: int = 0                    # PT-11; no number is stated
    half_price_days: Days | None = None     # PT-23
    half_price_items: tuple[str, ...] = ()
    bundle_step: int = 1000                 # PT-30, X-23
    bundle_min: int = 3000
    event_entry: int = 3000                 # PT-29
    event_friends: int = 20                 # PT-29, RF-8
    to_balance_enabled: bool = True         # PT-17
    expiry_days: int | None = None          # PT-31: none
    budget_percent: int | None = None       # PT-28: a report's yardstick


# -- stored value -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class BalanceStep:
    balance: Fen
    pay_percent: int


@dataclass(frozen=True, slots=True)
class RechargeStep:
    """What a recharge of `pay` and more brings: bonus at once, and later in parts, other gifts (SV-4, SV-10)."""

    pay: Fen
    bonus_now: Fen = 0
    later: Fen = 0
    months: int = 0
    points: int = 0
    experience: int = 0                     # SV-13
    coupons: tuple[str, ...] = ()           # SV-11: batches of marketing coupons


@dataclass(frozen=True, slots=True)
class BalancePeriod:
    days: Days
    steps: tuple[BalanceStep, ...]          # SV-9: replaces the normal table


@dataclass(frozen=True, slots=True)
class RechargePeriod:
    days: Days
    steps: tuple[RechargeStep, ...]         # SV-12


@dataclass(frozen=True, slots=True)
class DuesPlan:
    """One price for a year, in parts: 1 200 a year or 12 x 100 (SV-19)."""

    name: str
    total: Fen
    parts: int
    months_between: int = 1


@dataclass(frozen=True, slots=True)
class Channel:
    """Where one may recharge, and with what: no cash on an unattended terminal, nothing in a room (SV-6, X-42)."""

    surface: SurfaceName
    tenders: tuple[TenderKind, ...]


@dataclass(frozen=True, slots=True)
class StoredValueRules:
    enabled: bool = False                   # SV-2: one-way
    recharge_gift_enabled: bool = False     # SV-3
    balance_discount_enabled: bool = False  # SV-3
    balance_steps: tuple[BalanceStep, ...] = ()       # SV-7
    balance_periods: tuple[BalancePeriod, ...] = ()   # SV-9
    recharge_steps: tuple[RechargeStep, ...] = ()     # SV-4, SV-10
    recharge_periods: tuple[RechargePeriod, ...] = () # SV-12
    repeatable: bool = False
    max_coupons: int = 5                    # SV-11, X-39
    min_recharge: Fen = 100
    channels: tuple[Channel, ...] = (       # SV-6, X-42: the guest alone on phone and kiosk, staff elsewhere
        Channel("phone", ("wechat", "alipay")),
        Channel("lobby", ("wechat", "alipay", "nfc")),
        Channel("handheld", ("wechat", "alipay", "nfc", "card", "cash")),
        Channel("central", ("wechat", "alipay", "card", "cash", "transfer")),
    )
    spend_order: Literal["principal_first", "bonus_first", "pro_rata"] = "principal_first"
    never_recharged_prompt: Literal["off", "once", "every"] = "off"                           # SV-14, X-41
    cap_named: Fen | None = 500_000         # the legal cap of a prepaid card in a person's name
    cap_bearer: Fen | None = 100_000        # and of one in nobody's (SV-23 corporate cards before they are claimed)
    corporate_max_cards: int = 500          # SV-23
    dues_plans: tuple[DuesPlan, ...] = ()   # SV-19


# -- pricing ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class CategoryPrice:
    """A price by category, all year or on some days, from a bill amount on (CP-25, CP-26)."""

    name: str
    pay_percent: int
    categories: tuple[str, ...] = ()        # empty: every category
    except_categories: tuple[str, ...] = ()
    days: Days | None = None
    holidays_only: bool = False
    min_bill: Fen = 0
    members_only: bool = False              # SC-9: registering gives offers from an amount on
    excludes: tuple[OfferClass, ...] = ()   # CP-23, X-33


@dataclass(frozen=True, slots=True)
class PricingRules:
    stack_with_all: bool = False            # SV-8, X-31
    stack_order: tuple[StepName, ...] = ("member_tier", "balance_tier", "points", "coupon", "random_cut")     # SV-8
    threshold_on: Literal["running", "original"] = "running"
    max_money_coupons: int = 1
    max_coupons_considered: int = 16
    random_up_to: Fen = 0                   # SV-8; no number is stated
    random_min_bill: Fen = 0
    category_prices: tuple[CategoryPrice, ...] = ()   # CP-25, CP-26
    undiscounted_categories: tuple[str, ...] = ()     # nothing takes a fen off these
    max_lines: int = 200
    max_quantity: int = 9_999
    currency: str = "CNY"


# -- rooms ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Cohort:
    """What old or new guests pay for a room (BK-5, BK-6, X-51, X-52)."""

    name: str
    room_pay_percent: int
    excludes: tuple[OfferClass, ...] = ("coupon", "group_buy")    # CP-23
    special_night: Fen | None = None        # one night, once a member, when asked for
    special_night_blackout: bool = False    # CP-24, X-91
    free_nights: int = 0
    free_nights_blackout: bool = False


@dataclass(frozen=True, slots=True)
class RoomRules:
    category: str = "room"
    cohorts: tuple[Cohort, ...] = ()
    wechat_cut: Fen = 2_000                 # BK-3, X-117: after the percentage
    wechat_channel: str = "wechat"


# -- coupons and campaigns --------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class SpendGiftStep:
    at: Fen
    coupon: Fen                             # face value


@dataclass(frozen=True, slots=True)
class CampaignRules:
    card_open_max: int = 3                  # CP-20
    card_open_active_max: int = 1           # CP-20, CS-5
    spend_gift: tuple[SpendGiftStep, ...] = ()        # CP-18, X-49
    spend_gift_max: int = 5
    spend_gift_repeatable: bool = False
    post_payment_excluded: tuple[str, ...] = ()       # PM-2, X-68: line categories
    post_payment_online: bool = False       # PM-6
    claim_hours: int = 24
    friend_reward_points: int = 0           # CP-7, X-48; no number is stated
    distribution_enabled: bool = False      # RF-3, X-82
    distribution_percent: tuple[int, ...] = ()        # a level each, at most three
    staff_card_sale: Fen = 0                # ST-1; no number is stated
    staff_recharge_percent: int = 0         # ST-1
    votes_per_person: int = 1               # GM-8


@dataclass(frozen=True, slots=True)
class PhoneRules:
    pay_limit: Fen = 20_000                 # by phone number alone, on a handheld


# -- games ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Prize:
    """One prize of a game: how many there are and what it is (GM-5)."""

    key: str
    count: int
    kind: Literal["room_night", "voucher", "points", "goods"] = "goods"
    worth: int = 0                          # fen of a voucher, points of a points prize
    not_on_holidays: bool = False           # CP-24, X-53
    excludes: tuple[OfferClass, ...] = ()   # CP-23, X-53


@dataclass(frozen=True, slots=True)
class GameRules:
    """How often one may play, what it costs, what there is to win (X-18, X-76). None = no such limit."""

    name: str
    free_per_day: int = 0
    paid_per_day: int = 0
    cost_points: int = 0
    max_total: int | None = None            # plays a person in the whole campaign
    prizes: tuple[Prize, ...] = ()


@dataclass(frozen=True, slots=True)
class PlayRules:
    games: tuple[GameRules, ...] = ()
    likes_for_chance: int = 30              # GM-10
    spend_for_chance: Fen = 100_000         # GM-11, X-56, X-139
    on_site_spend: Fen = 50_000             # GM-15


# -- cards ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Length:
    name: str
    days: int


@dataclass(frozen=True, slots=True)
class CardRules:
    lengths: tuple[Length, ...] = ()                  # DC-2, X-66
    uses_per_day: int | None = None                   # DC-3: blank = unlimited
    photo_check: bool = False                         # DC-9, ME-13
    gift_valid_days: int | None = None                # GC-1, X-64, X-133
    gift_phone_needed: bool = False                   # GC-4
    gift_hidden_days: int = 30
    ask_again_minutes: int = 10                       # TC-7: a second use so soon is asked about first
    ticket_entries: int = 1                           # TK-1: single entry where the ticket says nothing


@dataclass(frozen=True, slots=True)
class SeniorRules:
    min_age: int = 60                       # ME-19, X-50
    quantity: int | None = None             # ME-19: limited, first come first served; no number is stated


# -- settlement -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class MerchantRate:
    """What one of a merchant's points is worth in house points, as a fraction (PT-27, XS-3)."""

    merchant: str
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class SettlementRules:
    bonus_share_percent: int = 0            # of the bonus spent elsewhere, owed by the shop that gave it
    points_settled: bool = True             # XS-1
    merchants: tuple[MerchantRate, ...] = ()


# -- reminders --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ReminderRules:
    """When to remind; the texts give no numbers but those of SM-7. Days before the last day; None: not at all."""

    coupon_days_before: tuple[int, ...] = (7, 1)      # CP-6, SM-4
    dues_days_before: tuple[int, ...] = (3, 0)        # SV-19
    unused_card_days: int | None = 30                 # TC-7
    absent_days: int | None = None                    # CP-10
    promotion_gap_days: int = 2                       # SM-7: between two promotions
    promotion_weekdays: tuple[int, ...] = (0, 3)      # SM-7: 0 is Monday
    promotion_hour: str = "20:00"                     # SM-7
    events_per_month: int = 2                         # SM-7, X-77


# -- the house --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Preset:
    """Every number of one house. Whoever prices, judges or evaluates gets it as an argument."""

    tiers: TierRules
    name: str = "hotel"
    zone: str = "Asia/Shanghai"
    day_start: str = "00:00"
    points: PointsRules = field(default_factory=PointsRules)
    stored_value: StoredValueRules = field(default_factory=StoredValueRules)
    pricing: PricingRules = field(default_factory=PricingRules)
    rooms: RoomRules = field(default_factory=RoomRules)
    campaigns: CampaignRules = field(default_factory=CampaignRules)
    phone: PhoneRules = field(default_factory=PhoneRules)
    play: PlayRules = field(default_factory=PlayRules)
    cards: CardRules = field(default_factory=CardRules)
    senior: SeniorRules = field(default_factory=SeniorRules)
    settlement: SettlementRules = field(default_factory=SettlementRules)
    reminders: ReminderRules = field(default_factory=ReminderRules)
