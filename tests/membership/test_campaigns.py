"""Campaigns: sound on entry, given for the right deed, never twice, never too much."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from membership.campaigns.gift import Catalog, Gift, still_good, taken_back
from membership.campaigns.kinds import (
    Campaign,
    CardOpen,
    Exchange,
    PostPayment,
    Recharge,
    Spend,
    Step,
    copy,
    gift_for_amount,
    judge_exchange,
    judge_grant,
)
from membership.campaigns.post_payment import (
    Channel,
    Claim,
    Payment,
    Rewarded,
    judge_claim,
    judge_reward,
    keeps_reward,
    reward,
    rewardable,
    take_claim,
)
from membership.campaigns.scope import Scope, Stage, end_early, judge_scope, stage
from membership.campaigns.taking_part import SignInCampaign, Vote
from membership.campaigns.validate import Entered, in_order, objections
from membership.coupons import Access, Batch, Kind
from membership.games import Draft
from membership.games import Kind as GameKind
from membership.hotel_time import DateRange, Span
from membership.occasion import Audience, Person, Surface
from membership.preset import CampaignRules, GameRules, Prize, Tier
from membership.preset_values import HOTEL
from membership.times_cards import TimesTerms
from membership.verdict import Allowed, BadInput
from tests.membership.houses import SHANGHAI, at, occasion, why

RULES, RECHARGE = HOTEL.campaigns, HOTEL.stored_value
MARCH = DateRange(date(2026, 3, 1), date(2026, 3, 31))
SCOPE = Scope("c1", "Spring", MARCH.span(SHANGHAI))
TEA = Batch("tea", "Tea for two", Access.CAMPAIGN, Kind.GOODS, MARCH, stock=500, per_person=5)
CASH = replace(TEA, id="cash", name="¥20 off", kind=Kind.CASH)
WASH = TimesTerms("wash", "Car wash", uses=3)
WHEEL = Draft(
    "wheel", "Wheel", GameKind.WHEEL, GameRules("w", free_per_day=1, prizes=(Prize("tea", 3),)),
    MARCH.span(SHANGHAI), SHANGHAI, 10, date(2026, 4, 30), "Sun",
)  # fmt: skip
CATALOG = Catalog({"tea": TEA, "cash": CASH}, {"wash": WASH}, {"wheel": WHEEL})
LI, GUEST = Person("li", Tier.GOLD), Person(None)


def found(campaign: Entered, *others: Entered, catalog: Catalog = CATALOG) -> list[str]:
    return [reason.key for reason in objections(campaign, catalog, RULES, RECHARGE, SHANGHAI, others)]


# -- scope --


@pytest.mark.rules("CS-1", "CS-8", "X-125")
def test_a_campaign_is_announced_runs_and_ends() -> None:
    scope = replace(SCOPE, announced=at("2026-02-28 09:00"))
    times = ("2026-02-28 08:59", "2026-02-28 09:00", "2026-03-01 00:00", "2026-03-31 23:59", "2026-04-01 00:00")
    assert [stage(scope, at(text)) for text in times] == [
        Stage.HIDDEN,
        Stage.ANNOUNCED,
        Stage.RUNNING,
        Stage.RUNNING,
        Stage.ENDED,
    ]
    assert stage(end_early(scope, at("2026-03-10 12:00")), at("2026-03-10 12:00")) is Stage.ENDED
    assert stage(SCOPE, at("2026-02-28 09:00")) is Stage.HIDDEN
    assert replace(SCOPE, announced=SCOPE.span.start).announced == SCOPE.span.start
    with pytest.raises(BadInput):
        replace(SCOPE, announced=at("2026-03-01 00:01"))


@pytest.mark.rules("CS-9", "CS-4", "AD-4")
def test_a_campaign_holds_in_its_stores_for_its_people_and_on_phones_if_it_says_so() -> None:
    spa = replace(SCOPE, stores=frozenset({"spa"}), on_phone=False, audience=Audience(tiers=frozenset({Tier.GOLD})))
    assert why(judge_scope(spa, LI, occasion(store="spa"))) == "allowed"
    assert why(judge_scope(spa, LI, occasion(store="pool"))) == "campaign.not_here"
    assert why(judge_scope(spa, replace(LI, tier=Tier.IRON), occasion(store="spa"))) == "campaign.not_for_you"
    assert why(judge_scope(spa, LI, occasion(store="spa", surface=Surface.PHONE))) == "campaign.not_on_phone"
    assert why(judge_scope(SCOPE, LI, occasion("2026-02-28 12:00"))) == "campaign.early"
    assert why(judge_scope(SCOPE, LI, occasion("2026-04-01 00:00"))) == "campaign.over"
    with pytest.raises(BadInput):
        replace(SCOPE, stores=frozenset())


# -- sound on entry --


@pytest.mark.rules("CS-2", "X-43", "CP-19", "CP-20", "CP-21", "SV-5", "PT-24")
@given(st.integers(-40, 40), st.integers(0, 80))
def test_what_is_given_starts_and_ends_no_earlier_than_the_campaign(shift: int, length: int) -> None:
    """The second model: first and last days compared as plain numbers of days."""
    first = MARCH.first + timedelta(days=shift)
    valid = DateRange(first, first + timedelta(days=length))
    fits = shift >= 0 and shift + length >= 30
    assert in_order(SCOPE.span, valid.span(SHANGHAI)) == fits
    catalog = Catalog({"tea": replace(TEA, valid=valid)}, {}, {"wheel": replace(WHEEL, span=valid.span(SHANGHAI))})
    one = Gift(coupons=("tea",))
    for campaign in (
        CardOpen(SCOPE, one),
        Recharge(SCOPE, (Step(20_000, one),)),
        Spend(SCOPE, (Step(10_000, one),)),
        Exchange(SCOPE, 100, 1, one),
        Exchange(SCOPE, 100, 1, Gift(plays=("wheel",))),
    ):
        assert found(campaign, catalog=catalog) == ([] if fits else ["campaign.dates"])
    assert found(PostPayment(SCOPE, 10_000, one), catalog=catalog) == []


@pytest.mark.rules("CP-20", "X-39", "X-55")
@pytest.mark.parametrize(
    ("gift", "said"),
    [
        (Gift(points=100), []),
        (Gift(coupons=("tea",) * 3), []),
        (Gift(points=100, coupons=("tea",)), ["campaign.points_or_coupons"]),
        (Gift(points=100, balance=500), ["campaign.points_or_coupons"]),
        (Gift(coupons=("tea",) * 4), ["campaign.too_many_coupons"]),
        (Gift(), ["campaign.points_or_coupons", "campaign.gives_nothing"]),
    ],
)
def test_a_card_open_gift_is_points_or_at_most_three_coupons(gift: Gift, said: list[str]) -> None:
    assert found(CardOpen(SCOPE, gift)) == said


@pytest.mark.rules("CP-20", "CS-5")
def test_one_card_open_campaign_at_a_time() -> None:
    one = CardOpen(SCOPE, Gift(points=100))
    april = replace(SCOPE, id="c2", span=Span(SCOPE.span.end, at("2026-05-01 00:00")))
    overlapping = replace(SCOPE, id="c2", span=Span(at("2026-03-31 23:59"), at("2026-05-01 00:00")))
    assert found(one, CardOpen(april, Gift(points=50))) == found(CardOpen(april, Gift(points=50)), one) == []
    assert found(one, CardOpen(overlapping, Gift(points=50))) == ["campaign.card_open_runs"]
    assert found(one, one) == []
    ended = CardOpen(end_early(SCOPE, at("2026-03-20 00:00")), Gift(points=100))
    assert found(CardOpen(overlapping, Gift(points=50)), ended) == []
    assert found(one, Exchange(overlapping, 100, 1, Gift(coupons=("tea",)))) == []


@pytest.mark.rules("SV-11", "X-39")
def test_five_coupons_for_a_recharge_and_five_for_spending() -> None:
    five, six = Gift(coupons=("tea", "cash") * 2 + ("tea",)), Gift(coupons=("tea", "cash") * 3)
    assert found(Recharge(SCOPE, (Step(20_000, five),))) == found(Spend(SCOPE, (Step(20_000, five),))) == []
    assert found(Recharge(SCOPE, (Step(20_000, six),))) == ["campaign.too_many_coupons"]
    assert found(Spend(SCOPE, (Step(20_000, six),))) == ["campaign.too_many_coupons"]


@pytest.mark.rules("SV-11", "X-39", "X-128")
def test_repeating_multiplies_the_bonus_but_no_coupons_beyond_the_limit() -> None:
    steps = (Step(10_000, Gift(balance=1_000, coupons=("tea", "cash"))),)
    given_for = {fen: gift_for_amount(steps, fen, True, most_coupons=5) for fen in (20_000, 30_000, 90_000)}
    assert {fen: (gift.balance, len(gift.coupons)) for fen, gift in given_for.items()} == {
        20_000: (2_000, 4), 30_000: (3_000, 5), 90_000: (9_000, 5)}  # fmt: skip
    assert gift_for_amount(steps, 10_000, False, most_coupons=1).coupons == ("tea",)


@pytest.mark.rules("SV-11", "X-39", "X-128")
@pytest.mark.parametrize("kind", [Recharge, Spend])
def test_a_repeatable_step_that_would_bring_too_many_coupons_is_objected_to(kind: type[Recharge | Spend]) -> None:
    two, bonus = Gift(coupons=("tea", "cash")), Gift(balance=1_000)
    assert found(kind(SCOPE, (Step(10_000, bonus),), repeatable=True)) == []
    assert found(kind(SCOPE, (Step(10_000, two),), repeatable=False)) == []
    assert found(kind(SCOPE, (Step(10_000, two),), repeatable=True)) == ["campaign.too_many_coupons"]
    twice = (Step(10_000, two), Step(30_000, bonus))
    assert found(kind(SCOPE, twice, repeatable=True)) == []
    thrice = (Step(10_000, two), Step(30_001, bonus))
    assert found(kind(SCOPE, thrice, repeatable=True)) == ["campaign.too_many_coupons"]
    assert found(kind(SCOPE, thrice, repeatable=False)) == []


@pytest.mark.rules("CP-29", "TC-2", "CS-2", "PM-1")
@pytest.mark.parametrize(
    ("terms", "spending", "paying"),
    [
        (WASH, [], []),
        (replace(WASH, enabled=False), ["card.off"], ["card.off"]),
        (replace(WASH, until=date(2026, 2, 28)), ["card.sale_over"], ["card.sale_over"]),
        (replace(WASH, until=date(2026, 3, 1)), ["campaign.dates"], []),
        (replace(WASH, until=date(2026, 3, 30)), ["campaign.dates"], []),
        (replace(WASH, until=date(2026, 3, 31)), [], []),
    ],
)
def test_a_times_card_off_or_over_is_objected_to(terms: TimesTerms, spending: list[str], paying: list[str]) -> None:
    catalog, card = replace(CATALOG, times_cards={"wash": terms}), Gift(times_cards=("wash",))
    assert found(Spend(SCOPE, (Step(10_000, card),)), catalog=catalog) == spending
    assert found(PostPayment(SCOPE, 10_000, card), catalog=catalog) == paying


@pytest.mark.rules("X-143", "CP-29")
def test_no_gift_holds_more_of_a_batch_than_one_person_may_have() -> None:
    one = replace(CATALOG, batches={"tea": replace(TEA, per_person=1), "cash": replace(CASH, per_person=2)})
    assert found(CardOpen(SCOPE, Gift(coupons=("tea", "cash", "cash"))), catalog=one) == []
    assert found(CardOpen(SCOPE, Gift(coupons=("tea",) * 3)), catalog=one) == ["campaign.per_person"]
    assert found(PostPayment(SCOPE, 100, Gift(coupons=("cash",) * 3)), catalog=one) == ["campaign.per_person"]


@pytest.mark.rules("GM-8", "GM-9", "CP-29", "X-20")
def test_what_a_vote_or_a_sign_in_gives_is_looked_at_too() -> None:
    vote = Vote(SCOPE, "Again?", ("yes", "no"), Gift(coupons=("tea",)))
    assert found(vote) == []
    assert found(replace(vote, gift=Gift(coupons=("lost",)))) == ["campaign.coupon_unknown"]
    assert found(replace(vote, gift=Gift())) == ["campaign.gives_nothing"]
    off = replace(CATALOG, times_cards={"wash": replace(WASH, enabled=False)})
    assert found(replace(vote, gift=Gift(times_cards=("wash",))), catalog=off) == ["card.off"]
    assert found(SignInCampaign(SCOPE, Gift(points=5, plays=("wheel",)))) == []
    assert found(SignInCampaign(SCOPE, Gift(plays=("lost",)))) == ["campaign.game_unknown"]


@pytest.mark.rules("CP-1", "CP-29", "TC-2", "PT-24", "PM-5", "X-34")
@pytest.mark.parametrize(
    ("campaign", "said"),
    [
        (CardOpen(SCOPE, Gift(coupons=("lost",))), ["campaign.coupon_unknown"]),
        (CardOpen(SCOPE, Gift(coupons=("self",))), ["campaign.coupon_access"]),
        (CardOpen(SCOPE, Gift(coupons=("off",))), ["campaign.coupon_off"]),
        (Spend(SCOPE, (Step(10_000, Gift(times_cards=("lost",))),)), ["campaign.card_unknown"]),
        (Spend(SCOPE, (Step(10_000, Gift(points=1)), Step(10_000, Gift(points=2)))), ["campaign.steps_rise"]),
        (Spend(SCOPE, ()), ["campaign.gives_nothing"]),
        (Exchange(SCOPE, 100, 1, Gift(points=5)), ["campaign.play_or_coupon"]),
        (Exchange(SCOPE, 100, 1, Gift(plays=("wheel",), coupons=("tea",))), ["campaign.play_or_coupon"]),
        (Exchange(SCOPE, 100, 1, Gift(plays=("lost",))), ["campaign.game_unknown"]),
        (PostPayment(SCOPE, 100, by_tier=((Tier.GOLD, Gift(points=1)),) * 2), ["campaign.tier_twice"]),
        (PostPayment(SCOPE, 100), ["campaign.gives_nothing"]),
        (PostPayment(SCOPE, 100, Gift(1, 2, 3, ("tea",), ("wash",), ("wheel",))), []),
    ],
)
def test_an_unsound_campaign_says_what_to_change(campaign: Campaign, said: list[str]) -> None:
    own = replace(CASH, id="self", access=Access.SELF)
    catalog = replace(CATALOG, batches={**CATALOG.batches, "self": own, "off": replace(TEA, enabled=False)})
    assert found(campaign, catalog=catalog) == said


# -- given --


@pytest.mark.rules("CP-18", "X-49", "X-50", "SC-9")
def test_a_spend_gift_is_the_highest_step_once() -> None:
    steps = (Step(10_000, Gift(coupons=("cash",))), Step(30_000, Gift(points=500)))
    assert gift_for_amount(steps, 9_999, repeatable=False, most_coupons=5) == Gift()
    assert gift_for_amount(steps, 10_000, repeatable=False, most_coupons=5) == Gift(coupons=("cash",))
    assert gift_for_amount(steps, 29_999, repeatable=False, most_coupons=5) == Gift(coupons=("cash",))
    assert gift_for_amount(steps, 90_000, repeatable=False, most_coupons=5) == Gift(points=500)
    assert gift_for_amount(steps, 29_999, repeatable=True, most_coupons=5) == Gift(coupons=("cash", "cash"))
    assert [(step.at, step.coupon) for step in HOTEL.campaigns.spend_gift] == [(10_000, 2_000)]


@pytest.mark.rules("X-49", "X-128")
@given(st.lists(st.integers(1, 50), min_size=1, max_size=4, unique=True), st.integers(0, 200), st.booleans())
def test_steps_agree_with_counting_up(amounts: list[int], amount: int, repeatable: bool) -> None:
    steps = tuple(Step(at_amount, Gift(points=at_amount)) for at_amount in sorted(amounts))
    reached = 0
    for value in sorted(amounts):
        if value <= amount:
            reached = value
    times, rest = 0, amount
    while reached and rest >= reached:
        times, rest = times + 1, rest - reached
    expected = reached * (times if repeatable else 1) if reached else 0
    assert gift_for_amount(steps, amount, repeatable, 5).points == expected


@pytest.mark.rules("ST-10", "CP-19")
def test_who_may_grant_a_spend_gift_is_set() -> None:
    spend = Spend(SCOPE, (Step(10_000, Gift(points=1)),), grantors=frozenset({"supervisor"}))
    assert why(judge_grant(spend, "supervisor")) == "allowed"
    assert why(judge_grant(spend, "waiter")) == why(judge_grant(spend, None)) == "campaign.not_your_grant"
    assert why(judge_grant(replace(spend, grantors=None), None)) == "allowed"


@pytest.mark.rules("PT-24", "X-114")
@pytest.mark.parametrize(
    ("points", "done", "said"),
    [(100, 0, "allowed"), (99, 0, "points.short"), (-5, 0, "points.short"), (100, 2, "exchange.limit")],
)
def test_an_exchange_costs_points_and_comes_so_many_times(points: int, done: int, said: str) -> None:
    exchange = Exchange(SCOPE, 100, 2, Gift(coupons=("tea",)))
    assert why(judge_exchange(exchange, LI, points, done, occasion())) == said


@pytest.mark.rules("CP-29", "PM-1", "TC-2")
def test_what_has_expired_meanwhile_is_not_handed_over() -> None:
    gift = Gift(points=10, coupons=("tea", "cash", "lost"), times_cards=("wash",))
    longer = replace(CASH, valid=DateRange(MARCH.first, date(2026, 6, 1)))
    catalog = replace(CATALOG, batches={"tea": TEA, "cash": longer})
    good, reasons = still_good(gift, catalog, occasion("2026-04-01 10:00"))
    assert good == Gift(points=10, coupons=("cash",), times_cards=("wash",))
    assert [reason.key for reason in reasons] == ["coupon.expired", "campaign.coupon_unknown"]


@pytest.mark.rules("X-26")
def test_a_refund_takes_back_what_was_not_used() -> None:
    gift = Gift(points=10, coupons=("tea", "tea", "cash"), times_cards=("wash",))
    assert taken_back(gift, ("tea",), ("wash",)) == Gift(points=10, coupons=("tea", "cash"))
    assert taken_back(gift, ("tea", "tea", "tea"), ()) == Gift(points=10, coupons=("cash",), times_cards=("wash",))


# -- after payment --

RULE = PostPayment(SCOPE, 10_000, Gift(points=50), per_store=3, in_total=3)
PAID = Payment("p1", Channel.STAFF, (("food", 10_000),))


@pytest.mark.rules("PM-2", "TC-3", "X-68", "X-137", "RO-2")
def test_tips_recharges_and_buying_cards_and_coupons_do_not_count() -> None:
    categories = (
        "tip", "recharge", "times_card_purchase", "coupon_purchase", "duration_card_purchase", "gift_card_purchase",
    )  # fmt: skip
    payment = Payment("p1", Channel.ROOM, (("food", 9_000), *((category, 5_000) for category in categories)))
    assert rewardable(payment, RULES) == 9_000
    short = judge_reward(RULE, payment, LI, (), RULES, occasion())
    assert short == replace(short, key="reward.below", values=(("diff", 1_000),))
    assert rewardable(replace(payment, paid=(*payment.paid, ("room", 1_000))), RULES) == 10_000


@pytest.mark.rules("PM-1", "PM-2", "PM-6", "X-50", "X-56", "X-73")
@pytest.mark.parametrize("channel", list(Channel))
def test_every_payment_takes_part_but_the_online_shop_has_a_switch(channel: Channel) -> None:
    payment = replace(PAID, channel=channel)
    online = channel is Channel.ONLINE_SHOP
    assert why(judge_reward(RULE, payment, LI, (), RULES, occasion())) == ("reward.online_off" if online else "allowed")
    assert why(judge_reward(RULE, payment, LI, (), replace(RULES, post_payment_online=True), occasion())) == "allowed"


@pytest.mark.rules("PM-5", "X-69", "X-137")
@given(
    st.none() | st.integers(1, 4),
    st.none() | st.integers(1, 4),
    st.lists(st.tuples(st.sampled_from(["restaurant", "spa"]), st.booleans()), max_size=7),
)
def test_both_caps_must_permit_and_refunds_free_them(
    per_store: int | None, in_total: int | None, before: list[tuple[str, bool]]
) -> None:
    given_before = tuple(Rewarded(f"q{n}", store, refunded) for n, (store, refunded) in enumerate(before))
    standing = [store for store, refunded in before if not refunded]
    here = standing.count("restaurant")
    free = (per_store is None or here < per_store) and (in_total is None or len(standing) < in_total)
    rule = replace(RULE, per_store=per_store, in_total=in_total)
    assert isinstance(judge_reward(rule, PAID, LI, given_before, RULES, occasion()), Allowed) == free


@pytest.mark.rules("PM-1", "PM-5", "X-50")
def test_the_threshold_counts_to_the_fen_and_a_full_cap_names_its_number() -> None:
    short = judge_reward(RULE, replace(PAID, paid=(("food", 9_999),)), LI, (), RULES, occasion())
    assert short == replace(short, key="reward.below", values=(("diff", 1),))
    before = tuple(Rewarded(f"q{n}", "restaurant") for n in range(2))
    store = judge_reward(replace(RULE, per_store=2), PAID, LI, before, RULES, occasion())
    assert store == replace(store, key="reward.store_cap", values=(("n", 2),))
    total = judge_reward(replace(RULE, in_total=2), PAID, LI, before, RULES, occasion(store="spa"))
    assert total == replace(total, key="reward.total_cap", values=(("n", 2),))


@pytest.mark.rules("PM-1")
def test_a_payment_is_rewarded_once() -> None:
    assert why(judge_reward(RULE, PAID, LI, (Rewarded("p1", "restaurant"),), RULES, occasion())) == "reward.given"


@pytest.mark.rules("PM-5", "TI-19")
def test_each_tier_may_have_its_own_reward() -> None:
    rule = replace(RULE, by_tier=((Tier.GOLD, Gift(points=90)), (Tier.REGISTERED, Gift(points=10))))
    assert reward(rule, PAID, LI, at("2026-03-05 18:00")) == Gift(points=90)
    assert why(judge_reward(rule, PAID, replace(LI, tier=Tier.IRON), (), RULES, occasion())) == "reward.not_your_tier"
    assert rule.gift_for(None) == Gift(points=10)


@pytest.mark.rules("X-26", "X-137")
def test_a_refund_below_the_threshold_takes_the_reward_back() -> None:
    assert keeps_reward(RULE, PAID, RULES)
    assert not keeps_reward(RULE, replace(PAID, paid=(("food", 9_999),)), RULES)


@pytest.mark.rules("PM-5", "CS-6", "SM-10")
def test_a_rule_is_copied_in_one_step_and_notifies_only_if_it_says_so() -> None:
    loud = replace(SCOPE, notify=True)
    copied = copy(replace(RULE, scope=end_early(loud, at("2026-03-02 00:00"))), "c9", "Spring, again")
    assert copied == replace(RULE, scope=replace(loud, id="c9", name="Spring, again"))
    assert not SCOPE.notify


@pytest.mark.rules("PM-4", "PB-1", "X-70", "TC-6")
def test_a_guest_who_joins_gets_exactly_this_payments_reward() -> None:
    assert why(judge_reward(RULE, PAID, GUEST, (), RULES, occasion(presenter=None))) == "allowed"
    claim = reward(replace(RULE, gift=Gift(50, 20, times_cards=("wash",))), PAID, GUEST, at("2026-03-05 18:00"))
    assert isinstance(claim, Claim)
    used, gift = take_claim(claim, Person("new", Tier.REGISTERED), RULES, at("2026-03-05 19:00"))
    assert gift == Gift(50, 20, times_cards=("wash",))
    assert why(judge_claim(used, LI, RULES, at("2026-03-05 19:01"))) == "claim.taken"
    with pytest.raises(BadInput):
        take_claim(used, LI, RULES, at("2026-03-05 19:01"))


@pytest.mark.rules("X-70", "X-138")
def test_exactly_24_hours_are_still_in_time() -> None:
    claim = Claim("p1", "c1", Gift(points=5), at("2026-03-05 18:00"))
    assert why(judge_claim(claim, LI, RULES, at("2026-03-05 18:00"))) == "allowed"
    assert why(judge_claim(claim, LI, RULES, at("2026-03-06 18:00"))) == "allowed"
    late = judge_claim(claim, LI, RULES, at("2026-03-06 18:00") + timedelta(microseconds=1))
    assert late == replace(late, key="claim.late", values=(("n", 24),))
    assert why(judge_claim(claim, LI, replace(RULES, claim_hours=48), at("2026-03-07 18:00"))) == "allowed"
    with pytest.raises(BadInput):
        judge_claim(claim, LI, RULES, at("2026-03-05 17:59"))


@pytest.mark.rules("X-71")
def test_who_does_not_join_gets_nothing_and_nothing_is_kept_of_him() -> None:
    claim = reward(RULE, PAID, GUEST, at("2026-03-05 18:00"))
    assert isinstance(claim, Claim)
    assert why(judge_claim(claim, GUEST, RULES, at("2026-03-05 18:01"))) == "claim.join_first"
    assert {field.name for field in fields(Claim)} == {"payment", "campaign", "gift", "made_at", "claimed_by"}
    assert claim.claimed_by is None


@pytest.mark.parametrize(
    "bad",
    [
        lambda: Gift(points=-1),
        lambda: Gift(balance=10.5),  # type: ignore[arg-type]
        lambda: Step(0, Gift(points=1)),
        lambda: Exchange(SCOPE, 0, 1, Gift(coupons=("tea",))),
        lambda: Exchange(SCOPE, 10, 0, Gift(coupons=("tea",))),
        lambda: PostPayment(SCOPE, 0),
        lambda: PostPayment(SCOPE, 10, per_store=0),
        lambda: Payment("p", Channel.STAFF, (("food", -1),)),
        lambda: gift_for_amount((), -1, False, 5),
    ],
)
def test_nonsense_is_refused(bad: object) -> None:
    with pytest.raises(BadInput):
        bad()  # type: ignore[operator]


def test_the_presets_limits_are_the_stated_ones() -> None:
    assert (RULES.card_open_max, RECHARGE.max_coupons, RULES.spend_gift_max) == (3, 5, 5)
    assert CampaignRules().claim_hours == 24
