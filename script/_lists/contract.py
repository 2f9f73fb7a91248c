"""Every kind of message has a handler, a golden sample and its place in the protocol."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from _lists.house import House


def handlers(house: House) -> Iterator[str]:
    """Central does something with every kind."""
    handled = set()
    for _, tree in house.trees("central/handlers/"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
                names = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
                if any(isinstance(name, ast.Name) and name.id == "HANDLERS" for name in names):
                    handled |= {str(key.value) for key in node.value.keys if isinstance(key, ast.Constant)}
    for name in sorted(set(house.kinds) - handled):
        yield f"kind {name} has no handler in central/handlers"
    for name in sorted(handled - set(house.kinds)):
        yield f"central/handlers handles {name}, which is no kind of mqtt/messages"


def samples(house: House) -> Iterator[str]:
    """Every kind has a golden sample."""
    golden = dict(house.under("tests/contract/", ends=".json")) | dict(house.under("tests/contract/", ends=".jsonl"))
    named = {path.rsplit("/", 1)[-1] for path in golden}
    inside = {kind for text in golden.values() for kind in re.findall(r'"kind"\s*:\s*"([^"]+)"', text)}
    for name in sorted(house.kinds):
        if name not in inside and not any(file.startswith(f"{name}.") for file in named):
            yield f"kind {name} has no golden sample in tests/contract"


def protocol(house: House) -> Iterator[str]:
    """Every kind stands in docs/protocol.md."""
    document = house.files.get("docs/protocol.md")
    if document is None:
        yield "docs/protocol.md is not there"
    else:
        yield from (f"kind {name} is not in docs/protocol.md" for name in sorted(house.kinds) if name not in document)
