"""Name what there is to look at: `python -m naseval.look RESULTS`."""

import sys
from pathlib import Path

SHOWN = ("figures/*/*.svg", "tables/*/*.md", "cards/*.md", "report.html")


def found(results: Path) -> list[Path]:
    """Return the figures, tables and pages below a results folder."""
    return [path for pattern in SHOWN for path in sorted(results.glob(pattern))]


if __name__ == "__main__":
    sys.stdout.write("\nLook at:\n")
    sys.stdout.writelines(f"  {path}\n" for path in found(Path(sys.argv[1])))
