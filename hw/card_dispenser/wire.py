"""The adapter line of card dispensers: bytes <-> values, pure.

No dispenser's protocol is open, so this one is ours, for a small adapter program beside the maker's library
(docs/hardware.md, Card dispensers). Lines of ASCII end with CR; `*` and two hexadecimal digits, the XOR of everything
before, close each. We say `ID VERB`; it answers `ID OK` or `ID NO REASON`, then its sensors: `place= stock= bin= jam=
taken= captured=`. The same ID again answers again and moves nothing. By itself it says `0 TAKEN` and its sensors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import xor
from types import MappingProxyType

from hw.card_dispenser.contract import DispenserStatus, Place, Stock
from hw.device import Fault

STATUS, FEED, EJECT, CAPTURE = "STATUS", "FEED", "EJECT", "CAPTURE"
OK, NO, TAKEN = "OK", "NO", "TAKEN"
REASONS: Mapping[str, Fault] = MappingProxyType(
    {
        "EMPTY": Fault.STOCK_OUT,
        "JAM": Fault.CARD_JAM,
        "BIN": Fault.BIN_FULL,
        "WAY": Fault.BUSY,  # a card is in the way
        "CARD": Fault.NO_CARD,
        "VERB": Fault.BAD_REQUEST,
    }
)
_SAID = re.compile(
    r"(?P<id>[0-9A-F]{1,16}) (?P<word>OK|NO|TAKEN)(?: (?P<reason>[A-Z]{2,8}))? place=(?P<place>none|encoder|gate)"
    r" stock=(?P<stock>plenty|low|empty) bin=(?P<bin>ok|full) jam=(?P<jam>no|yes) taken=(?P<taken>\d{1,9})"
    r" captured=(?P<captured>\d{1,9})", re.ASCII,
)  # fmt: skip
_ASKED = re.compile(r"([0-9A-F]{1,16}) ([A-Z]{2,8})")


@dataclass(frozen=True, slots=True)
class Said:
    """What the adapter says. `reason` is empty but after NO."""

    id: str
    word: str
    reason: str
    status: DispenserStatus


def close(text: str) -> bytes:
    """A line with its check and its end."""
    return f"{text}*{_check(text.encode('ascii')):02X}\r".encode("ascii")


def _check(covered: bytes) -> int:
    return reduce(xor, covered, 0)


def opened(line: bytes) -> str | None:
    """The text of a line (without its end) whose check is right; None where it is not."""
    covered, star, check = line.rpartition(b"*")
    if not star or not covered.isascii() or check.upper() != b"%02X" % _check(covered):
        return None
    return covered.decode("ascii")


def ask(job: str, verb: str) -> bytes:
    return close(f"{job} {verb}")


def asked(line: bytes) -> tuple[str, str] | None:
    """(id, verb) of a request; None: not one."""
    found = _ASKED.fullmatch(opened(line) or "")
    return (found[1], found[2]) if found else None


def say(said: Said) -> bytes:
    now = said.status
    head = " ".join(part for part in (said.id, said.word, said.reason) if part)
    return close(
        f"{head} place={now.place} stock={now.stock} bin={'full' if now.bin_full else 'ok'}"
        f" jam={'yes' if now.trouble is Fault.CARD_JAM else 'no'} taken={now.taken} captured={now.captured}"
    )


def said(line: bytes) -> Said | None:
    """What the adapter said in a line (without its end); None: nothing that makes sense."""
    found = _SAID.fullmatch(opened(line) or "")
    if found is None:
        return None
    stock = Stock(found["stock"])
    trouble = Fault.CARD_JAM if found["jam"] == "yes" else Fault.STOCK_OUT if stock is Stock.EMPTY else None
    status = DispenserStatus(
        Place(found["place"]), stock, found["bin"] == "full", trouble, int(found["taken"]), int(found["captured"])
    )
    return Said(found["id"], found["word"], found["reason"] or "", status)
