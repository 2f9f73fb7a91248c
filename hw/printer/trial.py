"""A slip that shows at a glance what a printer can do: its width, Chinese, rare characters, sizes, a code, the cut."""

from __future__ import annotations

from hw.printer.document import Cell, Cut, Document, Pair, Qr, Row, Rule, Text


def trial_slip(columns: int) -> Document:
    """For a paper of so many columns."""
    ruler = ("1234567890" * 5)[:columns]
    return Document(
        (
            Text("打印测试 TEST", "center", double=True),
            Text(ruler),
            Rule("="),
            Pair("简体中文", "￥128.00"),
            Pair("生僻字 䶮 𠮷 镕", "OK"),
            Row((Cell("咖啡 Coffee"), Cell("2", 4, "right"), Cell("36.00", 8, "right"))),
            Text("粗体 bold", bold=True),
            Rule(),
            Qr("https://example.com/print-test"),
            Cut(),
        ),
        title="print test",
    )



