"""docs/pricing.md says what the program does: its examples are run, its worked check is compared."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

DOC = Path(__file__).resolve().parents[2] / "docs" / "pricing.md"


@pytest.mark.rules("X-32", "X-90", "X-31", "CP-23")
def test_the_examples_give_what_the_page_says() -> None:
    result = doctest.testfile(str(DOC), module_relative=False, encoding="utf-8")
    assert result.attempted >= 20
    assert result.failed == 0


@pytest.mark.rules("X-32")
def test_the_table_of_the_worked_check_is_the_programs_own() -> None:
    text = DOC.read_text("utf-8")
    rows = re.findall(r"^\| [^|]+ \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", text, re.MULTILINE)
    table = [tuple(round(float(cell) * 100) for cell in row) for row in rows]
    printed = re.findall(r"^ {4}\S+ +\w+ +(\d+) +(\d+) +(\d+)  price\.", text, re.MULTILINE)
    assert table == [tuple(int(cell) for cell in row) for row in printed]
    assert len(table) == 5
