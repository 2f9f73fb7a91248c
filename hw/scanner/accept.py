"""Which codes that were read are believed. Pure.

One frame is enough for QR and Code 128, which carry strong checks. EAN, UPC, ITF and Code 39 are misread by every
engine now and then: they need two agreeing frames and a payload of their own form. A payload in sight counts once,
until it has been out of sight.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from hw.scanner.contract import Code, CodeKind

SURE = frozenset({CodeKind.QR, CodeKind.CODE128, CodeKind.UNKNOWN})
"""A scan engine that does not name the symbology has compared its own reads already."""
AGREE_WITHIN_S = 1.0
OUT_OF_SIGHT_S = 2.0
LONGEST_PAYLOAD = 1024
"""Bytes; no code of ours has more than 400, and nothing longer is worth a parser's time."""


def well_formed(code: Code) -> bool:
    """Whether the payload has the form of its symbology, check digits included."""
    if not 0 < len(code.raw) <= LONGEST_PAYLOAD:
        return False
    text = code.text
    match code.kind:
        case CodeKind.EAN13:
            return re.fullmatch(r"[0-9]{13}", text) is not None and _gs1_sum(text) == 0
        case CodeKind.EAN8:
            return re.fullmatch(r"[0-9]{8}", text) is not None and _gs1_sum(text) == 0
        case CodeKind.UPCA:
            return re.fullmatch(r"[0-9]{12}", text) is not None and _gs1_sum(text) == 0
        case CodeKind.ITF:
            return re.fullmatch(r"([0-9]{2}){4,}", text) is not None
        case CodeKind.CODE39:
            return re.fullmatch(r"[0-9A-Z .$/+%-]{4,}", text) is not None
    return True


def _gs1_sum(digits: str) -> int:
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits))) % 10


class Acceptance:
    """Remembers what was seen when. `offer` takes what one frame held and returns what is believed and new."""

    def __init__(self) -> None:
        self._candidates: dict[tuple[CodeKind, bytes], float] = {}
        self._in_sight: dict[bytes, float] = {}

    def offer(self, codes: Iterable[Code], at: float) -> list[Code]:
        """`at`: when the frame was taken, in seconds of one steady clock."""
        self._forget(at)
        accepted = []
        for code in codes:
            if not well_formed(code):
                continue
            if code.raw in self._in_sight:
                self._in_sight[code.raw] = at
            elif self._believed(code, at):
                self._in_sight[code.raw] = at
                accepted.append(code)
        return accepted

    def _believed(self, code: Code, at: float) -> bool:
        if code.kind in SURE:
            return True
        seen_before = self._candidates.get((code.kind, code.raw))
        self._candidates[(code.kind, code.raw)] = at
        return seen_before is not None and seen_before < at

    def _forget(self, at: float) -> None:
        self._candidates = {key: seen for key, seen in self._candidates.items() if at - seen <= AGREE_WITHIN_S}
        self._in_sight = {raw: seen for raw, seen in self._in_sight.items() if at - seen <= OUT_OF_SIGHT_S}
