"""Golden samples: what once went over the wire is read, and written again, to the byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mqtt.messages import fleet, link, wire
from mqtt.messages.envelope import Answer, Refusal, Request
from mqtt.messages.kinds import KINDS
from mqtt.messages.op import OpState

HERE = Path(__file__).parent
OTHERS: dict[str, Any] = {
    "hb": link.Heartbeat, "hb.ack": link.HeartbeatAck, "state": link.State, "health": link.Health,
    "central.state": link.CentralState, "config.desired": fleet.Signed, "config.desired.payload": fleet.Configuration,
    "config.reported": fleet.Reported, "cmd": fleet.Signed, "cmd.payload": fleet.Command,
    "cmd.result": fleet.CommandResult,
}  # fmt: skip
FILES = sorted(HERE.glob("*.json"))


def sample(path: Path) -> bytes:
    return path.read_bytes().removesuffix(b"\n")


def kind_of(name: str) -> Any:
    """hold.authorise.sn.request -> hold.authorise."""
    return next((kind for kind in KINDS.values() if name.startswith(f"{kind.name}.")), None)


def test_every_kind_has_a_request_and_an_answer() -> None:
    names = {path.name for path in FILES}
    assert {f"{kind}.{end}.json" for kind in KINDS for end in ("request", "answer")} <= names


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_read_and_written_to_the_byte(path: Path) -> None:
    raw = sample(path)
    if path.stem in OTHERS:
        assert wire.encode(wire.decode(raw, OTHERS[path.stem])) == raw
    elif path.stem.endswith(".request"):
        request = wire.decode(raw, Request)
        kind = KINDS[request.kind]
        body = wire.encode(wire.convert(request.body, kind.body))
        assert wire.encode(msgspec.structs.replace(request, body=msgspec.Raw(body))) == raw
        assert (request.seq is not None) == kind.is_operation
    else:
        answer = wire.decode(raw, Answer)
        type_ = Refusal if answer.outcome == "refused" else kind_of(path.stem).answer
        body = wire.encode(wire.convert(answer.body, type_))
        assert wire.encode(msgspec.structs.replace(answer, body=msgspec.Raw(body))) == raw


MAY_BE_ABSENT = {
    "Held": {"capture"}, "CaptureAnswer": {"shortfall", "claim", "shortfall_legs"}, "OpState": {"answer"},
    "OpUndone": {"answer"}, "StayPrepared": {"member"}, "CheckedInAnswer": {"slip"},
    "SnState": {"ref", "name", "gives", "tail", "worth", "valid_from", "valid_to", "used_at", "used_where"},
}  # fmt: skip
"""What the contract marks `?`, and what there is nothing to say of."""


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_what_an_answer_must_have_is_written_even_where_it_is_nothing(kind: Any) -> None:
    answer = wire.convert(wire.decode(sample(HERE / f"{kind.name}.answer.json"), Answer).body, kind.answer)
    fields = msgspec.structs.fields(kind.answer)
    bare = kind.answer(**{f.name: getattr(answer, f.name) for f in fields if f.required})
    written = set(json.loads(wire.encode(bare)))
    assert {f.name for f in fields} - written == MAY_BE_ABSENT.get(kind.answer.__name__, set())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_unknown_fields_are_ignored_anywhere(path: Path) -> None:
    message = json.loads(sample(path))
    grown = json.dumps(_grown(message)).encode()
    if path.stem.endswith(".request"):
        request = wire.decode(grown, Request)
        read = wire.convert(request.body, KINDS[request.kind].body)
        assert read == wire.convert(wire.decode(sample(path), Request).body, KINDS[request.kind].body)


def _grown(value: Any) -> Any:
    if isinstance(value, dict):
        return {**{key: _grown(inner) for key, inner in value.items()}, "new_field": {"x": [1]}}
    return [_grown(inner) for inner in value] if isinstance(value, list) else value


def test_what_an_ask_carries_is_the_whole_remembered_envelope() -> None:
    asked = wire.decode(sample(HERE / "op.ask.answer.json"), Answer)
    state = wire.convert(asked.body, OpState)
    held = wire.decode(sample(HERE / "hold.authorise.answer.json"), Answer)
    assert state.answer is not None
    assert (state.answer.id, state.answer.outcome, bytes(state.answer.body)) == (held.id, "ok", bytes(held.body))
