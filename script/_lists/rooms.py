"""Settings, screens, journeys, drivers: each list of a terminal against the code that lives by it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from _lists.house import House
from _lists.texts import said


def settings(house: House) -> Iterator[str]:
    """Every setting is read somewhere in the terminal, and every one that is read exists."""
    words = set()
    for path, tree in house.trees("kiosk/"):
        if path == "kiosk/settings.py":
            continue
        texts_said = {key for key, *_ in said(tree)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in texts_said:
                words.add(node.value)
            if key := setting_read(node):
                words.add(key)
                if key not in house.settings:
                    yield f"{path}:{node.lineno} reads setting {key}, which kiosk/settings.py lacks"  # type: ignore[attr-defined]
    for key in sorted(house.settings - words):
        yield f"setting {key} is read by nobody in kiosk/"


def setting_read(node: ast.AST) -> str:
    """The key of `….settings.flag("key")` and its like; empty for anything else."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) == 1:
        on = ast.unparse(node.func.value).lower()
        key = node.args[0]
        reads = node.func.attr in ("flag", "number", "text") and on.endswith(("settings", "current"))
        if reads and isinstance(key, ast.Constant) and isinstance(key.value, str):
            return key.value
    return ""


def screens(house: House) -> Iterator[str]:
    """Every screen that a journey can show is drawn by a page and has a sample."""
    models = {
        node.name
        for _, tree in house.trees("kiosk/models/")
        for node in tree.body
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith("Screen") for base in node.bases)
    }
    for path, what in (("kiosk/screens/registry.py", "page"), ("kiosk/screens/samples.py", "sample")):
        if path not in house.files:
            yield f"{path} is not there"
            continue
        keys = {
            ast.unparse(key).rsplit(".", 1)[-1]
            for node in ast.walk(house.tree(path)) if isinstance(node, ast.Dict)
            for key in node.keys if isinstance(key, ast.Attribute | ast.Name)
        }  # fmt: skip
        yield from (f"screen {name} has no {what} in {path}" for name in sorted(models - keys))
        yield from (f"{path} has {name}, which is no screen of kiosk/models" for name in sorted(keys - models))


def journeys(house: House) -> Iterator[str]:
    """Every journey of a role is walked by the explorer, by itself or as a part of another."""
    left, walked = ["tests/flows/test_explorer.py"], set()
    while left:
        path = left.pop()
        for node in ast.walk(house.tree(path)) if path in house.files else ():
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kiosk.flows."):
                module = f"{(node.module or '').replace('.', '/')}.py"
                left += [module] if module not in walked else []
                walked.add(module)
    for path, _ in house.under(*(f"kiosk/flows/{role}/" for role in ("lobby", "handheld", "room"))):
        if path not in walked and not path.endswith("__init__.py"):
            yield f"{path} is walked by no explorer: tests/flows/test_explorer.py does not lead to it"


def drivers(house: House) -> Iterator[str]:
    """Every driver of the registry is there, and stands in docs/hardware.md."""
    document = house.files.get("docs/hardware.md", "")
    for kind, found in house.drivers.items():
        for name, place in found.items():
            module, factory = place.split(":")
            path = f"{module.replace('.', '/')}.py"
            made = path in house.files and any(
                isinstance(node, ast.FunctionDef) and node.name == factory for node in house.tree(path).body
            )
            if not made:
                yield f"driver {name} of {kind} is not at {place}"
            if f"`{name}`" not in document:
                yield f"driver {name} of {kind} is not in docs/hardware.md"
