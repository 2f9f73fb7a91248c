"""The audit finds what is planted, and names the operation. A checker that finds nothing must be able to."""

from __future__ import annotations

import apsw
import pytest

from central.audit import APPEND_ONLY, audit
from central.fleet import set_value
from mqtt.messages.hold import HOLD_AUTHORISE, HOLD_CAPTURE, HoldAuthorise
from mqtt.messages.op import OP_UNDO, OpUndo
from mqtt.messages.service import SERVICE_CALL, ServiceCall
from tests.central.house import House, handed_over


def busy(house: House) -> dict[str, str]:
    """A house in which everything has happened once. Names of the operations, by what they did."""
    t = house.t
    member = house.member(t, "test1")
    held, _ = t.must(HOLD_AUTHORISE, HoldAuthorise(member=member, amount=700, purpose="deposit"))
    sold, _ = t.must(HOLD_AUTHORISE, HoldAuthorise(member=member, amount=500, purpose="deposit"))
    capture, _ = t.must(HOLD_CAPTURE, handed_over(sold, 600))
    undone, _ = t.must(HOLD_AUTHORISE, HoldAuthorise(member=member, amount=300, purpose="deposit"))
    undo, _ = t.must(OP_UNDO, OpUndo(of=undone, of_kind="hold.authorise", of_seq=4))
    refused = t.ask(HOLD_AUTHORISE, HoldAuthorise(instrument="sn", ref="nothing", count=1))
    called, _ = t.must(SERVICE_CALL, ServiceCall(what="staff", about="help"))
    (coupon,) = house.rows("SELECT id FROM coupons WHERE used_at IS NULL AND batch = 'welcome' LIMIT 1")[0]
    used, _ = t.must(HOLD_AUTHORISE, HoldAuthorise(instrument="sn", ref=coupon, count=1, capture=True))
    with house.store.transaction() as tx:
        set_value(tx, house.keys, "yunqi", "keys.count", 2, house.at)
    assert refused.id is not None
    return {
        "held": held, "sold": sold, "capture": capture, "undone": undone, "undo": undo, "refused": refused.id,
        "called": called, "used": used, "coupon": coupon,
    }  # fmt: skip


PLANTS: tuple[tuple[str, str, str, str], ...] = (
    ("a posting altered", "I1", "capture",
     "UPDATE postings SET amount = amount - 1 WHERE op = '{capture}' AND n = 1"),
    ("an account overdrawn", "I2", "",
     "UPDATE accounts SET posted = held - 1 WHERE held = 700"),
    ("a balance that was not posted", "I2", "",
     "UPDATE accounts SET posted = posted + 1 WHERE posted = 5000"),
    ("suspense that pays", "I2", "capture",
     "UPDATE postings SET amount = -amount WHERE op = '{capture}'"),
    ("held without a hold", "I3", "",
     "UPDATE accounts SET held = held + 1 WHERE held = 700"),
    ("a closed hold that reserves", "I3", "undone",
     "UPDATE hold_legs SET open = 1 WHERE hold = '{undone}'"),
    ("a refusal with an effect", "I4", "sold",
     "UPDATE operations SET outcome = 'refused', code = 'expired' WHERE id = '{sold}'"),
    ("an approval without a hold", "I4", "refused",
     "UPDATE operations SET outcome = 'ok', code = NULL WHERE id = '{refused}'"),
    ("a capture that is gone", "I4", "sold",
     "DELETE FROM captures WHERE op = '{capture}'"),
    ("a posting of nobody", "I6", "ghost",
     "UPDATE postings SET op = 'ghost' WHERE op = '{capture}'"),
    ("an operation without a place", "I6", "called",
     "DELETE FROM places WHERE id = '{called}'"),
    ("a coupon used twice", "I7", "used",
     "UPDATE postings SET amount = amount * 2 WHERE op = '{used}'"),
    ("a used coupon unmarked", "I7", "coupon",
     "UPDATE coupons SET used_at = NULL, used_by = NULL WHERE id = '{coupon}'"),
    ("a hold nobody frees", "I9", "held",
     "UPDATE hold_legs SET until = 1 WHERE hold = '{held}'"),
    ("a deposit after check-out", "I9", "",
     "UPDATE stays SET state = 'out' WHERE room = '1202'"),
    ("a deposit that its stay has lost", "I9", "",
     "UPDATE stays SET hold = NULL WHERE room = '1202'"),
    ("a deposit of a stay that was given back", "I9", "",
     "UPDATE stays SET state = 'given_back' WHERE room = '1202'"),
    ("an expired hold that came back by itself", "I11", "called",
     "INSERT INTO hold_moves VALUES ('{held}', 2, 'expired', '{undo}', 1), ('{held}', 3, 'held', '{called}', 9)"),
    ("a hold that came back", "I11", "undo",
     "INSERT INTO hold_moves VALUES ('{undone}', 3, 'held', '{undo}', 9999999999999)"),
    ("an undone hold that is held", "I11", "undo",
     "UPDATE holds SET state = 'held' WHERE id = '{undone}'"),
    ("a hold in spite of its tombstone", "I11", "undo",
     "INSERT INTO tombstones VALUES ('{held}', 'yunqi/t01', '{undo}', 1)"),
    ("time gone back", "I11", "",
     "UPDATE facts SET value = '5' WHERE key = 'floor'"),
    ("posted and short do not add up", "I12", "capture",
     "UPDATE captures SET shortfall = 0 WHERE op = '{capture}'"),
    ("a batch over-issued", "I13", "welcome",
     "INSERT INTO coupons (id, sn, batch) VALUES ('x', 'x', 'welcome')"),
    ("two operations at one place", "I14", "zz",
     "INSERT INTO places SELECT terminal, journal, seq, 'zz', 1 FROM places WHERE id = '{called}'"),
    ("a watermark too high", "I14", "",
     "UPDATE journals SET contiguous = contiguous + 1"),
    ("configuration not signed", "I15", "",
     "UPDATE config_desired SET signed = CAST(replace(CAST(signed AS TEXT), 'sig', 'gis') AS BLOB)"),
    ("configuration from nowhere", "I15", "yunqi/k01 version 99",
     "INSERT INTO config_reported VALUES ('yunqi/k01', 99, 'applied', '', 1)"),
)  # fmt: skip
"""What is wrong, the promise it breaks, the operation that must be named, and how it is written."""


