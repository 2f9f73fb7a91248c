"""Central's commands: `python -m central COMMAND --data DIR`. The composition root: clocks and chance begin here."""

from __future__ import annotations

import json
import logging
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from central import backup, fleet, furnish, running
from central.audit import audit
from central.codes import booking_code, slip_code, sn_code
from central.context import Policy, hotel_of
from central.coupons import coupon_where, coupons
from central.facts import NotATestHouse, facts
from central.house import HousePms
from central.ids import millis, moment, uuid7
from central.keys import Keys, keys_in
from central.ledger.interface import StoreUnavailable, Tx
from central.ledger.migrate import SchemaTooNew
from central.ledger.sqlite import SqliteStore
from central.member_code import make_code
from central.members import member_by_id, members
from central.people import Vault
from central.pms import Line
from central.settings import BadSettings, Settings, read_settings
from central.worker import Central
from mqtt.link import Endpoint
from mqtt.messages.fleet import Setting

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
fleet_app = typer.Typer(help="Configuration and commands of the terminals.", no_args_is_help=True)
bookings_app = typer.Typer(help="Bookings and the codes that open them.", no_args_is_help=True)
member_app = typer.Typer(help="Members: what they have, the code their phone shows.", no_args_is_help=True)
sn_app = typer.Typer(help="Coupons by serial number.", no_args_is_help=True)
folio_app = typer.Typer(help="Bills of guests in the house.", no_args_is_help=True)
for name, sub in (
    ("fleet", fleet_app), ("bookings", bookings_app), ("member", member_app), ("sn", sn_app), ("folio", folio_app)
):  # fmt: skip
    app.add_typer(sub, name=name)

