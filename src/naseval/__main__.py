"""`python -m naseval status`: what is done, running, failed and waiting."""

import argparse
import sys
import time
from pathlib import Path

from naseval.budget.jobs import needed
from naseval.errors import NasevalError
from naseval.files import write_atomically
from naseval.provenance import now
from naseval.status.configured import configured
from naseval.status.show import page, text
from naseval.status.state import look
from naseval.status.summary import summary

CLEAR = "\x1b[H\x1b[2J"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    options = _options(arguments)
    try:
        _show(options)
        while options.watch:
            time.sleep(options.watch)
            _show(options)
    except NasevalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:  # how a watch ends
        sys.stderr.write("\n")
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m naseval", description=__doc__)
    status = parser.add_subparsers(required=True).add_parser(
        "status", help="what is done, running, failed and waiting; reads files only"
    )
    status.add_argument(
        "--configfile", nargs="+", type=Path, default=[], help="overlays, as given to snakemake"
    )
    status.add_argument("--results", help="the results folder, if not the configured one")
    status.add_argument("--html", type=Path, help="write a page in place of printing")
    status.add_argument(
        "--watch", nargs="?", type=float, const=10.0, help="look again every so many seconds (10)"
    )
    return parser.parse_args(arguments)


def _show(options: argparse.Namespace) -> None:
    config = configured(options.configfile)
    results, jobs = options.results or config.results, needed(config)
    listings = summary(jobs, look(results, jobs), results)
    if options.html:
        write_atomically(options.html, page(listings, now(), options.watch).encode())
    else:
        sys.stdout.write((CLEAR if options.watch else "") + text(listings))
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
