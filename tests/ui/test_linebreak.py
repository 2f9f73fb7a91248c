"""The line breaker: Chinese as it is printed, English as it is read. Widths are in columns: Chinese 2, others 1."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.widgets.linebreak import NO_END, NO_START, is_cjk, wrap


def columns(text: str) -> float:
    return sum(2 if is_cjk(char) else 1 for char in text)


def broken(text: str, width: int) -> list[str]:
    return wrap(text, width, columns).split("\n")


def test_short_text_stays() -> None:
    assert broken("确认入住和押金", 20) == ["确认入住和押金"]


def test_no_line_starts_with_closing_punctuation() -> None:
    assert broken("请扫码或放上身份证，读到就会继续办理，不用点屏幕。", 18)[1][0] not in NO_START


def test_number_and_unit_stay_together() -> None:
    lines = broken("距离扫码口大约 10 厘米处停留片刻就好", 16)
    assert any("10 厘" in line for line in lines)


def test_a_date_stays_whole() -> None:
    assert "11月24日 周二" in " | ".join(broken("11月22日 周日 – 11月24日 周二", 20))
    assert broken("11月22日 周日 – 11月24日 周二", 20)[0].endswith("–")


def test_amount_stays_with_its_sign() -> None:
    assert any("¥128.00" in line for line in broken("可用余额不足还差 ¥128.00 请到前台", 14))


def test_no_lonely_last_character() -> None:
    for width in range(8, 40):
        last = broken("可以照常办理单号会显示在屏幕上您可以记下来", width)[-1]
        assert len(last) != 1, width


def test_two_lines_break_at_the_pause() -> None:
    both = ["按规定需核验入住人身份，", "本机不保存证件照片。"]
    assert broken("".join(both), 40) == both


def test_a_scrap_is_evened_out() -> None:
    assert broken("Place your card on the reader", 26) == ["Place your card", "on the reader"]


def test_words_are_not_cut_unless_they_must_be() -> None:
    assert broken("Released after check-out", 16) == ["Released after", "check-out"]
    assert broken("HD2611220007", 6) == ["HD2611", "220007"]


@given(st.text(alphabet="入住退房押金冻结，。（）¥1234567890 abcXYZ–*", max_size=60), st.integers(8, 60))
def test_nothing_is_lost_and_nothing_is_too_wide(text: str, width: int) -> None:
    lines = wrap(text, width, columns).split("\n")
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(columns(line) <= width for line in lines if not set(line) & (NO_START | NO_END))


@pytest.mark.parametrize("char", sorted(NO_START & set("，。！？）")))
def test_each_closing_mark_hangs_on(char: str) -> None:
    assert not any(line.startswith(char) for line in broken(f"身份证{char}" * 8, 20))
