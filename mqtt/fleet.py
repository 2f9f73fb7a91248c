"""Configuration and commands: verified, held, applied between visits, reported (docs/protocol.md, Fleet)."""

from __future__ import annotations

import base64
import binascii
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from mqtt.durable import replace
from mqtt.messages import wire
from mqtt.messages.fleet import Command, CommandResult, Configuration, Reported, Setting, Signed
from mqtt.requests import Port
from mqtt.timing import Clock
from mqtt.topics import Terminal

TRIAL_S = 120.0
"""A configuration under which the program is not healthy by then undoes itself."""
CONFIG, COMMANDS = "config", "commands"
"""The ids of the two keys (`central keys --public`)."""
COMMAND_S = 60
"""No command may be good for longer."""
_REMEMBERED = 200

T = TypeVar("T")
Validate = Callable[[Mapping[str, Setting], Mapping[str, Setting]], Sequence[str]]
"""(new settings, current settings) -> what is wrong, in words."""

log = logging.getLogger(__name__)


class Refused(ValueError):
    """A document that is not applied, and why."""


class Kept(msgspec.Struct, kw_only=True):
    """What is on disk: signed bytes as they came, so that they are verified again at every start."""

    current: bytes | None = None
    good: bytes | None = None
    """The one before, while `current` is on trial."""
    trial: bool = False
    failed: int = -1
    """A version that undid itself: not tried again."""
    commands: list[str] = msgspec.field(default_factory=list)


