"""How codes are read: rates, false readings, and the cost of frames without a code against pyzbar's, in one run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from time import process_time

import numpy as np
from pyzbar import pyzbar

from benchmarks._scenes import BARS, HD, QR_LEVELS, VGA, Grey, bars, held, lobby, payload, qr, sequence
from hw.scanner.camera import Scanner, decode
from hw.scanner.engines import Zbar

AT_MOST = {
    "false_texts": 0.0, "nocode_vga_ratio": 0.33, "nocode_vga_p95_ratio": 0.5, "nocode_720_ratio": 0.33,
    "nocode_720_p95_ratio": 0.5, "sequence_ms": 640.0, "sequence_cpu_ms": 150.0,
}  # fmt: skip
SEED = 20261124
CODES, EMPTY, SEQUENCES, FRAMES, PER_SECOND = 40, 60, 16, 45, 15


def child_seconds(pid: int | None) -> float:
    """Processor seconds of libzbar's process so far."""
    if pid is None:
        return 0.0
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text("ascii").split()[0]) / 1e9
    except OSError:
        return 0.0


def rates() -> tuple[float, float, int]:
    """(per cent of QR frames, per cent of 1-D frames, texts that were never drawn)."""
    chance, false = np.random.default_rng(SEED), 0
    read = {"qr": 0, "bars": 0}
    for level in (*QR_LEVELS.values(), None):
        for _ in range(CODES):
            text = payload(chance) if level else "SN-" + payload(chance)[4:16]
            code = qr(text) if level else bars(text)
            found = [one.text for one in decode(held(code, chance, level or BARS, lobby(chance, VGA)))]
            read["qr" if level else "bars"] += text in found
            false += sum(one != text for one in found)
    return 100 * read["qr"] / (CODES * len(QR_LEVELS)), 100 * read["bars"] / CODES, false


def raw(frame: Grey) -> object:
    """What everybody starts with."""
    return pyzbar.decode(frame)


def costs(act: Callable[[Grey], object], frames: Iterable[Grey], zbar: Zbar | None) -> list[float]:
    """Processor seconds of each frame, libzbar's process and all."""
    taken = []
    for frame in frames:
        began = process_time() + child_seconds(zbar.pid if zbar else None)
        act(frame)
        taken.append(process_time() + child_seconds(zbar.pid if zbar else None) - began)
    return taken


def without_code(size: tuple[int, int], seed: int) -> tuple[float, float, int]:
    """(median to median, 95th percentile to 95th percentile, texts read) of a scanner that sees a new scene in every
    frame, and of pyzbar on the same ones."""
    chance = np.random.default_rng(seed)
    frames = [lobby(chance, size) for _ in range(EMPTY)]
    scanner, at, texts = Scanner(process_time), 0.0, 0

    def feed(frame: Grey) -> None:
        nonlocal at, texts
        at += 1 / PER_SECOND
        texts += len(scanner.feed(frame, at))

    scanner.zbar.ensure()
    ours, theirs = costs(feed, frames, scanner.zbar), costs(raw, frames, None)
    scanner.close()
    return median(ours) / median(theirs), float(np.quantile(ours, 0.95) / np.quantile(theirs, 0.95)), texts


def sequences() -> tuple[int, float, float]:
    """(how many were read, median milliseconds from the first frame to acceptance, median processor milliseconds)."""
    times, busy = [], []
    for number in range(SEQUENCES):
        scanner = Scanner(process_time)
        scanner.zbar.ensure()
        spent, read_at = 0.0, None
        for at, frame in enumerate(sequence(np.random.default_rng(SEED + number), FRAMES)):
            began = process_time() + child_seconds(scanner.zbar.pid)
            found = scanner.feed(frame, at / PER_SECOND)
            spent += process_time() + child_seconds(scanner.zbar.pid) - began
            if found:
                read_at = at / PER_SECOND
                break
        scanner.close()
        busy.append(spent)
        if read_at is not None:
            times.append(read_at)
    return len(times), 1000 * median(times) if times else 0.0, 1000 * median(busy)


def measure() -> dict[str, float]:
    """Rates in per cent on `decode`, ratios to pyzbar raw on `Scanner.feed`; `sequences_read` of 16. Drawn by
    `benchmarks._scenes`: a development set, not the hotels' light."""
    qr_rate, oned_rate, false = rates()
    vga, vga_p95, vga_false = without_code(VGA, SEED + 1)
    hd, hd_p95, hd_false = without_code(HD, SEED + 2)
    read, until_ms, cpu_ms = sequences()
    return {
        "qr_rate": round(qr_rate, 1), "oned_rate": round(oned_rate, 1), "false_texts": false + vga_false + hd_false,
        "nocode_vga_ratio": round(vga, 2), "nocode_vga_p95_ratio": round(vga_p95, 2),
        "nocode_720_ratio": round(hd, 2), "nocode_720_p95_ratio": round(hd_p95, 2),
        "sequences_read": read, "sequence_ms": round(until_ms), "sequence_cpu_ms": round(cpu_ms),
    }  # fmt: skip
