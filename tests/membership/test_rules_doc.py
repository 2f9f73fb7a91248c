"""docs/rules.md: written from its source, complete, and citing nothing that does not exist."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]

# How many rules each section of the founding texts has, and how many contradictions were settled.
COUNTS = {
    "ME": 21, "TI": 21, "PT": 31, "SV": 24, "CP": 32, "TC": 7, "DC": 12, "GC": 11, "TK": 3, "GM": 17, "PM": 7, "PB": 1,
    "SC": 9, "CS": 11, "X": 143,
}  # fmt: skip


@pytest.fixture(scope="module")
def script() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("rules_script", str(ROOT / "script" / "rules"))
    spec = importlib.util.spec_from_loader("rules_script", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["rules_script"] = module
    loader.exec_module(module)
    return module


def test_no_rule_of_the_membership_sections_is_missing(script: ModuleType) -> None:
    ids = {rule.id for rule in script.read_rules()}
    wanted = {f"{family}-{number}" for family, count in COUNTS.items() for number in range(1, count + 1)}
    assert wanted - ids == set()


def test_every_rule_stands_in_the_document_with_its_sentence(script: ModuleType) -> None:
    rules = script.read_rules()
    document = script.render(rules, {}, {})
    assert all(f"| {rule.id} | {rule.sentence} |" in document for rule in rules)


def test_places_and_proofs_are_found_where_they_are(script: ModuleType) -> None:
    where = script.citations(script.pattern(script.read_rules()))
    assert "judge_transfer" in where["CP-7"]["membership/coupons.py"]
    tests = script.proofs()
    assert tests["DC-7"]["tests/membership/test_cards.py"][0] == "test_five_days_left_and_thirty_bought_are_thirty_five"


def test_every_rule_of_membership_lives_there_and_is_proved(script: ModuleType) -> None:
    rules = script.read_rules()
    assert script.unproved(rules, script.citations(script.pattern(rules)), script.proofs()) == []


def test_out_of_scope_is_exactly_what_the_founding_texts_put_outside(script: ModuleType) -> None:
    rules = script.read_rules()
    outside = {rule.id for rule in rules if not set(rule.on) & set("KHRC-")}
    assert {rule.id for rule in rules if set(rule.belongs) <= {"phone", "none"}} == outside
    assert outside


def test_nothing_cites_a_rule_that_does_not_exist(script: ModuleType) -> None:
    rules = script.read_rules()
    cited = {**script.citations(script.pattern(rules)), **script.proofs()}
    assert set(cited) - {rule.id for rule in rules} == set()


@pytest.mark.rules("X-84")
@pytest.mark.parametrize(
    "line",
    [
        "CP-1\t5 Coupons\tK\trules\tTwice.",
        "CP-99\t5\tK\tnowhere\tA word.",
        "CP-99\t5\tK\trules",
        "CP-99\t5\tQ\trules\tNo such surface.",
        "CP-99\t5\tPC\tphone\tLeft to the phone, though it is central's too.",
        "CP-99\t5\t-\tnone\tLeft out on nobody's word.",
        "CP-99\t5\tP\tcentral\tThe phone's, taken in.",
    ],
)
def test_a_bad_line_of_the_source_is_named(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    bad = tmp_path / "rules_source.tsv"
    bad.write_text(f"id\tsection\ton\tbelongs\tsentence\nCP-1\t5 Coupons\tK\trules\tOnce.\n{line}\n", "utf-8")
    monkeypatch.setattr(script, "SOURCE", bad)
    with pytest.raises(SystemExit, match=r"rules_source\.tsv:3"):
        script.read_rules()


@pytest.fixture
def small(script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one rule, one module that has it and one test that proves it."""
    for folder in ("docs", "membership", "tests"):
        (tmp_path / folder).mkdir()
    source = tmp_path / "docs" / "rules_source.tsv"
    source.write_text("id\tsection\ton\tbelongs\tsentence\nCP-1\t5 Coupons\tK\trules\tOnce.\n", "utf-8")
    (tmp_path / "membership" / "coupons.py").write_text('def use() -> None:\n    """Once (CP-1)."""\n', "utf-8")
    test = '@pytest.mark.rules("CP-1")\ndef test_once() -> None: ...\n'
    (tmp_path / "tests" / "test_coupons.py").write_text(test, "utf-8")
    monkeypatch.setattr(script, "ROOT", tmp_path)
    monkeypatch.setattr(script, "SOURCE", source)
    monkeypatch.setattr(script, "TARGET", tmp_path / "docs" / "rules.md")
    return tmp_path


def test_a_stale_document_is_noticed(script: ModuleType, small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert script.main(["--check"]) == 1
    assert script.main([]) == 0
    assert script.main(["--check"]) == 0
    document = (small / "docs" / "rules.md").read_text("utf-8")
    assert "`membership/coupons.py`: `use` | `tests/test_coupons.py`: `test_once` |" in document
    (small / "membership" / "coupons.py").write_text('def take() -> None:\n    """Once (CP-1)."""\n', "utf-8")
    assert script.main(["--check"]) == 1
    assert "stale" in capsys.readouterr().out
    assert script.main(["--help"]) == 2


def test_a_rule_without_place_or_proof_is_listed(script: ModuleType, small: Path) -> None:
    (small / "tests" / "test_coupons.py").write_text("", "utf-8")
    assert script.main([]) == 0
    assert "without a test: CP-1." in (small / "docs" / "rules.md").read_text("utf-8")
    assert script.main(["--check"]) == 1


@pytest.mark.parametrize("where", ["membership/coupons.py", "tests/test_coupons.py"])
def test_a_stranger_is_named_where_it_is_cited(
    script: ModuleType, small: Path, capsys: pytest.CaptureFixture[str], where: str
) -> None:
    (small / where).write_text('@pytest.mark.rules("CP-99")\ndef test_once() -> None: ...\n', "utf-8")
    assert script.main([]) == 1
    assert f"CP-99: {where}" in capsys.readouterr().out
