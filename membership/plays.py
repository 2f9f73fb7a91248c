"""How often one may play, what a play costs, and what else gives a chance (docs/rules.md, GM; X-18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from membership.games import Game, judge_running
from membership.money import Fen
from membership.occasion import Occasion, Person, Surface
from membership.preset import PlayRules
from membership.reasons import Reason
from membership.verdict import Verdict, first, refuse, whole


@dataclass(frozen=True, slots=True)
class Played:
    """What central has counted for this person in this game. `chances` were given by other deeds and not used yet."""

    free_today: int = 0
    paid_today: int = 0
    total: int = 0
    chances: int = 0

    def __post_init__(self) -> None:
        for name in ("free_today", "paid_today", "total", "chances"):
            whole(name, getattr(self, name), rule="X-18")


@dataclass(frozen=True, slots=True)
class Player:
    """Who wants to play: `points` may be below zero (X-114); `staff` marks the hotel's own people (X-35)."""

    person: Person
    points: int = 0
    staff: bool = False


def cost_of_next(game: Game, played: Played) -> int:
    """Points the next play costs: nothing while free plays or chances are left (X-18, GM-6)."""
    free = played.free_today < game.draft.rules.free_per_day or played.chances > 0
    return 0 if free else game.draft.rules.cost_points


def judge_play(game: Game, player: Player, played: Played, occasion: Occasion) -> Verdict:
    """May this person play once more, now and here? Only where central draws: never offline (X-74)."""
    rules = game.draft.rules
    cost = cost_of_next(game, played)
    running = judge_running(game, occasion.now)
    return first(
        running if isinstance(running, Reason) else None,
        refuse("game.not_here", "GM-1") if occasion.surface is Surface.HANDHELD else None,
        None if game.draft.audience.includes(player.person) else refuse("game.not_for_you", "CS-9"),
        refuse("game.staff", "X-35") if player.staff else None,
        _within_total(rules.max_total, played),
        _within_day(game, played),
        refuse("points.short", "X-114", n=cost - player.points) if cost > player.points and cost > 0 else None,
    )


def chance_for_likes(rules: PlayRules, likes: int, operator: str | None, had: bool) -> Verdict:
    """A chance for collected likes, confirmed by staff, once a member and campaign (GM-10, X-21)."""
    missing = rules.likes_for_chance - whole("likes", likes, rule="GM-10")
    return first(
        None if operator else refuse("chance.needs_operator", "X-21"),
        refuse("chance.had", "X-21") if had else None,
        refuse("chance.more_likes", "GM-10", n=missing) if missing > 0 else None,
    )


def chance_for_spending(rules: PlayRules, paid: Fen, refunded: Fen, had: bool) -> Verdict:
    """A chance for what was paid by any tender during the campaign, net of refunds; one a member (GM-11, X-139)."""
    missing = rules.spend_for_chance - (whole("paid", paid, rule="GM-11") - whole("refunded", refunded, rule="GM-11"))
    return first(
        refuse("chance.had", "X-56") if had else None,
        refuse("chance.spend_more", "GM-11", diff=missing) if missing > 0 else None,
    )


def admitted_to_screen(rules: PlayRules, spent_on_site: Fen) -> Verdict:
    """Admission to the big-screen draw by one day's spend on site (GM-15)."""
    missing = rules.on_site_spend - whole("spent_on_site", spent_on_site, rule="GM-15")
    return first(refuse("chance.spend_more", "GM-15", diff=missing) if missing > 0 else None)


def judge_code_word(word: str, said: str, order_no: str, used: frozenset[str], last_day: date, today: date) -> Verdict:
    """A small gift for the secret word with an order's number, once an order (GM-16)."""
    return first(
        refuse("word.over", "GM-16", date=last_day.isoformat()) if today > last_day else None,
        None if said.strip() == word else refuse("word.wrong", "GM-16"),
        None if order_no.strip() else refuse("word.needs_order", "GM-16"),
        refuse("word.order_used", "GM-16", no=order_no) if order_no in used else None,
    )


def _within_total(most: int | None, played: Played) -> Reason | None:
    """A chance given by another deed comes on top of the plays that the game itself allows."""
    if most is None or played.total < most or played.chances > 0:
        return None
    return refuse("game.no_more", "X-18", n=most)


def _within_day(game: Game, played: Played) -> Reason | None:
    rules = game.draft.rules
    left = played.free_today < rules.free_per_day or played.paid_today < rules.paid_per_day or played.chances > 0
    return None if left else refuse("game.none_today", "X-18")
