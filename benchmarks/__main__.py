"""Runs a measurement by name and prints its figures: a table for people, a last line of JSON for programs."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
from types import ModuleType

from rich.console import Console
from rich.table import Table

import benchmarks


def names() -> list[str]:
    """Every measurement there is."""
    return sorted(m.name for m in pkgutil.iter_modules(benchmarks.__path__) if not m.name.startswith("_"))


def table(name: str, module: ModuleType, figures: dict[str, float]) -> Table:
    """The figures beside what they may be at most (`AT_MOST` of the module)."""
    bounds: dict[str, float] = getattr(module, "AT_MOST", {})
    shown = Table("figure", "measured", "at most", title=name)
    for key, value in figures.items():
        bound = bounds.get(key)
        over = bound is not None and value > bound
        shown.add_row(key, f"[red]{value:g}[/red]" if over else f"{value:g}", "" if bound is None else f"{bound:g}")
    return shown


def main(arguments: list[str]) -> int:
    """Measure; returns the exit status. A figure over its bound is marked, no error: busy machines measure badly."""
    parser = argparse.ArgumentParser(prog="script/measure", description=__doc__)
    parser.add_argument("name", nargs="?", choices=names(), metavar="NAME", help=", ".join(names()))
    parser.add_argument("--json", action="store_true", help="only the last line")
    parser.add_argument("--list", action="store_true", help="name the measurements")
    asked = parser.parse_args(arguments)
    if asked.list or asked.name is None:
        for name in names():
            module = importlib.import_module(f"benchmarks.{name}")
            print(f"{name:10}{(module.__doc__ or '').splitlines()[0]}")
        return 0 if asked.list else 2
    module = importlib.import_module(f"benchmarks.{asked.name}")
    figures: dict[str, float] = module.measure()
    if not asked.json:
        Console().print(table(asked.name, module, figures))
    print(json.dumps({"name": asked.name, "figures": figures}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
