"""Why something was allowed, refused or reckoned so: a text key and its values.

The sentence itself stands in the catalogues (`assets/texts/`), in every language; rules never hold words.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """`key` names the sentence, `values` fill its placeholders (name, value), `rule` cites an id of docs/rules.md.

    Values whose name begins with `amt` are fen, so that whoever writes the sentence out can write them as money.
    """

    key: str
    values: tuple[tuple[str, str | int], ...] = ()
    rule: str = ""
