"""Configuration is signed, for this terminal alone, whole, and never goes back; commands are done once."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mqtt.fleet import Fleet, Store
from mqtt.messages.fleet import Command, CommandResult, Configuration, Reported, Setting
from mqtt.messages.wire import decode
from mqtt.topics import Terminal
from tests.till.virtual import BEGIN, VirtualClock

K1 = Terminal("lakeside", "lobby-1")
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
KEYS = {"config": KEY.public_key(), "commands": KEY.public_key()}
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)


def signed(value: Any, key: Ed25519PrivateKey = KEY, kid: str = "") -> bytes:
    """A document under the key that its kind must have, or under another."""
    kid = kid or ("commands" if isinstance(value, Command) else "config")
    inner = value if isinstance(value, bytes) else msgspec.json.encode(value)
    return msgspec.json.encode({
        "kid": kid, "payload": base64.b64encode(inner).decode(), "sig": base64.b64encode(key.sign(inner)).decode()})


def configuration(version: int, rollback_of: int | None = None, scope: str = K1.scope, **settings: Setting) -> bytes:
    return signed(Configuration(
        version=version, issued_at="2025-05-01T14:00:00.000Z", scope=scope, settings=settings, rollback_of=rollback_of))


def validate(new: Mapping[str, Setting], current: Mapping[str, Setting]) -> Sequence[str]:
    wrong = [f"{key}: no such setting" for key in new if key not in ("idle", "attended")]
    if current.get("attended") is True and new.get("attended") is False:
        wrong.append("attended: a one-way switch is never turned back")
    return wrong


@dataclass
class Terminal1:
    """A terminal's fleet end and what it said."""

    path: Path
    clock: VirtualClock = field(default_factory=VirtualClock)
    published: list[tuple[str, bytes, bool]] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    now: datetime | None = BEGIN
    up: bool = True
    reason: str = ""

    def __post_init__(self) -> None:
        self.boot()

    def boot(self) -> None:
        self.fleet = Fleet(
            K1, self, self.clock, keys=KEYS, store=Store(self.path), validate=validate,
            perform=self.perform, now=lambda: self.now)  # fmt: skip

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, **_: object) -> bool:
        self.published.append((topic, payload, retain))
        return True

    async def perform(self, command: Command) -> str:
        self.done.append(command.name)
        return self.reason

    @property
    def said(self) -> Reported:
        topic, payload, retain = self.published[-1]
        assert (topic, retain) == (K1.topic("config/reported"), True)
        return decode(payload, Reported)

    @property
    def result(self) -> CommandResult:
        topic, payload, _ = self.published[-1]
        assert topic == K1.topic("cmd/result")
        return decode(payload, CommandResult)

    def applied(self, payload: bytes) -> None:
        self.fleet.desired(payload)
        assert self.fleet.apply()


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal1:
    return Terminal1(tmp_path / "fleet")


def test_it_waits_for_the_end_of_the_visit(terminal: Terminal1) -> None:
    terminal.fleet.desired(configuration(1, idle=30))
    assert terminal.said == Reported(version=1, state="pending")
    assert terminal.fleet.settings == {}
    assert terminal.fleet.apply()
    assert terminal.said == Reported(version=1, state="applied")
    assert terminal.fleet.settings == {"idle": 30}
    assert not terminal.fleet.apply()


def test_the_same_content_again_is_nothing_new(terminal: Terminal1) -> None:
    terminal.applied(configuration(1, idle=30))
    terminal.fleet.desired(configuration(1, idle=30))
    assert terminal.said == Reported(version=1, state="applied")
    assert not terminal.fleet.apply()


