"""Command line: `python -m naseval status` shows the state of jobs, `results` lists the results."""

import argparse
import sys
import time
from pathlib import Path

from naseval.budget.jobs import needed
from naseval.errors import NasevalError
from naseval.files import write_atomically
from naseval.provenance import now
from naseval.status.configured import configured
from naseval.status.state import job_states
from naseval.status.summary import page, summary, text

CLEAR = "\x1b[H\x1b[2J"
READABLE = ("figures/*/*.svg", "tables/*/*.md", "cards/*.md", "report.html")
"""Patterns of the files that people read, relative to the results folder."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    options = _options(arguments)
    try:
        options.run(options)
    except NasevalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:  # this is how a user ends --watch
        sys.stderr.write("\n")
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m naseval", description=__doc__)
    commands = parser.add_subparsers(required=True)
    status = commands.add_parser(
        "status", help="what is done, running, failed and waiting; reads files only"
    )
    status.set_defaults(run=_status)
    status.add_argument(
        "--configfile", nargs="+", type=Path, default=[], help="overlays, as given to snakemake"
    )
    status.add_argument("--results", help="the results folder, if not the configured one")
    status.add_argument("--html", type=Path, help="write a page in place of printing")
    status.add_argument(
        "--watch", nargs="?", type=float, const=10.0, help="look again every so many seconds (10)"
    )
    results = commands.add_parser("results", help="list the figures, tables and pages there are")
    results.set_defaults(run=_results)
    results.add_argument("folder", type=Path, help="the results folder")
    return parser.parse_args(arguments)


def readable_files(results: Path) -> list[Path]:
    """Return the figures, tables and pages in a results folder."""
    return [path for pattern in READABLE for path in sorted(results.glob(pattern))]


def _results(options: argparse.Namespace) -> None:
    sys.stdout.write("\nLook at:\n")
    sys.stdout.writelines(f"  {path}\n" for path in readable_files(options.folder))


def _status(options: argparse.Namespace) -> None:
    _show(options)
    while options.watch:
        time.sleep(options.watch)
        _show(options)


def _show(options: argparse.Namespace) -> None:
    config = configured(options.configfile)
    results, jobs = options.results or config.results, needed(config)
    listings = summary(jobs, job_states(results, jobs), results)
    if options.html:
        write_atomically(options.html, page(listings, now(), options.watch).encode())
    else:
        sys.stdout.write((CLEAR if options.watch else "") + text(listings))
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
