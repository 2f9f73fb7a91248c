"""Every path of every lobby journey ends safely; and an unsafe journey is found."""

from __future__ import annotations

import gc
from collections import Counter

import pytest

from kiosk.flows.lobby.check_in import check_in
from kiosk.flows.lobby.check_out import check_out
from kiosk.flows.lobby.front_door import visit
from kiosk.flows.lobby.redeem_coupon import redeem_coupon
from kiosk.models.screen import Presented, Pressed, Scanned
from tests.flows.answers import DOCUMENT
from tests.flows.explore import LEAVE, ExploringDesk, paths, random_paths, run, safe_end

JOURNEYS = {
    "check_in by code": lambda desk: check_in(desk, Scanned("booking", "YK1B")),
    "check_in by card": lambda desk: check_in(desk, Presented(DOCUMENT)),
    "check_in": check_in,
    "check_out": check_out,
    "redeem_coupon": redeem_coupon,
    "visit": lambda desk: visit(desk, Pressed("start")),
    "visit by code": lambda desk: visit(desk, Scanned("sn", "YK1S")),
}


@pytest.mark.parametrize("name", JOURNEYS)
def test_every_path_with_two_surprises_ends_safely(name: str) -> None:
    seen = 0
    for desk, end in paths(JOURNEYS[name], deviations=2):
        safe_end(desk, end)
        seen += 1
    assert seen > 4_000


@pytest.mark.parametrize("name", JOURNEYS)
def test_random_paths_end_safely(name: str) -> None:
    for desk, end in random_paths(JOURNEYS[name], 2_000, seed=1):
        safe_end(desk, end)


@pytest.mark.campaign
@pytest.mark.parametrize("name", JOURNEYS)
def test_many_random_paths_end_safely(name: str) -> None:
    for desk, end in random_paths(JOURNEYS[name], 20_000, seed=2):
        safe_end(desk, end)


def test_the_straight_way_hands_over_one_key_for_one_deposit() -> None:
    desk = ExploringDesk({})
    assert run(JOURNEYS["check_in by code"], desk) in ("ended", LEAVE)
    assert desk.keys_out == 1
    assert Counter(m.row for m in desk.matters.values()) == {"kept": 2}


def test_a_journey_that_releases_what_may_be_handed_over_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test that the tests can fail: a release after an unknown key."""
    monkeypatch.setattr(ExploringDesk, "in_doubt", ExploringDesk.not_done)
    with pytest.raises(AssertionError, match="a key is out"):
        for desk, end in paths(JOURNEYS["check_in by code"], deviations=1):
            safe_end(desk, end)


def test_a_journey_that_forgets_to_give_back_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ExploringDesk, "leave", lambda *_: None)
    with pytest.raises(AssertionError, match="left approved"):
        for desk, end in paths(JOURNEYS["check_in by code"], deviations=1):
            safe_end(desk, end)


def test_nothing_of_the_guest_outlives_the_journey() -> None:
    """I16, in the process: no object of the visit holds the document once the journey is over."""
    from kiosk.models.document import Document

    for name in JOURNEYS:
        run(JOURNEYS[name], ExploringDesk({}))
    gc.collect()
    assert [o for o in gc.get_objects() if isinstance(o, Document) and o is not DOCUMENT] == []
