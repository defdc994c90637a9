"""How long Snakemake plans, and in how much memory, as the runs grow more.

    python benchmarks/planning.py [RUNS ...]

Plans the paper's configuration, then the same with RUNS augmentations more (2,000, 10,000 and
50,000 unless said otherwise), in a copy of the working tree without results, and prints a
Markdown table. docs/scale.md has what was measured last.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
PARTS = ("Snakefile", "config", "envs", "profiles", "src", "workflow")
SIZES = (2_000, 10_000, 50_000)
SEEDS = 5
HEADER = """\
| runs | jobs | elapsed, s | CPU, s | CPU per job, ms | memory, MB |
|---|---|---|---|---|---|"""


def copy_to(folder: Path) -> None:
    """Copy what Snakemake reads."""
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part)
        else:
            shutil.copy(ROOT / part, folder)


def overlay(more: int) -> dict[str, object]:
    """Return a configuration that adds `more` runs: random architectures, `SEEDS` runs each."""
    seeds = list(range(10, 10 + SEEDS))  # no other study has them
    return {"studies": {"distribution": {"random": more // SEEDS, "seeds": seeds}}} if more else {}


def plan(folder: Path, more: int) -> str:
    """Plan everything once; return a row of the table."""
    (folder / "overlay.json").write_text(json.dumps(overlay(more)))
    command = [sys.executable, "-m", "snakemake", "-n", "--quiet", "rules"]
    start = time.monotonic()
    with (folder / "plan.txt").open("w+") as said:
        process = subprocess.Popen(
            [*command, "--configfile", "overlay.json"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(folder / "src")},
            stdout=said,
            stderr=said,
        )
        _, status, usage = os.wait4(process.pid, 0)
        elapsed = time.monotonic() - start
        said.seek(0)
        text = said.read()
    if status:
        sys.exit(text)
    counts = {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", text, re.MULTILINE)}
    jobs, cpu = counts["total"], usage.ru_utime + usage.ru_stime
    return (
        f"| {counts['run']:,} | {jobs:,} | {elapsed:.1f} | {cpu:.1f} "
        f"| {1000 * cpu / jobs:.1f} | {usage.ru_maxrss / 1024:,.0f} |"
    )


def main() -> None:
    """Print the table."""
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    with tempfile.TemporaryDirectory() as folder:
        copy_to(Path(folder))
        print(HEADER, flush=True)
        for more in (0, *sizes):
            print(plan(Path(folder), more), flush=True)


if __name__ == "__main__":
    main()
