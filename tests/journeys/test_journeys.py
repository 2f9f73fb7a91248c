"""Every journey of journeys/, straight and unhappy, through everything but the window (the tour has that)."""

from __future__ import annotations

import asyncio

import pytest

from demo.clock import TourClock
from demo.hotel import Hotel
from demo.journey import Journey
from demo.steps import Passed, Steps, answer_directly
from demo.tour import Watched, journeys
from kiosk import app
from kiosk.terminal_file import load
from tests.kiosk.virtual import Glass


@pytest.mark.broker
@pytest.mark.parametrize("journey", journeys(), ids=lambda j: j.name)
async def test_journey(journey: Journey, hotel: Hotel) -> None:
    clock, passed = TourClock(), Passed()
    house = await app.build(load(hotel.terminal_file), hotel.directory, Watched(Glass(), passed), clock)
    serving = asyncio.ensure_future(house.serve())
    steps = Steps(hotel, house, passed, clock, answer_directly(house), lambda: "", journey.languages[0])
    try:
        for step in journey.steps:
            try:
                await steps.do(step.words)
            except Exception as error:
                raise AssertionError(f"{journey.name}.txt:{step.line}: {step}: {error}") from error
    finally:
        house.stop()
        await clock.skip(60)
        await asyncio.wait_for(serving, 20)
        await house.close()


def test_every_journey_looks_at_screen_slip_books_and_outbox() -> None:
    """What `ok` in a tour's summary means: last screen, slip, central's books before and after, an empty outbox."""
    for journey in journeys():
        verbs = [step.words[0] for step in journey.steps]
        assert {"see", "slip", "books", "outbox", "audit"} <= set(verbs), journey.name
        assert verbs.count("books") >= 2 or "coupon" in verbs, journey.name
