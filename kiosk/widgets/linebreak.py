"""Breaks Chinese and English into lines, because Kivy breaks at ASCII spaces alone (docs/ux.md, Lines).

Rules: no line starts with closing punctuation or ends with an opening one; a number stays with its unit and its
currency sign; a word, a masked number and a dash between two numbers stay whole; the last line of a paragraph is not
one lonely character. Pure: `measure` gives the width of a string in any unit, `width` is in the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Measure = Callable[[str], float]

NO_START = frozenset("、，。．：；？！）】》〉」』”’…—·％%‰℃°,.:;?!)]}~～")
NO_END = frozenset("（【《〈「『“‘([{¥￥$#")
DASHES = ("–", "—", "-")
SCRAP = 0.35
"""A second line shorter than this share of the width is a scrap."""
PAUSES = frozenset("，。；：！？,.;:!?")
_UNITS = "年月日时分秒晚份张位层楼个次元项号折间人杯"
_TOKEN = re.compile(
    r"\d+月\d+日(?: 周[一二三四五六日])?"                        # a date
    r"|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ [A-Z][a-z]{2}"
    rf"|\d[\d,.]* ?[{_UNITS}]"                                # a number and its unit
    r"|[A-Za-z0-9À-ɏ¥￥$€#@+\-–*/.,:%_'’]+|\s+|."
)
_CJK = ((0x2E80, 0x9FFF), (0xF900, 0xFAFF), (0xFF00, 0xFFEF), (0x20000, 0x3FFFF))
_NUMBER_SPACE = re.compile(r"[0-9] $")


def is_cjk(char: str) -> bool:
    """Whether a line may break beside this character without a space."""
    code = ord(char)
    return any(first <= code <= last for first, last in _CJK)


def atoms(text: str) -> list[str]:
    """The smallest pieces that stay whole, each with the space that follows it."""
    pieces: list[str] = []
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token.isspace():
            if pieces:
                pieces[-1] += " "
        elif pieces and _sticks(pieces[-1], token):
            pieces[-1] += token
        else:
            pieces.append(token)
    return pieces


def _sticks(before: str, token: str) -> bool:
    """Whether `token` may not start a line after `before`."""
    if token in DASHES or (token[0] in NO_START and not before.endswith(" ")):
        return True
    if before[-1] in NO_END:
        return True
    return bool(_NUMBER_SPACE.search(before)) and is_cjk(token[0])


def wrap(text: str, width: float, measure: Measure) -> str:
    """`text` with line feeds where it must break to fit `width`; a piece wider than a whole line is cut."""
    return "\n".join(_shaped(_lines(part, width, measure), width, measure) for part in text.split("\n"))


def _lines(paragraph: str, width: float, measure: Measure) -> list[list[str]]:
    """Greedy lines, each a list of pieces."""
    if measure(paragraph) <= width:
        return [[paragraph]]
    lines: list[list[str]] = [[]]
    for piece in _cut(atoms(paragraph), width, measure):
        if lines[-1] and measure(("".join(lines[-1]) + piece).rstrip()) > width:
            lines.append([])
        lines[-1].append(piece)
    return lines


def _cut(pieces: list[str], width: float, measure: Measure) -> list[str]:
    """Cut what is wider than a whole line, such as a very long reference."""
    fitting: list[str] = []
    for piece in pieces:
        while len(piece) > 1 and measure(piece.rstrip()) > width:
            fits = max(1, next((n for n in range(len(piece), 0, -1) if measure(piece[:n]) <= width), 1))
            fitting.append(piece[:fits])
            piece = piece[fits:]
        fitting.append(piece)
    return fitting


def _shaped(lines: list[list[str]], width: float, measure: Measure) -> str:
    """Two lines break where the sentence does, or evenly if the second would be a scrap; no last line is one lonely
    character."""
    if len(lines) == 2:
        pieces = lines[0] + lines[1]
        scrap = measure("".join(lines[1])) < SCRAP * width
        pauses = [at for at in range(1, len(pieces)) if pieces[at - 1].rstrip()[-1:] in PAUSES]
        everywhere = list(range(1, len(pieces))) if scrap else []
        lines = _most_even(pieces, pauses, width, measure) or _most_even(pieces, everywhere, width, measure) or lines
    if len(lines) > 1 and _lonely(lines[-1]) and len(lines[-2]) > 1:
        moved = lines[-2][-1]
        if measure((moved + "".join(lines[-1])).rstrip()) <= width:
            lines[-2].pop()
            lines[-1].insert(0, moved)
    return "\n".join("".join(line).rstrip() for line in lines)


def _most_even(pieces: list[str], places: list[int], width: float, measure: Measure) -> list[list[str]] | None:
    """Of the `places` to break at, the one whose longer half is shortest; None if no two halves fit `width`."""
    found = []
    for at in places:
        longer = max(measure("".join(part).rstrip()) for part in (pieces[:at], pieces[at:]))
        if longer <= width:
            found.append((longer, at))
    return [pieces[:min(found)[1]], pieces[min(found)[1]:]] if found else None


def _lonely(line: list[str]) -> bool:
    """One character, or one with punctuation behind it."""
    letters = [char for char in "".join(line).strip() if char not in NO_START]
    return len(letters) <= 1
