"""A mosquitto of one's own: one listener, client certificates, a role a terminal by the contract's topic table."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from central.furnish import PROPERTY, TERMINALS
from demo.ca import Credentials
from mqtt.topics import CENTRAL_STATE, ROOT, Terminal

HOST = "127.0.0.1"
_LIMIT = 128 * 1024
_TRIES = 500
_TRY_S = 0.02

TERMINAL_WRITES = ("req/#", "state", "hb", "health", "config/reported", "cmd/result", "log")
TERMINAL_READS = ("rsp", "hb/ack", "config/desired", "cmd", "event")
SHARED = ("req/#", "hb", "log")
"""What central's workers share. A stranger in the share would swallow a part of it, even one that never hears it."""
FURNISHED = tuple(f"{PROPERTY}/{name}" for name, _, _ in TERMINALS)
CONF, PID = "mosquitto.conf", "mosquitto.pid"
PLUGIN = "mosquitto_dynamic_security.so"


class BrokerFailed(RuntimeError):
    """mosquitto is not installed, ended at once, or never accepted."""


def mosquitto() -> str:
    """Where mosquitto is: Debian keeps it out of a user's PATH. Raises BrokerFailed."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise BrokerFailed("mosquitto is not installed")
    return found


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def plugin(libraries: Path = Path("/usr/lib")) -> Path:
    """Mosquitto's own dynamic security, under whatever architecture Debian put it. Raises BrokerFailed."""
    found = sorted([*libraries.glob(f"*/{PLUGIN}"), *libraries.glob(PLUGIN)])
    if not found:
        raise BrokerFailed(f"{PLUGIN} is not under {libraries}: install Debian's mosquitto")
    return found[0]


def roles(terminals: Sequence[str], workers: Sequence[str]) -> str:
    """The topic table of docs/protocol.md as the dynamic security plugin reads it; what it does not name is denied.

    `terminals` are `{property}/{terminal}`, `workers` names of central's. An `acl_file` will not do: it grants any
    subscription, a shared one too. Raises BadName.
    """
    made = {scope: _terminal_role(_terminal(scope)) for scope in terminals}
    made |= {f"central/{name}": _worker_role() for name in workers}
    everybody = {
        "defaultACLAccess": {
            "publishClientSend": False, "publishClientReceive": False, "subscribe": False, "unsubscribe": True,
        },
        "clients": [{"username": name, "roles": [{"rolename": name}]} for name in made],
        "groups": [],
        "roles": [{"rolename": name, "acls": acls} for name, acls in made.items()],
    }  # fmt: skip
    return json.dumps(everybody, indent=1) + "\n"


def _terminal(scope: str) -> Terminal:
    hotel, _, name = scope.partition("/")
    return Terminal(hotel, name)


def _terminal_role(terminal: Terminal) -> list[dict[str, Any]]:
    reads = (*(terminal.topic(leaf) for leaf in TERMINAL_READS), CENTRAL_STATE)
    catalog = f"{ROOT}/{terminal.hotel}/catalog/+"
    return [
        *(_allow("publishClientSend", terminal.topic(leaf)) for leaf in TERMINAL_WRITES),
        *(_allow("publishClientReceive", topic) for topic in (*reads, catalog)),
        *(_allow("subscribeLiteral", topic) for topic in reads),
        _allow("subscribePattern", catalog),
    ]


def _worker_role() -> list[dict[str, Any]]:
    writes = (*(f"{ROOT}/+/+/{leaf}" for leaf in TERMINAL_READS), f"{ROOT}/+/catalog/+", CENTRAL_STATE)
    reads = (*(f"{ROOT}/+/+/{leaf}" for leaf in TERMINAL_WRITES), CENTRAL_STATE)
    return [
        *(_allow("publishClientSend", topic) for topic in writes),
        *(_allow("publishClientReceive", topic) for topic in reads),
        *(_allow("subscribePattern", topic) for topic in reads),
        *(_allow("subscribeLiteral", f"$share/central/{ROOT}/+/+/{leaf}") for leaf in SHARED),
    ]


def _allow(what: str, topic: str) -> dict[str, Any]:
    return {"acltype": what, "topic": topic, "priority": 0, "allow": True}


