from __future__ import annotations

from pathlib import Path

import pytest

from hw.clock import MonotonicClock
from hw.printer.paper import Face

SYSTEM_FACES = {"NotoSansCJK-Regular.ttc", "DroidSansFallbackFull.ttf", "wqy-microhei.ttc", "wqy-zenhei.ttc"}


@pytest.fixture
def clock() -> MonotonicClock:
    return MonotonicClock()


@pytest.fixture(scope="session")
def face() -> Face:
    """The house's face where it has been built, else any Chinese face of the system."""
    ours = Path(__file__).parents[2] / "assets" / "fonts"
    pairs = [
        (ours / "UI-Regular.otf", ours / "UI-Bold.otf"),
        *((path, path) for path in sorted(Path("/usr/share/fonts").rglob("*")) if path.name in SYSTEM_FACES),
    ]
    for regular, bold in pairs:
        if regular.exists() and bold.exists():
            return Face(regular, bold)
    pytest.skip("no Chinese face on this machine")