class Store:
    """The fleet's small file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Kept:
        """What was saved last; nothing where there is no file or a torn one."""
        try:
            return msgspec.msgpack.decode(self._path.read_bytes(), type=Kept)
        except (OSError, msgspec.MsgspecError):
            return Kept()

    def save(self, kept: Kept) -> None:
        """Raises OSError."""
        replace(self._path, msgspec.msgpack.encode(kept))


def sealed(payload: bytes, keys: Mapping[str, Ed25519PublicKey], kid: str) -> bytes:
    """The exact bytes that the key `kid` signed, and no other one: configuration and commands have keys of their own.
    Raises Refused."""
    try:
        signed = wire.decode(payload, Signed)
        inner = base64.b64decode(signed.payload, validate=True)
        signature = base64.b64decode(signed.sig, validate=True)
    except (wire.Malformed, binascii.Error, ValueError):
        raise Refused("malformed") from None
    key = keys.get(signed.kid) if signed.kid == kid else None
    if key is None:
        raise Refused(f"unknown key {signed.kid}")
    try:
        key.verify(signature, inner)
    except InvalidSignature:
        raise Refused("wrong signature") from None
    return inner


class Fleet:
    """This terminal's configuration and the commands to it. Everything runs on the asyncio loop.

    `validate` judges all settings together; `perform` does a command and says why it could not, empty if it did;
    `now` is trusted time, None before there is any.
    """

    def __init__(
        self,
        place: Terminal,
        port: Port,
        clock: Clock,
        *,
        keys: Mapping[str, Ed25519PublicKey],
        store: Store,
        validate: Validate,
        perform: Callable[[Command], Awaitable[str]],
        now: Callable[[], datetime | None],
    ) -> None:
        self._place, self._port, self._clock = place, port, clock
        self._keys, self._store, self._validate = keys, store, validate
        self._perform, self._now = perform, now
        self._kept = store.load()
        self._pending: tuple[Configuration, bytes] | None = None
        self._reported: Reported | None = None
        if self._kept.trial:
            # It was stopped before it had proved itself: it gets its trial anew when it is sent again.
            self._go_back(failed=-1)
        self.current: Configuration | None = self._stored()

    @property
    def version(self) -> int:
        return self.current.version if self.current is not None else 0

    @property
    def settings(self) -> Mapping[str, Setting]:
        return self.current.settings if self.current is not None else {}

    @property
    def waiting(self) -> bool:
        """Whether `apply` has something to do."""
        return self._pending is not None

    # configuration

    def desired(self, payload: bytes) -> None:
        """What came on config/desired: held until `apply`, or refused; both are reported."""
        try:
            inner = sealed(payload, self._keys, CONFIG)
            configuration = _decoded(inner, Configuration)
            reasons = self._wrong(configuration)
        except Refused as refused:
            log.warning("fleet.refused reason=%s", refused)
            self._report(Reported(version=self.version, state="rejected", reasons=(str(refused),)))
            return
        if reasons:
            self._report(Reported(version=configuration.version, state="rejected", reasons=tuple(reasons)))
        elif configuration == self.current:
            self._pending = None
            self._report(Reported(version=configuration.version, state="applied"))
        else:
            self._pending = (configuration, payload)
            self._report(Reported(version=configuration.version, state="pending"))

    def apply(self) -> bool:
        """Between visits: what is pending becomes current, on trial. Whether anything changed."""
        if self._pending is None:
            return False
        (configuration, payload), self._pending = self._pending, None
        before = self._kept
        proven = before.good if before.trial else before.current
        self._kept = msgspec.structs.replace(before, current=payload, good=proven, trial=True)
        if not self._saved(before):
            self._report(Reported(version=configuration.version, state="rejected", reasons=("cannot be stored",)))
            return False
        self.current = configuration
        self._report(Reported(version=configuration.version, state="applied"))
        return True

    async def trial(self, healthy: Callable[[], bool]) -> bool:
        """After `apply`: wait 120 s and look. False if the configuration undid itself: the caller reads it anew."""
        version = self.version
        await self._clock.sleep(TRIAL_S)
        if self.version != version or not self._kept.trial:
            return True
        if healthy():
            self._kept = msgspec.structs.replace(self._kept, good=None, trial=False)
            self._saved(self._kept)
            return True
        self._go_back(failed=version)
        self.current = self._stored()
        self._report(Reported(version=version, state="rejected", reasons=("not healthy within 120 s",)))
        return False

    def report(self) -> None:
        """Say again how it stands: after a connect."""
        self._report(self._reported or Reported(version=self.version, state="applied"))

    def _wrong(self, new: Configuration) -> Sequence[str]:
        """Reasons against `new`. Raises Refused where it must not even be looked at."""
        if new.scope != self._place.scope:
            raise Refused("scope is not this terminal")
        if new.version == self._kept.failed:
            raise Refused(f"version {new.version} has undone itself")
        if self.current is None:
            return self._validate(new.settings, {})
        if new.version == self.version and new != self.current:
            raise Refused(f"version {new.version} again with other content")
        if new.version < self.version and new.rollback_of != self.version:
            raise Refused(f"version {new.version} is lower than {self.version}")
        return self._validate(new.settings, self.current.settings)

    def _stored(self) -> Configuration | None:
        if self._kept.current is None:
            return None
        try:
            configuration = _decoded(sealed(self._kept.current, self._keys, CONFIG), Configuration)
        except Refused as refused:
            log.error("fleet.stored reason=%s", refused)
            return None
        return configuration if configuration.scope == self._place.scope else None

    def _go_back(self, failed: int) -> None:
        self._kept = msgspec.structs.replace(
            self._kept, current=self._kept.good, good=None, trial=False, failed=failed)  # fmt: skip
        self._saved(self._kept)

    def _saved(self, otherwise: Kept) -> bool:
        try:
            self._store.save(self._kept)
        except OSError as error:
            log.error("fleet.store error=%s", error)
            self._kept = otherwise
            return False
        return True

    def _report(self, reported: Reported) -> None:
        self._reported = reported
        self._port.publish(self._place.topic("config/reported"), wire.encode(reported), retain=True)

    # commands

    async def command(self, payload: bytes) -> None:
        """What came on cmd: done at most once, for it is remembered on disk before it is done."""
        try:
            command = _decoded(sealed(payload, self._keys, COMMANDS), Command)
        except Refused as refused:
            log.warning("fleet.command reason=%s", refused)
            return
        if command.id in self._kept.commands:
            return
        reason = self._forbidden(command) or self._noted(command)
        if not reason:
            try:
                reason = await self._perform(command)
            except Exception as error:
                log.exception("fleet.perform name=%s", command.name)
                reason = type(error).__name__
        result = CommandResult(id=command.id, ok=not reason, reason=reason[:200])
        self._port.publish(self._place.topic("cmd/result"), wire.encode(result))

    def _forbidden(self, command: Command) -> str:
        if command.terminal != self._place.scope:
            return "not this terminal"
        now = self._now()
        if now is None:
            return "time is not trusted"
        left_s = command.not_after_s - now.timestamp()
        return "" if 0 <= left_s <= COMMAND_S else "expired" if left_s < 0 else "good for too long"

    def _noted(self, command: Command) -> str:
        before = self._kept
        self._kept = msgspec.structs.replace(before, commands=[*before.commands, command.id][-_REMEMBERED:])
        return "" if self._saved(before) else "cannot be stored"


def _decoded(inner: bytes, type_: type[T]) -> T:
    try:
        return wire.decode(inner, type_)
    except wire.Malformed as error:
        raise Refused(f"malformed at {error.path}") from None