def restart(directory: Path) -> None:
    """End the broker that runs in `directory`, in order, and start it again as it was. Raises BrokerFailed, OSError."""
    found = re.search(r"^listener (\d+) ", (directory / CONF).read_text(), re.MULTILINE)
    if found is None:
        raise BrokerFailed(f"{directory / CONF} names no listener")
    _end_restarted(directory, signal.SIGTERM)
    _await(_spawn(directory), int(found[1]))


def _spawn(directory: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [mosquitto(), "-c", str(directory / CONF)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    (directory / PID).write_text(str(process.pid))
    return process


def running(directory: Path) -> int | None:
    """The process of this directory's broker, whoever started it."""
    with contextlib.suppress(OSError, ValueError):
        pid = int((directory / PID).read_text())
        if str(directory / CONF).encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
            return pid
    return None


def _end_restarted(directory: Path, how: signal.Signals) -> None:
    """End a broker that another process started: it cannot be waited for, but it is seen to be gone."""
    for _ in range(_TRIES):
        pid = running(directory)
        if pid is None:
            return
        os.kill(pid, how)
        time.sleep(_TRY_S)
    raise BrokerFailed("it does not end")


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(_TRIES):
        if _accepts(port):
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_TRY_S)
            raise BrokerFailed("mosquitto ended")
    raise BrokerFailed("mosquitto never accepted")


def _accepts(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


class Broker:
    """One mosquitto on `port` of this machine; configuration, state and log live in `directory`.

    `terminals` and `workers` are all who may speak; their certificates must name them so.
    """

    def __init__(
        self, directory: Path, port: int, server: Credentials, workers: Sequence[str] = ("w1",),
        terminals: Sequence[str] = FURNISHED,
    ) -> None:  # fmt: skip
        self.directory = directory
        self.port = port
        self._server = server
        self._workers, self._terminals = tuple(workers), tuple(terminals)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.directory / "mosquitto.log"

    def start(self) -> None:
        """Start it and wait until it accepts. Raises BrokerFailed."""
        if self._process is not None:
            raise BrokerFailed("it runs already")
        if _accepts(self.port):
            raise BrokerFailed(f"port {self.port} is taken")
        self._write()
        self._process = _spawn(self.directory)
        self._await(self._process)

    def stop(self) -> None:
        """End it in order: it saves its state."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would: what it has acknowledged since its last save is lost."""
        self._end(signal.SIGKILL)

    def wipe_state(self) -> None:
        """Forget sessions, queues and retained messages. Only while it is stopped."""
        if self._process is not None:
            raise BrokerFailed("stop it first")
        (self.directory / "mosquitto.db").unlink(missing_ok=True)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _end_restarted(self.directory, how)

    def _await(self, process: subprocess.Popen[bytes]) -> None:
        try:
            _await(process, self.port)
        except BrokerFailed as error:
            self.kill()
            raise BrokerFailed(f"{error}: {self._last_words()}") from None

    def _last_words(self) -> str:
        with contextlib.suppress(OSError, IndexError):
            return self.log.read_text().splitlines()[-1]
        return "it said nothing"

    def _write(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        allowed = self.directory / "dynamic-security.json"
        allowed.write_text(roles(self._terminals, self._workers))
        allowed.chmod(0o600)
        (self.directory / CONF).write_text("\n".join(self._settings(allowed)) + "\n")

    def _settings(self, allowed: Path) -> list[str]:
        settings = [
            f"listener {self.port} {HOST}",
            f"cafile {self._server.ca}",
            f"certfile {self._server.cert}",
            f"keyfile {self._server.key}",
            "tls_version tlsv1.2",
            "require_certificate true",
            "use_identity_as_username true",
            "use_username_as_clientid true",
            "allow_anonymous false",
            f"plugin {plugin()}",
            f"plugin_opt_config_file {allowed}",
            "set_tcp_nodelay true",
            f"message_size_limit {_LIMIT}",
            "max_inflight_messages 100",
            "max_queued_messages 1000",
            f"max_queued_bytes {16 * 1024 * 1024}",
            "max_keepalive 120",
            "persistent_client_expiration 7d",
            "persistence true",
            f"persistence_location {self.directory}/",
            "autosave_interval 60",
            f"log_dest file {self.log}",
            "log_type error",
            "log_type warning",
            "log_type notice",
        ]
        # Started by root it would become `mosquitto`, who may not read a private directory.
        return [*settings, "user root"] if os.geteuid() == 0 else settings
