"""The neutral document: widths, wrapping, columns, and the same slip as text, as bytes and as dots."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from hw.device import DeviceError, Fault
from hw.printer import wire
from hw.printer.document import Cell, Cut, Document, Feed, Pair, Qr, Row, Rule, Text, decode, encode
from hw.printer.layout import TextLine, lines, plain, width, wrap
from hw.printer.paper import Face, qr_module
from hw.printer.render import Abilities, escpos, png
from hw.standins.escpos import Interpreter, Slip

CHECK_IN = Document(
    (
        Text("云栖酒店", "center", bold=True, double=True),
        Text("杭州西湖区云栖路88号", "center"),
        Text("0571-8888 8888", "center"),
        Rule("="),
        Text("入住凭证", "center", bold=True, double=True),
        Rule(),
        Pair("订单号 Booking", "YQ2611220018"),
        Pair("入住人 Guest", "李*华 LI*"),
        Rule(),
        Pair("房号 Room", ""),
        Text("1206", "center", double=True),
        Pair("早餐 Breakfast", "2份 7:00-10:00 2楼"),
        Pair("押金冻结 Deposit hold", "¥300.00"),
        Text("  储值账户 余额冻结,未扣款"),
        Rule(),
        Row((Cell("品名"), Cell("数量", 5, "right"), Cell("金额", 9, "right"))),
        Row((Cell("成人泳票"), Cell("2", 5, "right"), Cell("176.00", 9, "right"))),
        Row((Cell("浴巾租用 加大加厚款式 含消毒"), Cell("1", 5, "right"), Cell("42.00", 9, "right"))),
        Qr("YK1RABCDEF0123456789", 25),
        Text("房卡 2 张  请勿与本单同放", "center"),
        Cut(),
    ),
    title="check-in",
)

CHECK_IN_58 = """\
«2x»        云栖酒店
      杭州西湖区云栖路88号
         0571-8888 8888
================================
«2x»        入住凭证
--------------------------------
订单号 Booking      YQ2611220018
入住人 Guest           李*华 LI*
--------------------------------
房号 Room
«2x»            1206
早餐 Breakfast
              2份 7:00-10:00 2楼
押金冻结 Deposit hold   ￥300.00
  储值账户 余额冻结,未扣款
--------------------------------
品名               数量     金额
成人泳票              2   176.00
浴巾租用 加大加厚款式 含消毒
                      1    42.00
              [QR]
   房卡 2 张  请勿与本单同放
