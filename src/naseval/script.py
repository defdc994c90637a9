"""Common code of the rules' scripts: logging, check of the code, one sentence on failure."""

import logging
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

import psutil

from naseval.errors import NasevalError, OutOfMemory
from naseval.locking.orphans import has_ended, snakemake_above
from naseval.memory import out_of_memory, ran_out_of_memory
from naseval.provenance import circumstances, code_digest, now

FORMAT, DATES = "%(asctime)s %(message)s", "%Y-%m-%d %H:%M:%S"


class Terminal(logging.StreamHandler[TextIO]):
    """Log lines on standard error, which several jobs and trainings share: each says whose it is.

    A training has the name of its log, relative to the folder of logs and without the ending.
    """

    def __init__(self, logs: str | Path, files: Sequence[str], rule: str) -> None:
        super().__init__()
        self._logs = Path(logs)
        self._whose: list[str] = []
        self.begin(files[0] if len(files) == 1 else rule)

    def begin(self, file: str | Path) -> None:
        """Write on whose log `file` is."""
        path = Path(file)
        inside = path.is_relative_to(self._logs)
        name = (path.relative_to(self._logs) if inside else path).with_suffix("")
        self._whose.append(str(name))
        self._say()

    def end(self) -> None:
        """Write on whose log was written before the last `begin`."""
        self._whose.pop()
        self._say()

    def _say(self) -> None:
        name = self._whose[-1].replace("%", "%%")
        self.setFormatter(logging.Formatter(f"%(asctime)s {name}: %(message)s", DATES))


class ScriptRun:
    """A running script: its parameters from Snakemake, and the provenance of its results.

    Commit and library versions are those of the start: later ones did not make the results.
    """

    def __init__(self, snakemake: Any) -> None:
        self.code: Mapping[str, Any] = snakemake.params.code
        self._made = circumstances(code=self.code["digest"], start=now())
        self._script = Path(snakemake.scriptdir, self.code["script"])
        self._driver = snakemake_above(psutil.Process())
        self.resources: Mapping[str, Any] = snakemake.config["resources"]
        self.settings: Any = {
            name: value for name, value in snakemake.params.items() if name != "code"
        }

    def check_code(self) -> None:
        """Raise `NasevalError` if the code is not the planned code."""
        if code_digest(*self.code["modules"], scripts=[self._script]) != self.code["digest"]:
            raise NasevalError(
                "the code changed between planning and this job; run snakemake again"
            )

    def is_orphan(self) -> bool:
        """Tell whether the Snakemake that started this script was killed.

        The next one will make its outputs anew, because it does not know that they are complete.
        """
        return self._driver is not None and has_ended(self._driver)

    def provenance(self, settings: Any = None, **facts: Any) -> dict[str, Any]:
        """Return the provenance of a result. Give `settings` if the job has several results."""
        settings = self.settings if settings is None else settings
        return {**self._made, "end": now(), "settings": settings, **facts}


def import_planned(script: ScriptRun) -> None:
    """Import the modules that the rule names. Raise `NasevalError` if they are not as planned.

    A job calls this before it waits, forks or loads images: what is edited from then on is no
    longer imported, so the results are those of the planned code.
    """
    for name in script.code["modules"]:
        import_module(name)
    script.check_code()


@contextmanager
def job(snakemake: Any) -> Iterator[ScriptRun]:
    """Run a rule's script: log to its file, check its code, report a failure in one sentence."""
    logging.basicConfig(
        level=logging.INFO,
        format=FORMAT,
        datefmt=DATES,
        handlers=[
            Terminal(
                Path(snakemake.config["results"], "logs"), list(snakemake.log), snakemake.rule
            ),
            *_log_files(snakemake.log),
        ],
        force=True,
    )
    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it says what it cuts from each font
    try:
        running = ScriptRun(snakemake)
        running.check_code()
        yield running
    except NasevalError as error:
        logging.error("%s", error)
        sys.exit(getattr(error, "exit_code", 1))
    except Exception as error:
        if not ran_out_of_memory(error):
            raise
        logging.error("%s", out_of_memory(error))
        sys.exit(OutOfMemory.exit_code)


def _log_files(files: Any) -> list[logging.Handler]:
    return [_log_file(files[0])] if len(files) == 1 else []  # else the script uses `logged_to`


@contextmanager
def logged_to(file: str | Path) -> Iterator[None]:
    """Log also to `file`, unless it is the job's own log. Old content of `file` is overwritten."""
    root = logging.getLogger()
    known = {getattr(handler, "baseFilename", None) for handler in root.handlers}
    if str(Path(file).absolute()) in known:
        yield
        return
    handler = _log_file(file)
    handler.setFormatter(logging.Formatter(FORMAT, DATES))
    root.addHandler(handler)
    terminals = [each for each in root.handlers if isinstance(each, Terminal)]
    for terminal in terminals:
        terminal.begin(file)
    try:
        yield
    finally:
        for terminal in terminals:
            terminal.end()
        root.removeHandler(handler)
        handler.close()


def _log_file(file: str | Path) -> logging.Handler:
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    return logging.FileHandler(file, encoding="utf-8")


def let_jobs_import(source: Path) -> None:
    """Put the folder of this package on the path of the jobs, if it is a checkout.

    Jobs in an environment of conda, which has the pinned libraries only, find the package by it.
    """
    if source.is_dir():
        paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        known = dict.fromkeys([str(source), *filter(None, paths)])
        os.environ["PYTHONPATH"] = os.pathsep.join(known)