@pytest.mark.parametrize(("payload", "reason"), [
    (configuration(2, scope="lakeside/lobby-2", idle=1), "scope is not this terminal"),
    (configuration(2, scope="hillside/lobby-1", idle=1), "scope is not this terminal"),
    (signed(b"{}"), "malformed at $"),
    (signed(Configuration(version=2, issued_at="2025-05-01T14:00:00.000Z", scope=K1.scope, settings={}), OTHER),
     "wrong signature"),
    (signed(Configuration(version=2, issued_at="2025-05-01T14:00:00.000Z", scope=K1.scope, settings={}), KEY, "k2"),
     "unknown key k2"),
    (b"{", "malformed"),
    (b'{"kid":"config","payload":"\xc3\xa9","sig":"!!"}', "malformed"),
    (configuration(1, idle=31), "version 1 again with other content"),
    (configuration(0, idle=1), "version 0 is lower than 1"),
    (configuration(0, rollback_of=7, idle=1), "version 0 is lower than 1"),
])  # fmt: skip
def test_what_is_not_ours_or_goes_back_is_rejected(terminal: Terminal1, payload: bytes, reason: str) -> None:
    terminal.applied(configuration(1, idle=30))
    terminal.fleet.desired(payload)
    assert terminal.said == Reported(version=1, state="rejected", reasons=(reason,))
    assert not terminal.fleet.apply()
    assert terminal.fleet.settings == {"idle": 30}


