"""Run as a program: journals deals through their points and says each one on standard output once it is committed."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from itertools import count
from pathlib import Path

from kiosk.journal import Deal, Draft, open_journal
from kiosk.keyfile import load

AT = "2025-05-01T14:00:00.000Z"
POINTS = ("approved", "fulfilling", "delivered", "done")


def main(directory: Path) -> None:
    numbers = count(os.getpid() * 1_000_000)
    journal = open_journal(
        directory / "journal.db", load(directory / "key", os.urandom),
        ids=lambda: f"01900000-0000-7000-8000-{next(numbers):012x}", at=AT)  # fmt: skip
    while True:
        id_ = f"op-{next(numbers)}"
        draft = Draft(id_, "hold.authorise", lambda seq: b"x" * 300, "intent", AT, deal=id_)
        operation = journal.write(lambda page, draft=draft: page.add(draft)).result()
        deal = Deal(id_, operation.seq, "hold.authorise", "v", "intent", AT)
        for state in ("intent", *POINTS):
            deal = replace(deal, state=state)  # type: ignore[arg-type]
            journal.write(lambda page, deal=deal: page.deal(deal)).result()
            sys.stdout.write(f"{operation.seq} {id_} {state}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
