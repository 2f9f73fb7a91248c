"""What is done from central's own desk: furnishing, configuration, commands, keys, backups, facts."""

from __future__ import annotations

import base64
import json
import random
from datetime import UTC, datetime
from pathlib import Path

import apsw
import pytest
from typer.testing import CliRunner

from central import backup, fleet
from central.__main__ import app
from central.audit import audit
from central.furnish import PLANS, PROPERTY, AlreadyFurnished, furnish
from central.house import HousePms
from central.keys import keys_from, keys_in
from central.ledger.migrate import SchemaTooNew, Step, migrate, steps
from central.ledger.sqlite import SqliteStore
from central.settings import BadSettings, read_settings
from mqtt.messages import wire
from mqtt.messages.fleet import Configuration, Signed
from mqtt.messages.link import HeartbeatAck
from mqtt.messages.service import SERVICE_CALL, ServiceCall
from tests.central.house import AFTERNOON, House

# -- furnishing -------------------------------------------------------------------------------------------------------


def dump(store: SqliteStore) -> list[str]:
    with store.transaction() as tx:
        tables = [name for (name,) in tx.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return [repr(row) for table in tables for row in tx.rows(f"SELECT * FROM {table}")]


def test_the_same_seed_and_instant_give_the_same_hotel(house: House) -> None:
    again, other = SqliteStore(":memory:"), SqliteStore(":memory:")
    furnish(again, house.keys, AFTERNOON)
    assert dump(again) == dump(house.store)
    furnish(other, house.keys, AFTERNOON, seed=2)
    assert dump(other) != dump(house.store)
    with pytest.raises(AlreadyFurnished):
        furnish(again, house.keys, AFTERNOON)


@pytest.mark.parametrize("hour", [0, 5, 15, 16, 23])
def test_bookings_are_due_on_the_hotels_own_date_at_any_hour(hour: int) -> None:
    keys, now = keys_from(b"x"), datetime(2026, 3, 1, hour, 30, tzinfo=UTC)
    store = SqliteStore(":memory:")
    furnish(store, keys, now)
    local = "2026-03-02" if hour >= 16 else "2026-03-01"
    with store.transaction() as tx:
        due = [b for b in HousePms(tx).bookings(PROPERTY) if b.arrival == local]
        assert len(due) >= 13
        assert len(tx.rows("SELECT 1 FROM rooms")) == 20
        assert len(tx.rows("SELECT 1 FROM members")) >= 12
        assert len(tx.rows("SELECT 1 FROM stays WHERE state = 'in_house'")) == sum(p.in_house for p in PLANS)
        assert audit(tx, keys, quiet=True).violations == ()


# -- the fleet --------------------------------------------------------------------------------------------------------


def newest(house: House, terminal: str) -> Configuration:
    rows = house.rows("SELECT signed FROM config_desired WHERE terminal = ? ORDER BY version DESC LIMIT 1", terminal)
    signed = wire.decode(rows[0][0], Signed)
    payload = base64.b64decode(signed.payload)
    house.keys.config.public_key().verify(base64.b64decode(signed.sig), payload)
    return wire.decode(payload, Configuration)


def test_a_terminals_layer_overrides_its_propertys_and_that_the_global(house: House) -> None:
    with house.store.transaction() as tx:
        assert len(fleet.set_value(tx, house.keys, "*", "idle.guest_s", 60, house.at)) == 7
        assert len(fleet.set_value(tx, house.keys, PROPERTY, "idle.guest_s", 90, house.at)) == 7
        assert fleet.set_value(tx, house.keys, "yunqi/k01", "idle.guest_s", 45, house.at) == ("yunqi/k01",)
        assert fleet.set_value(tx, house.keys, "yunqi/k01", "idle.guest_s", 45, house.at) == ()
        assert "yunqi/k01" not in fleet.set_value(tx, house.keys, PROPERTY, "idle.guest_s", 91, house.at)
    assert (newest(house, "yunqi/k01").settings, newest(house, "yunqi/k01").version) == ({"idle.guest_s": 45}, 3)
    assert newest(house, "yunqi/h01").settings == {"idle.guest_s": 91}
    with house.store.transaction() as tx:
        fleet.set_value(tx, house.keys, "yunqi/k01", "idle.guest_s", None, house.at)
    assert (newest(house, "yunqi/k01").settings, newest(house, "yunqi/k01").version) == ({"idle.guest_s": 91}, 4)
    with house.store.transaction() as tx, pytest.raises(fleet.BadScope):
        fleet.set_value(tx, house.keys, "yunqi/k99", "idle.guest_s", 1, house.at)


@pytest.mark.parametrize(("text", "value"), [
    ("true", True), ("false", False), ("12", 12), ("-3", -3), ("zh-Hans", "zh-Hans"), ('"12"', "12"), ("-", "-"),
])  # fmt: skip
def test_values_as_typed(text: str, value: bool | int | str) -> None:
    assert fleet.parse_value(text) == value
    assert type(fleet.parse_value(text)) is type(value)


def test_what_terminals_report_is_shown(house: House) -> None:
    k = house.k.terminal
    with house.store.transaction() as tx:
        fleet.set_value(tx, house.keys, "yunqi/k01", "idle.guest_s", 45, house.at)
    for leaf, said in (
        ("state", {"online": True, "boot": house.k.boot, "app": "0.1.0", "config": 0}),
        ("health", {"devices": [], "parked": 2, "in_doubt": 0, "rss_kb": 1, "disk_free_kb": 1, "clock_trusted": True}),
        ("config/reported", {"version": 1, "state": "rejected", "reasons": ["idle.guest_s: no"]}),
        ("cmd/result", {"id": house.k.visit, "ok": True, "reason": ""}),
    ):
        assert house.central.handle(k.topic(leaf), json.dumps(said).encode(), None) == []
    with house.store.transaction() as tx:
        (shown,) = [s for s in fleet.show(tx) if s.terminal == "yunqi/k01"]
        assert audit(tx, house.keys).parked == 2
    assert (shown.online, shown.desired, shown.reported, shown.state, shown.reasons, shown.parked) == (
        True, 1, 1, "rejected", "idle.guest_s: no", 2,
    )  # fmt: skip
    house.central.handle(k.topic("health"), b'{"parked": -1}', None)
    assert house.central.counted["malformed health"] == 1


def test_a_command_is_signed_with_its_own_key_and_lives_a_minute(house: House) -> None:
    with house.store.transaction() as tx:
        made = fleet.command(tx, house.keys, "yunqi/k01", "identify", {}, house.at, house.k.visit)
        ((topic, payload, expiry_s),) = tx.rows("SELECT topic, payload, expiry_s FROM outgoing")
    signed = wire.decode(payload, Signed)
    house.keys.commands.public_key().verify(base64.b64decode(signed.sig), base64.b64decode(signed.payload))
    assert (topic, expiry_s, made.not_after_s) == (house.k.terminal.topic("cmd"), 60, house.at // 1000 + 60)


# -- keys, settings, schema -------------------------------------------------------------------------------------------


def test_keys_are_four_secret_files_and_stay(tmp_path: Path) -> None:
    first = keys_in(tmp_path / "keys", random.SystemRandom())
    files = sorted((tmp_path / "keys").iterdir())
    assert [f.name for f in files] == ["codes.key", "commands.key", "config.key", "secret.key"]
    assert {f.stat().st_mode & 0o777 for f in files} == {0o600}
    assert len({f.read_bytes() for f in files}) == 4
    assert keys_in(tmp_path / "keys", random.SystemRandom()).public() == first.public()


def test_settings_say_what_is_wrong_with_them(tmp_path: Path) -> None:
    assert read_settings(tmp_path).broker is None
    (tmp_path / "central.toml").write_text("[broker]\nhost = 'x'\nport = 'y'\n")
    with pytest.raises(BadSettings, match="port"):
        read_settings(tmp_path)
    (tmp_path / "central.toml").write_text("tset_mode = true\n")
    with pytest.raises(BadSettings, match="tset_mode"):
        read_settings(tmp_path)


def test_the_schema_is_applied_once_and_a_newer_one_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "central.db"
    SqliteStore(path).close()
    SqliteStore(path).close()
    with apsw.Connection(str(path)) as raw:
        assert raw.pragma("user_version") == len(steps("sqlite"))
        assert raw.pragma("journal_mode") == "wal"
        raw.execute("PRAGMA user_version = 99")
    with pytest.raises(SchemaTooNew):
        SqliteStore(path)


def test_steps_are_taken_in_order_from_where_the_store_stands() -> None:
    taken: list[int] = []
    ordered = tuple(Step(n, f"{n}", "") for n in (1, 2, 3))
    assert migrate(1, ordered, lambda step: taken.append(step.version)) == 3
    assert taken == [2, 3]


# -- backups ----------------------------------------------------------------------------------------------------------


def beat(house: House) -> HeartbeatAck:
    said = {"journal": house.t.journal, "seq": house.t.seq, "outbox": 0, "oldest_s": 0, "skipped": []}
    ((_, ack, _),) = house.central.handle(house.t.terminal.topic("hb"), json.dumps(said).encode(), None)
    return wire.decode(ack, HeartbeatAck)


def test_only_a_verified_backup_makes_durable(house: House, tmp_path: Path) -> None:
    for _ in range(3):
        house.t.must(SERVICE_CALL, ServiceCall(what="staff", about="help"))
    assert beat(house).durable_seq == 0
    backup.back_up(house.store, house.keys, tmp_path / "first.db")
    assert beat(house).durable_seq == 3
    house.t.must(SERVICE_CALL, ServiceCall(what="staff", about="help"))
    assert beat(house).durable_seq == 3
    with house.store.transaction() as tx:
        tx.run("UPDATE accounts SET posted = posted + 1")
    with pytest.raises(backup.BackupFailed, match="I2"):
        backup.back_up(house.store, house.keys, tmp_path / "second.db")
    assert beat(house).durable_seq == 3


def test_a_restored_central_has_a_higher_epoch_and_asks_for_what_it_lost(house: House, tmp_path: Path) -> None:
    house.t.must(SERVICE_CALL, ServiceCall(what="staff", about="help"))
    backup.back_up(house.store, house.keys, tmp_path / "backup.db")
    lost = house.t.message(SERVICE_CALL, ServiceCall(what="staff", about="help"))
    house.t.send(SERVICE_CALL, lost)
    house.store.close()
    assert backup.restore(tmp_path / "backup.db", tmp_path / "central.db") == 2
    house.store = SqliteStore(tmp_path / "central.db")
    house.wait(60)
    house.central = house.t.central = house.worker()
    ack = beat(house)
    assert (ack.ledger_epoch, ack.gaps) == (2, ((2, 2),))
    house.t.send(SERVICE_CALL, lost)
    assert beat(house).gaps == ()


# -- the command line -------------------------------------------------------------------------------------------------


def test_the_commands_of_a_test_house(tmp_path: Path) -> None:
    def run(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, [*words, "--data", str(tmp_path)])
        assert result.exit_code == code, result.output
        return result.output

    run("facts", code=2)
    (tmp_path / "central.toml").write_text(
        'test_mode = true\n[broker]\nhost = "127.0.0.1"\nport = 1883\nca = "ca.crt"\ncert = "w.crt"\nkey = "w.key"\n'
        '[house]\ncerts = "certs"\nrestart_broker = "true"\n'
    )
    run("furnish")
    run("furnish", code=2)
    told = json.loads(run("facts", "--json"))
    assert told["broker"]["ca"] == str(tmp_path / "ca.crt")
    assert set(told["terminals"]) == {"t01", "t02", "t03"}
    assert told["test_mode"] == {"min_ttl_s": 1}
    assert {m["key"] for m in told["members"]} >= {"li", "test1", "test2", "test3"}
    li = next(b for b in told["bookings"] if b["guest"] == "li")
    assert run("bookings", "code", li["no"]).startswith("YK1B")
    sun = next(b for b in told["bookings"] if b["guest"] == "sun")
    assert run("bookings", "slip", sun["no"]).startswith("YK1R")
    run("bookings", "slip", li["no"], code=2)
    run("folio", "post", "1202", "迷你吧", "Minibar", "1500")
    run("folio", "post", "1201", "迷你吧", "Minibar", "1500", code=2)
    balances = json.loads(run("member", "balances", told["members"][0]["member"], "--json"))
    assert balances[0] == {"ledger": "CNY", "posted": 128_000, "held": 0}
    assert run("member", "code", told["members"][0]["member"]).startswith("YK1M")
    assert run("sn", "code", told["coupons"][0]["sn"]).startswith("YK1S")
    report = json.loads(run("audit", "--json"))
    assert set(report) == {"violations", "suspense", "alarms", "alarms_total", "open_holds", "parked"}
    assert (report["violations"], report["open_holds"]) == ([], 3)
    assert "yunqi/k01" in run("fleet", "set", "yunqi/k01", "lobby.attended=true")
    run("fleet", "set", "yunqi/k01", "lobby.attended", code=2)
    shown = {s["terminal"]: s for s in json.loads(run("fleet", "show", "--json"))}
    assert shown["yunqi/k01"]["settings"] == '{"lobby.attended":true}'
    assert set(json.loads(run("keys", "--public"))) == {"codes", "config", "commands"}
