"""Refusals, failures, what is out of service: worded, shown, explained."""

from __future__ import annotations

import re
from collections.abc import Iterator

from _lists.house import NONE, House
from _lists.texts import leads, spoken


def refusals(house: House) -> Iterator[str]:
    """Every refusal of the contract leads to a failure with words, and none is made up."""
    for code in sorted(house.refusals - set(house.refused)):
        yield f"refusal {code} is not worded in kiosk/errors.py REFUSED"
    for code in sorted(set(house.refused) - house.refusals):
        yield f"REFUSED words {code}, which is no refusal of mqtt/messages/refusals.py"
    for code, key in sorted(house.refused.items()):
        if key not in house.failures:
            yield f"refusal {code} leads to {key}, which kiosk/errors.py FAILURES does not have"
        for words in house.catalogues.values():
            if needs := words.get(f"{key}.title", NONE) | words.get(f"{key}.body", NONE):
                yield f"refusal {code} leads to {key}, whose words need {', '.join(sorted(needs))}: it brings none"
                break


def failures(house: House) -> Iterator[str]:
    """Every failure has its sentences and its buttons in both languages, and a code of its own."""
    codes: dict[str, str] = {}
    for key, code in [*((f.key, f.code) for f in house.failures.values()), *house.out_of_service.items()]:
        if codes.setdefault(code, key) != key:
            yield f"code {code} stands for {codes[code]} and for {key}"
    for language, words in house.catalogues.items():
        for key, failure in house.failures.items():
            for part in ("title", "body", "staff"):
                if f"{key}.{part}" not in words:
                    yield f"{key}.{part} has no words in {language}"
            for choice in failure.choices:
                if f"action.{choice}" not in words and (choice == "staff" or f"{key}.{choice}" not in words):
                    yield f"button {choice} of {key} has no words in {language}"
        for key in house.out_of_service:
            for part in ("title", "body"):
                if f"{key}.{part}" not in words:
                    yield f"{key}.{part} (out of service) has no words in {language}"
        for kind in house.kinds.values():
            if kind.unknown and f"{kind.unknown}.title" not in words:
                yield f"{kind.name}: {kind.unknown}.title, said while unknown, has no words in {language}"


def reached(house: House) -> Iterator[str]:
    """Every failure is shown by somebody: by name, by a pattern, or because a refusal leads to it."""
    literals, patterns = spoken(house, ("kiosk/",), but=("kiosk/errors.py", "kiosk/screens/samples.py"))
    for key in [*house.failures, *house.out_of_service]:
        shown = {key, f"{key}.title"} & literals or any(leads(pattern, key, literals) for pattern in patterns)
        if not shown and not (key in house.failures and key in house.refused.values()):
            yield f"failure {key} is shown by nobody in kiosk/"


def operations(house: House) -> Iterator[str]:
    """Every code that a screen can show is explained to those who must clear it."""
    rows = set(re.findall(r"^\| ([A-Z]\d\d) \|", house.files.get("docs/operations.md", ""), re.MULTILINE))
    codes = {failure.code for failure in house.failures.values()} | set(house.out_of_service.values())
    yield from (f"code {code} is not explained in docs/operations.md" for code in sorted(codes - rows))
    yield from (f"docs/operations.md explains {code}, which no screen shows" for code in sorted(rows - codes))
