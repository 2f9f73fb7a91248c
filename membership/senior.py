"""The senior's free card: an age proved by the ID card, bound to a receipt, while there are any (ME-19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from membership.hotel_time import age_on
from membership.occasion import Occasion
from membership.preset import SeniorRules
from membership.reasons import Reason
from membership.verdict import Verdict, first, refuse, whole


@dataclass(frozen=True, slots=True)
class Proof:
    """What the guest showed: the identity handle and birth date of an ID card, whether its chip was read (X-58), and
    the number of the receipt it is bound to."""

    identity: str
    born: date
    chip_read: bool
    receipt: str


@dataclass(frozen=True, slots=True)
class Given:
    """What central has given so far: to whom, on which receipts, how many in all (X-54)."""

    identities: frozenset[str] = frozenset()
    receipts: frozenset[str] = frozenset()
    count: int = 0


def judge(rules: SeniorRules, proof: Proof, given: Given, occasion: Occasion) -> Verdict:
    """May this guest have the card now? Without a quantity set it is not on offer, for it is limited (ME-19)."""
    whole("count", given.count)
    return first(
        None if rules.quantity is not None else refuse("senior.not_offered", "ME-19"),
        None if proof.chip_read else refuse("senior.needs_id", "ME-19"),
        None if proof.receipt.strip() else refuse("senior.needs_receipt", "ME-19"),
        _old_enough(rules, proof, occasion),
        refuse("senior.had_one", "ME-19") if proof.identity in given.identities else None,
        refuse("senior.receipt_used", "ME-19", no=proof.receipt) if proof.receipt in given.receipts else None,
        refuse("senior.all_given", "ME-19") if given.count >= (rules.quantity or 0) else None,
    )


def _old_enough(rules: SeniorRules, proof: Proof, occasion: Occasion) -> Reason | None:
    """From the age on, the birthday included (X-50)."""
    if age_on(occasion.today, proof.born) >= rules.min_age:
        return None
    return refuse("senior.too_young", "ME-19", n=rules.min_age)
