"""The explorer: re-runs a journey down every path and asserts that every end is safe (docs/reliability.md, Explorer).

Each step names its possible answers, read off its types. Leaving is delivered only where the guest is asked. What is
physically true - is the key out, did central hold - is chosen apart from what anybody says about it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from kiosk.desk import House, KeyJob, Left
from kiosk.models.lobby import Notice, Working
from kiosk.models.say import say
from kiosk.models.screen import Idle, Screen
from kiosk.settings import Settings
from mqtt.messages.hold import HOLD_AUTHORISE
from mqtt.messages.kind import Kind
from mqtt.messages.outcome import Refused, Reply, Unknown
from mqtt.messages.refusals import ADVICE_REFUSALS, REFUSALS
from mqtt.messages.stay import STAY_CHECK_OUT, STAY_PREPARE
from tests.flows.answers import samples, screen_answers

LEAVE, FAULT = "leave", "fault"
SAYS_NOTHING_HELD = frozenset(
    {"g.offline.mid", "g.server", "d.card.down", "h.fail", "h.short", "h.blocked", "c.room.gone"}
)
"""Pages whose words promise that nothing was taken."""


class Fault(Exception):
    """A fault of ours in the middle of a step."""


@dataclass
class Matter:
    """One operation's two truths: what central has done, and how the journal's row stands."""

    kind: str
    happened: bool
    row: str = "P1"
    """approved, refused, undo, open, P3, kept, P6, doubt, released."""
    follows: str = ""
    bodies: list[Any] = field(default_factory=list)


@dataclass
class ExploringDesk:
    """A desk that chooses its answers. `picks` deviates from the first answer at the fork of that number."""

    picks: dict[int, int]
    chance: random.Random | None = None
    settings: Settings = field(default_factory=lambda: Settings({"lobby.attended": True}))
    forks: list[int] = field(default_factory=list)
    trail: list[str] = field(default_factory=list)
    matters: dict[str, Matter] = field(default_factory=dict)
    keys_out: int = 0
    screens: list[Screen] = field(default_factory=list)
    working_last: bool = False
    staff: list[str] = field(default_factory=list)
    slips: list[str] = field(default_factory=list)
    cans: dict[str, bool] = field(default_factory=dict)
    visits: Counter[str] = field(default_factory=Counter)
    steps: list[tuple[str, str, str]] = field(default_factory=list)
    at: str = "start"

    @property
    def house(self) -> House:
        return House(say("x"), date(2026, 11, 24), datetime(2026, 11, 24, 4, tzinfo=UTC), "noon")

    def fork(self, step: str, options: int, label: Callable[[int], str]) -> int:
        """Choose. A loop runs twice, then the last way out is taken: a guest gives up."""
        n = len(self.forks)
        self.visits[step] += 1
        tired = self.visits[step] > 2
        if n in self.picks:
            pick = min(self.picks[n], options - 1)
        elif tired:
            pick = options - 1
        else:
            pick = self.chance.randrange(options) if self.chance else 0
        self.forks.append(options)
        self.trail.append(f"{step}={label(pick)}")
        return pick

    def can(self, what: str) -> bool:
        if what not in self.cans:
            self.cans[what] = self.fork(f"can {what}", 2, lambda n: ("yes", "no")[n]) == 0
        return self.cans[what]

    async def show(self, screen: Screen) -> Any:
        name = f"{type(screen).__name__} {screen.key}" if isinstance(screen, Notice) else type(screen).__name__
        answers = screen_answers(screen)
        labels = [getattr(a, "action", "") or getattr(a, "kind", "") or type(a).__name__ for a in answers] + [LEAVE]
        self.screens.append(screen)
        self.working_last = False
        if isinstance(screen, Notice) and screen.key in SAYS_NOTHING_HELD:
            last = [m for m in self.matters.values() if m.kind == HOLD_AUTHORISE.name][-1:]
            told = any(isinstance(s, Notice) and s.key == "h.expired" for s in self.screens)
            free = ("refused", "released") if told else ("refused",)
            assert all(m.row in free for m in last), f"{screen.key} says that nothing is held: {self.trail}"
        pick = self.fork(name, len(labels), lambda n: labels[n])
        self.steps.append((self.at, self.trail[-2] if len(self.trail) > 1 else "", name))
        self.at = name
        if labels[pick] == LEAVE:
            raise Left
        return answers[pick]

    def working(self, screen: Working) -> None:
        self.working_last = True

    async def ask(self, kind: Kind[Any, Any], body: Any) -> Any:
        options = [Reply(value) for value in samples(kind.answer)]
        options += [Refused(code) for code in sorted(REFUSALS)]
        options += [Unknown(), Unknown(absent=True)]
        return options[self.fork(kind.name, len(options), lambda n: _label(options[n]))]

    async def request(self, kind: Kind[Any, Any], body: Any, *, asking: Working | None = None) -> Any:
        id_ = f"op-{len(self.matters) + 1}"
        happens = [(Reply(value, id_), True) for value in samples(kind.answer)]
        happens += [(Refused(code, id=id_), False) for code in sorted(REFUSALS)]
        happens += [(Unknown(id_), True), (Unknown(id_), False), (Unknown(id_, absent=True), False)]
        happens += [(Unknown("", absent=True), False)]
        outcome, happened = happens[self.fork(kind.name, len(happens), lambda n: _label(happens[n][0]))]
        captured = kind is HOLD_AUTHORISE and body.capture
        rows = {Reply: "captured" if captured or kind is STAY_CHECK_OUT else "approved", Refused: "refused"}
        unknown = "undo" if kind.undo else "open"
        if outcome.id:
            self.matters[id_] = Matter(kind.name, happened, rows.get(type(outcome), unknown))
        return outcome

    def leave(self, operation: str, reason: str) -> None:
        matter = self.matters[operation]
        if matter.row == "approved" and not matter.follows:
            matter.row = "released"

    async def fulfilling(self, operation: str) -> bool:
        assert self.matters[operation].row == "approved"
        young = self.fork("fulfilling", 2, lambda n: ("young", "too old")[n]) == 0
        self.matters[operation].row = "P3" if young else "released"
        for room in self.matters.values():
            if young and room.kind == STAY_PREPARE.name and room.row == "approved":
                room.follows = operation
        return young

    async def delivered(self, operation: str, kind: Kind[Any, Any], body: Any, slip: Any) -> Any:
        assert self.matters[operation].row == "P3", self.trail
        self.fault("delivered")
        self.matters[operation].row = "kept"
        for room in self.matters.values():
            if room.follows == operation:
                room.row, room.follows = "kept", ""
        self.slips.append(operation)
        options = [Reply(value) for value in samples(kind.answer)]
        options += [Refused(code) for code in sorted(ADVICE_REFUSALS)]
        options += [Unknown()]
        return options[self.fork(kind.name, len(options), lambda n: _label(options[n]))]

    def fault(self, step: str) -> None:
        """Something of ours breaks here, or not."""
        if self.fork(f"fault in {step}", 2, lambda n: ("no", "yes")[n]):
            raise Fault(step)

    def not_done(self, operation: str) -> None:
        assert self.matters[operation].row == "P3", self.trail
        self.matters[operation].row = "P6"
        for room in self.matters.values():
            room.follows = "" if room.follows == operation else room.follows

    def in_doubt(self, operation: str) -> None:
        if self.matters[operation].row == "P3":
            self.matters[operation].row = "doubt"

    async def cut_key(self, job: str, room: str, until: datetime, copy: bool = False) -> KeyJob:
        assert any(m.row == "P3" for m in self.matters.values()), f"a key before P3: {self.trail}"
        truths = ((KeyJob("done", "s1"), 1), (KeyJob("not_done"), 0), (KeyJob("unknown"), 1), (KeyJob("unknown"), 0))
        said, out = truths[self.fork("cut_key", 4, lambda n: f"{truths[n][0].said} out={truths[n][1]}")]
        self.keys_out += out
        self.fault("cut_key")
        return said

    async def keep_slip(self, operation: str, slip: Any) -> None:
        assert self.matters[operation].row == "captured"
        self.slips.append(operation)

    async def print_slip(self, operation: str) -> str:
        assert operation in self.slips, "printed what was never stored"
        return ("printed", "saving")[self.fork("print", 2, lambda n: ("printed", "saving")[n])]

    def number(self, operation: str) -> str:
        assert operation, f"a number for nothing: {self.trail}"
        return operation

    def call_staff(self, about: str, operation: str = "") -> None:
        self.staff.append(about)

    def instant(self) -> str:
        return "2026-11-24T04:00:00.000Z"


Flow = Callable[[Any], Awaitable[None]]
Make = Callable[..., "ExploringDesk"]
Path = tuple[ExploringDesk, str]


def run(flow: Flow, desk: ExploringDesk) -> str:
    """Run `flow` to its end on `desk`, which never really waits. Answers left or ended; anything else escapes."""
    coroutine = flow(desk)
    try:
        coroutine.send(None)  # type: ignore[attr-defined]
    except StopIteration:
        return "ended"
    except Left:
        return LEAVE
    except Fault:
        return FAULT
    raise AssertionError("a step waited for something the desk does not know")


def paths(flow: Flow, deviations: int = 2, make: Make = ExploringDesk) -> Iterator[Path]:
    """Every path with at most `deviations` answers that are not the first."""
    todo: list[dict[int, int]] = [{}]
    while todo:
        picks = todo.pop()
        desk = make(dict(picks))
        end = run(flow, desk)
        yield desk, end
        if len(picks) < deviations:
            for n in range(max(picks, default=-1) + 1, len(desk.forks)):
                todo += [{**picks, n: pick} for pick in range(1, desk.forks[n])]


def random_paths(flow: Flow, count: int, seed: int, make: Make = ExploringDesk) -> Iterator[Path]:
    """`count` paths with every answer drawn by chance."""
    for n in range(count):
        desk = make({}, random.Random(f"{seed}:{n}"))
        yield desk, run(flow, desk)


def safe_end(desk: ExploringDesk, end: str) -> None:
    """Goods = money (I5), nothing held without a release on its way (I9), staff know what nobody else can (I5)."""
    why = f"{desk.trail} -> {end}: {desk.matters}"
    assert end in (LEAVE, FAULT) or desk.screens, why
    assert not desk.working_last or end in (LEAVE, FAULT), f"ended on a waiting screen: {why}"
    holds = [m for m in desk.matters.values() if m.kind == HOLD_AUTHORISE.name and m.row != "captured"]
    for matter in desk.matters.values():
        in_doubt = matter.follows and desk.matters[matter.follows].row == "doubt"
        assert in_doubt or matter.row not in ("approved", "P3"), f"{matter.kind} left {matter.row}: {why}"
    kept = [m for m in holds if m.row == "kept"]
    doubt = [m for m in holds if m.row == "doubt"]
    if desk.keys_out:
        assert kept or doubt, f"a key is out and nothing stands for it: {why}"
    if kept:
        assert desk.keys_out, f"kept without a key: {why}"
    if any(m.row in ("doubt", "open", "undo") for m in desk.matters.values() if m.kind != STAY_PREPARE.name):
        assert desk.staff, f"nobody was called: {why}"
    if any(m.row == "doubt" for m in holds):
        assert "d.card.doubt" in desk.staff, f"in doubt and nobody was called: {why}"
    if end == "ended" and desk.screens:
        last = desk.screens[-1]
        closes = last.idle is Idle.DONE or isinstance(last, Notice) or last.backable or "start" in last.actions \
            or type(last).__name__ == "Home"
        assert closes, f"ended on {type(last).__name__}: {why}"


def _label(outcome: Any) -> str:
    if isinstance(outcome, Refused):
        return outcome.code
    if isinstance(outcome, Unknown):
        return "absent" if outcome.absent else "unknown"
    return "ok"
