"""Coupons: taking, using, passing on, and each reason why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from membership.coupons import (
    Access,
    Batch,
    Channel,
    Coupon,
    For,
    Kind,
    State,
    Tally,
    claim,
    forwarder_to_reward,
    judge_claim,
    judge_hand_over,
    judge_payment,
    judge_transfer,
    judge_use,
    transfer,
    use,
)
from membership.hotel_time import DateRange, Slot
from membership.occasion import Audience, Person, Surface
from membership.preset import Tier
from membership.verdict import Allowed, BadInput
from tests.membership.houses import HOLIDAYS, at, occasion, why

MARCH = DateRange(date(2026, 3, 1), date(2026, 3, 31))
BATCH = Batch("b1", "¥20 off", Access.SELF, Kind.CASH, MARCH, stock=100)
CAMPAIGN = replace(BATCH, access=Access.CAMPAIGN)
LI = Person("li", tier=Tier.GOLD, groups=frozenset({"runners"}))
NONE_YET = Tally(issued=0, to_person=0)


def taken(batch: Batch = BATCH) -> Coupon:
    return claim(batch, "sn-1", "li", via="lobby-1", now=at("2026-03-02 10:00"))


@pytest.mark.rules("CP-1", "X-45", "X-46")
def test_each_access_has_its_own_channels_and_no_other() -> None:
    allowed = {
        access: {
            channel
            for channel in Channel
            if why(judge_claim(replace(BATCH, access=access), LI, channel, NONE_YET, occasion())) == "allowed"
        }
        for access in Access
    }
    assert allowed[Access.SELF] == {Channel.SELF}
    assert allowed[Access.CARE] == {Channel.CARE}
    assert allowed[Access.CAMPAIGN] == {
        Channel.CARD_OPEN,
        Channel.RECHARGE,
        Channel.SPEND,
        Channel.EXCHANGE,
        Channel.POST_PAYMENT,
        Channel.GAME,
    }


@pytest.mark.rules("CP-1", "CP-2", "X-44")
@pytest.mark.parametrize("kind", [Kind.GOODS, Kind.TICKET])
def test_nobody_takes_a_goods_coupon_himself(kind: Kind) -> None:
    with pytest.raises(BadInput) as refused:
        replace(BATCH, kind=kind)
    assert refused.value.reason.key == "coupon.self_kind"
    assert replace(CAMPAIGN, kind=kind).kind is kind


@pytest.mark.rules("CP-4", "X-54", "X-143")
@pytest.mark.parametrize(
    ("tally", "said"),
    [
        (Tally(99, 0), "allowed"),
        (Tally(100, 0), "coupon.all_taken"),
        (Tally(5, 1), "coupon.limit"),
    ],
)
def test_stock_and_a_blank_limit_of_one_a_person(tally: Tally, said: str) -> None:
    assert why(judge_claim(BATCH, LI, Channel.SELF, tally, occasion())) == said


@pytest.mark.rules("CP-4")
@pytest.mark.parametrize(
    ("audience", "person", "said"),
    [
        (Audience(tiers=frozenset({Tier.GOLD})), LI, "allowed"),
        (Audience(tiers=frozenset({Tier.SILVER})), LI, "coupon.not_for_you"),
        (Audience(groups=frozenset({"runners"})), LI, "allowed"),
        (Audience(groups=frozenset({"divers"})), LI, "coupon.not_for_you"),
        (Audience(), Person(None), "coupon.not_for_you"),
        (Audience(members_only=False), Person(None), "allowed"),
        (Audience(tiers=frozenset({Tier.GOLD}), members_only=False), Person(None), "coupon.not_for_you"),
    ],
)
def test_only_the_eligible_take_one(audience: Audience, person: Person, said: str) -> None:
    assert why(judge_claim(replace(BATCH, audience=audience), person, Channel.SELF, NONE_YET, occasion())) == said


@pytest.mark.rules("CP-29")
def test_a_coupon_switched_off_or_expired_is_not_given_even_by_a_running_campaign() -> None:
    assert why(judge_hand_over(replace(CAMPAIGN, enabled=False), occasion())) == "coupon.off"
    assert why(judge_hand_over(CAMPAIGN, occasion("2026-04-01 00:00"))) == "coupon.expired"
    assert why(judge_hand_over(CAMPAIGN, occasion("2026-03-31 23:59"))) == "allowed"
    assert why(judge_claim(CAMPAIGN, LI, Channel.GAME, NONE_YET, occasion("2026-04-01 00:00"))) == "coupon.expired"


@pytest.mark.rules("CP-6", "CP-21", "CP-22", "X-125")
@pytest.mark.parametrize(
    ("days", "moment", "said"),
    [
        ((date(2026, 2, 5), date(2026, 3, 5)), "2026-02-04 23:59", "coupon.early"),
        ((date(2026, 2, 5), date(2026, 3, 5)), "2026-02-05 00:00", "allowed"),
        ((date(2026, 2, 5), date(2026, 3, 5)), "2026-03-05 23:59", "allowed"),
        ((date(2026, 2, 5), date(2026, 3, 5)), "2026-03-06 00:00", "coupon.expired"),
        ((date(2026, 3, 10), date(2026, 4, 10)), "2026-03-09 23:59", "coupon.early"),
        ((date(2026, 3, 10), date(2026, 4, 10)), "2026-04-10 23:59", "allowed"),
    ],
)
def test_validity_is_whole_days_of_the_propertys_zone(days: tuple[date, date], moment: str, said: str) -> None:
    batch = replace(BATCH, valid=DateRange(*days))
    assert why(judge_use(batch, taken(batch), occasion(moment), HOLIDAYS)) == said


@pytest.mark.rules("CP-5", "AD-4")
def test_only_in_its_stores() -> None:
    batch = replace(BATCH, stores=frozenset({"spa", "pool"}))
    assert why(judge_use(batch, taken(), occasion(store="spa"), HOLIDAYS)) == "allowed"
    refusal = judge_use(batch, taken(), occasion(store="restaurant"), HOLIDAYS)
    assert refusal == replace(refusal, key="coupon.not_here", values=(("stores", "pool, spa"),))
    with pytest.raises(BadInput):
        replace(BATCH, stores=frozenset())


@pytest.mark.rules("CP-5", "X-124")
@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-03-05 13:59", "coupon.not_now"),
        ("2026-03-05 14:00", "allowed"),
        ("2026-03-05 17:00", "coupon.not_now"),
        ("2026-03-06 00:59", "allowed"),
        ("2026-03-06 01:00", "coupon.not_now"),
    ],
)
def test_only_in_its_slots(moment: str, said: str) -> None:
    batch = replace(BATCH, slots=(Slot(time(14), time(17)), Slot(time(23), time(1))))
    assert why(judge_use(batch, taken(), occasion(moment), HOLIDAYS)) == said


NIGHT = replace(BATCH, slots=(Slot(time(22), time(2)),))


@pytest.mark.rules("X-124", "X-125", "CP-6")
@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-03-01 01:00", "coupon.early"),
        ("2026-03-01 22:00", "allowed"),
        ("2026-03-31 23:59", "allowed"),
        ("2026-04-01 01:00", "allowed"),
        ("2026-04-01 02:00", "coupon.expired"),
        ("2026-04-01 22:00", "coupon.expired"),
    ],
)
def test_a_night_belongs_to_the_day_it_began(moment: str, said: str) -> None:
    assert why(judge_use(NIGHT, taken(), occasion(moment), HOLIDAYS)) == said
    until_four = replace(occasion(moment), day_start=time(4))
    over = "coupon.not_now" if moment == "2026-04-01 02:00" else said
    assert why(judge_use(NIGHT, taken(), until_four, HOLIDAYS)) == over


@pytest.mark.rules("X-124", "CP-24", "CP-5")
def test_holidays_and_weekdays_are_those_of_the_day_the_night_began() -> None:
    autumn = replace(NIGHT, valid=DateRange(date(2026, 9, 1), date(2026, 12, 31)), blackout=True)

    def said(moment: str, batch: Batch = autumn) -> str:
        return why(judge_use(batch, taken(), occasion(moment), HOLIDAYS))

    assert said("2026-10-01 01:00") == "allowed"
    assert said("2026-10-02 01:00") == said("2026-10-03 01:00") == "coupon.holiday"
    assert said("2026-10-03 22:00") == said("2026-10-04 01:00") == "allowed"
    mornings = replace(autumn, slots=(*autumn.slots, Slot(time(0), time(3))))
    assert said("2026-10-03 01:00", mornings) == "allowed"
    fridays = replace(NIGHT, slots=(Slot(time(22), time(2), frozenset({4})),))
    assert said("2026-03-07 01:00", fridays) == "allowed"
    assert said("2026-03-06 01:00", fridays) == "coupon.not_now"


@pytest.mark.rules("CP-3")
def test_only_for_its_goods() -> None:
    batch = replace(BATCH, goods=frozenset({"breakfast"}))
    assert why(judge_use(batch, taken(), occasion(), HOLIDAYS, For(frozenset({"breakfast", "tea"})))) == "allowed"
    assert why(judge_use(batch, taken(), occasion(), HOLIDAYS, For(frozenset({"tea"})))) == "coupon.not_for_this"
    assert why(judge_use(batch, taken(), occasion(), HOLIDAYS)) == "allowed"


@pytest.mark.rules("CP-24", "X-123")
def test_not_on_statutory_holidays_each_night_by_its_evening() -> None:
    batch = replace(BATCH, valid=DateRange(date(2026, 1, 1), date(2027, 6, 30)), blackout=True)
    bought = occasion("2026-09-28 12:00")

    def over(*nights: date) -> str:
        return why(judge_use(batch, taken(), bought, HOLIDAYS, For(nights=nights)))

    assert over(date(2026, 9, 29), date(2026, 9, 30)) == "allowed"
    assert over(date(2026, 9, 30), date(2026, 10, 1)) == "coupon.holiday"
    assert over(date(2027, 1, 1)) == "coupon.calendar_unknown"
    assert why(judge_use(batch, taken(), occasion("2026-10-01 12:00"), HOLIDAYS)) == "coupon.holiday"
    assert why(judge_use(replace(batch, blackout=False), taken(), occasion("2026-10-01 12:00"), HOLIDAYS)) == "allowed"


@pytest.mark.rules("CP-15", "X-47")
@pytest.mark.parametrize(
    ("surface", "kind", "attended", "said"),
    [
        (Surface.HANDHELD, Kind.GOODS, False, "allowed"),
        (Surface.LOBBY, Kind.GOODS, False, "coupon.staff_only"),
        (Surface.ROOM, Kind.GOODS, False, "coupon.staff_only"),
        (Surface.LOBBY, Kind.GOODS, True, "allowed"),
        (Surface.LOBBY, Kind.CASH, False, "allowed"),
        (Surface.ROOM, Kind.DISCOUNT, False, "allowed"),
    ],
)
def test_goods_are_handed_over_by_staff(surface: Surface, kind: Kind, attended: bool, said: str) -> None:
    batch = replace(CAMPAIGN, kind=kind, attended=attended)
    assert why(judge_use(batch, taken(), occasion(surface=surface), HOLIDAYS)) == said


@pytest.mark.rules("CP-8", "X-48", "X-60")
def test_another_members_coupon_is_refused_a_friends_coupon_is_not() -> None:
    assert why(judge_use(BATCH, taken(), occasion(presenter="zhao"), HOLIDAYS)) == "coupon.not_yours"
    friends = replace(BATCH, friend_shared=True)
    assert why(judge_use(friends, taken(), occasion(presenter="zhao"), HOLIDAYS)) == "allowed"
    assert why(judge_use(BATCH, taken(), occasion(presenter=None), HOLIDAYS)) == "allowed"
    assert why(judge_use(BATCH, replace(taken(), owner=""), occasion(presenter="zhao"), HOLIDAYS)) == "allowed"


@pytest.mark.rules("CP-7", "X-48", "RF-5", "RF-7")
def test_passing_on_moves_the_right_to_use_and_rewards_the_forwarder_after_the_redemption() -> None:
    batch = replace(BATCH, transferable=True)
    li = occasion(presenter="li")
    assert why(judge_transfer(BATCH, taken(), "zhao", li)) == "coupon.not_transferable"
    assert why(judge_transfer(batch, taken(), "li", li)) == "coupon.to_oneself"
    assert why(judge_transfer(batch, taken(), "zhao", occasion(presenter="sun"))) == "coupon.not_yours"
    assert why(judge_transfer(batch, taken(), "zhao", occasion("2026-04-01 00:00"))) == "coupon.expired"
    assert why(judge_transfer(batch, taken(), "zhao", li)) == "allowed"
    assert why(judge_transfer(batch, taken(), "zhao", occasion("2026-03-31 23:59"))) == "allowed"

    passed = transfer(taken(), "zhao")
    assert why(judge_use(batch, passed, li, HOLIDAYS)) == "coupon.not_yours"
    assert why(judge_use(batch, passed, occasion(presenter="zhao"), HOLIDAYS)) == "allowed"
    assert why(judge_use(batch, passed, occasion(presenter=None), HOLIDAYS)) == "coupon.not_yours"
    assert why(judge_use(replace(batch, friend_shared=True), passed, occasion(presenter=None), HOLIDAYS)) == "allowed"
    assert forwarder_to_reward(passed) is None
    used = use(passed, at("2026-03-05 18:00"), "zhao")
    assert forwarder_to_reward(used) == "li"
    assert forwarder_to_reward(use(taken(), at("2026-03-05 18:00"), "li")) is None


@pytest.mark.rules("X-48")
@pytest.mark.parametrize(
    ("state", "said"),
    [(State.USED, "coupon.used"), (State.HELD, "coupon.held"), (State.RETURNED, "coupon.returned")],
)
def test_one_redemption_is_all_there_is(state: State, said: str) -> None:
    assert why(judge_use(BATCH, replace(taken(), state=state), occasion(), HOLIDAYS)) == said


@pytest.mark.rules("X-48")
def test_using_twice_is_an_error_not_a_second_use() -> None:
    used = use(taken(), at("2026-03-05 18:00"), "li")
    with pytest.raises(BadInput) as twice:
        use(used, at("2026-03-05 18:01"), "li")
    when = (("at", "2026-03-05T18:00:00+08:00"),)
    refused = judge_use(BATCH, used, occasion(), HOLIDAYS)
    assert not isinstance(refused, Allowed)
    assert twice.value.reason.values == refused.values == when
    assert use(replace(taken(), state=State.HELD), at("2026-03-05 18:00"), "li").state is State.USED


@pytest.mark.rules("CP-13")
def test_a_coupon_remembers_the_channel_it_came_through() -> None:
    assert taken().via == "lobby-1"
    assert transfer(taken(), "zhao").via == "lobby-1"


@pytest.mark.parametrize("field", [{"stock": 0}, {"stock": 1.5}, {"per_person": 0}, {"per_person": True}])
def test_nonsense_in_a_batch_is_refused(field: dict[str, int]) -> None:
    with pytest.raises(BadInput):
        replace(BATCH, **field)


@pytest.mark.rules("CP-11", "X-114")
@pytest.mark.parametrize(
    ("points", "paid", "said"),
    [
        (100, 500, "allowed"),
        (99, 500, "points.short"),
        (-1, 500, "points.short"),
        (100, 499, "coupon.to_pay"),
    ],
)
def test_a_coupon_may_cost_points_and_money(points: int, paid: int, said: str) -> None:
    assert why(judge_payment(replace(BATCH, points_price=100, price=500), points, paid)) == said
    assert why(judge_payment(BATCH, -100, 0)) == "allowed"
    unpaid = judge_payment(replace(BATCH, price=500), 0, 120)
    assert unpaid == replace(unpaid, values=(("diff", 380),))


@pytest.mark.rules("CP-32", "X-54")
def test_drops_release_the_stock_piece_by_piece() -> None:
    drops = ((at("2026-03-03 10:00"), 30), (at("2026-03-17 20:00"), 70))
    batch = replace(BATCH, drops=drops)

    def said(when: str, issued: int) -> str:
        return why(judge_claim(batch, LI, Channel.SELF, Tally(issued, 0), occasion(when)))

    assert said("2026-03-03 09:59", 0) == "coupon.next_drop"
    assert said("2026-03-03 10:00", 29) == "allowed"
    assert said("2026-03-03 10:00", 30) == "coupon.next_drop"
    assert said("2026-03-17 20:00", 30) == "allowed"
    assert said("2026-03-17 20:00", 100) == "coupon.all_taken"
    assert replace(BATCH, stock=1, drops=((at("2026-03-03 10:00"), 1),)).released(at("2026-03-03 10:00")) == 1
    for bad in (drops[:1], (*drops, (at("2026-03-20 10:00"), 0))):
        with pytest.raises(BadInput):
            replace(BATCH, drops=bad)


def test_a_coupon_is_judged_by_its_own_batch_only() -> None:
    with pytest.raises(BadInput):
        judge_use(replace(BATCH, id="b2"), taken(), occasion(), HOLIDAYS)


HOURS = st.sampled_from([time(h) for h in range(24)])
SLOTS = st.tuples(HOURS, HOURS).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: Slot(*pair))


@pytest.mark.rules("CP-4", "CP-5", "CP-6", "CP-24")
@given(
    start=st.dates(date(2026, 1, 1), date(2026, 12, 1)),
    length=st.integers(0, 60),
    moment=st.integers(0, 364 * 24 * 60).map(lambda minutes: at("2026-01-01 00:00") + timedelta(minutes=minutes)),
    stores=st.none() | st.frozensets(st.sampled_from(["spa", "restaurant", "pool"]), min_size=1),
    store=st.sampled_from(["spa", "restaurant", "pool"]),
    slots=st.lists(SLOTS, max_size=2).map(tuple),
    blackout=st.booleans(),
)
def test_allowed_exactly_when_every_condition_holds(
    start: date,
    length: int,
    moment: datetime,
    stores: frozenset[str] | None,
    store: str,
    slots: tuple[Slot, ...],
    blackout: bool,
) -> None:
    """The second model: one long condition, hour by hour, without reasons or order."""
    batch = replace(
        BATCH, valid=DateRange(start, start + timedelta(days=length)), stores=stores, slots=slots, blackout=blackout
    )
    began = {
        moment.date() - timedelta(days=moment.hour < slot.start.hour)
        for slot in slots
        if (moment.hour - slot.start.hour) % 24 < (slot.end.hour - slot.start.hour) % 24
    }
    listed = {start + timedelta(days=n) for n in range(length + 1)}
    holidays = {date(2026, 1, 1), date(2026, 10, 1), date(2026, 10, 2)}
    days = began if slots else {moment.date()}
    good = any(day in listed and not (blackout and day in holidays) for day in days)
    expected = good and (stores is None or store in stores)
    here = replace(occasion(store=store), now=moment)
    assert isinstance(judge_use(batch, taken(), here, HOLIDAYS), Allowed) == expected
