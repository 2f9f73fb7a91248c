from __future__ import annotations

import pytest

from hw.clock import MonotonicClock


@pytest.fixture
def clock() -> MonotonicClock:
    return MonotonicClock()
