"""Plain against fast, in turn: ratios, images per second, memory, share of the machine's peak."""

from collections.abc import Sequence
from statistics import median

import torch
from benchmarks.bench.cases import Case, Size, built
from benchmarks.bench.clock import alternated, matrix_peak, peak_bytes, spread
from benchmarks.bench.document import table

from naseval.budget.rehearsal import OperatorCounter

HEADER = ("step", "batch", "plain, s", "fast, s", "plain ÷ fast", "images/s", "of the peak, %",
          "memory, plain, MB", "memory, fast, MB")  # fmt: skip


def compared(
    case: Case, *, size: Size, rounds: int, peak: float, device: torch.device
) -> list[str]:
    """Return a row of the table."""
    steps = [built(case, plain=plain, size=size, device=device) for plain in (True, False)]
    plain, fast = alternated([step.run for step in steps], rounds, device)
    with OperatorCounter() as counter:
        steps[0].run()
    memory = [peak_bytes(step.run, device) / 1e6 for step in steps]
    return [
        case.label,
        str(steps[0].images),
        f"{median(plain):.3g}",
        f"{median(fast):.3g}",
        spread([slow / quick for slow, quick in zip(plain, fast, strict=True)]),
        f"{steps[0].images / median(fast):.1f}",
        " → ".join(f"{100 * counter.flops / median(times) / peak:.1f}" for times in (plain, fast)),
        *(f"{each:,.0f}" for each in memory),
    ]


def speed_table(cases: Sequence[Case], size: Size, rounds: int, matrix: int) -> str:
    """Return the table of the cases on the CPU."""
    device = torch.device("cpu")
    peak = matrix_peak(device, matrix)
    rows = [compared(case, size=size, rounds=rounds, peak=peak, device=device) for case in cases]
    return (
        f"{machine()}; matrix product: {peak / 1e9:.0f} GFLOP/s; rounds: {rounds}.\n\n"
        f"{table(HEADER, rows)}"
    )


def machine() -> str:
    """Return what was measured on."""
    return (
        f"torch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}, "
        f"{torch.get_num_threads()} thread"
    )
