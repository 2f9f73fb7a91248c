"""Every reason a rule gives has its sentence in both languages, and no sentence asks for a value the reason lacks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ROOT / "assets" / "texts" / "rules.tsv"
LINES = TEXTS.read_text("utf-8").splitlines()
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def rows() -> dict[str, tuple[str, str]]:
    return {key: (zh, en) for key, zh, en in (line.split("\t") for line in LINES)}


def sources() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "membership").rglob("*.py")):
        yield str(path.relative_to(ROOT)), path.read_text("utf-8")


def reasons() -> list[tuple[str, str, frozenset[str] | None]]:
    """(where, key, names of its values) of each reason written out in the code; None where values come unpacked."""
    found: list[tuple[str, str, frozenset[str] | None]] = []
    for name, text in sources():
        for call in ast.walk(ast.parse(text)):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or not call.args:
                continue
            key = call.args[0]
            if call.func.id not in ("refuse", "BadInput") or not isinstance(key, ast.Constant):
                continue
            names = [keyword.arg for keyword in call.keywords]
            values = None if None in names else frozenset(n for n in names if n is not None and n != "rule")
            found.append((f"{name}:{call.lineno}", str(key.value), values))
    return found


def test_the_file_is_sorted_without_repeats_and_whole() -> None:
    assert all(len(line.split("\t")) == 3 and all(line.split("\t")) for line in LINES)
    keys = [line.split("\t")[0] for line in LINES]
    assert keys == sorted(set(keys))


def test_both_languages_ask_for_the_same_values() -> None:
    values = {key: [sorted(PLACEHOLDER.findall(sentence)) for sentence in both] for key, both in rows().items()}
    differ = [key for key, (zh, en) in values.items() if zh != en]
    assert differ == []


def test_every_reason_has_its_sentence() -> None:
    known = rows()
    assert [f"{where} {key}" for where, key, _ in reasons() if key not in known] == []


def test_no_sentence_asks_for_a_value_the_reason_lacks() -> None:
    known = rows()
    lacking = [
        f"{where} {key}: {wanted}"
        for where, key, values in reasons()
        if values is not None and (wanted := set(PLACEHOLDER.findall(known.get(key, ("", ""))[1])) - values)
    ]
    assert lacking == []


@pytest.mark.parametrize("key", sorted(rows()))
def test_every_sentence_has_a_reason(key: str) -> None:
    assert any(f'"{key}"' in text for _, text in sources())


def test_sentences_keep_to_the_style_guide() -> None:
    forbidden = ("系统错误", "非法", "无效", "未知异常", "invalid", "illegal", "unknown error", "!", "！")
    slips = [key for key, (zh, en) in rows().items() for word in forbidden if word in zh or word in en.lower()]
    assert slips == []
