"""What a tour leaves behind: a picture of every screen passed and every slip, a page to leaf through, a summary."""

from __future__ import annotations

import html
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

_STYLE = """
:root{color-scheme:light dark;--bg:#f4f6f5;--ink:#14211e;--soft:#5c6a65;--line:#c6d0cc;--ok:#1a6b38;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{
--bg:#0d1413;--ink:#eef4f2;--soft:#98a7a1;--line:#33423e;--ok:#6fd693;--bad:#ffb4ab}}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,"Noto Sans SC",sans-serif}
main{max-width:1400px;margin:0 auto;padding:32px 24px}
section{border-top:1px solid var(--line);padding:24px 0}h2{margin:0 0 4px}p{margin:0 0 12px;color:var(--soft)}
.strip{display:flex;gap:16px;overflow-x:auto;padding-bottom:12px;align-items:flex-start}
figure{margin:0;flex:none;width:216px}figure.slip{width:180px}
img{width:100%;border:1px solid var(--line);border-radius:8px;display:block;background:#fff}
figcaption{font-size:13px;color:var(--soft);margin-top:4px;overflow-wrap:anywhere}
.ok{color:var(--ok)}.bad{color:var(--bad)}nav a{margin-right:12px;color:inherit}
"""


@dataclass
class Played:
    """One journey, played in one language."""

    name: str
    role: str
    language: str
    ok: bool = False
    seconds: float = 0.0
    screens: list[str] = field(default_factory=list)
    slips: list[str] = field(default_factory=list)
    title: str = ""
    about: str = ""
    why: str = ""
    captions: dict[str, str] = field(default_factory=dict)


def write(folder: Path, played: list[Played]) -> None:
    """index.html and summary.json into `folder`, where the pictures are already."""
    keep = ("name", "role", "language", "ok", "seconds", "screens", "slips", "why")
    summary = {"journeys": [{key: value for key, value in asdict(p).items() if key in keep} for p in played]}
    (folder / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=2), encoding="utf-8")
    (folder / "index.html").write_text(_page(played), encoding="utf-8")


def _page(played: list[Played]) -> str:
    good = sum(p.ok for p in played)
    links = " ".join(f'<a href="#{p.name}.{p.language}">{_e(p.title)} · {p.language}</a>' for p in played)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>The tour</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style><main>'
        f"<h1>The tour</h1><p>{good} of {len(played)} journeys came true.</p><nav>{links}</nav>"
        + "".join(_section(p) for p in played) + "</main></html>"
    )  # fmt: skip


def _section(p: Played) -> str:
    state = '<span class="ok">came true</span>' if p.ok else f'<span class="bad">failed: {_e(p.why)}</span>'
    figures = "".join(
        f'<figure class="{"slip" if name in p.slips else "screen"}"><a href="{_e(name)}">'
        f'<img loading="lazy" src="{_e(name)}" alt=""></a>'
        f"<figcaption>{_e(p.captions.get(name, name))}</figcaption></figure>"
        for name in (*p.screens, *p.slips)
    )  # fmt: skip
    return (
        f'<section id="{p.name}.{p.language}"><h2>{_e(p.title)} · {p.language}</h2>'
        f"<p>{_e(p.about)} — {state}, {p.seconds:.1f} s</p><div class='strip'>{figures}</div></section>"
    )


def _e(text: str) -> str:
    return html.escape(text, quote=True)
