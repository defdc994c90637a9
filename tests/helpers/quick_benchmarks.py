"""The harnesses of `benchmarks`, run for real in their quick forms."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def quick(module: str, *options: str) -> str:
    """Return what `python -m benchmarks.MODULE --quick` prints; it must end well."""
    ended = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", "--quick", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout
