"""How the cost of a pass grows with the supernet and its batches."""

from dataclasses import replace
from statistics import median

import torch
from benchmarks.bench.cases import PASS, Size, built
from benchmarks.bench.clock import alternated, spread
from benchmarks.bench.document import table

BASE = Size(channels=16, cells=8, batch=8, side=32)
VARIED = {"channels": (8, 32), "cells": (4, 16), "batch": (4, 16), "side": (16, 64)}
TINY = Size(channels=2, cells=3, batch=2, side=8)
TINY_VARIED = {"channels": (4,), "side": (16,)}
HEADER = ("pass", "plain, s", "fast, s", "plain ÷ fast", "times the first row, plain", "fast")
CPU = torch.device("cpu")


def growth_table(base: Size, varied: dict[str, tuple[int, ...]], rounds: int) -> str:
    """Return the table: `base`, then one of its numbers changed at a time."""
    sizes = {_described(base): base}
    for name, values in varied.items():
        sizes |= {f"{name} {value}": replace(base, **{name: value}) for value in values}
    rows, first = [], None
    for label, size in sizes.items():
        runs = [built(PASS, plain=plain, size=size, device=CPU).run for plain in (True, False)]
        plain, fast = alternated(runs, rounds, CPU)
        middles = median(plain), median(fast)
        first = first or middles
        ratios = [slow / quick for slow, quick in zip(plain, fast, strict=True)]
        grown = [f"{now / then:.2f}" for now, then in zip(middles, first, strict=True)]
        rows.append([label, *(f"{each:.3g}" for each in middles), spread(ratios), *grown])
    return table(HEADER, rows)


def _described(size: Size) -> str:
    return f"channels {size.channels}, cells {size.cells}, batch {size.batch}, side {size.side}"