def plant(house: House, sql: str, *, guards: bool = False) -> None:
    """Write past every guard, as a broken disk or a wrong hand would."""
    connection: apsw.Connection = house.store._connection
    triggers = list(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute(sql)
    assert connection.changes() or guards, "the plant took no root"
    for _, text in triggers if not guards else []:
        connection.execute(text)


@pytest.mark.parametrize(("what", "invariant", "named", "sql"), PLANTS)
def test_what_is_planted_is_found(house: House, what: str, invariant: str, named: str, sql: str) -> None:
    operations = busy(house)
    with house.store.transaction() as tx:
        assert audit(tx, house.keys, quiet=True).violations == ()
    plant(house, sql.format(**operations))
    with house.store.transaction() as tx:
        found = [v for v in audit(tx, house.keys).violations if v.invariant == invariant]
    assert found, what
    if named:
        assert operations.get(named, named) in {v.operation for v in found}


def test_missing_guards_are_found(house: House) -> None:
    plant(house, "DROP TABLE IF EXISTS no_such_table", guards=True)
    with house.store.transaction() as tx:
        found = {v.operation for v in audit(tx, house.keys).violations if v.invariant == "I12"}
    assert found == set(APPEND_ONLY)


def test_a_gap_counts_only_when_all_is_quiet(house: House) -> None:
    house.t.seq += 1
    house.t.must(SERVICE_CALL, ServiceCall(what="staff", about="help"))
    with house.store.transaction() as tx:
        assert audit(tx, house.keys).violations == ()
        assert [v.invariant for v in audit(tx, house.keys, quiet=True).violations] == ["I14"]


def test_the_report_counts(house: House) -> None:
    busy(house)
    with house.store.transaction() as tx:
        report = audit(tx, house.keys)
    assert (report.suspense, report.alarms, report.alarms_total, report.open_holds, report.parked) == (100, 1, 1, 4, 0)


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("sql", ["UPDATE {} SET op = 'x'", "DELETE FROM {}"])
def test_what_is_written_stays(house: House, table: str, sql: str) -> None:
    busy(house)
    house.t.must(OP_UNDO, OpUndo(of="01a20000-0000-7000-8000-000000000001", of_kind="stay.prepare", of_seq=99))
    column = "kind" if table == "operations" else "op"
    with pytest.raises(apsw.ConstraintError, match="append-only"), house.store.transaction() as tx:
        tx.run(sql.format(table).replace("op =", f"{column} ="))
