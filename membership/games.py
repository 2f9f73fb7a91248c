"""Wheel, scratch card and golden egg: drafted, started, drawn at central, redeemed (docs/rules.md, GM).

The stock decides the chances (X-74, X-95), so that nothing is ever won that is not there, and all of it goes out if as
many play as were expected. A prize may wait for a moment that the rules show (GM-2). A draw knows the game and a given
random number, and nobody's name: there is no way to make anybody win (X-35). Room nights and vouchers are prizes like
others (BK-7). How often one may play stands in `plays.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from membership.hotel_time import Span, aware, hotel_date
from membership.occasion import EVERY_MEMBER, Audience, Occasion, Surface
from membership.preset import GameRules, Prize
from membership.reasons import Reason
from membership.verdict import BadInput, Verdict, first, must, refuse, whole


class Kind(StrEnum):
    """The three games (GM-3, GM-4, GM-7); they differ on the screen only."""

    WHEEL = "wheel"
    SCRATCH = "scratch"
    EGG = "egg"


@dataclass(frozen=True, slots=True)
class Draft:
    """A game before it starts: everything may still change, and there are no serial numbers (X-75).

    `participants` is how many people are expected (GM-4); `releases` hold a prize back until a moment that the rules
    show (X-35); `redeem_until` is the last day a winner gets his prize; `watched_by` names who looks after it (GM-13).
    """

    id: str
    name: str
    kind: Kind
    rules: GameRules
    span: Span
    zone: tzinfo
    participants: int
    redeem_until: date
    watched_by: str
    announced: datetime | None = None
    audience: Audience = EVERY_MEMBER
    releases: tuple[tuple[str, datetime], ...] = ()

    def release_of(self, prize: str) -> datetime | None:
        """When that prize is released; None: from the start."""
        return dict(self.releases).get(prize)

    @property
    def last_day(self) -> date:
        """The hotel date on which it ends."""
        return hotel_date(self.span.end - timedelta(microseconds=1), self.zone)

    @property
    def plays_a_person(self) -> int:
        """How often one person may play in all."""
        days = (self.last_day - hotel_date(self.span.start, self.zone)).days + 1
        daily = (self.rules.free_per_day + self.rules.paid_per_day) * days
        return daily if self.rules.max_total is None else min(daily, self.rules.max_total)

    @property
    def expected_plays(self) -> int:
        """Expected participants times the plays a person (X-94)."""
        return self.participants * self.plays_a_person


@dataclass(frozen=True, slots=True)
class Win:
    """A prize drawn: its serial number, who drew it and when, and when it was handed over."""

    sn: str
    prize: str
    member: str
    at: datetime
    redeemed_at: datetime | None = None
    redeemed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Game:
    """A started game. `serials` are given out from the front, a prize each; `plays` counts all plays made."""

    draft: Draft
    serials: tuple[str, ...]
    plays: int = 0
    wins: tuple[Win, ...] = ()
    ended_at: datetime | None = None

    def left(self, prize: Prize) -> int:
        """How many of the prize have not been drawn."""
        return prize.count - sum(win.prize == prize.key for win in self.wins)


@dataclass(frozen=True, slots=True)
class Odds:
    """The chances of the next play: each prize's parts of `of`; what the parts leave is no prize."""

    parts: tuple[tuple[str, int], ...]
    of: int

    @property
    def nothing(self) -> int:
        """The parts that win nothing."""
        return self.of - sum(parts for _, parts in self.parts)

    def percents(self) -> tuple[tuple[str, int], ...]:
        """Hundredths of a per cent as published, "" for no prize: rounded so that they add up to 10,000 exactly."""
        shares = (*self.parts, ("", self.nothing))
        floors = [parts * 10_000 // self.of for _, parts in shares]
        by_rest = sorted(range(len(shares)), key=lambda n: -(shares[n][1] * 10_000 % self.of))
        for n in by_rest[: 10_000 - sum(floors)]:
            floors[n] += 1
        return tuple((key, floor) for (key, _), floor in zip(shares, floors, strict=True))


def problems(draft: Draft) -> tuple[Reason, ...]:
    """What a person must change before the game can start."""
    rules = draft.rules
    keys = [prize.key for prize in rules.prizes]
    checks = (
        None if rules.prizes else refuse("game.no_prizes", "GM-1"),
        refuse("game.prize_twice", "GM-1") if len(set(keys)) < len(keys) else None,
        None if all(prize.count > 0 for prize in rules.prizes) else refuse("game.prize_none", "GM-1"),
        None if draft.plays_a_person > 0 else refuse("game.nobody_plays", "X-18"),
        None if draft.participants > 0 else refuse("game.no_participants", "GM-4"),
        None if draft.watched_by.strip() else refuse("game.nobody_watches", "GM-13"),
        _redeemable_after_end(draft),
        *(_release_problem(draft, key, moment) for key, moment in draft.releases),
        refuse("game.announced_late", "CS-8") if draft.announced and not _before(draft.announced, draft) else None,
    )
    return tuple(check for check in checks if check is not None)


def start(draft: Draft, serials: tuple[str, ...]) -> Game:
    """The game, started, with a serial number a prize, made now (X-75). A draft with problems, or numbers too few or
    repeated: `BadInput`."""
    for problem in problems(draft):
        must(problem)
    prizes = sum(prize.count for prize in draft.rules.prizes)
    if len(serials) != prizes or len(set(serials)) != prizes:
        raise BadInput("game.serials", rule="CP-16", n=len(set(serials)), wanted=prizes)
    return Game(draft, serials)


def amend(game: Game, draft: Draft) -> Game:
    """The started game with other content (CS-7); its prizes and their release are locked (GM-1). Those changed, or
    content with which a game could not start: `BadInput`."""
    if draft.id != game.draft.id or _locked(draft) != _locked(game.draft):
        raise BadInput("game.prizes_locked", rule="GM-1", name=game.draft.name)
    for problem in problems(draft):
        must(problem)
    return replace(game, draft=draft)


def end_early(game: Game, now: datetime) -> Game:
    """The game, ended before its time (GM-1)."""
    return game if game.ended_at is not None else replace(game, ended_at=now)


def judge_running(game: Game, now: datetime) -> Verdict:
    """Is the game on (CS-1, CS-8)?"""
    draft = game.draft
    over = game.ended_at is not None and aware(now) >= aware(game.ended_at)
    early = aware(now) < aware(draft.span.start)
    return first(
        refuse("game.early", "CS-8", at=draft.span.start.isoformat()) if early else None,
        refuse("game.over", "GM-1") if over or not (early or draft.span.holds(now)) else None,
    )


def odds(game: Game, now: datetime) -> Odds:
    """The chances of the next play: p(prize) = left ÷ max(plays still expected, all prizes left) (X-95). Prizes not yet
    released do not count (X-35)."""
    released = [prize for prize in game.draft.rules.prizes if _released(game.draft, prize, now)]
    parts = tuple((prize.key, game.left(prize)) for prize in released)
    prizes_left = sum(left for _, left in parts)
    return Odds(parts, max(1, game.draft.expected_plays - game.plays, prizes_left))


def posted_odds(draft: Draft) -> Odds:
    """The chances of the first play, as the rules of the game post them before it starts."""
    return odds(Game(draft, ()), draft.span.start)


def draw(game: Game, member: str, chance: int, now: datetime) -> tuple[Game, Win | None]:
    """The game after one play, and what was won. `chance` is a random number below `odds(...).of`, drawn by the caller
    just now; another is `BadInput`, as is a game not running. `member` is written down and decides nothing."""
    must(judge_running(game, now))
    chances = odds(game, now)
    whole("chance", chance, most=chances.of - 1)
    played = replace(game, plays=game.plays + 1)
    for prize, parts in chances.parts:
        if chance < parts:
            win = Win(game.serials[len(game.wins)], prize, member, now)
            return replace(played, wins=(*game.wins, win)), win
        chance -= parts
    return played, None


def judge_redeem(game: Game, sn: str, occasion: Occasion) -> Verdict:
    """May the prize of this serial number be handed over now (CP-16, X-47)? A number nobody has won is unknown: typing
    it never wins (X-35)."""
    win = next((win for win in game.wins if win.sn == sn), None)
    if win is None:
        return refuse("sn.unknown", "CP-16")
    return first(
        _not_redeemed(win),
        _in_time(game.draft, occasion),
        _by_staff(occasion),
        None if occasion.presenter in (None, win.member) else refuse("sn.not_yours", "CP-16"),
    )


def redeem(game: Game, sn: str, occasion: Occasion) -> Game:
    """The game with that prize handed over."""
    must(judge_redeem(game, sn, occasion))
    wins = (
        replace(win, redeemed_at=occasion.now, redeemed_by=occasion.operator) if win.sn == sn else win
        for win in game.wins
    )
    return replace(game, wins=tuple(wins))


def winners(game: Game, now: datetime) -> tuple[Win, ...] | Reason:
    """The winners, published after the end (GM-13)."""
    running = judge_running(game, now)
    if isinstance(running, Reason) and running.key == "game.over":
        return game.wins
    return refuse("game.winners_later", "GM-13")


def judge_delete(game: Game, occasion: Occasion) -> Verdict:
    """May the game be deleted: over, and nothing left to be redeemed (GM-1)?"""
    waiting = any(win.redeemed_at is None for win in game.wins) and occasion.today <= game.draft.redeem_until
    return first(
        refuse("game.still_on", "GM-1") if not isinstance(judge_running(game, occasion.now), Reason) else None,
        refuse("game.unredeemed", "GM-1", date=game.draft.redeem_until.isoformat()) if waiting else None,
    )


def _locked(draft: Draft) -> tuple[object, ...]:
    return draft.rules.prizes, draft.releases


def _released(draft: Draft, prize: Prize, now: datetime) -> bool:
    release = draft.release_of(prize.key)
    return release is None or aware(now) >= aware(release)


def _release_problem(draft: Draft, key: str, moment: datetime) -> Reason | None:
    if key not in {prize.key for prize in draft.rules.prizes}:
        return refuse("game.release_unknown", "X-35", prize=key)
    return None if aware(moment) < aware(draft.span.end) else refuse("game.release_late", "X-35", prize=key)


def _redeemable_after_end(draft: Draft) -> Reason | None:
    if draft.redeem_until >= draft.last_day:
        return None
    return refuse("game.redeem_early", "GM-1", date=draft.redeem_until.isoformat())


def _before(announced: datetime, draft: Draft) -> bool:
    return aware(announced) <= aware(draft.span.start)


def _by_staff(occasion: Occasion) -> Reason | None:
    handed_over = occasion.surface is Surface.HANDHELD and occasion.operator is not None
    return None if handed_over else refuse("sn.staff_only", "X-47")


def _not_redeemed(win: Win) -> Reason | None:
    if win.redeemed_at is None:
        return None
    return refuse("sn.used", "CP-16", time=win.redeemed_at.isoformat(), staff=win.redeemed_by or "")


def _in_time(draft: Draft, occasion: Occasion) -> Reason | None:
    if occasion.today <= draft.redeem_until:
        return None
    return refuse("sn.expired", "GM-1", date=draft.redeem_until.isoformat())
