"""`python -m naseval.provenance SCRIPT MODULE...` prints the contents of a job's code digest."""

import argparse
import sys
from pathlib import Path

from naseval.errors import NasevalError
from naseval.provenance.digest import explain


def main(arguments: list[str] | None = None) -> int:
    """Print each definition as `module:name` and each file. Return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m naseval.provenance", description=__doc__)
    parser.add_argument("script", type=Path, help="the rule's script")
    parser.add_argument("modules", nargs="*", help="the modules that the rule names")
    parser.add_argument("--digests", action="store_true", help="show the digest of each, too")
    options = parser.parse_args(arguments)
    try:
        found = explain(*options.modules, scripts=[options.script])
    except NasevalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for name, digest in found.items():
        sys.stdout.write(f"{name} {digest[:12]}\n" if options.digests else f"{name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
