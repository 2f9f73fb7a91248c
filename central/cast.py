"""Who is who in the furnished hotel: invented people with invented documents (GB 11643 check digits, no real area)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from central.people import check_digit

AREA = "339999"
"""No place has it, so no number here is anybody's."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a document. `tier` is set for members, `cny` and `bonus` in fen."""

    key: str
    name: str
    latin: str
    born: date
    woman: bool = False
    tier: str = ""
    cny: int = 0
    bonus: int = 0
    points: int = 0
    blocked: bool = False
    kind: str = "resident_id"
    valid_to: date = date(2039, 12, 31)
    passport: str = ""

    @property
    def number(self) -> str:
        """The document's number."""
        if self.passport:
            return self.passport
        order = sum(ord(c) for c in self.key) % 499 * 2 + (0 if self.woman else 1)
        first = f"{AREA}{self.born:%Y%m%d}{order:03d}"
        return first + check_digit(first)


CAST: dict[str, Person] = {p.key: p for p in (
    Person("li", "李伟华", "LI WEIHUA", date(1985, 3, 12), tier="GOLD", cny=128_000, points=3_460),
    Person("wang", "王芳", "WANG FANG", date(1990, 7, 4), True, "SILVER", cny=50_000, bonus=20_000, points=1_200),
    Person("chen", "陈杰", "CHEN JIE", date(1988, 11, 23)),
    Person("zhang", "张敏", "ZHANG MIN", date(1979, 1, 30), True, "BRONZE", cny=60_000, points=310),
    Person("liu", "刘洋", "LIU YANG", date(1994, 5, 17), tier="IRON", cny=45_000),
    Person("zhao", "赵磊", "ZHAO LEI", date(1982, 9, 9)),
    Person("sun", "孙丽", "SUN LI", date(1991, 2, 28), True, "GOLD", cny=80_000, bonus=10_000, points=2_890),
    Person("zhou", "周强", "ZHOU QIANG", date(1975, 12, 1), tier="IRON", cny=40_000),
    Person("wu", "吴静", "WU JING", date(1996, 4, 20), True, "REGISTERED", cny=12_000, points=40),
    Person("zheng", "郑凯", "ZHENG KAI", date(1987, 8, 15), tier="ONE_DIAMOND", cny=250_000, bonus=50_000),
    Person("feng", "冯雪", "FENG XUE", date(1993, 10, 6), True, "SILVER", cny=20_000, bonus=15_000, points=760),
    Person("he", "何涛", "HE TAO", date(1980, 6, 11)),
    Person("xu", "许晴", "XU QING", date(1989, 3, 3), True, "BRONZE", cny=90_000, blocked=True),
    Person(
        "smith", "SMITH JOHN", "SMITH JOHN", date(1984, 2, 14), tier="SILVER", cny=100_000, kind="passport",
        passport="X01234567",
    ),
    Person("lin", "林小雨", "LIN XIAOYU", date(2012, 6, 1), True),
    Person("ma", "马超", "MA CHAO", date(1986, 7, 21), tier="GOLD", cny=70_000, points=1_990),
    Person("gao", "高远", "GAO YUAN", date(1978, 4, 2), tier="IRON", cny=60_000, valid_to=date(2024, 5, 31)),
    Person("luo", "罗兰", "LUO LAN", date(1992, 12, 12), True, "SILVER", cny=65_000, points=880),
    Person("test1", "测试一", "TEST ONE", date(1990, 1, 1), tier="GOLD", cny=100_000, bonus=30_000, points=5_000),
    Person("test2", "测试二", "TEST TWO", date(1990, 1, 2), True, "IRON", cny=5_000),
    Person("test3", "测试三", "TEST THREE", date(1990, 1, 3), tier="BRONZE", cny=1_000_000, bonus=500_000),
)}  # fmt: skip
"""By key. The three test members belong to whoever tests from outside."""
