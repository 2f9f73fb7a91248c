"""Members bring members: one referrer each, up to three levels if switched on (RF; the points are in points.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from membership.money import MAX_FEN, Fen, share
from membership.preset import CampaignRules
from membership.verdict import BadInput, Verdict, first, refuse, whole

LEVELS = 3
"""RF-3 speaks of three levels; the law allows no more."""


@dataclass(frozen=True, slots=True)
class Reward:
    """What one level of a referral chain gets, in fen; level 1 is the direct referrer."""

    member: str
    level: int
    amount: Fen


def judge_referrer(member: str, referrer: str, referrers: Mapping[str, str]) -> Verdict:
    """May `referrer` be written down for the new `member`? One only, not himself, nobody he has brought (RF-2, X-82).

    `referrers` is member -> referrer, as central knows it.
    """
    return first(
        refuse("referral.oneself", "RF-1") if member == referrer else None,
        refuse("referral.has_one", "X-82") if member in referrers else None,
        refuse("referral.circle", "RF-3") if member in _upward(referrer, referrers) else None,
    )


def distribute(buyer: str, amount: Fen, referrers: Mapping[str, str], rules: CampaignRules) -> tuple[Reward, ...]:
    """What the chain above the buyer gets of `amount`: nothing while switched off, at most three levels (RF-3, X-82).

    Terminals know the direct referrer only; the levels are reckoned here, at central. Each level rounds once.
    """
    whole("amount", amount, most=MAX_FEN)
    if not rules.distribution_enabled:
        return ()
    percents = rules.distribution_percent
    if len(percents) > LEVELS:
        raise BadInput("referral.levels", rule="RF-3", n=LEVELS)
    above = _upward(buyer, referrers)[: len(percents)]
    rewards = (Reward(member, n, share(amount, percents[n - 1])) for n, member in enumerate(above, 1))
    return tuple(reward for reward in rewards if reward.amount)


def _upward(member: str, referrers: Mapping[str, str]) -> list[str]:
    """The referrers above a member, nearest first; a circle in the data ends where it closes."""
    chain: list[str] = []
    while (above := referrers.get(member)) is not None and above not in chain:
        chain.append(above)
        member = above
    return chain
