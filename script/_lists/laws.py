"""Time, chance and the environment are given; nothing names a place of one machine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from _lists.house import House

PURE = ("kiosk/flows/", "membership/", "mqtt/messages/")
GIVERS = {
    "hw/clock.py": "the clock of the devices' threads",
    "hw/scanner/child.py": "a process of its own",
    "kiosk/app.py": "makes the terminal",
    "kiosk/front.py": "puts the terminal behind a window",
    "kiosk/screens/window.py": "ties Kivy down, which reads the environment",
    "kiosk/screens/gallery.py": "a program of its own",
    "central/__main__.py": "makes central",
    "central/serve.py": "makes central",
}
"""Where time, chance and the environment may be taken, to be given to everything else."""
TIME_AND_CHANCE = {"time", "random", "secrets", "uuid"}
TAKEN = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "os.urandom", "os.getenv"}


def time_and_chance(house: House) -> Iterator[str]:
    """Nothing takes the time, a random number or the environment: they are given. The pure parts never even ask."""
    for path, tree in house.trees("kiosk/", "hw/", "mqtt/", "membership/", "central/"):
        if path in GIVERS:
            continue
        names = taken_names(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                call = ast.unparse(node.func)
                head, tail = call.split(".")[0], ".".join(call.split(".")[-2:])
                asks = path.startswith(PURE) and call.rsplit(".", 1)[-1] in ("now", "utcnow", "today")
                if head in names or tail in TAKEN or asks:
                    yield f"{path}:{node.lineno} calls {call}(): time and chance are given (docs/architecture.md)"
            elif isinstance(node, ast.Attribute) and ast.unparse(node) == "os.environ":
                yield f"{path}:{node.lineno} reads os.environ: the environment is given (docs/architecture.md)"


def taken_names(tree: ast.Module) -> set[str]:
    """What a module calls the time and random modules, and what it took out of them."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {a.asname or a.name for a in node.names if a.name in TIME_AND_CHANCE}
        elif isinstance(node, ast.ImportFrom) and node.module in TIME_AND_CHANCE:
            names |= {a.asname or a.name for a in node.names if a.name not in ("UUID", "Random")}
    return names


PLACE = re.compile(r"(?<![\w.-])/(?:work|tmp|home/[a-z]+|root|Users)/[\w.-]+")


def places(house: House) -> Iterator[str]:
    """No file outside docs/ names a path that only one machine has."""
    for path, text in house.files.items():
        if not path.startswith("docs/"):
            for number, line in enumerate(text.splitlines(), 1):
                yield from (f"{path}:{number} names a place of one machine: {place}" for place in PLACE.findall(line))
