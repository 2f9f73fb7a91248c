"""Draws the journeys from what the explorer saw: each screen, and what led from it to the next one."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from tests.flows.explore import Flow, paths
from tests.flows.test_explorer import JOURNEYS

PAGE = Path(__file__).parents[2] / "docs" / "flows.md"
HEAD = """# The journeys, as the explorer walks them

Made by `script/flows`; do not edit. A box is a screen, an arrow what was answered last before the next one: by the
guest, by central or by a device. Only ways with at most one answer that is not the first are drawn.
"""
SHOWN = ("check_in by code", "check_in by card", "check_out", "redeem_coupon")


def diagram(flow: Flow) -> str:
    """One journey as a Mermaid state diagram."""
    ways: dict[tuple[str, str], set[str]] = defaultdict(set)
    for desk, _ in paths(flow, deviations=1):
        for before, answer, after in desk.steps:
            ways[before, after].add(answer.partition("=")[2] or answer)
    lines = ["```mermaid", "stateDiagram-v2"]
    for (before, after), answers in sorted(ways.items()):
        shown = sorted(answers)[:4]
        more = f" (+{len(answers) - 4})" if len(answers) > 4 else ""
        start = "[*]" if before == "start" else _id(before)
        lines.append(f"    {start} --> {_id(after)}: {', '.join(shown)}{more}")
    names = sorted({name for pair in ways for name in pair if name != "start"})
    lines[2:2] = [f'    state "{name}" as {_id(name)}' for name in names]
    return "\n".join([*lines, "```"])


def _id(name: str) -> str:
    return re.sub(r"\W", "_", name)


def document() -> str:
    return HEAD + "".join(f"\n## {name}\n\n{diagram(JOURNEYS[name])}\n" for name in SHOWN)


def main(arguments: list[str]) -> int:
    """Write the page, or with --check say whether it is as it would be written."""
    text = document()
    if "--check" in arguments:
        stale = not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text
        print("docs/flows.md is stale: run script/flows" if stale else "docs/flows.md is fresh")
        return int(stale)
    PAGE.write_text(text, encoding="utf-8")
    return 0