"""


def test_a_slip_stands_as_it_was_designed() -> None:
    assert plain(CHECK_IN, 32) == CHECK_IN_58


@pytest.mark.parametrize(
    ("text", "columns"),
    [("Room", 4), ("入住", 4), ("·—…×→√", 12), ("￥，★", 6), ("㛃", 2), ("𬱖", 2), ("é", 2), ("ß", 1)],
)
def test_widths_are_those_of_the_printers_font(text: str, columns: int) -> None:
    assert width(text) == columns


def test_a_document_survives_being_stored() -> None:
    assert decode(encode(CHECK_IN)) == CHECK_IN


def test_words_stay_whole_and_punctuation_does_not_begin_a_line() -> None:
    assert wrap("Show this slip at the desk", 12) == ["Show this", "slip at the", "desk"]
    assert wrap("请到前台办理，谢谢", 12) == ["请到前台办", "理，谢谢"]
    assert wrap("A" * 30, 12) == ["A" * 12, "A" * 12, "A" * 6]


def test_an_indent_leaves_room_for_the_text() -> None:
    found = lines(Document((Text(" " * 60 + "余额冻结"),)), 32)
    assert found == [TextLine(" " * 16 + "余额冻结")]


def test_figures_are_never_cut_short() -> None:
    row = Row((Cell("品"), Cell("12345678901", 5, "right"), Cell("1,234,567.00", 9, "right")))
    assert plain(Document((row,)), 32) == "     品 12345678901 1,234,567.00\n"


def test_columns_that_cannot_be_are_named() -> None:
    with pytest.raises(ValueError, match="32 columns"):
        lines(Document((Row((Cell("a"), Cell("b"))),)), 32)
    with pytest.raises(DeviceError) as trouble:
        escpos(Document((Row((Cell("a", 30), Cell("b", 9))),)), Abilities(32))
    assert trouble.value.code is Fault.BAD_REQUEST


texts = st.text(st.sampled_from("ab 1,云房￥·，\n\t\x1b\x10\x04\u202e𬱖é-") | st.characters(), max_size=80)
blocks = st.one_of(
    st.builds(Text, texts, st.sampled_from(["left", "center", "right"]), st.booleans(), st.booleans()),
    st.builds(Pair, texts, texts),
    st.builds(lambda a, b, c: Row((Cell(a), Cell(b, 6, "right"), Cell(c, 9, "right"))), texts, texts, texts),
    st.builds(Rule),
    st.builds(Feed, st.integers(0, 3)),
)


@given(st.lists(blocks, max_size=6), st.sampled_from([32, 48]))
def test_whatever_is_written_no_line_is_wider_than_the_paper(content: list[Text], columns: int) -> None:
    for line in lines(Document(tuple(content)), columns):
        if isinstance(line, TextLine):
            assert width(line.text) <= (columns // 2 if line.double else columns)


def interpret(data: bytes, columns: int, face: Face | None = None) -> tuple[Slip, list[bytes]]:
    slips: list[Slip] = []
    interpreter = Interpreter(columns, face, slips.append, lambda: None)
    assert interpreter.run(data) == len(data)
    return slips[0], interpreter.unknown


@given(st.lists(blocks, max_size=6), st.sampled_from([32, 48]))
def test_no_text_can_become_a_command(content: list[Text], columns: int) -> None:
    document = Document((*content, Cut()))
    data = escpos(document, Abilities(columns))
    _slip, unknown = interpret(data, columns)
    assert unknown == []
    assert not any(head in data for head in wire.REAL_TIME_HEADS)


@pytest.mark.parametrize("columns", [32, 48])
def test_the_bytes_say_what_was_meant(columns: int, face: Face) -> None:
    slip, unknown = interpret(escpos(CHECK_IN, Abilities(columns)), columns, face)
    assert unknown == []
    assert slip.text == plain(CHECK_IN, columns)
    assert slip.codes == ("YK1RABCDEF0123456789",)
    assert slip.png == png(CHECK_IN, columns, face)


def test_every_column_of_double_text_is_where_it_should_be(face: Face) -> None:
    picture = Image.open(io.BytesIO(png(Document((Text("1206", "center", double=True),)), 32, face)))
    left, _, right, _ = ImageChops.invert(picture).getbbox() or (0, 0, 0, 0)
    assert left >= 144 and right <= 240, "four double columns in the middle of sixteen"


def test_a_rare_name_is_drawn_and_the_rest_is_not(face: Face) -> None:
    document = Document((Text("王𬱖", "center"), Text("前台"), Cut()))
    slip, unknown = interpret(escpos(document, Abilities(32, face=face)), 32, face)
    assert unknown == [] and slip.pictures == 1 and slip.text == "[picture]\n前台\n"
    meant = Image.open(io.BytesIO(png(document, 32, face)))
    seen = Image.open(io.BytesIO(slip.png))
    assert seen.size == meant.size
    dots = Image.eval(ImageChops.difference(seen, meant.point(lambda grey: 255 if grey >= 128 else 0)), bool)
    assert dots.crop((0, 0, dots.width, wire.PITCH)).getbbox() is None


def test_a_rare_name_without_a_face_shows_that_something_is_missing() -> None:
    slip, _ = interpret(escpos(Document((Text("王𬱖"), Cut())), Abilities(32)), 32)
    assert slip.text == "王〓\n"


def test_a_printer_without_chinese_gets_pictures(face: Face) -> None:
    slip, unknown = interpret(escpos(CHECK_IN, Abilities(32, chinese=False, native_qr=False, face=face)), 32, face)
    assert unknown == []
    assert "0571-8888 8888" in slip.text and slip.pictures > 10


def test_a_qr_code_is_near_its_size_and_never_too_fine() -> None:
    assert qr_module("YK1RABCDEF0123456789", 25, 384) == 7
    assert qr_module("X" * 300, 25, 384) == 3
    with pytest.raises(DeviceError) as trouble:
        qr_module("\xff" * 2300, 25, 384)
    assert trouble.value.code is Fault.BAD_REQUEST
    with pytest.raises(DeviceError):
        qr_module("\xff" * 9000, 25, 576)


def test_no_picture_spells_a_real_time_command() -> None:
    data = wire.raster(b"\x10\x04\x01\x10\x14\x10\x05\x00" * 60, 8)
    assert not any(head in data for head in wire.REAL_TIME_HEADS)
