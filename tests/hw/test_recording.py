"""A device of the field becomes a test: its bytes are recorded with their times, and answer the driver again."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hw.__main__ import app
from hw.device import DeviceError, Fault
from hw.recording import Piece, Recording, read, write
from hw.standins.id_reader import IdReaderStandIn, citizen
from hw.standins.key_encoder import KeyEncoderStandIn
from hw.standins.line_device import ScannerStandIn
from hw.standins.printer import PrinterStandIn
from hw.standins.server import PipePort

LI = citizen("李建华", date(1990, 3, 7))


def run(*arguments: str) -> tuple[int, str]:
    ended = CliRunner().invoke(app, arguments)
    return ended.exit_code, ended.output


def test_a_reader_is_recorded_and_replayed(tmp_path: Path) -> None:
    standin = IdReaderStandIn({"李建华": LI})
    port, file = standin.start(), tmp_path / "reader.txt"
    standin.set("card", "李建华")
    status, said = run("record", "id_reader", "--port", port, "-o", "baud=115200", "--out", str(file), "--watch", "0.5")
    standin.stop()
    assert status == 0 and "card read: resident" in said
    status, said = run("replay", str(file), "--speed", "50", "--watch", "0.5")
    assert status == 0 and "card read: resident" in said and "differences: 0" in said


def test_over_tcp_too(tmp_path: Path) -> None:
    standin, file = KeyEncoderStandIn(), tmp_path / "encoder.txt"
    run("record", "key_encoder", "--port", standin.start(), "--out", str(file), "--watch", "0")
    standin.stop()
    status, said = run("replay", str(file), "--speed", "50", "--watch", "0")
    assert status == 0 and "key_encoder.no_card" in said and "differences: 0, played to the end: yes" in said


def test_a_driver_that_says_something_else_is_noticed(tmp_path: Path) -> None:
    standin, file = PrinterStandIn(), tmp_path / "printer.txt"
    run("record", "printer", "--port", standin.start(), "--out", str(file), "--watch", "0")
    standin.stop()
    file.write_text(file.read_text("ascii").replace("> 100401", "> 100402", 1), "ascii")
    status, said = run("replay", str(file), "--speed", "50", "--watch", "0")
    assert status == 1 and "differences: 1" in said


def test_what_is_typed_is_recorded_with_its_keys(tmp_path: Path) -> None:
    wedge, file = ScannerStandIn(PipePort()), tmp_path / "wedge.txt"
    at = wedge.start()
    said = CliRunner().invoke(
        app,
        ["record", "scanner", "--driver", "hid", "--port", at, "-o", "via=hid", "--out", str(file), "--watch", "0.1"],
    ).output
    wedge.stop()
    assert "pieces in" in said and read(file.read_text("ascii")).wire == "keyboard"


def test_stripes_are_never_recorded(tmp_path: Path) -> None:
    file = tmp_path / "stripes.txt"
    status, said = run("record", "card_reader", "--port", "/dev/input/event0", "--out", str(file))
    assert status == 1 and "bank card" in said and not file.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["record", "id_reader", "--port", "/dev/null", "--out", "x"], "takes its rate"),
        (["record", "printer", "--port", "127.0.0.1:1", "--out", "x"], "Nothing is there"),
        (["replay", "/nowhere"], "No such file"),
    ],
)
def test_what_cannot_be_recorded(arguments: list[str], words: str) -> None:
    status, said = run(*arguments)
    assert status == 1 and words in said


def test_a_recording_reads_back_as_it_was_written() -> None:
    pieces = (Piece(0.0, True, b"\x05"), Piece(0.012, False, b"\x06\xff"))
    recording = Recording("key_encoder", "salto", "tcp", {"encoder": "1", "key": "FF", "baud": "9600"}, pieces)
    text = write(recording)
    assert read("# a remark\n\n" + text) == Recording("key_encoder", "salto", "tcp", {"encoder": "1"}, pieces)
    assert "FF" not in text


def test_a_damaged_recording_names_its_line() -> None:
    whole = write(Recording("printer", "escpos", "tcp", {}, (Piece(0.0, True, b"\x05"),)))
    chance = random.Random(2026)
    for _ in range(2000):
        text = [*whole]
        text[chance.randrange(len(text))] = chance.choice("0xz <>\n#é")
        try:
            read("".join(text))
        except DeviceError as trouble:
            assert trouble.code is Fault.BAD_REQUEST


def test_a_test_slip_comes_out(tmp_path: Path) -> None:
    standin = PrinterStandIn()
    status, said = run("print-test", "--port", standin.start())
    standin.set("paper", "out")
    failed, why = run("print-test", "--port", standin.address)
    standin.stop()
    assert status == 0 and "printed" in said
    (slip,) = standin.slips
    assert "￥128.00" in slip.text and slip.codes == ("https://example.com/print-test",) and standin.unknown == []
    assert failed == 1 and "Put in a new roll" in why
