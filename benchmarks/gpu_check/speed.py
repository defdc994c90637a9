"""The fast forms against the plain ones on the device, at the paper's batch sizes on a GPU."""

from collections.abc import Sequence
from dataclasses import replace

import torch
from benchmarks.bench.cases import CASES, FEW, Case, Size
from benchmarks.bench.clock import matrix_peak
from benchmarks.bench.document import table
from benchmarks.bench.speed import HEADER, compared

from naseval.training.device import arithmetic

ROUNDS = 3
SMALL = Size(channels=4, cells=3, batch=8)
"""On the CPU, where `make bench` measures whole steps."""


def speed_table(device: torch.device, cases: Sequence[Case], size: Size) -> str:
    """Return the table. A step that does not fit into the GPU's memory says so."""
    rows = []
    with arithmetic("float32"):
        peak = matrix_peak(device, 8192 if device.type == "cuda" else 512)
        for case in cases:
            chosen = size if size.batch else replace(size, batch=case.full_batch)
            try:
                row = compared(case, size=chosen, rounds=ROUNDS, peak=peak, device=device)
            except torch.OutOfMemoryError:
                row = [case.label, str(chosen.batch), "too little memory"]
                row += [""] * (len(HEADER) - len(row))
            rows.append(row)
            if device.type == "cuda":
                torch.cuda.empty_cache()
    return f"Matrix product: {peak / 1e12:.2f} TFLOP/s in float32.\n\n{table(HEADER, rows)}"


def on_device(device: torch.device) -> str:
    """Return the table of all cases at the paper's size on a GPU, or of a few small ones."""
    if device.type == "cuda":
        return speed_table(device, CASES, Size())
    return speed_table(device, FEW, SMALL)
