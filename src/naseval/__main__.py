"""Command line: `python -m naseval status` shows the state of jobs, `results` says what came out,
`verify` checks all files in the results folder, `unlock` lets a workflow start again whose
Snakemake was killed, `judge` judges a table of means and spreads, and `genotype` says what
a file of genotypes holds.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from naseval.budget.jobs import needed
from naseval.checks.configfiles import check_dropped
from naseval.config import Config
from naseval.errors import NasevalError
from naseval.files import UNREADABLE, check_results, reading, write_atomically
from naseval.locking.orphans import release_lock
from naseval.provenance import now
from naseval.status.configured import configured
from naseval.status.remaining import remaining
from naseval.status.state import job_states
from naseval.status.summary import Listing, page, summary, text, to_go
from naseval.studies._stopping import planned_sentence, so_far

LARGEST = 1e6
"""Above all numbers that can be meant on the command line."""
CLEAR = "\x1b[H\x1b[2J"
PAGE = "report.html"
READABLE = ("figures/*/*.svg", "tables/*/*.md", "cards/*.html", PAGE)
"""Patterns of the files that people read, relative to the results folder."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    options = _options(arguments)
    try:
        options.run(options)
        sys.stdout.flush()
    except NasevalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:  # this is how a user ends --watch
        sys.stderr.write("\n")
    except BrokenPipeError:  # `| head` has read enough; Python flushes once more as it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m naseval", description=__doc__)
    commands = parser.add_subparsers(required=True)
    status = commands.add_parser(
        "status", help="what is done, running, failed and waiting; reads files only"
    )
    status.set_defaults(run=_status)
    status.add_argument("--html", type=Path, help="write a page in place of printing")
    status.add_argument(
        "--watch",
        nargs="?",
        type=_positive("seconds"),
        const=10.0,
        help="look again every so many seconds (10)",
    )
    check = commands.add_parser(
        "verify",
        help="check every result: undamaged, and made with the configured settings and inputs",
    )
    check.set_defaults(run=_verify)
    for command in (status, check):
        command.add_argument(
            "--configfile", nargs="+", type=Path, default=[], help="overlays, as given to snakemake"
        )
        command.add_argument("--results", help="the results folder, if not the configured one")
    results = commands.add_parser(
        "results", help="say what came out, and list the figures, tables and pages"
    )
    results.set_defaults(run=_results)
    results.add_argument("folder", type=Path, help="the results folder")
    unlock = commands.add_parser(
        "unlock",
        help="remove a killed Snakemake's lock from this folder, if nothing runs in it",
    )
    unlock.set_defaults(run=_unlock)
    _add_judge(commands)
    _add_genotype(commands)
    return parser.parse_args(arguments)


def _unlock(_options: argparse.Namespace) -> None:
    if release_lock(Path.cwd()):
        sys.stdout.write("The lock of a Snakemake that was killed is removed; its work resumes.\n")


def _add_judge(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    judge = commands.add_parser(
        "judge", help="judge a table of means and spreads against its baseline"
    )
    judge.set_defaults(run=_judge)
    judge.add_argument("table", type=Path, help="CSV with the columns of docs/statistics.md")
    judge.add_argument("--baseline", default="random", help="the name of the baseline's row")
    margin = judge.add_mutually_exclusive_group(required=True)
    margin.add_argument(
        "--margin", type=_positive("points"), help="margin of equivalence, in points"
    )
    margin.add_argument("--dataset", help="a configured dataset, whose margin is used")
    judge.add_argument(
        "--configfile", nargs="+", type=Path, default=[], help="overlays, as given to snakemake"
    )


def _add_genotype(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    genotype = commands.add_parser(
        "genotype", help="draw the genotypes of a file, count their size, and name their spaces"
    )
    genotype.set_defaults(run=_genotype)
    genotype.add_argument("file", type=Path, help="JSON, Genotype(...) or integers")
    genotype.add_argument("--space", help="read it for this space alone")
    genotype.add_argument("--dataset", help="count for this dataset (the first configured one)")
    genotype.add_argument("--protocol", help="count under this protocol (that of the space)")
    genotype.add_argument("--out", type=Path, default=Path(), help="folder of the drawings (.)")
    genotype.add_argument(
        "--configfile", nargs="+", type=Path, default=[], help="overlays, as given to snakemake"
    )


def _genotype(options: argparse.Namespace) -> None:
    from naseval.report.genotype_file import described  # it imports matplotlib, perhaps torch

    chosen = (options.space, options.dataset, options.protocol, options.out)
    for line in described(configured(options.configfile), options.file, *chosen):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def _positive(unit: str) -> Callable[[str], float]:
    def number(text: str) -> float:
        with suppress(ValueError):
            if 0 < (found := float(text)) < LARGEST:
                return found
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number of {unit}")

    return number


def readable_files(results: Path) -> list[Path]:
    """Return the figures, tables and pages in a results folder."""
    return [path for pattern in READABLE for path in sorted(results.glob(pattern))]


def _results(options: argparse.Namespace) -> None:
    # pandas and SciPy take a second to load, and the status needs neither.
    from naseval.report.outcome import outcomes

    check_results(options.folder)
    with reading(options.folder, UNREADABLE):
        files = readable_files(options.folder)
        closing = [*outcomes(options.folder).values()]
    if (page := options.folder / PAGE) in files:
        closing.append(f"To see all of it, open {page}")
    sys.stdout.writelines(f"\n{sentence}\n" for sentence in closing)
    sys.stdout.write("\nFigures, tables, cards and pages:\n")
    sys.stdout.writelines(f"  {path}\n" for path in files)


def _verify(options: argparse.Namespace) -> None:
    from naseval.verification import verify  # it imports pandas, which the status does not need

    config = configured(options.configfile)
    check_dropped(options.results or config.results, options.configfile)
    verified = verify(config, options.results)
    sys.stdout.write(verified.text())
    verified.refuse_faults()


def _judge(options: argparse.Namespace) -> None:
    # SciPy takes a second to load, and no other command needs it.
    from naseval.judge.judgement import judge
    from naseval.judge.table import read_table
    from naseval.judge.text import report

    margin = options.margin or _margin_of(options.dataset, configured(options.configfile))
    judged = judge(read_table(options.table), options.baseline, margin)
    sys.stdout.write(report(judged, options.baseline, margin))


def _margin_of(dataset: str, config: Config) -> float:
    if dataset not in config.margins:
        raise NasevalError(
            f"no dataset {dataset!r} is configured; give --margin or one of "
            f"{', '.join(config.margins)}"
        )
    return config.margins[dataset]


def _status(options: argparse.Namespace) -> None:
    _show(options)
    while options.watch:
        time.sleep(options.watch)
        _show(options)


def _show(options: argparse.Namespace) -> None:
    config = configured(options.configfile)
    results = options.results or config.results
    check_dropped(results, options.configfile)
    if options.results:
        check_results(results)
    with reading(results, UNREADABLE):
        jobs = needed(so_far(config, results))
        seen = job_states(results, jobs)
        listings = [*summary(jobs, seen, results), to_go(remaining(results, seen))]
    if steps := planned_sentence(config, results):
        listings.append(Listing("At most", ("what is planned",), [(steps,)]))
    if options.html:
        write_atomically(options.html, page(listings, now(), options.watch).encode())
    else:
        sys.stdout.write((CLEAR if options.watch else "") + text(listings))
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
