"""Games: honest chances, never a prize too many, and no way to make anybody win."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from membership.games import (
    Draft,
    Game,
    Kind,
    amend,
    draw,
    end_early,
    judge_delete,
    judge_redeem,
    judge_running,
    odds,
    posted_odds,
    problems,
    redeem,
    start,
    winners,
)
from membership.hotel_time import Span
from membership.occasion import Audience, Occasion, Person, Surface
from membership.plays import (
    Played,
    Player,
    admitted_to_screen,
    chance_for_likes,
    chance_for_spending,
    cost_of_next,
    judge_code_word,
    judge_play,
)
from membership.preset import GameRules, PlayRules, Prize, Tier
from membership.preset_values import ALTERNATIVES, HOTEL
from membership.verdict import BadInput
from tests.membership.houses import SHANGHAI, at, occasion, why

NOW = at("2026-03-05 18:00")
SPAN = Span(at("2026-03-01 00:00"), at("2026-04-01 00:00"))
PRIZES = (Prize("night", 1), Prize("tea", 4))
ONE_PLAY = GameRules("wheel", free_per_day=1, max_total=1, prizes=PRIZES)
DRAFT = Draft("g1", "March wheel", Kind.WHEEL, ONE_PLAY, SPAN, SHANGHAI, 20, date(2026, 4, 30), "manager Sun")
HOTEL_WHEEL = next(game for game in HOTEL.play.games if game.name == "hotel_wheel")


def serials(n: int) -> tuple[str, ...]:
    return tuple(f"SN{k:04d}" for k in range(n))


def started(draft: Draft = DRAFT) -> Game:
    return start(draft, serials(sum(prize.count for prize in draft.rules.prizes)))


def drafts() -> st.SearchStrategy[Draft]:
    counts = st.lists(st.integers(1, 6), min_size=1, max_size=4)
    prizes = counts.map(lambda many: tuple(Prize(f"p{k}", count) for k, count in enumerate(many)))
    return st.builds(
        lambda prizes, people: replace(DRAFT, rules=replace(ONE_PLAY, prizes=prizes), participants=people),
        prizes,
        st.integers(1, 30),
    )


# -- chances --


@pytest.mark.rules("GM-4", "X-74", "X-95")
def test_a_prizes_chance_is_what_is_left_over_the_plays_still_expected() -> None:
    game = started()
    assert odds(game, NOW).parts == (("night", 1), ("tea", 4))
    assert odds(game, NOW).of == 20
    played, win = draw(game, "li", 19, NOW)
    assert win is None
    assert odds(played, NOW).of == 19
    won, win = draw(played, "li", 0, NOW)
    assert win is not None
    assert win.prize == "night"
    assert (odds(won, NOW).parts, odds(won, NOW).of) == ((("night", 0), ("tea", 4)), 18)


@pytest.mark.rules("X-74", "X-95")
@given(drafts())
def test_every_number_of_the_range_wins_exactly_the_published_parts(draft: Draft) -> None:
    game = started(draft)
    chances = odds(game, NOW)
    won = [draw(game, "li", chance, NOW)[1] for chance in range(chances.of)]
    tally = {key: sum(win is not None and win.prize == key for win in won) for key, _ in chances.parts}
    assert tally == dict(chances.parts)
    assert won.count(None) == chances.nothing == chances.of - sum(tally.values())


@pytest.mark.rules("GM-4", "X-74")
@given(drafts(), st.data())
def test_published_odds_add_up_to_the_hundredth(draft: Draft, data: st.DataObject) -> None:
    game = started(draft)
    assert posted_odds(draft) == odds(game, SPAN.start)
    for _ in range(data.draw(st.integers(0, 10))):
        game, _ = draw(game, "li", data.draw(st.integers(0, odds(game, NOW).of - 1)), NOW)
    chances = odds(game, NOW)
    percents = chances.percents()
    assert sum(percent for _, percent in percents) == 10_000
    exact = dict((*chances.parts, ("", chances.nothing)))
    assert all(abs(percent - Fraction(exact[key] * 10_000, chances.of)) < 1 for key, percent in percents)


@pytest.mark.rules("X-74")
@given(drafts(), st.data())
def test_draws_never_give_more_than_there_is_and_give_all_if_all_come(draft: Draft, data: st.DataObject) -> None:
    game = started(draft)
    total = len(game.serials)
    plays = max(draft.expected_plays, total)
    for _ in range(plays):
        game, _ = draw(game, "li", data.draw(st.integers(0, odds(game, NOW).of - 1)), NOW)
        assert all(game.left(prize) >= 0 for prize in draft.rules.prizes)
    assert len(game.wins) == total
    assert {win.sn for win in game.wins} == set(game.serials)
    game, late = draw(game, "zhao", 0, NOW)
    assert late is None


@pytest.mark.rules("X-74")
def test_it_does_not_matter_when_one_plays() -> None:
    """Exactly, over all histories: each of the expected plays wins the night with the same probability."""
    draft = replace(DRAFT, participants=5, rules=replace(ONE_PLAY, prizes=(Prize("night", 1), Prize("tea", 2))))
    histories = [(started(draft), Fraction(1))]
    for _ in range(5):
        following, night = [], Fraction(0)
        for game, likely in histories:
            of = odds(game, NOW).of
            for chance in range(of):
                after, win = draw(game, "li", chance, NOW)
                following.append((after, likely / of))
                night += likely / of * (win is not None and win.prize == "night")
        assert night == Fraction(1, 5)
        histories = following


@pytest.mark.rules("GM-2", "X-35")
@given(st.integers(0, 19), st.sampled_from(["li", "the manager's brother", "SN0000", ""]))
def test_nobody_can_be_made_to_win(chance: int, member: str) -> None:
    _, win = draw(started(), member, chance, NOW)
    _, other = draw(started(), "anybody", chance, NOW)
    assert (win and win.prize) == (other and other.prize)


@pytest.mark.rules("X-35")
def test_the_hotels_own_people_do_not_play() -> None:
    player = Player(Person("li", Tier.GOLD), staff=True)
    assert why(judge_play(started(), player, Played(), lobby())) == "game.staff"


@pytest.mark.rules("GM-2", "X-35", "X-95")
def test_a_withheld_prize_is_not_in_the_chances_before_its_release() -> None:
    draft = replace(DRAFT, releases=(("night", at("2026-03-10 12:00")),))
    game = started(draft)
    assert odds(game, at("2026-03-10 11:59")).parts == (("tea", 4),)
    assert odds(game, at("2026-03-10 12:00")).parts == (("night", 1), ("tea", 4))
    assert draw(game, "li", 0, NOW)[1].prize == "tea"  # type: ignore[union-attr]
    assert draft.release_of("night") == at("2026-03-10 12:00")


@pytest.mark.parametrize("chance", [-1, 20, True, 1.0])
def test_a_number_outside_the_range_is_refused(chance: int) -> None:
    with pytest.raises(BadInput):
        draw(started(), "li", chance, NOW)


# -- the hotel's wheel --


@pytest.mark.rules("GM-5", "BK-7", "X-53", "X-76", "X-94")
def test_the_hotels_wheel_has_118_prizes_and_two_plays_a_day() -> None:
    draft = replace(DRAFT, rules=HOTEL_WHEEL, participants=100)
    assert (draft.plays_a_person, draft.expected_plays) == (62, 6_200)
    assert len(started(draft).serials) == 118
    by_key = {prize.key: prize for prize in HOTEL_WHEEL.prizes}
    assert {key for key, prize in by_key.items() if not prize.not_on_holidays} == {"voucher_50"}
    assert {key: set(prize.excludes) for key, prize in by_key.items() if prize.kind == "voucher"} == {
        "voucher_300": {"group_buy"},
        "voucher_100": {"group_buy", "coupon"},
        "voucher_50": {"group_buy"},
    }


@pytest.mark.rules("GM-4", "GM-5", "GM-6", "X-18", "X-76")
def test_the_first_spin_is_free_the_second_costs_five_points_and_there_is_no_third() -> None:
    game = started(replace(DRAFT, rules=HOTEL_WHEEL))
    li = Player(Person("li"), points=5)
    assert cost_of_next(game, Played()) == 0
    assert why(judge_play(game, li, Played(), lobby())) == "allowed"
    once = Played(free_today=1, total=1)
    assert cost_of_next(game, once) == 5
    assert why(judge_play(game, li, once, lobby())) == "allowed"
    short = judge_play(game, replace(li, points=3), once, lobby())
    assert short == replace(short, key="points.short", values=(("n", 2),))
    twice = Played(free_today=1, paid_today=1, total=2)
    assert why(judge_play(game, li, twice, lobby())) == "game.none_today"
    assert why(judge_play(game, li, replace(twice, chances=1), lobby())) == "allowed"
    assert cost_of_next(game, replace(twice, chances=1)) == 0


@pytest.mark.rules("GM-4", "X-76")
def test_three_spins_a_campaign_is_a_named_alternative() -> None:
    game = started(replace(DRAFT, rules=ALTERNATIVES["play.games"]["three_a_campaign"][0]))
    li = Player(Person("li"))
    assert why(judge_play(game, li, Played(free_today=2, total=2), lobby())) == "allowed"
    assert why(judge_play(game, li, Played(free_today=0, total=3), lobby())) == "game.no_more"
    assert game.draft.plays_a_person == 3


@pytest.mark.rules("X-114")
def test_points_in_debt_play_free_only() -> None:
    game = started(replace(DRAFT, rules=HOTEL_WHEEL))
    debtor = Player(Person("li"), points=-40)
    assert why(judge_play(game, debtor, Played(), lobby())) == "allowed"
    assert why(judge_play(game, debtor, Played(free_today=1), lobby())) == "points.short"


@pytest.mark.rules("GM-1", "GM-3", "GM-7", "CS-9")
def test_guests_play_at_lobby_and_room_and_only_those_it_is_for() -> None:
    for kind in Kind:
        game = started(replace(DRAFT, kind=kind, audience=Audience(tiers=frozenset({Tier.GOLD}))))
        gold, iron = Player(Person("li", Tier.GOLD)), Player(Person("zhao", Tier.IRON))
        assert why(judge_play(game, gold, Played(), lobby())) == "allowed"
        assert why(judge_play(game, gold, Played(), occasion(surface=Surface.ROOM))) == "allowed"
        assert why(judge_play(game, gold, Played(), occasion(surface=Surface.HANDHELD))) == "game.not_here"
        assert why(judge_play(game, iron, Played(), lobby())) == "game.not_for_you"


# -- life --


@pytest.mark.rules("GM-1", "CS-1", "CS-8", "X-125")
def test_a_game_begins_ends_by_itself_or_early() -> None:
    game = started()
    said = {
        text: why(judge_running(game, at(text)))
        for text in ("2026-02-28 23:59", "2026-03-01 00:00", "2026-03-31 23:59", "2026-04-01 00:00")
    }
    assert list(said.values()) == ["game.early", "allowed", "allowed", "game.over"]
    ended = end_early(game, at("2026-03-10 12:00"))
    assert why(judge_running(ended, at("2026-03-10 11:59"))) == "allowed"
    assert why(judge_running(ended, at("2026-03-10 12:00"))) == "game.over"
    assert end_early(ended, at("2026-03-11 12:00")) == ended
    with pytest.raises(BadInput):
        draw(ended, "li", 0, at("2026-03-10 12:00"))


@pytest.mark.rules("GM-1", "CS-1", "CS-7")
def test_once_started_its_prizes_are_locked_and_the_rest_is_not() -> None:
    game, _ = draw(started(), "li", 0, NOW)
    assert amend(game, replace(DRAFT, name="Spring wheel")).draft.name == "Spring wheel"
    for changed in (
        replace(DRAFT, rules=replace(ONE_PLAY, prizes=PRIZES[:1])),
        replace(DRAFT, releases=(("night", at("2026-03-20 12:00")),)),
        replace(DRAFT, id="g2"),
        replace(DRAFT, redeem_until=date(2026, 3, 1)),
        replace(DRAFT, watched_by=""),
    ):
        with pytest.raises(BadInput):
            amend(game, changed)


@pytest.mark.rules("CP-16", "X-75")
def test_serial_numbers_are_made_at_the_start_one_a_prize() -> None:
    assert not hasattr(DRAFT, "serials")
    for numbers in (serials(4), serials(6), ("SN1",) * 5):
        with pytest.raises(BadInput):
            start(DRAFT, numbers)


@pytest.mark.rules("GM-1", "GM-4", "GM-13", "X-18")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rules": replace(ONE_PLAY, prizes=())}, "game.no_prizes"),
        ({"rules": replace(ONE_PLAY, prizes=(PRIZES[0], PRIZES[0]))}, "game.prize_twice"),
        ({"rules": replace(ONE_PLAY, prizes=(Prize("night", 0),))}, "game.prize_none"),
        ({"rules": replace(ONE_PLAY, free_per_day=0)}, "game.nobody_plays"),
        ({"participants": 0}, "game.no_participants"),
        ({"watched_by": " "}, "game.nobody_watches"),
        ({"redeem_until": date(2026, 3, 30)}, "game.redeem_early"),
        ({"releases": (("car", NOW),)}, "game.release_unknown"),
        ({"releases": (("night", at("2026-04-01 00:00")),)}, "game.release_late"),
        ({"announced": at("2026-03-01 00:01")}, "game.announced_late"),
    ],
)
def test_a_draft_that_cannot_start_says_what_to_change(changes: dict[str, object], said: str) -> None:
    draft = replace(DRAFT, **changes)  # type: ignore[arg-type]
    assert [problem.key for problem in problems(draft)] == [said]
    with pytest.raises(BadInput):
        start(draft, serials(5))
    assert problems(replace(DRAFT, announced=at("2026-02-28 00:00"), redeem_until=date(2026, 3, 31))) == ()
    assert problems(replace(DRAFT, announced=SPAN.start)) == ()


@pytest.mark.rules("CP-15", "CP-16", "GM-1", "X-35", "X-47")
def test_a_winner_gets_his_prize_once_from_staff_until_the_last_day() -> None:
    game, win = draw(started(), "li", 0, NOW)
    assert win is not None
    assert why(judge_redeem(game, win.sn, occasion())) == "allowed"
    assert why(judge_redeem(game, "SN0003", occasion())) == "sn.unknown"
    assert why(judge_redeem(game, win.sn, lobby())) == "sn.staff_only"
    assert why(judge_redeem(game, win.sn, occasion(operator=None))) == "sn.staff_only"
    assert why(judge_redeem(game, win.sn, occasion(presenter="zhao"))) == "sn.not_yours"
    assert why(judge_redeem(game, win.sn, occasion("2026-04-30 23:59"))) == "allowed"
    assert why(judge_redeem(game, win.sn, occasion("2026-05-01 00:00"))) == "sn.expired"
    after = redeem(game, win.sn, occasion())
    assert why(judge_redeem(after, win.sn, occasion())) == "sn.used"
    assert after.wins[0].redeemed_by == "wang"
    with pytest.raises(BadInput):
        redeem(after, win.sn, occasion())


@pytest.mark.rules("GM-1")
def test_a_game_is_deleted_after_its_last_day_of_redemption() -> None:
    game, win = draw(started(), "li", 0, NOW)
    assert win is not None
    assert why(judge_delete(game, occasion("2026-03-20 12:00"))) == "game.still_on"
    assert why(judge_delete(game, occasion("2026-04-30 12:00"))) == "game.unredeemed"
    assert why(judge_delete(game, occasion("2026-05-01 12:00"))) == "allowed"
    assert why(judge_delete(redeem(game, win.sn, occasion()), occasion("2026-04-02 12:00"))) == "allowed"


@pytest.mark.rules("GM-13")
def test_winners_are_published_after_the_end() -> None:
    game, win = draw(started(), "li", 0, NOW)
    early = winners(game, NOW)
    assert not isinstance(early, tuple)
    assert early.key == "game.winners_later"
    assert winners(game, at("2026-04-01 00:00")) == (win,)


# -- other chances --


@pytest.mark.rules("GM-10", "X-21")
@pytest.mark.parametrize(
    ("likes", "operator", "had", "said"),
    [
        (30, "wang", False, "allowed"),
        (29, "wang", False, "chance.more_likes"),
        (30, None, False, "chance.needs_operator"),
        (30, "wang", True, "chance.had"),
    ],
)
def test_thirty_likes_confirmed_by_staff_are_a_chance_once(
    likes: int, operator: str | None, had: bool, said: str
) -> None:
    assert why(chance_for_likes(PlayRules(), likes, operator, had)) == said


@pytest.mark.rules("GM-11", "X-56", "X-139", "X-50")
@pytest.mark.parametrize(
    ("paid", "refunded", "had", "said"),
    [
        (100_000, 0, False, "allowed"),
        (99_999, 0, False, "chance.spend_more"),
        (150_000, 50_001, False, "chance.spend_more"),
        (300_000, 0, True, "chance.had"),
    ],
)
def test_a_thousand_yuan_net_of_refunds_is_one_chance(paid: int, refunded: int, had: bool, said: str) -> None:
    assert why(chance_for_spending(PlayRules(), paid, refunded, had)) == said


@pytest.mark.rules("GM-15", "X-50")
def test_five_hundred_on_site_admit_to_the_screen() -> None:
    assert why(admitted_to_screen(PlayRules(), 50_000)) == "allowed"
    assert why(admitted_to_screen(PlayRules(), 49_999)) == "chance.spend_more"


@pytest.mark.rules("GM-16")
@pytest.mark.parametrize(
    ("said", "order", "day", "answer"),
    [
        (" moon ", "A1", date(2026, 3, 31), "allowed"),
        ("sun", "A1", date(2026, 3, 31), "word.wrong"),
        ("moon", " ", date(2026, 3, 31), "word.needs_order"),
        ("moon", "A9", date(2026, 3, 31), "word.order_used"),
        ("moon", "A1", date(2026, 4, 1), "word.over"),
    ],
)
def test_a_secret_word_and_an_order_get_a_gift_once(said: str, order: str, day: date, answer: str) -> None:
    assert why(judge_code_word("moon", said, order, frozenset({"A9"}), date(2026, 3, 31), day)) == answer


def lobby() -> Occasion:
    return occasion(surface=Surface.LOBBY, operator=None)