def test_a_changed_byte_anywhere_is_a_wrong_signature_or_malformed(terminal: Terminal1) -> None:
    good = configuration(1, idle=30)
    for place in range(0, len(good), 3):
        terminal.fleet.desired(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        assert terminal.said.state == "rejected"
    assert not terminal.fleet.apply()


def test_one_wrong_setting_rejects_all_of_it_with_every_reason(terminal: Terminal1) -> None:
    terminal.fleet.desired(configuration(1, idle=30, colour="red", smell="sweet"))
    assert terminal.said.reasons == ("colour: no such setting", "smell: no such setting")
    assert not terminal.fleet.apply()


def test_told_to_go_back_it_goes_back_but_not_through_a_one_way_switch(terminal: Terminal1) -> None:
    terminal.applied(configuration(5, idle=30))
    terminal.applied(configuration(3, rollback_of=5, idle=20, attended=True))
    assert terminal.fleet.version == 3
    terminal.fleet.desired(configuration(4, attended=False))
    assert terminal.said.reasons == ("attended: a one-way switch is never turned back",)


def test_a_newer_one_replaces_what_is_pending(terminal: Terminal1) -> None:
    terminal.fleet.desired(configuration(1, idle=30))
    terminal.applied(configuration(2, idle=31))
    assert terminal.fleet.version == 2


async def test_after_its_trial_it_stands_and_outlives_restarts(terminal: Terminal1) -> None:
    terminal.applied(configuration(1, idle=30))
    assert await terminal.clock.run(terminal.fleet.trial(lambda: True))
    terminal.boot()
    assert terminal.fleet.settings == {"idle": 30}


async def test_unhealthy_it_undoes_itself_and_is_not_tried_again(terminal: Terminal1) -> None:
    terminal.applied(configuration(1, idle=30))
    assert await terminal.clock.run(terminal.fleet.trial(lambda: True))
    terminal.applied(configuration(2, idle=31))
    assert not await terminal.clock.run(terminal.fleet.trial(lambda: False))
    assert terminal.said == Reported(version=2, state="rejected", reasons=("not healthy within 120 s",))
    for _ in range(2):
        assert terminal.fleet.settings == {"idle": 30}
        terminal.fleet.desired(configuration(2, idle=31))
        assert terminal.said.reasons == ("version 2 has undone itself",)
        terminal.boot()
    terminal.applied(configuration(3, idle=32))


async def test_stopped_on_trial_it_starts_with_the_last_good_one(terminal: Terminal1) -> None:
    terminal.applied(configuration(1, idle=30))
    assert await terminal.clock.run(terminal.fleet.trial(lambda: True))
    terminal.applied(configuration(2, idle=31))
    terminal.boot()
    assert terminal.fleet.settings == {"idle": 30}
    terminal.applied(configuration(2, idle=31))
    assert terminal.fleet.version == 2


async def test_a_tampered_file_is_not_believed(terminal: Terminal1) -> None:
    terminal.applied(configuration(1, idle=30))
    assert await terminal.clock.run(terminal.fleet.trial(lambda: True))
    terminal.path.write_bytes(terminal.path.read_bytes().replace(b'"sig":"', b'"sig":"A'))
    terminal.boot()
    assert terminal.fleet.current is None
    terminal.path.write_bytes(b"torn")
    terminal.boot()
    assert terminal.fleet.current is None


def test_what_cannot_be_stored_is_not_applied(terminal: Terminal1, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Store, kept: object) -> None:
        raise OSError(28, "No space left on device")

    terminal.fleet.desired(configuration(1, idle=30))
    monkeypatch.setattr(Store, "save", full)
    assert not terminal.fleet.apply()
    assert terminal.said == Reported(version=1, state="rejected", reasons=("cannot be stored",))
    assert terminal.fleet.settings == {}


# commands


def command(number: int = 1, *, seconds: int = 30, terminal: str = K1.scope, key: Ed25519PrivateKey = KEY) -> bytes:
    return signed(Command(
        id=f"01900000-0000-7000-8000-{number:012x}", terminal=terminal, name="identify",
        not_after_s=int((BEGIN + timedelta(seconds=seconds)).timestamp())), key)  # fmt: skip


async def test_a_command_is_done_once_over_restarts_too(terminal: Terminal1) -> None:
    await terminal.fleet.command(command())
    assert terminal.result.ok
    await terminal.fleet.command(command())
    terminal.boot()
    await terminal.fleet.command(command())
    assert terminal.done == ["identify"]


async def test_two_copies_at_once_are_one(terminal: Terminal1) -> None:
    await asyncio.gather(terminal.fleet.command(command()), terminal.fleet.command(command()))
    assert terminal.done == ["identify"]


@pytest.mark.parametrize(("payload", "reason"), [
    (command(seconds=-1), "expired"),
    (command(seconds=61), "good for too long"),
    (command(terminal="lakeside/lobby-2"), "not this terminal"),
])  # fmt: skip
async def test_a_command_that_must_not_be_done_says_why(terminal: Terminal1, payload: bytes, reason: str) -> None:
    await terminal.fleet.command(payload)
    assert (terminal.result.ok, terminal.result.reason) == (False, reason)
    assert terminal.done == []


async def test_without_trusted_time_no_command_is_done(terminal: Terminal1) -> None:
    terminal.now = None
    await terminal.fleet.command(command())
    assert terminal.result.reason == "time is not trusted"


async def test_a_forged_command_is_not_even_answered(terminal: Terminal1) -> None:
    await terminal.fleet.command(command(key=OTHER))
    await terminal.fleet.command(configuration(1, idle=30))
    assert terminal.published == []


async def test_a_command_that_fails_says_so(terminal: Terminal1) -> None:
    terminal.reason = "busy"
    await terminal.fleet.command(command())
    assert (terminal.result.ok, terminal.result.reason) == (False, "busy")


def test_the_commands_key_configures_nothing(terminal: Terminal1) -> None:
    """Two keys, so that whoever holds one of them cannot do what the other is for."""
    other = Configuration(version=9, issued_at="2025-05-01T14:00:00.000Z", scope=K1.scope, settings={})
    terminal.fleet.desired(signed(other, KEY, "commands"))
    assert not terminal.fleet.waiting


async def test_the_configuration_key_commands_nothing(terminal: Terminal1) -> None:
    ordered = Command(
        id="01900000-0000-7000-8000-000000000001", terminal=K1.scope, not_after_s=int(BEGIN.timestamp()) + 30,
        name="restart",
    )  # fmt: skip
    await terminal.fleet.command(signed(ordered, KEY, "config"))
    assert terminal.done == []