Data = Annotated[Path, typer.Option("--data", help="Central's data directory: books, keys, central.toml.")]
HERE = Path("var/central")
ROOT = Path(__file__).absolute().parent.parent
CENTRAL = (sys.executable, "-m", "central")
"""How a command of central begins, in the repository; `env` makes it good anywhere."""
PIPED_WIDTH = 240
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class SystemClock:
    """The machine's."""

    def wall(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError("central waits on its queue")


@dataclass(frozen=True)
class Office:
    """An open data directory."""

    folder: Path
    settings: Settings
    keys: Keys
    store: SqliteStore
    chance: random.Random

    @contextmanager
    def work(self) -> Iterator[tuple[Tx, int]]:
        """A transaction and central's time."""
        with self.store.transaction() as tx:
            yield tx, tx.ledger_now(millis(datetime.now(UTC)), keep=True)


@contextmanager
def office(folder: Path) -> Iterator[Office]:
    """Opens and closes; what is wrong with the directory is one line, not a trace."""
    chance = random.SystemRandom()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        settings = read_settings(folder)
        opened = Office(folder, settings, keys_in(folder / "keys", chance), SqliteStore(folder / "central.db"), chance)
    except (BadSettings, SchemaTooNew, StoreUnavailable, OSError) as error:
        _fail(str(error))
    try:
        yield opened
    except (
        fleet.BadScope, furnish.AlreadyFurnished, NotATestHouse, backup.BackupFailed, StoreUnavailable,
        running.AlreadyServing,
    ) as error:  # fmt: skip
        _fail(f"{type(error).__name__}: {error}")
    finally:
        opened.store.close()


def _fail(message: str) -> None:
    typer.echo(message, err=True)
    raise typer.Exit(2)


def _say(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _show(*columns: str, rows: list[tuple[object, ...]]) -> None:
    table = Table(*columns)
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else PIPED_WIDTH).print(table)


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


@app.command()
def serve(data: Data = HERE) -> None:
    """Answer the terminals until SIGTERM."""
    from central.serve import Server

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    with office(data) as at_work, running.serving(data):
        broker = at_work.settings.broker
        if broker is None:
            _fail(f"{data}/central.toml names no [broker]")
            return
        clock = SystemClock()
        policy = Policy(min_ttl_s=1) if at_work.settings.test_mode else Policy()
        central = Central(at_work.store, at_work.keys, clock.wall, at_work.chance, policy)
        files = (data / broker.ca, data / broker.cert, data / broker.key)
        server = Server(
            central, at_work.store, Endpoint(broker.host, broker.port, *files), at_work.settings.worker, clock,
            lambda: print(running.READY, flush=True),  # noqa: T201
        )  # fmt: skip

        def on_signal(_signal: int, _frame: FrameType | None) -> None:
            server.stop()

        signal.signal(signal.SIGTERM, on_signal)
        signal.signal(signal.SIGINT, on_signal)
        server.run()


@app.command()
def start(data: Data = HERE) -> None:
    """Serve in a process of its own, and return when it serves; it writes to central.log in the data directory."""
    data.mkdir(parents=True, exist_ok=True)
    log = data / "central.log"
    with log.open("a", encoding="utf-8") as target:
        begun = target.tell()
        server = subprocess.Popen(
            [*CENTRAL, "serve", "--data", str(data.absolute())], cwd=ROOT, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=target, stderr=target,
        )  # fmt: skip
    while server.poll() is None:
        if running.READY in log.read_text("utf-8", "replace")[begun:].splitlines():
            typer.echo(running.READY)
            return
        time.sleep(0.05)
    _fail(log.read_text("utf-8", "replace").strip().rpartition("\n")[2])


@app.command()
def stop(data: Data = HERE) -> None:
    """End whoever serves, when what is queued is answered."""
    _end(data, signal.SIGTERM)


@app.command()
def kill(data: Data = HERE) -> None:
    """End whoever serves as a power cut would."""
    _end(data, signal.SIGKILL)


def _end(data: Path, how: signal.Signals) -> None:
    try:
        typer.echo("ended" if running.end(data, how, time.sleep) else "nobody serves")
    except running.StillServing as error:
        _fail(str(error))


@app.command(name="furnish")
def furnish_(
    data: Data = HERE,
    seed: Annotated[int, typer.Option(help="The same seed gives the same hotel.")] = 1,
    now: Annotated[str, typer.Option(help="The instant whose hotel date is today, ISO 8601.")] = "",
) -> None:
    """Furnish the demo hotel, 云栖酒店, in an empty data directory."""
    with office(data) as at_work:
        at = datetime.fromisoformat(now) if now else datetime.now(UTC)
        furnish.furnish(at_work.store, at_work.keys, at, seed)
        typer.echo(f"{furnish.PROPERTY} is furnished")


@app.command(name="audit")
def audit_(
    data: Data = HERE,
    as_json: Json = False,
    quiet: Annotated[bool, typer.Option(help="Faults are over and outboxes empty: check that too.")] = False,
) -> None:
    """Recompute the books and check every promise; exit 1 if one is broken."""
    with office(data) as at_work, at_work.store.transaction() as tx:
        report = audit(tx, at_work.keys, quiet=quiet)
    if as_json:
        typer.echo(msgspec.json.encode(report).decode())
    else:
        for v in report.violations:
            typer.echo(f"{v.invariant}  {v.operation}  {v.detail}")
        typer.echo(
            f"{len(report.violations)} violations, suspense {_yuan(report.suspense)}, {report.alarms} open alarms of"
            f" {report.alarms_total}, {report.open_holds} open holds, {report.parked} parked"
        )
    raise typer.Exit(1 if report.violations else 0)


@app.command(name="facts")
def facts_(data: Data = HERE, as_json: Json = True) -> None:
    """What an outside client needs to know of a test house."""
    anywhere = ("env", f"PYTHONPATH={ROOT}", *CENTRAL)
    with office(data) as at_work, at_work.work() as (tx, at):
        told = facts(tx, at_work.keys, at_work.settings, data.absolute(), anywhere, at)
    if as_json:
        _say(told)


@app.command(name="keys")
def keys_(
    data: Data = HERE, public: Annotated[bool, typer.Option("--public", help="Only the public parts.")] = True
) -> None:
    """The public keys that terminals pin, by kid, in hex. Private parts are never printed."""
    with office(data) as at_work:
        _say(at_work.keys.public()) if public else None


@app.command(name="backup")
def backup_(path: Path, data: Data = HERE) -> None:
    """Copy the books, check the copy, and tell terminals up to where they may forget."""
    with office(data) as at_work:
        typer.echo(f"{backup.back_up(at_work.store, at_work.keys, path)} journals are covered")


@app.command()
def restore(path: Path, data: Data = HERE) -> None:
    """Put a backup in the place of the books. Stop central first."""
    typer.echo(f"ledger epoch {backup.restore(path, data / 'central.db')}")


@app.command()
def alarms(data: Data = HERE, close: Annotated[bool, typer.Option(help="Close them all.")] = False) -> None:
    """Open alarms."""
    with office(data) as at_work, at_work.work() as (tx, at):
        rows = tx.rows("SELECT at, kind, terminal, op, detail FROM alarms WHERE closed_at IS NULL ORDER BY n")
        if close:
            tx.run("UPDATE alarms SET closed_at = ? WHERE closed_at IS NULL", at)
    _show("at", "alarm", "terminal", "operation", "detail", rows=[(moment(r[0]), *r[1:]) for r in rows])


@app.command()
def desk(data: Data = HERE, close: Annotated[int, typer.Option(help="Close the item with this number.")] = 0) -> None:
    """The desk's list: calls, and what a person must settle."""
    with office(data) as at_work, at_work.work() as (tx, at):
        if close:
            tx.run("UPDATE listed SET closed_at = ? WHERE n = ?", at, close)
        rows = tx.rows("SELECT n, at, what, terminal, op, detail FROM listed WHERE closed_at IS NULL ORDER BY n")
        calls = tx.rows(
            "SELECT 0, at, 'call: ' || what, terminal, COALESCE(of, ''), about"
            " FROM service_calls ORDER BY at DESC LIMIT 20"
        )
    items = [(row[0], moment(row[1]), *row[2:]) for row in rows + calls]
    _show("n", "at", "what", "terminal", "operation", "detail", rows=items)


@fleet_app.command("set")
def fleet_set(scope: str, pairs: list[str], data: Data = HERE) -> None:
    """Set KEY=VALUE for a PROPERTY/TERMINAL, a PROPERTY, or * (all); KEY= takes it away."""
    with office(data) as at_work, at_work.work() as (tx, at):
        told: set[str] = set()
        for pair in pairs:
            key, equals, text = pair.partition("=")
            if not equals or not key:
                _fail(f"{pair!r} is not KEY=VALUE")
            value: Setting | None = fleet.parse_value(text) if text else None
            told.update(fleet.set_value(tx, at_work.keys, scope, key, value, at))
        typer.echo(f"new configuration for {', '.join(sorted(told)) or 'nobody: the same content'}")


@fleet_app.command("show")
def fleet_show(data: Data = HERE, as_json: Json = False) -> None:
    """What each terminal should run and what it reported."""
    with office(data) as at_work, at_work.work() as (tx, _):
        shown = fleet.show(tx)
    if as_json:
        typer.echo(msgspec.json.encode(shown).decode())
    else:
        _show(
            "terminal", "role", "online", "desired", "reported", "state", "settings", "outbox", "parked",
            rows=[(s.terminal, s.role, s.online, s.desired, s.reported, f"{s.state} {s.reasons}", s.settings, s.outbox,
                   s.parked) for s in shown],
        )  # fmt: skip


@fleet_app.command("add")
def fleet_add(scope: str, role: str, store: str, data: Data = HERE) -> None:
    """Let PROPERTY/TERMINAL speak as ROLE from STORE."""
    with office(data) as at_work, at_work.work() as (tx, at):
        fleet.add_terminal(tx, scope, role, store)
        fleet.desire(tx, at_work.keys, scope, at)


@fleet_app.command("command")
def fleet_command(
    scope: str, what: str, args: Annotated[list[str] | None, typer.Argument()] = None, data: Data = HERE
) -> None:
    """Send a signed command (identify, reload, logs, restart, update, unlock) with KEY=VALUE arguments."""
    with office(data) as at_work, at_work.work() as (tx, at):
        pairs = dict(arg.split("=", 1) for arg in args or [] if "=" in arg)
        values = {key: fleet.parse_value(text) for key, text in pairs.items()}
        try:
            made = fleet.command(tx, at_work.keys, scope, what, values, at, uuid7(at, at_work.chance))
        except msgspec.ValidationError as error:
            _fail(str(error))
            return
        typer.echo(made.id)


@fleet_app.command("confirm")
def fleet_confirm(scope: str, data: Data = HERE) -> None:
    """A supervisor has looked at a quarantined terminal: it ends when it comes with a new journal."""
    with office(data) as at_work, at_work.work() as (tx, at):
        typer.echo("confirmed" if fleet.confirm_quarantine(tx, scope, at) else "it is not quarantined")


@bookings_app.command("list")
def bookings_list(data: Data = HERE, property_: Annotated[str, typer.Option("--property")] = furnish.PROPERTY) -> None:
    """All bookings of a hotel."""
    with office(data) as at_work, at_work.work() as (tx, _):
        found = HousePms(tx).bookings(property_)
    _show(
        "number", "guest", "type", "arrival", "departure", "adults", "state", "unpaid", "deposit",
        rows=[(b.no, b.guest, b.type, b.arrival, b.departure, b.adults, b.state, _yuan(b.due_before), _yuan(b.deposit))
              for b in found],
    )  # fmt: skip


@bookings_app.command("code")
def bookings_code(no: str, data: Data = HERE, hours: int = 24) -> None:
    """The code that the guest's phone shows for booking NO, good for some hours (0: already over)."""
    with office(data) as at_work, at_work.work() as (tx, at):
        booked = HousePms(tx).booking_by_no(no)
        if booked is None:
            _fail(f"no booking {no}")
            return
        typer.echo(booking_code(at_work.keys, booked.property, booked.id, at // 1000 + hours * 3600))


@bookings_app.command("slip")
def bookings_slip(no: str, data: Data = HERE) -> None:
    """The code on the slip of the stay that booking NO became."""
    with office(data) as at_work, at_work.work() as (tx, _):
        pms = HousePms(tx)
        booked = pms.booking_by_no(no)
        stay = pms.stay_of_booking(booked.id) if booked else None
        if stay is None:
            _fail(f"no stay of booking {no}")
            return
        typer.echo(slip_code(at_work.keys, stay.property, stay.id))


@member_app.command("list")
def member_list(data: Data = HERE) -> None:
    """Members and their balances."""
    with office(data) as at_work, at_work.work() as (tx, at):
        rows = [(m.id, m.name, m.tier, "blocked" if m.blocked else "", _balances(tx, m.id, at)) for m in members(tx)]
    _show("member", "name", "tier", "", "balances (posted/held)", rows=list(rows))


@member_app.command("balances")
def member_balances(member: str, data: Data = HERE, as_json: Json = False) -> None:
    """What a member has in each ledger, in fen, points or pieces."""
    with office(data) as at_work, at_work.work() as (tx, at):
        found = tx.books.balances(f"member:{member}", at)
    if as_json:
        _say([{"ledger": ledger, "posted": posted, "held": held} for ledger, posted, held in found])
    else:
        _show("ledger", "posted", "held", rows=list(found))


@member_app.command("code")
def member_code(member: str, data: Data = HERE) -> None:
    """What the member's phone shows right now; good for 30 to 60 seconds, once."""
    with office(data) as at_work, at_work.work() as (tx, at):
        found = member_by_id(tx, member)
        if found is None:
            _fail(f"no member {member}")
            return
        typer.echo(make_code(Vault(at_work.keys.secret), found.code_token, at))


def _balances(tx: Tx, member: str, at: int) -> str:
    return "  ".join(f"{ledger} {posted}/{held}" for ledger, posted, held in tx.books.balances(f"member:{member}", at))


@sn_app.command("list")
def sn_list(data: Data = HERE) -> None:
    """Coupons by serial number."""
    with office(data) as at_work, at_work.work() as (tx, _):
        found = coupons(tx)
    _show(
        "sn", "batch", "gives", "from", "to", "stores", "used",
        rows=[(c.sn, c.batch.id, c.batch.gives_en, c.batch.valid_from, c.batch.valid_to, " ".join(c.batch.stores),
               moment(c.used_at) if c.used_at is not None else "") for c in found],
    )  # fmt: skip


@sn_app.command("code")
def sn_code_(sn: str, data: Data = HERE) -> None:
    """The S code of a serial number."""
    with office(data) as at_work, at_work.work() as (tx, _):
        if coupon_where(tx, "c.sn", sn) is None:
            _fail(f"no coupon {sn}")
        typer.echo(sn_code(at_work.keys, sn))


@folio_app.command("post")
def folio_post(
    room: str, zh: str, en: str, amount: Annotated[int, typer.Argument(help="In fen; negative: a payment.")],
    data: Data = HERE, qty: int = 1, property_: Annotated[str, typer.Option("--property")] = furnish.PROPERTY,
) -> None:  # fmt: skip
    """Put a line on the bill of whoever is in ROOM."""
    with office(data) as at_work, at_work.work() as (tx, at):
        pms = HousePms(tx)
        stay = pms.stay_in_room(property_, room) if hotel_of(tx, property_) else None
        if stay is None or amount == 0:
            _fail(f"nobody is in room {room} of {property_}" if stay is None else "an amount of nothing")
            return
        pms.add_line(stay, Line(zh, en, qty, amount), at)


@folio_app.command("room")
def folio_room(
    number: str, state: str, minutes: int = 0, data: Data = HERE,
    property_: Annotated[str, typer.Option("--property")] = furnish.PROPERTY,
) -> None:  # fmt: skip
    """What housekeeping says of a room: clean, or dirty for some MINUTES."""
    with office(data) as at_work, at_work.work() as (tx, at):
        if state not in ("clean", "dirty"):
            _fail("clean or dirty")
        ready_at = at + minutes * 60_000 if state == "dirty" else None
        typer.echo(f"{HousePms(tx).set_room(property_, number, state, ready_at)} room")


if __name__ == "__main__":
    app()
