"""Holds against a slow and obvious model: whatever the order, the books and the answers are the model's."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from central.audit import audit
from central.clerk import Clerk
from mqtt.messages.hold import (
    HOLD_ADJUST,
    HOLD_AUTHORISE,
    HOLD_CAPTURE,
    HOLD_RELEASE,
    HoldAdjust,
    HoldAuthorise,
    HoldRelease,
)
from mqtt.messages.kind import Kind
from mqtt.messages.op import OP_UNDO, OpUndo
from mqtt.messages.outcome import Refused, Reply
from tests.central.house import House, handed_over

LEDGERS = ("CNY", "BONUS")
AMOUNTS = st.sampled_from([1, 9_999, 25_000, 40_000, 60_000, 90_000, 110_000])
SENDER = st.sampled_from([None, None, None, "k01", "t01"])
"""None: the terminal that took the hold."""
DELAY = st.sampled_from([0, 0, 0, 301, 901])
TTL = st.sampled_from([1, 60, 300, 900])
NTH = st.integers(0, 5)


@dataclass
class Reserved:
    """A hold as a person would keep it on paper: one line a ledger, what is left on it."""

    left: dict[str, int]
    amount: int
    until: int
    owner: str
    state: str = "held"
    captured: int = 0
    before: list[tuple[str, dict[str, int], int, int]] = field(default_factory=list)
    """What stood before each adjust that may be undone: its id, left, amount, until."""


@dataclass
class Paper:
    """What the member has, what each terminal is owed, and every hold ever named."""

    has: dict[str, int] = field(default_factory=lambda: {"CNY": 100_000, "BONUS": 30_000})
    owed: dict[str, int] = field(default_factory=lambda: {"k01": 0, "t01": 0})
    holds: dict[str, Reserved] = field(default_factory=dict)
    never: set[tuple[str, str]] = field(default_factory=set)
    now: int = 0

    def pass_time(self, ms: int) -> None:
        self.now += ms
        for hold in self.holds.values():
            if hold.state == "held" and hold.until <= self.now:
                hold.state = "expired"

    def free(self, ledger: str) -> int:
        return self.has[ledger] - sum(h.left[ledger] for h in self.holds.values() if h.state == "held")

    def split(self, amount: int) -> dict[str, int] | None:
        cny = min(amount, self.free("CNY"))
        return {"CNY": cny, "BONUS": amount - cny} if amount - cny <= self.free("BONUS") else None

    def authorise(self, who: str, id_: str, amount: int, ttl_ms: int) -> str:
        if (who, id_) in self.never:
            return "undone"
        parts = self.split(amount)
        if parts is None:
            return "insufficient"
        self.holds[id_] = Reserved(parts, amount, self.now + ttl_ms, who)
        return "ok"

    def capture(self, who: str, id_: str, amount: int, final: bool) -> tuple[str, int]:
        hold = self.holds.get(id_)
        if hold is None or hold.owner != who or hold.state == "released":
            if hold is None and final:
                self.never.add((who, id_))
            self.owed[who] += amount
            return "late_posted", amount
        if hold.state == "captured":
            return "already", 0
        late = hold.state == "expired"
        posted = 0
        for ledger in LEDGERS:
            want = min(amount - posted, hold.left[ledger]) if not late else 0
            self.has[ledger] -= want
            hold.left[ledger] -= want
            posted += want
        if late:
            posted = self._late(hold, amount)
        hold.captured += posted
        if posted:
            hold.before.clear()
        if final:
            hold.state = "captured"
        self.owed[who] += amount - posted
        return ("late_posted" if late or posted < amount else "captured"), amount - posted

    def _late(self, hold: Reserved, amount: int) -> int:
        wanted = {}
        for ledger in LEDGERS:
            wanted[ledger] = min(amount - sum(wanted.values()), hold.left[ledger])
        got = {}
        for ledger in LEDGERS:
            got[ledger] = min(wanted[ledger], self.free(ledger))
            self.has[ledger] -= got[ledger]
        more = min(wanted["CNY"] - got["CNY"], self.free("BONUS"))
        self.has["BONUS"] -= more
        hold.left["CNY"] -= got["CNY"] + more
        hold.left["BONUS"] -= got["BONUS"]
        return got["CNY"] + got["BONUS"] + more

    def release(self, who: str, id_: str) -> str:
        hold = self.holds.get(id_)
        if hold is None:
            self.never.add((who, id_))
            return "never"
        if hold.owner != who:
            return "forbidden"
        if hold.state == "captured":
            return "already_captured"
        hold.state = "released"
        return "released"

    def undo(self, who: str, id_: str, refused: bool) -> str:
        hold = self.holds.get(id_)
        if hold is None and refused:
            return "done"
        if hold is None:
            self.never.add((who, id_))
            return "never"
        if hold.owner != who:
            return "forbidden"
        if hold.captured or hold.state == "captured":
            return "too_late"
        hold.state = "released"
        return "undone"

    def undo_adjust(self, id_: str, op: str) -> str:
        hold = self.holds[id_]
        if hold.state == "captured" or not hold.before or hold.before[-1][0] != op:
            return "too_late"
        if hold.state == "released":
            return "undone"
        _, left, amount, until = hold.before[-1]
        mine = hold.left if hold.state == "held" else dict.fromkeys(LEDGERS, 0)
        funded = all(left[ledger] - mine[ledger] <= max(0, self.free(ledger)) for ledger in LEDGERS)
        if until > self.now and not funded and hold.state == "held":
            return "too_late"
        hold.before.pop()
        hold.left, hold.amount, hold.until = dict(left), amount, until
        hold.state = "held" if until > self.now and funded else "expired"
        return "undone"

    def adjust(self, who: str, id_: str, amount: int, ttl_ms: int | None, op: str) -> str:
        hold = self.holds.get(id_)
        if hold is not None and hold.owner != who:
            return "not_yours"
        if hold is None or hold.state != "held":
            return "hold_not_open"
        if amount < hold.captured:
            return "malformed"
        change = amount - hold.amount
        was = (op, dict(hold.left), hold.amount, hold.until)
        if change > 0:
            parts = self.split(change)
            if parts is None:
                return "insufficient"
            for ledger in LEDGERS:
                hold.left[ledger] += parts[ledger]
        for ledger in ("BONUS", "CNY"):
            less = min(max(0, -change), hold.left[ledger])
            hold.left[ledger] -= less
            change += less
        hold.amount = amount
        hold.until = hold.until if ttl_ms is None else self.now + ttl_ms
        hold.before.append(was)
        return "ok"


@dataclass(frozen=True)
class Named:
    """A hold.authorise: who sends it, its bytes, what the model says of it."""

    who: str
    id: str
    payload: bytes
    seq: int
    amount: int
    ttl_ms: int


class Holds(RuleBasedStateMachine):
    """Two terminals, one member; each message may come late, twice, or out of order."""

    def __init__(self) -> None:
        super().__init__()
        self.house = House()
        self.clerks = {"k01": self.house.k, "t01": self.house.t}
        self.members = {name: self.house.member(clerk, "test1") for name, clerk in self.clerks.items()}
        self.paper = Paper(now=self.house.at)
        self.named: list[Named] = []
        self.said: dict[str, str] = {}
        self.adjusts: list[tuple[Named, str]] = []
        self.taken_back: set[str] = set()

    def teardown(self) -> None:
        self.house.store.close()

    @initialize(amounts=st.lists(AMOUNTS, min_size=2, max_size=3))
    def begin(self, amounts: list[int]) -> None:
        for amount in amounts:
            self.write_down(who="t01", amount=amount, ttl=300, send=True)

    @precondition(lambda self: len(self.named) < 6)
    @rule(who=st.sampled_from(["k01", "t01"]), amount=AMOUNTS, ttl=TTL, send=st.booleans())
    def write_down(self, who: str, amount: int, ttl: int, send: bool) -> None:
        clerk = self.clerks[who]
        body = HoldAuthorise(member=self.members[who], amount=amount, purpose="deposit", ttl_s=ttl)
        payload = clerk.message(HOLD_AUTHORISE, body)
        id_ = payload[payload.index(b'"id":"') + 6 :][:36].decode()
        self.named.append(Named(who, id_, payload, clerk.seq, amount, ttl * 1000))
        if send:
            self._send(self.named[-1])

    @rule(nth=NTH)
    def send(self, nth: int) -> None:
        self._send(self._pick(nth))

    def _send(self, named: Named) -> None:
        """A first time is decided, every other time is the same answer."""
        if named.id not in self.said:
            self._identify_again()
            self.said[named.id] = self.paper.authorise(named.who, named.id, named.amount, named.ttl_ms)
        assert self._code(self.clerks[named.who], HOLD_AUTHORISE, named.payload) == self.said[named.id]

    def _identify_again(self) -> None:
        """Handles live 15 minutes from their last use; the model is about money, so they are kept young."""
        with self.house.store.transaction() as tx:
            tx.run("UPDATE handles SET used_at = ?", self.house.at)

    @rule(nth=NTH, who=SENDER, amount=AMOUNTS, after=DELAY)
    def capture_a_part(self, nth: int, who: str | None, amount: int, after: int) -> None:
        self.time_passes(after)
        self._capture(nth, who, amount, final=False)

    @rule(nth=NTH, who=SENDER, amount=st.one_of(st.just(0), AMOUNTS), after=DELAY)
    def capture_the_rest(self, nth: int, who: str | None, amount: int, after: int) -> None:
        self.time_passes(after)
        self._capture(nth, who, amount, final=True)

    def _capture(self, nth: int, who: str | None, amount: int, final: bool) -> None:
        named = self._pick(nth)
        sender = who or named.who
        done = self.clerks[sender].must(HOLD_CAPTURE, handed_over(named.id, amount, final))[1]
        assert (done.state, done.shortfall) == self.paper.capture(sender, named.id, amount, final)
        if done.state != "already":
            assert sum(p.amount for p in done.posted) + done.shortfall == amount

    @rule(nth=NTH, who=SENDER)
    def release(self, nth: int, who: str | None) -> None:
        named = self._pick(nth)
        sender = who or named.who
        outcome = self.clerks[sender].ask(HOLD_RELEASE, HoldRelease(hold=named.id, reason="left"))
        assert _said(outcome) == self.paper.release(sender, named.id)

    @rule(nth=NTH)
    def undo(self, nth: int) -> None:
        named = self._pick(nth)
        body = OpUndo(of=named.id, of_kind="hold.authorise", of_seq=named.seq)
        refused = self.said.get(named.id) == "insufficient"
        assert _said(self.clerks[named.who].ask(OP_UNDO, body)) == self.paper.undo(named.who, named.id, refused)

    @rule(nth=NTH, amount=AMOUNTS, ttl=st.one_of(st.none(), TTL))
    def adjust(self, nth: int, amount: int, ttl: int | None) -> None:
        named = self._pick(nth)
        clerk = self.clerks[named.who]
        payload = clerk.message(HOLD_ADJUST, HoldAdjust(hold=named.id, amount=amount, ttl_s=ttl))
        id_ = payload[payload.index(b'"id":"') + 6 :][:36].decode()
        code = self._code(clerk, HOLD_ADJUST, payload)
        assert code == self.paper.adjust(named.who, named.id, amount, ttl * 1000 if ttl else None, id_)
        if code == "ok":
            self.adjusts.append((named, id_))

    @precondition(lambda self: self.adjusts)
    @rule(nth=NTH, after=DELAY)
    def undo_an_adjust(self, nth: int, after: int) -> None:
        self.time_passes(after)
        named, id_ = self.adjusts[-1 - nth % len(self.adjusts)]
        said = _said(self.clerks[named.who].ask(OP_UNDO, OpUndo(of=id_, of_kind="hold.adjust", of_seq=1)))
        expected = "undone" if id_ in self.taken_back else self.paper.undo_adjust(named.id, id_)
        assert said == expected
        if said == "undone":
            self.taken_back.add(id_)

    def _pick(self, nth: int) -> Named:
        return self.named[nth % len(self.named)]

    @rule(seconds=st.sampled_from([1, 59, 60, 299, 300]))
    def time_passes(self, seconds: int) -> None:
        self.house.wait(seconds)
        self.paper.pass_time(seconds * 1000)

    @rule()
    def sweep(self) -> None:
        self.house.central.tick()

    @rule()
    def central_restarts(self) -> None:
        self.house.central = self.house.worker()
        for clerk in self.clerks.values():
            clerk.central = self.house.central

    @invariant()
    def the_books_are_the_papers(self) -> None:
        with self.house.store.transaction() as tx:
            account = "member:" + tx.rows("SELECT id FROM members WHERE name = '测试一'")[0][0]
            for ledger in LEDGERS:
                assert tx.books.available(account, ledger, self.house.at) == self.paper.free(ledger)
            posted = {led: posted for led, posted, _ in tx.books.balances(account, self.house.at)}
            assert {ledger: posted[ledger] for ledger in LEDGERS} == self.paper.has
            broken = audit(tx, self.house.keys).violations
            assert [v for v in broken if v.invariant != "I9"] == [], "(what is due waits for the sweep)"
        for name, clerk in self.clerks.items():
            assert self.house.suspense(clerk) == self.paper.owed[name]

    def _code(self, clerk: Clerk, kind: Kind[object, object], payload: bytes) -> str:
        outcome = clerk.send(kind, payload)
        assert isinstance(outcome, Reply | Refused)
        return outcome.code if isinstance(outcome, Refused) else "ok"


def _said(outcome: object) -> str:
    """The state of an answer, or the code of a refusal."""
    assert isinstance(outcome, Reply | Refused)
    return outcome.code if isinstance(outcome, Refused) else str(outcome.body.state)  # type: ignore[attr-defined]


TestHolds = Holds.TestCase
TestHolds.settings = settings(
    max_examples=80, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
