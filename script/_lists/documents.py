"""What is cited, linked or named is there, and what is generated is fresh."""

from __future__ import annotations

import posixpath
import re
import subprocess
import sys
from collections.abc import Iterator

from _lists.house import CODE, House

CITED = re.compile(r"docs/([a-z_-]+)\.md`?(?:, ([A-Z][\w' -]+))?")


def citations(house: House) -> Iterator[str]:
    """What the code cites, document and section, is there to be read. Ids of rules are script/rules' work."""
    missing: dict[str, str] = {}
    headings: dict[str, list[str]] = {}
    for path, text in house.files.items():
        if path.startswith("docs/") or not path.endswith((".py", ".kv", ".service", ".conf", "acl", "check", ".md")):
            continue
        for name, section in CITED.findall(" ".join(text.split())):
            document = f"docs/{name}.md"
            if document not in house.files:
                missing.setdefault(f"{document} is not there", path)
                continue
            if document not in headings:
                found = re.findall(r"^#+ (.*)$|^\| (\w+) \|", house.files[document], re.MULTILINE)
                headings[document] = [(heading or row).lower() for heading, row in found]
            named = section.strip().lower()
            if named and name != "rules" and not any(heading.startswith(named) for heading in headings[document]):
                missing.setdefault(f"{document} has no section {section.strip()!r}", path)
    yield from (f"{what}, cited by {path}" for what, path in sorted(missing.items()))


NAMED = re.compile(rf"`((?:{'|'.join(CODE)}|assets)/[\w./-]+)[` ]")


def links(house: House) -> Iterator[str]:
    """What a document links to or names is there, pictures too."""
    for path, text in house.files.items():
        if not path.endswith(".md"):
            continue
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text):
            if posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) not in house.paths:
                yield f"{path} links to {target}, which is not there"
        for place in sorted(set(NAMED.findall(text))):
            if place.rstrip("/") not in house.paths:
                yield f"{path} names {place}, which is not there"


def generated(house: House) -> Iterator[str]:
    """The documents that are written from the code are as the code is."""
    for name in ("protocol", "rules", "flows"):
        script, document = f"script/{name}", f"docs/{name}.md"
        if script not in house.files:
            yield f"{script}, which writes {document}, is not there"
            continue
        command = [sys.executable, str(house.root / script), "--check"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            yield f"{script} --check: {(done.stdout + done.stderr).strip() or 'failed'}"
