"""The lines of magnetic-stripe readers: `%`track 1`?` `;`track 2`?` `+`track 3`?`, a track that could not be read as E.
Pure.

A bank card never gets further than this: where any track looks like one, everything read is dropped, and the error
names no digit of it (docs/hardware.md, Cards).
"""

from __future__ import annotations

import re

from hw.card_reader.contract import Card, Medium
from hw.device import DeviceError, Fault

_LINE = re.compile(rb"(?:%([^%;+?]*)\?)?(?:;([^%;+?]*)\?)?(?:[+;]([^%;+?]*)\?)?")
_ENVELOPE = re.compile(rb"\x02?\x1b?([^\x02\x03\x1b]*?)[s\x03]*")
"""Insertion readers on a serial line: STX ESC tracks s CR ETX."""
UNREAD = b"E"
_FINANCIAL_1 = re.compile(r"B[0-9 ]{12,23}\^")
_FINANCIAL_2 = re.compile(r"[0-9]{12,19}=[0-9]{7}")
_RUN = re.compile(r"[0-9]{13,19}")
_ISSUERS = "23456"
"""First digits of the card schemes' numbers."""


def read(line: bytes) -> Card:
    """The card of one swipe. Raises DeviceError: read_failed, payment_card."""
    inside = _ENVELOPE.fullmatch(line)
    found = _LINE.fullmatch(inside[1]) if inside else None
    tracks = [track for track in (found.groups() if found else ()) if track]
    if found is None or not tracks or any(not track.isascii() for track in tracks):
        raise DeviceError(Fault.READ_FAILED, "what was read is no stripe")
    first, second, third = (
        "" if track in (None, UNREAD) else track.decode("ascii") for track in found.groups()
    )
    if is_payment(first, second, third):
        raise DeviceError(Fault.PAYMENT_CARD, "a bank card; nothing of it was kept")
    number = (second or first or third).partition("=")[0]
    if not number:
        raise DeviceError(Fault.READ_FAILED, "no track could be read")
    return Card(Medium.STRIPE, number, (first, second, third))


def is_payment(first: str, second: str, third: str) -> bool:
    """Whether any track has the form of a bank card's, or holds a number that is one by its length, issuer and check
    digit."""
    if _FINANCIAL_1.match(first) or _FINANCIAL_2.match(second):
        return True
    runs = (run[0] for track in (first, second, third) for run in _RUN.finditer(track.replace(" ", "")))
    return any(run[start] in _ISSUERS and luhn(run[start:]) for run in runs for start in range(len(run) - 12))


def luhn(digits: str) -> bool:
    """ISO 7812: every second digit from the right doubled, its digits added."""
    doubled = (int(mark) * (1 + place % 2) for place, mark in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
