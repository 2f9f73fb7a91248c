"""`python -m demo.restart DIRECTORY`: end a hotel's broker in order and start it again, as `central facts` names it."""

from __future__ import annotations

import sys
from pathlib import Path

from demo.broker import BrokerFailed, restart


def main(arguments: list[str]) -> int:
    """`arguments` is the hotel's directory; returns the exit status."""
    if len(arguments) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    try:
        restart(Path(arguments[0]) / "broker")
    except (BrokerFailed, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
