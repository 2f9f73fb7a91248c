"""What the tests of the rules share."""

from __future__ import annotations

import pytest
from hypothesis import settings


def pytest_configure(config: pytest.Config) -> None:
    """`@pytest.mark.rules("TI-12", ...)` names the rules a test proves; docs/rules.md lists them."""
    config.addinivalue_line("markers", "rules(*ids): the rules of docs/rules.md that this test proves")


settings.register_profile("rules", deadline=None)  # a busy machine is slow, not wrong
settings.load_profile("rules")
