"""The slips: nothing wider than the paper, both languages, masks, marks, and the truth about money."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from hw.printer.document import Cut, Document, Qr, decode, encode
from hw.printer.layout import TextLine, lines, plain, width
from kiosk.models.say import say
from kiosk.models.slips import CheckInSlip, CheckOutSlip, CouponSlip, Slip, SlipHead
from kiosk.models.stay import BillLine, StayView
from kiosk.slips import render
from kiosk.texts import LANGUAGES, Texts, load_catalogues
from tests.ui.conftest import CATALOGUES, compiled


def named(zh: str, en: str):  # type: ignore[no-untyped-def]
    return say("central.wording", zh=zh, en=en)


STAY = StayView(
    booking_no="YQ2611220018", guest_masked="李*华", room_type=named("豪华大床房", "Deluxe king room"), room="1206",
    floor="12", arrival=datetime(2026, 11, 22).date(), departure=datetime(2026, 11, 24).date(), nights=2, adults=1,  # noqa: DTZ001
    breakfasts=2, breakfast_hours="07:00–10:00", breakfast_place=named("2 楼", "2nd floor"),
    way=named("电梯左转", "left from the lift"), check_out_by=datetime(2026, 11, 24, 4, 0, tzinfo=UTC),
)  # fmt: skip
HEAD = SlipHead(
    hotel=named("云栖酒店", "Yunqi Hotel"), address=named("杭州西湖区云栖路88号", "88 Yunqi Road, Hangzhou"),
    phone="0571-8888 8888", terminal="K01", check="A1B2", at=datetime(2026, 11, 22, 7, 6, tzinfo=UTC),
    number="HD2611220007",
)  # fmt: skip
IN = CheckInSlip(STAY, 73600, 73600, 30000, "HD2611220007", 2, "YunQi-Guest", "YK1R0123456789")
OUT = CheckOutSlip(
    STAY, (BillLine(named("房费 2 晚", "Room, 2 nights"), 1, 73600), BillLine(named("迷你吧", "Minibar"), 2, 2400)),
    2400, 2400, 27600, 106293,
)  # fmt: skip
COUPON = CouponSlip(
    named("大堂吧咖啡券", "Lobby bar coffee coupon"), named("现磨咖啡 1 杯", "One fresh coffee"), "8831"
)
SLIPS: dict[str, Slip] = {"check_in": IN, "check_out": OUT, "coupon": COUPON}


@pytest.fixture(scope="module")
def texts() -> Texts:
    def fail(language: str, key: str) -> None:
        raise AssertionError(f"no words in {language} for {key}")

    return Texts(load_catalogues(compiled(CATALOGUES)), ZoneInfo("Asia/Shanghai"), fail)


def on_paper(document: Document, columns: int = 32) -> str:
    return plain(document, columns)


@pytest.mark.parametrize("columns", [32, 48])
@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("name", list(SLIPS))
def test_every_line_fits_and_can_be_stored(texts: Texts, name: str, language: str, columns: int) -> None:
    document = render(SLIPS[name], replace(HEAD, copy=2, training=True), texts, language, columns)
    for line in lines(document, columns):
        if isinstance(line, TextLine):
            assert width(line.text) * (2 if line.double else 1) <= columns, line.text
    assert decode(encode(document)) == document
    assert isinstance(document.blocks[-1], Cut)


def test_check_in_in_chinese_as_the_layout_says(texts: Texts) -> None:
    paper = on_paper(render(IN, HEAD, texts, "zh-Hans", 32))
    for line in (
        "«2x»        云栖酒店", "«2x»        入住凭证", "订单号 Booking      YQ2611220018", "«2x»            1206",
        "楼层 Floor        12 层 电梯左转", "入住 In         2026-11-22 15:06", "离店 Out        2026-11-24 12:00",
        "押金冻结 Deposit hold   ￥300.00", "  储值余额冻结,未扣款", "     11-22 15:06 K01 #A1B2",
    ):  # fmt: skip
        assert line in paper.split("\n"), line


def test_an_english_guest_reads_both(texts: Texts) -> None:
    paper = on_paper(render(IN, HEAD, texts, "en", 32))
    for words in ("入住凭证", "Check-in slip", "储值余额冻结,未扣款", "Held on balance, not charged", "Deluxe king"):
        assert words in paper


def test_the_code_that_opens_check_out_is_on_it_when_it_is_known(texts: Texts) -> None:
    with_code = render(IN, HEAD, texts, "zh-Hans", 32)
    assert [block.data for block in with_code.blocks if isinstance(block, Qr)] == ["YK1R0123456789"]
    without = render(replace(IN, slip_code=""), HEAD, texts, "zh-Hans", 32)
    assert not any(isinstance(block, Qr) for block in without.blocks)
    assert "退房时扫此码" not in on_paper(without)


def test_the_room_can_be_kept_off_paper(texts: Texts) -> None:
    assert "1206" not in on_paper(render(replace(IN, show_room=False), HEAD, texts, "en", 48), 48)


def test_a_name_that_came_whole_is_masked(texts: Texts) -> None:
    whole = replace(IN, stay=replace(STAY, guest_masked="李建华"))
    paper = on_paper(render(whole, HEAD, texts, "zh-Hans", 32))
    assert "李建华" not in paper
    assert "李*华" in paper


def test_copies_and_training_say_so_on_top(texts: Texts) -> None:
    original = on_paper(render(COUPON, HEAD, texts, "zh-Hans", 32))
    assert "补打" not in original
    assert "TRAINING" not in original
    top = on_paper(render(COUPON, replace(HEAD, copy=2, training=True), texts, "zh-Hans", 32)).split("云栖酒店")[0]
    for words in ("补打 第 2 次", "REPRINT x2", "练习 非真实交易", "TRAINING"):
        assert words in top


def test_what_central_has_not_said_is_to_follow(texts: Texts) -> None:
    waiting = on_paper(render(replace(OUT, available=None), HEAD, texts, "en", 48), 48)
    assert waiting.count("to follow") == 2
    said = on_paper(render(OUT, replace(HEAD, receipt_no="R-18"), texts, "en", 48), 48)
    assert "to follow" not in said
    assert "R-18" in said
    assert "￥1,062.93" in said


def test_what_the_deposit_did_not_cover_is_said(texts: Texts) -> None:
    paper = on_paper(render(replace(OUT, due=40000, from_deposit=30000, released=0), HEAD, texts, "zh-Hans", 32))
    assert "￥100.00" in paper
    assert "已回到储值可用余额" not in paper


def test_only_the_tail_of_a_coupon_is_printed(texts: Texts) -> None:
    paper = on_paper(render(COUPON, HEAD, texts, "zh-Hans", 48), 48)
    assert "8831" in paper
    assert "现磨咖啡 1 杯" in paper
